//! The module that reads layers and whatever is compressed: fetched when it is
//! first needed.
//!
//! Every call does a bounded piece of work.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod checksum;
mod content;
mod document;

use oci_lens::archive;
use oci_lens::layer::{Decoder, LayerScan, ScanJob};
use oci_lens::limits::Limits;
use oci_lens::wasm::{Thrown, take, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// Unpacks the compression around a whole archive.
#[wasm_bindgen]
pub struct Unpacker {
    decoder: Decoder,
    consumed: usize,
}

impl Default for Unpacker {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl Unpacker {
    /// An unpacker that has seen no bytes.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            decoder: Decoder::of_archive(&Limits::default()),
            consumed: 0,
        }
    }

    /// Takes bytes and gives what they unpack to, about 1 MiB at most. What was
    /// not taken, by [`Unpacker::consumed`], is to be pushed again.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        self.consumed = self.decoder.push(bytes, &mut output);
        output
    }

    /// How many bytes the last push took.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Gives what is left when all bytes were pushed, about 1 MiB at most: call
    /// it until it gives nothing.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        self.decoder.finish(&mut output);
        output
    }

    /// What to tell `Engine.openFile` of the stream, which held `size` bytes.
    pub fn outer(&mut self, size: f64) -> Result<Vec<u8>, Thrown> {
        let info = archive::outer::info(&mut self.decoder, size as u64);
        archive::outer::to_bytes(info).map_err(|error| thrown("protocol", error))
    }
}

/// One blob's scan: bytes in, in any cut; verdict and entry table out.
#[wasm_bindgen]
pub struct Scan(LayerScan);

#[wasm_bindgen]
impl Scan {
    /// A scan that has seen no bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(job: Ts<ScanJob>) -> Result<Self, Thrown> {
        Ok(Self(LayerScan::new(&take(&job)?, &Limits::default())))
    }

    /// Takes bytes and returns how many it took: the rest is to be pushed
    /// again.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        self.0.push(bytes)
    }

    /// Bytes taken so far. Exact up to 2^53.
    pub fn stored(&self) -> f64 {
        self.0.stored() as f64
    }

    /// Bytes unpacked so far. Exact up to 2^53.
    pub fn unpacked(&self) -> f64 {
        self.0.unpacked() as f64
    }

    /// The outcome, for `Engine.complete`.
    pub fn finish(self) -> Result<Vec<u8>, Thrown> {
        self.0
            .finish()
            .to_bytes()
            .map_err(|error| thrown("scan-too-large", error))
    }
}
