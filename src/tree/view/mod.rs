//! The visible rows of an expandable tree: arranged by a query, a page at a time.
//!
//! Rows are counted, not kept: a page is found by passing over what lies before
//! it, and only directories that a page shows are ever sorted. A node comes after
//! the directory that holds it, so that what concerns all of them is one pass
//! over the arena and needs no walk.

mod facts;
mod order;
mod part;
mod row;
mod rows;
mod select;
mod sizes;

use super::{MergedTree, NodeRef, arena::ROOT};
use crate::{
    limits::Limits,
    pattern::PatternError,
    report::{Change, ChangeCounts, NodeType, RowsView, SizeView, TreeQuery},
};
use facts::Facts;
use part::Part;
use rows::Rows;
use select::Matcher;

pub use row::mode_text;

/// Selected by the query.
const SELECTED: u8 = 1;
/// Expanded, while no pattern is set.
const EXPANDED: u8 = 2;
/// Collapsed, while a pattern is set: what leads to a match is expanded if not.
const COLLAPSED: u8 = 4;
/// Highlighted.
const HIGHLIGHTED: u8 = 8;
/// Holds something that is highlighted.
const LEADS: u8 = 16;

/// Which rows of a [`MergedTree`] are shown. One view belongs to one tree;
/// after the tree has changed it needs [`refresh`](Self::refresh).
#[derive(Debug, Clone)]
pub struct TreeView {
    first: u32,
    query: TreeQuery,
    matcher: Option<Matcher>,
    facts: Facts,
    /// By node.
    flags: Vec<u8>,
    selected: u32,
    rows: Rows,
    part: Part,
}

impl TreeView {
    /// A view of a whole tree in which nothing is expanded but the root.
    pub fn new(tree: &MergedTree) -> Self {
        Self::since(tree, 0)
    }

    /// The same with the changes that the layers from `first` on have made.
    pub fn since(tree: &MergedTree, first: u32) -> Self {
        let mut view = Self {
            first,
            query: TreeQuery::default(),
            matcher: None,
            facts: Facts::new(tree, first),
            flags: Vec::new(),
            selected: 0,
            rows: Rows::default(),
            part: Part::default(),
        };
        view.select(tree, false);
        view
    }

    /// Number of visible rows.
    pub fn len(&self) -> usize {
        self.rows.below(self.part.root()) as usize
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of paths that the query selects, visible or not.
    pub const fn selected(&self) -> u32 {
        self.selected
    }

    /// Number of paths by change, whatever the query.
    pub const fn changes(&self) -> &ChangeCounts {
        self.facts.counts()
    }

    /// Bytes of all files, each hardlink group once.
    pub fn size(&mut self, tree: &MergedTree) -> u64 {
        self.facts.total(tree, ROOT)
    }

    /// Makes the rows anew for a tree that has changed. What is expanded stays so.
    pub fn refresh(&mut self, tree: &MergedTree) {
        self.facts = Facts::new(tree, self.first);
        self.select(tree, false);
    }

    /// Shows other rows, or in another order. What is expanded stays so; a new
    /// pattern expands what leads to its matches.
    ///
    /// # Errors
    ///
    /// [`PatternError`] for a pattern that cannot be read: nothing changes then.
    pub fn arrange(
        &mut self,
        tree: &MergedTree,
        query: TreeQuery,
        limits: &Limits,
    ) -> Result<(), PatternError> {
        let is_other = query.pattern != self.query.pattern;
        if is_other {
            let pattern = query.pattern.as_ref();
            let pattern = pattern.filter(|pattern| !pattern.pattern.is_empty());
            self.matcher = pattern
                .map(|pattern| Matcher::new(pattern, limits))
                .transpose()?;
            for flags in &mut self.flags {
                *flags &= !COLLAPSED;
            }
        }
        let before = std::mem::replace(&mut self.query, query);
        let has_other_changes = self.query.changes != before.changes;
        if is_other || has_other_changes {
            let patterns = self.query.pattern.as_ref().zip(before.pattern.as_ref());
            let narrows = !has_other_changes
                && patterns.is_some_and(|(pattern, before)| select::narrows(pattern, before));
            self.select(tree, narrows);
        } else {
            self.rows.unsort();
        }
        Ok(())
    }

    /// At most `limit` rows from `offset` on.
    pub fn rows(&mut self, tree: &MergedTree, offset: usize, limit: usize) -> RowsView {
        let rows = self.window(tree, offset, limit);
        RowsView {
            total: count(self.len()),
            offset: count(offset.min(self.len())),
            rows: rows.into_iter().map(|row| self.view(tree, row)).collect(),
        }
    }

    /// Every visible node that the query selects, in the order of the rows, with
    /// what has been made of it. A removed one is as it was.
    pub fn listed<'a>(
        &mut self,
        tree: &'a MergedTree,
    ) -> impl Iterator<Item = (NodeRef<'a>, Change)> + use<'_, 'a> {
        let rows = self.window(tree, 0, usize::MAX);
        let view = &*self;
        rows.into_iter().filter_map(move |row| {
            if view.is_filtered() && !view.has(row.node, SELECTED) {
                return None;
            }
            let node = view.facts.shown(tree, row.node)?;
            Some((node, view.facts.change(tree, row.node)?))
        })
    }

    /// Shows what lies in a directory; nothing happens for anything else.
    /// True when rows have changed.
    pub fn expand(&mut self, tree: &MergedTree, node: u32) -> bool {
        if node == ROOT || !self.is_expandable(node) || self.is_open(node) {
            return false;
        }
        self.part.touch();
        self.set_open(node, true);
        self.count_above(tree, node, u32::saturating_add)
    }

    /// Hides what lies in a directory; what is expanded there is expanded
    /// again with it. True when rows have changed.
    pub fn collapse(&mut self, tree: &MergedTree, node: u32) -> bool {
        if node == ROOT || !self.is_open(node) {
            return false;
        }
        self.part.touch();
        self.set_open(node, false);
        self.count_above(tree, node, u32::saturating_sub) && self.is_expandable(node)
    }

    /// Expands every directory of a level up to `depth`, from 1 for those in
    /// the root or the part that is shown, and collapses all others.
    pub fn expand_all(&mut self, tree: &MergedTree, depth: u32) {
        self.part.touch();
        self.open_to(tree, depth);
        self.count_rows(tree);
    }

    fn open_to(&mut self, tree: &MergedTree, depth: u32) {
        let mut levels = vec![0_u32; self.flags.len()];
        for id in tree.arena.ids().filter(|&id| id != ROOT) {
            let node = tree.arena.node(id);
            let level = facts::at(&levels, node.parent).saturating_add(1);
            if let Some(slot) = levels.get_mut(id as usize) {
                // Of a part, levels are counted from its directory.
                *slot = if id == self.part.root() { 0 } else { level };
            }
            self.set_open(id, level <= depth && self.may_hold(tree, id));
        }
    }

    /// Collapses everything.
    pub fn collapse_all(&mut self, tree: &MergedTree) {
        self.expand_all(tree, 0);
    }

    /// The row of a path, after expanding all that leads to it; none when
    /// nothing lies there, or nothing that the query shows.
    pub fn reveal(&mut self, tree: &MergedTree, path: &[u8]) -> Option<usize> {
        let id = tree.slot(path)?;
        if id == ROOT || !self.is_visible(tree, id) {
            return None;
        }
        let parent = |id: &u32| Some(tree.arena.node(*id).parent).filter(|&above| above != ROOT);
        let mut above: Vec<u32> = std::iter::successors(parent(&id), parent).collect();
        // From the root down, so that each is a row when its turn comes.
        while let Some(id) = above.pop() {
            self.expand(tree, id);
        }
        self.position(tree, id)
    }

    /// A map of what takes how much space below a node, `depth` levels deep;
    /// none where nothing lies.
    pub fn sizes(&mut self, tree: &MergedTree, node: u32, depth: u32) -> Option<SizeView> {
        tree.node(node)?;
        Some(sizes::map(tree, &mut self.facts, node, depth))
    }

    /// Paths of what is expanded, to be expanded in another tree.
    pub fn expanded(&self, tree: &MergedTree) -> Vec<Vec<u8>> {
        let ids = tree.arena.ids().filter(|&id| self.has(id, EXPANDED));
        ids.map(|id| tree.arena.path(id)).collect()
    }

    /// Belongs to another tree from now on, in which nothing is expanded.
    pub fn move_to(&mut self, tree: &MergedTree) {
        self.flags.clear();
        self.refresh(tree);
    }

    /// Expands what lies at these paths, and takes them off the list; those at
    /// which nothing lies yet stay there. Needs a [`refresh`](Self::refresh).
    pub fn expand_paths(&mut self, tree: &MergedTree, paths: &mut Vec<Vec<u8>>) {
        paths.retain(|path| {
            let found = tree.find(path).map(|node| node.id());
            if let Some(id) = found {
                self.flags.resize(tree.arena.ids().count(), 0);
                self.set(id, EXPANDED, true);
            }
            found.is_none()
        });
    }

    /// Finds anew what the query selects: with `narrows`, only of what was selected.
    fn select(&mut self, tree: &MergedTree, narrows: bool) {
        self.flags.resize(tree.arena.ids().count(), 0);
        if self.is_filtered() {
            let matcher = self.matcher.as_mut();
            let changes = &self.query.changes;
            let flags = &mut self.flags;
            self.selected = select::select(tree, &self.facts, matcher, changes, narrows, flags);
        } else {
            self.selected = count(tree.len());
        }
        self.rows.unsort();
        self.find_part(tree);
        self.count_rows(tree);
    }

    const fn is_filtered(&self) -> bool {
        self.matcher.is_some() || !self.query.changes.is_empty()
    }

    fn is_visible(&self, tree: &MergedTree, id: u32) -> bool {
        match self.is_filtered() {
            true => self.has(id, SELECTED) || self.is_expandable(id),
            false => tree.arena.node(id).is_present(),
        }
    }

    fn is_expandable(&self, id: u32) -> bool {
        self.rows.below(id) > 0
    }

    /// Whether something lies, or may have lain, in a node.
    fn may_hold(&self, tree: &MergedTree, id: u32) -> bool {
        self.is_expandable(id) || tree.arena.node(id).kind == NodeType::Dir
    }

    fn is_open(&self, id: u32) -> bool {
        match self.matcher {
            Some(_) => !self.has(id, COLLAPSED) && self.is_expandable(id),
            None => self.has(id, EXPANDED),
        }
    }

    fn set_open(&mut self, id: u32, is_open: bool) {
        match self.matcher {
            Some(_) => self.set(id, COLLAPSED, !is_open),
            None => self.set(id, EXPANDED, is_open),
        }
    }

    fn has(&self, id: u32, any: u8) -> bool {
        facts::at(&self.flags, id) & any != 0
    }

    fn set(&mut self, id: u32, flag: u8, is_set: bool) {
        if let Some(flags) = self.flags.get_mut(id as usize) {
            *flags = if is_set {
                *flags | flag
            } else {
                *flags & !flag
            };
        }
    }
}

/// Whether changes chosen for being shown hold this one.
fn shows(changes: &[Change], change: Change) -> bool {
    match changes {
        [] => change != Change::Removed,
        chosen => chosen.contains(&change),
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
