//! Which bytes of an unpacked layer make up a stretch of one file's content.

use serde::{Deserialize, Serialize};

use super::table::{EntryKind, EntryTable, Fragment, Layout};

/// A run of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Bytes that the layer holds.
    Stored {
        /// Where they begin, in the unpacked layer.
        offset: u64,
        /// How many there are.
        length: u64,
    },
    /// A hole of a sparse file.
    Zeros {
        /// How many there are.
        length: u64,
    },
}

impl Piece {
    /// Number of bytes.
    pub const fn length(&self) -> u64 {
        match self {
            Self::Stored { length, .. } | Self::Zeros { length } => *length,
        }
    }
}

impl EntryTable {
    /// What makes up `length` bytes from `offset` on of the content of the file
    /// at `index`, as far as the file reaches. None for what is no file, and
    /// for a sparse file whose map does not fit it.
    pub fn pieces(&self, index: usize, offset: u64, length: u64) -> Option<Vec<Piece>> {
        let entry = self.entry(index)?;
        if entry.kind != EntryKind::File {
            return None;
        }
        let whole = [Fragment {
            offset: 0,
            length: entry.size,
        }];
        let map = match self.layout(index)? {
            Layout::Whole => &whole,
            Layout::Sparse(map) => map,
            Layout::Unknown => return None,
        };
        let end = offset.saturating_add(length).min(entry.size);
        let mut pieces = Vec::new();
        let mut at = offset;
        let mut held = entry.data_offset;
        for fragment in map {
            let after = fragment.offset.saturating_add(fragment.length);
            if fragment.offset >= end {
                break;
            }
            if after > at {
                push_zeros(&mut pieces, at, fragment.offset);
                let start = at.max(fragment.offset);
                pieces.push(Piece::Stored {
                    offset: held.saturating_add(start - fragment.offset),
                    length: after.min(end) - start,
                });
                at = after.min(end);
            }
            held = held.saturating_add(fragment.length);
        }
        push_zeros(&mut pieces, at, end);
        Some(pieces)
    }
}

fn push_zeros(pieces: &mut Vec<Piece>, from: u64, to: u64) {
    if from < to {
        pieces.push(Piece::Zeros { length: to - from });
    }
}
