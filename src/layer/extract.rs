//! Chosen bytes of a layer: stored bytes in, in any cut; the wanted ones out.
//!
//! Nothing is kept but what one step of the decoder gave. It says when it has
//! all it wants, so that the rest of the layer need not be read, and can be
//! told to want more behind that: reading on does not begin anew.

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::compression::{Decoder, OUTPUT_BYTES, SeekPoint};
use super::pieces::Piece;
use crate::limits::Limits;
use crate::report::Reason;

/// Unpacked bytes after which [`Extract::push`] returns, wanted or not.
const CALL_BYTES: usize = 1 << 20;

/// Where unpacking begins: at a layer's first byte, at a [`SeekPoint`] or, where
/// it is not compressed, at any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Stored bytes before it.
    pub stored: u64,
    /// Unpacked bytes before it.
    pub unpacked: u64,
    /// Whether the bytes from there on are known not to be compressed.
    pub is_plain: bool,
}

impl Start {
    /// The best start for reading from an unpacked offset on.
    pub const fn of(is_plain: bool, unpacked: u64) -> Self {
        let offset = if is_plain { unpacked } else { 0 };
        Self {
            stored: offset,
            unpacked: offset,
            is_plain,
        }
    }
}

/// Something to be given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Bytes that come from elsewhere.
    Bytes(Vec<u8>),
    /// Bytes of a file.
    Piece(Piece),
    /// Everything from here to the layer's end.
    Rest,
}

/// Why wanted bytes cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtractError {
    /// The layer ends before them.
    Cut {
        /// Unpacked bytes that there are.
        size: u64,
    },
    /// The layer cannot be unpacked as far as that.
    Unpacking {
        /// Why.
        reason: Reason,
        /// Unpacked bytes before that.
        size: u64,
    },
    /// They lie before bytes that were given already.
    Behind,
}

impl ExtractError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cut { .. } => "content-cut",
            Self::Unpacking { .. } => "content-not-unpacked",
            Self::Behind => "content-behind",
        }
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { size } => write!(f, "the layer ends after {size} bytes"),
            Self::Unpacking {
                reason: Reason::Limit,
                size,
            } => write!(f, "a limit was passed after {size} bytes"),
            Self::Unpacking { size, .. } => {
                write!(f, "the layer cannot be unpacked beyond {size} bytes")
            }
            Self::Behind => f.write_str("the bytes lie before those that were read"),
        }
    }
}

impl std::error::Error for ExtractError {}

/// An extraction under way.
pub struct Extract {
    decoder: Decoder,
    // Unpacked bytes not used yet, from `used` on, and where they lie.
    held: Vec<u8>,
    used: usize,
    offset: u64,
    unpacked: u64,
    stored: u64,
    limit: u64,
    has_ended: bool,
    parts: VecDeque<Part>,
}

impl Extract {
    /// An extraction that wants nothing yet; the bytes pushed into it are those
    /// of the layer from `start` on.
    pub fn new(start: Start, limits: &Limits) -> Self {
        let decoder = if start.is_plain {
            Decoder::of_plain(limits)
        } else {
            Decoder::new(limits)
        };
        Self::by(decoder, start, limits)
    }

    /// The same from where a gzip member or zstd frame is said to begin.
    pub fn of_packed(start: Start, limits: &Limits) -> Self {
        Self::by(Decoder::of_packed(limits), start, limits)
    }

    /// The same from a seek point on.
    pub fn resume(point: &SeekPoint, limits: &Limits) -> Self {
        let (stored, unpacked) = point.offsets();
        let start = Start {
            stored,
            unpacked,
            is_plain: false,
        };
        Self::by(Decoder::resume(point, limits), start, limits)
    }

    fn by(decoder: Decoder, start: Start, limits: &Limits) -> Self {
        Self {
            decoder,
            held: Vec::new(),
            used: 0,
            offset: start.unpacked,
            unpacked: 0,
            stored: start.stored,
            limit: limits.unpacked_bytes,
            has_ended: false,
            parts: VecDeque::new(),
        }
    }

    /// Wants a part behind those that it wants already. Stored bytes must come
    /// in the order in which they lie.
    pub fn want(&mut self, part: Part) {
        self.parts.push_back(part);
    }

    /// Wants nothing any more, of what it has not given yet.
    pub fn forget(&mut self) {
        self.parts.clear();
    }

    /// The first unpacked byte that can still be had.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes unpacked so far, wanted or not.
    pub const fn unpacked(&self) -> u64 {
        self.unpacked
    }

    /// Where in the layer the next byte to be pushed lies.
    pub const fn stored(&self) -> u64 {
        self.stored
    }

    /// Whether everything wanted was given.
    pub fn is_done(&self) -> bool {
        self.parts.is_empty()
    }

    /// Takes bytes from the front of `bytes`, appends what is wanted of them,
    /// and returns how many it took. It stops early after some hundred kB of
    /// output, so that no input can hold a call: call it again with the rest.
    ///
    /// # Errors
    ///
    /// [`ExtractError`]; the bytes appended before are good.
    pub fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, ExtractError> {
        let end = output.len().saturating_add(OUTPUT_BYTES);
        let mut taken = 0;
        let mut unpacked = 0;
        while output.len() < end && unpacked < CALL_BYTES {
            let space = end - output.len();
            let Some(part) = self.parts.front_mut() else {
                break;
            };
            let (offset, length) = match part {
                Part::Bytes(bytes) => {
                    output.append(bytes);
                    self.parts.pop_front();
                    continue;
                }
                Part::Piece(Piece::Zeros { length }) => {
                    let now = space.min(usize::try_from(*length).unwrap_or(usize::MAX));
                    output.resize(output.len() + now, 0);
                    *length -= now as u64;
                    if *length == 0 {
                        self.parts.pop_front();
                    }
                    continue;
                }
                Part::Piece(Piece::Stored { offset, length }) => (*offset, *length),
                Part::Rest => (self.offset, u64::MAX),
            };
            if length == 0 {
                self.parts.pop_front();
                continue;
            }
            if offset < self.offset {
                return Err(ExtractError::Behind);
            }
            if self.held.len() == self.used {
                let rest = bytes.get(taken..).unwrap_or_default();
                let now = self.unpack(rest);
                taken += now;
                unpacked += self.held.len();
                if !self.held.is_empty() {
                    continue;
                }
                if let Some(reason) = self.decoder.failure() {
                    let size = self.offset;
                    return Err(ExtractError::Unpacking { reason, size });
                }
                if self.has_ended {
                    self.end_of_layer()?;
                } else if now == 0 {
                    break;
                }
                continue;
            }
            self.give(offset, length.min(space as u64), output);
        }
        Ok(taken)
    }

    /// Notes that all bytes of the layer were pushed. What is still wanted is
    /// then to be asked for by pushing nothing, until it [`is_done`](Self::is_done).
    pub const fn end(&mut self) {
        self.has_ended = true;
    }

    // Gives held bytes from `offset` on, or passes over those before it.
    fn give(&mut self, offset: u64, length: u64, output: &mut Vec<u8>) {
        let held = self.held.get(self.used..).unwrap_or_default();
        let skipped = prefix(held, offset - self.offset).len();
        let wanted = held.get(skipped..).unwrap_or_default();
        let given = prefix(wanted, length);
        output.extend_from_slice(given);
        let given = given.len();
        self.used += skipped + given;
        self.offset += (skipped + given) as u64;
        if let Some(Part::Piece(Piece::Stored { offset, length })) = self.parts.front_mut() {
            *offset += given as u64;
            *length -= given as u64;
        }
    }

    // Unpacks some more into what is held, where nothing is; returns how many
    // stored bytes that took.
    fn unpack(&mut self, bytes: &[u8]) -> usize {
        self.held.clear();
        self.used = 0;
        let taken = if self.has_ended {
            self.decoder.finish(&mut self.held);
            0
        } else if self.decoder.failure().is_some() {
            0
        } else {
            self.decoder.push(bytes, &mut self.held)
        };
        self.stored += taken as u64;
        let left = prefix(&self.held, self.limit.saturating_sub(self.offset)).len();
        if left < self.held.len() {
            self.held.truncate(left);
            self.decoder.stop(Reason::Limit);
        }
        self.unpacked += self.held.len() as u64;
        taken
    }

    fn end_of_layer(&mut self) -> Result<(), ExtractError> {
        match self.parts.front() {
            Some(Part::Rest) => {
                self.parts.pop_front();
                Ok(())
            }
            _ => Err(ExtractError::Cut { size: self.offset }),
        }
    }
}

fn prefix(bytes: &[u8], length: u64) -> &[u8] {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    bytes.get(..length).unwrap_or(bytes)
}
