//! What a content store refuses, in containerd's classes (`errdefs`).

use std::{error, fmt, io};

use super::filter::FilterError;
use crate::digest::{Digest, DigestError};
use crate::report::Failure;

/// containerd's classes of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It is there already.
    AlreadyExists,
    /// It is not there.
    NotFound,
    /// Something about it has to be otherwise first.
    FailedPrecondition,
    /// Someone else has it now.
    Unavailable,
    /// What was asked for makes no sense.
    InvalidArgument,
    /// Beyond what is there.
    OutOfRange,
    /// There is no room for it.
    ResourceExhausted,
    /// None of these.
    Other,
}

impl Class {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlreadyExists => "already-exists",
            Self::NotFound => "not-found",
            Self::FailedPrecondition => "failed-precondition",
            Self::Unavailable => "unavailable",
            Self::InvalidArgument => "invalid-argument",
            Self::OutOfRange => "out-of-range",
            Self::ResourceExhausted => "resource-exhausted",
            Self::Other => "store-failed",
        }
    }
}

/// Why a content store did not do what it was asked.
#[derive(Debug)]
pub enum StoreError {
    /// The blob is stored already.
    BlobExists(Digest),
    /// No such blob.
    NoBlob(String),
    /// No such ingest.
    NoIngest(String),
    /// Not a digest.
    Digest {
        /// What was given.
        text: String,
        /// Why it is none.
        error: DigestError,
    },
    /// An ingest has to have a name.
    EmptyRef,
    /// An ingest's name is longer than is taken.
    LongRef {
        /// Bytes that are taken at most.
        limit: usize,
        /// Bytes given.
        found: usize,
    },
    /// Another writer has the ingest open.
    RefLocked(String),
    /// The content has another size than it should.
    Size {
        /// What it should have.
        expected: u64,
        /// What it has.
        actual: u64,
    },
    /// The content has another digest than it should.
    Mismatch {
        /// What it should have.
        expected: Box<Digest>,
        /// What it has.
        actual: Box<Digest>,
    },
    /// The writer was closed, or has committed.
    Closed(String),
    /// Bytes for a place that is not the end of what is there.
    Offset {
        /// Where the next byte goes.
        expected: u64,
        /// Where it was meant to go.
        found: u64,
    },
    /// A writer goes back to the beginning, and nowhere else.
    Truncate(u64),
    /// A field that cannot be updated.
    Field(String),
    /// Not a filter.
    Filter(FilterError),
    /// A label, or all of a blob together, has more bytes than are taken.
    LongLabel {
        /// Its key; empty for all of them.
        key: String,
        /// Bytes that are taken at most.
        limit: usize,
        /// Bytes given.
        found: usize,
    },
    /// The blob lies in the opened archive, which nothing is written to.
    ReadOnly(Digest),
    /// What the store wrote down of this is not readable.
    Damaged(String),
    /// What is garbage cannot be told: a blob's labels cannot be read.
    UnknownLabels {
        /// The first such blob.
        digest: Box<Digest>,
        /// How many more there are.
        more: usize,
    },
    /// The medium's own error.
    Io(io::Error),
}

impl StoreError {
    /// containerd's class.
    pub fn class(&self) -> Class {
        match self {
            Self::BlobExists(_) => Class::AlreadyExists,
            Self::NoBlob(_) | Self::NoIngest(_) => Class::NotFound,
            Self::Digest { .. }
            | Self::EmptyRef
            | Self::LongRef { .. }
            | Self::Field(_)
            | Self::Filter(_)
            | Self::LongLabel { .. } => Class::InvalidArgument,
            Self::RefLocked(_) => Class::Unavailable,
            Self::Size { .. }
            | Self::Mismatch { .. }
            | Self::Closed(_)
            | Self::ReadOnly(_)
            | Self::UnknownLabels { .. } => Class::FailedPrecondition,
            Self::Offset { .. } => Class::OutOfRange,
            Self::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
                ) =>
            {
                Class::ResourceExhausted
            }
            Self::Truncate(_) | Self::Damaged(_) | Self::Io(_) => Class::Other,
        }
    }

    /// Stable code: the name of the class.
    pub fn code(&self) -> &'static str {
        self.class().name()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlobExists(digest) => write!(f, "{digest} is stored already"),
            Self::NoBlob(digest) => write!(f, "no blob {} is stored", digest.escape_debug()),
            Self::NoIngest(name) => write!(f, "there is no ingest {name:?}"),
            Self::Digest { text, error } => write!(f, "{error}, but found {text:?}"),
            Self::EmptyRef => f.write_str("expected a name for the ingest, but found none"),
            Self::LongRef { limit, found } => write!(
                f,
                "expected a name of at most {limit} bytes for the ingest, but found {found}"
            ),
            Self::RefLocked(name) => {
                write!(f, "the ingest {name:?} is being written to by someone else")
            }
            Self::Size { expected, actual } => {
                write!(f, "expected {expected} bytes, but found {actual}")
            }
            Self::Mismatch { expected, actual } => {
                write!(f, "expected {expected}, but found {actual}")
            }
            Self::Closed(name) => write!(f, "the writer of the ingest {name:?} is closed"),
            Self::Offset { expected, found } => {
                write!(
                    f,
                    "expected bytes for offset {expected}, but found them for {found}"
                )
            }
            Self::Truncate(size) => {
                write!(f, "expected to go back to offset 0, but found {size}")
            }
            Self::Field(path) => write!(f, "cannot update {path:?} field on content info"),
            Self::Filter(error) => write!(f, "{error}"),
            Self::LongLabel { key, limit, found } if key.is_empty() => {
                write!(
                    f,
                    "expected labels of at most {limit} bytes, but found {found}"
                )
            }
            Self::LongLabel { key, limit, found } => {
                let key: String = key.chars().take(64).collect();
                write!(
                    f,
                    "expected at most {limit} bytes for the label {key:?}, but found {found}"
                )
            }
            Self::ReadOnly(digest) => {
                write!(
                    f,
                    "{digest} lies in the opened archive, which nothing is written to"
                )
            }
            Self::Damaged(what) => write!(f, "what the store wrote down of {what} is not readable"),
            Self::UnknownLabels { digest, more } => {
                write!(
                    f,
                    "what is garbage cannot be told while the labels of {digest} cannot be read"
                )?;
                match more {
                    0 => Ok(()),
                    more => write!(f, ", nor those of {more} more"),
                }
            }
            Self::Io(error) => match self.class() {
                Class::ResourceExhausted => write!(f, "there is no room left to store it: {error}"),
                _ => write!(f, "{error}"),
            },
        }
    }
}

impl error::Error for StoreError {}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FilterError> for StoreError {
    fn from(error: FilterError) -> Self {
        Self::Filter(error)
    }
}

impl From<&StoreError> for Failure {
    fn from(error: &StoreError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            seems: None,
            hints: Vec::new(),
        }
    }
}
