//! Any bytes as a layer: an answer, and the same one however they are cut.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oci_lens::layer::scan::{LayerScan, ScanJob, ScanKind};
use oci_lens::layer::scanned::Scanned;
use oci_lens::limits::Limits;

fuzz_target!(|bytes: &[u8]| {
    let whole = scan(bytes, usize::MAX);
    assert_eq!(scan(bytes, 1), whole);
    assert_eq!(scan(bytes, 97), whole);
    let transferred = whole.to_bytes().and_then(|bytes| Scanned::from_bytes(&bytes));
    assert_eq!(transferred.as_ref(), Ok(&whole));
});

fn scan(bytes: &[u8], cut: usize) -> Scanned {
    let job = ScanJob {
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
    };
    let limits = Limits {
        unpacked_bytes: 8 << 20,
        sparse_hole_bytes: 1 << 20,
        zstd_window_bytes: 8 << 20,
        ..Limits::default()
    };
    let mut scan = LayerScan::new(&job, &limits);
    for mut piece in bytes.chunks(cut) {
        while !piece.is_empty() {
            let before = (scan.stored(), scan.unpacked());
            let taken = scan.push(piece);
            assert_ne!(before, (scan.stored(), scan.unpacked()), "a call did nothing");
            piece = &piece[taken..];
        }
    }
    scan.finish()
}
