//! Reads a table of contents: ranges of stored bytes in, in any cut; the listed layer out.

use std::ops::Range;

use super::entries;
use super::footer::Footer;
use super::listing::{Listed, Listing};
use super::{Position, TocError, TocJob};
use crate::diagnostic::Diagnostics;
use crate::digest::Digest;
use crate::layer::compression::Decoder;
use crate::layer::table::EntryKind;
use crate::layer::tar::TarScan;
use crate::limits::Limits;
use crate::report::{Compression, Reason};

/// Bytes that are read at a layer's end for its footer: the tables of contents of some hundred
/// files are among them, and one request is enough for these.
const TAIL: u64 = 64 << 10;

/// Name of the table of contents in the tar: docs/estargz.md, "TOC".
pub(super) const TOC_NAME: &[u8] = b"stargz.index.json";

/// A table of contents that is being read.
#[derive(Debug)]
pub struct TocReader {
    job: TocJob,
    limits: Limits,
    state: State,
    /// What is there of the range that is wanted.
    held: Vec<u8>,
}

#[derive(Debug)]
enum State {
    /// The layer's last bytes are wanted.
    Tail(Range<u64>),
    /// What comes before them is wanted; they are held.
    Head { range: Range<u64>, tail: Vec<u8> },
    /// The table itself is wanted.
    Whole(Range<u64>),
}

impl State {
    const fn range(&self) -> &Range<u64> {
        match self {
            Self::Tail(range) | Self::Head { range, .. } | Self::Whole(range) => range,
        }
    }
}

impl TocReader {
    /// A reader that has seen no bytes.
    ///
    /// # Errors
    ///
    /// [`TocError`] for a table that lies outside of its layer, or is too long.
    pub fn new(job: TocJob, limits: &Limits) -> Result<Self, TocError> {
        let size = job.size;
        let state = match job.toc.position {
            Position::Footer => State::Tail(size.saturating_sub(TAIL)..size),
            Position::At { offset, length } => State::Whole(range(offset, length, size, limits)?),
        };
        Ok(Self {
            job,
            limits: limits.clone(),
            state,
            held: Vec::new(),
        })
    }

    /// The stored bytes of the layer that are wanted next; empty when it is to be
    /// [finished](Self::finish).
    pub fn wanted(&self) -> Range<u64> {
        let Range { start, end } = *self.state.range();
        start.saturating_add(self.held.len() as u64).min(end)..end
    }

    /// Takes bytes from the front of those that are wanted; what is too much is left out.
    ///
    /// # Errors
    ///
    /// [`TocError`]: it is over then.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TocError> {
        let wanted = self.wanted();
        let length = usize::try_from(wanted.end - wanted.start).unwrap_or(usize::MAX);
        self.held
            .extend_from_slice(bytes.get(..length).unwrap_or(bytes));
        if self.wanted().is_empty() {
            self.advance()?;
        }
        Ok(())
    }

    // The tail tells where the table begins.
    fn advance(&mut self) -> Result<(), TocError> {
        let State::Tail(range_of_tail) = &self.state else {
            return Ok(());
        };
        let begins = range_of_tail.start;
        let footer = Footer::at_end(&self.held).ok_or(TocError::NoFooter)?;
        let end = self.job.size.saturating_sub(footer.length as u64);
        let length = end.saturating_sub(footer.toc);
        let whole = range(footer.toc, length, end, &self.limits)?;
        let mut tail = std::mem::take(&mut self.held);
        tail.truncate(tail.len().saturating_sub(footer.length));
        let before = usize::try_from(whole.start.saturating_sub(begins)).unwrap_or(usize::MAX);
        self.state = if whole.start < begins {
            let range = whole.start..begins;
            State::Head { range, tail }
        } else {
            self.held = tail.split_off(before.min(tail.len()));
            State::Whole(whole)
        };
        Ok(())
    }

    /// The layer as its table of contents lists it.
    ///
    /// # Errors
    ///
    /// [`TocError`]: also where bytes are still wanted.
    pub fn finish(self) -> Result<Listed, TocError> {
        let missing = self.wanted();
        if !missing.is_empty() {
            return Err(TocError::Outside {
                offset: missing.start,
                length: missing.end - missing.start,
                size: missing.start,
            });
        }
        let Self {
            job,
            limits,
            state,
            mut held,
        } = self;
        let begins = state.range().start;
        if let State::Tail(_) = state {
            return Err(TocError::NoFooter);
        }
        if let State::Head { tail, .. } = state {
            held.extend(tail);
        }
        let json = match job.toc.position {
            Position::Footer => {
                let json = json_of_tar(&unpacked(&held, Compression::Gzip, &limits)?, &limits)?;
                verify(&json, &job)?;
                json
            }
            Position::At { .. } => {
                verify(&held, &job)?;
                unpacked(&held, Compression::Zstd, &limits)?
            }
        };
        drop(held);
        let read = entries::read(&json, begins, &limits)?;
        let listing = Listing {
            digest: job.toc.digest,
            format: job.toc.format(),
            table: read.table,
            chunks: read.chunks,
            contents: read.contents,
        };
        Ok(Listed::new(&job, listing))
    }
}

fn range(offset: u64, length: u64, size: u64, limits: &Limits) -> Result<Range<u64>, TocError> {
    let end = offset.checked_add(length).filter(|end| *end <= size);
    match end {
        Some(_) if length > limits.toc_bytes => Err(too_long(limits)),
        Some(end) if length > 0 => Ok(offset..end),
        _ => Err(TocError::Outside {
            offset,
            length,
            size,
        }),
    }
}

const fn too_long(limits: &Limits) -> TocError {
    TocError::Limit {
        code: "limit-toc-bytes",
        limit: limits.toc_bytes,
    }
}

fn verify(bytes: &[u8], job: &TocJob) -> Result<(), TocError> {
    let expected = &job.toc.digest;
    let computed = Digest::of(expected.algorithm(), bytes);
    match computed == *expected {
        true => Ok(()),
        false => Err(TocError::Digest {
            expected: (*expected).into(),
            computed: computed.into(),
        }),
    }
}

fn unpacked(
    mut packed: &[u8],
    compression: Compression,
    limits: &Limits,
) -> Result<Vec<u8>, TocError> {
    let most = usize::try_from(limits.toc_bytes).unwrap_or(usize::MAX);
    let mut decoder = Decoder::of_packed(limits);
    let mut output = Vec::new();
    loop {
        let before = output.len();
        let taken = match packed.is_empty() {
            true => {
                decoder.finish(&mut output);
                0
            }
            false => decoder.push(packed, &mut output),
        };
        packed = packed.get(taken..).unwrap_or_default();
        if output.len() > most {
            return Err(too_long(limits));
        }
        if taken == 0 && output.len() == before {
            break;
        }
    }
    let reason = decoder.failure();
    let is_other = decoder.compression() != Some(compression) || decoder.is_doubtful();
    match reason.or(is_other.then_some(Reason::DecompressionFailed)) {
        Some(reason) => Err(TocError::Unpacking { reason }),
        None => Ok(output),
    }
}

// The member of an eStargz layer unpacks to an entry of the tar, and the end marker behind it.
fn json_of_tar(tar: &[u8], limits: &Limits) -> Result<Vec<u8>, TocError> {
    let mut findings = Diagnostics::new(0);
    let mut scan = TarScan::new(limits, false);
    scan.push(tar, &mut findings);
    let (table, _) = scan.finish(None, &mut findings);
    let json = table.entry(0).and_then(|entry| {
        let is_one = entry.kind == EntryKind::File && entry.path.to_vec() == TOC_NAME;
        let start = usize::try_from(entry.data_offset).ok().filter(|_| is_one)?;
        let end = start.checked_add(usize::try_from(entry.size).ok()?)?;
        tar.get(start..end)
    });
    json.map(<[u8]>::to_vec).ok_or(TocError::Malformed {
        expected: "a tar with stargz.index.json",
        entry: None,
    })
}
