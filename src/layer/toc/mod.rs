//! Tables of contents of layers that carry one: eStargz and zstd:chunked.
//!
//! stargz-snapshotter `docs/estargz.md`; containers/storage `pkg/chunked`. A table of contents is
//! used only where the layer's descriptor has its digest. It says what the tar holds and at which
//! gzip member or zstd frame the bytes of each file begin, so that neither has to be read for a
//! list. Whether the tar is what it says, only a scan can tell: see [`mismatch`].
//!
//! Not covered: the tar-split data of zstd:chunked, and eStargz' tables of contents that are kept
//! in another image.

mod entries;
mod footer;
mod listing;
mod mismatch;
mod reader;

pub use listing::{Listed, Listing};
pub use mismatch::mismatch;
pub use reader::TocReader;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::scanned::NotScanned;
use crate::digest::Digest;
use crate::report::{Reason, TocFormat};

/// Digest of eStargz' JSON, as it is unpacked: docs/estargz.md, "Content Verification".
const ESTARGZ_DIGEST: &str = "containerd.io/snapshot/stargz/toc.digest";
/// Beginnings of the annotations of zstd:chunked: that of containers/storage today, and that of its
/// first versions and of stargz-snapshotter.
const CHUNKED: [&str; 2] = [
    "io.github.containers.zstd-chunked.",
    "io.containers.zstd-chunked.",
];
/// Digest of the JSON as it is packed.
const CHUNKED_DIGEST: &str = "manifest-checksum";
/// `offset:length:unpacked length:type`, decimal.
const CHUNKED_POSITION: &str = "manifest-position";
/// The only type there is: JSON of the form that CRFS introduced.
const CHUNKED_TYPE: &str = "1";

/// What a descriptor says of its layer's table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toc {
    /// The table's digest: of its JSON for eStargz, of the packed JSON for zstd:chunked.
    pub digest: Digest,
    position: Position,
}

/// Where a table of contents lies in its blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Position {
    /// Where the blob's last bytes say.
    Footer,
    /// Here.
    At { offset: u64, length: u64 },
}

impl Toc {
    /// What the annotations of a layer's descriptor vouch for; none where they are of no known
    /// form. Layers of zstd:chunked may have eStargz' annotation besides.
    pub fn of(annotations: &BTreeMap<String, String>) -> Option<Self> {
        let chunked = CHUNKED.iter().find_map(|start| {
            let value = |name| annotations.get(&format!("{start}{name}"));
            Some((value(CHUNKED_DIGEST)?, value(CHUNKED_POSITION)?))
        });
        let (digest, position) = match chunked {
            Some((digest, position)) => (digest, Position::parse(position)?),
            None => (annotations.get(ESTARGZ_DIGEST)?, Position::Footer),
        };
        let digest = Digest::parse(digest).ok()?;
        Some(Self { digest, position })
    }

    /// Its format.
    pub const fn format(&self) -> TocFormat {
        match self.position {
            Position::Footer => TocFormat::Estargz,
            Position::At { .. } => TocFormat::ZstdChunked,
        }
    }
}

impl Position {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut number = || parts.next()?.parse().ok();
        let (offset, length, _unpacked): (u64, u64, u64) = (number()?, number()?, number()?);
        let is_whole = parts.next() == Some(CHUNKED_TYPE) && parts.next().is_none();
        is_whole.then_some(Self::At { offset, length })
    }
}

/// A table of contents to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TocJob {
    /// Number of the layer's blob: that of its scan job.
    pub job: u32,
    /// Stored bytes of the layer.
    pub size: u64,
    /// What vouches for the table.
    pub toc: Toc,
}

impl TocJob {
    /// Bytes that [`TocJob::from_bytes`] reads, in postcard.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] when it cannot be written; it is far below what can.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotScanned> {
        postcard::to_allocvec(self).map_err(|_| NotScanned)
    }

    /// Reads what [`TocJob::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`NotScanned`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotScanned> {
        postcard::from_bytes(bytes).map_err(|_| NotScanned)
    }
}

/// Why a table of contents is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TocError {
    /// The layer does not end with what says where the table is.
    NoFooter,
    /// The table lies where the layer has no bytes.
    Outside {
        /// Where it begins in the stored bytes.
        offset: u64,
        /// Its stored bytes.
        length: u64,
        /// Stored bytes of the layer.
        size: u64,
    },
    /// A cap was passed.
    Limit {
        /// Which.
        code: &'static str,
        /// The cap.
        limit: u64,
    },
    /// It is not what the descriptor's annotation vouches for.
    Digest {
        /// The annotation's.
        expected: Box<Digest>,
        /// That of the bytes.
        computed: Box<Digest>,
    },
    /// It cannot be unpacked.
    Unpacking {
        /// Why.
        reason: Reason,
    },
    /// It is not of the format, or contradicts itself.
    Malformed {
        /// What could have been there.
        expected: &'static str,
        /// Which of its entries it is about, from 0.
        entry: Option<usize>,
    },
}

impl TocError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoFooter => "toc-no-footer",
            Self::Outside { .. } => "toc-outside",
            Self::Limit { code, .. } => code,
            Self::Digest { .. } => "toc-digest",
            Self::Unpacking { .. } => "toc-not-unpacked",
            Self::Malformed { .. } => "toc-malformed",
        }
    }
}

impl fmt::Display for TocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFooter => f.write_str("expected a footer of eStargz, but found other bytes"),
            Self::Outside {
                offset,
                length,
                size,
            } => write!(
                f,
                "expected it among {size} stored bytes, but it is said to be {length} bytes at {offset}"
            ),
            Self::Limit { code, limit } => write!(f, "it passes the limit {code} of {limit}"),
            Self::Digest { expected, computed } => {
                write!(f, "expected the digest {expected}, but found {computed}")
            }
            Self::Unpacking { .. } => f.write_str("it cannot be unpacked"),
            Self::Malformed {
                expected,
                entry: None,
            } => write!(f, "expected {expected}, but found something else"),
            Self::Malformed {
                expected,
                entry: Some(entry),
            } => write!(
                f,
                "expected {expected}, but found something else in entry {entry}"
            ),
        }
    }
}

impl std::error::Error for TocError {}
