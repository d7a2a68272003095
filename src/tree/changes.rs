//! What layers made of each path: the tree below them against the tree with them.

use super::{MergedTree, NodeRef, arena::ROOT};
use crate::{
    layer::table::EntryKind,
    report::{Change, ChangeCounts, NodeType},
};

impl MergedTree {
    /// What lay at a node's path below the layer `first`; none where nothing
    /// did. Its children are those that lie there now.
    ///
    /// Exact under [`Rules::Spec`](super::Rules::Spec); containerd's rules
    /// change what hardlinks share, and the latest attributes are told.
    pub fn before(&self, id: u32, first: u32) -> Option<NodeRef<'_>> {
        let mut node = self.arena.below(id, first)?;
        let inode = self.arena.inode_of(&node);
        let content = match inode {
            Some(inode) => inode.content,
            None => node.written(),
        };
        node.kind = match content {
            None => NodeType::Dir,
            Some(at) => {
                let kind = self.entry(at).map_or(EntryKind::File, |entry| entry.kind);
                kind.node_type().unwrap_or(node.kind)
            }
        };
        Some(NodeRef::past(self, id, node))
    }

    /// What the layers from `first` on have made of a node's path, as
    /// [`Change`] defines it; none where nothing lies there or lay there.
    pub fn change(&self, id: u32, first: u32) -> Option<Change> {
        if id == ROOT {
            return Some(Change::Unchanged);
        }
        let node = self.arena.node(id);
        if !self.arena.is_changed_since(id, first) {
            return node.is_present().then_some(Change::Unchanged);
        }
        match (self.before(id, first), self.node(id)) {
            (None, None) => None,
            (None, Some(_)) => Some(Change::Added),
            (Some(_), None) => Some(Change::Removed),
            (Some(before), Some(now)) if before.is_same_as(&now) => Some(Change::Unchanged),
            (Some(_), Some(_)) => Some(Change::Modified),
        }
    }

    /// Counts what a layer did, given the nodes that it did anything to.
    pub(super) fn count_changes(
        &self,
        acted: impl Iterator<Item = u32>,
        layer: u32,
    ) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for id in acted.filter(|&id| id != ROOT) {
            if let Some(change) = self.change(id, layer) {
                counts.add(change);
            }
        }
        let present = u32::try_from(self.len()).unwrap_or(u32::MAX);
        counts.unchanged = present.saturating_sub(counts.added.saturating_add(counts.modified));
        counts
    }
}

impl ChangeCounts {
    /// Counts one more path.
    pub const fn add(&mut self, change: Change) {
        let count = match change {
            Change::Unchanged => &mut self.unchanged,
            Change::Added => &mut self.added,
            Change::Modified => &mut self.modified,
            Change::Removed => &mut self.removed,
        };
        *count = count.saturating_add(1);
    }
}

impl NodeRef<'_> {
    /// Whether all that is known of both is the same, wherever they lie:
    /// contents count where both are known.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let contents = || match (self.digest(), other.digest()) {
            (Some(left), Some(right)) => left == right,
            _ => true,
        };
        self.node_type() == other.node_type()
            && self.size() == other.size()
            && self.mtime() == other.mtime()
            && self.mode() == other.mode()
            && (self.uid(), self.gid()) == (other.uid(), other.gid())
            && self.link_name() == other.link_name()
            && self.device() == other.device()
            && self.xattrs() == other.xattrs()
            && contents()
    }
}
