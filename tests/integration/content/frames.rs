//! Contents from points inside of zstd frames, and histories that are kept elsewhere than points.

use oci_lens::archive::Archive;
use oci_lens::digest::Digest;
use oci_lens::image::Inspection;
use oci_lens::image::reading::{Readers, Reading};
use oci_lens::layer::scan::LayerScan;
use oci_lens::layer::{Decoder, Extract, Part, Piece, SeekPoint};
use oci_lens::limits::Limits;
use oci_lens::report::EntryPlace;
use serde::Deserialize;
use structured_zstd::encoding::{CompressionLevel, compress_to_vec};

use super::ranges::opened;
use super::seek::{decoded, limits, mixed, points};
use super::{run, stored};
use crate::archive::tars;
use crate::scan::job;
use crate::scan::verdict::{EMPTY_FRAME, gzip, zstd};
use crate::support::random::Random;
use crate::support::{files, inspect};

/// A frame of the reference encoder.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    file: String,
    #[serde(rename = "made_by")]
    _made_by: String,
    size: u64,
    sha256: String,
}

/// Frames of the reference encoder, and what went in.
fn frames() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let frames: Vec<Frame> = files::cases("zstd-frames");
    frames
        .into_iter()
        .map(|frame| {
            let bytes = files::read(&format!("tests/vectors/zstd-frames/{}", frame.file));
            let (content, ..) = decoded(Decoder::new(&Limits::default()), &bytes);
            let digest = Digest::sha256(&content).encoded();
            assert_eq!((content.len() as u64, digest), (frame.size, frame.sha256));
            (frame.file, bytes, content)
        })
        .collect()
}

/// A frame that is written block by block, with a window of 1 KiB.
struct Written(Vec<u8>);

/// How a block says what codes its sequence has (RFC 8878 3.1.1.3.2.1): by the default tables, by
/// tables of one symbol, or by those of the block before it.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Default,
    Single,
    Repeat(bool),
}

impl Written {
    fn new() -> Self {
        Self(b"\x28\xb5\x2f\xfd\0\0".to_vec())
    }

    fn block(&mut self, kind: usize, is_last: bool, content: &[u8]) {
        let header = content.len() << 3 | kind << 1 | usize::from(is_last);
        self.0.extend(&header.to_le_bytes()[..3]);
        self.0.extend(content);
    }

    fn raw(&mut self, content: &[u8]) {
        self.block(0, false, content);
    }

    /// A block of one sequence, of 16 bytes at an offset or by an offset code, with a literal before
    /// it or without.
    fn sequence(&mut self, offset: Offset, literal: Option<u8>, mode: Mode) {
        let mut content = vec![literal.map_or(0, |_| 1 << 3)];
        content.extend(literal);
        // How many sequences there are, and their modes.
        content.push(1);
        let (code, bits, extra) = match offset {
            Offset::Repeated(1) => (0, 0, 0),
            Offset::Repeated(which) => (1, 1, u32::from(which - 2)),
            Offset::At(offset) => (5, 5, offset + 3 - 32),
        };
        // RFC 8878 4.1: read from the end, the states first, then what follows the offset's code.
        let (mut all, mut length) = (extra, bits);
        match mode {
            Mode::Single => content.extend([0b0101_0100, u8::from(literal.is_some()), code, 13]),
            Mode::Default => content.push(0),
            Mode::Repeat(_) => content.push(0b1111_1100),
        }
        if mode == Mode::Default || mode == Mode::Repeat(false) {
            // RFC 8878 appendix A: states of the default tables that stand for these codes.
            let of_offset = [(0, 0), (1, 23), (5, 10)];
            let state = of_offset
                .into_iter()
                .find(|(of, _)| *of == code)
                .expect("a code")
                .1;
            let of_length = if literal.is_some() { 2 } else { 0 };
            for (state, bits) in [(8, 6), (state, 5), (of_length, 6)] {
                all |= state << length;
                length += bits;
            }
        }
        all |= 1 << length;
        content.extend(&all.to_le_bytes()[..(length as usize + 1).div_ceil(8)]);
        self.block(2, false, &content);
    }

    fn end(mut self) -> Vec<u8> {
        self.block(0, true, b"");
        self.0
    }
}

#[derive(Clone, Copy)]
enum Offset {
    /// One of the last three.
    Repeated(u8),
    /// From 29 to 60.
    At(u32),
}

/// Any of the offsets that there may be.
fn any_offset(random: &mut Random) -> Offset {
    match random.below(5) {
        0 | 1 => Offset::At(29 + random.below(32) as u32),
        which => Offset::Repeated(which as u8 - 1),
    }
}

/// Reads from a point to the layer's end.
fn rest(point: &SeekPoint, layer: &[u8], limits: &Limits) -> Vec<u8> {
    let mut extract = Extract::resume(point, limits);
    extract.want(Part::Rest);
    run(&mut extract, layer, point.unpacked).expect("the rest")
}

/// A scan's points and their histories, taken out when they are so many bytes.
fn taken(layer: &[u8], limits: &Limits, least: usize) -> (Vec<SeekPoint>, Vec<u8>) {
    let mut scan = LayerScan::new(&job(), limits);
    let mut histories = Vec::new();
    for mut piece in layer.chunks(10_000) {
        while !piece.is_empty() {
            piece = &piece[scan.push(piece)..];
            let new = scan.take_histories(least);
            assert!(new.as_ref().is_none_or(|new| new.len() >= least));
            histories.extend(new.into_iter().flatten());
        }
    }
    histories.extend(scan.take_histories(1).into_iter().flatten());
    assert_eq!(scan.take_histories(1), None);
    (scan.finish().seek_points, histories)
}

cases! {
    fn frames_of_the_reference_encoder_are_the_same_from_each_point_inside() {
        for (name, frame, content) in frames() {
            let limits = limits(1, usize::MAX);
            let points = points(&frame, &limits);
            // After next to every block, none of which is larger than the window.
            assert!(points.len() >= 6, "{name}: {} points", points.len());
            // What follows is another frame, with a checksum that holds.
            let layer = [frame.as_slice(), EMPTY_FRAME].concat();
            for point in points {
                let behind = &layer[point.stored as usize..];
                let (output, is_good, findings) = decoded(Decoder::resume(&point, &limits), behind);
                assert!(is_good && findings.is_empty(), "{name}, {}: {findings:?}", point.unpacked);
                assert!(output == content[point.unpacked as usize..], "{name}, {}", point.unpacked);
            }
        }
    }

    fn offsets_are_followed_through_any_sequences() {
        let mut points_before = [0; 3];
        for seed in 0..40 {
            let mut random = Random::new(seed);
            let mut frame = Written::new();
            frame.raw(&(0..200).map(|_| random.byte()).collect::<Vec<u8>>());
            let mut before = Mode::Default;
            let mut less = 0;
            // What each block's single tables are for, is what the one before had.
            let (mut offset, mut literal) = (Offset::At(30), None);
            for number in 0..120 {
                let mode = match random.below(4) {
                    0 => Mode::Single,
                    1 if number > 0 => Mode::Repeat(matches!(before, Mode::Single | Mode::Repeat(true))),
                    _ => Mode::Default,
                };
                if mode != Mode::Repeat(true) {
                    offset = if number < 3 { Offset::At(29 + number) } else { any_offset(&mut random) };
                    literal = (random.below(2) == 0).then(|| random.byte());
                }
                // One less than the last, each time: not so often that nothing is left.
                if matches!((offset, literal), (Offset::Repeated(3), None)) {
                    less += 1;
                    if less > 20 {
                        break;
                    }
                }
                frame.sequence(offset, literal, mode);
                before = mode;
                points_before[usize::from(mode == Mode::Default) + 2 * usize::from(mode == Mode::Repeat(false))] += 1;
            }
            let frame = frame.end();
            let limits = limits(1, usize::MAX);
            let (whole, is_good, findings) = decoded(Decoder::new(&limits), &frame);
            assert!(is_good && findings.is_empty(), "{seed}: {findings:?}");
            let points = points(&frame, &limits);
            assert!(points.len() >= 10, "{seed}: {} points", points.len());
            for point in points {
                let (output, is_good, findings) = decoded(Decoder::resume(&point, &limits), &frame[point.stored as usize..]);
                assert!(is_good && findings.is_empty(), "{seed}, {}: {findings:?}", point.unpacked);
                assert!(output == whole[point.unpacked as usize..], "{seed}, {}", point.unpacked);
            }
        }
        assert!(points_before.iter().all(|count| *count > 300), "{points_before:?}");
    }

    fn offsets_that_nobody_followed_are_not_guessed() {
        let mut random = Random::new(3);
        let mut frame = Written::new();
        let mut raw = |frame: &mut Written, count: usize| {
            for _ in 0..count {
                frame.raw(&(0..1024).map(|_| random.byte()).collect::<Vec<u8>>());
            }
        };
        raw(&mut frame, 1);
        for offset in [40, 50, 60] {
            frame.sequence(Offset::At(offset), None, Mode::Default);
        }
        // The point is wanted among these, more than 1 MiB after the offsets.
        raw(&mut frame, 2500);
        let wanted = 2 << 20;
        for offset in [Offset::Repeated(1), Offset::At(31), Offset::Repeated(2), Offset::At(33), Offset::At(35), Offset::At(37), Offset::Repeated(3)] {
            frame.sequence(offset, Some(b'x'), Mode::Default);
        }
        raw(&mut frame, 3);
        let frame = frame.end();
        let limits = limits(wanted / 8, usize::MAX);
        let (whole, is_good, _) = decoded(Decoder::new(&limits), &frame);
        let points = points(&frame, &limits);
        // After the third one in a row: before it, one of those before is still among the last.
        assert_eq!(points.iter().map(|point| whole.len() as u64 - point.unpacked).collect::<Vec<_>>(), [3 * 1024 + 17]);
        assert!(is_good && points[0].unpacked > wanted + 400 * 1024);
        assert!(rest(&points[0], &frame, &limits) == whole[points[0].unpacked as usize..]);
    }

    fn frames_of_stored_blocks_have_points_without_any_table() {
        let mut random = Random::new(6);
        let mut frame = Written::new();
        for _ in 0..8 {
            frame.raw(&(0..1000).map(|_| random.byte()).collect::<Vec<u8>>());
        }
        let frame = frame.end();
        let limits = limits(1, usize::MAX);
        let (whole, ..) = decoded(Decoder::new(&limits), &frame);
        let points = points(&frame, &limits);
        assert_eq!(points.len(), 8);
        for point in points {
            assert!(rest(&point, &frame, &limits) == whole[point.unpacked as usize..]);
        }
    }

    fn frames_of_other_levels_are_the_same_from_each_point_inside() {
        let content = [mixed(1_500_000), vec![7; 700_000], mixed(1_000_000)].concat();
        for level in [CompressionLevel::Fastest, CompressionLevel::Default, CompressionLevel::Better] {
            let name = format!("{level:?}");
            let layer = [zstd(b"a frame before it"), compress_to_vec(content.as_slice(), level)].concat();
            let limits = limits(30_000, usize::MAX);
            let whole = [b"a frame before it", content.as_slice()].concat();
            let points = points(&layer, &limits);
            assert!(points.len() >= 5, "{name}: {} points", points.len());
            let mut last = 0;
            for point in points {
                assert!(point.unpacked >= last + 8 * 30_000, "{name}: {}", point.unpacked);
                last = point.unpacked;
                assert!(rest(&point, &layer, &limits) == whole[last as usize..], "{name}: from {last}");
            }
        }
    }

    fn points_are_farther_apart_where_windows_are_large() {
        let content = mixed(2_500_000);
        let mut layer = compress_to_vec(content.as_slice(), CompressionLevel::Default);
        // A frame whose header has a window byte may as well say a larger one (RFC 8878 3.1.1.1.2).
        assert!(layer[4] & 0x20 == 0 && layer[5] <= 11 << 3);
        for (window_log, intervals) in [(21, 8), (22, 16), (23, 32)] {
            layer[5] = (window_log - 10) << 3;
            let limits = limits(20_000, usize::MAX);
            let mut last = 0;
            for point in points(&layer, &limits) {
                let distance = point.unpacked - last;
                // Points are at blocks' ends, and a block has 128 KiB at most.
                let wanted = intervals * 20_000;
                assert!((wanted..wanted + (256 << 10)).contains(&distance), "{window_log}: {distance}");
                last = point.unpacked;
                assert!(rest(&point, &layer, &limits) == content[last as usize..], "{window_log}: {last}");
            }
            assert!(last > 1_200_000, "{window_log}: {last}");
        }
    }

    fn large_windows_have_no_points_inside() {
        let content = mixed(1_000_000);
        let layer = zstd(&content);
        let within = |seek_window_bytes| {
            let limits = Limits { seek_window_bytes, ..limits(1, usize::MAX) };
            points(&layer, &limits).len()
        };
        assert!(within(1 << 20) >= 5);
        assert_eq!(within(1 << 16), 0);
    }

    fn a_file_deep_in_a_frame_is_read_from_the_point_before_it() {
        let content = mixed(40 << 20);
        let tar = tars::ended(&[
            tars::member(b"file", b'0', &content),
            tars::member(b"last", b'0', b"last"),
        ]);
        // Its window is larger than what is looked into before a point.
        let layer = compress_to_vec(tar.as_slice(), CompressionLevel::Default);
        assert!(layer[5] >> 3 >= 11);
        let inspection = opened(layer);
        let at = |entry, offset| {
            let place = EntryPlace { layer: 0, entry };
            inspection.content(0, place, offset, 1000).expect("a file")
        };
        for (entry, offset, start, expected) in [
            (0, 30 << 20, 0, &content[30 << 20..][..1000]),
            (0, 39 << 20, 32, &content[39 << 20..][..1000]),
            (1, 0, 32, b"last".as_slice()),
        ] {
            let plan = at(entry, offset);
            assert_eq!(plan.start.unpacked >> 20, start);
            assert!(super::read(&inspection, &plan).expect("content") == expected, "{offset}");
        }
    }

    fn histories_are_the_same_wherever_they_are_kept() {
        let content = mixed(1_500_000);
        for (name, layer) in [
            ("gzip", gzip(&content)),
            ("zstd", zstd(&content)),
            ("window", compress_to_vec(content.as_slice(), CompressionLevel::Default)),
            ("frames between", [zstd(&content[..400_000]), EMPTY_FRAME.repeat(50), zstd(&content[400_000..])].concat()),
        ] {
            let limits = limits(25_000, usize::MAX);
            let here = points(&layer, &limits);
            assert!(here.len() >= 5, "{name}");
            for least in [0, 1, 100_000, usize::MAX] {
                let (there, histories) = taken(&layer, &limits, least);
                let mut end = 0;
                let back: Vec<SeekPoint> = there.into_iter().map(|mut point| {
                    if let Some(range) = point.taken_history() {
                        assert!(point.memory() < 1_000, "{name}");
                        assert_eq!(range.start, end, "{name}");
                        end = range.end;
                        point.put_history(histories[range.start as usize..range.end as usize].to_vec());
                    }
                    point
                }).collect();
                assert_eq!(end, histories.len() as u64, "{name}");
                assert_eq!(back, here, "{name}, {least}");
            }
        }
    }

    fn points_whose_histories_are_taken_are_not_thinned() {
        let content = mixed(1_500_000);
        for (layer, interval, most) in [(gzip(&content), 20_000, 80_000), (zstd(&content), 20_000, 700_000)] {
            let all = points(&layer, &limits(interval, usize::MAX)).len();
            let thinned = points(&layer, &limits(interval, most)).len();
            let (kept, _) = taken(&layer, &limits(interval, most), 1);
            assert!(thinned < all / 2, "{thinned} of {all}");
            assert_eq!(kept.len(), all);
        }
    }

    fn without_its_history_a_point_is_as_good_as_none() {
        let content = mixed(400_000);
        let layer = gzip(&tars::ended(&[tars::member(b"file", b'0', &content)]));
        let limits = limits(50_000, usize::MAX);
        let archive = Archive::open_tar(tars::docker_save(&[layer]), &limits).expect("an archive");
        let mut inspection = Inspection::open(archive, None, limits.clone());
        let mut histories = Vec::new();
        for job in inspection.jobs() {
            let blob = inspection.archive().sources()[0][job.offset as usize..][..job.size as usize].to_vec();
            let mut scan = LayerScan::new(&job, &limits);
            scan.push_all(&blob);
            histories.extend(scan.take_histories(1).into_iter().flatten());
            inspection.complete(scan.finish());
        }
        let place = EntryPlace { layer: 0, entry: 0 };
        let plan = inspection.content(0, place, 300_000, 5_000).expect("a file");
        let range = plan.seek_point.as_ref().and_then(SeekPoint::taken_history).expect("a history elsewhere");
        let mut readers = Readers::new(limits.clone());
        assert!(readers.wants_history(&plan));
        let layer = stored(&inspection, &plan);
        let read = |mut reading: Reading| {
            let output = run(&mut reading, layer, 1).expect("content");
            assert!(output == content[300_000..305_000]);
            reading
        };
        let without = read(Reading::new(plan.clone(), &limits));
        assert!(without.unpacked() > 300_000);
        let mut whole = plan.clone();
        let history = histories[range.start as usize..range.end as usize].to_vec();
        whole.seek_point.as_mut().expect("a point").put_history(history);
        let with = read(readers.open(whole));
        assert!(with.unpacked() < 150_000);
        readers.keep(with);
        // A reader that goes on from there needs none.
        let further = inspection.content(0, place, 310_000, 10).expect("a file");
        assert!(!readers.wants_history(&further));
    }

    fn frames_of_real_images_are_the_same_from_each_point_inside() {
        let Some(corpus) = files::corpus() else { return };
        let mut compared = 0;
        for name in files::list(&corpus).iter().filter(|name| name.contains("zstd")) {
            let archive = files::read_absolute(&format!("{corpus}/{name}/image.tar"));
            let Ok(inspection) = inspect::open(archive) else { continue };
            for job in inspection.jobs() {
                // Those that there are have windows of 32 MiB, and a point takes one each 16 MiB.
                let limits = Limits {
                    seek_window_bytes: 32 << 20,
                    seek_interval: 128 << 10,
                    ..limits(1, usize::MAX)
                };
                let source = &inspection.archive().sources()[0];
                let layer = &source[job.offset as usize..][..job.size as usize];
                let mut scan = LayerScan::new(&job, &limits);
                scan.push_all(layer);
                let points = scan.finish().seek_points;
                let (whole, ..) = decoded(Decoder::new(&limits), layer);
                for point in points {
                    let mut extract = Extract::resume(&point, &limits);
                    let length = (whole.len() as u64 - point.unpacked).min(3 << 20);
                    extract.want(Part::Piece(Piece::Stored { offset: point.unpacked, length }));
                    let output = run(&mut extract, layer, 1).expect("what follows");
                    assert!(output == whole[point.unpacked as usize..][..length as usize], "{name}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 10, "{compared}");
    }
}
