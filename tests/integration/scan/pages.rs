//! Tables of several pages, which are taken while their scans go on.

use std::iter::repeat_n;

use oci_lens::layer::scanned::{NotScanned, Scanned};
use oci_lens::layer::{Arriving, LayerScans};
use oci_lens::limits::Limits;

use super::hostile::file;
use super::{codes, job, scan, scan_pieces};

/// Two full pages and some entries more.
const ENTRIES: usize = 2 * PAGE + 1000;

/// As many as there are on a page.
const PAGE: usize = 1 << 14;

fn tar(entries: usize) -> Vec<u8> {
    let name = |number| format!("folder-{}/file-{number}", number / 1000);
    let files = (0..entries).flat_map(|number| file(&name(number), ""));
    files.chain(repeat_n(0, 1024)).collect()
}

/// A scan's pages, as they are taken between its pieces, and what is left in the end.
fn taken(bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut scans = LayerScans::new(Limits::default());
    let number = scans.begin(&job());
    let mut pages = Vec::new();
    for mut piece in bytes.chunks(100_000) {
        while !piece.is_empty() {
            let pushed = scans.push(number, piece);
            piece = &piece[pushed..];
        }
        while let Some(page) = scans.take_page(number) {
            pages.push(page.to_bytes().expect("a page"));
        }
    }
    scans.end(number);
    let rest = scans.remove(number).expect("a scan").finish();
    (pages, rest.to_bytes().expect("what is left"))
}

cases! {
    fn tables_of_several_pages_are_what_they_are_of_one() {
        let bytes = tar(ENTRIES);
        let whole = scan(&job(), &bytes);
        assert_eq!((whole.table.len(), codes(&whole).as_str()), (ENTRIES, ""));
        let mut count = 0;
        for (at, entry) in whole.table.iter().enumerate() {
            let path = format!("folder-{}/file-{at}", at / 1000);
            assert_eq!(entry.path.to_vec(), path.as_bytes());
            assert_eq!(whole.table.entry(at).as_ref(), Some(&entry));
            count += 1;
        }
        assert_eq!(count, ENTRIES);
        assert_eq!(whole.table.entry(ENTRIES), None);
        let transferred = whole.to_bytes().and_then(|bytes| Scanned::from_bytes(&bytes));
        assert_eq!(transferred.as_ref(), Ok(&whole));
    }

    fn pages_that_were_taken_are_put_before_the_rest() {
        let bytes = tar(ENTRIES);
        let whole = scan(&job(), &bytes);
        let (pages, rest) = taken(&bytes);
        assert_eq!(pages.len(), 2);
        let mut arriving = Arriving::default();
        for page in &pages {
            arriving.put(7, page).expect("the next page");
        }
        assert_eq!(arriving.complete(&rest).as_ref(), Ok(&whole));
        // Each is put once.
        assert_eq!(arriving.complete(&rest), Err(NotScanned));
    }

    fn a_scan_that_begins_again_begins_with_its_first_page() {
        let bytes = tar(ENTRIES);
        let (pages, rest) = taken(&bytes);
        let mut arriving = Arriving::default();
        for page in [&pages[0], &pages[0], &pages[1]] {
            arriving.put(7, page).expect("a page that may come");
        }
        // Another job's are its own.
        arriving.put(8, &pages[0]).expect("a first page");
        assert_eq!(arriving.complete(&rest), Ok(scan(&job(), &bytes)));
    }

    fn pages_that_are_missing_or_none_are_refused() {
        let (pages, rest) = taken(&tar(ENTRIES));
        let put = |order: &[usize]| {
            let mut arriving = Arriving::default();
            let mut results = order.iter().map(|&at| arriving.put(7, &pages[at]));
            let is_refused = results.any(|result| result.is_err());
            (is_refused, arriving.complete(&rest).is_err())
        };
        assert_eq!(put(&[0, 1]), (false, false));
        assert_eq!(put(&[]), (false, true));
        assert_eq!(put(&[0]), (false, true));
        assert_eq!(put(&[1]), (true, true));
        assert_eq!(put(&[0, 1, 1]), (true, false));
        let mut arriving = Arriving::default();
        for length in (0..pages[0].len()).step_by(997) {
            assert_eq!(arriving.put(7, &pages[0][..length]), Err(NotScanned), "{length}");
        }
        arriving.put(7, &pages[0]).expect("a first page");
        arriving.leave(7);
        assert_eq!(arriving.put(7, &pages[1]), Err(NotScanned));
        assert_eq!(Scanned::from_bytes(&rest), Err(NotScanned));
    }

    fn limits_count_what_was_taken() {
        let bytes = tar(ENTRIES);
        for (limits, code) in [
            (Limits { layer_entries: PAGE + 10, ..Limits::default() }, "limit-layer-entries"),
            (Limits { layer_table_bytes: 3_000_000, ..Limits::default() }, "limit-layer-table-bytes"),
        ] {
            let whole = scan_pieces(&job(), &limits, [bytes.as_slice()]);
            let mut scans = LayerScans::new(limits.clone());
            let number = scans.begin(&job());
            let mut rest = bytes.as_slice();
            let mut pages = 0;
            while !rest.is_empty() {
                let pushed = scans.push(number, rest);
                rest = &rest[pushed..];
                pages += usize::from(scans.take_page(number).is_some());
            }
            let left = scans.remove(number).expect("a scan").finish();
            assert!(pages > 0, "{code}");
            assert_eq!((left.table.len(), codes(&left)), (whole.table.len(), code.to_owned()));
        }
    }
}
