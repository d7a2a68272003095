//! Documents, attestations, Dockerfiles and forms.
//!
//! What needs no archive is a function of bytes: it can live in another module
//! than the engine.

use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::{Engine, Thrown, give, throw, thrown};
use crate::attestation;
use crate::forms::{csv, markdown};
use crate::image::documents::FoundDocument;
use crate::limits::Limits;
use crate::manifest::pretty;
use crate::report::{DockerfileView, DocumentView, Failure, StatementDetail};

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

/// Shows a document that was asked for by `key`.
#[wasm_bindgen(js_name = documentView)]
pub fn document_view(key: &str, name: &str, bytes: &[u8]) -> Result<Ts<DocumentView>, Thrown> {
    give(&pretty::document(key, name, bytes))
}

/// Reads an attestation.
///
/// # Errors
///
/// A [`Failure`] for anything else.
#[wasm_bindgen(js_name = statementDetail)]
pub fn statement_detail(bytes: &[u8]) -> Result<Ts<StatementDetail>, Thrown> {
    let detail = attestation::read(bytes, &Limits::default())
        .map_err(|error| thrown(error.code(), error))?;
    give(&detail)
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
    /// Begins with the merged tree as it is now.
    #[wasm_bindgen(constructor)]
    pub fn new(engine: &Engine, image: u32) -> Result<Self, Thrown> {
        if engine.inspection.tree(image).is_none() {
            return Err(no_such_image(image));
        }
        Ok(Self(csv::Export::new(&engine.inspection, image)))
    }

    /// The next lines; nothing when there are no more.
    pub fn next(&mut self, engine: &Engine) -> Result<Option<String>, Thrown> {
        let piece = self.0.next_piece(&engine.inspection, CSV_PATHS);
        piece.map_err(|error| thrown(error.code(), error))
    }
}

pub(super) fn no_such_image(image: u32) -> Thrown {
    thrown("no-such-image", format!("there is no image {image}"))
}
