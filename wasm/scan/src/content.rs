//! Contents read out of layers, and trees written as tar.

use oci_lens::describe::describe as describe_bytes;
use oci_lens::digest::{Algorithm, Hasher};
use oci_lens::export::{Batch, Pour};
use oci_lens::image::content::{ContentError, ContentPlan};
use oci_lens::layer::{Extract, Machine};
use oci_lens::limits::Limits;
use oci_lens::report::{ContentView, Failure};
use oci_lens::wasm::{Thrown, give, throw, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

fn refused(error: ContentError) -> Thrown {
    throw(Failure::from(&error))
}

fn unpacked<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Thrown> {
    postcard::from_bytes(bytes).map_err(|error| thrown("protocol", error))
}

/// What a file seems to be by its first bytes and its name.
#[wasm_bindgen]
pub fn describe(bytes: &[u8], name: &str) -> Result<Ts<ContentView>, Thrown> {
    give(&describe_bytes(bytes, name))
}

/// Reads content out of one layer: stored bytes in, in any cut, its bytes out.
#[wasm_bindgen]
pub struct Reader {
    plan: ContentPlan,
    extract: Extract,
    consumed: usize,
    hasher: Option<Hasher>,
}

#[wasm_bindgen]
impl Reader {
    /// A reader by the engine's plan.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &[u8]) -> Result<Self, Thrown> {
        let plan: ContentPlan = unpacked(plan)?;
        Ok(Self {
            extract: plan.extract(&Limits::default()),
            plan,
            consumed: 0,
            hasher: Some(Hasher::new(Algorithm::Sha256)),
        })
    }

    /// Where among the stored bytes the next one to be pushed lies.
    pub fn stored(&self) -> f64 {
        self.extract.stored() as f64
    }

    /// Whether it needs no more bytes.
    #[wasm_bindgen(js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.extract.is_done()
    }

    /// Takes bytes and gives what is wanted of them; what was not taken, by
    /// [`Reader::consumed`], is to be pushed again.
    ///
    /// # Errors
    ///
    /// A `Failure`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Thrown> {
        let mut output = Vec::new();
        let taken = self.extract.push(bytes, &mut output);
        self.consumed = taken.map_err(|error| refused(self.plan.failed(error)))?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&output);
        }
        Ok(output)
    }

    /// How many bytes the last push took.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Notes that there are no more bytes.
    pub fn end(&mut self) {
        self.extract.end();
    }

    /// SHA-256 of what it gave, in hex; it gives nothing after that.
    pub fn digest(&mut self) -> String {
        let hasher = self.hasher.take();
        hasher.map_or_else(String::new, |hasher| hasher.finish().encoded())
    }
}

/// Writes a tar: the engine's batches and the layers' stored bytes in, the
/// tar's bytes out.
#[wasm_bindgen]
pub struct TarWriter {
    pour: Pour,
    consumed: usize,
}

impl Default for TarWriter {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl TarWriter {
    /// A tar without entries.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            pour: Pour::new(&Limits::default()),
            consumed: 0,
        }
    }

    /// Takes the next batch, once the one before is done.
    pub fn take(&mut self, batch: &[u8]) -> Result<(), Thrown> {
        let batch: Batch = unpacked(batch)?;
        self.pour.take(batch);
        Ok(())
    }

    /// Where in the batch's layer the next byte to be pushed lies.
    pub fn stored(&self) -> f64 {
        self.pour.stored() as f64
    }

    /// Whether the batch is done.
    #[wasm_bindgen(js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.pour.is_done()
    }

    /// As [`Reader::push`].
    ///
    /// # Errors
    ///
    /// A `Failure`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Thrown> {
        let mut output = Vec::new();
        self.consumed = self.pour.push(bytes, &mut output).map_err(refused)?;
        Ok(output)
    }

    /// How many bytes the last push took.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Notes that the layer has no more bytes.
    pub fn end(&mut self) {
        self.pour.end();
    }
}
