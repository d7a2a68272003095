//! A part of a tree, and what is highlighted in it: what a figure shows.
//!
//! Both are kept by path and pattern, as the tree is still growing when they are
//! asked for: what arrives later is opened as far, and is highlighted, too, until
//! someone opens or closes a directory by hand.

use super::{HIGHLIGHTED, LEADS, TreeView, select, select::Matcher};
use crate::{
    limits::Limits,
    pattern::PatternError,
    report::PathPattern,
    tree::{
        MergedTree,
        arena::{NONE, ROOT},
    },
};

/// Which part of a tree the rows are of.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// The directory in which they lie, and how many levels of it are expanded;
    /// none where they are of the whole tree.
    below: Option<(Vec<u8>, u32)>,
    /// That directory, or [`NONE`] while it is not there.
    root: u32,
    highlight: Option<Matcher>,
    /// Whether a directory was opened or closed by hand.
    is_touched: bool,
}

impl Part {
    pub const fn root(&self) -> u32 {
        self.root
    }

    /// Whether the rows are of less than the whole tree.
    pub const fn is_some(&self) -> bool {
        self.below.is_some()
    }

    pub const fn touch(&mut self) {
        self.is_touched = true;
    }
}

impl TreeView {
    /// Shows only what lies below a directory, given by its path, and `depth`
    /// levels of that expanded: 0 none. Symlinks are followed, as `/bin` is one in
    /// many images. There are no rows where no such directory is.
    pub fn show_part(&mut self, tree: &MergedTree, path: &[u8], depth: u32) {
        self.part.below = Some((path.to_vec(), depth));
        self.part.is_touched = false;
        self.refresh(tree);
    }

    /// Highlights the paths that a pattern matches, or none, and expands what
    /// leads there.
    ///
    /// # Errors
    ///
    /// [`PatternError`] for a pattern that cannot be read: nothing changes then.
    pub fn highlight(
        &mut self,
        tree: &MergedTree,
        pattern: Option<&PathPattern>,
        limits: &Limits,
    ) -> Result<(), PatternError> {
        let matcher = pattern.map(|pattern| Matcher::new(pattern, limits));
        self.part.highlight = matcher.transpose()?;
        self.part.is_touched = false;
        self.refresh(tree);
        Ok(())
    }

    /// The first row that is highlighted.
    pub fn first_highlighted(&mut self, tree: &MergedTree) -> Option<usize> {
        let mut directory = self.part.root;
        while self.has(directory, LEADS) {
            self.sort_children(tree, directory);
            let mut list = self.rows.list(directory).iter().copied();
            let id = list.find(|&id| self.has(id, HIGHLIGHTED | LEADS))?;
            if self.has(id, HIGHLIGHTED) {
                return self.position(tree, id);
            }
            directory = id;
        }
        None
    }

    /// Finds the part and what is highlighted anew, and opens what is to be open.
    pub(super) fn find_part(&mut self, tree: &MergedTree) {
        self.part.root = match &self.part.below {
            Some((path, _)) => match tree.follow(path) {
                Some(node) => node.id(),
                // Where a layer has removed it, there may be rows of what it held.
                None => tree.slot(path).unwrap_or(NONE),
            },
            None => ROOT,
        };
        for flags in &mut self.flags {
            *flags &= !(HIGHLIGHTED | LEADS);
        }
        if let Some(matcher) = self.part.highlight.as_mut() {
            let changes = &self.query.changes;
            select::highlight(tree, &self.facts, matcher, changes, &mut self.flags);
        }
        if self.part.is_touched {
            return;
        }
        if let Some((_, depth)) = self.part.below {
            self.open_to(tree, depth);
        }
        for id in tree.arena.ids().filter(|&id| id != ROOT) {
            if self.has(id, LEADS) {
                self.set_open(id, true);
            }
        }
    }

    /// How many paths lie below a directory and would show.
    pub(super) fn holds(&self, tree: &MergedTree, directory: u32) -> u32 {
        let mut held = 0_u32;
        let mut left = vec![directory];
        while let Some(id) = left.pop() {
            let children = self.children(tree, id);
            held = held.saturating_add(super::count(children.len()));
            left.extend(children);
        }
        held
    }
}
