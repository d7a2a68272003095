//! What happened to a path, and who did it.

use super::arena::NONE;

/// An entry of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryRef {
    /// Position of the layer, from 0.
    pub layer: u32,
    /// Position of the entry in the layer's table, from 0.
    pub entry: u32,
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// An entry made it.
    Made,
    /// An entry below it needed a directory here.
    Implied,
    /// An entry replaced it or its attributes.
    Changed,
    /// A whiteout of its own hid it.
    Hidden,
    /// It went with a directory that was hidden, emptied or replaced.
    HiddenBelow,
}

/// One thing that a layer did to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathEvent {
    /// Position of the layer, from 0.
    pub layer: u32,
    /// What it did.
    pub kind: EventKind,
    /// The entry in the layer's table that did it: where it was hidden the
    /// whiteout or the replacing entry, none where a directory was implied.
    pub entry: Option<u32>,
}

/// Who acts: the layer, and the entry or [`NONE`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    pub layer: u16,
    pub entry: u32,
}

impl Actor {
    pub const fn implied(self) -> Self {
        Self {
            layer: self.layer,
            entry: NONE,
        }
    }

    pub fn entry_ref(self) -> EntryRef {
        EntryRef {
            layer: self.layer.into(),
            entry: self.entry,
        }
    }
}
