//! Any bytes as a layer: an answer, and the same one however they are cut.

use oci_lens::layer::scan::{LayerScan, ScanJob, ScanKind};
use oci_lens::layer::scanned::Scanned;
use oci_lens::limits::Limits;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let whole = scan(bytes, usize::MAX);
    assert_eq!(scan(bytes, 1), whole);
    assert_eq!(scan(bytes, 97), whole);
    let transferred = whole
        .to_bytes()
        .and_then(|bytes| Scanned::from_bytes(&bytes));
    assert_eq!(transferred.as_ref(), Ok(&whole));
}

/// Limits with which no input takes long, and short ones have seek points.
pub(super) fn limits() -> Limits {
    Limits {
        unpacked_bytes: 8 << 20,
        seek_interval: 1 << 10,
        seek_layer_bytes: 40 << 10,
        sparse_hole_bytes: 1 << 20,
        zstd_window_bytes: 8 << 20,
        ..Limits::default()
    }
}

/// Scans bytes cut so.
pub(super) fn scan(bytes: &[u8], cut: usize) -> Scanned {
    let job = job(bytes);
    let limits = limits();
    let mut scan = LayerScan::new(&job, &limits);
    for mut piece in bytes.chunks(cut) {
        while !piece.is_empty() {
            let before = (scan.stored(), scan.unpacked());
            let taken = scan.push(piece);
            assert_ne!(
                before,
                (scan.stored(), scan.unpacked()),
                "a call did nothing"
            );
            piece = &piece[taken..];
        }
    }
    scan.finish()
}

/// The result of a scan as it goes from one worker to another.
pub fn transferred(bytes: &[u8]) -> Vec<u8> {
    scan(bytes, usize::MAX).to_bytes().unwrap_or_default()
}

/// A job for these bytes as a layer of which nothing is promised.
pub(super) fn job(bytes: &[u8]) -> ScanJob {
    ScanJob {
        job: 0,
        source: Some(0),
        offset: 0,
        size: bytes.len() as u64,
        kind: ScanKind::Layer,
        media_type: None,
        expected: None,
        expected_size: None,
        diff_ids: Vec::new(),
        content_digests: true,
    }
}
