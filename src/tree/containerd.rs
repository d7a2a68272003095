//! Layers as containerd's `archive.Apply` applies them to a plain directory:
//! one entry after the other.

use super::{
    apply::Applier,
    arena::{Node, ROOT},
    error::ApplyError,
    event::{Actor, EntryRef},
    path::{EntryPath, OPAQUE_WHITEOUT, PathParts, PathReader, WHITEOUT_PREFIX},
    resolve::LAYER_STEPS,
};
use crate::{
    layer::table::{EntryHead, EntryKind},
    report::NodeType,
};

impl<'a> Applier<'a> {
    pub fn apply_by_containerd(&mut self) {
        let mut directories = Vec::new();
        let mut paths = PathReader::default();
        let mut entries = self.table.heads();
        while let Some(entry) = entries.next() {
            match self.apply_entry(entry, paths.read(entry.path), &entries) {
                Ok(true) if entry.kind == EntryKind::Directory => directories.push(entry.index),
                Ok(_) => {}
                Err(error) => {
                    if !self.fail(entry, error) {
                        return;
                    }
                }
            }
        }
        // Set last, so that no entry changes them.
        for index in directories {
            let Some(entry) = self.table.head(index as usize) else {
                continue;
            };
            if let Err(error) = self.set_directory_time(entry)
                && !self.fail(entry, error)
            {
                return;
            }
        }
    }

    /// Whether the entry made something at its path.
    fn apply_entry(
        &mut self,
        entry: EntryHead<'a>,
        path: PathParts<'_>,
        rest: &(impl Iterator<Item = EntryHead<'a>> + Clone),
    ) -> Result<bool, ApplyError> {
        if path.is_root() {
            return Ok(false);
        }
        let actor = self.actor(entry.index);
        let parent = self.parent(path, entry, actor)?;
        if path.name == OPAQUE_WHITEOUT {
            self.clear_directory(parent, path, actor)?;
            return Ok(false);
        }
        let Some(hidden) = path.name.strip_prefix(WHITEOUT_PREFIX) else {
            self.ahead.prepare(&self.tree.arena, parent, entry, rest);
            self.put(parent, path, entry, actor)?;
            return Ok(true);
        };
        if matches!(hidden, b"" | b"." | b"..") {
            return Err(ApplyError::WhiteoutName {
                path: path.to_vec(),
            });
        }
        if let Some(id) = self.tree.arena.child(parent, hidden) {
            self.tree.arena.hide(id, actor);
            self.stale(parent);
        }
        Ok(false)
    }

    /// Hides what lies below a directory and was not written by this layer.
    fn clear_directory(
        &mut self,
        directory: u32,
        path: PathParts<'_>,
        actor: Actor,
    ) -> Result<(), ApplyError> {
        let mut directories = vec![directory];
        while let Some(directory) = directories.pop() {
            let children: Vec<u32> = self.tree.arena.children(directory).collect();
            for child in children {
                self.steps = self.steps.saturating_add(1);
                if self.steps > LAYER_STEPS {
                    return Err(ApplyError::Work {
                        path: path.to_vec(),
                        limit: LAYER_STEPS,
                    });
                }
                let node = *self.tree.arena.node(child);
                if !node.is(Node::TOUCHED) {
                    self.tree.arena.hide(child, actor);
                    self.stale(directory);
                } else if node.kind == NodeType::Dir {
                    directories.push(child);
                }
            }
        }
        Ok(())
    }

    fn set_directory_time(&mut self, entry: EntryHead<'_>) -> Result<(), ApplyError> {
        let path = EntryPath::of(entry.path);
        if path.is_root() {
            return Ok(());
        }
        let place = self
            .tree
            .resolve(path.as_bytes(), &mut self.steps, |_| true)?;
        if !place.missing.is_empty() {
            return Err(ApplyError::DirectoryGone {
                path: path.as_bytes().to_vec(),
            });
        }
        if place.node == ROOT {
            return Ok(());
        }
        let at = EntryRef {
            layer: self.layer.into(),
            entry: entry.index,
        };
        let arena = &mut self.tree.arena;
        arena.clear(place.node, Node::STALE);
        let node = *arena.node(place.node);
        if arena.inode(place.node).is_some() || node.written() != Some(at) {
            // Full only where no inode can be counted any more: the time of
            // the path's own entry is shown then.
            if let Ok(inode) = arena.share(place.node) {
                arena.update_inode(inode, |inode| inode.mtime = Some(at));
            }
        }
        Ok(())
    }
}
