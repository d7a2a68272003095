//! The compression of several streams at a time.

use crate::BLOCK_BYTES;
use crate::words::Words;

/// FIPS 180-4 4.2.2.
const K: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

/// Works blocks of several streams into their states: as many of each as the shortest has.
pub fn compress<W: Words<STREAMS>, const STREAMS: usize>(
    states: &mut [[u32; 8]; STREAMS],
    blocks: [&[[u8; BLOCK_BYTES]]; STREAMS],
) {
    let mut state: [W; 8] = std::array::from_fn(|word| W::new(states.map(|state| state[word])));
    let count = blocks.map(<[_]>::len).into_iter().min().unwrap_or_default();
    let blocks = blocks.map(|blocks| &blocks[..count]);
    for number in 0..count {
        block(
            &mut state,
            W::of_blocks(blocks.map(|blocks| &blocks[number])),
        );
    }
    for (word, lanes) in state.into_iter().enumerate() {
        for (state, lane) in states.iter_mut().zip(lanes.words()) {
            state[word] = lane;
        }
    }
}

#[inline(always)]
fn block<W: Words<STREAMS>, const STREAMS: usize>(state: &mut [W; 8], mut schedule: [W; 16]) {
    let mut now = *state;
    let (constants, _) = K.as_chunks::<16>();
    for (sixteen, constants) in constants.iter().enumerate() {
        // Unrolled: every index is known, and nothing is moved.
        macro_rules! rounds {
            ($word:expr; $($i:literal)*) => { $(
                now = round(now, $word($i).add(W::splat(constants[$i])));
            )* };
        }
        if sixteen == 0 {
            rounds!(|i: usize| schedule[i]; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        } else {
            let mut next = |i: usize| {
                schedule[i] = next_word(&schedule, i);
                schedule[i]
            };
            rounds!(next; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        }
    }
    for (state, now) in state.iter_mut().zip(now) {
        *state = state.add(now);
    }
}

/// FIPS 180-4 6.2.2, step 1: the word 16 after the one at `i`, in a ring.
#[inline(always)]
fn next_word<W: Words<STREAMS>, const STREAMS: usize>(schedule: &[W; 16], i: usize) -> W {
    let early = schedule[(i + 1) % 16];
    let late = schedule[(i + 14) % 16];
    let early = early
        .rotated::<7>()
        .xor(early.rotated::<18>())
        .xor(early.shifted::<3>());
    let late = late
        .rotated::<17>()
        .xor(late.rotated::<19>())
        .xor(late.shifted::<10>());
    let word = schedule[i].add(early).add(schedule[(i + 9) % 16]).add(late);
    word.settled()
}

/// FIPS 180-4 6.2.2, step 3. The first and the fifth word are settled.
#[inline(always)]
fn round<W: Words<STREAMS>, const STREAMS: usize>(
    [a, b, c, d, e, f, g, h]: [W; 8],
    word: W,
) -> [W; 8] {
    let sum = e
        .rotated::<6>()
        .xor(e.rotated::<11>())
        .xor(e.rotated::<25>());
    let choice = g.xor(e.and(f.xor(g)));
    let first = h.add(word).add(sum.add(choice));
    let sum = a
        .rotated::<2>()
        .xor(a.rotated::<13>())
        .xor(a.rotated::<22>());
    // `a ^ b` is `b ^ c` of the next round, and computed once.
    let majority = b.xor(a.xor(b).and(b.xor(c)));
    let [a_next, e_next] = [first.add(sum.add(majority)), d.add(first)];
    [a_next.settled(), a, b, c, e_next.settled(), e, f, g]
}
