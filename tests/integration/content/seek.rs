//! Contents from seek points are those from the layer's start.

use std::collections::BTreeMap;

use oci_lens::archive::Archive;
use oci_lens::diagnostic::Diagnostic;
use oci_lens::image::Inspection;
use oci_lens::layer::{Decoder, Extract, Part, SeekPoint, Start};
use oci_lens::limits::Limits;
use oci_lens::report::EntryPlace;

use super::ranges::{NOISE, opened};
use super::{read, run};
use crate::archive::tars;
use crate::scan::verdict::gzip;
use crate::scan::{job, scan_in_all_cuts_within};
use crate::support::random::Random;

/// A point at every block that is so far from the last.
fn limits(seek_interval: u64, seek_points: usize) -> Limits {
    Limits {
        seek_interval,
        seek_points,
        ..Limits::default()
    }
}

/// Bytes that pack into many blocks, with matches across all of them.
fn mixed(length: usize) -> Vec<u8> {
    let mut random = Random::new(9);
    let mut bytes = vec![b'a'];
    while bytes.len() < length {
        let count = 1 + random.below(400);
        if random.below(2) == 0 {
            let from = random.below(bytes.len());
            bytes.extend_from_within(from..bytes.len().min(from + count));
        } else {
            bytes.extend((0..count).map(|_| random.byte() & 0x3f));
        }
    }
    bytes.truncate(length);
    bytes
}

fn points(layer: &[u8], limits: &Limits) -> Vec<SeekPoint> {
    scan_in_all_cuts_within(&job(), layer, limits).seek_points
}

/// What a decoder gives of bytes and says of them.
fn decoded(mut decoder: Decoder, mut bytes: &[u8]) -> (Vec<u8>, bool, Vec<Diagnostic>) {
    let mut output = Vec::new();
    while !bytes.is_empty() {
        let taken = decoder.push(bytes, &mut output);
        bytes = &bytes[taken..];
    }
    let mut before = usize::MAX;
    while before != output.len() {
        before = output.len();
        decoder.finish(&mut output);
    }
    let is_good = decoder.failure().is_none() && !decoder.is_doubtful();
    (output, is_good, decoder.take_diagnostics())
}

cases! {
    fn a_layer_is_the_same_from_each_of_its_points() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(900_000))]);
        let (first, second) = tar.split_at(300_000);
        for (name, layer) in [
            ("one member", gzip(&tar)),
            ("two members", [gzip(first), gzip(second)].concat()),
            ("a member for every 10 kB", tar.chunks(10_000).flat_map(gzip).collect()),
        ] {
            let limits = limits(20_000, 1000);
            let points = points(&layer, &limits);
            assert!(points.len() >= 10, "{name}: {} points", points.len());
            let mut last = 0;
            for point in points {
                assert!(point.unpacked >= last + 20_000, "{name}: {}", point.unpacked);
                last = point.unpacked;
                let mut extract = Extract::resume(&point, &limits);
                extract.want(Part::Rest);
                let rest = run(&mut extract, &layer, last).expect("the rest");
                assert!(rest == tar[last as usize..], "{name}: from {last}");
            }
        }
    }

    fn checksums_still_hold_from_a_point_on() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(300_000))]);
        let mut layer = gzip(&tar);
        let limits = limits(100_000, 10);
        let points = points(&layer, &limits);
        assert_eq!(points.len(), 2);
        let check = |layer: &[u8], expected: &[&str]| {
            for point in &points {
                let rest = &layer[point.stored as usize..];
                let (output, is_good, findings) = decoded(Decoder::resume(point, &limits), rest);
                assert!(output == tar[point.unpacked as usize..]);
                let codes: Vec<&str> = findings.iter().map(|found| found.code.as_str()).collect();
                assert_eq!(codes, expected);
                assert_eq!(is_good, expected.is_empty());
            }
        };
        check(&layer, &[]);
        let trailer = layer.len() - 8;
        layer[trailer] ^= 1;
        layer[trailer + 4] ^= 1;
        check(&layer, &["gzip-checksum-mismatch", "gzip-length-mismatch"]);
    }

    fn points_are_few_however_long_the_layer() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(900_000))]);
        let layer = gzip(&tar);
        let all = points(&layer, &limits(0, 1000));
        for most in [0, 1, 2, 5, 16] {
            let some = points(&layer, &limits(1, most));
            assert!(some.len() <= most && some.len() * 3 >= most, "{most}: {}", some.len());
            assert!(some.iter().all(|point| all.contains(point)), "{most}");
        }
        for layer in [tar.clone(), crate::scan::verdict::zstd(&tar)] {
            assert_eq!(points(&layer, &limits(1, 1000)), []);
        }
    }

    fn a_layer_that_fails_has_no_points() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(300_000))]);
        let layer = gzip(&tar);
        assert_eq!(points(&layer[..layer.len() / 2], &limits(1, 1000)), []);
    }

    fn a_file_deep_in_a_layer_is_read_from_the_point_before_it() {
        let content = mixed(14 << 20);
        let tar = tars::ended(&[
            tars::member(b"file", b'0', b"first"),
            tars::member(b"file", b'0', &content),
            tars::member(b"last", b'0', b"last"),
        ]);
        let inspection = opened(gzip(&tar));
        let at = |entry, offset, length| {
            let place = EntryPlace { layer: 0, entry };
            inspection.content(0, place, offset, length).expect("a file")
        };
        let mut starts = Vec::new();
        for (entry, offset, expected) in [
            (0, 0, b"first".as_slice()),
            (NOISE, 0, &content[..1000]),
            (NOISE, 5 << 20, &content[5 << 20..][..1000]),
            (NOISE, 13 << 20, &content[13 << 20..][..1000]),
            (2, 0, b"last"),
        ] {
            let plan = at(entry, offset, 1000);
            assert!(read(&inspection, &plan).expect("content") == expected, "{offset}");
            let before = plan.first().expect("stored bytes") - plan.start.unpacked;
            assert!(before < 5 << 20, "{before} bytes are unpacked in vain");
            assert_eq!(plan.seek_point.is_some(), plan.start != Start::default());
            starts.push(plan.start.unpacked >> 20);
        }
        assert_eq!(starts, [0, 0, 4, 12, 12]);
    }

    fn points_of_all_layers_take_no_more_than_they_may() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(900_000))]);
        let all = points(&gzip(&tar), &limits(1, 1000));
        let memory = |points: &[SeekPoint]| points.iter().map(SeekPoint::memory).sum::<usize>();
        let whole = memory(&all);
        assert_eq!(SeekPoint::within(all.clone(), whole), all);
        for room in [0, 1, 40_000, 100_000, whole / 3, whole / 2, whole - 1] {
            let some = SeekPoint::within(all.clone(), room);
            assert!(memory(&some) <= room, "{room}: {}", memory(&some));
            assert!(memory(&some) * 3 >= room.saturating_sub(40_000), "{room}: {}", memory(&some));
            assert!(some.iter().all(|point| all.contains(point)), "{room}");
        }
        assert_eq!(SeekPoint::within(Vec::new(), 0), []);
    }

    fn an_archive_keeps_no_more_points_than_it_may_however_many_its_layers() {
        let contents: Vec<Vec<u8>> = (0..4).map(|number| mixed(400_000 + number)).collect();
        let layers: Vec<Vec<u8>> = contents.iter()
            .map(|content| gzip(&tars::ended(&[tars::member(b"file", b'0', content)])))
            .collect();
        let kept = |seek_bytes: usize| {
            let limits = Limits { seek_interval: 20_000, seek_bytes, ..Limits::default() };
            let archive = Archive::open_tar(tars::docker_save(&layers), &limits).expect("an archive");
            let mut inspection = Inspection::open(archive, None, limits);
            let mut scans = Vec::new();
            // A second scan takes the place of the first, and counts once.
            for mut job in inspection.jobs().into_iter().flat_map(|job| [job.clone(), job]) {
                job.content_digests = !scans.contains(&job.job);
                scans.push(job.job);
                let scanned = inspection.scan(&job, |_| true).expect("memory can be read");
                inspection.complete(scanned);
            }
            let mut points = BTreeMap::new();
            for (layer, content) in (0..).zip(&contents) {
                let place = EntryPlace { layer, entry: 0 };
                for offset in (0..content.len()).step_by(9_000) {
                    let plan = inspection.content(0, place, offset as u64, 100).expect("a file");
                    let expected = &content[offset..content.len().min(offset + 100)];
                    assert!(read(&inspection, &plan).expect("content") == expected, "{layer}: {offset}");
                    if let Some(point) = plan.seek_point {
                        points.insert((layer, point.unpacked), point.memory());
                    }
                }
            }
            points
        };
        let all = kept(usize::MAX);
        let memory = |points: &BTreeMap<(u32, u64), usize>| points.values().sum::<usize>();
        assert!(all.len() >= 40 && memory(&all) > 1_000_000, "{all:?}");
        // A point after the last offset is not seen here; counted twice, the layers would not fit.
        assert_eq!(kept(memory(&all) * 5 / 4), all);
        for limit in [0, 100_000, memory(&all) / 2] {
            let some = kept(limit);
            assert!(memory(&some) <= limit && some.len() < all.len(), "{limit}: {some:?}");
            assert_eq!(some.is_empty(), limit == 0, "{limit}");
        }
    }

    fn a_wrong_point_gives_an_answer() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(200_000))]);
        let layer = gzip(&tar);
        let limits = limits(50_000, 10);
        let points = points(&layer, &limits);
        let mut answers = 0;
        for round in 0..600 {
            let mut random = Random::new(round);
            let mut bytes = postcard::to_allocvec(&points[random.below(points.len())]).expect("bytes");
            // Most bytes are history; what is before it matters more.
            let within = if round % 2 == 0 { bytes.len() } else { 24 };
            for _ in 0..=random.below(3) {
                bytes[random.below(within)] = random.byte();
            }
            let Ok(point) = postcard::from_bytes::<SeekPoint>(&bytes) else {
                continue;
            };
            let mut extract = Extract::resume(&point, &limits);
            extract.want(Part::Rest);
            let mut output = Vec::new();
            let mut rest = &layer[random.below(layer.len())..];
            while !extract.is_done() {
                match extract.push(rest, &mut output) {
                    Ok(taken) => rest = &rest[taken..],
                    Err(_) => break,
                }
                if rest.is_empty() {
                    extract.end();
                }
            }
            answers += 1;
        }
        assert!(answers > 300, "{answers}");
    }
}
