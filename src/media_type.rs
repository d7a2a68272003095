//! Media types: the grammar of RFC 6838 section 4.2, as image-spec
//! `descriptor.md` asks for it, and what the types of image-spec and Docker
//! stand for. Compared byte for byte, as containerd and BuildKit do.

use std::fmt;

use crate::report::Compression;

/// A media type that fits the grammar.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaType(Box<str>);

/// The text is not `type/subtype` of RFC 6838 section 4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaTypeError;

impl MediaTypeError {
    /// Stable code for reports.
    pub const fn code(self) -> &'static str {
        "media-type-invalid"
    }
}

impl fmt::Display for MediaTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a media type of the form type/subtype")
    }
}

impl std::error::Error for MediaTypeError {}

/// What the content of a media type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Image index, or Docker's manifest list.
    Index,
    /// Image manifest, OCI or Docker schema 2.
    Manifest,
    /// Image config, OCI or Docker.
    Config,
    /// Config of a Docker plugin.
    PluginConfig,
    /// Layer.
    Layer(LayerType),
    /// The two bytes `{}`, where there is nothing to say.
    Empty,
    /// Docker schema 1, which nobody reads any more.
    SchemaOne,
    /// BuildKit's description of an exported cache.
    CacheConfig,
    /// An in-toto statement, as BuildKit's attestations have them.
    InToto,
    /// Anything else.
    Other,
}

/// What a layer's media type claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerType {
    /// Compression; absent where the suffix is one that is not known here.
    pub compression: Option<Compression>,
    /// Kept elsewhere by design: Docker's foreign and image-spec's
    /// nondistributable layers.
    pub foreign: bool,
    /// Encrypted, as ocicrypt does it.
    pub encrypted: bool,
}

// RFC 6838 section 4.2: restricted-name = first character and up to 126 more.
const NAME_LENGTH: usize = 127;

impl MediaType {
    /// Reads `type/subtype`. Parameters are no part of it.
    ///
    /// # Errors
    ///
    /// [`MediaTypeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, MediaTypeError> {
        match text.split_once('/') {
            Some((kind, subtype)) if fits(kind) && fits(subtype) => Ok(Self(text.into())),
            _ => Err(MediaTypeError),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it stands for.
    pub fn class(&self) -> Class {
        match self.as_str() {
            "application/vnd.oci.image.index.v1+json"
            | "application/vnd.docker.distribution.manifest.list.v2+json" => Class::Index,
            "application/vnd.oci.image.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v2+json" => Class::Manifest,
            "application/vnd.oci.image.config.v1+json"
            | "application/vnd.docker.container.image.v1+json" => Class::Config,
            "application/vnd.docker.plugin.v1+json" => Class::PluginConfig,
            "application/vnd.oci.empty.v1+json" => Class::Empty,
            "application/vnd.docker.distribution.manifest.v1+prettyjws"
            | "application/vnd.docker.distribution.manifest.v1+json" => Class::SchemaOne,
            // The second is the first one's name in its first days.
            "application/vnd.buildkit.cacheconfig.v0"
            | "application/vnd.buildkit.buildcache.v0" => Class::CacheConfig,
            "application/vnd.in-toto+json" => Class::InToto,
            text => layer_type(text).map_or(Class::Other, Class::Layer),
        }
    }

    /// The layer's claims, where it is a layer's type.
    pub fn layer(&self) -> Option<LayerType> {
        match self.class() {
            Class::Layer(layer) => Some(layer),
            _ => None,
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn fits(name: &str) -> bool {
    name.len() <= NAME_LENGTH
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
}

// containerd takes the suffixes in any order; `+encrypted` is ocicrypt's.
fn layer_type(text: &str) -> Option<LayerType> {
    let mut parts = text.split('+');
    let (foreign, mut compression) = match parts.next()? {
        "application/vnd.oci.image.layer.v1.tar"
        | "application/vnd.docker.image.rootfs.diff.tar" => (false, Some(Compression::None)),
        "application/vnd.docker.image.rootfs.diff.tar.gzip" => (false, Some(Compression::Gzip)),
        "application/vnd.docker.image.rootfs.diff.tar.zstd" => (false, Some(Compression::Zstd)),
        "application/vnd.oci.image.layer.nondistributable.v1.tar"
        | "application/vnd.docker.image.rootfs.foreign.diff.tar" => (true, Some(Compression::None)),
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" => {
            (true, Some(Compression::Gzip))
        }
        "application/vnd.docker.image.rootfs.foreign.diff.tar.zstd" => {
            (true, Some(Compression::Zstd))
        }
        _ => return None,
    };
    let mut encrypted = false;
    for suffix in parts {
        match suffix {
            "encrypted" => encrypted = true,
            "gzip" => compression = Some(Compression::Gzip),
            "zstd" => compression = Some(Compression::Zstd),
            _ => compression = None,
        }
    }
    Some(LayerType {
        compression,
        foreign,
        encrypted,
    })
}
