//! Nodes, inodes and the log of what happened to each path.
//!
//! A node is a path for good: when what lies there is hidden, the node stays
//! with its history and without presence. What an entry says stays in the
//! layer's table; nodes refer to it by layer and index. Most paths are written
//! once by one entry and need 32 bytes and their share of the slots.

use super::{
    event::{Actor, EntryRef, EventKind, PathEvent},
    names::Names,
    room::{make_room, trim_room},
    slots::Slots,
};
use crate::{bytes::are_equal, report::NodeType};

/// No node, entry, inode or event.
pub(super) const NONE: u32 = u32::MAX;
/// The node of the root.
pub(super) const ROOT: u32 = 0;

#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub parent: u32,
    pub name: u32,
    /// First of the children, in no order; some may be hidden.
    pub child: u32,
    /// Next among the parent's children.
    pub next: u32,
    /// The entry that last wrote this path, or [`NONE`] for an implied parent.
    pub entry: u32,
    /// The inode, where the node's own entry does not say everything.
    pub inode: u32,
    /// Newest event, where there is more than the one that made it.
    pub events: u32,
    pub layer: u16,
    pub kind: NodeType,
    flags: u8,
}

impl Node {
    /// Something lies at the path.
    const PRESENT: u8 = 1;
    /// In the parent's list of children.
    const LISTED: u8 = 2;
    /// Written by an entry of the layer that is being applied.
    pub const TOUCHED: u8 = 4;
    /// A directory that changed after its time was set.
    pub const STALE: u8 = 8;
    /// Older than the layer that is being applied, and noted in `acted`.
    const ACTED: u8 = 16;

    const ABSENT: Self = Self {
        parent: ROOT,
        name: NONE,
        child: NONE,
        next: NONE,
        entry: NONE,
        inode: NONE,
        events: NONE,
        layer: 0,
        kind: NodeType::Dir,
        flags: 0,
    };

    pub const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub const fn is_present(&self) -> bool {
        self.is(Self::PRESENT)
    }

    /// The same, no longer among the paths of the tree.
    pub const fn gone(mut self) -> Self {
        self.flags &= !Self::PRESENT;
        self
    }

    pub fn written(&self) -> Option<EntryRef> {
        (self.entry != NONE).then(|| EntryRef {
            layer: self.layer.into(),
            entry: self.entry,
        })
    }
}

/// What several paths share, or what no single entry says.
#[derive(Debug, Clone)]
pub(super) struct Inode {
    /// Where content, link name and device numbers come from.
    pub content: Option<EntryRef>,
    /// Where mode, owner, time and xattrs come from.
    pub attributes: Option<EntryRef>,
    /// Entries whose xattrs stay below those of `attributes`, oldest first.
    pub older_xattrs: Vec<EntryRef>,
    /// Where the time comes from, if not from `attributes`.
    pub mtime: Option<EntryRef>,
}

#[derive(Debug, Clone, Copy)]
struct Event {
    before: u32,
    entry: u32,
    /// The inode of what lay there when it happened, which the node forgets.
    inode: u32,
    layer: u16,
    kind: EventKind,
}

/// Where a name below a directory is, or would be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    hash: u64,
    /// The node there, present or not.
    pub id: Option<u32>,
}

/// The arena is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

#[derive(Debug, Clone)]
pub(super) struct Arena {
    pub names: Names,
    nodes: Vec<Node>,
    slots: Slots,
    inodes: Vec<Inode>,
    log: Vec<Event>,
    /// Paths with something at them, without the root.
    present: usize,
    limit: usize,
    /// Counts removals: a resolved path stays true while this stands still.
    pub epoch: u64,
    /// The first node that the layer being applied has added.
    fresh: u32,
    /// Older nodes that it did something to.
    acted: Vec<u32>,
}

impl Arena {
    pub fn new(limit: usize) -> Self {
        let root = Node {
            flags: Node::PRESENT,
            ..Node::ABSENT
        };
        Self {
            names: Names::default(),
            nodes: vec![root],
            slots: Slots::default(),
            inodes: Vec::new(),
            log: Vec::new(),
            present: 0,
            limit: limit.min(Slots::MOST as usize),
            epoch: 0,
            fresh: 0,
            acted: Vec::new(),
        }
    }

    pub const fn present(&self) -> usize {
        self.present
    }

    pub fn ids(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.nodes.len()).unwrap_or(NONE)
    }

    pub fn memory(&self) -> usize {
        self.names.memory()
            + self.nodes.capacity() * size_of::<Node>()
            + self.slots.memory()
            + self.inodes.capacity() * size_of::<Inode>()
            + self.log.capacity() * size_of::<Event>()
    }

    pub fn node(&self, id: u32) -> &Node {
        static ABSENT: Node = Node::ABSENT;
        self.nodes.get(id as usize).unwrap_or(&ABSENT)
    }

    pub fn contains(&self, id: u32) -> bool {
        self.nodes.get(id as usize).is_some()
    }

    pub fn name(&self, id: u32) -> &[u8] {
        self.names.get(self.node(id).name)
    }

    pub fn inode(&self, id: u32) -> Option<&Inode> {
        self.inode_of(self.node(id))
    }

    pub fn inode_of(&self, node: &Node) -> Option<&Inode> {
        self.inodes.get(node.inode as usize)
    }

    pub const fn inode_count(&self) -> usize {
        self.inodes.len()
    }

    pub fn update(&mut self, id: u32, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            change(node);
        }
    }

    pub fn set(&mut self, id: u32, flag: u8) {
        self.update(id, |node| node.flags |= flag);
    }

    pub fn clear(&mut self, id: u32, flag: u8) {
        self.update(id, |node| node.flags &= !flag);
    }

    /// The node at `name` below `parent`, present or not.
    pub fn slot(&self, parent: u32, name: &[u8]) -> Slot {
        self.slot_of(self.hash(parent, name), parent, name)
    }

    /// What a name below `parent` is found by.
    pub fn hash(&self, parent: u32, name: &[u8]) -> u64 {
        self.slots.hash(parent, name)
    }

    /// Has the memory fetched in which names with these hashes are looked up.
    pub fn fetch(&self, hashes: impl Iterator<Item = u64>) {
        self.slots.fetch(hashes);
    }

    /// The same as [`Self::slot`], given the [`Self::hash`].
    pub fn slot_of(&self, hash: u64, parent: u32, name: &[u8]) -> Slot {
        let id = self.slots.find(hash, |id| {
            let node = self.node(id);
            node.parent == parent && are_equal(self.names.get(node.name), name)
        });
        Slot { hash, id }
    }

    /// The node at `name` below `parent`, if something lies there.
    pub fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        let id = self.slot(parent, name).id;
        id.filter(|&id| self.node(id).is_present())
    }

    /// What lies below `parent`, in no order.
    pub fn children(&self, parent: u32) -> impl Iterator<Item = u32> {
        let mut next = self.node(parent).child;
        std::iter::from_fn(move || {
            let id = (next != NONE).then_some(next)?;
            next = self.node(id).next;
            Some(id)
        })
        .filter(|&id| self.node(id).is_present())
    }

    /// The path of a node, without a leading slash.
    pub fn path(&self, id: u32) -> Vec<u8> {
        let mut chain = Vec::new();
        let mut at = id;
        while at != ROOT && self.contains(at) {
            chain.push(at);
            at = self.node(at).parent;
        }
        let mut path = Vec::new();
        for &id in chain.iter().rev() {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(self.name(id));
        }
        path
    }

    /// Lets something lie at `name` below `parent`, where nothing does. `slot`
    /// is what [`Self::slot`] has found there.
    pub fn make(
        &mut self,
        parent: u32,
        name: &[u8],
        slot: Slot,
        kind: NodeType,
        actor: Actor,
    ) -> Result<u32, Full> {
        let Some(id) = slot.id else {
            return self.add(parent, name, slot.hash, kind, actor);
        };
        let event = if actor.entry == NONE {
            EventKind::Implied
        } else {
            EventKind::Made
        };
        self.record(id, event, actor);
        let first = self.node(parent).child;
        let listed = self.node(id).is(Node::LISTED);
        self.update(id, |node| {
            node.kind = kind;
            node.layer = actor.layer;
            node.entry = actor.entry;
            node.inode = NONE;
            node.flags = (node.flags & !Node::STALE) | Node::PRESENT | Node::LISTED;
            if !listed {
                node.next = first;
            }
        });
        if !listed {
            self.update(parent, |node| node.child = id);
        }
        self.present = self.present.saturating_add(1);
        Ok(id)
    }

    /// Replaces what lies at a node. A directory that stays one keeps its
    /// children; the children of one that does not are hidden.
    pub fn replace(&mut self, id: u32, kind: NodeType, actor: Actor) {
        if self.node(id).kind != kind || kind != NodeType::Dir {
            self.hide_children(id, actor);
            self.epoch = self.epoch.wrapping_add(1);
        }
        self.record(id, EventKind::Changed, actor);
        self.update(id, |node| {
            node.kind = kind;
            node.layer = actor.layer;
            node.entry = actor.entry;
            node.inode = NONE;
            node.flags &= !Node::STALE;
        });
    }

    /// Hides a node with everything below it.
    pub fn hide(&mut self, id: u32, actor: Actor) {
        self.hide_children(id, actor);
        self.vanish(id, EventKind::Hidden, actor);
    }

    /// Hides everything below a node.
    pub fn hide_children(&mut self, id: u32, actor: Actor) {
        // Taken lists are not visited again, so that hiding costs no more in
        // all than making did.
        let mut lists = vec![self.take_children(id)];
        while let Some(list) = lists.pop() {
            let mut at = list;
            while at != NONE {
                let node = *self.node(at);
                self.update(at, |node| {
                    node.flags &= !Node::LISTED;
                    node.next = NONE;
                });
                if node.is_present() {
                    self.vanish(at, EventKind::HiddenBelow, actor);
                    lists.push(self.take_children(at));
                }
                at = node.next;
            }
        }
    }

    fn take_children(&mut self, id: u32) -> u32 {
        let first = self.node(id).child;
        self.update(id, |node| node.child = NONE);
        first
    }

    fn vanish(&mut self, id: u32, kind: EventKind, actor: Actor) {
        self.record(id, kind, actor);
        self.clear(id, Node::PRESENT);
        self.present = self.present.saturating_sub(1);
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// The inode of a node, made from its own entry where it had none.
    pub fn share(&mut self, id: u32) -> Result<u32, Full> {
        let node = *self.node(id);
        if node.inode != NONE {
            return Ok(node.inode);
        }
        let written = node.written();
        let inode = self.add_inode(Inode {
            content: written,
            attributes: written,
            older_xattrs: Vec::new(),
            mtime: None,
        })?;
        self.update(id, |node| node.inode = inode);
        Ok(inode)
    }

    pub fn add_inode(&mut self, inode: Inode) -> Result<u32, Full> {
        let id = u32::try_from(self.inodes.len()).map_err(|_| Full)?;
        self.inodes.push(inode);
        Ok(id)
    }

    pub fn update_inode(&mut self, inode: u32, change: impl FnOnce(&mut Inode)) {
        if let Some(inode) = self.inodes.get_mut(inode as usize) {
            change(inode);
        }
    }

    /// From here on, what happens is the doing of one more layer, which has so
    /// many entries.
    pub fn begin_layer(&mut self, entries: usize) {
        self.fresh = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let entries = entries.min(self.limit);
        // Some directories have no entry. Room that nothing comes for is no memory yet; where there
        // is none at the end of a large layer, all nodes are moved for a few.
        make_room(&mut self.nodes, entries.saturating_add(entries / 16));
        let Self {
            nodes,
            names,
            slots,
            ..
        } = self;
        slots.reserve(entries, |slots, id| hash_of(slots, nodes, names, id));
    }

    /// The nodes that the layer has done something to, those that it has added
    /// included, each once.
    pub fn end_layer(&mut self) -> impl Iterator<Item = u32> + use<> {
        let acted = std::mem::take(&mut self.acted);
        for &id in &acted {
            self.clear(id, Node::ACTED | Node::TOUCHED);
        }
        for node in self.nodes.iter_mut().skip(self.fresh as usize) {
            node.flags &= !Node::TOUCHED;
        }
        trim_room(&mut self.nodes);
        self.names.trim();
        let end = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        acted.into_iter().chain(self.fresh..end)
    }

    /// Whether a layer from `first` on did anything to a path.
    pub fn is_changed_since(&self, id: u32, first: u32) -> bool {
        let node = self.node(id);
        let newest = self.log.get(node.events as usize);
        u32::from(newest.map_or(node.layer, |newest| newest.layer)) >= first
    }

    /// What lay at a path below the layer `first`, as far as events tell: its
    /// `kind` is the latest one. None where nothing did.
    pub fn below(&self, id: u32, first: u32) -> Option<Node> {
        let mut state = *self.node(id);
        if state.events == NONE {
            return (state.is_present() && u32::from(state.layer) < first).then_some(state);
        }
        let mut is_present = state.is_present();
        let mut at = state.events;
        while let Some(event) = self.log.get(at as usize) {
            if u32::from(event.layer) < first {
                is_present = !matches!(event.kind, EventKind::Hidden | EventKind::HiddenBelow);
                if is_present {
                    (state.layer, state.entry) = (event.layer, event.entry);
                }
                return is_present.then_some(state);
            }
            state.inode = event.inode;
            is_present = false;
            at = event.before;
        }
        is_present.then_some(state)
    }

    /// What happened to a path, oldest first.
    pub fn events(&self, id: u32) -> Vec<PathEvent> {
        let mut events: Vec<PathEvent> = self.log_of(id).map(|(_, event)| event).collect();
        events.reverse();
        events
    }

    /// What happened to a path, newest first, each with its number in the log;
    /// none where the only event is not in the log.
    pub fn log_of(&self, id: u32) -> impl Iterator<Item = (Option<u32>, PathEvent)> {
        let node = self.node(id);
        let kind = if node.entry == NONE {
            EventKind::Implied
        } else {
            EventKind::Made
        };
        // Nothing made the root but an entry of its own.
        let made = node.is_present() && (id != ROOT || node.entry != NONE);
        let only = (node.events == NONE && made).then(|| event(node.layer, kind, node.entry));
        let mut at = node.events;
        let logged = std::iter::from_fn(move || {
            let found = self.logged(at)?;
            let number = at;
            at = self.log.get(at as usize)?.before;
            Some((Some(number), found))
        });
        only.map(|only| (None, only)).into_iter().chain(logged)
    }

    /// An event by its number in the log. Numbers grow with time.
    pub fn logged(&self, number: u32) -> Option<PathEvent> {
        let found = self.log.get(number as usize)?;
        Some(event(found.layer, found.kind, found.entry))
    }

    // The first event is what the node itself says; a log begins with the second.
    fn record(&mut self, id: u32, kind: EventKind, actor: Actor) {
        let node = *self.node(id);
        if id < self.fresh && !node.is(Node::ACTED) {
            self.set(id, Node::ACTED);
            self.acted.push(id);
        }
        let fresh = node.events == NONE && !node.is_present();
        if fresh || (id == ROOT && node.events == NONE && node.entry == NONE) {
            return;
        }
        let mut before = node.events;
        if before == NONE {
            let first = if node.entry == NONE {
                EventKind::Implied
            } else {
                EventKind::Made
            };
            before = self.log_event(Event {
                before: NONE,
                entry: node.entry,
                inode: NONE,
                layer: node.layer,
                kind: first,
            });
        }
        let newest = self.log_event(Event {
            before,
            entry: actor.entry,
            inode: node.inode,
            layer: actor.layer,
            kind,
        });
        self.update(id, |node| node.events = newest);
    }

    fn log_event(&mut self, event: Event) -> u32 {
        // A log of 2^32 events would need a tree far beyond the caps.
        let Ok(id) = u32::try_from(self.log.len()) else {
            return event.before;
        };
        self.log.push(event);
        id
    }

    fn add(
        &mut self,
        parent: u32,
        name: &[u8],
        hash: u64,
        kind: NodeType,
        actor: Actor,
    ) -> Result<u32, Full> {
        if self.nodes.len() > self.limit {
            return Err(Full);
        }
        let id = u32::try_from(self.nodes.len()).map_err(|_| Full)?;
        let name = self.names.add(name).ok_or(Full)?;
        make_room(&mut self.nodes, 1);
        let next = self.node(parent).child;
        self.nodes.push(Node {
            parent,
            name,
            next,
            entry: actor.entry,
            layer: actor.layer,
            kind,
            flags: Node::PRESENT | Node::LISTED,
            ..Node::ABSENT
        });
        self.update(parent, |node| node.child = id);
        self.present = self.present.saturating_add(1);
        let Self {
            nodes,
            names,
            slots,
            ..
        } = self;
        slots.insert(hash, id, |slots, id| hash_of(slots, nodes, names, id));
        Ok(id)
    }
}

fn hash_of(slots: &Slots, nodes: &[Node], names: &Names, id: u32) -> u64 {
    let node = nodes.get(id as usize).unwrap_or(&Node::ABSENT);
    slots.hash(node.parent, names.get(node.name))
}

fn event(layer: u16, kind: EventKind, entry: u32) -> PathEvent {
    PathEvent {
        layer: layer.into(),
        kind,
        entry: (entry != NONE).then_some(entry),
    }
}
