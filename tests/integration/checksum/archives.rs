//! From an archive's bytes to the checksum of a path.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::buildkit::checksum::Query;
use oci_lens::digest::Digest;
use oci_lens::image::Inspection;
use oci_lens::image::checksum::ImageChecksumError;
use oci_lens::image::export::ReadError;
use oci_lens::report::{ChecksumKind, ChecksumView, LayerRange};
use serde::Deserialize;
use serde_json::json;

use super::vectors::{Case, items, vectors};
use crate::support::files;
use crate::support::inspect;
use crate::support::layer_stack::Item;
use crate::support::layer_tar::tar_of;
use crate::support::layout::{self, Layout};

const ALL: LayerRange = LayerRange {
    first: 0,
    last: None,
};

fn checksum(
    inspection: &Inspection<Vec<u8>>,
    range: LayerRange,
    query: &Query,
) -> Result<ChecksumView, ImageChecksumError> {
    let tree = inspection.containerd_tree(0, range)?.map(Arc::new);
    let mut plan = inspection.checksum(0, tree, query)?;
    match inspection.read_checksum(&mut plan) {
        Ok(()) => Ok(plan.view(usize::MAX)?),
        Err(ReadError::Content(error)) => Err(error.into()),
        Err(error) => panic!("{error:?}"),
    }
}

fn opened(archive: Vec<u8>) -> Inspection<Vec<u8>> {
    let mut inspection = inspect::open(archive).expect("an archive");
    inspect::scan(&mut inspection);
    inspection
}

fn archive(layers: &[Vec<u8>], stored: fn(&[u8]) -> Vec<u8>) -> Inspection<Vec<u8>> {
    let mut layout = Layout::default();
    let config = json!({ "architecture": "amd64", "os": "linux" });
    let image = layout.image(layers, stored, config);
    opened(layout.archive(&[image]))
}

fn query(path: &[u8]) -> Query {
    Query {
        path: path.to_vec(),
        ..Query::default()
    }
}

fn layer_of(case: &Case) -> Vec<u8> {
    tar_of(&items(case))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixtureCase {
    fixture: String,
    last: u32,
    checksums: Vec<PathChecksum>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathChecksum {
    path_b64: String,
    digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixtureVectors {
    schema: String,
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<FixtureCase>,
}

cases! {
    // containerd's applier takes no entry for the root and no `trusted` xattrs, and
    // PAX records without a value are none: trees that have these become others.
    fn vectors_as_layers_give_buildkits_checksums() {
        let mut differ = Vec::new();
        let mut seen = 0;
        for (position, case) in vectors().cases.iter().enumerate() {
            let stored = [layout::gzip, |bytes: &[u8]| bytes.to_vec()][position % 2];
            let inspection = archive(&[layer_of(case)], stored);
            for asked in &case.queries {
                seen += 1;
                let query = asked.query();
                let found = checksum(&inspection, ALL, &query);
                let found = found.map(|view| view.digest).map_err(|error| error.code());
                if found != asked.expected() {
                    differ.push(format!("{} {}", case.name, String::from_utf8_lossy(&query.path)));
                }
            }
        }
        assert_eq!(differ, ["own-modes /", "own-owner /", "own-xattrs /", "own-xattrs /mix", "own-xattrs /e"]);
        assert_eq!(seen, 282);
    }

    fn fixtures_have_the_checksums_that_python_gives_them() {
        let vectors: FixtureVectors = files::vectors("fixture_checksums");
        assert_eq!(vectors.schema, "fixture_checksums/1");
        let mut paths = 0;
        for case in vectors.cases {
            let bytes = files::read(&format!("tests/fixtures/{}/image.tar", case.fixture));
            let inspection = opened(bytes);
            let range = LayerRange { first: 0, last: Some(case.last) };
            for expected in case.checksums {
                let path = STANDARD.decode(&expected.path_b64).expect("base64");
                let found = checksum(&inspection, range, &query(&path));
                let found = found.map(|view| view.digest);
                assert_eq!(found, Ok(expected.digest), "{} {:?}", case.fixture, expected.path_b64);
                paths += 1;
            }
        }
        assert_eq!(paths, 564);
    }

    fn a_view_holds_all_that_was_hashed() {
        let vectors = vectors();
        let inspection = archive(&[layer_of(&vectors.cases[0])], layout::gzip);
        let view = checksum(&inspection, ALL, &query(b"/foo")).expect("a checksum");
        let object = view.object.expect("an object");
        let header = "namemode420uid0gid0size5typeflag0linknameunamegnamedevmajor0devminor0";
        assert_eq!(object.header, header);
        assert_eq!(object.header_base64, STANDARD.encode(header));
        let fields: String = object.fields.iter().flat_map(|field| [&*field.name, &*field.value]).collect();
        assert_eq!(fields, header);
        assert_eq!(view.digest, Digest::sha256(format!("{header}data0").as_bytes()).to_string());
        assert_eq!((view.kind, view.files, view.bytes), (ChecksumKind::Object, 1, 5));

        let view = checksum(&inspection, ALL, &query(b"/")).expect("a checksum");
        assert_eq!(view.kind, ChecksumKind::Folder);
        let mut hashed = Vec::new();
        for record in &view.records {
            let key = if record.key.path.is_empty() { "\0".to_owned() } else { record.key.path.replace('/', "\0") };
            hashed.extend(key.into_bytes());
            hashed.extend(record.digest.as_bytes());
        }
        assert_eq!(view.digest, Digest::sha256(&hashed).to_string());
        assert_eq!((view.record_count, view.files, view.bytes), (4, 3, 15));
    }

    // Of a nil ref there is the digest of nothing for the root alone.
    fn an_image_without_layers_has_nothing_but_a_root() {
        let inspection = archive(&[], layout::gzip);
        let view = checksum(&inspection, ALL, &query(b"/")).expect("a checksum");
        assert_eq!((view.kind, view.object), (ChecksumKind::Nothing, None));
        assert_eq!(view.digest, Digest::sha256(&[]).to_string());
        let error = checksum(&inspection, ALL, &query(b"/a")).map_err(|error| error.code());
        assert_eq!(error, Err("no-such-path"));
    }

    fn a_range_is_its_layers_on_an_empty_folder() {
        let layers = [
            layout::layer(&[("a/", "", 0), ("a/x", "1", 0)]),
            layout::layer(&[("a/.wh.x", "", 0), ("b", "2", 0)]),
            layout::layer(&[("a/y", "3", 0)]),
        ];
        let inspection = archive(&layers, layout::gzip);
        let alone = |layers: &[Vec<u8>], path: &[u8]| {
            let found = checksum(&archive(layers, layout::gzip), ALL, &query(path));
            found.map(|view| view.digest).map_err(|error| error.code())
        };
        let of = |first, last, path: &[u8]| {
            let found = checksum(&inspection, LayerRange { first, last }, &query(path));
            found.map(|view| view.digest).map_err(|error| error.code())
        };
        assert_eq!(of(0, Some(0), b"a"), alone(&layers[..1], b"a"));
        assert_eq!(of(0, Some(1), b"/"), alone(&layers[..2], b"/"));
        assert_eq!(of(1, None, b"/"), alone(&layers[1..], b"/"));
        assert_eq!(of(2, None, b"b"), Err("no-such-path"));
        assert_eq!(of(2, Some(1), b"/"), Err("no-such-layer"));
        assert_eq!(of(0, Some(3), b"/"), Err("no-such-layer"));
    }

    fn layers_that_containerd_does_not_unpack_have_no_checksum() {
        let hardlink = Item::hardlink("b", "nothing");
        let inspection = archive(&[tar_of(&[(hardlink, Vec::new())])], layout::gzip);
        let error = checksum(&inspection, ALL, &query(b"/")).map_err(|error| error.code());
        assert_eq!(error, Err("hardlink-target-missing"));
        for (fixture, code) in [("broken-layer-missing", "layer-unread"), ("broken-layer-truncated", "content-cut")] {
            let bytes = files::read(&format!("tests/fixtures/{fixture}/image.tar"));
            let error = checksum(&opened(bytes), ALL, &query(b"/")).map_err(|error| error.code());
            assert_eq!(error, Err(code), "{fixture}");
        }
    }
}
