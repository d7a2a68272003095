//! Maps of sparse files, and the digest of one's content with its holes.
//!
//! GNU tar manual, "Storing Sparse Files": old GNU format, PAX 0.0, 0.1, 1.0.

use super::header::number;
use super::pax::{Malformed, decimal};
use crate::digest::{Algorithm, Digest, Hasher};
use crate::layer::table::Fragment;

impl Fragment {
    pub(super) fn new(offset: i64, length: i64) -> Result<Self, Malformed> {
        Ok(Self {
            offset: u64::try_from(offset).map_err(|_| Malformed)?,
            length: u64::try_from(length).map_err(|_| Malformed)?,
        })
    }
}

/// Whether the fragments are in order, apart, within `size`, and hold just as
/// many bytes as the archive does.
pub(super) fn is_sound(map: &[Fragment], size: u64, stored: u64) -> bool {
    let mut end = 0;
    let mut held = 0_u64;
    for fragment in map {
        let Some(next) = fragment.offset.checked_add(fragment.length) else {
            return false;
        };
        if fragment.offset < end || next > size {
            return false;
        }
        end = next;
        held = held.saturating_add(fragment.length);
    }
    held == stored
}

/// Bytes of holes in a sound map.
pub(super) fn holes(size: u64, stored: u64) -> u64 {
    size.saturating_sub(stored)
}

/// Adds the pairs of one old GNU header or extension block to `map`; says
/// whether an extension block follows.
pub(super) fn old_pairs(table: &[u8], map: &mut Vec<Fragment>) -> Result<bool, Malformed> {
    let pairs = table.chunks_exact(24);
    let more = pairs.remainder().first().is_some_and(|&more| more != 0);
    for pair in pairs {
        let (offset, length) = pair.split_at_checked(12).ok_or(Malformed)?;
        // GNU and BSD tar stop here too; extension blocks follow all the same.
        if offset.first() == Some(&0) {
            break;
        }
        let offset = number(offset).ok_or(Malformed)?;
        let length = number(length).ok_or(Malformed)?;
        map.push(Fragment::new(offset, length)?);
    }
    Ok(more)
}

/// An extension block's part that [`old_pairs`] reads: 21 pairs and the mark.
pub(super) const EXTENSION: usize = 21 * 24 + 1;

/// Reads the map of PAX format 1.0: decimal numbers, a line each, first their
/// count; the data begins at the next block.
#[derive(Default)]
pub(super) struct DataMap {
    line: Vec<u8>,
    count: Option<u64>,
    offset: Option<i64>,
}

// i64::MIN in decimal has 20 characters.
const LINE: usize = 20;

impl DataMap {
    /// Takes one block; says whether the map is complete.
    pub(super) fn push(
        &mut self,
        block: &[u8],
        map: &mut Vec<Fragment>,
    ) -> Result<bool, Malformed> {
        for &byte in block {
            if self.count == Some(map.len() as u64) {
                break;
            }
            if byte != b'\n' {
                if self.line.len() == LINE {
                    return Err(Malformed);
                }
                self.line.push(byte);
                continue;
            }
            let value = decimal(&self.line)?;
            self.line.clear();
            if self.count.is_none() {
                self.count = Some(u64::try_from(value).map_err(|_| Malformed)?);
            } else if let Some(offset) = self.offset.take() {
                map.push(Fragment::new(offset, value)?);
            } else {
                self.offset = Some(value);
            }
        }
        Ok(self.count == Some(map.len() as u64))
    }
}

/// Hashes a file's content as its bytes pass.
pub(super) struct Content {
    hasher: Hasher,
    // Where the next byte lies in the file, its size, and the fragments not yet begun.
    position: u64,
    size: u64,
    fragments: std::vec::IntoIter<Fragment>,
    left: u64,
}

impl Content {
    /// For a file without holes.
    pub(super) fn whole(size: u64) -> Self {
        Self {
            hasher: Hasher::new(Algorithm::Sha256),
            position: 0,
            size,
            fragments: Vec::new().into_iter(),
            left: size,
        }
    }

    /// For a sparse file with a sound map.
    pub(super) fn sparse(size: u64, map: Vec<Fragment>) -> Self {
        Self {
            fragments: map.into_iter(),
            left: 0,
            ..Self::whole(size)
        }
    }

    /// Takes the next bytes that the archive holds.
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.left == 0 {
                let Some(fragment) = self.fragments.next() else {
                    return;
                };
                self.zeros_up_to(fragment.offset);
                self.left = fragment.length;
                continue;
            }
            let length = usize::try_from(self.left).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(length.min(bytes.len()));
            self.hasher.update(now);
            self.left -= now.len() as u64;
            self.position += now.len() as u64;
            bytes = later;
        }
    }

    /// The digest, after the last byte.
    pub(super) fn finish(mut self) -> Digest {
        self.zeros_up_to(self.size);
        self.hasher.finish()
    }

    fn zeros_up_to(&mut self, offset: u64) {
        const ZEROS: [u8; 16_384] = [0; 16_384];
        while self.position < offset {
            let length = usize::try_from(offset - self.position).unwrap_or(usize::MAX);
            let zeros = ZEROS.get(..length).unwrap_or(&ZEROS);
            self.hasher.update(zeros);
            self.position += zeros.len() as u64;
        }
    }
}
