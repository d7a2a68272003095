//! The module that reads layers and whatever is compressed: fetched when it is
//! first needed.
//!
//! Every call does a bounded piece of work.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod checksum;
mod content;
mod document;

use js_sys::Uint8Array;
use oci_lens::archive;
use oci_lens::digest::{Algorithm, Digest};
use oci_lens::layer::{Decoder, Hashers, Hashing as Place, LayerScans, ScanJob};
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

/// Scans of blobs side by side, by numbers: bytes in, in any cut; verdicts and entry tables out.
#[wasm_bindgen]
pub struct Scans(LayerScans);

#[wasm_bindgen]
impl Scans {
    /// No scan yet. Where their bytes are hashed elsewhere, they are to be taken from here,
    /// and the digests to be brought back.
    #[wasm_bindgen(constructor)]
    pub fn new(elsewhere: bool) -> Self {
        let hashing = if elsewhere {
            Place::Elsewhere
        } else {
            Place::Here
        };
        Self(LayerScans::new(Limits::default(), hashing))
    }

    /// Begins a scan that has seen no bytes; returns its number.
    pub fn begin(&mut self, job: Ts<ScanJob>) -> Result<u32, Thrown> {
        Ok(self.0.begin(&take(&job)?))
    }

    /// Takes bytes of a scan and returns how many it took: the rest is to be pushed again.
    pub fn push(&mut self, scan: u32, bytes: &[u8]) -> usize {
        self.0.push(scan, bytes)
    }

    /// Bytes of a scan taken so far. Exact up to 2^53.
    pub fn stored(&self, scan: u32) -> f64 {
        self.0.get(scan).map_or(0.0, |scan| scan.stored() as f64)
    }

    /// Bytes of a scan unpacked so far. Exact up to 2^53.
    pub fn unpacked(&self, scan: u32) -> f64 {
        self.0.get(scan).map_or(0.0, |scan| scan.unpacked() as f64)
    }

    /// The algorithms of a scan's streams, in the order that they are numbered in.
    pub fn algorithms(&mut self, scan: u32) -> Vec<String> {
        let algorithms = self.0.algorithms(scan).into_iter();
        algorithms.map(|each| each.name().to_owned()).collect()
    }

    /// Moves bytes of a stream that are to be hashed elsewhere into an array, if there are so
    /// many; returns how many.
    #[wasm_bindgen(js_name = takeHeld)]
    pub fn take_held(
        &mut self,
        scan: u32,
        stream: usize,
        least: usize,
        target: &Uint8Array,
    ) -> usize {
        let most = target.length() as usize;
        let give = |bytes: &[u8]| {
            target.subarray(0, bytes.len() as u32).copy_from(bytes);
            bytes.len()
        };
        let taken = self.0.take_held((scan, stream), least, most, give);
        taken.unwrap_or_default()
    }

    /// Notes that a scan has all bytes.
    pub fn end(&mut self, scan: u32) {
        self.0.end(scan);
    }

    /// Takes the digest of a stream that was hashed elsewhere.
    #[wasm_bindgen(js_name = setDigest)]
    pub fn set_digest(&mut self, scan: u32, stream: usize, digest: &str) -> Result<(), Thrown> {
        let digest = Digest::parse(digest).map_err(|error| thrown("internal", error))?;
        self.0.set_digest((scan, stream), digest);
        Ok(())
    }

    /// The outcome of a scan, which is then over, for `Engine.complete`.
    pub fn finish(&mut self, scan: u32) -> Result<Vec<u8>, Thrown> {
        let ended = self.0.remove(scan);
        ended
            .ok_or_else(|| thrown("internal", "no such scan"))?
            .finish()
            .to_bytes()
            .map_err(|error| thrown("scan-too-large", error))
    }

    /// Ends a scan of which nothing more is wanted.
    pub fn leave(&mut self, scan: u32) {
        self.0.remove(scan);
    }
}

/// Hashes the streams of scans that are elsewhere, by numbers.
#[wasm_bindgen]
#[derive(Default)]
pub struct Hashing(Hashers);

#[wasm_bindgen]
impl Hashing {
    /// No stream yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a stream.
    pub fn begin(&mut self, stream: u32, algorithm: &str) -> Result<(), Thrown> {
        let unknown = || thrown("internal", format!("no algorithm {algorithm}"));
        let algorithm = Algorithm::from_name(algorithm).ok_or_else(unknown)?;
        self.0.begin(stream, algorithm);
        Ok(())
    }

    /// Takes the next bytes of a stream.
    pub fn push(&mut self, stream: u32, bytes: &[u8]) {
        self.0.push(stream, bytes);
    }

    /// Ends a stream; its digest, if there was one of that number.
    pub fn finish(&mut self, stream: u32) -> Option<String> {
        self.0.finish(stream).map(|digest| digest.to_string())
    }
}
