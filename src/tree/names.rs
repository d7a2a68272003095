//! Path components, in the order in which they are needed.
//!
//! A name that many paths have is kept a few times, not once: to know them all
//! would take more memory than it saves, and most time of applying a layer.

use super::room::{make_room, trim_room};
use crate::bytes::{are_equal, words};

/// Names that are not kept again while they are needed now and then.
const RECENT: usize = 4096;

/// Names by where they are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Each behind its length, in base 128.
    bytes: Vec<u8>,
    /// By a hash where one of these names is kept.
    recent: Vec<u32>,
    /// Other bits of the same hashes, so that few other names are looked at.
    tags: Vec<u8>,
}

impl Names {
    pub fn get(&self, at: u32) -> &[u8] {
        let mut rest = self.bytes.get(at as usize..).unwrap_or_default();
        let mut length = 0_usize;
        let mut shift = 0_u32;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            length |= usize::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                break;
            }
            shift = shift.saturating_add(7);
        }
        rest.get(..length).unwrap_or_default()
    }

    /// Keeps a name, if it is not kept already; none when offsets of 32 bits are
    /// used up.
    pub fn add(&mut self, name: &[u8]) -> Option<u32> {
        if self.recent.is_empty() {
            self.recent = vec![u32::MAX; RECENT];
            self.tags = vec![0; RECENT];
        }
        let (place, tag) = recent_place(name);
        let known = self.recent.get(place).copied().unwrap_or(u32::MAX);
        if known != u32::MAX
            && self.tags.get(place) == Some(&tag)
            && are_equal(self.get(known), name)
        {
            return Some(known);
        }
        let at = u32::try_from(self.bytes.len()).ok()?;
        if at == u32::MAX {
            return None;
        }
        make_room(&mut self.bytes, name.len().saturating_add(5));
        let mut length = name.len();
        loop {
            let low = u8::try_from(length & 0x7f).unwrap_or_default();
            length >>= 7;
            self.bytes.push(if length == 0 { low } else { low | 0x80 });
            if length == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(name);
        if let (Some(slot), Some(known)) = (self.recent.get_mut(place), self.tags.get_mut(place)) {
            (*slot, *known) = (at, tag);
        }
        Some(at)
    }

    /// Gives back room that no name has come for.
    pub fn trim(&mut self) {
        trim_room(&mut self.bytes);
    }

    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.recent.capacity() * size_of::<u32>() + self.tags.capacity()
    }
}

// Not keyed: names that collide are kept more often, and nothing else.
fn recent_place(name: &[u8]) -> (usize, u8) {
    let hash = words(name).fold(name.len() as u64, |hash, word| {
        (hash ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    });
    // The highest bits depend on all that were multiplied.
    let [high, middle, low, ..] = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let place = usize::from(u16::from_be_bytes([high, middle])) % RECENT;
    (place, low)
}
