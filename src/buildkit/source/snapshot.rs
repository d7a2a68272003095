//! Trees that nobody changes any more, as BuildKit's cache refers to them:
//! `cache/refs.go`. What lies in them is read when someone asks.

use std::fmt;

use crate::layer::ScanJob;
use crate::tree::{MergedTree, Rules};

/// One layer of an [`ImmutableRef`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefLayer {
    /// Digest of the stored layer.
    pub digest: String,
    /// Digest of what it unpacks to, as the config has it.
    pub diff_id: String,
    /// Chain ID up to it: BuildKit's identity of the tree so far.
    pub chain_id: String,
}

/// Layers of a tree are not scanned, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeUnavailable {
    /// Positions of these layers.
    pub layers: Vec<u32>,
}

impl TreeUnavailable {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        "tree-unavailable"
    }
}

impl fmt::Display for TreeUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers: Vec<String> = self.layers.iter().map(ToString::to_string).collect();
        write!(
            f,
            "expected scanned layers, but found unread: {}",
            layers.join(", ")
        )
    }
}

impl std::error::Error for TreeUnavailable {}

/// A tree that nobody changes any more.
pub trait ImmutableRef {
    /// Its layers, bottom first; never none.
    fn layers(&self) -> &[RefLayer];

    /// The tree below its topmost layer; nothing for a tree of one layer.
    fn parent(&self) -> Option<Box<dyn ImmutableRef + '_>>;

    /// What is to be scanned before [`ImmutableRef::tree`] can tell.
    fn jobs(&self) -> Vec<ScanJob>;

    /// The tree itself, made anew of the layers' tables.
    ///
    /// # Errors
    ///
    /// [`TreeUnavailable`] names the layers that are not scanned.
    fn tree(&self, rules: Rules) -> Result<MergedTree, TreeUnavailable>;

    /// Chain ID of all layers.
    fn id(&self) -> &str {
        self.layers().last().map_or("", |layer| &layer.chain_id)
    }
}
