//! Any bytes as a scan's result: refused, or readable to the last entry.

#![no_main]

use libfuzzer_sys::fuzz_target;
use oci_lens::layer::scanned::Scanned;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(scanned) = Scanned::from_bytes(bytes) {
        assert_eq!(scanned.table.iter().count(), scanned.table.len());
    }
});
