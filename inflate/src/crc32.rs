//! CRC-32 as gzip keeps it (RFC 1952 8), fast where no instruction is made for it.
//!
//! It is what division by a polynomial leaves, and division by a multiple of it first changes
//! nothing. One multiple has only five terms: x³⁰⁰ + x¹⁵⁵ + x¹¹⁷ + x⁸⁹ + 1. Squared, it has as many,
//! with exponents twice as high, since what it adds is added without carry; squared three times, they
//! count bytes where they counted bits. So each byte of the quotient is one of the message and four of
//! the quotient before it, added, and none of 145 in a row waits for another. The last 300 bytes are
//! the remainder, which a table divides byte by byte when the CRC-32 is asked for.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use std::ops::BitXor as _;

/// Of RFC 1952 8, without x³²; the lowest bit is that of x³¹.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// Bytes of the quotient that the next one depends on: the degree of the multiple.
const WINDOW: usize = 300;

/// How far before a byte those are that are added to it: what each lower exponent lacks of the degree.
const LAGS: [usize; 4] = [WINDOW - 155, WINDOW - 117, WINDOW - 89, WINDOW];

/// Bytes that are divided at a time: at most as many as the least lag, and whole words.
const BLOCK: usize = 128;

/// Most that is kept of the quotient: the more, the less often the window is moved to the front.
const KEPT: usize = 1 << 12;

/// What each byte leaves, with 32 zero bits behind it.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = times_x(remainder);
            bit += 1;
        }
        table[byte] = remainder;
        byte += 1;
    }
    table
};

/// A remainder with one zero bit more behind it.
const fn times_x(remainder: u32) -> u32 {
    (remainder >> 1) ^ ((remainder & 1) * POLYNOMIAL)
}

/// What [`times_x`] makes this of.
const fn divided_by_x(remainder: u32) -> u32 {
    let carry = remainder >> 31;
    ((remainder ^ (carry * POLYNOMIAL)) << 1) | carry
}

/// The CRC-32 of a message, as far as its bytes are known. Its methods are those of crc32fast's
/// `Hasher`, so that either can stand for the other.
#[derive(Clone)]
pub struct Crc32 {
    // Up to `length`, with zeros before the message.
    quotient: [u8; KEPT],
    length: usize,
}

impl Default for Crc32 {
    fn default() -> Self {
        Self::new()
    }
}

impl Crc32 {
    /// Of no bytes.
    pub fn new() -> Self {
        Self::new_with_initial(0)
    }

    /// After bytes that have this CRC-32.
    pub fn new_with_initial(crc: u32) -> Self {
        // As four bytes before the message, which leave it. Nothing is before them to be added.
        let first = (0..u32::BITS).fold(!crc, |remainder, _| divided_by_x(remainder));
        let mut quotient = [0; KEPT];
        quotient[WINDOW - 4..WINDOW].copy_from_slice(&first.to_le_bytes());
        Self {
            quotient,
            length: WINDOW,
        }
    }

    /// Begins another message.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(BLOCK) {
            if self.length > KEPT - BLOCK {
                let window = self.length - WINDOW..self.length;
                self.quotient.copy_within(window, 0);
                self.length = WINDOW;
            }
            self.divide(block);
        }
    }

    fn divide(&mut self, block: &[u8]) {
        let (before, after) = self.quotient.split_at_mut(self.length);
        let (words, rest) = after[..block.len()].as_chunks_mut();
        let (block_words, block_rest) = block.as_chunks();
        let lagging = LAGS.map(|lag| before[before.len() - lag..][..block.len()].as_chunks());
        for (at, (word, block)) in words.iter_mut().zip(block_words).enumerate() {
            *word = sum(*block, lagging.map(|(words, _)| words[at]));
        }
        for (at, (byte, block)) in rest.iter_mut().zip(block_rest).enumerate() {
            *byte = lagging.iter().fold(*block, |sum, (_, rest)| sum ^ rest[at]);
        }
        self.length += block.len();
    }

    /// The CRC-32 of all bytes.
    pub fn finalize(self) -> u32 {
        let window = &self.quotient[self.length - WINDOW..self.length];
        let mut remainder = 0;
        for (at, &byte) in window.iter().enumerate() {
            // These are not divided: what they were added to each other is taken back.
            let lagging = LAGS
                .iter()
                .filter_map(|&lag| window.get(at.checked_sub(lag)?));
            let byte = lagging.fold(byte, |sum, byte| sum ^ byte);
            remainder = (remainder >> 8) ^ TABLE[usize::from(remainder as u8 ^ byte)];
        }
        !remainder
    }
}

/// Bytes added at a time.
const WORD: usize = 16;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn sum(first: [u8; WORD], others: [[u8; WORD]; LAGS.len()]) -> [u8; WORD] {
    use std::arch::wasm32::{u64x2, u64x2_extract_lane, v128_xor};

    let load = |word: [u8; WORD]| {
        let (halves, _) = word.as_chunks();
        u64x2(u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1]))
    };
    let sum = others
        .map(load)
        .into_iter()
        .fold(load(first), |sum, word| v128_xor(sum, word));
    let mut word = [0; WORD];
    let (halves, _) = word.as_chunks_mut();
    halves[0] = u64x2_extract_lane::<0>(sum).to_le_bytes();
    halves[1] = u64x2_extract_lane::<1>(sum).to_le_bytes();
    word
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
fn sum(first: [u8; WORD], others: [[u8; WORD]; LAGS.len()]) -> [u8; WORD] {
    let others = others.map(u128::from_ne_bytes).into_iter();
    others
        .fold(u128::from_ne_bytes(first), u128::bitxor)
        .to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polynomial_divides_the_multiple() {
        let power = |exponent| (0..exponent).fold(1 << 31, |remainder, _| times_x(remainder));
        let lower = LAGS.map(|lag| power(WINDOW - lag)).into_iter();
        assert_eq!(lower.fold(power(WINDOW), |sum, power| sum ^ power), 0);
    }
}
