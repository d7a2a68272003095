//! The one sort of positions. Each further copy of a stable sort, its comparison inlined all over,
//! weighs 5 kB to 50 kB in the module.

use std::cmp::Ordering;

/// Sorts positions by what lies there; equal ones keep their order.
#[inline(never)]
pub(crate) fn sort(positions: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    positions.sort_by(|&left, &right| compare(left, right));
}

/// Items in their own order.
pub(crate) fn sorted<T: Ord>(items: Vec<T>) -> Vec<T> {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let mut positions: Vec<u32> = (0..count).collect();
    let at = |position: u32| items.get(position as usize);
    sort(&mut positions, &|left, right| at(left).cmp(&at(right)));
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let taken = |position: u32| items.get_mut(position as usize)?.take();
    positions.into_iter().filter_map(taken).collect()
}
