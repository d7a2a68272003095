//! Layer scans: compressions, tar dialects, cuts.

mod dialects;
mod header;
mod hostile;
mod pages;
mod truth;
pub mod verdict;

use std::collections::BTreeSet;

use oci_lens::layer::scan::{LayerScan, ScanJob, ScanKind};
use oci_lens::layer::scanned::Scanned;
use oci_lens::layer::{Hashers, LayerScans, Midstate};
use oci_lens::limits::Limits;

use crate::support::cuts::RandomCuts;

/// Unpacked bytes from which a layer is not scanned in every way there is as wasm, where that takes
/// minutes: natively it is.
const LARGE: u64 = 1 << 20;

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

/// What hashes for scans, as another thread would.
#[derive(Default)]
struct Elsewhere {
    hashers: Hashers,
    begun: BTreeSet<u32>,
}

impl Elsewhere {
    fn begin(&mut self, scans: &mut LayerScans, scan: u32) {
        for (at, stream) in Self::streams(scans, scan) {
            if let Some(known) = scans.hash_elsewhere((scan, at)) {
                let known = Midstate::from_bytes(&known.to_bytes());
                self.hashers.begin(stream, known);
                self.begun.insert(stream);
            }
        }
    }

    fn take(&mut self, scans: &mut LayerScans, scan: u32, least: usize) {
        for (at, stream) in Self::streams(scans, scan) {
            let mut give = |bytes: &[u8]| self.hashers.push(stream, bytes);
            while scans
                .take_held((scan, at), least, 70_000, &mut give)
                .is_some()
            {}
        }
    }

    fn finish(&mut self, scans: &mut LayerScans, scan: u32) {
        self.take(scans, scan, 0);
        for (at, stream) in Self::streams(scans, scan) {
            if self.begun.remove(&stream) {
                let digest = self.hashers.finish(stream).expect("begun");
                scans.set_digest((scan, at), digest);
            }
        }
    }

    /// A scan's streams, and their numbers here.
    fn streams(scans: &mut LayerScans, scan: u32) -> impl Iterator<Item = (usize, u32)> + use<> {
        (0..scans.stream_count(scan)).zip(10 * scan..)
    }
}

/// The same of several scans side by side, each in other cuts, which are hashed here for so many
/// pieces and then elsewhere, if ever.
fn scan_beside(job: &ScanJob, limits: &Limits, bytes: &[u8], here: Option<usize>) -> Vec<Scanned> {
    let mut scans = LayerScans::new(limits.clone());
    let mut elsewhere = Elsewhere::default();
    let mut left: Vec<_> = (1..4)
        .map(|seed| {
            let pieces = RandomCuts::new(bytes, seed);
            (scans.begin(job), pieces.enumerate(), &bytes[..0])
        })
        .collect();
    let mut scanned = Vec::new();
    while !left.is_empty() {
        left.retain_mut(|(number, pieces, rest)| {
            if rest.is_empty() {
                let Some((count, piece)) = pieces.next() else {
                    scans.end(*number);
                    elsewhere.finish(&mut scans, *number);
                    scanned.extend(scans.remove(*number).map(LayerScan::finish));
                    return false;
                };
                if here == Some(count) {
                    elsewhere.begin(&mut scans, *number);
                }
                *rest = piece;
            }
            let taken = scans.push(*number, rest);
            *rest = &rest[taken..];
            elsewhere.take(&mut scans, *number, 50_000);
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
    // As wasm, what can differ is the arithmetic, and every way has that.
    let every_way = cfg!(not(target_arch = "wasm32")) || whole.unpacked_size < LARGE;
    let (seeds, pieces_here): (u64, &[Option<usize>]) = if every_way {
        (3, &[None, Some(0), Some(1), Some(7)])
    } else {
        (1, &[Some(7)])
    };
    for seed in 1..=seeds {
        let pieces = RandomCuts::new(bytes, seed);
        assert_eq!(scan_pieces(job, limits, pieces), whole, "seed {seed}");
    }
    for here in pieces_here {
        let beside = scan_beside(job, limits, bytes, *here);
        assert_eq!(beside.len(), 3);
        for scanned in beside {
            assert_eq!(
                scanned, whole,
                "side by side, hashed here for {here:?} pieces"
            );
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
