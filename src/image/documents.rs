//! Single documents of the archive, when they are asked for.

use crate::archive::{Location, MemberError};
use crate::diagnostic::escape;
use crate::digest::AnyDigest;
use crate::limits::DOCUMENT_VIEW_BYTES;
use crate::manifest::dockerfile::{Origin, dockerfile};
use crate::report::{DockerfileView, Failure};
use crate::source::ReadAt;

use super::Inspection;
use super::blobs::{Blob, Place};

/// A document's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDocument {
    /// The archive member that holds it; empty where a descriptor does.
    pub name: String,
    /// All of its bytes.
    pub bytes: Vec<u8>,
}

/// Why there are no bytes of a document to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupError {
    /// The archive holds nothing under that digest or name.
    Missing {
        /// What was asked for, escaped.
        asked: String,
    },
    /// It cannot be read, or is too large to be shown.
    Unreadable(MemberError),
}

impl From<&LookupError> for Failure {
    fn from(error: &LookupError) -> Self {
        let (code, message) = match error {
            LookupError::Missing { asked } => (
                "no-such-document",
                format!("the archive does not hold {asked}"),
            ),
            LookupError::Unreadable(error) => (error.code(), error.to_string()),
        };
        Self {
            code: code.to_owned(),
            message,
            seems: None,
            hints: Vec::new(),
        }
    }
}

impl<S: ReadAt> Inspection<S> {
    /// A Dockerfile made up from an image's history.
    pub fn dockerfile(&self, image: u32) -> Option<DockerfileView> {
        let image = self.image(image)?;
        Some(dockerfile(&Origin {
            history: &image.history,
            layers: image.layers.len(),
            config: image.config.as_ref(),
            annotations: &image.annotations,
        }))
    }

    /// A document by a digest of the report, or by its member's name, as
    /// `index.json`.
    ///
    /// # Errors
    ///
    /// [`LookupError`].
    pub fn document(&self, key: &str) -> Result<FoundDocument, LookupError> {
        if let Some(blob) = self.blob_of(key) {
            let bytes = self.blob_bytes(blob, DOCUMENT_VIEW_BYTES)?;
            let name = blob.member.clone().unwrap_or_default();
            return Ok(FoundDocument { name, bytes });
        }
        let root = self.indexes.first().filter(|index| index.digest == key);
        let name = root.map_or(key, |_| "index.json");
        let Some(member) = self.archive.member(name.as_bytes()) else {
            let asked = escape(key.as_bytes());
            return Err(LookupError::Missing { asked });
        };
        let name = escape(self.archive.name(member));
        let location = member.location();
        let location = location.ok_or(LookupError::Unreadable(MemberError::NotAFile))?;
        let bytes = self
            .archive
            .read_location(&location, DOCUMENT_VIEW_BYTES)
            .map_err(LookupError::Unreadable)?;
        Ok(FoundDocument { name, bytes })
    }

    /// The blob with a digest of the report: its own, or one that was computed
    /// where nothing states it.
    fn blob_of(&self, key: &str) -> Option<&Blob> {
        let digest = AnyDigest::parse(key).ok()?;
        if let Some(number) = self.blobs.of_digest(&digest) {
            return self.blobs.get(number);
        }
        let computed = |blob: &&Blob| {
            blob.digest.is_none() && blob.verification.computed.as_deref() == Some(key)
        };
        self.blobs.iter().map(|(_, blob)| blob).find(computed)
    }

    /// All bytes of a blob, `cap` at most.
    pub(super) fn blob_bytes(&self, blob: &Blob, cap: u64) -> Result<Vec<u8>, LookupError> {
        let location = match &blob.place {
            Place::Absent => {
                let asked = blob.name();
                return Err(LookupError::Missing { asked });
            }
            Place::Embedded(data) => return Ok(data.clone()),
            Place::Archive {
                source,
                offset,
                size,
            } => Location {
                source: *source,
                offset: *offset,
                size: *size,
                available: *size,
            },
        };
        let bytes = self.archive.read_location(&location, cap);
        bytes.map_err(LookupError::Unreadable)
    }
}
