//! Scans and extractions fed from a source that is read at random.

use std::io;

use super::{Extract, ExtractError, LayerScan, ScanJob, Scanned};
use crate::limits::Limits;
use crate::source::ReadAt;

/// Bytes of one read.
const READ_BYTES: usize = 1 << 20;

/// Reads a job's bytes from `source` and scans them. `go_on` is told how many
/// bytes were read so far, and ends the work by `false`: the answer is then of
/// the bytes up to there.
///
/// # Errors
///
/// What the source says.
pub fn scan<S: ReadAt + ?Sized>(
    source: &S,
    job: &ScanJob,
    limits: &Limits,
    mut go_on: impl FnMut(u64) -> bool,
) -> io::Result<Scanned> {
    let mut scan = LayerScan::new(job, limits);
    let end = job.offset.saturating_add(job.size);
    let mut offset = job.offset;
    while offset < end && go_on(offset - job.offset) {
        let wanted = usize::try_from(end - offset).map_or(READ_BYTES, |left| left.min(READ_BYTES));
        let bytes = source.read_up_to(offset, wanted)?;
        if bytes.is_empty() {
            break;
        }
        offset += bytes.len() as u64;
        scan.push_all(&bytes);
    }
    Ok(scan.finish())
}

/// What takes a layer's stored bytes and gives others: an [`Extract`], or what
/// is built on one.
pub trait Machine {
    /// Why it cannot go on.
    type Error;

    /// Where in the layer the next byte to be pushed lies.
    fn stored(&self) -> u64;

    /// Whether it needs no more bytes.
    fn is_done(&self) -> bool;

    /// Takes bytes from the front of `bytes`, appends what they give, and
    /// returns how many it took; called again with the rest.
    ///
    /// # Errors
    ///
    /// Its own.
    fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, Self::Error>;

    /// Notes that there are no more bytes.
    fn end(&mut self);
}

impl Machine for Extract {
    type Error = ExtractError;

    fn stored(&self) -> u64 {
        self.stored()
    }

    fn is_done(&self) -> bool {
        self.is_done()
    }

    fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, ExtractError> {
        self.push(bytes, output)
    }

    fn end(&mut self) {
        self.end();
    }
}

/// Why a machine was not fed to its end.
#[derive(Debug)]
pub enum FeedError<E> {
    /// What the source says.
    Source(io::Error),
    /// What the machine says.
    Machine(E),
    /// What the receiver says.
    Output(io::Error),
}

/// Reads a layer's bytes, `size` of them from `offset` on, until a machine
/// needs no more, and passes on what it gives, piece by piece.
///
/// # Errors
///
/// [`FeedError`].
pub fn feed<S: ReadAt + ?Sized, M: Machine>(
    source: &S,
    (offset, size): (u64, u64),
    machine: &mut M,
    output: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), FeedError<M::Error>> {
    let mut bytes = Vec::new();
    let mut used = 0;
    let mut given = Vec::new();
    while !machine.is_done() {
        if used == bytes.len() {
            let at = machine.stored();
            let wanted = usize::try_from(size.saturating_sub(at)).unwrap_or(READ_BYTES);
            bytes = source
                .read_up_to(offset.saturating_add(at), wanted.min(READ_BYTES))
                .map_err(FeedError::Source)?;
            used = 0;
            if bytes.is_empty() {
                machine.end();
            }
        }
        let rest = bytes.get(used..).unwrap_or_default();
        let taken = machine.push(rest, &mut given);
        output(&given).map_err(FeedError::Output)?;
        given.clear();
        used += taken.map_err(FeedError::Machine)?;
    }
    Ok(())
}
