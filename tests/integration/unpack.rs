//! Unpacking as containerd does it, and the ladder of snapshots.

use std::collections::BTreeMap;

use oci_lens::digest::Digest;
use oci_lens::image::Inspection;
use oci_lens::image::snapshots::{SnapshotError, Snapshots};
use oci_lens::image::unpack::{UnpackError, Unpacker};
use oci_lens::layer::ScanJob;
use oci_lens::manifest::chain_ids;
use oci_lens::report::{Annotation, UnpackOutcome, UnpackView};
use serde_json::{Value, json};

use crate::support::{
    files, inspect,
    layout::{self, Layout},
};

fn fixture(name: &str) -> Inspection<Vec<u8>> {
    let bytes = files::read(&format!("tests/fixtures/{name}/image.tar"));
    inspect::open(bytes).expect("an archive")
}

/// Unpacks images one after the other; gives what was said of each, what there
/// is then, and how many layers were read.
fn unpacked(
    inspection: &mut Inspection<Vec<u8>>,
    images: &[u32],
) -> (Vec<Result<(), UnpackError>>, UnpackView, usize) {
    let mut unpacker = Unpacker::new("overlayfs");
    let (mut reads, mut made) = (0, 0);
    let mut read = |inspection: &mut Inspection<Vec<u8>>, job: &ScanJob| {
        reads += 1;
        let scanned = inspection.scan(job, |_| true).expect("memory can be read");
        inspection.complete(scanned);
    };
    let mut unique = || {
        made += 1;
        format!("{made}-AbC_")
    };
    let outcomes = images
        .iter()
        .map(|image| unpacker.unpack(inspection, *image, &mut read, &mut unique))
        .collect();
    (outcomes, unpacker.view(), reads)
}

fn labels(pairs: &[(&str, &str)]) -> Vec<Annotation> {
    let owned = pairs.iter().map(|(key, value)| Annotation {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    });
    owned.collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Two images whose lowest two layers are the same, the second stored otherwise.
struct Pair {
    archive: Vec<u8>,
    images: [Value; 2],
    diff_ids: [Vec<String>; 2],
}

fn gzipped(layout: &mut Layout, layers: &[Vec<u8>], architecture: &str) -> Value {
    let diff_ids: Vec<String> = layers
        .iter()
        .map(|layer| Digest::sha256(layer).to_string())
        .collect();
    let config = json!({ "os": "linux", "architecture": architecture, "rootfs": { "type": "layers", "diff_ids": diff_ids } });
    let layers = layers.iter().map(|layer| {
        layout.blob(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            layout::gzip(layer),
        )
    });
    let layers: Vec<Value> = layers.collect();
    let config = layout.json("application/vnd.oci.image.config.v1+json", &config);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": layers,
    });
    layout.json("application/vnd.oci.image.manifest.v1+json", &manifest)
}

fn pair() -> Pair {
    let mut layout = Layout::default();
    let below = [
        layout::layer(&[("a", "1", 1)]),
        layout::layer(&[("b/", "", 2)]),
    ];
    let one = [below.to_vec(), vec![layout::layer(&[("b/c", "x", 3)])]].concat();
    let other = [below.to_vec(), vec![layout::layer(&[("b/c", "y", 3)])]].concat();
    let config = json!({ "os": "linux", "architecture": "amd64" });
    let images = [
        gzipped(&mut layout, &one, "arm64"),
        layout.image(&other, <[u8]>::to_vec, config),
    ];
    let diff_ids = [one, other].map(|layers| {
        layers
            .iter()
            .map(|layer| Digest::sha256(layer).to_string())
            .collect()
    });
    Pair {
        archive: layout.archive(&images),
        images,
        diff_ids,
    }
}

cases! {
    fn layers_become_snapshots_named_by_chain_ids() {
        let Pair { archive, images, diff_ids } = pair();
        let mut inspection = inspect::open(archive).expect("an archive");
        let (outcomes, view, reads) = unpacked(&mut inspection, &[0]);
        assert_eq!((outcomes, reads), (vec![Ok(())], 3));
        let chain = chain_ids(&diff_ids[0]);
        let [done] = view.images.as_slice() else { panic!("{view:?}") };
        assert_eq!(done.snapshot_key, chain.last().cloned());
        for (number, layer) in done.layers.iter().enumerate() {
            assert_eq!((&layer.diff_id, &layer.chain_id), (&diff_ids[0][number], &chain[number]));
            assert_eq!(layer.parent, number.checked_sub(1).map(|below| chain[below].clone()));
            assert_eq!(layer.active_key, Some(format!("extract-{}-AbC_ {}", number + 1, chain[number])));
            assert_eq!(layer.outcome, UnpackOutcome::Unpacked);
        }
        let mut keys: Vec<&str> = view.snapshots.iter().map(|snapshot| snapshot.key.as_str()).collect();
        let mut expected: Vec<&str> = chain.iter().map(String::as_str).collect();
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected, "nothing active is left");
        for snapshot in &view.snapshots {
            let position = chain.iter().position(|id| *id == snapshot.key).expect("a chain ID");
            assert!(snapshot.committed);
            assert_eq!(snapshot.parent, position.checked_sub(1).map(|below| chain[below].clone()));
            assert_eq!(snapshot.labels, labels(&[("containerd.io/snapshot.ref", &chain[position])]));
        }
        // Labels: of each layer what it unpacks to, of the config the snapshot,
        // of the manifest what it keeps.
        let report = inspection.report();
        let of = |digest: &str| view.labels.iter().find(|content| content.digest == digest).map(|content| content.labels.clone());
        let stored: Vec<String> = report.images[0].layers.iter().map(|layer| layer.digest.clone().expect("a digest")).collect();
        for (digest, diff_id) in stored.iter().zip(&diff_ids[0]) {
            assert_eq!(of(digest), Some(labels(&[("containerd.io/uncompressed", diff_id)])));
        }
        let config = report.images[0].image_id.clone().expect("a config");
        assert_eq!(of(&config), Some(labels(&[("containerd.io/gc.ref.snapshot.overlayfs", &chain[2])])));
        assert_eq!(of(text(&images[0]["digest"])), Some(labels(&[
            ("containerd.io/gc.ref.content.config", &config),
            ("containerd.io/gc.ref.content.l.0", &stored[0]),
            ("containerd.io/gc.ref.content.l.1", &stored[1]),
            ("containerd.io/gc.ref.content.l.2", &stored[2]),
        ])));
        assert_eq!(view.labels.len(), 5);
    }

    fn images_share_the_snapshots_of_a_common_chain() {
        let Pair { archive, diff_ids, .. } = pair();
        let mut inspection = inspect::open(archive).expect("an archive");
        let ladder = inspection.ladder(0, None);
        let chain = chain_ids(&diff_ids[0]);
        for (number, rung) in ladder.iter().enumerate() {
            let below = number.checked_sub(1).map(|below| format!("{} {}", chain[below], diff_ids[0][number]));
            assert_eq!((&rung.chain_id, &rung.snapshot_key, &rung.preimage), (&chain[number], &chain[number], &below));
            assert_eq!(rung.active_key, format!("extract-… {}", chain[number]));
        }
        let shared: Vec<&[u32]> = ladder.iter().map(|rung| rung.shared_with.as_slice()).collect();
        assert_eq!(shared, [&[1][..], &[1], &[]]);
        assert_eq!(inspection.ladder(0, Some(1)).len(), 1);

        let (outcomes, view, reads) = unpacked(&mut inspection, &[0, 1]);
        // The lower layers of the second image are other blobs, and are not read.
        assert_eq!((outcomes, reads), (vec![Ok(()), Ok(())], 4));
        let second: Vec<(UnpackOutcome, bool)> = view.images[1].layers.iter().map(|layer| (layer.outcome, layer.active_key.is_some())).collect();
        assert_eq!(second, [(UnpackOutcome::Shared, false), (UnpackOutcome::Shared, false), (UnpackOutcome::Unpacked, true)]);
        assert_eq!(view.snapshots.len(), 4);
        assert_eq!(view.images[1].snapshot_key, chain_ids(&diff_ids[1]).pop());
        let first_layer = inspection.report().images[1].layers[0].digest.clone();
        assert!(view.labels.iter().all(|content| Some(&content.digest) != first_layer.as_ref()), "no label on what was not read");
    }

    fn counts_are_compared_before_anything_is_extracted() {
        let mut inspection = fixture("broken-config-more-diffids");
        let (outcomes, view, reads) = unpacked(&mut inspection, &[0]);
        let [Err(UnpackError::Mismatched { layers, diff_ids })] = outcomes.as_slice() else { panic!("{outcomes:?}") };
        assert!(diff_ids > layers);
        let failure = view.images[0].failure.as_ref().expect("a failure");
        assert_eq!(failure.code, "unpack-mismatched");
        assert!(failure.message.starts_with("mismatched image rootfs and manifest layers"));
        assert_eq!((view.snapshots.len(), view.images[0].layers.len(), reads), (0, 0, 0));
    }

    fn of_a_layer_that_fails_nothing_is_left() {
        for (name, code) in [
            ("broken-diffid-mismatch", "unpack-diff-id"),
            ("broken-layer-missing", "unpack-not-found"),
            ("broken-layer-not-tar", "unpack-unreadable"),
            ("broken-layer-truncated", "unpack-unreadable"),
            ("broken-layer-mediatype-lies", "unpack-not-a-tar"),
            ("hello-encrypted", "unpack-unreadable"),
            ("broken-config-missing", "unpack-config"),
        ] {
            let mut inspection = fixture(name);
            let (outcomes, view, _) = unpacked(&mut inspection, &[0]);
            let found = outcomes[0].as_ref().map_err(|error| error.code());
            assert_eq!(found, Err(code), "{name}");
            let last = view.images[0].layers.last();
            assert!(last.is_none_or(|layer| layer.outcome == UnpackOutcome::Failed), "{name}");
            assert!(view.snapshots.iter().all(|snapshot| snapshot.committed), "{name}");
            let done = view.images[0].layers.iter().filter(|layer| layer.outcome == UnpackOutcome::Unpacked);
            assert_eq!(view.snapshots.len(), done.count(), "{name}");
            let labelled = view.labels.iter().flat_map(|content| &content.labels);
            let of_layers = labelled.filter(|label| label.key == "containerd.io/uncompressed" || label.key.contains("snapshot"));
            assert_eq!(of_layers.count(), view.snapshots.len(), "{name}");
        }
    }

    fn the_layers_below_one_that_fails_stay() {
        let mut layout = Layout::default();
        let good = layout::layer(&[("a", "1", 1)]);
        // containerd stops at a hardlink to nothing.
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Link);
        header.set_size(0);
        let mut bad = tar::Builder::new(Vec::new());
        bad.append_link(&mut header, "b", "no/such").expect("memory can be written");
        let layers = [good.clone(), bad.into_inner().expect("memory can be written"), good.clone()];
        let image = layout.image(&layers, <[u8]>::to_vec, json!({ "os": "linux", "architecture": "amd64" }));
        let mut inspection = inspect::open(layout.archive(&[image])).expect("an archive");
        let (outcomes, view, reads) = unpacked(&mut inspection, &[0]);
        assert_eq!(outcomes[0].as_ref().map_err(|error| error.code()), Err("unpack-apply"));
        let outcomes: Vec<UnpackOutcome> = view.images[0].layers.iter().map(|layer| layer.outcome).collect();
        assert_eq!((outcomes, reads), (vec![UnpackOutcome::Unpacked, UnpackOutcome::Failed], 2));
        let keys: Vec<&str> = view.snapshots.iter().map(|snapshot| snapshot.key.as_str()).collect();
        assert_eq!(keys, [Digest::sha256(&good).to_string()]);
        assert_eq!(view.images[0].snapshot_key, None);
    }

    fn an_image_without_layers_needs_no_snapshot() {
        let mut layout = Layout::default();
        let image = layout.image(&[], <[u8]>::to_vec, json!({ "os": "linux", "architecture": "amd64" }));
        let mut inspection = inspect::open(layout.archive(&[image])).expect("an archive");
        let (outcomes, view, _) = unpacked(&mut inspection, &[0, 7]);
        assert_eq!(outcomes, [Ok(()), Err(UnpackError::Config { image: 7 })]);
        assert!(view.snapshots.is_empty() && view.images[0].snapshot_key.is_none());
    }

    fn a_snapshotter_refuses_as_containerds_do() {
        let none = BTreeMap::new;
        let mut snapshots = Snapshots::new("s");
        let key = |key: &str| key.to_owned();
        assert_eq!(snapshots.prepare("a", "no", none()), Err(SnapshotError::NotFound { key: key("no") }));
        assert_eq!(snapshots.prepare("a", "", none()), Ok(()));
        assert_eq!(snapshots.prepare("a", "", none()), Err(SnapshotError::AlreadyExists { key: key("a") }));
        assert_eq!(snapshots.prepare("b", "a", none()).map_err(|error| error.code()), Err("snapshot-failed-precondition"));
        assert_eq!(snapshots.commit("c", "a", none()), Ok(()));
        assert_eq!(snapshots.stat("a").map(|_| ()), Err(SnapshotError::NotFound { key: key("a") }));
        assert_eq!(snapshots.prepare("d", "c", none()), Ok(()));
        assert_eq!(snapshots.commit("c", "d", none()), Err(SnapshotError::AlreadyExists { key: key("c") }));
        assert_eq!(snapshots.commit("e", "c", none()).map_err(|error| error.code()), Err("snapshot-failed-precondition"));
        assert_eq!(snapshots.remove("c").map_err(|error| error.code()), Err("snapshot-failed-precondition"));
        assert_eq!((snapshots.remove("d"), snapshots.remove("c"), snapshots.iter().count()), (Ok(()), Ok(()), 0));
        assert_eq!(snapshots.remove("c"), Err(SnapshotError::NotFound { key: key("c") }));
    }

    fn keys_of_an_image_come_with_ops_and_records() {
        let Pair { archive, images, diff_ids } = pair();
        let inspection = inspect::open(archive).expect("an archive");
        let keys = inspection.keys(0, None, Some(2)).expect("an image");
        let manifest = text(&images[0]["digest"]);
        let [source] = keys.sources.as_slice() else { panic!("{keys:?}") };
        assert_eq!(source.pin.as_deref(), Some(manifest));
        let hashed = format!("{{\"Digest\":\"{manifest}\",\"OS\":\"linux\",\"Arch\":\"arm64\",\"Limit\":2}}");
        let expected = [(hashed.clone(), Digest::sha256(hashed.as_bytes()).to_string()), {
            let chain = chain_ids(&diff_ids[0]);
            (format!("{} {}", chain[0], diff_ids[0][1]), chain[1].clone())
        }];
        for (key, (preimage, expected)) in source.keys.iter().zip(expected) {
            assert_eq!((key.preimage.as_ref(), &key.key), (Some(&preimage), &expected));
            assert_eq!(key.op_preimage, format!("buildkit.source.v0:{expected}"));
            assert_eq!(key.op_digest, Digest::sha256(key.op_preimage.as_bytes()).to_string());
            let record = format!("{}@0", key.op_digest);
            assert_eq!((key.record.clone(), key.record_preimage.clone()), (Digest::sha256(record.as_bytes()).to_string(), Some(record)));
        }
        assert_eq!((keys.ladder.len(), keys.problem), (2, None));
        let refused = inspection.keys(0, None, Some(9)).expect("an image");
        assert_eq!(refused.problem.map(|problem| problem.message), Some("image has 3 layers, limit is 9".to_owned()));
        assert!(refused.sources.is_empty());
        assert_eq!(inspection.keys(9, None, None), None);
        // Of an image that only manifest.json lists, the second key alone.
        let docker = fixture("hello-docker-archive");
        let keys = docker.keys(0, None, None).expect("an image");
        let found: Vec<(u32, Option<&String>)> = keys.sources[0].keys.iter().map(|key| (key.index, keys.sources[0].pin.as_ref())).collect();
        assert_eq!((found, keys.problem), (vec![(1, None)], None));
    }
}
