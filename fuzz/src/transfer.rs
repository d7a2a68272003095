//! Any bytes as what passes between the modules: refused, or readable to the last entry.

use oci_lens::archive::outer;
use oci_lens::layer::scanned::Scanned;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    if let Ok(info) = outer::from_bytes(bytes) {
        let again = outer::to_bytes(info.clone());
        assert_eq!(again.and_then(|bytes| outer::from_bytes(&bytes)), Ok(info));
    }
    if let Ok(scanned) = Scanned::from_bytes(bytes) {
        assert_eq!(scanned.table.iter().count(), scanned.table.len());
    }
}
