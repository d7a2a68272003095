//! Documents as bytes, Dockerfiles and forms.

use oci_lens::forms::{csv, markdown};
use oci_lens::image::documents::FoundDocument;
use oci_lens::report::{DockerfileView, Failure, LayerRange};
use oci_lens::wasm::{Thrown, give, throw, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;

/// Paths of one piece of CSV.
const CSV_PATHS: usize = 20_000;

/// A document of an archive.
#[wasm_bindgen]
pub struct Document(FoundDocument);

#[wasm_bindgen]
impl Document {
    /// The archive member that holds it; empty where a descriptor does.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.bytes.clone()
    }
}

#[wasm_bindgen]
impl Engine {
    /// A document by a digest of the report, or by its name, as `index.json`.
    ///
    /// # Errors
    ///
    /// A [`Failure`].
    pub fn document(&self, key: &str) -> Result<Document, Thrown> {
        let found = self.inspection.document(key);
        found
            .map(Document)
            .map_err(|error| throw(Failure::from(&error)))
    }

    /// A Dockerfile made up from an image's history.
    pub fn dockerfile(&self, image: u32) -> Result<Ts<DockerfileView>, Thrown> {
        let view = self.inspection.dockerfile(image);
        give(&view.ok_or_else(|| no_such_image(image))?)
    }

    /// A summary of the report as Markdown, with one image or all.
    pub fn markdown(&self, image: Option<u32>) -> String {
        markdown(&self.inspection.report(), image)
    }
}

/// The paths of an image as CSV, a piece at a time.
#[wasm_bindgen]
pub struct CsvExport(csv::Export);

#[wasm_bindgen]
impl CsvExport {
    /// Begins with the tree of some layers as it is now, of all unless a range
    /// is given.
    ///
    /// # Errors
    ///
    /// A [`Failure`] for an image or layers that are not there.
    #[wasm_bindgen(constructor)]
    pub fn new(engine: &Engine, image: u32, range: Option<Ts<LayerRange>>) -> Result<Self, Thrown> {
        let range = super::trees::range(range.as_ref())?;
        let export = csv::Export::new(&engine.inspection, image, range);
        export
            .map(Self)
            .map_err(|error| thrown(error.code(), error))
    }

    /// The next lines, which may be none; nothing when there are no more.
    pub fn next(&mut self, engine: &Engine) -> Result<Option<String>, Thrown> {
        let piece = self.0.next_piece(&engine.inspection, CSV_PATHS);
        piece.map_err(|error| thrown(error.code(), error))
    }
}

pub(super) fn no_such_image(image: u32) -> Thrown {
    thrown("no-such-image", format!("there is no image {image}"))
}
