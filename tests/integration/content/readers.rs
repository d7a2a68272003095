//! Readers that go on where they stopped.

use oci_lens::image::Inspection;
use oci_lens::image::reading::{Readers, Reading};
use oci_lens::layer::Machine;
use oci_lens::limits::{KEPT_READERS, Limits};
use oci_lens::report::EntryPlace;

use super::ranges::{NOISE, SIZE, layer, noise, opened};
use super::{run, sha256, stored};
use crate::archive::tars;
use crate::scan::verdict::{gzip, zstd};
use crate::support::inspect;

// What one step of a decoder gives: as much may be unpacked and not wanted yet.
const STEP: i64 = 512 << 10;

/// Readers of an archive, and how many bytes they have unpacked in all.
struct Counted<'a> {
    inspection: &'a Inspection<Vec<u8>>,
    readers: Readers,
    unpacked: i64,
}

impl<'a> Counted<'a> {
    fn new(inspection: &'a Inspection<Vec<u8>>) -> Self {
        let readers = Readers::new(Limits::default());
        Self {
            inspection,
            readers,
            unpacked: 0,
        }
    }

    fn open(&mut self, entry: u32, offset: usize, length: usize) -> (Reading, &'a [u8]) {
        let (offset, length) = (offset as u64, length as u64);
        let plan = self
            .inspection
            .content(0, EntryPlace { layer: 0, entry }, offset, length);
        let plan = plan.expect("a file");
        let layer = stored(self.inspection, &plan);
        let reading = self.readers.open(plan);
        self.unpacked -= reading.unpacked() as i64;
        (reading, layer)
    }

    fn keep(&mut self, reading: Reading) {
        self.unpacked += reading.unpacked() as i64;
        self.readers.keep(reading);
    }

    fn read(&mut self, entry: u32, offset: usize, length: usize) -> Vec<u8> {
        let (mut reading, layer) = self.open(entry, offset, length);
        let bytes = run(&mut reading, layer, 3).expect("content");
        self.keep(reading);
        bytes
    }
}

fn part(whole: &[u8], offset: usize, length: usize) -> &[u8] {
    let rest = whole.get(offset..).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

cases! {
    fn reading_a_file_in_pieces_unpacks_its_layer_once() {
        let whole = noise();
        for (name, layer) in [("gzip", gzip(&layer())), ("zstd", zstd(&layer()))] {
            let inspection = opened(layer);
            let mut counted = Counted::new(&inspection);
            let mut read = Vec::new();
            for offset in (0..SIZE).step_by(10_000) {
                read.extend(counted.read(NOISE, offset, 10_000));
            }
            assert!(read == whole, "{name}");
            assert!(counted.unpacked <= SIZE as i64 + STEP, "{name}: {} bytes", counted.unpacked);
        }
    }

    fn in_a_plain_layer_only_what_is_asked_for_is_taken() {
        let inspection = opened(layer());
        let mut counted = Counted::new(&inspection);
        let whole = noise();
        for offset in (0..SIZE).step_by(100_000).rev() {
            assert!(counted.read(NOISE, offset, 1_000) == part(&whole, offset, 1_000), "{offset}");
        }
        // A cut of what is pushed may be longer than what is wanted.
        assert!(counted.unpacked <= 8 * STEP, "{} bytes", counted.unpacked);
    }

    fn places_apart_each_have_a_reader() {
        let whole = noise();
        let inspection = opened(gzip(&layer()));
        let mut counted = Counted::new(&inspection);
        // Begun from the back, so that none serves for another.
        let starts: Vec<usize> = (0..KEPT_READERS).rev().map(|place| place * SIZE / KEPT_READERS).collect();
        for step in (0..SIZE / KEPT_READERS).step_by(5_000) {
            for start in &starts {
                let bytes = counted.read(NOISE, start + step, 5_000);
                assert!(bytes == part(&whole, start + step, 5_000), "{}", start + step);
            }
        }
        let most = KEPT_READERS as i64 * (SIZE as i64 + STEP);
        assert!(counted.unpacked <= most, "{} bytes", counted.unpacked);
    }

    fn going_back_begins_anew_and_gives_the_same() {
        let whole = noise();
        for layer in [layer(), gzip(&layer()), zstd(&layer())] {
            let inspection = opened(layer);
            let mut counted = Counted::new(&inspection);
            for seed in 0..60 {
                let place = |seed| usize::try_from(tars::random(seed)).unwrap_or(usize::MAX >> 1) % SIZE;
                let (offset, length) = (place(seed), place(seed + 100) / 8);
                assert!(counted.read(NOISE, offset, length) == part(&whole, offset, length), "{length} from {offset}");
                assert_eq!(counted.read(2, 2, 3), b"\0ab");
                assert_eq!(counted.read(0, 0, 9), b"one");
                assert_eq!(counted.read(3, 0, 9), b"");
            }
        }
    }

    fn what_was_given_up_is_gone_on_with() {
        let whole = noise();
        let inspection = opened(gzip(&layer()));
        let mut counted = Counted::new(&inspection);
        for offset in (0..SIZE).step_by(50_000) {
            // The next piece and all behind it, given up after the first step.
            let (mut reading, layer) = counted.open(NOISE, offset, usize::MAX);
            let from = usize::try_from(reading.stored()).expect("an offset");
            let mut output = Vec::new();
            let _ = reading.push(part(layer, from, 3_000), &mut output).expect("content");
            counted.keep(reading);
            let offset = offset + output.len();
            assert!(counted.read(NOISE, offset, 10) == part(&whole, offset, 10), "{offset}");
        }
        // Each step may have run ahead of the next place.
        assert!(counted.unpacked <= 4 * (SIZE as i64 + STEP), "{} bytes", counted.unpacked);
    }

    fn readers_of_one_layer_serve_no_other() {
        let layers: Vec<Vec<u8>> = (0..KEPT_READERS + 2)
            .map(|number| gzip(&tars::ended(&[tars::file("name", &format!("layer {number}")), tars::file("more", &format!("more of {number}"))])))
            .collect();
        let mut inspection = inspect::open(tars::docker_save(&layers)).expect("an archive");
        inspect::scan(&mut inspection);
        let mut readers = Readers::new(Limits::default());
        for entry in 0..2 {
            for (number, _) in (0..).zip(&layers) {
                let place = EntryPlace { layer: number, entry };
                let plan = inspection.content(0, place, 0, 99).expect("a file");
                let mut reading = readers.open(plan.clone());
                let bytes = run(&mut reading, stored(&inspection, &plan), 1).expect("content");
                let expected = if entry == 0 { format!("layer {number}") } else { format!("more of {number}") };
                assert_eq!(String::from_utf8(bytes).expect("text"), expected);
                readers.keep(reading);
            }
        }
    }

    fn what_failed_is_not_gone_on_with() {
        let torn = gzip(&layer());
        let inspection = opened(torn[..torn.len() / 2].to_vec());
        let mut readers = Readers::new(Limits::default());
        let place = EntryPlace { layer: 0, entry: NOISE };
        for _ in 0..3 {
            let plan = inspection.content(0, place, 0, u64::MAX).expect("a file");
            let mut reading = readers.open(plan.clone());
            assert_eq!(reading.unpacked(), 0, "a new one");
            let error = run(&mut reading, stored(&inspection, &plan), 1).expect_err("torn");
            assert_eq!(error.code(), "content-not-unpacked");
            readers.keep(reading);
        }
    }

    fn the_digest_is_of_what_is_given_and_only_where_it_is_asked_for() {
        let inspection = opened(gzip(&layer()));
        let place = EntryPlace { layer: 0, entry: NOISE };
        let plan = inspection.content(0, place, 0, u64::MAX).expect("a file");
        let layer = stored(&inspection, &plan);
        let mut readers = Readers::new(Limits::default());
        let mut plain = readers.open(plan.clone());
        run(&mut plain, layer, 1).expect("content");
        assert_eq!(plain.digest(), None);
        readers.keep(plain);
        let mut reading = readers.open(plan).with_digest();
        run(&mut reading, layer, 2).expect("content");
        assert_eq!(reading.digest().map(|digest| digest.encoded()), Some(sha256(&noise())));
        assert_eq!(reading.digest(), None);
    }
}
