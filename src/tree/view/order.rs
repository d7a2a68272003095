//! The order of siblings: by a column, and by name where that does not decide.
//!
//! Keys are gathered once for each directory, into memory that is used again,
//! and are plain numbers: of names, as many bytes at a time as one key holds.

use super::facts::Facts;
use crate::{
    report::SortKey,
    tree::{MergedTree, NodeRef, arena::Arena},
};

/// Bytes of a name in one key.
const CHUNK: usize = 16;

/// Two halves of what is sorted by, the bytes of a name that it is of, and the
/// node.
type Key = (u64, u64, u32, u32);

/// Memory for sorting.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    keys: Vec<Key>,
    /// Where keys are the same so far, and the bytes of their names up to which
    /// they are.
    runs: Vec<(usize, usize, usize)>,
}

impl Order {
    /// Sorts what lies in one directory. Names decide where a column does not;
    /// directories come before all else where names are the column.
    pub fn sort(
        &mut self,
        tree: &MergedTree,
        facts: &mut Facts,
        siblings: &mut [u32],
        sort: SortKey,
        descending: bool,
    ) {
        self.keys.clear();
        for &id in &*siblings {
            let (high, low) = match sort {
                SortKey::Size => (facts.total(tree, id), 0),
                _ => facts
                    .shown(tree, id)
                    .map_or((0, 0), |node| column(&node, sort)),
            };
            let is_turned = descending && sort != SortKey::Name;
            let (high, low) = if is_turned {
                (!high, !low)
            } else {
                (high, low)
            };
            self.keys.push((high, low, 0, id));
        }
        self.keys.sort_unstable();
        self.runs.clear();
        push_runs(&mut self.runs, &self.keys, 0, 0, 0);
        self.settle(&tree.arena, descending && sort == SortKey::Name);
        for (slot, &(.., id)) in siblings.iter_mut().zip(&self.keys) {
            *slot = id;
        }
    }

    /// Sorts each run by the names of its nodes.
    fn settle(&mut self, arena: &Arena, descending: bool) {
        let Self { keys, runs } = self;
        let whole = if descending { runs.clone() } else { Vec::new() };
        while let Some((start, end, depth)) = runs.pop() {
            let Some(run) = keys.get_mut(start..end) else {
                continue;
            };
            for key in &mut *run {
                let name = arena.name(key.3).get(depth..).unwrap_or_default();
                let (high, rest) = half(name);
                let (low, _) = half(rest);
                let length = u32::try_from(name.len().min(CHUNK)).unwrap_or(0);
                *key = (high, low, length, key.3);
            }
            run.sort_unstable();
            push_runs(runs, run, start, depth + CHUNK, CHUNK);
        }
        for (start, end, _) in whole {
            if let Some(run) = keys.get_mut(start..end) {
                run.reverse();
            }
        }
    }
}

/// Notes where keys of at least `length` bytes are the same. The first of them
/// is at `start`.
fn push_runs(
    runs: &mut Vec<(usize, usize, usize)>,
    keys: &[Key],
    mut start: usize,
    depth: usize,
    length: usize,
) {
    for run in keys.chunk_by(|left, right| (left.0, left.1, left.2) == (right.0, right.1, right.2))
    {
        let end = start + run.len();
        let is_full = run.first().is_some_and(|key| key.2 as usize >= length);
        if run.len() > 1 && is_full {
            runs.push((start, end, depth));
        }
        start = end;
    }
}

/// The first bytes of a name as a number that sorts as they do, and what is
/// left of the name. Names that end earlier are told apart by their length.
fn half(name: &[u8]) -> (u64, &[u8]) {
    if let Some((first, rest)) = name.split_first_chunk() {
        return (u64::from_be_bytes(*first), rest);
    }
    let mut first = [0; 8];
    for (slot, byte) in first.iter_mut().zip(name) {
        *slot = *byte;
    }
    (u64::from_be_bytes(first), &[])
}

fn column(node: &NodeRef<'_>, sort: SortKey) -> (u64, u64) {
    match sort {
        SortKey::Name => (u64::from(!node.is_directory()), 0),
        SortKey::Size => (node.size(), 0),
        SortKey::Mode => (node.mode().into(), 0),
        SortKey::Owner => node.owner(),
        // The earliest come first, and before them what has no time.
        SortKey::Modified => node.mtime().map_or((0, 0), |time| {
            let time = time.cast_unsigned() ^ (1 << 127);
            (high_half(time), low_half(time))
        }),
        SortKey::Layer => (node.layer().map_or(0, |layer| u64::from(layer) + 1), 0),
    }
}

fn high_half(number: u128) -> u64 {
    low_half(number >> 64)
}

fn low_half(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}
