//! Every layer of the fixtures and of the corpus against its ground truth.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use oci_lens::digest::{Algorithm, Digest};
use oci_lens::layer::scanned::Scanned;
use oci_lens::layer::table::{Entry, EntryKind};
use oci_lens::report::{Compression, EntryCounts, Reason, Status};
use serde::Deserialize;

use super::{job, scan_in_all_cuts};
use crate::support::{files, inspect};

#[derive(Deserialize)]
struct Truth {
    file: File,
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    members: Vec<Member>,
    #[serde(default)]
    images: Vec<Image>,
}

#[derive(Deserialize)]
struct File {
    outer_compression: String,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    size: u64,
    offset: u64,
}

#[derive(Deserialize)]
struct Image {
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    #[serde(rename = "mediaType")]
    media_type: Option<String>,
    digest: Option<String>,
    size: Option<u64>,
    name: Option<String>,
    #[serde(default)]
    present: bool,
    size_ok: Option<bool>,
    digest_ok: Option<bool>,
    compression: Option<String>,
    uncompressed_size: Option<u64>,
    diff_id: Option<String>,
    diff_id_in_config: Option<String>,
    decompress_error: Option<String>,
    summary: Option<Summary>,
    entries_key: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    entries: u32,
    files: u32,
    dirs: u32,
    symlinks: u32,
    hardlinks: u32,
    devices: u32,
    whiteouts: u32,
    opaque: u32,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    layer: String,
    n: usize,
    path: String,
    path_hex: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    typeflag: String,
    mode: u32,
    uid: u64,
    gid: u64,
    #[serde(rename = "uname")]
    _uname: String,
    #[serde(rename = "gname")]
    _gname: String,
    size: u64,
    mtime: serde_json::Number,
    linkname: Option<String>,
    header: u64,
    data: u64,
    #[serde(default)]
    pax: BTreeMap<String, Value>,
    sparse: Option<Vec<(u64, u64)>>,
    sha256: Option<String>,
    major: Option<i64>,
    minor: Option<i64>,
    #[serde(rename = "whiteout")]
    _whiteout: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Bytes { b64: String },
}

impl Value {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Bytes { b64 } => match BASE64_STANDARD.decode(b64) {
                Ok(bytes) => bytes,
                Err(error) => panic!("{b64}: {error}"),
            },
        }
    }
}

/// How much was compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Compared {
    archives: usize,
    layers: usize,
    entries: usize,
}

cases! {
    fn every_fixture_layer_scans_as_its_truth_says() {
        let compared = compare_all(&format!("{}/tests/fixtures", files::root()));
        assert_eq!(compared, Compared { archives: 34, layers: 48, entries: 452 });
    }

    fn every_corpus_layer_scans_as_its_truth_says() {
        if let Some(corpus) = files::corpus() {
            let compared = compare_all(&corpus);
            assert!(compared.layers > 0, "{compared:?}");
        }
    }
}

fn compare_all(folder: &str) -> Compared {
    let mut compared = Compared::default();
    let mut problems = Vec::new();
    for name in files::list(folder) {
        let folder = format!("{folder}/{name}");
        if files::exists(&format!("{folder}/layers.jsonl.gz")) {
            compared.archives += 1;
            compare(&name, &folder, &mut compared, &mut problems);
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
    compared
}

fn compare(name: &str, folder: &str, compared: &mut Compared, problems: &mut Vec<String>) {
    let truth = format!("{folder}/truth.json");
    let truth: Truth = parse(&if files::exists(&truth) {
        files::read_absolute(&truth)
    } else {
        files::gunzip(&files::read_absolute(&format!("{truth}.gz")))
    });
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let lines = files::gunzip(&files::read_absolute(&format!("{folder}/layers.jsonl.gz")));
    for line in lines
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let row: Row = parse(line);
        rows.entry(row.layer.clone()).or_default().push(row);
    }
    let mut archive = files::read_absolute(&format!("{folder}/image.tar"));
    if truth.file.outer_compression != "none" {
        archive = inspect::unpack(&archive).0;
    }
    let mut seen = std::collections::BTreeSet::new();
    for layer in truth.images.iter().flat_map(|image| &image.layers) {
        let media_type = layer.media_type.as_deref().unwrap_or_default();
        let Some(key) = &layer.entries_key else {
            continue;
        };
        if !layer.present
            || media_type.ends_with("+encrypted")
            || !seen.insert((key, &layer.digest))
        {
            continue;
        }
        let Some(stored) = member(&truth, layer, &archive) else {
            continue;
        };
        compared.layers += 1;
        let rows = rows.get(key).map(Vec::as_slice).unwrap_or_default();
        compared.entries += rows.len();
        let before = problems.len();
        check(layer, rows, stored, problems);
        for problem in problems.iter_mut().skip(before) {
            *problem = format!("{name} {key}: {problem}");
        }
    }
}

fn member<'a>(truth: &Truth, layer: &Layer, archive: &'a [u8]) -> Option<&'a [u8]> {
    let prefix = truth.prefix.as_deref().unwrap_or_default();
    let name = match (&layer.name, &layer.digest) {
        (Some(name), _) => name.clone(),
        (None, Some(digest)) => format!("blobs/{}", digest.replacen(':', "/", 1)),
        (None, None) => return None,
    };
    let found = truth.members.iter().find(|member| {
        let member = member.name.trim_start_matches("./");
        let member = member.strip_prefix(prefix).unwrap_or(member);
        member.trim_start_matches('/') == name
    })?;
    let start = usize::try_from(found.offset).ok()?;
    let length = usize::try_from(found.size).ok()?;
    (found.kind == "file").then(|| archive.get(start..start + length))?
}

fn check(layer: &Layer, rows: &[Row], stored: &[u8], problems: &mut Vec<String>) {
    let mut job = job();
    job.media_type = layer.media_type.clone();
    job.expected = layer.digest.clone();
    job.expected_size = layer.size.map(|size| size.to_string());
    job.diff_ids = layer.diff_id_in_config.iter().cloned().collect();
    job.size = stored.len() as u64;
    let scanned = scan_in_all_cuts(&job, stored);

    let mut same = |what: &str, ours: &dyn std::fmt::Debug, truth: &dyn std::fmt::Debug| {
        let (ours, truth) = (format!("{ours:?}"), format!("{truth:?}"));
        if ours != truth {
            problems.push(format!("{what}: {ours}, truth has {truth}"));
        }
    };
    let status = match (layer.size_ok, layer.digest_ok) {
        (Some(true), Some(true)) => Status::Verified,
        (Some(_), Some(_)) => Status::Mismatch,
        _ => Status::NotChecked,
    };
    same("status", &scanned.verification.status, &status);
    same("actual size", &scanned.actual_size, &stored.len());
    let compression = match layer.compression.as_deref().unwrap_or_default() {
        "none" => Some(Compression::None),
        "zstd" => Some(Compression::Zstd),
        gzip if gzip.starts_with("gzip") => Some(Compression::Gzip),
        _ => None,
    };
    same("compression", &scanned.compression, &compression);
    // The truth's diff ID of a stream that broke is one of a part.
    if layer.decompress_error.is_some() {
        same("diff IDs", &scanned.diff_ids, &Vec::<Digest>::new());
        same(
            "reason",
            &scanned.diff_reason,
            &Some(Reason::DecompressionFailed),
        );
        return;
    }
    same(
        "unpacked size",
        &Some(scanned.unpacked_size),
        &layer.uncompressed_size,
    );
    let ours = scanned
        .diff_ids
        .iter()
        .find(|id| id.algorithm() == Algorithm::Sha256);
    same("diff ID", &ours.map(ToString::to_string), &layer.diff_id);
    if let Some(summary) = &layer.summary {
        // The truth counts neither named pipes nor AUFS leftovers, save that
        // a leftover directory is a directory to it.
        let leftover = |row: &&Row| row.kind == "dir" && row.path.contains(".wh..wh.");
        let leftovers = rows.iter().filter(leftover).count();
        let leftovers = u32::try_from(leftovers).unwrap_or_default();
        let fifos = rows.iter().filter(|row| row.kind == "fifo").count();
        let fifos = u32::try_from(fifos).unwrap_or_default();
        let counted = summary.files
            + summary.dirs
            + summary.symlinks
            + summary.hardlinks
            + summary.devices
            + summary.whiteouts
            + summary.opaque
            + fifos;
        let counts = EntryCounts {
            total: summary.entries,
            files: summary.files,
            directories: summary.dirs - leftovers,
            symlinks: summary.symlinks,
            hardlinks: summary.hardlinks,
            devices: summary.devices,
            fifos,
            whiteouts: summary.whiteouts,
            opaque_whiteouts: summary.opaque,
            other: summary.entries - counted + leftovers,
        };
        same("counts", &scanned.counts, &counts);
        let readable = !scanned.diagnostics.iter().any(|finding| {
            matches!(
                finding.code.as_str(),
                "tar-not-a-tar" | "tar-truncated" | "tar-header-checksum"
            )
        });
        same("readable", &readable, &summary.error.is_none());
    }
    problems.extend(compare_rows(&scanned, rows));
}

fn compare_rows(scanned: &Scanned, rows: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    if scanned.table.len() != rows.len() {
        problems.push(format!(
            "{} entries, truth has {}",
            scanned.table.len(),
            rows.len()
        ));
    }
    for (entry, row) in scanned.table.iter().zip(rows) {
        let (ours, truth) = (ours(&entry, row), theirs(row));
        if ours != truth {
            problems.push(format!("entry {}:\n  ours  {ours}\n  truth {truth}", row.n));
        }
    }
    problems.truncate(5);
    problems
}

// Both sides as text, field for field, in one order.
fn ours(entry: &Entry<'_>, row: &Row) -> String {
    let kind = match (entry.kind, row.typeflag.as_str()) {
        (EntryKind::File, flag @ ("0" | "S" | "\0")) => format!("file {flag:?}"),
        (EntryKind::Directory, flag @ ("5" | "\0")) => format!("dir {flag:?}"),
        (EntryKind::Symlink, flag) => format!("symlink {flag:?}"),
        (EntryKind::Hardlink, flag) => format!("hardlink {flag:?}"),
        (EntryKind::Char, flag) => format!("char {flag:?}"),
        (EntryKind::Block, flag) => format!("block {flag:?}"),
        (EntryKind::Fifo, flag) => format!("fifo {flag:?}"),
        (kind, flag) => format!("{kind:?} {flag:?}"),
    };
    // The truth's reader takes the slash off that ends a directory's name.
    let raw = entry.path.to_vec();
    let path = match raw.iter().rposition(|&byte| byte != b'/') {
        Some(last) => &raw[..=last],
        None => b"",
    };
    let is_device = matches!(entry.kind, EntryKind::Char | EntryKind::Block);
    let xattrs: BTreeMap<String, String> = entry
        .xattrs
        .iter()
        .map(|(name, value)| (lossy(name), oci_lens::digest::hex(value)))
        .collect();
    format!(
        "{kind} {} mode {} {}:{} size {} mtime {} link {:?} at {} {} device {:?} stored {} xattrs {xattrs:?} sha256 {:?}",
        oci_lens::digest::hex(path),
        entry.mode,
        entry.uid,
        entry.gid,
        entry.size,
        entry.mtime.as_nanoseconds(),
        lossy(entry.link_name),
        entry.header_offset,
        entry.data_offset,
        is_device.then_some(entry.device),
        entry.stored_size,
        entry.content.map(|digest| digest.encoded()),
    )
}

fn theirs(row: &Row) -> String {
    let path = match &row.path_hex {
        Some(hex) => hex.clone(),
        None => oci_lens::digest::hex(row.path.as_bytes()),
    };
    let mtime = match row.pax.get("mtime") {
        Some(text) => nanoseconds(&lossy(&text.bytes())).to_string(),
        None => nanoseconds(&row.mtime.to_string()).to_string(),
    };
    let stored = match &row.sparse {
        Some(map) => map.iter().map(|(_, length)| length).sum(),
        None => row.size,
    };
    let xattrs: BTreeMap<String, String> = row
        .pax
        .iter()
        .filter_map(|(key, value)| {
            Some((
                key.strip_prefix("SCHILY.xattr.")?.to_owned(),
                oci_lens::digest::hex(&value.bytes()),
            ))
        })
        .collect();
    // An entry that the layer's end cuts has no content to hash.
    let sha256 = row.sha256.as_ref().filter(|_| row.error.is_none());
    format!(
        "{} {:?} {path} mode {} {}:{} size {} mtime {mtime} link {:?} at {} {} device {:?} stored {stored} xattrs {xattrs:?} sha256 {sha256:?}",
        row.kind,
        row.typeflag,
        row.mode & 0o7777,
        row.uid,
        row.gid,
        row.size,
        row.linkname.as_deref().unwrap_or_default(),
        row.header,
        row.data,
        row.major.zip(row.minor),
    )
}

fn nanoseconds(text: &str) -> i128 {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    let parse = |text: &str| {
        text.parse::<i128>()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    };
    let fraction = parse(&digits);
    let sign = if seconds.starts_with('-') { -1 } else { 1 };
    parse(seconds) * 1_000_000_000 + sign * fraction
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> T {
    serde_json::from_slice(bytes)
        .unwrap_or_else(|error| panic!("{error}: {}", lossy(&bytes[..bytes.len().min(300)])))
}
