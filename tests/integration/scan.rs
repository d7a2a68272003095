//! Layer scans: compressions, tar dialects, cuts.

mod dialects;
mod hostile;
mod truth;
pub mod verdict;

use oci_lens::layer::scan::{LayerScan, ScanJob, ScanKind};
use oci_lens::layer::scanned::Scanned;
use oci_lens::layer::{Hashers, Hashing, LayerScans};
use oci_lens::limits::Limits;

use crate::support::cuts::RandomCuts;

/// A job for a layer of which nothing is promised.
pub fn job() -> ScanJob {
    ScanJob {
        job: 7,
        source: Some(0),
        offset: 0,
        size: 0,
        kind: ScanKind::Layer,
        media_type: None,
        expected: None,
        expected_size: None,
        diff_ids: Vec::new(),
        content_digests: true,
    }
}

/// Scans pieces one after another; no call may unpack more than 2 MiB.
fn scan_pieces<'a>(
    job: &ScanJob,
    limits: &Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Scanned {
    let mut scan = LayerScan::new(job, limits);
    for mut piece in pieces {
        while !piece.is_empty() {
            let before = (scan.stored(), scan.unpacked());
            let taken = scan.push(piece);
            assert_ne!(
                before,
                (scan.stored(), scan.unpacked()),
                "a call did nothing"
            );
            assert!(scan.unpacked() - before.1 <= 2 << 20, "a call did too much");
            piece = &piece[taken..];
        }
    }
    scan.finish()
}

fn scan(job: &ScanJob, bytes: &[u8]) -> Scanned {
    scan_pieces(job, &Limits::default(), [bytes])
}

/// The same of several scans side by side, each in other cuts.
fn scan_beside(job: &ScanJob, limits: &Limits, bytes: &[u8], hashing: Hashing) -> Vec<Scanned> {
    let mut scans = LayerScans::new(limits.clone(), hashing);
    let mut hashers = Hashers::default();
    let mut left: Vec<_> = (1..4)
        .map(|seed| {
            let number = scans.begin(job);
            for (stream, algorithm) in (0..).zip(scans.algorithms(number)) {
                hashers.begin(10 * number + stream, algorithm);
            }
            (number, RandomCuts::new(bytes, seed), &bytes[..0])
        })
        .collect();
    let mut hash = |scans: &mut LayerScans, number: u32, least: usize| {
        for (at, stream) in (10 * number..)
            .take(scans.algorithms(number).len())
            .enumerate()
        {
            let mut give = |bytes: &[u8]| hashers.push(stream, bytes);
            while scans
                .take_held((number, at), least, 70_000, &mut give)
                .is_some()
            {}
            if least == 0 && hashing == Hashing::Elsewhere {
                scans.set_digest((number, at), hashers.finish(stream).expect("a stream"));
            }
        }
    };
    let mut scanned = Vec::new();
    while !left.is_empty() {
        left.retain_mut(|(number, pieces, rest)| {
            if rest.is_empty() {
                let Some(piece) = pieces.next() else {
                    scans.end(*number);
                    hash(&mut scans, *number, 0);
                    scanned.extend(scans.remove(*number).map(LayerScan::finish));
                    return false;
                };
                *rest = piece;
            }
            let taken = scans.push(*number, rest);
            *rest = &rest[taken..];
            hash(&mut scans, *number, 50_000);
            true
        });
    }
    scanned
}

/// Scans whole, in pieces of seeded random lengths, side by side and, where that is not too
/// slow, byte by byte: all must agree.
fn scan_in_all_cuts(job: &ScanJob, bytes: &[u8]) -> Scanned {
    scan_in_all_cuts_within(job, bytes, &Limits::default())
}

/// The same within other limits.
pub fn scan_in_all_cuts_within(job: &ScanJob, bytes: &[u8], limits: &Limits) -> Scanned {
    let whole = scan_pieces(job, limits, [bytes]);
    for seed in 1..4 {
        let pieces = RandomCuts::new(bytes, seed);
        assert_eq!(scan_pieces(job, limits, pieces), whole, "seed {seed}");
    }
    for hashing in [Hashing::Here, Hashing::Elsewhere] {
        let beside = scan_beside(job, limits, bytes, hashing);
        assert_eq!(beside.len(), 3);
        for scanned in beside {
            assert_eq!(scanned, whole, "side by side, hashed {hashing:?}");
        }
    }
    if bytes.len() < 100_000 {
        assert_eq!(
            scan_pieces(job, limits, bytes.chunks(1)),
            whole,
            "byte by byte"
        );
    }
    let transferred = whole
        .to_bytes()
        .and_then(|bytes| Scanned::from_bytes(&bytes));
    assert_eq!(transferred.as_ref(), Ok(&whole));
    whole
}

/// Codes of all findings, sorted, each once.
fn codes(scanned: &Scanned) -> String {
    let mut codes: Vec<&str> = scanned
        .diagnostics
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}

fn digest(bytes: &[u8]) -> String {
    oci_lens::digest::Digest::sha256(bytes).to_string()
}
