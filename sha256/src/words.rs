//! Words of several streams at a time, one of each.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use portable::{Four, Two};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd::{Four, Two};

use crate::BLOCK_BYTES;

/// One word of each of some streams.
pub trait Words<const STREAMS: usize>: Lanes<STREAMS> {
    fn splat(word: u32) -> Self;
    fn add(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    /// Shifted to the right.
    fn shifted<const BITS: u32>(self) -> Self;
}

/// What depends on how many streams there are.
pub trait Lanes<const STREAMS: usize>: Copy {
    fn new(words: [u32; STREAMS]) -> Self;
    fn words(self) -> [u32; STREAMS];
    /// The words of blocks, one of each stream.
    fn of_blocks(blocks: [&[u8; BLOCK_BYTES]; STREAMS]) -> [Self; 16];
    /// Rotated to the right, if these are settled. What comes of it is not.
    fn rotated<const BITS: u32>(self) -> Self;
    /// The same, good to be rotated.
    fn settled(self) -> Self;
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use std::arch::wasm32::{
        i8x16_shuffle, i32x4_shuffle, i64x2_shuffle, u32x4, u32x4_add, u32x4_extract_lane,
        u32x4_shl, u32x4_shr, u32x4_splat, u64x2, u64x2_shr, v128, v128_and, v128_or, v128_xor,
    };

    use super::{Lanes, Words};
    use crate::BLOCK_BYTES;

    #[derive(Clone, Copy)]
    pub struct Simd<const STREAMS: usize>(v128);

    /// A word in each lane.
    pub type Four = Simd<4>;

    /// A word in each half. Settled, it is there twice: then a shift of all 64 bits is a
    /// rotation, in the lower lane, and one instruction instead of three.
    pub type Two = Simd<2>;

    impl<const STREAMS: usize> Words<STREAMS> for Simd<STREAMS>
    where
        Self: Lanes<STREAMS>,
    {
        #[inline(always)]
        fn splat(word: u32) -> Self {
            Self(u32x4_splat(word))
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(u32x4_add(self.0, other.0))
        }

        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        #[inline(always)]
        fn and(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }

        #[inline(always)]
        fn shifted<const BITS: u32>(self) -> Self {
            Self(u32x4_shr(self.0, BITS))
        }
    }

    impl Lanes<4> for Four {
        #[inline(always)]
        fn new([a, b, c, d]: [u32; 4]) -> Self {
            Self(u32x4(a, b, c, d))
        }

        fn words(self) -> [u32; 4] {
            let Self(words) = self;
            [
                u32x4_extract_lane::<0>(words),
                u32x4_extract_lane::<1>(words),
                u32x4_extract_lane::<2>(words),
                u32x4_extract_lane::<3>(words),
            ]
        }

        #[inline(always)]
        fn of_blocks(blocks: [&[u8; BLOCK_BYTES]; 4]) -> [Self; 16] {
            let mut words = [Self::splat(0); 16];
            let (quarters, _) = words.as_chunks_mut::<4>();
            for (number, quarter) in quarters.iter_mut().enumerate() {
                *quarter = transposed(blocks.map(|block| load(block, number))).map(Self);
            }
            words
        }

        #[inline(always)]
        fn rotated<const BITS: u32>(self) -> Self {
            Self(v128_or(
                u32x4_shr(self.0, BITS),
                u32x4_shl(self.0, u32::BITS - BITS),
            ))
        }

        #[inline(always)]
        fn settled(self) -> Self {
            self
        }
    }

    impl Lanes<2> for Two {
        #[inline(always)]
        fn new([a, b]: [u32; 2]) -> Self {
            Self(u32x4(a, a, b, b))
        }

        fn words(self) -> [u32; 2] {
            let Self(words) = self;
            [
                u32x4_extract_lane::<0>(words),
                u32x4_extract_lane::<2>(words),
            ]
        }

        #[inline(always)]
        fn of_blocks(blocks: [&[u8; BLOCK_BYTES]; 2]) -> [Self; 16] {
            let mut words = [Self::splat(0); 16];
            let (quarters, _) = words.as_chunks_mut::<4>();
            for (number, quarter) in quarters.iter_mut().enumerate() {
                let [a, b] = blocks.map(|block| load(block, number));
                *quarter = [
                    Self(i32x4_shuffle::<0, 0, 4, 4>(a, b)),
                    Self(i32x4_shuffle::<1, 1, 5, 5>(a, b)),
                    Self(i32x4_shuffle::<2, 2, 6, 6>(a, b)),
                    Self(i32x4_shuffle::<3, 3, 7, 7>(a, b)),
                ];
            }
            words
        }

        #[inline(always)]
        fn rotated<const BITS: u32>(self) -> Self {
            Self(u64x2_shr(self.0, BITS))
        }

        #[inline(always)]
        fn settled(self) -> Self {
            Self(i32x4_shuffle::<0, 0, 2, 2>(self.0, self.0))
        }
    }

    /// Four words of a block.
    #[inline(always)]
    fn load(block: &[u8; BLOCK_BYTES], quarter: usize) -> v128 {
        let (halves, _) = block.as_chunks::<8>();
        let words = u64x2(
            u64::from_le_bytes(halves[2 * quarter]),
            u64::from_le_bytes(halves[2 * quarter + 1]),
        );
        i8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(words, words)
    }

    #[inline(always)]
    fn transposed([a, b, c, d]: [v128; 4]) -> [v128; 4] {
        let (ab, ab_high) = (
            i32x4_shuffle::<0, 4, 1, 5>(a, b),
            i32x4_shuffle::<2, 6, 3, 7>(a, b),
        );
        let (cd, cd_high) = (
            i32x4_shuffle::<0, 4, 1, 5>(c, d),
            i32x4_shuffle::<2, 6, 3, 7>(c, d),
        );
        [
            i64x2_shuffle::<0, 2>(ab, cd),
            i64x2_shuffle::<1, 3>(ab, cd),
            i64x2_shuffle::<0, 2>(ab_high, cd_high),
            i64x2_shuffle::<1, 3>(ab_high, cd_high),
        ]
    }
}

/// The same without SIMD: what its tests and the fuzz target run where there are no lanes.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable {
    use super::{Lanes, Words};
    use crate::BLOCK_BYTES;

    #[derive(Clone, Copy)]
    pub struct Portable<const STREAMS: usize>([u32; STREAMS]);

    pub type Four = Portable<4>;
    pub type Two = Portable<2>;

    impl<const STREAMS: usize> Words<STREAMS> for Portable<STREAMS> {
        fn splat(word: u32) -> Self {
            Self([word; STREAMS])
        }

        fn add(self, other: Self) -> Self {
            self.with(other, u32::wrapping_add)
        }

        fn xor(self, other: Self) -> Self {
            self.with(other, |a, b| a ^ b)
        }

        fn and(self, other: Self) -> Self {
            self.with(other, |a, b| a & b)
        }

        fn shifted<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word >> BITS))
        }
    }

    impl<const STREAMS: usize> Lanes<STREAMS> for Portable<STREAMS> {
        fn new(words: [u32; STREAMS]) -> Self {
            Self(words)
        }

        fn words(self) -> [u32; STREAMS] {
            self.0
        }

        fn of_blocks(blocks: [&[u8; BLOCK_BYTES]; STREAMS]) -> [Self; 16] {
            let words = blocks.map(|block| block.as_chunks().0);
            std::array::from_fn(|word| Self(words.map(|words| u32::from_be_bytes(words[word]))))
        }

        fn rotated<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(BITS)))
        }

        fn settled(self) -> Self {
            self
        }
    }

    impl<const STREAMS: usize> Portable<STREAMS> {
        fn with(self, other: Self, operation: fn(u32, u32) -> u32) -> Self {
            Self(std::array::from_fn(|lane| {
                operation(self.0[lane], other.0[lane])
            }))
        }
    }
}
