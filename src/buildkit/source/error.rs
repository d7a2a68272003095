//! Why a source gives no answer.

use std::fmt;

use super::reference::ReferenceError;
use crate::buildkit::cache_key::CacheKeyError;
use crate::diagnostic::escape;
use crate::digest::DigestError;
use crate::platform::Platform;

/// Why a source gives no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceError {
    /// The identifier is not of the form `SCHEME://…`.
    Identifier {
        /// The identifier.
        text: String,
    },
    /// No source is registered for the scheme.
    NoHandler {
        /// The scheme.
        scheme: String,
    },
    /// What follows the scheme is no reference to an image.
    Reference {
        /// The reference.
        text: String,
        /// What is wrong with it.
        error: ReferenceError,
    },
    /// A reference that has to contain a digest has none.
    DigestRequired {
        /// The reference.
        text: String,
    },
    /// The digest in a reference is none.
    Digest {
        /// The reference.
        text: String,
        /// What is wrong with it.
        error: DigestError,
    },
    /// An attribute has a value that it cannot have.
    Attribute {
        /// Name of the attribute.
        name: String,
        /// Its value.
        value: String,
        /// What it could be.
        expected: &'static str,
    },
    /// What the key depends on was not given.
    Missing {
        /// What was not given.
        what: &'static str,
    },
    /// The archive has nothing of this reference.
    NotFound {
        /// The reference.
        reference: String,
    },
    /// The reference leads to something that is not an image.
    NotAnImage {
        /// The reference.
        reference: String,
    },
    /// No manifest of the index is for the platform.
    Platform {
        /// The reference.
        reference: String,
        /// The platform.
        platform: Box<Platform>,
    },
    /// The reference resolves to another digest than was asked for.
    Checksum {
        /// The reference.
        reference: String,
        /// The digest asked for.
        expected: String,
        /// The digest that it resolves to.
        actual: String,
    },
    /// No manifest lists the image: there is no digest that a reference could
    /// resolve to.
    NoManifest,
    /// Diff IDs and layers differ in number.
    Layers {
        /// Layers of the manifest.
        layers: usize,
        /// Diff IDs of the config.
        diff_ids: usize,
    },
    /// The config gives no key.
    Config(CacheKeyError),
    /// A source has no snapshot, because its bytes are not in an archive.
    NoSnapshot {
        /// The scheme.
        scheme: &'static str,
    },
}

impl SourceError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Identifier { .. } => "source-identifier",
            Self::NoHandler { .. } => "source-no-handler",
            Self::Reference { .. } => "source-reference",
            Self::DigestRequired { .. } => "source-digest-required",
            Self::Digest { error, .. } => error.code(),
            Self::Attribute { .. } => "source-attribute",
            Self::Missing { .. } => "source-input-missing",
            Self::NotFound { .. } => "source-not-found",
            Self::NotAnImage { .. } => "source-not-an-image",
            Self::Platform { .. } => "source-platform",
            Self::Checksum { .. } => "source-checksum",
            Self::NoManifest => "source-no-manifest",
            Self::Layers { .. } => "source-layers",
            Self::Config(error) => error.code(),
            Self::NoSnapshot { .. } => "source-no-snapshot",
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("\"{}\"", escape(text.as_bytes()));
        match self {
            Self::Identifier { text } => write!(
                f,
                "failed to parse {}: expected an identifier of the form SCHEME://REFERENCE",
                quoted(text)
            ),
            Self::NoHandler { scheme } => write!(f, "no handler for {}", escape(scheme.as_bytes())),
            Self::Reference { text, error } => {
                write!(f, "failed to parse {}: {error}", quoted(text))
            }
            Self::DigestRequired { text } => {
                write!(f, "reference {} must have digest", quoted(text))
            }
            Self::Digest { text, error } => write!(f, "reference {}: {error}", quoted(text)),
            Self::Attribute {
                name,
                value,
                expected,
            } => write!(
                f,
                "{}: expected {expected}, but found {}",
                escape(name.as_bytes()),
                quoted(value)
            ),
            Self::Missing { what } => write!(f, "the key depends on {what}, which is not given"),
            Self::NotFound { reference } => {
                write!(f, "the archive has nothing under {}", quoted(reference))
            }
            Self::NotAnImage { reference } => write!(
                f,
                "reference {} contains neither an index nor a manifest",
                quoted(reference)
            ),
            Self::Platform {
                reference,
                platform,
            } => write!(f, "{} has no manifest for {platform}", quoted(reference)),
            Self::Checksum {
                reference,
                expected,
                actual,
            } => write!(
                f,
                "image digest {actual} for {} does not match expected checksum {expected}",
                escape(reference.as_bytes())
            ),
            Self::NoManifest => f.write_str(
                "no manifest lists the image, so that there is no digest that it is referred to by",
            ),
            Self::Layers { layers, diff_ids } => write!(
                f,
                "mismatched image rootfs and manifest layers: expected {layers} diff IDs, but found {diff_ids}"
            ),
            Self::Config(error) => error.fmt(f),
            Self::NoSnapshot { scheme } => {
                write!(
                    f,
                    "what a source of scheme {scheme} gives is not in an archive"
                )
            }
        }
    }
}

impl std::error::Error for SourceError {}

impl From<CacheKeyError> for SourceError {
    fn from(error: CacheKeyError) -> Self {
        Self::Config(error)
    }
}
