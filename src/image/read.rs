//! Documents, read from wherever their blobs lie and judged at once.

use crate::archive::Location;
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::DocumentError;
use crate::source::ReadAt;

use super::Inspection;
use super::blobs::{BlobNumber, Place};

impl<S: ReadAt> Inspection<S> {
    /// The bytes of a blob that is a document, with its verdict noted; `None`
    /// where it is absent or larger than documents are read.
    pub(super) fn read_document(&mut self, number: BlobNumber) -> Option<Vec<u8>> {
        let limit = self.limits.document_bytes;
        let blob = self.blobs.get_mut(number)?;
        let bytes = match &blob.place {
            Place::Absent => return None,
            Place::Embedded(data) => data.clone(),
            Place::Archive {
                source,
                offset,
                size,
            } => {
                let location = Location {
                    source: *source,
                    offset: *offset,
                    size: *size,
                    available: *size,
                };
                match self.archive.read_location(&location, limit) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        let name = blob.name();
                        blob.diagnostics.push(error.diagnostic(name.as_bytes()));
                        return None;
                    }
                }
            }
        };
        // One blob may be many images' config; its verdict stays the same.
        if blob.scan.is_some() {
            blob.judge(&bytes);
        }
        Some(bytes)
    }
}

/// A finding on a document that could not be read.
pub(super) fn unreadable(error: &DocumentError, blob: impl ToString) -> Diagnostic {
    Diagnostic::new(Severity::Error, error.code(), error.to_string()).blob(blob)
}
