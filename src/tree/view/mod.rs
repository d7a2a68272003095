//! The visible rows of an expandable tree: arranged by a query, a page at a time.
//!
//! Rows are kept as a flat list: a page is a slice of it, and expanding splices
//! rows into it. There are never more rows than nodes, whose number is capped.
//! A node comes after the directory that holds it, so that what concerns all of
//! them is one pass over the arena and needs no walk.

mod facts;
mod order;
mod row;
mod select;
mod sizes;

use super::{MergedTree, NodeRef, arena::ROOT};
use crate::{
    limits::Limits,
    pattern::PatternError,
    report::{Change, ChangeCounts, RowsView, SizeView, TreeQuery},
};
use facts::Facts;
use order::Order;
use select::Matcher;

pub use row::mode_text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    node: u32,
    /// Depth, from 1.
    level: u32,
    /// Position among its siblings, from 1.
    position: u32,
    /// Their number.
    siblings: u32,
}

/// Selected by the query.
const SELECTED: u8 = 1;
/// Holds what is selected.
const LEADS: u8 = 2;
/// Expanded, while no pattern is set.
const EXPANDED: u8 = 4;
/// Collapsed, while a pattern is set: what leads to a match is expanded if not.
const COLLAPSED: u8 = 8;

/// Which rows of a [`MergedTree`] are shown. One view belongs to one tree;
/// after the tree has changed it needs [`refresh`](Self::refresh).
#[derive(Debug, Clone)]
pub struct TreeView {
    first: u32,
    query: TreeQuery,
    matcher: Option<Matcher>,
    facts: Facts,
    order: Order,
    /// By node.
    flags: Vec<u8>,
    selected: u32,
    rows: Vec<Row>,
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
            order: Order::default(),
            flags: Vec::new(),
            selected: 0,
            rows: Vec::new(),
        };
        view.select(tree);
        view
    }

    /// Number of visible rows.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
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
        self.select(tree);
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
        let selects = is_other || query.changes != self.query.changes;
        self.query = query;
        if selects {
            self.select(tree);
        } else {
            self.rows = self.below(tree, ROOT, 0);
        }
        Ok(())
    }

    /// At most `limit` rows from `offset` on.
    pub fn rows(&mut self, tree: &MergedTree, offset: usize, limit: usize) -> RowsView {
        let start = offset.min(self.rows.len());
        let end = start.saturating_add(limit).min(self.rows.len());
        let rows = self.rows.get(start..end).unwrap_or_default().to_vec();
        RowsView {
            total: count(self.rows.len()),
            offset: count(start),
            rows: rows.into_iter().map(|row| self.view(tree, row)).collect(),
        }
    }

    /// Every visible node that the query selects, in the order of the rows, with
    /// what has been made of it. A removed one is as it was.
    pub fn listed<'a>(
        &'a self,
        tree: &'a MergedTree,
    ) -> impl Iterator<Item = (NodeRef<'a>, Change)> + use<'a> {
        let is_listed = |row: &&Row| !self.is_filtered() || self.has(row.node, SELECTED);
        let listed = self.rows.iter().filter(is_listed);
        listed.filter_map(|row| {
            let node = self.facts.shown(tree, row.node)?;
            Some((node, self.facts.change(tree, row.node)?))
        })
    }

    /// Shows what lies in a directory; nothing happens for anything else.
    /// True when rows have changed.
    pub fn expand(&mut self, tree: &MergedTree, node: u32) -> bool {
        if node == ROOT || !self.is_expandable(tree, node) || self.is_open(node) {
            return false;
        }
        self.set_open(node, true);
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
        if node == ROOT || !self.is_open(node) {
            return false;
        }
        self.set_open(node, false);
        let Some(at) = self.position_of_node(node) else {
            return false;
        };
        let level = self.rows.get(at).map_or(0, |row| row.level);
        let after = at.saturating_add(1);
        let below = self.rows.get(after..).unwrap_or_default();
        let length = below.iter().take_while(|row| row.level > level).count();
        self.rows.drain(after..after.saturating_add(length));
        length > 0
    }

    /// Expands every directory of a level up to `depth`, from 1 for those in
    /// the root, and collapses all others.
    pub fn expand_all(&mut self, tree: &MergedTree, depth: u32) {
        let mut levels = vec![0_u32; self.flags.len()];
        for id in tree.arena.ids().filter(|&id| id != ROOT) {
            let node = tree.arena.node(id);
            let level = facts::at(&levels, node.parent).saturating_add(1);
            if let Some(slot) = levels.get_mut(id as usize) {
                *slot = level;
            }
            self.set_open(id, level <= depth && self.may_hold(tree, id));
        }
        self.rows = self.below(tree, ROOT, 0);
    }

    /// Collapses everything.
    pub fn collapse_all(&mut self, tree: &MergedTree) {
        self.expand_all(tree, 0);
    }

    /// The row of a node, if it is visible.
    pub fn position_of_node(&self, node: u32) -> Option<usize> {
        self.rows.iter().position(|row| row.node == node)
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
        self.position_of_node(id)
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

    /// Finds anew what the query selects.
    fn select(&mut self, tree: &MergedTree) {
        self.flags.resize(tree.arena.ids().count(), 0);
        if self.is_filtered() {
            let matcher = self.matcher.as_mut();
            let changes = &self.query.changes;
            self.selected = select::select(tree, &self.facts, matcher, changes, &mut self.flags);
        } else {
            self.selected = count(tree.len());
        }
        self.rows = self.below(tree, ROOT, 0);
    }

    /// The rows below a node, itself at `level`.
    fn below(&mut self, tree: &MergedTree, node: u32, level: u32) -> Vec<Row> {
        let mut rows = Vec::new();
        // What is still to come, the next at the end; and where in it each
        // directory's children begin, and how many they were.
        let mut nodes = Vec::new();
        let mut lists = Vec::new();
        self.push_children(tree, node, &mut nodes, &mut lists);
        while let Some(&(start, length)) = lists.last() {
            let left = nodes.len() - start;
            let Some(id) = (left > 0).then(|| nodes.pop()).flatten() else {
                lists.pop();
                continue;
            };
            rows.push(Row {
                node: id,
                level: level.saturating_add(count(lists.len())),
                position: count(length - left).saturating_add(1),
                siblings: count(length),
            });
            if self.is_open(id) && self.is_expandable(tree, id) {
                self.push_children(tree, id, &mut nodes, &mut lists);
            }
        }
        rows
    }

    /// Adds what is shown in a node, the first at the end.
    fn push_children(
        &mut self,
        tree: &MergedTree,
        id: u32,
        nodes: &mut Vec<u32>,
        lists: &mut Vec<(usize, usize)>,
    ) {
        let start = nodes.len();
        if self.is_filtered() {
            let is_shown = |id: &u32| self.has(*id, SELECTED | LEADS);
            nodes.extend(tree.arena.children(id).filter(is_shown));
            nodes.extend(self.facts.removed_in(id).filter(is_shown));
        } else {
            nodes.extend(tree.arena.children(id));
        }
        let children = nodes.get_mut(start..).unwrap_or_default();
        let (sort, descending) = (self.query.sort, self.query.descending);
        self.order
            .sort(tree, &mut self.facts, children, sort, descending);
        children.reverse();
        lists.push((start, children.len()));
    }

    const fn is_filtered(&self) -> bool {
        self.matcher.is_some() || !self.query.changes.is_empty()
    }

    fn is_visible(&self, tree: &MergedTree, id: u32) -> bool {
        match self.is_filtered() {
            true => self.has(id, SELECTED | LEADS),
            false => tree.arena.node(id).is_present(),
        }
    }

    fn is_expandable(&self, tree: &MergedTree, id: u32) -> bool {
        match self.is_filtered() {
            true => self.has(id, LEADS),
            false => tree.node(id).as_ref().is_some_and(NodeRef::has_children),
        }
    }

    /// Whether something lies, or may have lain, in a node.
    fn may_hold(&self, tree: &MergedTree, id: u32) -> bool {
        self.has(id, LEADS) || tree.arena.node(id).kind == crate::report::NodeType::Dir
    }

    fn is_open(&self, id: u32) -> bool {
        match self.matcher {
            Some(_) => !self.has(id, COLLAPSED) && self.has(id, LEADS),
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
