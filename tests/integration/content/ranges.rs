//! Parts of a file.

use oci_lens::image::Inspection;
use oci_lens::image::reading::Reading;
use oci_lens::layer::{Machine, Part, Piece, Start};
use oci_lens::limits::Limits;
use oci_lens::report::EntryPlace;

use super::{read, run};
use crate::archive::tars;
use crate::scan::verdict::{gzip, zstd};
use crate::support::inspect;

pub(super) const SIZE: usize = 700_001;

// Bytes of which no two stretches are alike.
pub(super) fn noise() -> Vec<u8> {
    (0_u64..)
        .flat_map(|seed| tars::random(seed).to_le_bytes())
        .take(SIZE)
        .collect()
}

// The sparse file's data is "ab" at 3 and "cde" at 10; it has 20 bytes.
const SPARSE: &[u8] = b"\0\0\0ab\0\0\0\0\0cde\0\0\0\0\0\0\0";

pub(super) fn layer() -> Vec<u8> {
    let sparse = [
        ("GNU.sparse.size", "20"),
        ("GNU.sparse.numblocks", "2"),
        ("GNU.sparse.map", "3,2,10,3"),
    ];
    tars::ended(&[
        tars::file("first", "one"),
        tars::member(b"noise", b'0', &noise()),
        tars::pax(&sparse),
        tars::file("sparse", "abcde"),
        tars::file("empty", ""),
        tars::file("last", "two"),
    ])
}

pub(super) fn opened(layer: Vec<u8>) -> Inspection<Vec<u8>> {
    let mut inspection = inspect::open(tars::docker_save(&[layer])).expect("an archive");
    inspect::scan(&mut inspection);
    inspection
}

const fn at(entry: u32) -> EntryPlace {
    EntryPlace { layer: 0, entry }
}

/// The entry that is noise.
pub(super) const NOISE: u32 = 1;

cases! {
    fn a_range_is_that_part_of_the_file_as_far_as_the_file_reaches() {
        let whole = noise();
        for (name, layer) in [("plain", layer()), ("gzip", gzip(&layer())), ("zstd", zstd(&layer()))] {
            let inspection = opened(layer);
            let files: [(u32, &[u8]); 5] = [(0, b"one"), (1, &whole), (2, SPARSE), (3, b""), (4, b"two")];
            for (entry, file) in files {
                let size = file.len() as u64;
                let mut ranges = vec![(0, u64::MAX), (0, 0), (size, 1), (size + 9, 9), (u64::MAX, u64::MAX)];
                for seed in 0..24 {
                    let place = |seed| tars::random(seed) % (size + 2);
                    ranges.push((place(seed), place(seed + 100)));
                }
                ranges.extend((0..22).flat_map(|from| (0..22).map(move |length| (from, length))).filter(|_| size == 20));
                for (offset, length) in ranges {
                    let plan = inspection.content(0, at(entry), offset, length).expect("a file");
                    assert_eq!(plan.size, size);
                    let bytes = read(&inspection, &plan).expect("content");
                    let rest = file.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
                    let part = rest.get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or(rest);
                    assert!(bytes == part, "{name}, entry {entry}, {length} from {offset}");
                }
            }
        }
    }

    fn what_lies_behind_is_not_given() {
        let mut extract = oci_lens::layer::Extract::new(Start::default(), &Limits::default());
        let piece = |offset| Part::Piece(Piece::Stored { offset, length: 4 });
        extract.want(piece(600));
        extract.want(piece(512));
        let error = extract.push(&layer(), &mut Vec::new()).expect_err("no way back");
        assert_eq!(error.code(), "content-behind");
    }

    fn no_more_of_a_layer_is_taken_than_is_needed() {
        let layer = gzip(&layer());
        let inspection = opened(layer.clone());
        let plan = inspection.content(0, at(0), 0, 3).expect("a file");
        let mut reading = Reading::new(plan, &Limits::default());
        run(&mut reading, &layer, 5).expect("content");
        // What one step of the decoder gives, and the cut's own size.
        assert!(reading.stored() < 600_000, "{} bytes", reading.stored());
    }

    fn in_a_plain_layer_reading_begins_with_the_file() {
        let inspection = opened(layer());
        let plan = inspection.content(0, at(NOISE), 1_000, 10).expect("a file");
        assert_eq!(plan.start, Start { stored: 2_536, unpacked: 2_536, is_plain: true });
    }
}
