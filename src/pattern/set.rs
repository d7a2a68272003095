//! Sets of characters as sorted ranges.

/// The last code point.
const LAST: u32 = char::MAX as u32;
/// No character from here on has an upper or lower case.
const CASED_END: u32 = 0x1_e944;

/// The character that stands for itself in all its cases. One character for
/// one: what changes length with its case is told apart.
pub(super) fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    // Unicode's simple case folding has one small sigma.
    if character == 'ς' {
        return 'σ';
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

/// Characters by code point. Ranges are inclusive, sorted and apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CharSet {
    ranges: Vec<(u32, u32)>,
}

impl CharSet {
    /// The characters of some ranges, in any order.
    pub fn of(ranges: &[(char, char)]) -> Self {
        let ranges = ranges.iter().map(|&(from, to)| (from.into(), to.into()));
        Self::join(ranges.collect())
    }

    /// Every character.
    pub fn all() -> Self {
        Self::of(&[('\0', char::MAX)])
    }

    pub fn contains(&self, code: u32) -> bool {
        let after = self.ranges.partition_point(|&(from, _)| from <= code);
        let range = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        range.is_some_and(|&(_, to)| code <= to)
    }

    /// Adds another set's characters.
    pub fn add(&mut self, other: &Self) {
        let ranges = self.ranges.iter().chain(&other.ranges);
        *self = Self::join(ranges.copied().collect());
    }

    /// All that this set does not hold.
    pub fn negated(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len().saturating_add(1));
        let mut next = 0;
        for &(from, to) in &self.ranges {
            if next < from {
                ranges.push((next, from.saturating_sub(1)));
            }
            next = to.saturating_add(1);
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self { ranges }
    }

    /// Each character as [`fold`] gives it.
    pub fn folded(&self) -> Self {
        let mut ranges = self.ranges.clone();
        for &(from, to) in &self.ranges {
            let cased = (from..=to.min(CASED_END)).filter_map(char::from_u32);
            for (character, folded) in cased.map(|character| (character, fold(character))) {
                if character != folded {
                    ranges.push((folded.into(), folded.into()));
                }
            }
        }
        Self::join(ranges)
    }

    /// Where ranges begin, and where they have just ended.
    pub fn bounds(&self) -> impl Iterator<Item = u32> {
        let bounds = |&(from, to): &(u32, u32)| [from, to.saturating_add(1)];
        self.ranges.iter().flat_map(bounds)
    }

    fn join(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::new();
        for (from, to) in ranges {
            match joined.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self { ranges: joined }
    }
}
