//! The one sort of positions. Each further copy of a stable sort, its comparison inlined all over,
//! weighs 5 kB to 50 kB in the module.

use std::cmp::Ordering;

/// Sorts positions by what lies there; equal ones keep their order.
#[inline(never)]
pub(crate) fn sort(positions: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    positions.sort_by(|&left, &right| compare(left, right));
}
