//! The module that reads layers and whatever is compressed: fetched when it is
//! first needed.
//!
//! Every call does a bounded piece of work.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod checksum;
mod content;
mod document;
mod toc;

use js_sys::Uint8Array;
use oci_lens::archive;
use oci_lens::digest::Digest;
use oci_lens::layer::{Decoder, Hashers, LayerScans, Midstate, ScanJob};
use oci_lens::limits::Limits;
use oci_lens::wasm::{Thrown, take, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Copies bytes that are this module's memory itself.
    #[wasm_bindgen(typescript_type = "(bytes: Uint8Array<ArrayBuffer>) => void")]
    pub type Keep;

    // What it throws goes on from here: past this module's code, nothing of it would be dropped.
    #[wasm_bindgen(method, catch)]
    fn call(this: &Keep, receiver: &JsValue, bytes: &[u8]) -> Result<(), JsValue>;
}

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

impl Default for Scans {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl Scans {
    /// No scan yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(LayerScans::new(Limits::default()))
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

    /// How many streams a scan has.
    #[wasm_bindgen(js_name = streamCount)]
    pub fn stream_count(&mut self, scan: u32) -> usize {
        self.0.stream_count(scan)
    }

    /// Leaves a stream to be hashed elsewhere: what [`Hashing::begin`] begins with. Its bytes are
    /// to be taken from here from now on, and its digest to be brought back. Nothing where it is
    /// hashed here all the same.
    #[wasm_bindgen(js_name = hashElsewhere)]
    pub fn hash_elsewhere(&mut self, scan: u32, stream: usize) -> Option<Vec<u8>> {
        let known = self.0.hash_elsewhere((scan, stream))?;
        Some(known.to_bytes().to_vec())
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

    /// A page of the layer's entries, for `Engine.putPage`; nothing before one is complete.
    #[wasm_bindgen(js_name = takePage)]
    pub fn take_page(&mut self, scan: u32) -> Result<Option<Vec<u8>>, Thrown> {
        let page = self.0.take_page(scan).map(|page| page.to_bytes());
        page.transpose()
            .map_err(|error| thrown("scan-too-large", error))
    }

    /// Gives the histories of the layer's seek points so far away, one after the other, for them to
    /// be kept elsewhere; keeps them where they are fewer than `least` bytes. Throws what `keep`
    /// throws.
    #[wasm_bindgen(js_name = giveHistories)]
    pub fn give_histories(&mut self, scan: u32, least: usize, keep: &Keep) -> Result<(), JsValue> {
        self.0
            .take_histories(scan, least)
            .map_or(Ok(()), |histories| {
                keep.call(&JsValue::UNDEFINED, &histories)
            })
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

    /// Goes on with a stream from what is known of it.
    pub fn begin(&mut self, stream: u32, known: &[u8]) -> Result<(), Thrown> {
        let known = known
            .try_into()
            .map_err(|error| thrown("internal", error))?;
        self.0.begin(stream, Midstate::from_bytes(known));
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
