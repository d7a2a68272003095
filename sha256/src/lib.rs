//! SHA-256 (FIPS 180-4) of several streams at a time.
//!
//! Wasm has no instructions for SHA-256, and one stream fills no SIMD register: each round
//! needs the one before. Four streams do, one in each lane, at twice the speed of one, and two,
//! one in each half, at about one and a half times that. So a stream can hold its bytes back,
//! and [`advance`] takes from several what they have in common. A single stream is left to the
//! library.
//!
//! A crate of its own, so that it is built for speed where all around it is built to be small.

mod lanes;
mod words;

use std::fmt;

use sha2::block_api::compress256;

use words::{Four, Two, Words};

const BLOCK_BYTES: usize = 64;

/// FIPS 180-4 5.3.3: what a stream begins with.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Bytes that [`advance`] lets a stream hold back in the hope of company.
pub const HELD_BYTES: usize = 1 << 20;

/// Bytes beyond which a stream waits for nobody.
const MOST_HELD_BYTES: usize = 2 * HELD_BYTES;

/// Blocks of each stream that are worth a pass.
const LEAST_BLOCKS: usize = 64;

/// Blocks of each stream in one pass. V8 does not replace code while it runs: what stays in a
/// call stays in the slow first tier.
const MOST_BLOCKS: usize = 1024;

/// What is known of a stream's digest after whole blocks: all that it takes to go on with it
/// somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Midstate {
    state: [u32; 8],
    // Of the whole blocks that `state` holds.
    bytes: u64,
}

impl Midstate {
    /// Length of [`Midstate::to_bytes`].
    pub const BYTES: usize = 40;

    /// The eight words and the number of bytes that they are of, each with its lowest byte first.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (words, count) = bytes.split_at_mut(32);
        for (bytes, word) in words.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_le_bytes();
        }
        count.copy_from_slice(&self.bytes.to_le_bytes());
        bytes
    }

    /// Reads what [`Midstate::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let (words, _) = bytes.as_chunks();
        let mut state = [0; 8];
        for (word, bytes) in state.iter_mut().zip(words) {
            *word = u32::from_le_bytes(*bytes);
        }
        let (counts, _) = bytes[32..].as_chunks();
        let bytes = counts.first().map_or(0, |count| u64::from_le_bytes(*count));
        Self { state, bytes }
    }
}

/// The digest of a stream, as far as its bytes are known.
#[derive(Clone)]
pub struct Sha256 {
    known: Midstate,
    held: Vec<u8>,
    // How many of them are known already.
    done: usize,
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sha256").finish_non_exhaustive()
    }
}

impl Sha256 {
    /// Of no bytes.
    pub const fn new() -> Self {
        Self::resumed(Midstate {
            state: INITIAL,
            bytes: 0,
        })
    }

    /// Of the bytes that are known already.
    pub const fn resumed(known: Midstate) -> Self {
        Self {
            known,
            held: Vec::new(),
            done: 0,
        }
    }

    /// What is known, and the bytes after it, which are still to be worked in.
    pub fn into_parts(mut self) -> (Midstate, Vec<u8>) {
        self.forget_done();
        (self.known, self.held)
    }

    /// Takes the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        if !self.held.is_empty() {
            let missing = (self.held.len() - self.done).wrapping_neg() % BLOCK_BYTES;
            let (first, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
            self.held.extend_from_slice(first);
            self.compress_held();
            bytes = rest;
        }
        let (blocks, rest) = bytes.as_chunks();
        self.compress(blocks);
        self.held.extend_from_slice(rest);
    }

    /// Takes the next bytes, to be worked into the digest beside those of other streams: at
    /// the latest when there are 2 MiB of them.
    pub fn hold(&mut self, bytes: &[u8]) {
        // Seldom enough that moving the rest costs less than working it in.
        if self.done >= self.held.len() / 2 {
            self.forget_done();
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() - self.done > MOST_HELD_BYTES {
            self.compress_held();
        }
    }

    /// The digest of all bytes.
    pub fn finish(mut self) -> [u8; 32] {
        self.compress_held();
        let length = (self.known.bytes + self.held.len() as u64).wrapping_mul(8);
        // FIPS 180-4 5.1.1: a one, zeros, and the length in bits.
        self.held.push(0x80);
        while self.held.len() % BLOCK_BYTES != BLOCK_BYTES - 8 {
            self.held.push(0);
        }
        self.held.extend(length.to_be_bytes());
        self.compress_held();
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.known.state) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    /// Whole blocks held back.
    fn blocks(&self) -> &[[u8; BLOCK_BYTES]] {
        let held = self.held.get(self.done..).unwrap_or_default();
        held.as_chunks().0
    }

    fn compress(&mut self, blocks: &[[u8; BLOCK_BYTES]]) {
        for blocks in blocks.chunks(MOST_BLOCKS) {
            compress256(&mut self.known.state, blocks);
        }
        self.known.bytes += size_of_val(blocks) as u64;
    }

    fn compress_held(&mut self) {
        let held = std::mem::take(&mut self.held);
        let (blocks, _) = held.get(self.done..).unwrap_or_default().as_chunks();
        self.compress(blocks);
        self.done += size_of_val(blocks);
        self.held = held;
        self.forget_done();
    }

    fn skip(&mut self, blocks: usize) {
        self.done += blocks * BLOCK_BYTES;
        self.known.bytes += (blocks * BLOCK_BYTES) as u64;
    }

    fn forget_done(&mut self) {
        self.held.drain(..self.done);
        self.done = 0;
    }
}

/// Works what streams hold back into their digests, four at a time for as long as that many
/// have enough. A stream may hold [`HELD_BYTES`] afterwards.
pub fn advance(streams: &mut [&mut Sha256]) {
    loop {
        streams.sort_by_key(|stream| std::cmp::Reverse(stream.blocks().len()));
        let has_enough = |stream: &&mut Sha256| stream.blocks().len() >= LEAST_BLOCKS;
        let filled = streams.iter().take(4).take_while(|s| has_enough(s)).count();
        let (lanes, _) = streams.split_at_mut(filled);
        let is_full = |stream: &Sha256| stream.held.len() - stream.done > HELD_BYTES;
        let waits = lanes.first().is_none_or(|longest| !is_full(longest));
        match lanes {
            [first, second, third, fourth] => {
                pass::<Four, 4>(&mut [first, second, third, fourth]);
            }
            _ if waits => return,
            // Of three the longest two, in turn: a lane without a stream is no faster.
            [first, second, ..] => pass::<Two, 2>(&mut [first, second]),
            [longest] => longest.compress_held(),
            [] => return,
        }
    }
}

fn pass<W: Words<STREAMS>, const STREAMS: usize>(streams: &mut [&mut Sha256; STREAMS]) {
    let mut count = MOST_BLOCKS;
    for stream in &*streams {
        count = count.min(stream.blocks().len());
    }
    let mut states = [INITIAL; STREAMS];
    let mut blocks: [&[[u8; BLOCK_BYTES]]; STREAMS] = [&[]; STREAMS];
    for (stream, (state, blocks)) in streams.iter().zip(states.iter_mut().zip(&mut blocks)) {
        *state = stream.known.state;
        *blocks = stream.blocks().get(..count).unwrap_or_default();
    }
    lanes::compress::<W, STREAMS>(&mut states, blocks);
    for (stream, state) in streams.iter_mut().zip(states) {
        stream.known.state = state;
        stream.skip(count);
    }
}
