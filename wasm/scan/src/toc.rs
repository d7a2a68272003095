//! Tables of contents of layers.

use oci_lens::layer::toc::{self, TocError, TocJob};
use oci_lens::limits::Limits;
use oci_lens::wasm::{Thrown, thrown};
use wasm_bindgen::prelude::*;

fn refused(error: TocError) -> Thrown {
    thrown(error.code(), error)
}

/// Reads a table of contents: the stored bytes that it wants in, the listed layer out.
#[wasm_bindgen]
pub struct TocReader(toc::TocReader);

#[wasm_bindgen]
impl TocReader {
    /// A reader by the engine's plan, that has seen no bytes.
    ///
    /// # Errors
    ///
    /// A `Failure`, here and below.
    #[wasm_bindgen(constructor)]
    pub fn new(job: &[u8]) -> Result<Self, Thrown> {
        let job = TocJob::from_bytes(job).map_err(|error| thrown("protocol", error))?;
        let reader = toc::TocReader::new(job, &Limits::default());
        reader.map(Self).map_err(refused)
    }

    /// Where among the layer's stored bytes those begin that it wants next.
    pub fn from(&self) -> f64 {
        self.0.wanted().start as f64
    }

    /// Where they end: they are none when it is to be finished.
    pub fn to(&self) -> f64 {
        self.0.wanted().end as f64
    }

    /// Takes them.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Thrown> {
        self.0.push(bytes).map_err(refused)
    }

    /// The listed layer, for `Engine.list`.
    pub fn finish(self) -> Result<Vec<u8>, Thrown> {
        let listed = self.0.finish().map_err(refused)?.to_bytes();
        listed.map_err(|error| thrown("scan-too-large", error))
    }
}
