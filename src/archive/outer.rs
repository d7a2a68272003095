//! The compression around a whole archive: unpacked once, never into memory.

use crate::diagnostic::Diagnostic;
use crate::layer::Decoder;
use crate::layer::scanned::{Finding, NotScanned};
use crate::report::{Compression, OuterInfo};

/// What is known of a compressed file of `size` bytes after `decoder` has seen
/// all of it. A stream that broke is a finding: the archive is what came before.
pub fn info(decoder: &mut Decoder, size: u64) -> OuterInfo {
    OuterInfo {
        compression: decoder.compression().unwrap_or(Compression::None),
        size,
        diagnostics: decoder.take_diagnostics(),
    }
}

/// Bytes that [`from_bytes`] reads, in postcard: what unpacks is a module of its own.
///
/// # Errors
///
/// [`NotScanned`] when it cannot be written.
pub fn to_bytes(outer: OuterInfo) -> Result<Vec<u8>, NotScanned> {
    let findings = outer.diagnostics.into_iter().map(Finding::from);
    let findings: Vec<Finding> = findings.collect();
    postcard::to_allocvec(&(outer.compression, outer.size, findings)).map_err(|_| NotScanned)
}

/// Reads what [`to_bytes`] wrote.
///
/// # Errors
///
/// [`NotScanned`] for any other bytes.
pub fn from_bytes(bytes: &[u8]) -> Result<OuterInfo, NotScanned> {
    let (compression, size, findings): (Compression, u64, Vec<Finding>) =
        postcard::from_bytes(bytes).map_err(|_| NotScanned)?;
    Ok(OuterInfo {
        compression,
        size,
        diagnostics: findings.into_iter().map(Diagnostic::from).collect(),
    })
}
