//! What is known of every node of a tree as it stands.

use super::{
    super::{MergedTree, NodeRef, arena::ROOT},
    sizes,
};
use crate::report::{Change, ChangeCounts};

/// A value by node, or nothing.
pub(super) fn at<T: Copy + Default>(values: &[T], id: u32) -> T {
    values.get(id as usize).copied().unwrap_or_default()
}

#[derive(Debug, Clone)]
pub(super) struct Facts {
    first: u32,
    /// By node. Empty where all that is there was made by the layers shown.
    changes: Vec<Option<Change>>,
    counts: ChangeCounts,
    /// Removed nodes after what held them, in order.
    removed: Vec<(u32, u32)>,
    /// Made when asked for.
    totals: Option<Vec<u64>>,
}

impl Facts {
    pub fn new(tree: &MergedTree, first: u32) -> Self {
        let mut facts = Self {
            first,
            changes: Vec::new(),
            counts: ChangeCounts::default(),
            removed: Vec::new(),
            totals: None,
        };
        if first == 0 {
            facts.counts.added = super::count(tree.len());
            return facts;
        }
        for id in tree.arena.ids() {
            let change = tree.change(id, first);
            facts.changes.push(change);
            let Some(change) = change.filter(|_| id != ROOT) else {
                continue;
            };
            facts.counts.add(change);
            if change == Change::Removed {
                facts.removed.push((tree.arena.node(id).parent, id));
            }
        }
        facts.removed.sort_unstable();
        facts
    }

    pub const fn counts(&self) -> &ChangeCounts {
        &self.counts
    }

    /// What the layers shown have made of a node; none where it shows nowhere.
    pub fn change(&self, tree: &MergedTree, id: u32) -> Option<Change> {
        if self.first > 0 {
            return at(&self.changes, id);
        }
        let is_present = tree.arena.node(id).is_present();
        is_present.then_some(Change::Added)
    }

    /// A node as it is shown: as it was, if it was removed.
    pub fn shown<'a>(&self, tree: &'a MergedTree, id: u32) -> Option<NodeRef<'a>> {
        tree.node(id).or_else(|| tree.before(id, self.first))
    }

    /// All removed nodes.
    pub fn removed(&self) -> impl Iterator<Item = u32> {
        self.removed.iter().map(|&(_, id)| id)
    }

    /// What was removed from a directory.
    pub fn removed_in(&self, parent: u32) -> impl Iterator<Item = u32> {
        let start = self.removed.partition_point(|&(above, _)| above < parent);
        let from = self.removed.get(start..).unwrap_or_default();
        let here = from.iter().take_while(move |&&(above, _)| above == parent);
        here.map(|&(_, id)| id)
    }

    /// Bytes of a node with all that lies below it, each hardlink group once;
    /// of a removed one, with all that was removed from it.
    pub fn total(&mut self, tree: &MergedTree, id: u32) -> u64 {
        if self.totals.is_none() {
            self.totals = Some(sizes::totals(tree, self));
        }
        self.totals.as_ref().map_or(0, |totals| at(totals, id))
    }
}
