//! `tar_dialects.json`: what Go's `archive/tar` reads in tars of all dialects.

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use oci_lens::diagnostic::Severity;
use oci_lens::digest::hex;
use oci_lens::layer::table::{Entry, EntryKind};
use serde::Deserialize;

use super::{codes, job, scan_in_all_cuts};
use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    tar_gz_base64: String,
    entries: Vec<Expected>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(rename = "type")]
    kind: String,
    name_hex: String,
    linkname_hex: String,
    mode: u32,
    uid: i64,
    gid: i64,
    size: u64,
    mtime_ns: String,
    major: i64,
    minor: i64,
    xattrs_hex: BTreeMap<String, String>,
    sha256: Option<String>,
}

// Findings beside the entries, where there are any. Where Go gives an archive
// up for a number that nothing else depends on, or for a sparse map, the entry
// stays and the finding says what is wrong with it.
const FINDINGS: &[(&str, &str)] = &[
    ("gnu-incremental", "3 entries, tar-no-end-marker"),
    ("gnu-multi-hdrs", "1 entries, tar-no-end-marker"),
    ("gnu-sparse-big", "1 entries, limit-sparse-hole-bytes"),
    ("gnu-sparse-many-zeros", "1 entries, tar-sparse-invalid"),
    ("issue10968", "0 entries, tar-not-a-tar"),
    ("issue11169", "0 entries, tar-pax-invalid"),
    ("issue12435", "0 entries, tar-header-number"),
    ("neg-size", "0 entries, tar-header-number"),
    ("nil-uid", "1 entries, tar-no-end-marker"),
    ("pax-bad-hdr-file", "0 entries, tar-pax-invalid"),
    ("pax-bad-hdr-large", "0 entries, limit-header-bytes"),
    (
        "pax-bad-mtime-file",
        "1 entries, tar-header-number tar-no-end-marker",
    ),
    ("pax-global-records", "4 entries, tar-pax-global"),
    ("pax-multi-hdrs", "1 entries, tar-no-end-marker"),
    ("pax-nul-path", "0 entries, tar-pax-invalid"),
    ("pax-nul-xattrs", "0 entries, tar-pax-invalid"),
    ("pax-path-hdr", "0 entries, tar-truncated"),
    ("pax-pos-size-file", "1 entries, tar-no-end-marker"),
    ("pax-sparse-big", "1 entries, limit-sparse-hole-bytes"),
    ("ustar-file-reg", "1 entries, tar-no-end-marker"),
    ("writer-big-long", "1 entries, tar-truncated"),
    ("writer-big", "1 entries, tar-truncated"),
    ("binary_number_overflow", "0 entries, tar-header-number"),
    ("binary_size_negative", "0 entries, tar-header-number"),
    ("cut_in_data", "1 entries, tar-truncated"),
    ("cut_in_header", "1 entries, tar-truncated"),
    ("data_after_the_end", "1 entries, tar-trailing-data"),
    ("global_header_forgets_pax", "1 entries, tar-pax-global"),
    ("global_path_does_not_apply", "2 entries, tar-pax-global"),
    ("lone_zero_block", "1 entries, tar-lone-zero-block"),
    ("no_end_marker", "1 entries, tar-no-end-marker"),
    ("no_padding_at_the_end", "1 entries, tar-no-end-marker"),
    ("octal_with_a_nine", "1 entries, tar-header-number"),
    ("old_sparse_overlap", "2 entries, tar-sparse-invalid"),
    ("old_sparse_under_ustar", "2 entries, tar-sparse-invalid"),
    ("one_zero_block_at_the_end", "1 entries, tar-no-end-marker"),
    ("pax_length_missing", "0 entries, tar-pax-invalid"),
    ("pax_length_overflow", "0 entries, tar-pax-invalid"),
    ("pax_length_too_long", "0 entries, tar-pax-invalid"),
    ("pax_length_too_short", "0 entries, tar-pax-invalid"),
    ("pax_length_zero", "0 entries, tar-pax-invalid"),
    ("pax_mtime_no_number", "1 entries, tar-header-number"),
    ("pax_mtime_without_seconds", "1 entries, tar-header-number"),
    ("pax_path_with_nul", "0 entries, tar-pax-invalid"),
    ("pax_size_negative", "0 entries, tar-header-number"),
    ("pax_size_no_number", "0 entries, tar-header-number"),
    ("pax_uid_negative", "1 entries, tar-header-number"),
    ("pax_without_entry", "1 entries, tar-truncated"),
    ("pax_without_equals", "0 entries, tar-pax-invalid"),
    ("pax_without_newline", "0 entries, tar-pax-invalid"),
    ("pax_xattr_name_with_equals", "0 entries, tar-pax-invalid"),
    ("size_with_a_nine", "0 entries, tar-header-number"),
    ("sparse_0_0_pairs_mixed_up", "0 entries, tar-pax-invalid"),
    ("sparse_0_1_beyond_size", "2 entries, tar-sparse-invalid"),
    ("sparse_0_1_count_lies", "2 entries, tar-sparse-invalid"),
    (
        "sparse_0_1_less_data_than_mapped",
        "2 entries, tar-sparse-invalid",
    ),
    (
        "sparse_0_1_more_data_than_mapped",
        "2 entries, tar-sparse-invalid",
    ),
    (
        "sparse_0_1_offset_overflow",
        "2 entries, tar-sparse-invalid",
    ),
    ("sparse_0_1_out_of_order", "2 entries, tar-sparse-invalid"),
    ("sparse_0_1_overlap", "2 entries, tar-sparse-invalid"),
    ("sparse_1_0_count_huge", "2 entries, tar-sparse-invalid"),
    ("sparse_1_0_map_of_letters", "2 entries, tar-sparse-invalid"),
    (
        "sparse_1_0_without_room_for_map",
        "2 entries, tar-sparse-invalid",
    ),
    ("sparse_on_a_directory", "2 entries, tar-sparse-invalid"),
    ("sparse_size_negative", "1 entries, tar-sparse-invalid"),
    ("wrong_checksum", "1 entries, tar-header-checksum"),
];

cases! {
    fn tars_of_all_dialects_read_as_go_reads_them() {
        let cases: Vec<Case> = files::cases("tar_dialects");
        assert_eq!(cases.len(), 122);
        let mut findings = Vec::new();
        for case in &cases {
            let place = format!("{} from {}", case.name, case.source);
            let scanned = scan_in_all_cuts(&job(), &tar(case));
            let expected: Vec<String> = case.entries.iter().filter_map(theirs).collect();
            let mut found: Vec<String> = scanned.table.iter().zip(shown(case)).map(|(entry, row)| ours(&entry, row)).collect();
            if case.error.is_some() {
                let has_error = scanned.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
                assert!(has_error, "{place}: no error, but Go has one");
                found.truncate(expected.len());
            } else {
                assert_eq!(scanned.table.len(), expected.len(), "{place}");
            }
            assert_eq!(found, expected, "{place}");
            if !scanned.diagnostics.is_empty() {
                findings.push((case.name.as_str(), format!("{} entries, {}", scanned.table.len(), codes(&scanned))));
            }
        }
        let findings: Vec<(&str, &str)> = findings.iter().map(|(name, codes)| (*name, codes.as_str())).collect();
        assert_eq!(findings, FINDINGS, "\n{findings:#?}");
    }
}

fn shown(case: &Case) -> impl Iterator<Item = &Expected> {
    // Appliers skip global headers, which Go hands out as entries.
    case.entries.iter().filter(|entry| entry.kind != "g")
}

fn theirs(entry: &Expected) -> Option<String> {
    let is_device = matches!(entry.kind.as_str(), "3" | "4");
    let is_link = matches!(entry.kind.as_str(), "1" | "2");
    let is_file = matches!(entry.kind.as_str(), "0" | "S");
    let kind = if entry.kind == "S" { "0" } else { &entry.kind };
    (entry.kind != "g").then(|| {
        format!(
            "{kind} {} -> {} mode {} {}:{} size {} mtime {} device {:?} {:?} sha256 {:?}",
            entry.name_hex,
            if is_link { &entry.linkname_hex } else { "" },
            entry.mode,
            // Negative owners cannot be shown; a finding says so.
            entry.uid.max(0),
            entry.gid.max(0),
            if is_file { entry.size } else { 0 },
            entry.mtime_ns.trim_start_matches('0'),
            if is_device {
                (entry.major, entry.minor)
            } else {
                (0, 0)
            },
            entry.xattrs_hex,
            entry.sha256.as_ref().filter(|_| is_file),
        )
    })
}

fn ours(entry: &Entry<'_>, row: &Expected) -> String {
    let kind = match entry.kind {
        EntryKind::File => '0',
        EntryKind::Hardlink => '1',
        EntryKind::Symlink => '2',
        EntryKind::Char => '3',
        EntryKind::Block => '4',
        EntryKind::Directory => '5',
        EntryKind::Fifo => '6',
        EntryKind::Other(flag) => char::from(flag),
    };
    let xattrs: BTreeMap<String, String> = entry
        .xattrs
        .iter()
        .map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), hex(value)))
        .collect();
    let mtime = entry.mtime.as_nanoseconds().to_string();
    let content = entry.content.map(|digest| digest.encoded());
    // Beyond this the truth has no digest.
    let content = content.filter(|_| row.size <= 1 << 24);
    format!(
        "{kind} {} -> {} mode {} {}:{} size {} mtime {} device {:?} {xattrs:?} sha256 {:?}",
        hex(&entry.path.to_vec()),
        hex(entry.link_name),
        entry.mode,
        entry.uid,
        entry.gid,
        entry.size,
        mtime.trim_start_matches('0'),
        entry.device,
        content.as_ref(),
    )
}

fn tar(case: &Case) -> Vec<u8> {
    let packed = match BASE64_STANDARD.decode(&case.tar_gz_base64) {
        Ok(packed) => packed,
        Err(error) => panic!("{}: {error}", case.name),
    };
    let mut tar = Vec::new();
    match flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut tar) {
        Ok(_) => tar,
        Err(error) => panic!("{}: {error}", case.name),
    }
}
