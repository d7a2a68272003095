//! An opened archive whose scans come in out of order, fail, and are tried again.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use oci_lens::digest::Digest;
use oci_lens::image::Inspection;
use oci_lens::report::{Reason, Status};
use oci_lens::tree::dump;

use crate::archive::tars;
use crate::support::{files, inspect};

fn opened() -> Inspection<Vec<u8>> {
    let archive = files::read("tests/fixtures/weird/image.tar");
    inspect::open(archive).expect("the fixture opens")
}

/// A descriptor with more members after it.
fn descriptor(media_type: &str, content: &[u8], more: &str) -> String {
    format!(
        r#"{{"mediaType":"{media_type}","digest":"{}","size":{}{more}}}"#,
        Digest::sha256(content),
        content.len()
    )
}

/// An OCI layout whose only layer is in its descriptor's `data`.
fn with_embedded_layer(layer: &[u8]) -> Vec<u8> {
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":["{}"]}}}}"#,
        Digest::sha256(layer)
    );
    let data = format!(r#","data":"{}""#, BASE64_STANDARD.encode(layer));
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
        descriptor(
            "application/vnd.oci.image.config.v1+json",
            config.as_bytes(),
            ""
        ),
        descriptor("application/vnd.oci.image.layer.v1.tar", layer, &data),
    );
    let manifest_type = "application/vnd.oci.image.manifest.v1+json";
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{}]}}"#,
        descriptor(manifest_type, manifest.as_bytes(), "")
    );
    tars::of_files(&[
        ("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#),
        ("index.json", &index),
        (&tars::blob_name(config.as_bytes()), &config),
        (&tars::blob_name(manifest.as_bytes()), &manifest),
    ])
}

/// Report and merged tree, as text.
fn outcome(inspection: &Inspection<Vec<u8>>) -> String {
    let mut text = serde_json::to_string_pretty(&inspection.report()).expect("a report is JSON");
    let tree = inspection.tree(0).expect("the image has a tree");
    let dumped: serde_json::Result<()> = dump::dump(tree, |line| {
        text.push('\n');
        text.push_str(&serde_json::to_string(&line)?);
        Ok(())
    });
    dumped.expect("a line is JSON");
    text
}

/// An archive of one image, all of whose descriptors have this member for their size.
fn with_size(member: &str) -> Vec<u8> {
    let descriptor = |kind: &str, content: &str| {
        let digest = Digest::sha256(content.as_bytes());
        let media_type = format!("application/vnd.oci.image.{kind}");
        format!(r#"{{"mediaType":"{media_type}","digest":"{digest}"{member}}}"#)
    };
    let config =
        r#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
        descriptor("config.v1+json", config),
        descriptor("layer.v1.tar", "a layer that is not there")
    );
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{}]}}"#,
        descriptor("manifest.v1+json", &manifest)
    );
    tars::of_files(&[
        ("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#),
        ("index.json", &index),
        (&tars::blob_name(manifest.as_bytes()), &manifest),
        (&tars::blob_name(config.as_bytes()), config),
    ])
}

cases! {
    // image-spec descriptor.md: size is int64, and required.
    fn a_size_is_reported_where_one_is_declared_that_a_size_can_be() {
        let cases = [
            (r#","size":7"#, Some("7")),
            (r#","size":0"#, Some("0")),
            (r#","size":9223372036854775807"#, Some("9223372036854775807")),
            (r#","size":9223372036854775808"#, None),
            (r#","size":-1"#, None),
            (r#","size":"7""#, None),
            ("", None),
        ];
        for (member, expected) in cases {
            let report = inspect::open(with_size(member)).expect("a tar").report();
            let image = report.images.first().expect("an image");
            let descriptors = [&image.descriptor, &image.config_descriptor];
            for descriptor in descriptors {
                let descriptor = descriptor.as_ref().expect("a descriptor");
                assert_eq!(descriptor.size.as_deref(), expected, "{member}");
                let json = serde_json::to_value(descriptor).expect("JSON");
                assert_eq!(json.get("size").is_some(), expected.is_some(), "{member}");
            }
            assert_eq!(image.layers[0].size.as_deref(), expected, "{member}");
        }
    }

    // image-spec descriptor.md, "Embedded Content".
    fn an_embedded_layer_is_scanned_like_any_other() {
        let layer = tars::of_files(&[("hello", "world")]);
        let mut inspection = inspect::open(with_embedded_layer(&layer)).expect("a layout opens");
        let jobs = inspection.jobs();
        let [job] = jobs.as_slice() else { panic!("one layer is left to scan, not {jobs:?}") };
        assert_eq!((job.source, job.offset, job.size), (None, 0, layer.len() as u64));
        assert_eq!(inspection.embedded(job.job), Some(layer.as_slice()));
        assert_eq!(inspection.embedded(job.job + 1), None);
        inspect::scan(&mut inspection);
        let report = inspection.report();
        let verdicts: Vec<(Status, Status)> = report.images[0].layers.iter()
            .map(|layer| (layer.verification.status, layer.diff_id.status)).collect();
        assert_eq!(verdicts, [(Status::Verified, Status::Verified)]);
        let tree = inspection.tree(0).expect("the image has a tree");
        let mut paths = Vec::new();
        let dumped: Result<(), ()> = dump::dump(tree, |line| { paths.push(line.path.to_string()); Ok(()) });
        assert_eq!((dumped, paths), (Ok(()), vec!["hello".to_owned()]));
    }

    fn index_json_alone_has_no_parent() {
        let archive = files::read("tests/fixtures/hello-nested-index/image.tar");
        let report = inspect::open(archive).expect("the fixture opens").report();
        let parents = report.indexes.iter().map(|index| index.parent.as_deref());
        let parents: Vec<bool> = parents.map(|parent| parent.is_some()).collect();
        assert!(parents.len() > 2, "indexes are nested");
        assert_eq!(parents.iter().filter(|has_parent| !**has_parent).count(), 1);
        let known = |digest: &str| report.indexes.iter().any(|index| index.digest == digest);
        assert!(report.indexes.iter().filter_map(|index| index.parent.as_deref()).all(known));
    }

    fn what_failed_is_tried_again_and_leaves_no_trace() {
        let mut whole = opened();
        inspect::scan(&mut whole);
        let expected = outcome(&whole);

        for reason in [Reason::Cancelled, Reason::WorkerFailed, Reason::ReadFailed] {
            for failing in 0..whole.layers(0) {
                let mut inspection = opened();
                let jobs = inspection.jobs();
                let job = jobs.get(failing).expect("a job for each layer").job;
                inspection.fail(job, reason, "on purpose");
                inspect::scan(&mut inspection);
                assert_ne!(outcome(&inspection), expected);
                assert!(inspection.jobs().is_empty());

                let changed = inspection.retry();
                assert_eq!(changed.layers.len(), 1);
                assert_eq!(changed.images, [0]);
                let left: Vec<u32> = inspection.jobs().iter().map(|job| job.job).collect();
                assert_eq!(left, [job]);
                inspect::scan(&mut inspection);
                assert_eq!(outcome(&inspection), expected, "layer {failing}, {reason:?}");
            }
        }
        assert!(whole.retry().layers.is_empty());
        assert_eq!(outcome(&whole), expected);
    }
}
