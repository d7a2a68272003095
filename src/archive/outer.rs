//! The compression around a whole archive: unpacked once, never into memory.

use crate::layer::Decoder;
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
