//! Two images side by side, against differences found another way.

mod cache;
mod checksum;
mod documents;
mod truth;

use oci_lens::compare::Comparison;
use oci_lens::image::Inspection;
use oci_lens::report::{CompareView, PathChange};

use crate::support::inspect;

/// Opens an archive and scans it, contents included.
fn scanned(bytes: Vec<u8>) -> Inspection<Vec<u8>> {
    let mut inspection = inspect::open(bytes).expect("the archive opens");
    inspect::scan(&mut inspection);
    inspection
}

/// The whole comparison of two images.
fn compare(
    left: &Inspection<Vec<u8>>,
    image: u32,
    right: &Inspection<Vec<u8>>,
    other: u32,
) -> (CompareView, Vec<PathChange>) {
    let mut comparison = Comparison::new(left, image, right, other).expect("two images");
    while comparison.step(left, right) {}
    let mut paths = Vec::new();
    loop {
        let offset = u32::try_from(paths.len()).expect("a small number");
        let page = comparison.paths(left, right, offset, 1_000);
        assert_eq!(page.offset, offset);
        if page.paths.is_empty() {
            assert_eq!(page.total, offset);
            break;
        }
        paths.extend(page.paths);
    }
    (comparison.view(), paths)
}
