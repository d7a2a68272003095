//! BuildKit's remote cache: what `--cache-to` exports and `--cache-from` imports.
//!
//! The current format (`cache/remotecache/v1`, media type cacheconfig.v0) beside
//! an index, in an image manifest or inside an image config, and the first one
//! of 2017 (`cache/cacheimport`). Both are read into one [`Cache`], which answers
//! as BuildKit's importer does. The names of records are in neither format.

mod cache;
mod chains;
mod config;
mod diff;
mod error;
mod graph;
mod items;
mod results;

pub use cache::{Cache, Found, ListedLayer, is_config};
pub use chains::{CacheChains, Dependency, RemoteResult};
pub use config::{
    CacheConfig, CacheInput, CacheLayer, CacheRecord, CacheResult, LayerAnnotations, ResultLayers,
};
pub use diff::{CacheDifference, LayerSizes, Unmatched};
pub use error::CacheConfigError;
pub use graph::{Graph, GraphNode};
pub use items::{Item, Items};

use crate::limits::Limits;

/// Member of an image config that holds the records, in base64.
pub const INLINE_MEMBER: &str = "moby.buildkit.cache.v0";
/// Go's zero time, which is written where none is known.
pub const ZERO_TIME: &str = "0001-01-01T00:00:00Z";
/// Annotation of a layer's descriptor: its diff ID.
pub const DIFF_ID: &str = "containerd.io/uncompressed";
/// Annotation of a layer's descriptor: when it was made.
pub const CREATED_AT: &str = "buildkit/createdat";
/// Annotation of a layer's descriptor: what made it, where that is written.
pub const DESCRIPTION: &str = "buildkit/description";

/// A config blob in one of the two formats, which share a media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyConfig {
    /// The current format.
    Records(CacheConfig),
    /// The format of 2017, told by its member `Items`.
    Items(Items),
}

impl AnyConfig {
    /// Reads a config blob.
    ///
    /// # Errors
    ///
    /// What Go refuses, and a limit passed.
    pub fn parse(raw: &[u8], limits: &Limits) -> Result<Self, CacheConfigError> {
        match Items::parse(raw, limits)? {
            Some(items) => Ok(Self::Items(items)),
            None => CacheConfig::parse(raw, limits).map(Self::Records),
        }
    }

    /// The cache that it makes with the layers that the manifest lists.
    pub fn into_cache(self, listed: Vec<ListedLayer>) -> Cache {
        match self {
            Self::Records(config) => Cache::new(config, listed),
            Self::Items(items) => items.into_cache(listed),
        }
    }
}
