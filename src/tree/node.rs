//! What a path of the tree is.

use std::collections::BTreeMap;

use super::{
    EntryRef, MergedTree, PathEvent, Rules,
    arena::{Inode, NONE, Node, ROOT},
};
use crate::{
    digest::Digest,
    layer::{
        Piece,
        table::{Columns, Entry, Timestamp},
    },
    report::NodeType,
};

/// Mode of a directory that no entry made, as every applier makes it.
pub(super) const IMPLIED_MODE: u32 = 0o755;
/// Mode of a symlink, which no header changes.
pub(super) const SYMLINK_MODE: u32 = 0o777;

/// One path of a [`MergedTree`].
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'a> {
    tree: &'a MergedTree,
    id: u32,
    /// What lies there, or lay there once.
    node: Node,
}

impl<'a> NodeRef<'a> {
    pub(crate) fn new(tree: &'a MergedTree, id: u32) -> Self {
        let node = *tree.arena.node(id);
        Self { tree, id, node }
    }

    /// A node as it was before something happened to it.
    pub(super) const fn past(tree: &'a MergedTree, id: u32, node: Node) -> Self {
        Self {
            tree,
            id,
            node: node.gone(),
        }
    }

    /// Identifier, valid as long as the tree is; 0 is the root.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The directory that holds it; none for the root.
    pub fn parent(&self) -> Option<Self> {
        (self.id != ROOT).then(|| Self::new(self.tree, self.node.parent))
    }

    /// Last component of the path; empty for the root.
    pub fn name(&self) -> &'a [u8] {
        if self.id == ROOT {
            return b"";
        }
        self.tree.arena.name(self.id)
    }

    /// Whole path without a leading slash; empty for the root.
    pub fn path(&self) -> Vec<u8> {
        self.tree.arena.path(self.id)
    }

    /// Number of components of the path.
    pub fn depth(&self) -> usize {
        std::iter::successors(self.parent(), Self::parent).count()
    }

    /// What it is. A hardlink is what it shares.
    pub fn node_type(&self) -> NodeType {
        self.node.kind
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.node_type() == NodeType::Dir
    }

    /// Permission bits with setuid, setgid and sticky; `0o777` for a symlink.
    pub fn mode(&self) -> u32 {
        if self.node_type() == NodeType::Symlink {
            return SYMLINK_MODE;
        }
        self.columns().map_or(IMPLIED_MODE, |columns| columns.mode)
    }

    /// Owner.
    pub fn uid(&self) -> u64 {
        self.owner().0
    }

    /// Group.
    pub fn gid(&self) -> u64 {
        self.owner().1
    }

    /// Owner and group.
    pub fn owner(&self) -> (u64, u64) {
        self.columns()
            .map_or((0, 0), |columns| (columns.uid, columns.gid))
    }

    /// Size in bytes; 0 unless a file.
    pub fn size(&self) -> u64 {
        if self.node_type() != NodeType::File {
            return 0;
        }
        let content = self.content().and_then(|at| self.tree.columns(at));
        content.map_or(0, |columns| columns.size)
    }

    /// Modification time in nanoseconds since 1970; none where no entry
    /// determines it.
    pub fn mtime(&self) -> Option<i128> {
        let node = self.node;
        let inode = self.inode();
        let at = match inode.and_then(|inode| inode.mtime) {
            Some(at) => Some(at),
            None if node.is(Node::STALE) => None,
            None => self.attributes(),
        };
        let mtime = self.tree.columns(at?)?.mtime;
        Some(match self.tree.rules {
            Rules::Spec => mtime.as_nanoseconds(),
            Rules::Containerd => bound(mtime),
        })
    }

    /// Target of a symlink, as its entry spells it.
    pub fn link_name(&self) -> Option<&'a [u8]> {
        (self.node_type() == NodeType::Symlink)
            .then(|| self.content_entry().map(|entry| entry.link_name))
            .flatten()
    }

    /// Major and minor number of a device.
    pub fn device(&self) -> Option<(u32, u32)> {
        if !matches!(self.node_type(), NodeType::Char | NodeType::Block) {
            return None;
        }
        let (major, minor) = self.content_entry()?.device;
        Some((major.try_into().ok()?, minor.try_into().ok()?))
    }

    /// Extended attributes, by name.
    pub fn xattrs(&self) -> Vec<(&'a [u8], &'a [u8])> {
        let older = self
            .inode()
            .map(|inode| inode.older_xattrs.as_slice())
            .unwrap_or_default();
        let mut all = BTreeMap::new();
        for &at in older.iter().chain(self.attributes().as_ref()) {
            if let Some(entry) = self.tree.entry(at) {
                all.extend(entry.xattrs);
            }
        }
        if self.tree.rules == Rules::Containerd {
            // containerd passes over trusted.*; Linux has user.* on files and
            // directories alone, which containerd does not take for an error.
            let has_user = matches!(self.node_type(), NodeType::File | NodeType::Dir);
            all.retain(|name, _| {
                !name.starts_with(b"trusted.") && (has_user || !name.starts_with(b"user."))
            });
        }
        all.into_iter().collect()
    }

    /// The layer that last wrote this path, from 0; none for an implied parent
    /// and for a root that no entry describes.
    pub fn layer(&self) -> Option<u32> {
        self.written().map(|at| at.layer)
    }

    /// The entry that last wrote this path.
    pub fn written(&self) -> Option<EntryRef> {
        self.node.written()
    }

    /// Whether the entry that last wrote it says everything of it.
    pub(crate) fn is_as_written(&self) -> bool {
        self.node.inode == NONE && self.node.entry != NONE
    }

    /// The entry that holds its content, link name or device numbers: another
    /// than [`written`](Self::written) for a hardlink.
    pub fn content(&self) -> Option<EntryRef> {
        match self.inode() {
            Some(inode) => inode.content,
            None => self.written(),
        }
    }

    /// The table's row for [`content`](Self::content).
    pub fn content_entry(&self) -> Option<Entry<'a>> {
        self.tree.entry(self.content()?)
    }

    /// What makes up a file's content, in the layer of [`content`](Self::content).
    /// None where nobody can say.
    pub fn pieces(&self) -> Option<Vec<Piece>> {
        let at = self.content()?;
        let table = self.tree.table(at.layer)?;
        table.pieces(at.entry as usize, 0, u64::MAX)
    }

    /// SHA-256 of a file's content, where the scan was asked for it.
    pub fn digest(&self) -> Option<Digest> {
        if self.node_type() != NodeType::File {
            return None;
        }
        self.content_entry()?.content
    }

    /// The first path of its hardlink group in byte order, where that is
    /// another.
    pub fn hardlink_to(&self) -> Option<Self> {
        let inode = self.node.inode;
        if inode == NONE || !self.node.is_present() {
            return None;
        }
        let first = self.tree.first_path(inode)?;
        (first != self.id).then(|| Self::new(self.tree, first))
    }

    /// Identifier of the file that it may share with other paths; none for one
    /// that shares with none.
    pub(crate) fn file_id(&self) -> Option<u32> {
        let inode = self.node.inode;
        (inode != NONE).then_some(inode)
    }

    /// Whether both paths share one file.
    pub fn same_file(&self, other: &Self) -> bool {
        self.id == other.id || (self.node.inode != NONE && self.node.inode == other.node.inode)
    }

    /// What lies in it under a name.
    pub fn child(&self, name: &[u8]) -> Option<Self> {
        let found = self.tree.arena.child(self.id, name)?;
        Some(Self::new(self.tree, found))
    }

    /// What lies in it, in no order.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'a> {
        let tree = self.tree;
        tree.arena
            .children(self.id)
            .map(move |id| Self::new(tree, id))
    }

    /// Whether anything lies in it.
    pub fn has_children(&self) -> bool {
        self.tree.arena.children(self.id).next().is_some()
    }

    /// What each layer did to it, oldest first.
    pub fn history(&self) -> Vec<PathEvent> {
        self.tree.arena.events(self.id)
    }

    /// Number of what it shares with other paths, if it does.
    pub(super) fn inode_number(&self) -> Option<u32> {
        (self.node.inode != NONE).then_some(self.node.inode)
    }

    fn inode(&self) -> Option<&'a Inode> {
        self.tree.arena.inode_of(&self.node)
    }

    fn attributes(&self) -> Option<EntryRef> {
        match self.inode() {
            Some(inode) => inode.attributes,
            None => self.written(),
        }
    }

    fn columns(&self) -> Option<Columns> {
        self.tree.columns(self.attributes()?)
    }
}

// containerd sets times that a timespec of 64-bit nanoseconds cannot hold, and
// those before 1970, to 0.
fn bound(time: Timestamp) -> i128 {
    let nanoseconds = time.as_nanoseconds();
    match i64::try_from(nanoseconds) {
        Ok(0..) => nanoseconds,
        _ => 0,
    }
}
