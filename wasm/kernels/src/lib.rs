//! What is measured as wasm by itself, beside the library that does the same. The page does not load
//! this module: `cargo xtask bench` builds it.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod entries;
#[path = "../../../inflate/benches/sample.rs"]
mod sample;

use std::hint::black_box;

use flate2::{Decompress, FlushDecompress};
use oci_lens_inflate::{Crc32, Inflate, Outcome};
use oci_lens_sha256::{Sha256 as Lane, advance};
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::wasm_bindgen;

use sample::Kind;

/// What a decoder of layers gives at a time.
const OUTPUT: usize = 256 << 10;

/// A deflate stream.
#[wasm_bindgen]
pub struct Stream {
    bytes: Vec<u8>,
    length: usize,
}

#[wasm_bindgen]
impl Stream {
    /// A stream of so many bytes of text.
    pub fn text(length: usize) -> Self {
        let bytes = sample::stream(Kind::Text, length);
        Self { bytes, length }
    }

    /// A stream of so many bytes of programs.
    pub fn code(length: usize) -> Self {
        let bytes = sample::stream(Kind::Code, length);
        Self { bytes, length }
    }

    /// Unpacks it by the project's own decoder; returns how many bytes that gave.
    pub fn own(&self) -> usize {
        let mut inflate = Inflate::new();
        let mut output = Vec::with_capacity(OUTPUT);
        let mut rest = self.bytes.as_slice();
        let mut length = 0;
        while let Ok((taken, outcome)) = inflate.run(rest, &mut output, OUTPUT) {
            length += black_box(&output).len();
            output.clear();
            rest = rest.get(taken..).unwrap_or_default();
            if outcome != Outcome::Output {
                break;
            }
        }
        length
    }

    /// The same by zlib-rs.
    pub fn library(&self) -> usize {
        let mut inflate = Decompress::new(false);
        let mut output = Vec::with_capacity(OUTPUT);
        let mut rest = self.bytes.as_slice();
        let mut length = 0;
        while length < self.length {
            let before = inflate.total_in();
            let outcome = inflate.decompress_vec(rest, &mut output, FlushDecompress::None);
            if outcome.is_err() || output.is_empty() {
                break;
            }
            length += black_box(&output).len();
            output.clear();
            let taken = (inflate.total_in() - before) as usize;
            rest = rest.get(taken..).unwrap_or_default();
        }
        length
    }
}

/// A message to be checked.
#[wasm_bindgen]
pub struct Message {
    bytes: Vec<u8>,
}

#[wasm_bindgen]
impl Message {
    /// A message of so many bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(length: usize) -> Self {
        let bytes = sample::bytes(Kind::Code, length);
        Self { bytes }
    }

    /// Its CRC-32, by the project's own division.
    pub fn own(&self) -> u32 {
        let mut crc = Crc32::new();
        for piece in self.bytes.chunks(OUTPUT) {
            crc.update(piece);
        }
        crc.finalize()
    }

    /// The same by crc32fast.
    pub fn library(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        for piece in self.bytes.chunks(OUTPUT) {
            crc.update(piece);
        }
        crc.finalize()
    }
}

/// Streams to be hashed.
#[wasm_bindgen]
pub struct Hashes {
    streams: Vec<Vec<u8>>,
}

#[wasm_bindgen]
impl Hashes {
    /// So many streams of so many bytes each.
    #[wasm_bindgen(constructor)]
    pub fn new(count: usize, length: usize) -> Self {
        let stream = |number: usize| (0..length).map(|at| (at * number) as u8).collect();
        Self {
            streams: (1..=count).map(stream).collect(),
        }
    }

    /// All at a time, by the project's own lanes; returns the first byte of each digest.
    pub fn own(&self) -> Vec<u8> {
        let mut hashes = vec![Lane::new(); self.streams.len()];
        let most = self.streams.iter().map(Vec::len).max().unwrap_or(0);
        for at in (0..most).step_by(OUTPUT) {
            for (hash, stream) in hashes.iter_mut().zip(&self.streams) {
                let rest = stream.get(at..).unwrap_or_default();
                hash.hold(rest.get(..OUTPUT).unwrap_or(rest));
            }
            advance(&mut hashes.iter_mut().collect::<Vec<_>>());
        }
        hashes.into_iter().map(|hash| hash.finish()[0]).collect()
    }

    /// One after the other, by sha2.
    pub fn library(&self) -> Vec<u8> {
        let hash = |stream: &Vec<u8>| {
            let mut hash = Sha256::new();
            for piece in stream.chunks(OUTPUT) {
                hash.update(piece);
            }
            hash.finalize()[0]
        };
        self.streams.iter().map(hash).collect()
    }
}
