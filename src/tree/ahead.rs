//! Names hashed before they are needed: those of entries that follow each other in one
//! folder are looked up anywhere in the slots, and to wait for one is to wait for all.

use super::{
    arena::{Arena, ROOT},
    path::without_slashes,
};
use crate::layer::table::EntryHead;

/// Names that are hashed at a time.
const MOST: usize = 16;

/// The names of some entries in one directory, each with its hash there.
#[derive(Debug, Clone)]
pub(super) struct Ahead<'a> {
    parent: u32,
    /// The first of the entries, which are in a row.
    first: u32,
    names: Vec<(&'a [u8], u64)>,
}

impl<'a> Ahead<'a> {
    pub const fn new() -> Self {
        Self {
            parent: ROOT,
            first: 0,
            names: Vec::new(),
        }
    }

    /// Hashes the name of an entry that lies in `parent`, and those of its folder which
    /// follow it, unless that was done.
    pub fn prepare(
        &mut self,
        arena: &Arena,
        parent: u32,
        entry: EntryHead<'a>,
        rest: &(impl Iterator<Item = EntryHead<'a>> + Clone),
    ) {
        let at = entry.index.wrapping_sub(self.first) as usize;
        if self.parent == parent && at < self.names.len() {
            return;
        }
        self.parent = parent;
        self.first = entry.index;
        self.names.clear();
        let folder = entry.path.folder();
        let entries = std::iter::once(entry).chain(rest.clone()).take(MOST);
        let siblings = entries.take_while(|next| std::ptr::eq(next.path.folder(), folder));
        self.names.extend(siblings.map(|next| {
            let name = without_slashes(next.path.name());
            (name, arena.hash(parent, name))
        }));
        arena.fetch(self.names.iter().map(|&(_, hash)| hash));
    }

    /// The hash of the name that the entry `index` has in `parent`, if it was prepared.
    pub fn hash(&self, parent: u32, index: u32, name: &[u8]) -> Option<u64> {
        let at = index.checked_sub(self.first)?;
        let &(prepared, hash) = self.names.get(at as usize)?;
        // The clean path of one with dots may have another name.
        (self.parent == parent && std::ptr::eq(prepared, name)).then_some(hash)
    }
}
