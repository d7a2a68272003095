//! Numbers that look random, and are the same in every run.

/// Marsaglia's xorshift. Any sequence does, as long as it is always the same.
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        // A state of zero would stay one.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// The next number below a bound, which is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number() % bound as u64).expect("below a usize")
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.number() & 0xff).expect("one byte")
    }
}
