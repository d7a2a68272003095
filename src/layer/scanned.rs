//! What a scan found, and its form between workers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::table::EntryTable;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::report::{Compression, EntryCounts, Reason, Verification};

/// Result of one [`LayerScan`](super::scan::LayerScan).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// The job's own number.
    pub job: u32,
    /// Stored bytes against digest and size.
    pub verification: Verification,
    /// Stored bytes that were there.
    pub actual_size: u64,
    /// Compression as found; `None` for one that is not known here, and where
    /// only the digest was asked for.
    pub compression: Option<Compression>,
    /// Digests of the unpacked bytes, one for each algorithm asked for; empty
    /// when the stream did not end cleanly.
    pub diff_ids: Vec<Digest>,
    /// Why there are no diff IDs; `None` too where they were not asked for.
    pub diff_reason: Option<Reason>,
    /// Unpacked bytes, as far as unpacking came.
    pub unpacked_size: u64,
    /// Tar entries by kind, as far as they could be read.
    pub counts: EntryCounts,
    /// The entries themselves.
    #[serde(skip)]
    pub table: EntryTable,
    /// Findings about the blob, its compression and its tar.
    pub diagnostics: Vec<Diagnostic>,
}

/// The part that only a layer has.
#[derive(Default)]
pub(super) struct Unpacked {
    pub(super) compression: Option<Compression>,
    pub(super) diff_ids: Vec<Digest>,
    pub(super) diff_reason: Option<Reason>,
    pub(super) size: u64,
    pub(super) counts: EntryCounts,
    pub(super) table: EntryTable,
}

/// The bytes are no [`Scanned`]'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotScanned;

impl fmt::Display for NotScanned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a scan's result, but found other bytes")
    }
}

impl std::error::Error for NotScanned {}

impl Scanned {
    pub(super) fn new(
        job: u32,
        verification: Verification,
        actual_size: u64,
        unpacked: Unpacked,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Self {
            job,
            verification,
            actual_size,
            compression: unpacked.compression,
            diff_ids: unpacked.diff_ids,
            diff_reason: unpacked.diff_reason,
            unpacked_size: unpacked.size,
            counts: unpacked.counts,
            table: unpacked.table,
            diagnostics,
        }
    }

    /// Bytes that [`Scanned::from_bytes`] reads: the length of a JSON text in
    /// four bytes, little-endian, that text, and the table in postcard.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] when the findings alone pass 4 GiB; caps keep them far below.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotScanned> {
        let json = serde_json::to_vec(self).map_err(|_| NotScanned)?;
        let length = u32::try_from(json.len()).map_err(|_| NotScanned)?;
        let mut bytes = Vec::with_capacity(4 + json.len() + self.table.memory() / 2);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&json);
        postcard::to_extend(&self.table, bytes).map_err(|_| NotScanned)
    }

    /// Reads what [`Scanned::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotScanned> {
        let (&length, rest) = bytes.split_first_chunk::<4>().ok_or(NotScanned)?;
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| NotScanned)?;
        let (json, table) = rest.split_at_checked(length).ok_or(NotScanned)?;
        let mut scanned: Self = serde_json::from_slice(json).map_err(|_| NotScanned)?;
        scanned.table = postcard::from_bytes(table).map_err(|_| NotScanned)?;
        Ok(scanned)
    }
}
