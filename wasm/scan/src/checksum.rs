//! Digests of many files' contents, each behind its header.

use oci_lens::image::checksum::{LayerSums, SumBatch};
use oci_lens::layer::Machine;
use oci_lens::limits::Limits;
use oci_lens::report::Failure;
use oci_lens::wasm::{Thrown, throw, thrown};
use wasm_bindgen::prelude::*;

/// The engine's batches and their layers' stored bytes in, 32 bytes of SHA-256
/// for each file out.
#[wasm_bindgen]
pub struct ContentSums {
    sums: LayerSums,
    consumed: usize,
}

impl Default for ContentSums {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl ContentSums {
    /// Has hashed nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            sums: LayerSums::new(&Limits::default()),
            consumed: 0,
        }
    }

    /// Takes the next batch, once the one before is done.
    pub fn take(&mut self, batch: &[u8]) -> Result<(), Thrown> {
        let batch: SumBatch =
            postcard::from_bytes(batch).map_err(|error| thrown("protocol", error))?;
        self.sums.take(batch);
        Ok(())
    }

    /// Where in the batch's layer the next byte to be pushed lies.
    pub fn stored(&self) -> f64 {
        self.sums.stored() as f64
    }

    /// Whether the batch is done.
    #[wasm_bindgen(js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.sums.is_done()
    }

    /// As `Reader.push`.
    ///
    /// # Errors
    ///
    /// A `Failure`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Thrown> {
        let mut output = Vec::new();
        let taken = self.sums.push(bytes, &mut output);
        self.consumed = taken.map_err(|error| throw(Failure::from(&error)))?;
        Ok(output)
    }

    /// How many bytes the last push took.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Notes that the layer has no more bytes.
    pub fn end(&mut self) {
        self.sums.end();
    }
}
