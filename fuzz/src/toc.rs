//! Any bytes as a table of contents, and as a layer with one: refused, or a list whose files are
//! looked for inside of the layer and nowhere else.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use oci_lens::diagnostic::Diagnostics;
use oci_lens::digest::Digest;
use oci_lens::layer::toc::{Listed, Toc, TocJob, TocReader, mismatch};
use oci_lens::layer::{Extract, Part};
use oci_lens::limits::Limits;
use oci_lens::tree::{MergedTree, Rules};

const ANNOTATION: &str = "containerd.io/snapshot/stargz/toc.digest";

/// Files looked into.
const FILES: usize = 24;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let layer = estargz(bytes);
    if let Some(listed) = list(&layer, bytes) {
        look(&layer, listed);
    }
    // The digest is that of no table: what lies before it is what is tried.
    assert!(list(bytes, b"").is_none());
    let _ = Listed::from_bytes(bytes).map(|listed| look(&layer, listed));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.expect("memory can be written")
}

/// A layer whose table of contents is of these bytes, after some members that files may be in.
pub fn estargz(json: &[u8]) -> Vec<u8> {
    let mut layer: Vec<u8> = [b"one".as_slice(), b"two", json]
        .into_iter()
        .flat_map(gzip)
        .collect();
    let begins = layer.len();
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &[u8]| {
        for (to, from) in header.iter_mut().skip(at).zip(text) {
            *to = *from;
        }
    };
    put(0, b"stargz.index.json");
    put(100, b"0000644\0");
    put(124, format!("{:011o}\0", json.len()).as_bytes());
    put(148, b"        0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    for (to, from) in header
        .iter_mut()
        .skip(148)
        .zip(format!("{sum:06o}\0 ").bytes())
    {
        *to = from;
    }
    let mut tar = [header.as_slice(), json].concat();
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    layer.extend(gzip(&tar));
    layer.extend(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0");
    layer.extend(format!("{begins:016x}STARGZ").bytes());
    layer.extend(b"\x01\0\0\xff\xff\0\0\0\0\0\0\0\0");
    layer
}

fn list(layer: &[u8], json: &[u8]) -> Option<Listed> {
    let digest = Digest::sha256(json).to_string();
    let toc = Toc::of(&BTreeMap::from([(ANNOTATION.to_owned(), digest)]))?;
    let size = layer.len() as u64;
    let mut reader = TocReader::new(TocJob { job: 0, size, toc }, &Limits::default()).ok()?;
    while !reader.wanted().is_empty() {
        let wanted = reader.wanted();
        let from = usize::try_from(wanted.start).expect("in memory");
        let to = usize::try_from(wanted.end)
            .expect("in memory")
            .min(from + 1000);
        reader
            .push(layer.get(from..to).expect("inside of the layer"))
            .ok()?;
    }
    let listed = reader.finish().ok()?;
    let packed = listed.to_bytes().expect("it can be carried");
    assert_eq!(Listed::from_bytes(&packed), Ok(listed.clone()));
    Some(listed)
}

fn look(layer: &[u8], Listed { listing, .. }: Listed) {
    let limits = Limits {
        unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    let table = &listing.table;
    assert_eq!(mismatch(listing.format, table, table), None);
    for index in 0..table.len().min(FILES) {
        let Some(pieces) = table.pieces(index, 0, 5000) else {
            continue;
        };
        for piece in pieces {
            let oci_lens::layer::Piece::Stored { offset, length } = piece else {
                continue;
            };
            let (Some(start), Some(end)) = (listing.start(offset), listing.end(offset)) else {
                continue;
            };
            let (Ok(from), Ok(to)) = (usize::try_from(start.stored), usize::try_from(end)) else {
                continue;
            };
            let mut extract = Extract::of_packed(start, &limits);
            extract.want(Part::Piece(piece));
            let mut output = Vec::new();
            let mut rest = layer.get(from..to).unwrap_or_default();
            while !extract.is_done() {
                if rest.is_empty() {
                    extract.end();
                }
                match extract.push(rest, &mut output) {
                    Ok(taken) => rest = rest.get(taken..).unwrap_or_default(),
                    Err(_) => break,
                }
            }
            assert!(output.len() as u64 <= length);
        }
    }
    let mut tree = MergedTree::new(Rules::Spec, &limits);
    let mut findings = Diagnostics::new(10);
    tree.apply(0, Arc::new(listing.table), &mut findings);
    assert!(tree.walk().count() <= tree.len());
}
