//! Any bytes as a layer: what its files hold and what its tree makes as a tar, the same however
//! it is read, and from wherever.

use std::sync::Arc;

use oci_lens::diagnostic::Diagnostics;
use oci_lens::digest::Digest;
use oci_lens::export::{LayerAt, Plan, Pour};
use oci_lens::image::content::{ContentError, ContentPlan, StoredBlob};
use oci_lens::image::reading::{Readers, Reading};
use oci_lens::layer::table::EntryTable;
use oci_lens::layer::{Machine, Part, Piece, SeekPoint, Start};
use oci_lens::limits::Limits;
use oci_lens::report::Compression;
use oci_lens::tree::{MergedTree, Rules};

/// Files looked into: a mutation seldom harms more.
const FILES: usize = 24;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let limits = super::scan::limits();
    let scanned = super::scan::scan(bytes, usize::MAX);
    let layer = Layer {
        bytes,
        is_plain: scanned.compression == Some(Compression::None),
        size: scanned.unpacked_size,
        seek_points: scanned.seek_points,
        table: Arc::new(scanned.table),
    };
    contents(&layer, &limits);
    export(&layer, &limits);
}

struct Layer<'a> {
    bytes: &'a [u8],
    is_plain: bool,
    size: u64,
    table: Arc<EntryTable>,
    seek_points: Vec<SeekPoint>,
}

impl Layer<'_> {
    fn blob(&self) -> StoredBlob {
        StoredBlob {
            number: 0,
            source: Some(0),
            offset: 0,
            size: self.bytes.len() as u64,
        }
    }

    fn plan(&self, index: usize, offset: u64, length: u64, limits: &Limits) -> Option<ContentPlan> {
        let pieces = self.table.pieces(index, offset, length)?;
        let hole = |piece: &Piece| matches!(piece, Piece::Zeros { .. });
        let holes = pieces.iter().filter(|piece| hole(piece)).map(Piece::length);
        if holes.fold(0, u64::saturating_add) > limits.sparse_hole_bytes {
            return None;
        }
        let entry = self.table.entry(index)?;
        let mut plan = ContentPlan {
            layer: 0,
            path: entry.path.to_vec(),
            size: entry.size,
            blob: self.blob(),
            start: Start::default(),
            seek_point: None,
            parts: pieces.into_iter().map(Part::Piece).collect(),
            is_listed: false,
            expected: None,
        };
        plan.start = Start::of(self.is_plain, plan.first().unwrap_or_default());
        Some(plan)
    }
}

fn contents(layer: &Layer<'_>, limits: &Limits) {
    let mut readers = Readers::new(limits.clone());
    let ranges = [(0, u64::MAX), (1, 700), (600, 1), (3, u64::MAX - 1)];
    for index in 0..layer.table.len().min(FILES) {
        for (offset, length) in ranges {
            let Some(plan) = layer.plan(index, offset, length, limits) else {
                continue;
            };
            let mut fresh = Reading::new(plan.clone(), limits).with_digest();
            let whole = feed(&mut fresh, layer.bytes, usize::MAX);
            let mut kept = readers.open(plan.clone());
            let again = feed(&mut kept, layer.bytes, 97);
            readers.keep(kept);
            let Ok(whole) = whole.map_err(|error| error.code()) else {
                assert!(again.is_err(), "what is kept reads what cannot be read");
                continue;
            };
            assert_eq!(again.map_err(|error| error.code()).as_ref(), Ok(&whole));
            let reach = plan.size.saturating_sub(offset).min(length);
            assert_eq!(whole.len() as u64, reach);
            let digest = Digest::sha256(&whole);
            assert_eq!(fresh.digest().as_ref(), Some(&digest));
            let first = plan.first().unwrap_or_default();
            for point in layer
                .seek_points
                .iter()
                .filter(|point| point.unpacked <= first)
            {
                let seek_point = Some(point.clone());
                let from_there = ContentPlan {
                    seek_point,
                    ..plan.clone()
                };
                let mut reading = Reading::new(from_there, limits);
                let again = feed(&mut reading, layer.bytes, 97);
                assert_eq!(again.map_err(|error| error.code()).as_ref(), Ok(&whole));
            }
        }
    }
}

fn export(layer: &Layer<'_>, limits: &Limits) {
    let mut tree = MergedTree::new(Rules::Spec, limits);
    tree.apply(0, layer.table.clone(), &mut Diagnostics::new(0));
    let at = LayerAt {
        layer: 0,
        blob: layer.blob(),
        start: Start::of(layer.is_plain, 0),
        size: layer.size,
    };
    let planned = || Plan::new(tree.clone(), b"", 0, [at], limits);
    let (Ok(mut plan), Ok(mut again)) = (planned(), planned()) else {
        panic!("there is no root");
    };
    let whole = pour(&mut plan, layer.bytes, usize::MAX, limits);
    assert_eq!(pour(&mut again, layer.bytes, 97, limits), whole);
    let Ok(tar) = whole else { return };
    let view = plan.view();
    let scanned = super::scan::scan(&tar, usize::MAX);
    assert_eq!(scanned.counts.total, view.paths);
    // What comes out is what went in, but for what the view names.
    let mut written = MergedTree::new(Rules::Spec, limits);
    written.apply(0, Arc::new(scanned.table), &mut Diagnostics::new(0));
    let missing = tree.walk().count() - written.walk().count();
    assert!(missing <= view.left_out_count as usize);
    for node in written.walk() {
        let path = node.path();
        let before = tree.find(&path).map(|node| (node.node_type(), node.size()));
        assert_eq!(before, Some((node.node_type(), node.size())));
    }
}

fn pour(
    plan: &mut Plan,
    bytes: &[u8],
    cut: usize,
    limits: &Limits,
) -> Result<Vec<u8>, &'static str> {
    let mut pour = Pour::new(limits);
    let mut tar = Vec::new();
    while let Some(batch) = plan.next_batch() {
        pour.take(batch);
        let piece = feed(&mut pour, bytes, cut);
        tar.extend(piece.map_err(|error| error.code())?);
    }
    Ok(tar)
}

fn feed<M: Machine<Error = ContentError>>(
    machine: &mut M,
    bytes: &[u8],
    cut: usize,
) -> Result<Vec<u8>, ContentError> {
    let mut output = Vec::new();
    while !machine.is_done() {
        let from = usize::try_from(machine.stored()).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default();
        if rest.is_empty() {
            machine.end();
        }
        let piece = rest.get(..cut).unwrap_or(rest);
        machine.push(piece, &mut output)?;
    }
    Ok(output)
}
