//! Two lists side by side.

/// How far ahead a partner is looked for between equal items.
const AHEAD: usize = 64;

/// Positions of what belongs together, or of what has no partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    /// Equal on both sides.
    Same(usize, usize),
    /// Not equal, and at the same place between equal ones.
    Differs(usize, usize),
    /// On the left alone.
    Left(usize),
    /// On the right alone.
    Right(usize),
}

/// Aligns by a longest common subsequence, as long as that takes at most
/// `cells` cells between common beginning and end. What is left between equal
/// items is paired by `fits`, in order.
pub fn align<T: PartialEq>(
    left: &[T],
    right: &[T],
    cells: usize,
    fits: impl Fn(usize, usize) -> bool,
) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(left.len().max(right.len()));
    let (mut from_left, mut from_right) = (0, 0);
    let mut gap = |pairs: &mut Vec<Pair>, left: usize, right: usize| {
        while from_left < left && from_right < right {
            if fits(from_left, from_right) {
                pairs.push(Pair::Differs(from_left, from_right));
                from_left += 1;
                from_right += 1;
                continue;
            }
            // Whichever side waits less for a partner goes on.
            let wait_right = (from_right..right)
                .take(AHEAD)
                .position(|other| fits(from_left, other));
            let wait_left = (from_left..left)
                .take(AHEAD)
                .position(|other| fits(other, from_right));
            match (wait_left, wait_right) {
                (_, Some(right)) if wait_left.is_none_or(|left| right < left) => {
                    pairs.push(Pair::Right(from_right));
                    from_right += 1;
                }
                _ => {
                    pairs.push(Pair::Left(from_left));
                    from_left += 1;
                }
            }
        }
        pairs.extend((from_left..left).map(Pair::Left));
        pairs.extend((from_right..right).map(Pair::Right));
        (from_left, from_right) = (left + 1, right + 1);
    };
    for (at_left, at_right) in common(left, right, cells) {
        gap(&mut pairs, at_left, at_right);
        pairs.push(Pair::Same(at_left, at_right));
    }
    gap(&mut pairs, left.len(), right.len());
    pairs
}

/// Positions of a longest common subsequence.
fn common<T: PartialEq>(left: &[T], right: &[T], cells: usize) -> Vec<(usize, usize)> {
    let equal = |(left, right): &(&T, &T)| left == right;
    let start = left.iter().zip(right).take_while(equal).count();
    let (left_rest, right_rest) = (
        left.get(start..).unwrap_or_default(),
        right.get(start..).unwrap_or_default(),
    );
    let reversed = left_rest.iter().rev().zip(right_rest.iter().rev());
    let end = reversed.take_while(equal).count();
    let left_core = left_rest.get(..left_rest.len() - end).unwrap_or_default();
    let right_core = right_rest.get(..right_rest.len() - end).unwrap_or_default();
    let mut common: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    let core = match left_core.len().checked_mul(right_core.len()) {
        Some(needed) if needed <= cells => longest(left_core, right_core),
        _ => Vec::new(),
    };
    common.extend(core.into_iter().map(|(l, r)| (start + l, start + r)));
    common.extend((0..end).map(|at| (left.len() - end + at, right.len() - end + at)));
    common
}

/// By a table of the lengths from every pair of positions on.
fn longest<T: PartialEq>(left: &[T], right: &[T]) -> Vec<(usize, usize)> {
    let width = right.len() + 1;
    let mut lengths = vec![0_u32; (left.len() + 1) * width];
    for (l, item) in left.iter().enumerate().rev() {
        for (r, other) in right.iter().enumerate().rev() {
            let of = |l: usize, r: usize| lengths.get(l * width + r).copied().unwrap_or(0);
            let length = match item == other {
                true => of(l + 1, r + 1) + 1,
                false => of(l + 1, r).max(of(l, r + 1)),
            };
            if let Some(cell) = lengths.get_mut(l * width + r) {
                *cell = length;
            }
        }
    }
    let of = |l: usize, r: usize| lengths.get(l * width + r).copied().unwrap_or(0);
    let (mut l, mut r) = (0, 0);
    let mut found = Vec::new();
    while let (Some(item), Some(other)) = (left.get(l), right.get(r)) {
        if item == other {
            found.push((l, r));
            l += 1;
            r += 1;
        } else if of(l + 1, r) >= of(l, r + 1) {
            l += 1;
        } else {
            r += 1;
        }
    }
    found
}
