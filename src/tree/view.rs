//! The visible rows of an expandable tree.
//!
//! Directories come first, then names in byte order. Rows are kept as a flat
//! list: a page is a slice of it, and expanding splices rows into it. There are
//! never more rows than nodes, whose number is capped.

use std::collections::{HashMap, HashSet};

use super::{MergedTree, NodeRef, arena::ROOT};
use crate::{
    diagnostic::escape,
    digest::hex,
    order,
    report::{NodeType, RowView, RowsView},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    node: u32,
    /// Depth, from 1.
    level: u32,
    /// Position among its siblings, from 1.
    position: u32,
}

/// Which directories of a [`MergedTree`] are expanded, and the rows that
/// shows. One view belongs to one tree; after the tree has changed it needs
/// [`refresh`](Self::refresh).
#[derive(Debug, Clone)]
pub struct TreeView {
    rows: Vec<Row>,
    /// Expanded directories, those in collapsed ones included: they come back
    /// as they were.
    expanded: HashSet<u32>,
    /// Number of children of each directory whose children are rows.
    counts: HashMap<u32, u32>,
}

impl TreeView {
    /// A view in which nothing is expanded but the root.
    pub fn new(tree: &MergedTree) -> Self {
        let mut view = Self {
            rows: Vec::new(),
            expanded: HashSet::new(),
            counts: HashMap::new(),
        };
        view.refresh(tree);
        view
    }

    /// Number of visible rows.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the tree is empty.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Makes the rows anew for a tree that has changed. What is expanded stays so.
    pub fn refresh(&mut self, tree: &MergedTree) {
        self.expanded
            .retain(|&id| tree.node(id).is_some_and(|node| node.is_directory()));
        self.counts.clear();
        self.rows = self.below(tree, ROOT, 0);
    }

    /// At most `limit` rows from `offset` on.
    pub fn rows(&self, tree: &MergedTree, offset: usize, limit: usize) -> RowsView {
        let start = offset.min(self.rows.len());
        let end = start.saturating_add(limit).min(self.rows.len());
        let rows = self.rows.get(start..end).unwrap_or_default();
        RowsView {
            total: count(self.rows.len()),
            offset: count(start),
            rows: rows.iter().map(|row| self.view(tree, *row)).collect(),
        }
    }

    /// Shows what lies in a directory; nothing happens for anything else.
    /// True when rows have changed.
    pub fn expand(&mut self, tree: &MergedTree, node: u32) -> bool {
        let expandable = tree
            .node(node)
            .is_some_and(|node| node.is_directory() && node.has_children());
        if !expandable || node == ROOT || !self.expanded.insert(node) {
            return false;
        }
        let Some(at) = self.position_of_node(node) else {
            return false;
        };
        let level = self.rows.get(at).map_or(0, |row| row.level);
        let rows = self.below(tree, node, level);
        let after = at.saturating_add(1);
        self.rows.splice(after..after, rows);
        true
    }

    /// Hides what lies in a directory; what is expanded there is expanded
    /// again with it. True when rows have changed.
    pub fn collapse(&mut self, node: u32) -> bool {
        if !self.expanded.remove(&node) {
            return false;
        }
        let Some(at) = self.position_of_node(node) else {
            return false;
        };
        let level = self.rows.get(at).map_or(0, |row| row.level);
        let after = at.saturating_add(1);
        let below = self.rows.get(after..).unwrap_or_default();
        let length = below.iter().take_while(|row| row.level > level).count();
        for row in self.rows.drain(after..after.saturating_add(length)) {
            self.counts.remove(&row.node);
        }
        self.counts.remove(&node);
        true
    }

    /// Expands every directory of a level up to `depth`, from 1 for those in
    /// the root, and collapses all others.
    pub fn expand_all(&mut self, tree: &MergedTree, depth: u32) {
        self.expanded.clear();
        let mut level = vec![ROOT];
        for _ in 0..depth {
            let mut next = Vec::new();
            for id in level.drain(..) {
                let Some(node) = tree.node(id) else { continue };
                let directories = node.children().filter(NodeRef::is_directory);
                next.extend(directories.map(|node| node.id()));
            }
            if next.is_empty() {
                break;
            }
            self.expanded.extend(&next);
            level = next;
        }
        self.refresh(tree);
    }

    /// Collapses everything.
    pub fn collapse_all(&mut self, tree: &MergedTree) {
        self.expanded.clear();
        self.refresh(tree);
    }

    /// The row of a node, if it is visible.
    pub fn position_of_node(&self, node: u32) -> Option<usize> {
        self.rows.iter().position(|row| row.node == node)
    }

    /// The row of a path, after expanding all that leads to it; none when
    /// nothing lies there.
    pub fn reveal(&mut self, tree: &MergedTree, path: &[u8]) -> Option<usize> {
        let node = tree.find(path)?;
        let mut above: Vec<u32> = std::iter::successors(node.parent(), NodeRef::parent)
            .map(|node| node.id())
            .collect();
        // From the root down, so that each is a row when its turn comes.
        while let Some(id) = above.pop() {
            self.expand(tree, id);
        }
        self.position_of_node(node.id())
    }

    /// The rows below a node, itself at `level`.
    fn below(&mut self, tree: &MergedTree, node: u32, level: u32) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut lists = vec![(self.children(tree, node), level.saturating_add(1))];
        while let Some((list, level)) = lists.last_mut() {
            let level = *level;
            let Some((position, id)) = list.next() else {
                lists.pop();
                continue;
            };
            rows.push(Row {
                node: id,
                level,
                position: count(position).saturating_add(1),
            });
            if self.expanded.contains(&id) {
                lists.push((self.children(tree, id), level.saturating_add(1)));
            }
        }
        rows
    }

    fn children<'a>(
        &mut self,
        tree: &'a MergedTree,
        id: u32,
    ) -> std::iter::Enumerate<std::vec::IntoIter<u32>> {
        let of = |node: NodeRef<'a>| (!node.is_directory(), node.name(), node.id());
        let children: Vec<(bool, &[u8], u32)> = tree
            .node(id)
            .map(|node| node.children().map(of).collect())
            .unwrap_or_default();
        self.counts.insert(id, count(children.len()));
        let sorted = order::sorted(children).into_iter();
        let ids: Vec<u32> = sorted.map(|(.., id)| id).collect();
        ids.into_iter().enumerate()
    }

    fn view(&self, tree: &MergedTree, row: Row) -> RowView {
        let node = NodeRef::new(tree, row.node);
        let parent = node.parent().map_or(ROOT, |parent| parent.id());
        let path = node.path();
        let shown = escape(&path);
        let exact = shown.as_bytes() == path;
        RowView {
            node: row.node,
            level: row.level,
            position: row.position,
            siblings: self.counts.get(&parent).copied().unwrap_or(row.position),
            name: escape(node.name()),
            path: shown,
            path_hex: (!exact).then(|| hex(&path)),
            node_type: node.node_type(),
            mode: node.mode(),
            mode_text: mode_text(node.node_type(), node.mode()),
            uid: node.uid(),
            gid: node.gid(),
            size: node.size().to_string(),
            mtime_ns: node.mtime().map(|mtime| mtime.to_string()),
            layer: node.layer(),
            link_name: node.link_name().map(escape),
            hardlink_to: node.hardlink_to().map(|first| escape(&first.path())),
            device: node.device(),
            expandable: node.is_directory() && node.has_children(),
            expanded: node.is_directory() && self.expanded.contains(&row.node),
        }
    }
}

/// A mode as `ls` writes it, with the letter of the type.
pub fn mode_text(node_type: NodeType, mode: u32) -> String {
    let letter = match node_type {
        NodeType::File => '-',
        NodeType::Dir => 'd',
        NodeType::Symlink => 'l',
        NodeType::Char => 'c',
        NodeType::Block => 'b',
        NodeType::Fifo => 'p',
    };
    // Each triple's own bits, and the special bit that shares its last letter.
    let triples = [
        (6, 0o4000, 's', 'S'),
        (3, 0o2000, 's', 'S'),
        (0, 0o1000, 't', 'T'),
    ];
    let mut text = String::from(letter);
    for (shift, special, with, without) in triples {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, false) => 'x',
            (false, false) => '-',
            (true, true) => with,
            (false, true) => without,
        });
    }
    text
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
