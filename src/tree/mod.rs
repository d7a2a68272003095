//! Layers applied into one tree in memory.
//!
//! image-spec `layer.md`, "Applying Changesets" and "Whiteouts", under two sets
//! of [`Rules`]. Nothing is written anywhere: the tree refers to the entries of
//! the layers' tables, which say the rest. Content is not kept, only where it
//! lies.

mod ahead;
mod apply;
mod arena;
mod changes;
mod containerd;
mod dive;
pub mod dump;
mod error;
mod event;
mod links;
mod names;
mod node;
pub mod path;
mod resolve;
mod room;
mod slots;
mod spec;
mod stored;
mod story;
mod version;
pub mod view;
mod walk;
mod waste;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

pub use apply::Applied;

pub use error::ApplyError;
pub use event::{EntryRef, EventKind, PathEvent};
pub use node::NodeRef;
pub use walk::{Cursor, Walk};

use crate::{
    layer::table::{Columns, Entry, EntryTable},
    limits::Limits,
};
use arena::{Arena, NONE, ROOT};
use dive::Score;
use links::Links;
use stored::Stored;

/// Whose idea of applying a layer is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rules {
    /// image-spec `layer.md`: whiteouts act on the lower layers whatever the
    /// order of the entries. What is shown.
    Spec,
    /// containerd's applier: entries act in the archive's order. What the
    /// content checksum of a copy is computed over.
    Containerd,
}

/// Layers applied so far, from the base up.
#[derive(Debug, Clone)]
pub struct MergedTree {
    rules: Rules,
    limits: Limits,
    arena: Arena,
    /// By position of the layer; none where a layer was left out.
    tables: Vec<Option<Arc<EntryTable>>>,
    /// By inode: the first of its paths in byte order. Made when asked for.
    first_paths: OnceLock<Vec<u32>>,
    /// Whose content each hardlink entry shares.
    shared: BTreeMap<EntryRef, EntryRef>,
    /// Who links to whom. Made when asked for.
    links: OnceLock<Links>,
    /// What is stored and not shown. Made when asked for.
    stored: OnceLock<Stored>,
    /// dive's score. Made when asked for.
    dive: OnceLock<Option<Score>>,
}

impl MergedTree {
    /// An empty root directory.
    pub fn new(rules: Rules, limits: &Limits) -> Self {
        Self {
            rules,
            limits: limits.clone(),
            arena: Arena::new(limits.nodes),
            tables: Vec::new(),
            first_paths: OnceLock::new(),
            shared: BTreeMap::new(),
            links: OnceLock::new(),
            stored: OnceLock::new(),
            dive: OnceLock::new(),
        }
    }

    /// The rules that layers are applied by.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// Number of paths, the root not counted.
    pub const fn len(&self) -> usize {
        self.arena.present()
    }

    /// Whether there is nothing but the root.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory held in bytes, the layers' tables not counted.
    pub fn memory(&self) -> usize {
        self.arena.memory()
    }

    /// The root directory.
    pub fn root(&self) -> NodeRef<'_> {
        NodeRef::new(self, ROOT)
    }

    /// A node by its identifier, if something lies at its path.
    pub fn node(&self, id: u32) -> Option<NodeRef<'_>> {
        (id == ROOT || self.arena.node(id).is_present()).then(|| NodeRef::new(self, id))
    }

    /// What lies at a path; symlinks are not followed.
    pub fn find(&self, path: &[u8]) -> Option<NodeRef<'_>> {
        let id = self.slot(path)?;
        self.node(id)
    }

    /// What a path leads to, symlinks followed inside the root.
    pub fn follow(&self, path: &[u8]) -> Option<NodeRef<'_>> {
        let place = self.resolve(path, &mut 0, |_| true).ok()?;
        place
            .missing
            .is_empty()
            .then(|| NodeRef::new(self, place.node))
    }

    /// What an entry of this name is about: symlinks on the way are followed,
    /// one at the end is not.
    pub fn locate(&self, path: &[u8]) -> Option<NodeRef<'_>> {
        let path = path::EntryPath::new(path);
        let found = self.resolve_hardlink(path.as_bytes(), &mut 0).ok()??;
        Some(NodeRef::new(self, found))
    }

    /// Replaces the table of a layer that was applied by one with the same
    /// entries.
    pub(crate) fn renew_table(&mut self, layer: u32, table: &Arc<EntryTable>) {
        if let Some(slot) = self.tables.get_mut(layer as usize) {
            *slot = Some(Arc::clone(table));
        }
    }

    /// What each layer did to a path, oldest first; also for a path at which
    /// nothing lies any more, and empty for one that never was.
    pub fn history(&self, path: &[u8]) -> Vec<PathEvent> {
        self.slot(path)
            .map(|id| self.arena.events(id))
            .unwrap_or_default()
    }

    /// Paths that some layer made and a later one hid, in no order.
    pub fn hidden(&self) -> impl Iterator<Item = NodeRef<'_>> {
        self.arena
            .ids()
            .filter(|&id| id != ROOT && !self.arena.node(id).is_present())
            .map(|id| NodeRef::new(self, id))
    }

    /// All paths in byte order, the root not among them.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    pub(crate) fn table(&self, layer: u32) -> Option<&EntryTable> {
        self.tables.get(layer as usize)?.as_deref()
    }

    pub(crate) fn entry(&self, at: EntryRef) -> Option<Entry<'_>> {
        self.table(at.layer)?.entry(at.entry as usize)
    }

    fn columns(&self, at: EntryRef) -> Option<Columns> {
        self.table(at.layer)?.columns(at.entry as usize)
    }

    fn slot(&self, path: &[u8]) -> Option<u32> {
        let path = path::EntryPath::new(path);
        path.components()
            .try_fold(ROOT, |parent, name| self.arena.slot(parent, name).id)
    }

    fn link_name(&self, id: u32) -> &[u8] {
        NodeRef::new(self, id)
            .content_entry()
            .map(|entry| entry.link_name)
            .unwrap_or_default()
    }

    fn first_path(&self, inode: u32) -> Option<u32> {
        let first = self.first_paths.get_or_init(|| self.find_first_paths());
        first.get(inode as usize).copied().filter(|&id| id != NONE)
    }

    fn find_first_paths(&self) -> Vec<u32> {
        let mut first = vec![NONE; self.arena.inode_count()];
        for id in self.arena.ids() {
            let node = self.arena.node(id);
            if !node.is_present() {
                continue;
            }
            let Some(best) = first.get_mut(node.inode as usize) else {
                continue;
            };
            if *best == NONE || self.arena.path(id) < self.arena.path(*best) {
                *best = id;
            }
        }
        first
    }
}
