//! Why BuildKit does not import a cache, or why it is not read here.

use std::fmt;

use crate::diagnostic::escape;
use crate::manifest::JsonError;

/// Why a cache, or one of its results, is refused. In BuildKit's words where it has any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheConfigError {
    /// Not JSON, or more of it than is read.
    Json(JsonError),
    /// JSON of another shape than Go decodes into the config.
    Shape,
    /// The records inside an image config are not in base64.
    Encoding,
    /// A record leads to itself, or to one that BuildKit leaves out.
    LoopingRecord,
    /// A link leads to no record.
    RecordId(i64),
    /// An input of a record has no alternative.
    EmptyInput(usize),
    /// There is no such layer.
    LayerIndex(i64),
    /// A layer's parents lead back to it.
    LoopingLayer,
    /// A dependency without alternatives is added to a record.
    EmptyDependency(String),
    /// A blob of the chain is described by no item: 2017.
    NotFound(String),
    /// A blob of the chain is not in the manifest list: 2017.
    NotListed(String),
    /// There are more of something than are read.
    Limit {
        /// What there are too many of.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
}

impl CacheConfigError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Shape => "cache-config-shape",
            Self::Encoding => "cache-config-encoding",
            Self::LoopingRecord => "cache-record-loop",
            Self::RecordId(_) => "cache-record-link",
            Self::EmptyInput(_) | Self::EmptyDependency(_) => "cache-record-input",
            Self::LayerIndex(_) => "cache-layer-index",
            Self::LoopingLayer => "cache-layer-loop",
            Self::NotFound(_) => "cache-blob-unknown",
            Self::NotListed(_) => "cache-blob-not-listed",
            Self::Limit { .. } => "limit-cache",
        }
    }
}

impl fmt::Display for CacheConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |text: &str| escape(text.as_bytes());
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Shape => f.write_str("a value has another type than a cache config has there"),
            Self::Encoding => f.write_str("expected records in base64, but found something else"),
            Self::LoopingRecord => f.write_str("invalid looping record"),
            Self::RecordId(link) => write!(f, "invalid record ID: {link}"),
            Self::EmptyInput(record) => write!(f, "invalid empty input for record {record}"),
            Self::LayerIndex(layer) => write!(f, "invalid layer index {layer}"),
            Self::LoopingLayer => f.write_str("invalid looping layer"),
            Self::EmptyDependency(digest) => write!(f, "empty dependency for {}", name(digest)),
            Self::NotFound(blob) => write!(f, "blob {} not found in cache", name(blob)),
            Self::NotListed(blob) => write!(f, "failed to find {} for fetch", name(blob)),
            Self::Limit { what, limit } => {
                write!(f, "expected at most {limit} {what}, but found more")
            }
        }
    }
}

impl std::error::Error for CacheConfigError {}
