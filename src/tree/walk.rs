//! All paths in the order of their bytes.

use super::{MergedTree, NodeRef, arena::ROOT};

/// Nodes by whole path in byte order: `a`, `a-b`, `a/b`, `ab`. What lies in a
/// directory comes where its path and a slash sort, which is not always
/// right behind it.
#[derive(Debug)]
pub struct Walk<'a> {
    tree: &'a MergedTree,
    cursor: Cursor,
}

/// Where a walk stands, without the tree: it can wait, and goes on as long as
/// the tree is the same.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// Steps to take, the next one last.
    stack: Vec<Step>,
    path: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Show the node.
    Node(u32),
    /// Show what lies in it.
    Below(u32),
    /// Cut the path back to this length.
    Leave(usize),
}

impl<'a> Walk<'a> {
    pub(super) fn new(tree: &'a MergedTree) -> Self {
        Self {
            tree,
            cursor: Cursor::default(),
        }
    }

    /// The next node with its whole path.
    pub fn next_node(&mut self) -> Option<(&[u8], NodeRef<'a>)> {
        let node = self.cursor.advance(self.tree)?;
        Some((self.cursor.path(), node))
    }
}

impl Default for Cursor {
    /// Before the first path.
    fn default() -> Self {
        Self {
            stack: vec![Step::Below(ROOT)],
            path: Vec::new(),
        }
    }
}

impl Cursor {
    /// Goes to the next node of the tree that all steps before were in.
    pub fn advance<'t>(&mut self, tree: &'t MergedTree) -> Option<NodeRef<'t>> {
        loop {
            match self.stack.pop()? {
                Step::Leave(length) => self.path.truncate(length),
                Step::Below(id) => self.enter(tree, id),
                Step::Node(id) => {
                    self.stack.push(Step::Leave(self.path.len()));
                    self.path.extend_from_slice(tree.arena.name(id));
                    return Some(NodeRef::new(tree, id));
                }
            }
        }
    }

    /// Whole path of the node that it stands at.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    fn enter(&mut self, tree: &MergedTree, id: u32) {
        self.stack.push(Step::Leave(self.path.len()));
        if id != ROOT {
            self.path.extend_from_slice(tree.arena.name(id));
            self.path.push(b'/');
        }
        let start = self.stack.len();
        let arena = &tree.arena;
        for child in arena.children(id) {
            self.stack.push(Step::Node(child));
            if arena.node(child).child != super::arena::NONE {
                self.stack.push(Step::Below(child));
            }
        }
        let steps = self.stack.get_mut(start..).unwrap_or_default();
        steps.sort_unstable_by(|left, right| key(arena, *right).cmp(key(arena, *left)));
    }
}

// A name, and for what lies below it the name and a slash.
fn key(arena: &super::arena::Arena, step: Step) -> impl Iterator<Item = &u8> {
    let (id, slash): (u32, &[u8]) = match step {
        Step::Node(id) => (id, b""),
        Step::Below(id) => (id, b"/"),
        Step::Leave(_) => (ROOT, b""),
    };
    arena.name(id).iter().chain(slash)
}

impl<'a> Iterator for Walk<'a> {
    type Item = NodeRef<'a>;

    fn next(&mut self) -> Option<NodeRef<'a>> {
        self.next_node().map(|(_, node)| node)
    }
}
