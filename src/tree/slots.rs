//! Open addressing over identifiers of 32 bits: a third of the memory of a
//! map that repeats its keys.

use std::hash::{BuildHasher, Hash, RandomState};

use super::arena::NONE;

/// A set of identifiers, found by the hash of what they stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    slots: Vec<u32>,
    length: usize,
    // Keyed, so that names cannot be chosen to collide. Nothing reads the
    // slots in their order: results do not depend on the key.
    state: RandomState,
}

impl Slots {
    const SMALLEST: usize = 64;

    pub fn hash(&self, key: impl Hash) -> u64 {
        self.state.hash_one(key)
    }

    /// The identifier under `hash` for which `is_it` holds.
    pub fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = fold(hash) & mask;
        loop {
            match self.slots.get(at) {
                None | Some(&NONE) => return None,
                Some(&id) if is_it(id) => return Some(id),
                Some(_) => at = at.wrapping_add(1) & mask,
            }
        }
    }

    /// Adds an identifier that is not yet there; `hash_of` gives the hashes of
    /// those that are.
    pub fn insert(&mut self, hash: u64, id: u32, hash_of: impl Fn(&Self, u32) -> u64) {
        if self.length.saturating_mul(4) >= self.slots.len().saturating_mul(3) {
            let size = self.slots.len().saturating_mul(2).max(Self::SMALLEST);
            let old = std::mem::replace(&mut self.slots, vec![NONE; size]);
            for id in old.into_iter().filter(|&id| id != NONE) {
                let hash = hash_of(self, id);
                self.place(hash, id);
            }
        }
        self.place(hash, id);
        self.length = self.length.saturating_add(1);
    }

    pub fn memory(&self) -> usize {
        self.slots.capacity().saturating_mul(size_of::<u32>())
    }

    fn place(&mut self, hash: u64, id: u32) {
        let mask = self.slots.len().saturating_sub(1);
        let mut at = fold(hash) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == NONE {
                *slot = id;
                return;
            }
            at = at.wrapping_add(1) & mask;
        }
    }
}

// The low 32 bits are enough for as many slots as identifiers of 32 bits need.
fn fold(hash: u64) -> usize {
    usize::try_from(hash & 0xffff_ffff).unwrap_or_default()
}
