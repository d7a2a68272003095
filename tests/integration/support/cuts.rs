//! Bytes cut at seeded random places.

pub struct RandomCuts<'a> {
    rest: &'a [u8],
    seed: u64,
}

impl<'a> RandomCuts<'a> {
    pub const fn new(bytes: &'a [u8], seed: u64) -> Self {
        Self { rest: bytes, seed }
    }
}

impl<'a> Iterator for RandomCuts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        // Lengths of all magnitudes, so that cuts meet headers as well as data.
        let magnitude = random(&mut self.seed) % 18;
        let length = random(&mut self.seed) % (1 << magnitude) + 1;
        let length = usize::try_from(length).unwrap_or(1).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(piece)
    }
}

/// xorshift64*: the same sequence everywhere.
pub fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33
}
