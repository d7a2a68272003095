//! Any bytes as what passes between the modules: refused, or
//! readable to the last entry and good for a tree.

use std::sync::Arc;

use oci_lens::archive::outer;
use oci_lens::diagnostic::Diagnostics;
use oci_lens::layer::{Arriving, Scanned};
use oci_lens::limits::Limits;
use oci_lens::tree::{MergedTree, Rules};

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    if let Ok(info) = outer::from_bytes(bytes) {
        let again = outer::to_bytes(info.clone());
        assert_eq!(again.and_then(|bytes| outer::from_bytes(&bytes)), Ok(info));
    }
    let mut arriving = Arriving::default();
    if arriving.put(0, bytes).is_ok() {
        // It is a first page, with which a scan may begin again.
        assert_eq!(arriving.put(0, bytes), Ok(()));
    }
    if let Ok(scanned) = Scanned::from_bytes(bytes) {
        let (table, mut findings) = (Arc::new(scanned.table), Diagnostics::new(10));
        assert_eq!(table.iter().count(), table.len());
        for rules in [Rules::Spec, Rules::Containerd] {
            let mut tree = MergedTree::new(rules, &Limits::default());
            tree.apply(0, Arc::clone(&table), &mut findings);
        }
    }
}
