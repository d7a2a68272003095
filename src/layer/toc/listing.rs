//! What a table of contents lists, and where the bytes of the files begin.

use serde::{Deserialize, Serialize};

use super::TocJob;
use crate::digest::{Algorithm, Digest};
use crate::layer::extract::Start;
use crate::layer::scanned::NotScanned;
use crate::layer::table::EntryTable;
use crate::report::TocFormat;

/// A layer as its table of contents lists it.
///
/// The entries have offsets of their own: nobody knows those of the tar before it is unpacked. They
/// rise from file to file, each file's bytes are one run, and between two files lies a gap, so that
/// what unpacks one file never stands where another begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Digest of the table of contents: only images that vouch for it have this list.
    pub digest: Digest,
    /// Its format.
    pub format: TocFormat,
    /// The entries.
    pub table: EntryTable,
    /// In the order of their offsets.
    pub(super) chunks: Vec<Chunk>,
    /// By entry: SHA-256 of files' contents, as the table of contents has them.
    pub(super) contents: Vec<(u32, [u8; 32])>,
}

/// A run of one file's bytes, and where unpacking them begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chunk {
    /// The listing's offset of its first byte.
    pub(super) offset: u64,
    /// Where its gzip member or zstd frame begins in the layer.
    pub(super) stored: u64,
    /// What that unpacks to before the first byte.
    pub(super) inner: u64,
    /// Where the next member or frame that a chunk begins in lies.
    pub(super) end: u64,
}

impl Listing {
    /// Where to begin for the byte at an offset.
    pub fn start(&self, offset: u64) -> Option<Start> {
        let chunk = self.chunk(offset)?;
        Some(Start {
            stored: chunk.stored,
            unpacked: chunk.offset.saturating_sub(chunk.inner),
            is_plain: false,
        })
    }

    /// Stored bytes behind which none is needed for the byte at an offset.
    pub fn end(&self, offset: u64) -> Option<u64> {
        self.chunk(offset).map(|chunk| chunk.end)
    }

    /// Digest of the content of the file at `index`, as the table of contents has it.
    pub fn content(&self, index: u32) -> Option<Digest> {
        let at = self
            .contents
            .binary_search_by_key(&index, |(entry, _)| *entry);
        let (_, bytes) = self.contents.get(at.ok()?)?;
        Some(Digest::from_slice(Algorithm::Sha256, bytes))
    }

    fn chunk(&self, offset: u64) -> Option<&Chunk> {
        let after = self.chunks.partition_point(|chunk| chunk.offset <= offset);
        self.chunks.get(after.checked_sub(1)?)
    }
}

/// What came of a [`TocJob`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The job's own number.
    pub job: u32,
    /// The layer as it is listed.
    pub listing: Listing,
}

impl Listed {
    pub(super) const fn new(job: &TocJob, listing: Listing) -> Self {
        let job = job.job;
        Self { job, listing }
    }

    /// Bytes that [`Listed::from_bytes`] reads, in postcard.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] when it cannot be written; caps keep it far below what can.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotScanned> {
        let bytes = Vec::with_capacity(self.listing.table.memory());
        postcard::to_extend(self, bytes).map_err(|_| NotScanned)
    }

    /// Reads what [`Listed::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotScanned> {
        let mut listed: Self = postcard::from_bytes(bytes).map_err(|_| NotScanned)?;
        let table = std::mem::take(&mut listed.listing.table);
        listed.listing.table = EntryTable::new().joined(table).ok_or(NotScanned)?;
        Ok(listed)
    }
}
