//! Tars whose header checksums are put right first, so that the fuzzer gets
//! past them.

use oci_lens::layer::scan::LayerScan;
use oci_lens::limits::Limits;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let mut tar = bytes.to_vec();
    for block in tar.chunks_exact_mut(512) {
        // Blocks marked so are headers; others stay as data.
        if block[148] & 1 == 1 {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
            block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        }
    }
    let job = super::scan::job(&tar);
    let limits = Limits {
        sparse_hole_bytes: 1 << 20,
        ..Limits::default()
    };
    let mut scan = LayerScan::new(&job, &limits);
    let mut rest = tar.as_slice();
    while !rest.is_empty() {
        let taken = scan.push(rest);
        rest = &rest[taken..];
    }
    let scanned = scan.finish();
    assert_eq!(scanned.counts.total as usize, scanned.table.len());
    for entry in scanned.table.iter() {
        assert!(entry.header_offset < entry.data_offset);
        assert!(entry.data_offset <= tar.len() as u64);
    }
}
