//! History entries of image configs, and which layer each of them made;
//! image-spec `config.md`, "history".

use super::fault::{Faults, Place};
use super::json::Value;
use super::read::{Fields, Need, Unknown};
use crate::diagnostic::{Diagnostic, Severity};

/// One entry of a config's history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When the step ran.
    pub created: Option<String>,
    /// The command, as recorded.
    pub created_by: Option<String>,
    /// By whom.
    pub author: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// Whether the step made no layer.
    pub empty_layer: bool,
    /// Members that image-spec does not name.
    pub unknown: Unknown,
}

impl HistoryEntry {
    pub(super) fn read(value: Value<'_>, place: &Place<'_>, faults: &mut Faults) -> Self {
        let Some(mut fields) = Fields::open(value, place, faults) else {
            return Self::default();
        };
        Self {
            created: fields.time("created", faults),
            created_by: fields.text("created_by", Need::Optional, faults),
            author: fields.text("author", Need::Optional, faults),
            comment: fields.text("comment", Need::Optional, faults),
            empty_layer: fields.flag("empty_layer", faults).unwrap_or(false),
            unknown: fields.unknown(),
        }
    }
}

/// Which layer each history entry made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLayers {
    /// For each entry the position of its layer, from 0 at the bottom.
    pub layers: Vec<Option<usize>>,
    /// Set where entries and layers do not come out even.
    pub mismatch: Option<Diagnostic>,
}

impl HistoryLayers {
    /// Position of the history entry that made the layer at `layer`.
    pub fn entry_of(&self, layer: usize) -> Option<usize> {
        self.layers.iter().position(|made| *made == Some(layer))
    }
}

/// Gives the layers, bottom first, to the history entries that are not empty,
/// oldest first. Where their numbers differ, those that have a partner keep it:
/// both lists begin at the bottom. A config without history is none to blame.
pub fn layers_of_history(history: &[HistoryEntry], layers: usize) -> HistoryLayers {
    let mut next = 0;
    let layers_made = history
        .iter()
        .map(|entry| {
            let layer = next;
            next += usize::from(!entry.empty_layer);
            (!entry.empty_layer && layer < layers).then_some(layer)
        })
        .collect();
    let mismatch = (!history.is_empty() && next != layers).then(|| {
        Diagnostic::new(
            Severity::Warning,
            "history-layer-count",
            format!("the history tells of {next} layers, but there are {layers}"),
        )
        .expected(format!("{layers} history entries with a layer"), next)
    });
    HistoryLayers {
        layers: layers_made,
        mismatch,
    }
}
