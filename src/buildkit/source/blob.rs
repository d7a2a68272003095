//! Single blobs, `docker-image+blob://` and `oci-layout+blob://`; BuildKit
//! `source/containerblob`.

use std::fmt;

use super::attributes::{self, Attributes};
use super::http::FileAttributes;
use super::manager::{Identifier, Source, SourceInstance};
use super::{
    IMAGE_BLOB_SCHEME, ImmutableRef, LAYOUT_BLOB_SCHEME, Reference, SourceError, SourceKey, image,
};
use crate::buildkit::go_json::Object;
use crate::digest::{AnyDigest, Digest};
use crate::platform::Platform;

/// A single blob, given as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobIdentifier {
    /// The scheme that it came with.
    pub scheme: &'static str,
    /// What refers to it.
    pub reference: Reference,
    /// The blob's digest.
    pub digest: AnyDigest,
    /// What the file is to be.
    pub file: FileAttributes,
    /// `image.recordtype`: regular, internal or frontend. Not part of the key.
    pub record_type: &'static str,
    /// `oci.session`: the client's session that has the layout.
    pub session: String,
    /// `oci.store`: the name of the layout there.
    pub store: String,
}

impl BlobIdentifier {
    /// Reads what follows the scheme, and the attributes.
    ///
    /// # Errors
    ///
    /// What is malformed, and [`SourceError::DigestRequired`].
    pub fn new(
        scheme: &'static str,
        text: &str,
        attributes: &Attributes,
    ) -> Result<Self, SourceError> {
        let reference = image::reference(text)?;
        let digest = reference.digest().map_err(|error| SourceError::Digest {
            text: text.to_owned(),
            error,
        })?;
        Ok(Self {
            scheme,
            digest: digest.ok_or_else(|| SourceError::DigestRequired {
                text: text.to_owned(),
            })?,
            reference,
            file: FileAttributes::new(attributes)?,
            record_type: image::record_type(attributes)?,
            session: attributes::text(attributes, "oci.session"),
            store: attributes::text(attributes, "oci.store"),
        })
    }

    fn key(&self) -> SourceKey {
        let digest = self.digest.to_string();
        let preimage = Object::new()
            .text("Digest", &digest)
            .text("Filename", &self.file.name)
            .number("Perm", self.file.mode)
            .number("UID", self.file.uid)
            .number("GID", self.file.gid)
            .finish()
            .into_bytes();
        let key = Digest::sha256(&preimage).to_string();
        SourceKey::only(key, Some(preimage), Some(digest))
    }
}

impl fmt::Display for BlobIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.reference)
    }
}

/// Gives the keys of single blobs.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlobSource;

impl Source for BlobSource {
    fn schemes(&self) -> &'static [&'static str] {
        &[IMAGE_BLOB_SCHEME, LAYOUT_BLOB_SCHEME]
    }

    fn identifier(
        &self,
        scheme: &str,
        reference: &str,
        attributes: &Attributes,
        _platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        let scheme = match scheme == LAYOUT_BLOB_SCHEME {
            true => LAYOUT_BLOB_SCHEME,
            false => IMAGE_BLOB_SCHEME,
        };
        BlobIdentifier::new(scheme, reference, attributes).map(Identifier::Blob)
    }

    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError> {
        let Identifier::Blob(blob) = identifier else {
            return Err(identifier.no_handler());
        };
        Ok(Box::new(Blob(blob.clone())))
    }
}

struct Blob(BlobIdentifier);

impl SourceInstance for Blob {
    fn cache_key(&self, _index: u32) -> Result<SourceKey, SourceError> {
        Ok(self.0.key())
    }

    fn snapshot(&self) -> Result<Option<Box<dyn ImmutableRef + '_>>, SourceError> {
        Err(SourceError::NoSnapshot {
            scheme: self.0.scheme,
        })
    }
}
