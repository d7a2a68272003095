//! What a scan found, and its form between workers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::compression::SeekPoint;
use super::scan::ScanJob;
use super::table::{EntryTable, TablePage};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::report::{Compression, EntryCounts, Reason, Status, Verification};

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
    /// Whether the digests of their contents were asked for.
    pub has_contents: bool,
    /// The entries themselves.
    #[serde(skip)]
    pub table: EntryTable,
    /// Where unpacking can begin but at the start, in the order of the bytes.
    #[serde(skip)]
    pub seek_points: Vec<SeekPoint>,
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
    pub(super) seek_points: Vec<SeekPoint>,
}

/// The bytes are no [`Scanned`]'s, or no `OuterInfo`'s.
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
        job: &ScanJob,
        verification: Verification,
        actual_size: u64,
        unpacked: Unpacked,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Self {
            job: job.job,
            verification,
            actual_size,
            has_contents: job.content_digests,
            compression: unpacked.compression,
            diff_ids: unpacked.diff_ids,
            diff_reason: unpacked.diff_reason,
            unpacked_size: unpacked.size,
            counts: unpacked.counts,
            table: unpacked.table,
            seek_points: unpacked.seek_points,
            diagnostics,
        }
    }

    /// Bytes that [`Scanned::from_bytes`] reads, in postcard.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] when it cannot be written; caps keep it far below what can.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotScanned> {
        let points: usize = self.seek_points.iter().map(SeekPoint::memory).sum();
        let bytes = Vec::with_capacity(self.table.memory() / 2 + points);
        let parts = (Head::from(self), &self.table, &self.seek_points);
        postcard::to_extend(&parts, bytes).map_err(|_| NotScanned)
    }

    /// Reads what [`Scanned::to_bytes`] wrote of a scan that no page was taken from.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotScanned> {
        Arriving::default().complete(bytes)
    }
}

impl TablePage {
    /// Bytes for [`Arriving::put`], in postcard.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] when it cannot be written; a page is far below what can.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotScanned> {
        postcard::to_allocvec(self).map_err(|_| NotScanned)
    }
}

/// Pages of tables that were taken from scans under way, by jobs: what a large layer's entries
/// need is needed once, where they are kept, and not again where they are read.
#[derive(Debug, Default)]
pub struct Arriving(BTreeMap<u32, EntryTable>);

impl Arriving {
    /// Puts a page behind those of its job. A first page begins anew: what scanned it before
    /// has ended.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] for bytes that are no page, or not the next one.
    pub fn put(&mut self, job: u32, page: &[u8]) -> Result<(), NotScanned> {
        let page: TablePage = postcard::from_bytes(page).map_err(|_| NotScanned)?;
        let table = self.0.entry(job).or_default();
        if page.is_first() {
            *table = EntryTable::new();
        }
        match table.put_page(page) {
            true => Ok(()),
            false => Err(NotScanned),
        }
    }

    /// Forgets what came of a job.
    pub fn leave(&mut self, job: u32) {
        self.0.remove(&job);
    }

    /// Reads what [`Scanned::to_bytes`] wrote, with the pages of its table that came before.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] for any other bytes, and where pages are missing.
    pub fn complete(&mut self, scanned: &[u8]) -> Result<Scanned, NotScanned> {
        let (head, rest, seek_points): (Head, EntryTable, Vec<SeekPoint>) =
            postcard::from_bytes(scanned).map_err(|_| NotScanned)?;
        let before = self.0.remove(&head.job).unwrap_or_default();
        let table = before.joined(rest).ok_or(NotScanned)?;
        Ok(head.with(table, seek_points))
    }
}

// Its findings' own form leaves fields out, which postcard, having no names,
// could not read again; and a reader and writer of JSON weigh 16 kB in the page.
/// A [`Scanned`] without its table and seek points, every field written.
#[derive(Serialize, Deserialize)]
struct Head {
    job: u32,
    status: Status,
    reason: Option<Reason>,
    expected: Option<String>,
    computed: Option<String>,
    actual_size: u64,
    compression: Option<Compression>,
    diff_ids: Vec<Digest>,
    diff_reason: Option<Reason>,
    unpacked_size: u64,
    counts: EntryCounts,
    has_contents: bool,
    findings: Vec<Finding>,
}

/// A finding, every field written.
#[derive(Serialize, Deserialize)]
pub(crate) struct Finding {
    code: String,
    severity: Severity,
    message: String,
    blob: Option<String>,
    layer: Option<u32>,
    path: Option<String>,
    path_hex: Option<String>,
    offset: Option<String>,
    expected: Option<String>,
    found: Option<String>,
}

impl From<&Scanned> for Head {
    fn from(scanned: &Scanned) -> Self {
        // Taken apart, so that a new field cannot be forgotten.
        let Scanned {
            job,
            verification,
            actual_size,
            compression,
            diff_ids,
            diff_reason,
            unpacked_size,
            counts,
            has_contents,
            table: _,
            seek_points: _,
            diagnostics,
        } = scanned;
        let Verification {
            status,
            reason,
            expected,
            computed,
        } = verification.clone();
        Self {
            job: *job,
            status,
            reason,
            expected,
            computed,
            actual_size: *actual_size,
            compression: *compression,
            diff_ids: diff_ids.clone(),
            diff_reason: *diff_reason,
            unpacked_size: *unpacked_size,
            counts: counts.clone(),
            has_contents: *has_contents,
            findings: diagnostics.iter().cloned().map(Finding::from).collect(),
        }
    }
}

impl Head {
    fn with(self, table: EntryTable, seek_points: Vec<SeekPoint>) -> Scanned {
        Scanned {
            job: self.job,
            verification: Verification {
                status: self.status,
                reason: self.reason,
                expected: self.expected,
                computed: self.computed,
            },
            actual_size: self.actual_size,
            compression: self.compression,
            diff_ids: self.diff_ids,
            diff_reason: self.diff_reason,
            unpacked_size: self.unpacked_size,
            counts: self.counts,
            has_contents: self.has_contents,
            table,
            seek_points,
            diagnostics: self.findings.into_iter().map(Diagnostic::from).collect(),
        }
    }
}

macro_rules! same_fields {
    ($from:ident, $to:ident) => {
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                let $from {
                    code,
                    severity,
                    message,
                    blob,
                    layer,
                    path,
                    path_hex,
                    offset,
                    expected,
                    found,
                } = from;
                Self {
                    code,
                    severity,
                    message,
                    blob,
                    layer,
                    path,
                    path_hex,
                    offset,
                    expected,
                    found,
                }
            }
        }
    };
}

same_fields!(Diagnostic, Finding);
same_fields!(Finding, Diagnostic);
