//! Sources as BuildKit's solver asks them: an identifier names what is wanted,
//! the manager finds the source of its scheme, and an instance gives cache keys
//! and a snapshot. BuildKit `source/manager.go`, `source/*/identifier.go`.
//!
//! Nothing is fetched: what a daemon would learn from a registry, a repository
//! or a session is given by whoever registers a source.

pub mod attributes;
pub mod blob;
pub mod error;
pub mod git;
pub mod http;
pub mod image;
pub mod local;
mod manager;
pub mod reference;
mod snapshot;

pub use attributes::Attributes;
pub use blob::{BlobIdentifier, BlobSource};
pub use error::SourceError;
pub use git::{GitIdentifier, GitRemote, GitSource};
pub use http::{HttpIdentifier, HttpResponse, HttpSource};
pub use image::{ImageIdentifier, LayoutIdentifier};
pub use local::{LocalIdentifier, LocalSource};
pub use manager::{Identifier, Manager, Source, SourceInstance};
pub use reference::{Reference, ReferenceError};
pub use snapshot::{ImmutableRef, RefLayer, TreeUnavailable};

use std::collections::BTreeMap;

use super::cache_key::{source_op_digest, source_op_preimage};
use super::op::record;
use crate::report::SourceKeyView;

/// Scheme of images in a registry.
pub const IMAGE_SCHEME: &str = "docker-image";
/// Scheme of images in an OCI layout.
pub const LAYOUT_SCHEME: &str = "oci-layout";
/// Scheme of single blobs in a registry.
pub const IMAGE_BLOB_SCHEME: &str = "docker-image+blob";
/// Scheme of single blobs in an OCI layout.
pub const LAYOUT_BLOB_SCHEME: &str = "oci-layout+blob";
/// Scheme of folders of the client.
pub const LOCAL_SCHEME: &str = "local";
/// Scheme of git repositories.
pub const GIT_SCHEME: &str = "git";
/// Scheme of files by HTTP.
pub const HTTP_SCHEME: &str = "http";
/// Scheme of files by HTTPS.
pub const HTTPS_SCHEME: &str = "https";

/// What a source instance answers to one question of the solver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceKey {
    /// The cache key. A text and no digest: some sources give other texts.
    pub key: String,
    /// The bytes whose SHA-256 the key is, or ends in; nothing where no digest
    /// was computed.
    pub preimage: Option<Vec<u8>>,
    /// What the source is pinned to: BuildKit's `pin`.
    pub pin: Option<String>,
    /// What a daemon would know about the layers without fetching them. Never
    /// part of the key.
    pub options: Vec<DescHandler>,
    /// BuildKit's `cacheDone`: whether there are no further keys.
    pub done: bool,
}

impl SourceKey {
    /// The key with the digest of its source op and its record.
    pub fn view(&self, index: u32) -> SourceKeyView {
        let op_digest = source_op_digest(&self.key);
        let record = record(&op_digest, 0);
        SourceKeyView {
            index,
            done: self.done,
            key: self.key.clone(),
            preimage: self
                .preimage
                .clone()
                .and_then(|bytes| String::from_utf8(bytes).ok()),
            op_preimage: source_op_preimage(&self.key),
            op_digest,
            record: record.digest,
            record_preimage: record.preimage,
        }
    }

    /// The last key of a source that has one.
    fn only(key: String, preimage: Option<Vec<u8>>, pin: Option<String>) -> Self {
        Self {
            key,
            preimage,
            pin,
            options: Vec::new(),
            done: true,
        }
    }
}

/// What BuildKit keeps of one layer in a key's cache options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescHandler {
    /// Digest of the stored layer.
    pub digest: String,
    /// Its media type, as declared.
    pub media_type: String,
    /// Its size in bytes, as declared.
    pub size: Option<u64>,
    /// Annotations of its descriptor, `containerd.io/uncompressed` among them.
    pub annotations: BTreeMap<String, String>,
    /// What the image was referred to by.
    pub reference: String,
}
