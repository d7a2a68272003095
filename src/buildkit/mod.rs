//! What BuildKit derives from an image: its source's cache keys and the checksums
//! of its contents; and how it gets there, from the identifier of a source op on.

pub mod cache_config;
pub mod cache_key;
pub mod checksum;
mod go_config;
mod go_decode;
pub mod go_json;
pub mod op;
pub mod source;

pub use cache_key::{
    CacheKey, CacheKeyError, ConfigKey, ManifestKey, config_key, image_source_keys, manifest_key,
    root_record, source_op_digest, source_op_preimage,
};
