//! Contents from seek points are those from the layer's start.

use std::collections::{BTreeMap, BTreeSet};

use oci_lens::archive::Archive;
use oci_lens::diagnostic::Diagnostic;
use oci_lens::image::Inspection;
use oci_lens::layer::scan::LayerScan;
use oci_lens::layer::{Decoder, Extract, Part, SeekPoint, Start};
use oci_lens::limits::{Limits, SEEK_BYTES, SEEK_INTERVAL, SEEK_LAYER_BYTES};
use oci_lens::report::EntryPlace;

use super::ranges::{NOISE, opened};
use super::{read, run};
use crate::archive::tars;
use crate::scan::verdict::{EMPTY_FRAME, gzip, skippable, zstd};
use crate::scan::{job, scan_in_all_cuts_within};
use crate::support::inspect;
use crate::support::random::Random;

/// A point at every block that is so far from the last.
pub(super) fn limits(seek_interval: u64, seek_layer_bytes: usize) -> Limits {
    Limits {
        seek_interval,
        seek_layer_bytes,
        ..Limits::default()
    }
}

/// Bytes that pack into many blocks, with matches across all of them.
pub(super) fn mixed(length: usize) -> Vec<u8> {
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

pub(super) fn points(layer: &[u8], limits: &Limits) -> Vec<SeekPoint> {
    scan_in_all_cuts_within(&job(), layer, limits).seek_points
}

fn memory(points: &[SeekPoint]) -> usize {
    points.iter().map(SeekPoint::memory).sum()
}

/// A tar packed in each way that has points inside.
fn packed(tar: &[u8]) -> [(&'static str, Vec<u8>); 6] {
    let (first, second) = tar.split_at(tar.len() / 3);
    let spaced = |part: &[u8]| [&skippable(0x5a, 200), EMPTY_FRAME, &zstd(part)].concat();
    [
        ("one member", gzip(tar)),
        ("two members", [gzip(first), gzip(second)].concat()),
        ("short members", tar.chunks(10_000).flat_map(gzip).collect()),
        (
            "short and long members",
            [
                tar.chunks(5_000).flat_map(gzip).collect(),
                gzip(b""),
                gzip(first),
            ]
            .concat(),
        ),
        ("short frames", tar.chunks(10_000).flat_map(zstd).collect()),
        (
            "frames with others between",
            tar.chunks(17_000).flat_map(spaced).collect(),
        ),
    ]
}

/// Whether it is the start of a member or frame: then it has no history.
pub(super) fn is_start(point: &SeekPoint) -> bool {
    point.memory() < 200
}

/// What a decoder gives of bytes and says of them.
pub(super) fn decoded(mut decoder: Decoder, mut bytes: &[u8]) -> (Vec<u8>, bool, Vec<Diagnostic>) {
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
        for (name, layer) in packed(&tar) {
            let limits = limits(20_000, usize::MAX);
            let points = points(&layer, &limits);
            assert!(points.len() >= 10, "{name}: {} points", points.len());
            let (whole, is_good, findings) = decoded(Decoder::new(&limits), &layer);
            assert!(is_good && findings.is_empty(), "{name}: {findings:?}");
            let mut last = 0;
            for point in points {
                let distance = if is_start(&point) { 10_000 } else { 20_000 };
                assert!(point.unpacked >= last + distance, "{name}: {}", point.unpacked);
                last = point.unpacked;
                let mut extract = Extract::resume(&point, &limits);
                extract.want(Part::Rest);
                let rest = run(&mut extract, &layer, last).expect("the rest");
                assert!(rest == whole[last as usize..], "{name}: from {last}");
            }
        }
    }

    fn points_are_the_same_byte_by_byte_and_so_is_what_follows() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(90_000))]);
        for (name, layer) in packed(&tar) {
            assert!(layer.len() < 100_000, "{name}: not scanned byte by byte");
            let limits = limits(20_000, usize::MAX);
            let (whole, ..) = decoded(Decoder::new(&limits), &layer);
            let points = points(&layer, &limits);
            assert!(points.len() >= 2, "{name}: {} points", points.len());
            for point in points {
                let mut decoder = Decoder::resume(&point, &limits);
                let mut output = Vec::new();
                for byte in layer[point.stored as usize..].chunks(1) {
                    while decoder.push(byte, &mut output) == 0 {}
                }
                decoder.finish(&mut output);
                assert!(output == whole[point.unpacked as usize..], "{name}: from {}", point.unpacked);
            }
        }
    }

    fn starts_are_points_without_history_and_spare_those_inside() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(900_000))]);
        let starts = |name: &str| {
            let (_, layer) = packed(&tar).into_iter().find(|(at, _)| *at == name).expect("a way");
            let points = points(&layer, &limits(20_000, usize::MAX));
            (points.iter().filter(|point| is_start(point)).count(), points.len())
        };
        assert_eq!(starts("one member").0, 0);
        assert_eq!(starts("two members").0, 1);
        for (name, count) in [("short members", 90), ("short frames", 90), ("frames with others between", 53)] {
            assert_eq!(starts(name), (count, count), "{name}");
        }
        // Up to the long one every second of the short ones, for it is half of the distance.
        let (starts, all) = starts("short and long members");
        assert!(starts == 90 && all >= starts + 10, "{starts} of {all}");
    }

    fn what_is_found_behind_a_point_lies_where_it_does_from_the_start() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(100_000))]);
        let limits = limits(20_000, usize::MAX);
        let mut found = Vec::new();
        let members = tar.chunks(30_000).flat_map(gzip).collect();
        // The frames that are made here have no checksums.
        let frames = tar.chunks(30_000).flat_map(zstd).chain(EMPTY_FRAME.iter().copied()).collect();
        let layers: [(Vec<u8>, usize); 2] = [(members, 8), (frames, 4)];
        for (mut layer, checksum) in layers {
            let points = points(&layer, &limits);
            let at = layer.len() - checksum;
            layer[at] ^= 1;
            layer.extend(b"garbage");
            let (_, is_good, findings) = decoded(Decoder::new(&limits), &layer);
            assert!(!is_good && points.len() >= 3);
            for point in points {
                let rest = &layer[point.stored as usize..];
                let (output, is_good, again) = decoded(Decoder::resume(&point, &limits), rest);
                assert!(output == tar[point.unpacked as usize..] && !is_good);
                assert_eq!(again, findings);
            }
            found.extend(findings.into_iter().map(|finding| finding.code));
        }
        assert_eq!(found, [
            "gzip-checksum-mismatch", "gzip-trailing-garbage",
            "zstd-checksum-mismatch", "zstd-trailing-garbage",
        ]);
    }

    fn a_million_starts_of_nothing_are_one_point_at_most() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(100_000))]);
        let (first, second) = tar.split_at(50_000);
        let empty = gzip(b"");
        for (name, layer) in [
            ("frames", [zstd(first), EMPTY_FRAME.repeat(1_000_000), zstd(second)].concat()),
            ("skippable frames", [zstd(first), skippable(0x50, 0).repeat(1_000_000), zstd(second)].concat()),
            ("members", [gzip(first), empty.repeat(1_000_000), gzip(second)].concat()),
        ] {
            let limits = limits(1, usize::MAX);
            let mut scan = LayerScan::new(&job(), &limits);
            scan.push_all(&layer);
            let mut points = scan.finish().seek_points;
            points.retain(is_start);
            assert_eq!(points.len(), 1, "{name}");
            assert_eq!(points[0].unpacked, 50_000, "{name}");
            let mut extract = Extract::resume(&points[0], &limits);
            extract.want(Part::Rest);
            assert!(run(&mut extract, &layer, 1).expect("the rest") == second, "{name}");
        }
    }

    fn checksums_still_hold_from_a_point_on() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(300_000))]);
        let mut layer = gzip(&tar);
        let limits = limits(100_000, usize::MAX);
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

    fn points_of_a_layer_take_no_more_than_they_may_however_long_it_is() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(400_000))]);
        for (name, layer) in packed(&tar) {
            let all = points(&layer, &limits(0, usize::MAX));
            for most in [0, 1_000, 40_000, 100_000, 200_000] {
                let some = points(&layer, &limits(1, most));
                assert!(memory(&some) <= most, "{name}, {most}: {}", memory(&some));
                assert!(some.iter().all(|point| all.contains(point)), "{name}, {most}");
                // Not of all points, for those at starts are the closer together.
                let whole = if all.iter().all(is_start) { memory(&all) } else { usize::MAX };
                let least = if most < 3 * 33_000 && whole > most { 0 } else { whole.min(most) / 3 };
                assert!(memory(&some) >= least, "{name}, {most}: {}", memory(&some));
            }
        }
        assert_eq!(points(&tar, &limits(1, usize::MAX)), []);
    }

    fn a_layer_that_fails_has_no_points() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(300_000))]);
        for (name, layer) in packed(&tar) {
            assert_eq!(points(&layer[..layer.len() - 5], &limits(1, usize::MAX)), [], "{name}");
        }
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

    fn points_are_thinned_to_a_distance() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(900_000))]);
        for (name, layer) in packed(&tar) {
            let all = points(&layer, &limits(1, usize::MAX));
            let widest = all.windows(2).map(|pair| pair[1].unpacked - pair[0].unpacked).max().expect("points");
            for interval in [1, 50_000, 100_000, 300_000, 1_000_000, u64::MAX] {
                let mut some = all.clone();
                assert_eq!(SeekPoint::thin(&mut some, interval), memory(&some), "{name}");
                assert!(some.iter().all(|point| all.contains(point)), "{name}");
                let mut last = 0;
                for point in &some {
                    let distance = point.unpacked - last;
                    let least = if is_start(point) { interval.div_ceil(2) } else { interval };
                    assert!(distance >= least, "{name}, {interval}: {distance}");
                    assert!(distance < interval.saturating_add(widest), "{name}, {interval}: {distance}");
                    last = point.unpacked;
                }
                assert!(tar.len() as u64 <= last.saturating_add(interval).saturating_add(2 * widest), "{name}, {interval}");
            }
        }
    }

    fn points_of_large_archives_lie_as_far_apart_as_their_limits_make_them() {
        const MIB: u64 = 1 << 20;
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(100_000))]);
        let inside = points(&gzip(&tar), &limits(50_000, usize::MAX)).remove(0);
        assert_eq!(inside.memory() >> 10, 32);
        let found = [(5, 1), (1, 5), (4, 4), (4, 8), (4, 16)].map(|(gigabytes, layers)| {
            let size = gigabytes * 1_000_000_000;
            let layer = |number: u64| gzip(&tars::header(format!("{number}").as_bytes(), b'0', size, b""));
            let mut inspection = inspect::open(tars::docker_save(&(0..layers).map(layer).collect::<Vec<_>>()))
                .expect("an archive");
            for job in inspection.jobs() {
                let mut scanned = inspection.scan(&job, |_| true).expect("memory can be read");
                // What a scan of so many bytes notes.
                let mut interval = SEEK_INTERVAL;
                let every = |interval: u64| (1..size / interval).map(move |at| at * interval);
                while (size / interval) as usize * inside.memory() > SEEK_LAYER_BYTES {
                    interval *= 2;
                }
                scanned.seek_points = every(interval)
                    .map(|unpacked| {
                        let mut point = inside.clone();
                        point.unpacked = unpacked;
                        point
                    })
                    .collect();
                inspection.complete(scanned);
            }
            let mut farthest = 0;
            let mut kept = BTreeMap::new();
            for layer in 0..u32::try_from(layers).expect("few") {
                let place = EntryPlace { layer, entry: 0 };
                for at in (0..size - 64 * MIB).step_by(MIB as usize) {
                    let plan = inspection.content(0, place, at, 1).expect("a file");
                    farthest = farthest.max(plan.first().expect("a byte") - plan.start.unpacked);
                    if let Some(point) = plan.seek_point {
                        kept.insert((layer, point.unpacked), point.memory());
                    }
                }
            }
            let memory: usize = kept.values().sum();
            assert!(memory <= SEEK_BYTES && memory as u64 * 1000 < size * layers * 15, "{memory}");
            (gigabytes * layers, farthest.div_ceil(MIB))
        });
        assert_eq!(found, [(5, 16), (5, 8), (16, 16), (32, 32), (64, 64)]);
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
        for limit in [0, memory(&all) / 3, memory(&all) / 2] {
            let some = kept(limit);
            assert!(memory(&some) <= limit && some.len() < all.len(), "{limit}: {some:?}");
            // No layer goes without, so that others have more.
            let layers: BTreeSet<u32> = some.keys().map(|(layer, _)| *layer).collect();
            assert_eq!(layers.len(), if limit == 0 { 0 } else { 4 }, "{limit}: {some:?}");
        }
    }

    fn a_wrong_point_gives_an_answer() {
        let tar = tars::ended(&[tars::member(b"file", b'0', &mixed(200_000))]);
        let limits = limits(50_000, usize::MAX);
        let layers = packed(&tar).map(|(_, layer)| layer);
        let layers = layers.into_iter().chain([zstd(&mixed(2_000_000))]);
        let layers: Vec<_> = layers.map(|layer| (points(&layer, &limits), layer)).collect();
        let mut answers = 0;
        for round in 0..1200 {
            let mut random = Random::new(round);
            let (points, layer) = &layers[random.below(layers.len())];
            let mut bytes = postcard::to_allocvec(&points[random.below(points.len())]).expect("bytes");
            // Most bytes are history; what is before it matters more.
            let within = [bytes.len(), 24, 160][random.below(3)].min(bytes.len());
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
