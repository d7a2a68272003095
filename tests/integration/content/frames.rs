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
        let inspection = opened(zstd(&tar));
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
                // Those that there are have windows of 32 MiB, and a point takes one.
                let limits = Limits {
                    seek_window_bytes: 32 << 20,
                    seek_interval: 2 << 20,
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
