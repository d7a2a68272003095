//! Four words, one of each lane.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use portable::Words;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd::Words;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use std::arch::wasm32::{
        i8x16_shuffle, i32x4_shuffle, i64x2_shuffle, u32x4, u32x4_add, u32x4_extract_lane,
        u32x4_shl, u32x4_shr, u32x4_splat, u64x2, v128, v128_and, v128_or, v128_xor,
    };

    use crate::BLOCK_BYTES;

    #[derive(Clone, Copy)]
    pub struct Words(v128);

    impl Words {
        #[inline(always)]
        pub fn new([a, b, c, d]: [u32; 4]) -> Self {
            Self(u32x4(a, b, c, d))
        }

        #[inline(always)]
        pub fn splat(word: u32) -> Self {
            Self(u32x4_splat(word))
        }

        pub fn lanes(self) -> [u32; 4] {
            let Self(words) = self;
            [
                u32x4_extract_lane::<0>(words),
                u32x4_extract_lane::<1>(words),
                u32x4_extract_lane::<2>(words),
                u32x4_extract_lane::<3>(words),
            ]
        }

        /// The words of four blocks, each in its lane.
        #[inline(always)]
        pub fn of_blocks(blocks: [&[u8; BLOCK_BYTES]; 4]) -> [Self; 16] {
            let mut words = [Self::splat(0); 16];
            let (quarters, _) = words.as_chunks_mut::<4>();
            for (number, quarter) in quarters.iter_mut().enumerate() {
                *quarter = transposed(blocks.map(|block| load(block, number)));
            }
            words
        }

        #[inline(always)]
        pub fn add(self, other: Self) -> Self {
            Self(u32x4_add(self.0, other.0))
        }

        #[inline(always)]
        pub fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        #[inline(always)]
        pub fn and(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }

        #[inline(always)]
        pub fn shifted<const BITS: u32>(self) -> Self {
            Self(u32x4_shr(self.0, BITS))
        }

        #[inline(always)]
        pub fn rotated<const BITS: u32>(self) -> Self {
            Self(v128_or(
                u32x4_shr(self.0, BITS),
                u32x4_shl(self.0, u32::BITS - BITS),
            ))
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
    fn transposed([a, b, c, d]: [v128; 4]) -> [Words; 4] {
        let (ab, ab_high) = (
            i32x4_shuffle::<0, 4, 1, 5>(a, b),
            i32x4_shuffle::<2, 6, 3, 7>(a, b),
        );
        let (cd, cd_high) = (
            i32x4_shuffle::<0, 4, 1, 5>(c, d),
            i32x4_shuffle::<2, 6, 3, 7>(c, d),
        );
        [
            Words(i64x2_shuffle::<0, 2>(ab, cd)),
            Words(i64x2_shuffle::<1, 3>(ab, cd)),
            Words(i64x2_shuffle::<0, 2>(ab_high, cd_high)),
            Words(i64x2_shuffle::<1, 3>(ab_high, cd_high)),
        ]
    }
}

/// The same without SIMD: what its tests and the fuzz target run where there are no lanes.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable {
    use crate::BLOCK_BYTES;

    #[derive(Clone, Copy)]
    pub struct Words([u32; 4]);

    impl Words {
        pub const fn new(words: [u32; 4]) -> Self {
            Self(words)
        }

        pub const fn splat(word: u32) -> Self {
            Self([word; 4])
        }

        pub const fn lanes(self) -> [u32; 4] {
            self.0
        }

        pub fn of_blocks(blocks: [&[u8; BLOCK_BYTES]; 4]) -> [Self; 16] {
            let words = blocks.map(|block| block.as_chunks().0);
            std::array::from_fn(|word| Self(words.map(|words| u32::from_be_bytes(words[word]))))
        }

        pub fn add(self, other: Self) -> Self {
            self.with(other, u32::wrapping_add)
        }

        pub fn xor(self, other: Self) -> Self {
            self.with(other, |a, b| a ^ b)
        }

        pub fn and(self, other: Self) -> Self {
            self.with(other, |a, b| a & b)
        }

        pub fn shifted<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word >> BITS))
        }

        pub fn rotated<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(BITS)))
        }

        fn with(self, other: Self, operation: fn(u32, u32) -> u32) -> Self {
            Self(std::array::from_fn(|lane| {
                operation(self.0[lane], other.0[lane])
            }))
        }
    }
}
