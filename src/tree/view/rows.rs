//! Rows by their numbers: counted for every directory, listed where a page is.

use std::collections::BTreeMap;

use super::{TreeView, count, facts::at, order::Order};
use crate::tree::{MergedTree, arena::ROOT};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub node: u32,
    /// Depth, from 1.
    pub level: u32,
    /// Position among its siblings, from 1.
    pub position: u32,
    /// Their number.
    pub siblings: u32,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// By node how many rows lie below it, were it open.
    below: Vec<u32>,
    /// What shows in a directory, sorted; of those that a page was made of.
    lists: BTreeMap<u32, Vec<u32>>,
    order: Order,
}

impl Rows {
    pub fn below(&self, id: u32) -> u32 {
        at(&self.below, id)
    }

    /// Forgets what shows in each directory, and in which order.
    pub fn unsort(&mut self) {
        self.lists.clear();
    }

    pub fn list(&self, directory: u32) -> &[u32] {
        self.lists.get(&directory).map_or(&[], Vec::as_slice)
    }
}

impl TreeView {
    /// Counts all rows anew.
    pub(super) fn count_rows(&mut self, tree: &MergedTree) {
        self.rows.below.clear();
        self.rows.below.resize(tree.arena.ids().count(), 0);
        for id in tree.arena.ids().rev().filter(|&id| id != ROOT) {
            if self.is_visible(tree, id) {
                let rows = self.rows_of(id);
                let above = tree.arena.node(id).parent;
                if let Some(below) = self.rows.below.get_mut(above as usize) {
                    *below = below.saturating_add(rows);
                }
            }
        }
    }

    /// Counts the rows below a node, which has just been opened or closed, in or
    /// out above it. True where it is among the rows itself.
    pub(super) fn count_above(
        &mut self,
        tree: &MergedTree,
        node: u32,
        change: fn(u32, u32) -> u32,
    ) -> bool {
        let rows = self.rows.below(node);
        let mut is_row = false;
        let mut id = node;
        loop {
            id = tree.arena.node(id).parent;
            if let Some(below) = self.rows.below.get_mut(id as usize) {
                *below = change(*below, rows);
            }
            is_row |= id == self.part.root();
            if id == ROOT || !self.is_open(id) {
                return is_row;
            }
        }
    }

    /// At most `limit` rows from `offset` on.
    pub(super) fn window(&mut self, tree: &MergedTree, offset: usize, limit: usize) -> Vec<Row> {
        let mut rows = Vec::with_capacity(limit.min(self.len().saturating_sub(offset)));
        let mut skipped = 0_usize;
        // Directories that the page may have a part of, and how many of what
        // shows in each has been passed.
        let root = self.part.root();
        let mut open = vec![(root, 0_usize)];
        self.sort_children(tree, root);
        while let Some((directory, passed)) = open.pop() {
            let level = count(open.len()).saturating_add(1);
            let list = self.rows.list(directory);
            let siblings = count(list.len());
            let left = list.get(passed..).unwrap_or_default();
            let mut entered = None;
            for (&id, position) in left.iter().zip(passed.saturating_add(1)..) {
                if rows.len() >= limit {
                    return rows;
                }
                let length = self.rows_of(id) as usize;
                if skipped.saturating_add(length) <= offset {
                    skipped = skipped.saturating_add(length);
                    continue;
                }
                if skipped < offset {
                    skipped = skipped.saturating_add(1);
                } else {
                    rows.push(Row {
                        node: id,
                        level,
                        position: count(position),
                        siblings,
                    });
                }
                if length > 1 {
                    entered = Some((position, id));
                    break;
                }
            }
            if let Some((position, id)) = entered {
                open.push((directory, position));
                open.push((id, 0));
                self.sort_children(tree, id);
            }
        }
        rows
    }

    /// The row of a node, if it is among the rows.
    pub(super) fn position(&mut self, tree: &MergedTree, node: u32) -> Option<usize> {
        let mut position = 0_usize;
        let mut id = node;
        loop {
            let directory = tree.arena.node(id).parent;
            let is_root = directory == self.part.root();
            if !is_root && (directory == ROOT || !self.is_open(directory)) {
                return None;
            }
            self.sort_children(tree, directory);
            let list = self.rows.list(directory);
            let before = list.iter().position(|&sibling| sibling == id)?;
            for &sibling in list.get(..before).unwrap_or_default() {
                position = position.saturating_add(self.rows_of(sibling) as usize);
            }
            if is_root {
                return Some(position);
            }
            position = position.saturating_add(1);
            id = directory;
        }
    }

    /// How many rows a node that shows has for itself and all below it.
    fn rows_of(&self, id: u32) -> u32 {
        let below = if self.is_open(id) {
            self.rows.below(id)
        } else {
            0
        };
        below.saturating_add(1)
    }

    /// Lists what shows in a directory, if it is not listed yet.
    pub(super) fn sort_children(&mut self, tree: &MergedTree, directory: u32) {
        if self.rows.lists.contains_key(&directory) {
            return;
        }
        let mut children = self.children(tree, directory);
        let (sort, descending) = (self.query.sort, self.query.descending);
        let Rows { lists, order, .. } = &mut self.rows;
        order.sort(tree, &mut self.facts, &mut children, sort, descending);
        lists.insert(directory, children);
    }

    /// What shows in a directory, in no order.
    pub(super) fn children(&self, tree: &MergedTree, directory: u32) -> Vec<u32> {
        let all = tree.arena.children(directory);
        if !self.is_filtered() {
            return all.collect();
        }
        let all = all.chain(self.facts.removed_in(directory));
        all.filter(|&id| self.is_visible(tree, id)).collect()
    }
}
