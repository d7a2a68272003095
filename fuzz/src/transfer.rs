//! Any bytes as a scan's result: refused, or readable to the last entry.

use oci_lens::layer::scanned::Scanned;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    if let Ok(scanned) = Scanned::from_bytes(bytes) {
        assert_eq!(scanned.table.iter().count(), scanned.table.len());
    }
}
