//! One ingest that is open.

use oci_lens::content;
use oci_lens::report::{Annotation, IngestStatus};
use oci_lens::wasm::{Thrown, give};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use crate::files::Place;
use crate::{labels, refused};

/// An ingest that is open, and locked until it is closed or freed.
#[wasm_bindgen]
pub struct Writer(content::Writer<Place>);

impl Writer {
    pub(crate) const fn new(writer: content::Writer<Place>) -> Self {
        Self(writer)
    }
}

#[wasm_bindgen]
impl Writer {
    /// How far it has come.
    pub fn status(&self) -> Result<Ts<IngestStatus>, Thrown> {
        give(&IngestStatus::from(self.0.status()))
    }

    /// Bytes there are. Exact up to 2^53.
    pub fn offset(&self) -> f64 {
        self.0.status().offset as f64
    }

    /// Digest of the bytes so far.
    pub fn digest(&self) -> String {
        self.0.digest().to_string()
    }

    /// Takes the bytes at an offset, which has to be the end of what is there.
    #[wasm_bindgen(js_name = writeAt)]
    pub async fn write_at(&mut self, offset: f64, bytes: Vec<u8>) -> Result<(), Thrown> {
        let written = self.0.write_at(offset as u64, &bytes).await;
        written.map_err(refused)
    }

    /// Begins anew.
    pub async fn restart(&mut self) -> Result<(), Thrown> {
        self.0.truncate(0).await.map_err(refused)
    }

    /// Makes a blob of it and gives the digest.
    pub async fn commit(
        &mut self,
        size: f64,
        expected: String,
        given: Vec<Ts<Annotation>>,
    ) -> Result<String, Thrown> {
        let labels = labels(given)?;
        let digest = self.0.commit(size as u64, &expected, &labels).await;
        digest.map(|digest| digest.to_string()).map_err(refused)
    }

    /// Unlocks it and keeps what it has.
    pub async fn close(&mut self) -> Result<(), Thrown> {
        self.0.close().await.map_err(refused)
    }
}
