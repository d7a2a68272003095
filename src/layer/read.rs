//! A scan fed from a source that is read at random.

use std::io;

use super::{LayerScan, ScanJob, Scanned};
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
