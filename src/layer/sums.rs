//! Digests of chosen contents of a layer, each behind bytes of its own: stored
//! bytes in, in any cut; 32 bytes of SHA-256 out for each content, in order.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Extract, ExtractError, Machine, Part, Piece, Start};
use crate::digest::{Algorithm, Hasher};
use crate::limits::Limits;

/// A content to be hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SumItem {
    /// The file's path, for messages.
    pub path: Vec<u8>,
    /// What is hashed before the content.
    pub before: Vec<u8>,
    /// What makes up the content.
    pub pieces: Vec<Piece>,
}

/// Why contents cannot be hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumError {
    /// The file that was in hand.
    pub path: Vec<u8>,
    /// Why.
    pub error: ExtractError,
}

impl fmt::Display for SumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = crate::diagnostic::escape(&self.path);
        write!(f, "{path:?}: {}", self.error)
    }
}

impl std::error::Error for SumError {}

/// Contents of one layer being hashed, in the order in which they lie.
pub struct Sums {
    extract: Extract,
    items: VecDeque<SumItem>,
    in_hand: Option<(Vec<u8>, Hasher)>,
    content: Vec<u8>,
}

impl Sums {
    /// Hashes nothing yet; the bytes pushed are those of the layer from `start`
    /// on.
    pub fn new(start: Start, limits: &Limits) -> Self {
        Self {
            extract: Extract::new(start, limits),
            items: VecDeque::new(),
            in_hand: None,
            content: Vec::new(),
        }
    }

    /// Wants more contents, which lie behind those that it wants already.
    pub fn want(&mut self, items: impl IntoIterator<Item = SumItem>) {
        self.items.extend(items);
    }

    fn failed(&self, error: ExtractError) -> SumError {
        let path = self.in_hand.as_ref().map(|(path, _)| path.clone());
        SumError {
            path: path.unwrap_or_default(),
            error,
        }
    }

    // Begins with the next content, if there is one.
    fn begin(&mut self) -> bool {
        let Some(item) = self.items.pop_front() else {
            return false;
        };
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(&item.before);
        for piece in item.pieces {
            self.extract.want(Part::Piece(piece));
        }
        self.in_hand = Some((item.path, hasher));
        true
    }
}

impl Machine for Sums {
    type Error = SumError;

    fn stored(&self) -> u64 {
        self.extract.stored()
    }

    fn is_done(&self) -> bool {
        self.in_hand.is_none() && self.items.is_empty()
    }

    fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, SumError> {
        let mut taken = 0;
        let mut given = 0;
        while given < super::compression::OUTPUT_BYTES {
            if self.in_hand.is_none() && !self.begin() {
                break;
            }
            let rest = bytes.get(taken..).unwrap_or_default();
            let now = self.extract.push(rest, &mut self.content);
            taken += now.map_err(|error| self.failed(error))?;
            given += self.content.len();
            if let Some((_, hasher)) = &mut self.in_hand {
                hasher.update(&self.content);
            }
            self.content.clear();
            // It waits for bytes, or has done enough for one call.
            if !self.extract.is_done() {
                break;
            }
            if let Some((_, hasher)) = self.in_hand.take() {
                output.extend_from_slice(hasher.finish().as_bytes());
            }
        }
        Ok(taken)
    }

    fn end(&mut self) {
        self.extract.end();
    }
}
