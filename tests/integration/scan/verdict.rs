//! What is said about a blob: status, reason, compression, diff IDs.

use std::io::Write as _;

use oci_lens::digest::{Algorithm, Digest};
use oci_lens::layer::scan::{ScanJob, ScanKind};
use oci_lens::layer::scanned::Scanned;

use super::{codes, digest, job, scan_in_all_cuts};

// Magic, method, flags, time, extra flags, system: a gzip header without options.
const PLAIN_HEADER: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";

cases! {
    fn the_blob_is_judged_by_size_then_digest() {
        let content = b"some content";
        let right = digest(content);
        let wrong = digest(b"other content");
        let sha512 = Digest::of(Algorithm::Sha512, content).to_string();
        let blake3 = Digest::of(Algorithm::Blake3, content).to_string();
        for (expected, size, answer) in [
            (Some(right.as_str()), Some("12"), "verified"),
            (Some(&right), None, "verified"),
            (Some(&sha512), Some("12"), "verified"),
            (Some(&blake3), Some("12"), "verified"),
            (Some(&wrong), Some("12"), "mismatch"),
            (Some(&right), Some("13"), "mismatch"),
            (Some(&right), Some("-12"), "mismatch"),
            (Some(&right), Some("18446744073709551628"), "mismatch"),
            (Some("md6:00ff"), Some("12"), "not-checked unknown-algorithm"),
            (Some("md6:00ff"), Some("13"), "mismatch"),
            (Some("sha256:00ff"), Some("12"), "not-checked invalid-digest"),
            (Some("no digest"), Some("12"), "not-checked invalid-digest"),
            (None, None, "not-checked nothing-expected"),
        ] {
            for kind in [ScanKind::Layer, ScanKind::Blob] {
                let job = ScanJob {
                    kind,
                    expected: expected.map(str::to_owned),
                    expected_size: size.map(str::to_owned),
                    ..job()
                };
                let verification = scan_in_all_cuts(&job, content).verification;
                let words = [Some(json(&verification.status)), verification.reason.as_ref().map(json)];
                let words: Vec<String> = words.into_iter().flatten().collect();
                assert_eq!(words.join(" "), answer, "{expected:?} {size:?} {kind:?}");
                if expected.is_none() {
                    assert_eq!(verification.computed, Some(right.clone()));
                }
            }
        }
    }

    fn only_the_bytes_decide_the_compression() {
        let tar = [0; 1024];
        let none = "the unpacked bytes are what they are";
        for (name, bytes, media_type, compression, diff_id, findings) in [
            ("plain", tar.to_vec(), "application/vnd.oci.image.layer.v1.tar", "none", "yes", ""),
            ("gzip", gzip(&tar), "application/vnd.oci.image.layer.v1.tar+gzip", "gzip", "yes", ""),
            ("docker gzip", gzip(&tar), "application/vnd.docker.image.rootfs.diff.tar.gzip", "gzip", "yes", ""),
            ("docker plain type promises nothing", gzip(&tar), "application/vnd.docker.image.rootfs.diff.tar", "gzip", "yes", ""),
            ("zstd", zstd(&tar), "application/vnd.oci.image.layer.v1.tar+zstd", "zstd", "yes", ""),
            ("zstd as gzip", zstd(&tar), "application/vnd.oci.image.layer.v1.tar+gzip", "zstd", "yes", "media-type-disagrees"),
            ("gzip as plain", gzip(&tar), "application/vnd.oci.image.layer.nondistributable.v1.tar", "gzip", "yes", "media-type-disagrees"),
            ("plain as gzip", tar.to_vec(), "application/vnd.oci.image.layer.v1.tar+gzip", "none", "yes", "media-type-disagrees"),
            ("bzip2", b"BZh91AY&SY and so on".to_vec(), "", "", "unknown-compression", "unknown-compression"),
            ("xz", b"\xfd7zXZ\0 and so on".to_vec(), "", "", "unknown-compression", "unknown-compression"),
            ("lz4", b"\x04\x22\x4d\x18 and so on".to_vec(), "", "", "unknown-compression", "unknown-compression"),
            ("lzip", b"LZIP\x01 and so on".to_vec(), "", "", "unknown-compression", "unknown-compression"),
            ("nearly bzip2", b"BZh91AY&S".to_vec(), "", "none", none, "tar-not-a-tar"),
            ("nearly gzip", b"\x1f\x8b".to_vec(), "", "none", none, "tar-not-a-tar"),
            ("nearly zstd", b"\x28\xb5\x2f".to_vec(), "", "none", none, "tar-not-a-tar"),
            ("text", b"no tar at all".to_vec(), "", "none", none, "tar-not-a-tar"),
            ("nothing", Vec::new(), "", "none", none, "tar-no-end-marker"),
        ] {
            let job = ScanJob { media_type: Some(media_type.to_owned()), ..job() };
            let scanned = scan_in_all_cuts(&job, &bytes);
            assert_eq!(scanned.compression.as_ref().map(json).unwrap_or_default(), compression, "{name}");
            assert_eq!(codes(&scanned), findings, "{name}");
            let expected = match diff_id {
                "yes" => digest(&tar),
                reason if reason == none => digest(&bytes),
                reason => reason.to_owned(),
            };
            assert_eq!(diff_id_or_reason(&scanned), expected, "{name}");
        }
    }

    fn gzip_members_padding_and_checksums() {
        let tar = [0; 1024];
        let packed = gzip(&tar);
        let (body, trailer) = packed[PLAIN_HEADER.len()..].split_last_chunk::<8>().expect("a trailer");
        let whole = |header: &[u8], trailer: &[u8]| [header, body, trailer].concat();
        let long_header = options_header(true);
        let crc = flip(trailer, 0);
        let length = flip(trailer, 4);
        let failed = "decompression-failed";
        for (name, bytes, diff_id, findings) in [
            ("one member", packed.clone(), "yes", ""),
            ("all optional fields", whole(&long_header, trailer), "yes", ""),
            ("header checksum wrong", whole(&options_header(false), trailer), failed, "gzip-header-checksum-mismatch"),
            ("two members", [gzip(&tar[..700]), gzip(&tar[700..])].concat(), "yes", ""),
            ("an empty member between", [gzip(&tar[..700]), gzip(&[]), gzip(&tar[700..])].concat(), "yes", ""),
            ("zeros at the end", [packed.as_slice(), &[0; 600]].concat(), "yes", "gzip-trailing-zeros"),
            ("garbage at the end", [packed.as_slice(), b"garbage"].concat(), "yes", "gzip-trailing-garbage"),
            ("garbage after zeros", [packed.as_slice(), b"\0\0\x1f\x8b\x08"].concat(), "yes", "gzip-trailing-garbage"),
            ("half a magic at the end", [packed.as_slice(), b"\x1f\x8b"].concat(), "yes", "gzip-trailing-garbage"),
            ("second member cut in its header", [packed.as_slice(), b"\x1f\x8b\x08\0"].concat(), failed, "gzip-truncated"),
            ("cut in the trailer", packed[..packed.len() - 1].to_vec(), failed, "gzip-truncated"),
            ("cut in the body", packed[..packed.len() - 9].to_vec(), failed, "gzip-truncated"),
            ("cut in the header", packed[..5].to_vec(), failed, "gzip-truncated"),
            ("CRC wrong", whole(PLAIN_HEADER, &crc), failed, "gzip-checksum-mismatch"),
            ("length wrong", whole(PLAIN_HEADER, &length), failed, "gzip-length-mismatch"),
            ("no deflate", [PLAIN_HEADER, &[0xff; 20]].concat(), failed, "gzip-corrupt"),
            // RFC 1951 3.2.6: fixed codes, a literal, then a match from 24577 bytes before.
            ("a match from before the beginning", [PLAIN_HEADER, b"\x4b\x04\x5e", &[0; 600]].concat(), failed, "gzip-corrupt"),
        ] {
            let scanned = scan_in_all_cuts(&job(), &bytes);
            let expected = if diff_id == "yes" { digest(&tar) } else { diff_id.to_owned() };
            assert_eq!(diff_id_or_reason(&scanned), expected, "{name}");
            assert_eq!(without(&codes(&scanned), "tar-"), findings, "{name}");
        }
        // A wrong trailer is outweighed where digest and diff ID both hold.
        let bytes = whole(PLAIN_HEADER, &crc);
        let (right, wrong) = (digest(&tar), digest(b"other"));
        for (expected, promised, answer) in [
            (Some(digest(&bytes)), Some(&right), right.as_str()),
            (Some(digest(&bytes)), Some(&wrong), failed),
            (Some(digest(&bytes)), None, failed),
            (Some(wrong.clone()), Some(&right), failed),
            (None, Some(&right), failed),
        ] {
            let diff_ids = promised.into_iter().cloned().collect();
            let job = ScanJob { expected: expected.clone(), diff_ids, ..job() };
            let scanned = scan_in_all_cuts(&job, &bytes);
            assert_eq!(diff_id_or_reason(&scanned), answer, "{expected:?} {promised:?}");
            assert!(codes(&scanned).contains("gzip-checksum-mismatch"));
        }
    }

    fn zstd_frames_skippable_frames_and_checksums() {
        let tar = [0; 1024];
        let packed = zstd(&tar);
        let failed = "decompression-failed";
        for (name, bytes, diff_id, findings) in [
            ("one frame", packed.clone(), "yes", ""),
            ("two frames", [zstd(&tar[..300]), zstd(&tar[300..])].concat(), "yes", ""),
            ("skippable frames around", [skippable(0x50, 9), packed.clone(), skippable(0x5f, 0), skippable(0x5a, 200)].concat(), "yes", ""),
            ("an empty frame with a checksum", [EMPTY_FRAME, packed.as_slice()].concat(), "yes", ""),
            ("a wrong checksum", [flip(EMPTY_FRAME, 12).as_slice(), &packed].concat(), failed, "zstd-checksum-mismatch"),
            ("garbage at the end", [packed.as_slice(), b"garbage"].concat(), "yes", "zstd-trailing-garbage"),
            ("half a magic at the end", [packed.as_slice(), b"\x28\xb5"].concat(), failed, "zstd-truncated"),
            ("cut in a skippable frame", [packed.as_slice(), &skippable(0x50, 9)[..10]].concat(), failed, "zstd-truncated"),
            ("cut in the frame header", packed[..5].to_vec(), failed, "zstd-truncated"),
            ("cut in a block", packed[..packed.len() - 5].to_vec(), failed, "zstd-truncated"),
            ("a block of the reserved type", b"\x28\xb5\x2f\xfd\x20\x00\x07\x00\x00".to_vec(), failed, "zstd-corrupt"),
            ("less content than declared", b"\x28\xb5\x2f\xfd\x20\x05\x01\x00\x00".to_vec(), failed, "zstd-corrupt"),
            ("a dictionary that nobody has", b"\x28\xb5\x2f\xfd\x21\x07\x00\x01\x00\x00".to_vec(), failed, "zstd-corrupt"),
            ("a window of 3.75 TiB", b"\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00".to_vec(), "limit", "limit-zstd-window-bytes"),
            ("a single segment of 16 EiB", b"\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00".to_vec(), "limit", "limit-zstd-window-bytes"),
        ] {
            let scanned = scan_in_all_cuts(&job(), &bytes);
            let expected = if diff_id == "yes" { digest(&tar) } else { diff_id.to_owned() };
            assert_eq!(diff_id_or_reason(&scanned), expected, "{name}");
            assert_eq!(without(&codes(&scanned), "tar-"), findings, "{name}");
        }
    }

    fn diff_ids_are_computed_under_the_algorithms_promised() {
        let tar = [0; 1024];
        let sha512 = Digest::of(Algorithm::Sha512, &tar).to_string();
        let sha256 = digest(&tar);
        for (promised, computed) in [
            (vec![], vec![&sha256]),
            (vec![sha512.as_str()], vec![&sha512]),
            (vec!["md6:00", "nothing"], vec![&sha256]),
            (vec![sha512.as_str(), &sha256, &sha512], vec![&sha256, &sha512]),
        ] {
            let diff_ids = promised.iter().map(|&id| id.to_owned()).collect();
            let scanned = scan_in_all_cuts(&ScanJob { diff_ids, ..job() }, &tar);
            let found: Vec<String> = scanned.diff_ids.iter().map(ToString::to_string).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), computed, "{promised:?}");
        }
    }
}

fn json(word: &impl serde::Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(word)) => word,
        other => panic!("{other:?}"),
    }
}

fn diff_id_or_reason(scanned: &Scanned) -> String {
    match (scanned.diff_ids.as_slice(), &scanned.diff_reason) {
        ([digest], None) => digest.to_string(),
        ([], Some(reason)) => json(reason),
        other => panic!("{other:?}"),
    }
}

fn without(codes: &str, prefix: &str) -> String {
    let kept: Vec<&str> = codes
        .split(' ')
        .filter(|code| !code.starts_with(prefix))
        .collect();
    kept.join(" ")
}

fn flip(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

// RFC 1952 2.3.1: FHCRC, FEXTRA, FNAME and FCOMMENT.
fn options_header(right: bool) -> Vec<u8> {
    let mut header = b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff\x05\0extraname\0comment\0".to_vec();
    let crc = crc32fast::hash(&header) ^ u32::from(!right);
    header.extend_from_slice(&crc.to_le_bytes()[..2]);
    header
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.unwrap_or_else(|error| panic!("{error}"))
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    use structured_zstd::encoding::{CompressionLevel, compress_to_vec};
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

// RFC 8878: magic, descriptor with a checksum and no window, size 0 in one byte, one empty raw block
// that is the last; then XXH64's low half.
pub const EMPTY_FRAME: &[u8] = b"\x28\xb5\x2f\xfd\x24\x00\x01\x00\x00\x99\xe9\xd8\x51";

pub fn skippable(first: u8, length: u8) -> Vec<u8> {
    let mut frame = vec![first, 0x2a, 0x4d, 0x18, length, 0, 0, 0];
    frame.extend(std::iter::repeat_n(0xaa, length.into()));
    frame
}
