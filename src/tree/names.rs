//! Path components, each kept once.

use super::slots::Slots;

/// Interned names.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    /// Where each name ends; it begins where the one before ends.
    ends: Vec<u32>,
    slots: Slots,
}

impl Names {
    pub fn get(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn find(&self, name: &[u8]) -> Option<u32> {
        self.slots
            .find(self.slots.hash(name), |id| self.get(id) == name)
    }

    /// The identifier of `name`; none when offsets of 32 bits are used up.
    pub fn intern(&mut self, name: &[u8]) -> Option<u32> {
        let hash = self.slots.hash(name);
        let Self { bytes, ends, slots } = self;
        if let Some(id) = slots.find(hash, |id| slice(bytes, ends, id) == name) {
            return Some(id);
        }
        let id = u32::try_from(ends.len()).ok()?;
        let end = u32::try_from(bytes.len().checked_add(name.len())?).ok()?;
        bytes.extend_from_slice(name);
        ends.push(end);
        slots.insert(hash, id, |slots, id| slots.hash(slice(bytes, ends, id)));
        Some(id)
    }

    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>() + self.slots.memory()
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], id: u32) -> &'a [u8] {
    let id = id as usize;
    let start = match id.checked_sub(1) {
        Some(before) => ends.get(before).copied().unwrap_or_default(),
        None => 0,
    };
    let end = ends.get(id).copied().unwrap_or_default();
    bytes.get(start as usize..end as usize).unwrap_or_default()
}
