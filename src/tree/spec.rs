//! Layers as image-spec `layer.md` has them applied: whiteouts first, against
//! the lower layers, then additions in the archive's order.

use std::collections::HashSet;

use super::{
    apply::Applier,
    arena::ROOT,
    error::ApplyError,
    path::{
        AUFS_PREFIX, EntryPath, OPAQUE_WHITEOUT, PathParts, PathReader, WHITEOUT_PREFIX, is_aufs,
    },
};
use crate::{
    diagnostic::{Severity, escape},
    layer::table::{EntryHead, EntryKind},
    report::NodeType,
};

/// What a name makes of an entry, whatever its type and content.
pub(super) enum Meaning<'a> {
    Addition,
    /// Hides this name in the same directory.
    Whiteout(&'a [u8]),
    Opaque,
    /// A whiteout of the directory itself or of what holds it.
    InvalidWhiteout,
    /// AUFS' own: `.wh..wh.plnk` and the like, with all that lies in it.
    Aufs,
}

impl<'a> Meaning<'a> {
    pub fn of(path: &'a EntryPath<'_>) -> Self {
        Self::of_name(path.name(), is_aufs(path.parent()))
    }

    fn of_parts(path: PathParts<'a>) -> Self {
        Self::of_name(path.name, path.in_aufs)
    }

    /// What a name makes of an entry, in a directory that may be AUFS' own.
    fn of_name(name: &'a [u8], in_aufs: bool) -> Self {
        if in_aufs {
            return Self::Aufs;
        }
        match name.strip_prefix(WHITEOUT_PREFIX) {
            None => Self::Addition,
            Some(_) if name == OPAQUE_WHITEOUT => Self::Opaque,
            Some(_) if name.starts_with(AUFS_PREFIX) => Self::Aufs,
            Some(b"" | b"." | b"..") => Self::InvalidWhiteout,
            Some(hidden) => Self::Whiteout(hidden),
        }
    }
}

impl<'a> Applier<'a> {
    pub fn apply_by_spec(&mut self) {
        let mut paths = PathReader::default();
        if self.table.may_have_whiteouts() {
            paths = PathReader::seeking_aufs();
            if !self.hide_lower() {
                return;
            }
        }
        let mut entries = self.table.heads();
        while let Some(entry) = entries.next() {
            let path = paths.read(entry.path);
            if !matches!(Meaning::of_parts(path), Meaning::Addition) {
                continue;
            }
            if let Err(error) = self.add(entry, path, &entries)
                && !self.fail(entry, error)
            {
                return;
            }
        }
    }

    /// Applies the layer's whiteouts to the lower layers. "Whiteout files MUST
    /// only apply to resources in lower/parent layers", wherever in the layer
    /// they stand: all are looked up before any acts. False when the layer
    /// cannot be applied any further.
    fn hide_lower(&mut self) -> bool {
        let mut targets = Vec::new();
        let mut own = None;
        let mut paths = PathReader::seeking_aufs();
        for entry in self.table.heads() {
            let index = entry.index;
            let path = paths.read(entry.path);
            let name = match Meaning::of_parts(path) {
                Meaning::Addition => continue,
                Meaning::Whiteout(name) => Some(name),
                Meaning::Opaque => None,
                Meaning::InvalidWhiteout => {
                    let path = path.to_vec();
                    if !self.fail(entry, ApplyError::WhiteoutName { path }) {
                        return false;
                    }
                    continue;
                }
                Meaning::Aufs => {
                    self.ignore_aufs(entry, path);
                    continue;
                }
            };
            match self.lower_directory(path, &mut own) {
                Ok(None) => {}
                Ok(Some(directory)) => match name {
                    None => targets.push((index, directory, true)),
                    Some(name) => {
                        let target = self.tree.arena.child(directory, name);
                        targets.extend(target.map(|target| (index, target, false)));
                    }
                },
                Err(error) => {
                    if !self.fail(entry, error) {
                        return false;
                    }
                }
            }
        }
        for (index, target, opaque) in targets {
            let actor = self.actor(index);
            if opaque {
                self.tree.arena.hide_children(target, actor);
            } else if self.tree.arena.node(target).is_present() {
                self.tree.arena.hide(target, actor);
            }
        }
        true
    }

    /// The directory of the lower layers that a whiteout lies in, if there is
    /// one. A lower symlink that this layer replaces is not followed: the
    /// whiteout is about what replaces it.
    fn lower_directory(
        &mut self,
        path: PathParts<'_>,
        own: &mut Option<HashSet<Vec<u8>>>,
    ) -> Result<Option<u32>, ApplyError> {
        let (tree, table) = (&*self.tree, self.table);
        let place = tree.resolve(path.parent, &mut self.steps, |symlink| {
            let own = own.get_or_insert_with(|| {
                let paths = table
                    .paths()
                    .map(|path| EntryPath::of(path).as_bytes().to_vec());
                paths.collect()
            });
            !own.contains(&tree.arena.path(symlink))
        })?;
        let is_directory = tree.arena.node(place.node).kind == NodeType::Dir;
        Ok((place.missing.is_empty() && is_directory).then_some(place.node))
    }

    fn ignore_aufs(&mut self, entry: EntryHead<'_>, path: PathParts<'_>) {
        if entry.kind == EntryKind::File {
            self.aufs.insert(path.to_vec(), (entry.index, None));
        }
        self.report(
            entry,
            Severity::Warning,
            "aufs-entry-ignored",
            format!(
                "expected whiteouts and files alone, but found {:?}, which is AUFS' own and is not shown",
                escape(&path.to_vec())
            ),
        );
    }

    fn add(
        &mut self,
        entry: EntryHead<'a>,
        path: PathParts<'_>,
        rest: &(impl Iterator<Item = EntryHead<'a>> + Clone),
    ) -> Result<(), ApplyError> {
        let actor = self.actor(entry.index);
        if path.is_root() {
            if entry.kind != EntryKind::Directory {
                return Err(ApplyError::Root {
                    path: entry.path.to_vec(),
                });
            }
            return self.merge_directory(ROOT, actor, path);
        }
        let parent = self.parent(path, entry, actor)?;
        self.ahead.prepare(&self.tree.arena, parent, entry, rest);
        self.put(parent, path, entry, actor)
    }
}
