//! What both sets of rules do with an entry.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use super::{
    EntryRef, MergedTree, NodeRef, Rules,
    ahead::Ahead,
    arena::{Full, Node, ROOT, Slot},
    error::ApplyError,
    event::Actor,
    path::{EntryPath, PathParts},
    resolve::LastParent,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity, escape},
    layer::table::{EntryHead, EntryKind, EntryTable},
    report::{ChangeCounts, NodeType},
};

/// What came of applying a layer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// The first entry that could not be applied, where containerd would have
    /// stopped. Every such entry is a diagnostic; the others were applied.
    pub error: Option<ApplyError>,
    /// What the layer did to the paths of those below it.
    pub changes: ChangeCounts,
}

/// One layer on its way into a tree.
pub(super) struct Applier<'a> {
    pub tree: &'a mut MergedTree,
    pub table: &'a EntryTable,
    pub layer: u16,
    pub steps: u64,
    /// AUFS' own files by path: the entry, and the inode once one was linked.
    pub aufs: HashMap<Vec<u8>, (u32, Option<u32>)>,
    diagnostics: &'a mut Diagnostics,
    error: Option<ApplyError>,
    /// What was looked up ahead.
    pub ahead: Ahead<'a>,
    last: LastParent,
    /// The run of paths that it is the parent of.
    last_run: Option<u32>,
}

impl MergedTree {
    /// Applies a layer on top of those that were applied before.
    ///
    /// `layer` is its position in the manifest, from 0. An entry that cannot
    /// be applied is a diagnostic of severity `Error`, and the layer's other
    /// entries are applied all the same.
    pub fn apply(
        &mut self,
        layer: u32,
        table: Arc<EntryTable>,
        diagnostics: &mut Diagnostics,
    ) -> Applied {
        self.first_paths = OnceLock::new();
        self.links = OnceLock::new();
        self.stored = OnceLock::new();
        self.dive = OnceLock::new();
        let limit = self.limits.layers.min(usize::from(u16::MAX));
        let small = u16::try_from(layer)
            .ok()
            .filter(|&small| usize::from(small) < limit);
        let Some(small) = small else {
            let error = ApplyError::Layers { layer, limit };
            let found = Diagnostic::new(Severity::Error, error.code(), error.to_string());
            diagnostics.push(found.layer(layer));
            return Applied {
                error: Some(error),
                changes: ChangeCounts::default(),
            };
        };
        let length = usize::from(small).saturating_add(1);
        if self.tables.len() < length {
            self.tables.resize(length, None);
        }
        if let Some(slot) = self.tables.get_mut(usize::from(small)) {
            *slot = Some(Arc::clone(&table));
        }
        let rules = self.rules;
        self.arena.begin_layer(table.len());
        let mut applier = Applier {
            tree: self,
            table: &table,
            layer: small,
            steps: 0,
            aufs: HashMap::new(),
            diagnostics,
            error: None,
            ahead: Ahead::new(),
            last: LastParent::default(),
            last_run: None,
        };
        match rules {
            Rules::Spec => applier.apply_by_spec(),
            Rules::Containerd => applier.apply_by_containerd(),
        }
        let error = applier.error;
        let acted = self.arena.end_layer();
        Applied {
            error,
            changes: self.count_changes(acted, layer),
        }
    }
}

impl Applier<'_> {
    pub const fn actor(&self, entry: u32) -> Actor {
        Actor {
            layer: self.layer,
            entry,
        }
    }

    /// Reports an entry that could not be applied. False when none of the
    /// entries after it can be.
    pub fn fail(&mut self, entry: EntryHead<'_>, error: ApplyError) -> bool {
        self.report(entry, Severity::Error, error.code(), error.to_string());
        let goes_on = !error.stops();
        self.error.get_or_insert(error);
        goes_on
    }

    pub fn report(
        &mut self,
        entry: EntryHead<'_>,
        severity: Severity,
        code: &str,
        message: String,
    ) {
        let whole = self.table.entry(entry.index as usize);
        self.diagnostics.push(
            Diagnostic::new(severity, code, message)
                .layer(self.layer.into())
                .path(&entry.path.to_vec())
                .offset(whole.map_or(0, |whole| whole.header_offset)),
        );
    }

    /// The directory that holds `path`, made with all that leads to it where
    /// it is missing.
    pub fn parent(
        &mut self,
        path: PathParts<'_>,
        entry: EntryHead<'_>,
        actor: Actor,
    ) -> Result<u32, ApplyError> {
        let parent = path.parent;
        if parent.is_empty() {
            return Ok(ROOT);
        }
        if self.last_run == Some(path.run)
            && let Some((node, _)) = self.last.last(self.tree.arena.epoch)
        {
            return Ok(node);
        }
        let nearest = self.last.nearest(parent, self.tree.arena.epoch);
        let nearest = nearest.unwrap_or((0, (ROOT, 0)));
        let steps = &mut self.steps;
        let place = self.tree.resolve_from(nearest, parent, steps, |_| true)?;
        let mut node = place.node;
        let mut depth = place.depth;
        if self.tree.arena.node(node).kind != NodeType::Dir {
            let standing = self.tree.arena.path(node);
            if self.tree.rules == Rules::Containerd {
                return Err(ApplyError::ParentNotDirectory {
                    path: path.to_vec(),
                    parent: standing,
                });
            }
            // image-spec layer.md, "Changeset over existing files": whatever
            // stands where the changeset has a directory gives way to it.
            let standing = escape(&standing);
            self.report(
                entry,
                Severity::Warning,
                "parent-replaced",
                format!("expected a directory at {standing:?}, but found something else, which a directory replaces"),
            );
            self.tree
                .arena
                .replace(node, NodeType::Dir, actor.implied());
        }
        for name in &place.missing {
            let slot = self.tree.arena.slot(node, name);
            let at = (node, name.as_slice(), slot);
            node = self.make(at, NodeType::Dir, actor.implied(), path)?;
            depth = depth.saturating_add(1);
        }
        self.last.set(parent, node, depth, self.tree.arena.epoch);
        self.last_run = Some(path.run);
        Ok(node)
    }

    /// Puts an entry at `name` in the directory `parent`.
    pub fn put(
        &mut self,
        parent: u32,
        path: PathParts<'_>,
        entry: EntryHead<'_>,
        actor: Actor,
    ) -> Result<(), ApplyError> {
        let owned = || path.to_vec();
        match entry.kind {
            EntryKind::Symlink if entry.link_name.is_empty() => {
                return Err(ApplyError::SymlinkTarget { path: owned() });
            }
            EntryKind::Char | EntryKind::Block => {
                let whole = self.table.entry(entry.index as usize);
                let device = whole.map_or((0, 0), |whole| whole.device);
                if u32::try_from(device.0).is_err() || u32::try_from(device.1).is_err() {
                    return Err(ApplyError::DeviceNumber {
                        path: owned(),
                        device,
                    });
                }
            }
            EntryKind::Other(flag) => {
                return Err(ApplyError::Type {
                    path: owned(),
                    flag,
                });
            }
            _ => {}
        }
        let Some(kind) = entry.kind.node_type() else {
            return self.put_hardlink(parent, path, entry, actor);
        };
        self.write(parent, path, entry, kind, actor)?;
        Ok(())
    }

    fn put_hardlink(
        &mut self,
        parent: u32,
        path: PathParts<'_>,
        entry: EntryHead<'_>,
        actor: Actor,
    ) -> Result<(), ApplyError> {
        let owned = || path.to_vec();
        if let Some((kind, inode)) = self.aufs_target(entry, path)? {
            let id = self.write(parent, path, entry, kind, actor)?;
            self.link(id, inode, actor);
            return Ok(());
        }
        let missing = || ApplyError::HardlinkTarget {
            path: path.to_vec(),
            target: entry.link_name.to_vec(),
        };
        let target = self
            .tree
            .resolve_hardlink(entry.link_name, &mut self.steps)?
            .ok_or_else(missing)?;
        let kind = self.tree.arena.node(target).kind;
        if kind == NodeType::Dir {
            return Err(ApplyError::HardlinkDirectory {
                path: owned(),
                target: entry.link_name.to_vec(),
            });
        }
        // What lies at the link's own path is removed first, a target there or
        // below it included.
        let existing = self.tree.arena.child(parent, path.name);
        if existing.is_some_and(|existing| self.holds(existing, target)) {
            return Err(missing());
        }
        let inode = self
            .tree
            .arena
            .share(target)
            .map_err(|full| self.full(full, path))?;
        let id = self.write(parent, path, entry, kind, actor)?;
        self.link(id, inode, actor);
        if self.tree.rules == Rules::Containerd {
            self.renew_attributes(inode, actor.entry_ref());
        }
        Ok(())
    }

    fn link(&mut self, id: u32, inode: u32, actor: Actor) {
        self.tree.arena.update(id, |node| node.inode = inode);
        let content = self.tree.arena.inode(id).and_then(|inode| inode.content);
        if let Some(content) = content {
            self.tree.shared.insert(actor.entry_ref(), content);
        }
    }

    // containerd sets owner, mode, time and xattrs by the link's own header on
    // the file that both share; umoci, as the Spec rules, does not.
    fn renew_attributes(&mut self, inode: u32, by: EntryRef) {
        let tree = &mut *self.tree;
        let has_xattrs = |at: EntryRef| {
            let table = tree
                .tables
                .get(at.layer as usize)
                .and_then(Option::as_deref);
            let entry = table.and_then(|table| table.entry(at.entry as usize));
            entry.is_some_and(|entry| !entry.xattrs.is_empty())
        };
        tree.arena.update_inode(inode, |inode| {
            let kept = inode.attributes.filter(|&at| has_xattrs(at));
            inode.older_xattrs.extend(kept);
            inode.attributes = Some(by);
            inode.mtime = None;
        });
    }

    // docker kept hardlinked files in AUFS' `.wh..wh.plnk`; moby gives such a
    // link the file, though not the path there.
    fn aufs_target(
        &mut self,
        entry: EntryHead<'_>,
        path: PathParts<'_>,
    ) -> Result<Option<(NodeType, u32)>, ApplyError> {
        if self.aufs.is_empty() {
            return Ok(None);
        }
        let target = EntryPath::new(entry.link_name);
        let Some(found) = self.aufs.get_mut(target.as_bytes()) else {
            return Ok(None);
        };
        let inode = match found.1 {
            Some(inode) => inode,
            None => {
                let at = Some(EntryRef {
                    layer: self.layer.into(),
                    entry: found.0,
                });
                let inode = super::arena::Inode {
                    content: at,
                    attributes: at,
                    older_xattrs: Vec::new(),
                    mtime: None,
                };
                let limit = self.tree.limits.nodes;
                let inode = self
                    .tree
                    .arena
                    .add_inode(inode)
                    .map_err(|Full| ApplyError::Nodes {
                        path: path.to_vec(),
                        limit,
                    })?;
                found.1 = Some(inode);
                inode
            }
        };
        Ok(Some((NodeType::File, inode)))
    }

    /// Lets the entry's path be of `kind`, by the rules for what is there.
    fn write(
        &mut self,
        parent: u32,
        path: PathParts<'_>,
        entry: EntryHead<'_>,
        kind: NodeType,
        actor: Actor,
    ) -> Result<u32, ApplyError> {
        let arena = &self.tree.arena;
        let hash = self.ahead.hash(parent, entry.index, path.name);
        let hash = hash.unwrap_or_else(|| arena.hash(parent, path.name));
        let slot = arena.slot_of(hash, parent, path.name);
        let Some((id, node)) = slot
            .id
            .map(|id| (id, *self.tree.arena.node(id)))
            .filter(|(_, node)| node.is_present())
        else {
            let id = self.make((parent, path.name, slot), kind, actor, path)?;
            self.tree.arena.set(id, Node::TOUCHED);
            return Ok(id);
        };
        let merges = node.kind == NodeType::Dir && kind == NodeType::Dir;
        if node.is(Node::TOUCHED) && !merges {
            // image-spec layer.md, "Distributable Format": no path twice.
            self.report(
                entry,
                Severity::Warning,
                "entry-duplicate",
                format!(
                    "expected each path once, but found {:?} again; the last entry counts",
                    escape(&path.to_vec())
                ),
            );
        }
        if merges {
            self.merge_directory(id, actor, path)?;
        } else {
            self.tree.arena.replace(id, kind, actor);
            self.stale(parent);
        }
        self.tree.arena.set(id, Node::TOUCHED);
        Ok(id)
    }

    /// Gives a directory that stays one the attributes of another entry.
    pub fn merge_directory(
        &mut self,
        id: u32,
        actor: Actor,
        path: PathParts<'_>,
    ) -> Result<(), ApplyError> {
        // image-spec layer.md, "Changeset over existing files": attributes are
        // replaced, xattrs with them, as umoci does; containerd sets xattrs
        // over those that were there.
        let tree = &mut *self.tree;
        let mut older = Vec::new();
        if tree.rules == Rules::Containerd {
            let written = tree.arena.node(id).written();
            let inode = tree.arena.node(id).inode;
            let mut attributes = written;
            tree.arena.update_inode(inode, |inode| {
                older = std::mem::take(&mut inode.older_xattrs);
                attributes = inode.attributes;
            });
            let has_xattrs = |at: &EntryRef| {
                tree.entry(*at)
                    .is_some_and(|entry| !entry.xattrs.is_empty())
            };
            older.extend(attributes.filter(has_xattrs));
        }
        tree.arena.replace(id, NodeType::Dir, actor);
        if !older.is_empty() {
            let inode = self
                .tree
                .arena
                .share(id)
                .map_err(|full| self.full(full, path))?;
            self.tree
                .arena
                .update_inode(inode, |inode| inode.older_xattrs = older);
        }
        Ok(())
    }

    fn make(
        &mut self,
        (parent, name, slot): (u32, &[u8], Slot),
        kind: NodeType,
        actor: Actor,
        path: PathParts<'_>,
    ) -> Result<u32, ApplyError> {
        let made = self.tree.arena.make(parent, name, slot, kind, actor);
        let id = made.map_err(|full| self.full(full, path))?;
        self.stale(parent);
        Ok(id)
    }

    /// Marks a directory as changed: containerd leaves it the time of the
    /// change, unless the layer has an entry for it. umoci, as the Spec rules,
    /// gives it its own time back.
    pub fn stale(&mut self, directory: u32) {
        if self.tree.rules == Rules::Containerd {
            self.tree.arena.set(directory, Node::STALE);
        }
    }

    fn holds(&self, above: u32, below: u32) -> bool {
        let below = NodeRef::new(self.tree, below);
        std::iter::successors(Some(below), NodeRef::parent).any(|node| node.id() == above)
    }

    fn full(&self, _: Full, path: PathParts<'_>) -> ApplyError {
        ApplyError::Nodes {
            path: path.to_vec(),
            limit: self.tree.limits.nodes,
        }
    }
}
