//! What the core asks the allocator for at its most: a module's memory that has once grown stays
//! as large as it was.

#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use oci_lens::diagnostic::Diagnostics;
use oci_lens::layer::TarScan;
use oci_lens::limits::Limits;
use oci_lens::tree::{MergedTree, Rules};

const FOLDERS: usize = 5_000;
const FILES: usize = 100_000;

/// A tar of empty files in folders that have no entry of their own.
fn tar() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o644);
    header.set_size(0);
    for number in 0..FILES {
        let path = format!("{}/{}", number % FOLDERS, number / FOLDERS);
        tar.append_data(&mut header, path, [].as_slice())
            .expect("memory can be written");
    }
    tar.into_inner().expect("memory can be written")
}

#[test]
fn a_tree_is_not_moved_for_folders_without_an_entry() {
    let limits = Limits::default();
    let mut findings = Diagnostics::new(10);
    let mut scan = TarScan::new(&limits, false);
    scan.push(&tar(), &mut findings);
    let table = Arc::new(scan.finish(None, &mut findings).0);
    let mut tree = MergedTree::new(Rules::Spec, &limits);
    let asked = allocation_counter::measure(|| {
        tree.apply(0, table, &mut findings);
    });
    assert_eq!(findings.into_vec(), []);
    assert_eq!(tree.len(), FOLDERS + FILES);
    let most = usize::try_from(asked.bytes_max).expect("a size in memory");
    let kept = tree.memory();
    assert!(most <= kept + kept / 8, "{most} bytes, {kept} of them kept");
}
