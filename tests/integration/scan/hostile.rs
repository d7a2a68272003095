//! Input that is made to break a reader: an answer every time, in bounded work.

use oci_lens::diagnostic::Diagnostics;
use oci_lens::layer::scan::ScanJob;
use oci_lens::layer::scanned::{NotScanned, Scanned};
use oci_lens::limits::Limits;
use oci_lens::report::Status;
use oci_lens::tree::{MergedTree, Rules};

use super::verdict::{gzip, zstd};
use super::{codes, digest, job, scan, scan_pieces};
use crate::support::random::Random;

cases! {
    fn every_truncation_has_an_answer_and_never_a_good_one() {
        let tar = small_tar();
        for (name, whole) in packings(&tar) {
            let entries = scan(&job(), &whole).table.len();
            let job = ScanJob { expected: Some(digest(&whole)), ..job() };
            for length in 0..whole.len() {
                let scanned = scan(&job, &whole[..length]);
                assert_eq!(scanned.verification.status, Status::Mismatch, "{name} {length}");
                assert!(scanned.table.len() <= entries, "{name} {length}");
                if length > 3 && name != "plain" {
                    assert!(scanned.diff_ids.is_empty(), "{name} {length}");
                }
            }
        }
    }

    fn every_bit_flip_has_an_answer_and_never_a_good_one() {
        let tar = small_tar();
        let mut random = Random::new(11);
        for (name, whole) in packings(&tar) {
            let job = ScanJob { expected: Some(digest(&whole)), diff_ids: vec![digest(&tar)], ..job() };
            for _ in 0..4000 {
                let mut bytes = whole.clone();
                for _ in 0..=random.below(3) {
                    let at = random.below(bytes.len());
                    bytes[at] ^= 1 << (random.below(8));
                }
                if bytes != whole {
                    let scanned = scan(&job, &bytes);
                    assert_eq!(scanned.verification.status, Status::Mismatch, "{name}");
                }
            }
        }
    }

    fn mutated_headers_with_right_checksums_read_alike_in_all_cuts() {
        let whole = small_tar();
        let mut random = Random::new(23);
        for round in 0..6000 {
            let mut bytes = whole.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] = match random.below(4) {
                    0 => 0,
                    1 => 0xff,
                    2 => bytes[at] ^ 1,
                    _ => random.byte(),
                };
            }
            for block in bytes.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar") {
                let mut header = tar::Header::new_old();
                header.as_mut_bytes().copy_from_slice(block);
                header.set_cksum();
                block.copy_from_slice(header.as_bytes());
            }
            let limits = Limits { sparse_hole_bytes: 1 << 20, ..Limits::default() };
            let scanned = scan_pieces(&job(), &limits, [bytes.as_slice()]);
            for length in [1, 511, 700] {
                assert_eq!(scan_pieces(&job(), &limits, bytes.chunks(length)), scanned, "{round}");
            }
            for entry in scanned.table.iter() {
                assert!(entry.header_offset < entry.data_offset, "{round}");
                assert!(entry.data_offset <= bytes.len() as u64, "{round}");
            }
        }
    }

    fn transferred_bytes_are_read_or_refused() {
        let in_folders = ["a/b/x", "a/b/y", "a/z"].map(|name| file(name, "")).concat();
        let scanned = scan(&job(), &[in_folders, small_tar()].concat());
        let bytes = scanned.to_bytes().unwrap_or_else(|error| panic!("{error}"));
        for length in 0..bytes.len() {
            assert_eq!(Scanned::from_bytes(&bytes[..length]), Err(NotScanned), "{length}");
        }
        let mut random = Random::new(5);
        for _ in 0..20_000 {
            let mut bytes = bytes.clone();
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << (random.below(8));
            if let Ok(scanned) = Scanned::from_bytes(&bytes) {
                // Whatever it says, every entry can be looked at.
                let table = scanned.table;
                assert_eq!(table.iter().count(), table.len());
                assert!((0..table.len()).all(|at| table.entry(at).is_some()));
                let mut tree = MergedTree::new(Rules::Spec, &Limits::default());
                tree.apply(0, table.into(), &mut Diagnostics::new(10));
            }
        }
    }

    fn bombs_unpack_in_bounded_calls_and_stop_at_the_limit() {
        let zeros = vec![0; 64 << 20];
        for (name, bomb) in [("gzip", gzip(&zeros)), ("zstd", zstd(&zeros))] {
            let scanned = scan(&job(), &bomb);
            assert_eq!((scanned.unpacked_size, codes(&scanned).as_str()), (64 << 20, ""), "{name}");
            let limits = Limits { unpacked_bytes: 3 << 20, ..Limits::default() };
            let scanned = scan_pieces(&job(), &limits, [bomb.as_slice()]);
            let reason = scanned.diff_reason.map(|reason| format!("{reason:?}"));
            assert_eq!(reason.as_deref(), Some("Limit"), "{name}");
            assert_eq!(codes(&scanned), "limit-unpacked-bytes", "{name}");
            assert_eq!(scanned.verification.computed, Some(digest(&bomb)), "{name}");
            assert_eq!(scanned.unpacked_size, 3 << 20, "{name}");
        }
    }

    fn each_limit_has_its_own_finding_and_spares_what_it_can() {
        let limits = Limits::default();
        let end = [0; 1024];
        let named = |length: usize| [long(b'L', &vec![b'n'; length]), file("short", "x"), file("after", "x"), end.to_vec()].concat();
        let endless_name = [b"\x1f\x8b\x08\x08\0\0\0\0\0\xff".as_slice(), &vec![b'n'; 2 << 20]].concat();
        let hole = |size: u64| [old_sparse(size), file("after", "x"), end.to_vec()].concat();
        let three = [file("a", "x"), file("b", "x"), file("c", "x"), end.to_vec()].concat();
        let few = Limits { layer_entries: 2, ..limits.clone() };
        let small = Limits { layer_table_bytes: 1, ..limits.clone() };
        for (name, limits, bytes, entries, findings) in [
            ("a name of 16 KiB", &limits, named(16_384), 2, ""),
            ("a name of 16 KiB and a byte", &limits, named(16_385), 1, "limit-path-bytes"),
            ("a name of 1 MiB", &limits, named(1 << 20), 1, "limit-path-bytes"),
            ("a name of 1 MiB and a byte", &limits, named((1 << 20) + 1), 0, "limit-header-bytes"),
            ("a PAX header of 1 MiB and a byte", &limits, long(b'x', &vec![b'1'; (1 << 20) + 1]), 0, "limit-header-bytes"),
            ("a gzip name of 2 MiB", &limits, endless_name, 0, "limit-header-bytes"),
            ("a hole of 8 MiB", &limits, hole(8 << 20), 2, ""),
            ("a hole of 8 EiB", &limits, hole(i64::MAX.cast_unsigned()), 2, "limit-sparse-hole-bytes"),
            ("an entry too many", &few, three.clone(), 2, "limit-layer-entries"),
            ("no room in the table", &small, three, 1, "limit-layer-table-bytes"),
        ] {
            let scanned = scan_pieces(&job(), limits, [bytes.as_slice()]);
            assert_eq!((scanned.table.len(), codes(&scanned).as_str()), (entries, findings), "{name}");
            let last = scanned.table.iter().last().map(|entry| entry.path.to_vec());
            if entries > 0 && name != "no room in the table" && name != "an entry too many" {
                assert_eq!(last.as_deref(), Some(b"after".as_slice()), "{name}");
            }
            assert_eq!(scanned.verification.computed, Some(digest(&bytes)), "{name}");
        }
    }
}

fn packings(tar: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    [
        ("plain", tar.to_vec()),
        ("gzip", gzip(tar)),
        ("zstd", zstd(tar)),
    ]
}

// One of every kind of header, then the end marker.
fn small_tar() -> Vec<u8> {
    [
        long(b'L', &[b'n'; 120]),
        file("short", "content"),
        long(b'x', b"15 path=by-pax\n31 SCHILY.xattr.user.name=value\n"),
        file("own", "more"),
        long(
            b'x',
            b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n29 GNU.sparse.realsize=2000\n",
        ),
        header("sparse", b'0', 515, |_| ()),
        block(b"2\n1000\n3\n2000\n0\n"),
        block(b"abc"),
        old_sparse(100),
        [0; 1024].to_vec(),
    ]
    .concat()
}

fn header(name: &str, flag: u8, size: u64, edit: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(tar::EntryType::new(flag));
    header.set_mode(0o644);
    header.set_size(size);
    edit(header.as_mut_bytes());
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn block(bytes: &[u8]) -> Vec<u8> {
    let mut block = bytes.to_vec();
    block.resize(bytes.len().next_multiple_of(512), 0);
    block
}

pub fn file(name: &str, content: &str) -> Vec<u8> {
    long_named(name, b'0', content.as_bytes())
}

fn long(flag: u8, content: &[u8]) -> Vec<u8> {
    long_named("about the next", flag, content)
}

fn long_named(name: &str, flag: u8, content: &[u8]) -> Vec<u8> {
    [
        header(name, flag, content.len() as u64, |_| ()),
        block(content),
    ]
    .concat()
}

// Four bytes of data at the start, the rest a hole.
fn old_sparse(size: u64) -> Vec<u8> {
    let entry = header("sparse", b'S', 4, |header| {
        header[386..410].copy_from_slice(b"00000000000\x0000000000004\0");
        header[483..487].copy_from_slice(&[0x80, 0, 0, 0]);
        header[487..495].copy_from_slice(&size.to_be_bytes());
    });
    [entry, block(b"data")].concat()
}
