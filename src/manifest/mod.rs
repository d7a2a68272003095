//! Indexes, image manifests and configs, OCI and Docker schema 2, and the
//! small files around them; image-spec `image-index.md`, `manifest.md`,
//! `config.md`, `image-layout.md`.
//!
//! A document is read once, leniently: what breaks the specification becomes a
//! diagnostic, and what could be read is there. `validate_…` judges the same
//! reading strictly. The raw bytes are kept; digests are of them, never of a
//! re-encoding. Nothing here follows a descriptor.

pub mod chain_id;
pub mod command;
pub mod config;
pub mod docker;
pub mod dockerfile;
mod document;
pub(crate) mod fault;
pub mod history;
pub(crate) mod json;
pub mod layout;
pub mod pretty;
pub(crate) mod quoted;
pub(crate) mod read;
pub(crate) mod time;
mod view;

use std::fmt;

pub use chain_id::chain_ids;
pub use config::{Config, validate_config};
pub use document::{Document, Index, Manifest, ManifestKind, validate_index, validate_manifest};
pub use fault::Fault;
pub use json::JsonError;
pub use layout::{Layout, validate_layout};
pub use read::{Declared, Unknown};
pub use view::annotations;

use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::limits::Limits;
use fault::{Faults, Place};
use json::{Json, Value};

/// Something read from a JSON document, with the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was read.
    pub value: T,
    /// The document's exact bytes.
    pub raw: Box<[u8]>,
    /// SHA-256 digest of the bytes.
    pub digest: Digest,
    /// What is wrong with it, without a place outside of it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a document is not read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentError {
    /// Larger than is read.
    Size {
        /// Bytes that are read at most.
        limit: u64,
        /// Bytes there are.
        found: u64,
    },
    /// Not JSON.
    Json(JsonError),
    /// JSON of another kind than the document has to be.
    Shape {
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A Docker manifest of schema 1, which no current tool reads.
    SchemaOne,
    /// An index where a manifest is referred to.
    FoundIndex,
    /// A manifest where an index is referred to.
    FoundManifest,
    /// Members of both an index and a manifest: tools disagree on what it is.
    Ambiguous,
    /// A manifest with more layers than are read.
    Layers {
        /// Layers that are read at most.
        limit: usize,
        /// Layers there are.
        found: usize,
    },
}

impl DocumentError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size { .. } => "limit-document-size",
            Self::Json(error) => error.code(),
            Self::Shape { .. } => "document-shape",
            Self::SchemaOne => "docker-schema-1",
            Self::FoundIndex => "manifest-is-index",
            Self::FoundManifest => "index-is-manifest",
            Self::Ambiguous => "document-ambiguous",
            Self::Layers { .. } => "limit-layers",
        }
    }

    fn expected_found(&self) -> (String, String) {
        let words = |expected: &str, found: &str| (expected.to_owned(), found.to_owned());
        match self {
            Self::Size { limit, found } => {
                (format!("at most {limit} bytes"), format!("{found} bytes"))
            }
            Self::Json(error) => (error.expected(), error.found()),
            Self::Shape { expected, found } => words(expected, found),
            Self::SchemaOne => words("a manifest of schema 2", "a Docker manifest of schema 1"),
            Self::FoundIndex => words("an image manifest", "an image index"),
            Self::FoundManifest => words("an image index", "an image manifest"),
            Self::Ambiguous => words(
                "an image index or an image manifest",
                "members of both, manifests beside config or layers",
            ),
            Self::Layers { limit, found } => {
                (format!("at most {limit} layers"), format!("{found} layers"))
            }
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Json(error) = self {
            return error.fmt(f);
        }
        let (expected, found) = self.expected_found();
        write!(f, "expected {expected}, but found {found}")
    }
}

impl std::error::Error for DocumentError {}

impl From<&DocumentError> for Diagnostic {
    fn from(error: &DocumentError) -> Self {
        let (expected, found) = error.expected_found();
        let diagnostic = Self::new(Severity::Error, error.code(), error.to_string());
        let diagnostic = diagnostic.expected(expected, found);
        match error {
            DocumentError::Json(JsonError::Syntax { offset, .. }) => {
                diagnostic.offset(u64::try_from(*offset).unwrap_or(u64::MAX))
            }
            _ => diagnostic,
        }
    }
}

/// A fatal error as a fault, for judgements.
impl From<&DocumentError> for Fault {
    fn from(error: &DocumentError) -> Self {
        let (expected, found) = error.expected_found();
        Self {
            code: error.code(),
            severity: Severity::Error,
            path: String::new(),
            expected,
            found,
        }
    }
}

pub(crate) fn syntax_fault(error: &JsonError) -> Fault {
    Fault::from(&DocumentError::Json(error.clone()))
}

// RFC 8259 section 8.1. Go reads on with U+FFFD, so that the document is shown.
pub(crate) fn check_utf8(json: &Json<'_>, faults: &mut Faults) {
    if let Some(offset) = json.invalid_utf8() {
        faults.add(
            Severity::Warning,
            "json-utf8",
            &Place::Root,
            "UTF-8",
            format!("other bytes at offset {offset}"),
        );
    }
}

// The one way from bytes to a typed document, strict or not.
fn read<T>(
    raw: &[u8],
    limits: &Limits,
    read: impl FnOnce(Value<'_>, &mut Faults) -> Result<T, DocumentError>,
) -> Result<(T, Faults), DocumentError> {
    let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    if size > limits.document_bytes {
        return Err(DocumentError::Size {
            limit: limits.document_bytes,
            found: size,
        });
    }
    let json = Json::parse(raw).map_err(DocumentError::Json)?;
    let mut faults = Faults::new(limits);
    check_utf8(&json, &mut faults);
    let value = read(json.root(), &mut faults)?;
    Ok((value, faults))
}

fn parse<T>(
    raw: impl Into<Box<[u8]>>,
    limits: &Limits,
    body: impl FnOnce(Value<'_>, &mut Faults) -> Result<T, DocumentError>,
) -> Result<Parsed<T>, DocumentError> {
    let raw = raw.into();
    let (value, faults) = read(&raw, limits, body)?;
    Ok(Parsed {
        value,
        digest: Digest::sha256(&raw),
        raw,
        diagnostics: faults.into_diagnostics(),
    })
}

fn judge<T>(
    raw: &[u8],
    body: impl FnOnce(Value<'_>, &mut Faults) -> Result<T, DocumentError>,
) -> Result<(), Fault> {
    let (_, faults) = read(raw, &Limits::default(), body).map_err(|error| Fault::from(&error))?;
    faults.into_judgement()
}

fn shape<T>(expected: &'static str, value: Value<'_>) -> Result<T, DocumentError> {
    Err(DocumentError::Shape {
        expected,
        found: fault::describe(value),
    })
}
