//! The sum of a block's bytes, which each header states: 16 bytes at a time where
//! there are instructions for that, else eight.

use super::header::Block;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) fn sum_of_bytes(block: &Block) -> u32 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    // Four sums of 16 bits, which 128 bytes each cannot fill.
    let mut sums = 0_u64;
    let (words, _) = block.as_chunks();
    for word in words {
        let word = u64::from_le_bytes(*word);
        sums += (word & EVEN) + (word >> 8 & EVEN);
    }
    (0..4)
        .map(|lane| (sums >> (16 * lane) & 0xffff) as u32)
        .sum()
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) fn sum_of_bytes(block: &Block) -> u32 {
    use std::arch::wasm32::{
        u16x8_add, u16x8_extadd_pairwise_u8x16, u16x8_splat, u32x4_extadd_pairwise_u16x8,
        u32x4_extract_lane, u64x2,
    };

    // Eight sums of 16 bits, which 64 bytes each cannot fill.
    let mut sums = u16x8_splat(0);
    let (words, _) = block.as_chunks::<8>();
    for [low, high] in words.as_chunks().0 {
        let bytes = u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high));
        sums = u16x8_add(sums, u16x8_extadd_pairwise_u8x16(bytes));
    }
    let sums = u32x4_extadd_pairwise_u16x8(sums);
    u32x4_extract_lane::<0>(sums)
        + u32x4_extract_lane::<1>(sums)
        + u32x4_extract_lane::<2>(sums)
        + u32x4_extract_lane::<3>(sums)
}
