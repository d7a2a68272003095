//! Contents read out of layers, and trees written as tar.

use oci_lens::describe::describe as describe_bytes;
use oci_lens::export::{Batch, Pour};
use oci_lens::image::content::{ContentError, ContentPlan};
use oci_lens::image::reading::{self, Reading};
use oci_lens::layer::Machine;
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

/// The readers of one archive's layers.
#[wasm_bindgen]
pub struct Readers(reading::Readers);

impl Default for Readers {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl Readers {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(reading::Readers::new(Limits::default()))
    }

    /// Whether reading by the engine's plan begins at its seek point, so that its history is
    /// wanted.
    #[wasm_bindgen(js_name = wantsHistory)]
    pub fn wants_history(&self, plan: &[u8]) -> Result<bool, Thrown> {
        Ok(self.0.wants_history(&unpacked(plan)?))
    }

    /// Reads by the engine's plan, from where an earlier reader stopped if
    /// there is one before it; from the layer's start where the history of
    /// its seek point is wanted and not there.
    pub fn open(
        &mut self,
        plan: &[u8],
        history: Option<Vec<u8>>,
        digest: bool,
    ) -> Result<Reader, Thrown> {
        let mut plan: ContentPlan = unpacked(plan)?;
        if let Some((point, history)) = plan.seek_point.as_mut().zip(history) {
            point.put_history(history);
        }
        let reading = self.0.open(plan);
        Ok(Reader {
            reading: if digest {
                reading.with_digest()
            } else {
                reading
            },
            consumed: 0,
        })
    }

    /// Takes a reader back, to go on with: done, or given up. Gives the SHA-256
    /// of what it gave, in hex, where that was asked for.
    pub fn keep(&mut self, mut reader: Reader) -> Option<String> {
        let digest = reader.reading.digest();
        self.0.keep(reader.reading);
        digest.map(|digest| digest.encoded())
    }
}

/// Reads content out of one layer: stored bytes in, in any cut, its bytes out.
#[wasm_bindgen]
pub struct Reader {
    reading: Reading,
    consumed: usize,
}

#[wasm_bindgen]
impl Reader {
    /// Where among the stored bytes the next one to be pushed lies.
    pub fn stored(&self) -> f64 {
        self.reading.stored() as f64
    }

    /// Whether it needs no more bytes.
    #[wasm_bindgen(js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.reading.is_done()
    }

    /// Takes bytes and gives what is wanted of them; what was not taken, by
    /// [`Reader::consumed`], is to be pushed again.
    ///
    /// # Errors
    ///
    /// A `Failure`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Thrown> {
        let mut output = Vec::new();
        self.consumed = self.reading.push(bytes, &mut output).map_err(refused)?;
        Ok(output)
    }

    /// How many bytes the last push took.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Notes that there are no more bytes.
    pub fn end(&mut self) {
        self.reading.end();
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
