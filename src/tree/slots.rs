//! Open addressing over identifiers of 26 bits: a third of the memory of a
//! map that repeats its keys.

use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;

use super::arena::NONE;
use crate::bytes::words;

/// Bits of an identifier. Those left of a slot hold a part of the hash, so that
/// what stands in the way is passed over without being looked at.
const ID_BITS: u32 = 26;
const ID_MASK: u32 = (1 << ID_BITS) - 1;
/// The lower half of a word.
const LOW: u64 = 0xffff_ffff;

/// Words that there are keys for: those of names of up to 135 bytes, which are nearly all.
const KEYS: usize = 18;

/// A set of identifiers, found by the hash of what they stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    slots: Vec<u32>,
    length: usize,
    // Keyed, so that names cannot be chosen to collide. Nothing reads the
    // slots in their order: results do not depend on the key.
    state: RandomState,
    // Made with the first slots.
    keys: [u64; KEYS],
}

impl Slots {
    /// Largest identifier there can be.
    pub const MOST: u32 = ID_MASK - 1;
    const SMALLEST: usize = 64;

    /// The hash of a name in a directory.
    ///
    /// That of UMAC, "NH" (RFC 4418, 5.2.2), a word of 64 bits at a time: whoever does not know
    /// the keys finds no two names that collide more often than once in 2^32 sets of keys. Much
    /// cheaper than SipHash, which hashes what there are no keys for.
    pub fn hash(&self, directory: u32, name: &[u8]) -> u64 {
        let what = u64::from(directory) << 32 | name.len() as u64;
        if name.len() / 8 + 2 > KEYS {
            return self.state.hash_one((what, name));
        }
        let pairs = [what].into_iter().chain(words(name)).zip(&self.keys);
        let products = pairs.map(|(word, &key)| {
            let low = word.wrapping_add(key) & LOW;
            let high = (word >> 32).wrapping_add(key >> 32) & LOW;
            low.wrapping_mul(high)
        });
        mixed(products.fold(0, u64::wrapping_add))
    }

    /// The identifier under `hash` for which `is_it` holds.
    pub fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let tag = tag(hash);
        let mut at = self.start(hash);
        loop {
            match self.slots.get(at) {
                None => at = 0,
                Some(&NONE) => return None,
                Some(&slot) if slot & !ID_MASK == tag && is_it(slot & ID_MASK) => {
                    return Some(slot & ID_MASK);
                }
                Some(_) => at = at.wrapping_add(1),
            }
        }
    }

    /// Has the memory of these hashes' slots fetched: all at once, where looking them up one
    /// after the other would wait for each.
    pub fn fetch(&self, hashes: impl Iterator<Item = u64>) {
        let first = |hash| self.slots.get(self.start(hash)).copied().unwrap_or(NONE);
        black_box(hashes.fold(0, |all, hash| all ^ first(hash)));
    }

    /// Adds the next identifier: they count from 1 up to [`Self::MOST`].
    /// `hash_of` gives the hashes of those before.
    pub fn insert(&mut self, hash: u64, id: u32, hash_of: impl Fn(&Self, u32) -> u64) {
        // The hash of a name that came before there were keys is nobody's.
        let is_keyless = self.slots.is_empty();
        self.reserve(1, &hash_of);
        let hash = if is_keyless { hash_of(self, id) } else { hash };
        self.place(hash, id);
        self.length = self.length.saturating_add(1);
    }

    /// Makes room for so many more, of which there is most use when many come.
    pub fn reserve(&mut self, more: usize, hash_of: impl Fn(&Self, u32) -> u64) {
        let length = self.length.saturating_add(more);
        if length.saturating_mul(5) < self.slots.len().saturating_mul(4) {
            return;
        }
        if self.slots.is_empty() {
            self.keys = std::array::from_fn(|number| self.state.hash_one(number));
        }
        let length = length.max(self.length.saturating_add(self.length / 4));
        let size = length.saturating_mul(4).div_euclid(3).saturating_add(1);
        self.slots.clear();
        self.slots.shrink_to_fit();
        self.slots = vec![NONE; size.max(Self::SMALLEST)];
        for (id, _) in (1..).zip(0..self.length) {
            let hash = hash_of(self, id);
            self.place(hash, id);
        }
    }

    pub fn memory(&self) -> usize {
        self.slots.capacity().saturating_mul(size_of::<u32>())
    }

    fn place(&mut self, hash: u64, id: u32) {
        let mut at = self.start(hash);
        loop {
            match self.slots.get_mut(at) {
                None => at = 0,
                Some(slot) if *slot == NONE => {
                    *slot = tag(hash) | id & ID_MASK;
                    return;
                }
                Some(_) => at = at.wrapping_add(1),
            }
        }
    }

    // The upper half of the hash as a share of the slots: their number need not
    // be a power of two, and none are in vain.
    fn start(&self, hash: u64) -> usize {
        let share = (hash >> 32).wrapping_mul(self.slots.len() as u64) >> 32;
        usize::try_from(share).unwrap_or_default()
    }
}

fn tag(hash: u64) -> u32 {
    u32::try_from(hash & 0xffff_ffff).unwrap_or_default() & !ID_MASK
}

/// Each bit of what comes of it depends on all that go in: MurmurHash3's last step.
const fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}
