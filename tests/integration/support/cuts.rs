//! Bytes cut at seeded random places.

use super::random::Random;

pub struct RandomCuts<'a> {
    rest: &'a [u8],
    random: Random,
}

impl<'a> RandomCuts<'a> {
    pub const fn new(bytes: &'a [u8], seed: u64) -> Self {
        Self {
            rest: bytes,
            random: Random::new(seed),
        }
    }
}

impl<'a> Iterator for RandomCuts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        // Lengths of all magnitudes, so that cuts meet headers as well as data.
        let magnitude = self.random.below(18);
        let length = (self.random.below(1 << magnitude) + 1).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(piece)
    }
}
