//! The two cache keys of BuildKit's image source, and what its solver makes of
//! them. BuildKit `source/containerimage/pull.go`, `solver/llbsolver/ops/source.go`,
//! `solver/cachemanager.go`; an image referred to by digest has the same keys as
//! `docker-image://` and as `oci-layout://`.

use std::fmt;

use super::go_config::{self, GoError};
use super::go_json::Object;
use super::op::record;
use crate::digest::{AnyDigest, Digest};
use crate::manifest::JsonError;
use crate::manifest::chain_id::{chain_ids, step};
use crate::platform::Platform;
use crate::report::{CacheKeyKind, CacheKeyView, PlatformView};

/// The key for index 0: what a reference resolves to, and for which platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestKey {
    /// The key.
    pub key: Digest,
    /// The bytes whose SHA-256 it is.
    pub preimage: String,
}

/// The key of a config: the chain ID of its diff IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigKey {
    /// The key. A text and no digest: diff IDs go in unchecked, and a single
    /// one is the key.
    pub key: String,
    /// The bytes whose SHA-256 it is, for a chain ID the last step's; nothing
    /// where it is a diff ID itself.
    pub preimage: Option<Vec<u8>>,
}

/// Why BuildKit has no key for index 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheKeyError {
    /// A layer limit is given, and the config is not decoded.
    Config,
    /// The layer limit is larger than the image.
    LayerLimit {
        /// Diff IDs there are.
        layers: usize,
        /// The limit.
        limit: usize,
    },
    /// The config is more than is read here.
    Limit(JsonError),
}

impl CacheKeyError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Config => "cache-key-config",
            Self::LayerLimit { .. } => "cache-key-layer-limit",
            Self::Limit(error) => error.code(),
        }
    }
}

impl fmt::Display for CacheKeyError {
    /// The first two in BuildKit's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config => f.write_str("failed to parse image config"),
            Self::LayerLimit { layers, limit } => {
                write!(f, "image has {layers} layers, limit is {limit}")
            }
            Self::Limit(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CacheKeyError {}

/// BuildKit's mainManifestKey. `reference` is what the reference resolves to,
/// the index where it names one. Nothing is normalised here.
pub fn manifest_key(
    reference: &AnyDigest,
    platform: &Platform,
    layer_limit: Option<usize>,
) -> ManifestKey {
    let preimage = Object::new()
        .text("Digest", &reference.to_string())
        .text("OS", &platform.os)
        .text("Arch", &platform.architecture)
        .text_omitempty("Variant", &platform.variant)
        .text_omitempty("OSVersion", &platform.os_version)
        .texts_omitempty("OSFeatures", &platform.os_features)
        .number_omitempty("Limit", layer_limit)
        .finish();
    ManifestKey {
        key: Digest::sha256(preimage.as_bytes()),
        preimage,
    }
}

/// BuildKit's cacheKeyFromConfig, of the config's exact bytes. Nothing is
/// BuildKit's empty key, in whose place it takes the manifest key.
///
/// # Errors
///
/// Only with a layer limit, or where the config passes a limit of this reader.
pub fn config_key(
    config: &[u8],
    layer_limit: Option<usize>,
) -> Result<Option<ConfigKey>, CacheKeyError> {
    let mut decoded = match (go_config::decode(config), layer_limit) {
        (Ok(decoded), _) => decoded,
        (Err(GoError::Limit(error)), _) => return Err(CacheKeyError::Limit(error)),
        (Err(GoError::Refused), Some(_)) => return Err(CacheKeyError::Config),
        (Err(GoError::Refused), None) => {
            return Ok(Some(ConfigKey {
                key: Digest::sha256(config).to_string(),
                preimage: Some(config.to_vec()),
            }));
        }
    };
    if let Some(limit) = layer_limit {
        let layers = decoded.diff_ids.len();
        if limit > layers {
            return Err(CacheKeyError::LayerLimit { layers, limit });
        }
        decoded.diff_ids.truncate(limit);
    }
    if decoded.rootfs_type != "layers" {
        return Ok(None);
    }
    let mut chain = chain_ids(&decoded.diff_ids);
    let top = chain.pop();
    Ok(top.map(|key| ConfigKey {
        key,
        preimage: chain
            .last()
            .zip(decoded.diff_ids.last())
            .map(|(below, diff_id)| step(below, diff_id).into_bytes()),
    }))
}

/// One answer of the image source to BuildKit's solver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey {
    /// Which question it answers. The second is answered with the manifest key
    /// again where the config gives none.
    pub kind: CacheKeyKind,
    /// BuildKit's index: 0 or 1.
    pub index: u32,
    /// BuildKit's `cacheDone`: whether there are no further keys.
    pub done: bool,
    /// What the reference resolves to.
    pub reference: AnyDigest,
    /// The platform asked for, normalised.
    pub platform: Platform,
    /// The key.
    pub key: String,
    /// The bytes whose SHA-256 it is; see [`ConfigKey::preimage`].
    pub preimage: Option<Vec<u8>>,
}

/// Both keys of an image that is referred to by `reference`, for `platform`,
/// which is normalised as BuildKit does before its sources see it.
///
/// # Errors
///
/// The first key always is; the second as [`config_key`].
pub fn image_source_keys(
    reference: &AnyDigest,
    platform: &Platform,
    config: &[u8],
    layer_limit: Option<usize>,
) -> (CacheKey, Result<CacheKey, CacheKeyError>) {
    let platform = platform.normalized();
    let ManifestKey { key, preimage } = manifest_key(reference, &platform, layer_limit);
    let first = CacheKey {
        kind: CacheKeyKind::Manifest,
        index: 0,
        done: false,
        reference: reference.clone(),
        platform,
        key: key.to_string(),
        preimage: Some(preimage.into_bytes()),
    };
    let second = config_key(config, layer_limit).map(|found| {
        let mut second = CacheKey {
            kind: CacheKeyKind::Config,
            index: 1,
            done: true,
            ..first.clone()
        };
        if let Some(ConfigKey { key, preimage }) = found {
            second.key = key;
            second.preimage = preimage;
        }
        second
    });
    (first, second)
}

impl From<&CacheKey> for CacheKeyView {
    /// A preimage that is no text is left out.
    fn from(key: &CacheKey) -> Self {
        Self {
            kind: key.kind,
            index: key.index,
            done: key.done,
            reference: Some(key.reference.to_string()),
            platform: PlatformView::from(&key.platform),
            key: key.key.clone(),
            preimage: key
                .preimage
                .as_ref()
                .and_then(|bytes| String::from_utf8(bytes.clone()).ok()),
        }
    }
}

/// The digest of a source op whose source has this cache key. A key that only
/// holds for one session is marked as random.
pub fn source_op_digest(key: &str) -> String {
    let digest = Digest::sha256(source_op_preimage(key).as_bytes());
    if key.starts_with("session:") {
        format!("random:{}", digest.encoded())
    } else {
        digest.to_string()
    }
}

/// The bytes whose SHA-256 the digest of a source op is.
pub fn source_op_preimage(key: &str) -> String {
    format!("buildkit.source.v0:{key}")
}

/// The solver's record of a vertex without inputs, as cache exports name it. A
/// random digest stays as it is and is never exported.
pub fn root_record(op_digest: &str, output: u32) -> String {
    record(op_digest, output.into()).digest
}
