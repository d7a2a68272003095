//! A compressed archive, or one from a pipe, made into a file that can be read
//! anywhere: unpacked once, streaming, to a temporary file.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::{OpenError, SNIFF_BYTES, outer, sniff};
use crate::diagnostic::{Diagnostic, Severity};
use crate::layer::Decoder;
use crate::limits::Limits;
use crate::report::{Compression, Failure, OuterInfo};

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// A tar in a temporary file of its own.
#[derive(Debug)]
pub struct Unpacked {
    /// The tar; the file has no name and vanishes with it.
    pub tar: File,
    /// The compression that was around it; `None` where there was none. A
    /// stream that breaks off is among its findings and no failure: the tar
    /// opens up to there.
    pub outer: Option<OuterInfo>,
}

/// Bytes taken in and bytes written so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes taken in.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
}

/// Why nothing was unpacked.
#[derive(Debug)]
pub enum UnpackError {
    /// What came is no archive.
    Open(OpenError),
    /// It could not be read.
    Read {
        /// Bytes read before.
        offset: u64,
        /// What the medium says.
        source: io::Error,
    },
    /// The temporary file could not be written.
    Write {
        /// Bytes written before.
        written: u64,
        /// What the medium says.
        source: io::Error,
    },
    /// It unpacks to more than anybody's archive.
    Limit {
        /// The cap in bytes.
        cap: u64,
    },
    /// Not a byte of it could be unpacked.
    Broken {
        /// What the decoder found.
        finding: Box<Diagnostic>,
    },
    /// The caller stopped it.
    Cancelled,
}

impl UnpackError {
    /// Stable code for reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Read { .. } => "read-failed",
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "disk-full"
            }
            Self::Write { .. } => "write-failed",
            Self::Limit { .. } => "limit-unpacked",
            Self::Broken { .. } => "outer-broken",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for UnpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => fmt::Display::fmt(error, f),
            Self::Read { offset, source } => write!(f, "could not read at byte {offset}: {source}"),
            Self::Write { written, source } => write!(
                f,
                "could not unpack to a temporary file after {written} bytes: {source}; \
                 TMPDIR chooses another folder for it"
            ),
            Self::Limit { cap } => {
                write!(f, "expected at most {cap} unpacked bytes, but found more")
            }
            Self::Broken { finding } => write!(f, "nothing could be unpacked: {}", finding.message),
            Self::Cancelled => f.write_str("stopped before everything was unpacked"),
        }
    }
}

impl std::error::Error for UnpackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open(error) => Some(error),
            Self::Read { source, .. } | Self::Write { source, .. } => Some(source),
            Self::Limit { .. } | Self::Broken { .. } | Self::Cancelled => None,
        }
    }
}

impl From<&UnpackError> for Failure {
    fn from(error: &UnpackError) -> Self {
        match error {
            UnpackError::Open(error) => Self::from(error),
            _ => Self {
                code: error.code().to_owned(),
                message: error.to_string(),
                seems: None,
                hints: Vec::new(),
            },
        }
    }
}

/// Reads `input` to its end into a temporary file in `folder`, or in the
/// system's, unpacking a compressed archive on the way. `progress` is called
/// after each read and stops the work when it breaks.
///
/// # Errors
///
/// [`UnpackError`]; the temporary file is gone then.
pub fn unpack(
    mut input: impl Read,
    folder: Option<&Path>,
    limits: &Limits,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Unpacked, UnpackError> {
    let mut state = State::new(folder, limits)?;
    let head = state.read(&mut input, SNIFF_BYTES)?;
    let outer = sniff(&head).outer().map_err(UnpackError::Open)?;
    let mut decoder = (outer != Compression::None).then(|| Decoder::of_archive(limits));
    let mut chunk = head;
    while !chunk.is_empty() {
        match &mut decoder {
            Some(decoder) => state.push(decoder, &chunk)?,
            None => state.write(&chunk)?,
        }
        let so_far = Progress {
            read: state.read,
            written: state.written,
        };
        if progress(so_far).is_break() {
            return Err(UnpackError::Cancelled);
        }
        if decoder
            .as_ref()
            .is_some_and(|decoder| decoder.failure().is_some())
        {
            break;
        }
        chunk = state.read(&mut input, CHUNK)?;
    }
    let outer = match &mut decoder {
        Some(decoder) => Some(state.finish(decoder)?),
        None => None,
    };
    Ok(Unpacked {
        tar: state.file,
        outer,
    })
}

struct State {
    file: File,
    read: u64,
    written: u64,
    cap: u64,
    output: Vec<u8>,
}

impl State {
    fn new(folder: Option<&Path>, limits: &Limits) -> Result<Self, UnpackError> {
        let file = match folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        };
        Ok(Self {
            file: file.map_err(|source| UnpackError::Write { written: 0, source })?,
            read: 0,
            written: 0,
            cap: limits.unpacked_bytes,
            output: Vec::new(),
        })
    }

    // As many bytes as asked for, fewer only at the end.
    fn read(&mut self, input: &mut impl Read, length: usize) -> Result<Vec<u8>, UnpackError> {
        let mut chunk = Vec::new();
        let read = input.take(length as u64).read_to_end(&mut chunk);
        let offset = self.read;
        self.read += read.map_err(|source| UnpackError::Read { offset, source })? as u64;
        Ok(chunk)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), UnpackError> {
        let written = self.written;
        if written.saturating_add(bytes.len() as u64) > self.cap {
            return Err(UnpackError::Limit { cap: self.cap });
        }
        self.file
            .write_all(bytes)
            .map_err(|source| UnpackError::Write { written, source })?;
        self.written = written + bytes.len() as u64;
        Ok(())
    }

    fn push(&mut self, decoder: &mut Decoder, chunk: &[u8]) -> Result<(), UnpackError> {
        let mut rest = chunk;
        loop {
            let taken = decoder.push(rest, &mut self.output);
            rest = rest.get(taken..).unwrap_or_default();
            if taken == 0 && self.output.is_empty() {
                return Ok(());
            }
            self.flush()?;
        }
    }

    fn finish(&mut self, decoder: &mut Decoder) -> Result<OuterInfo, UnpackError> {
        loop {
            decoder.finish(&mut self.output);
            if self.output.is_empty() {
                break;
            }
            self.flush()?;
        }
        let info = outer::info(decoder, self.read);
        match info
            .diagnostics
            .iter()
            .find(|finding| finding.severity == Severity::Error)
        {
            Some(finding) if self.written == 0 => Err(UnpackError::Broken {
                finding: Box::new(finding.clone()),
            }),
            _ => Ok(info),
        }
    }

    fn flush(&mut self) -> Result<(), UnpackError> {
        let output = std::mem::take(&mut self.output);
        self.write(&output)?;
        self.output = output;
        self.output.clear();
        Ok(())
    }
}
