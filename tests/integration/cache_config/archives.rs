//! Caches in archives: what carries them, what is missing, what is too large.

use oci_lens::image::Inspection;
use oci_lens::image::cache_pages::CacheQuery;
use oci_lens::manifest::chain_ids;
use oci_lens::report::{
    CacheCarrier, CacheChoice, CacheForm, CacheOutcome, CacheView, EntryRole, Status,
};
use serde_json::{Value, json};

use crate::support::caches::{self, chain, key, record, root};
use crate::support::inspect;
use crate::support::layout::{self, Layout};

const ALL: CacheQuery<'static> = CacheQuery {
    choice: CacheChoice::All,
    text: "",
    layer: None,
};

fn open(archive: Vec<u8>) -> Inspection<Vec<u8>> {
    inspect::open(archive).expect("it is an archive")
}

fn tars() -> Vec<Vec<u8>> {
    let tar = |name: &str| layout::layer(&[(name, name, 7)]);
    ["base", "tools", "app"]
        .iter()
        .map(|name| tar(name))
        .collect()
}

/// A source, a step on it, and a copy of files into that.
fn records() -> Vec<Value> {
    vec![
        root("image"),
        root("files"),
        record("run", &[0], Some(1)),
        record("copy", &[2, 1], Some(2)),
        record("test", &[3], None),
    ]
}

fn codes(cache: &CacheView) -> Vec<&str> {
    cache
        .diagnostics
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

fn lookup(
    inspection: &Inspection<Vec<u8>>,
    cache: u32,
    name: &str,
) -> Option<(Vec<String>, Option<String>)> {
    let answer = inspection
        .cache_answer(cache, &key(name))
        .expect("there is a cache");
    let result = answer.result?;
    let blobs = result
        .layers
        .iter()
        .map(|layer| layer.blob.clone())
        .collect();
    Some((blobs, result.chain_id))
}

cases! {
    fn several_caches_of_one_folder_are_found_with_their_layers() {
        let mut layout = Layout::default();
        let tars = tars();
        let listed: Vec<Value> = tars.iter().map(|tar| caches::layer(&mut layout, tar)).collect();
        let config = json!({ "layers": chain(&listed), "records": records() });
        let mut in_index = caches::index(&mut layout, &listed, &config);
        in_index["annotations"] = json!({ "org.opencontainers.image.ref.name": "main" });
        let in_manifest = caches::manifest(&mut layout, &listed, &config);
        let mut inspection = open(layout.cache_folder(&[in_index.clone(), in_manifest.clone()]));
        inspect::scan(&mut inspection);

        let report = inspection.report();
        let findings: Vec<&str> = report.diagnostics.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(findings, ["oci-layout-missing"]);
        let carriers: Vec<CacheCarrier> = report.caches.iter().map(|it| it.carrier).collect();
        assert_eq!(carriers, [CacheCarrier::Index, CacheCarrier::Manifest]);
        for (cache, descriptor) in report.caches.iter().zip([&in_index, &in_manifest]) {
            assert_eq!(cache.digest, descriptor["digest"]);
            assert_eq!(cache.manifest_size, descriptor["size"].as_u64());
            assert_eq!(cache.config_size, Some(config.to_string().len() as u64));
            assert_eq!((cache.form, cache.imported), (Some(CacheForm::Records), true));
            let counts = (cache.records, cache.roots, cache.without_result, cache.levels);
            assert_eq!(counts, (5, 2, 3, 4));
            assert_eq!((cache.layers, cache.missing_layers), (3, 0));
            assert_eq!(codes(cache), Vec::<&str>::new());
        }
        assert_eq!(report.caches[0].names, ["main"]);
        let roles: Vec<EntryRole> = report.indexes[1].entries.iter().map(|it| it.role).collect();
        assert_eq!(roles, [EntryRole::Layer, EntryRole::Layer, EntryRole::Layer, EntryRole::CacheConfig]);

        let summary = oci_lens::forms::markdown(&report, None);
        assert!(summary.contains("## Build cache 0: `main`"), "{summary}");
        assert!(summary.contains("| Records | 5, 3 without a result |"), "{summary}");

        // Layers are verified, and their diff IDs, as those of images.
        assert_eq!((report.totals.layers, report.totals.diff_ids.verified), (3, 3));
        let layers = inspection.cache_layers(0, 0, 9).expect("there is a cache");
        assert!(layers.layers.iter().all(|layer| layer.diff_id.status == Status::Verified));
        let ends: Vec<u32> = layers.layers.iter().map(|layer| layer.records).collect();
        assert_eq!((layers.total, ends), (3, vec![0, 1, 1]));

        let diff_ids: Vec<&str> = listed.iter().map(|layer| {
            layer["annotations"]["containerd.io/uncompressed"].as_str().expect("a digest")
        }).collect();
        let digest = |at: usize| listed[at]["digest"].as_str().expect("a digest").to_owned();
        let expected = (vec![digest(0), digest(1)], chain_ids(&diff_ids[..2]).pop());
        assert_eq!(lookup(&inspection, 0, "run"), Some(expected));
        assert_eq!(lookup(&inspection, 1, "test"), None);
        assert!(inspection.cache_answer(1, &key("test")).expect("a cache").probe);
        assert!(!inspection.cache_answer(1, &key("other")).expect("a cache").probe);

        // Lower levels first, and what a record takes and who takes it.
        let page = inspection.cache_records(0, &ALL, 1, 3).expect("there is a cache");
        let rows: Vec<(u32, Option<u32>, CacheOutcome)> =
            page.records.iter().map(|row| (row.number, row.level, row.outcome)).collect();
        assert_eq!((page.total, page.offset), (5, 1));
        assert_eq!(rows, [
            (1, Some(0), CacheOutcome::None),
            (2, Some(1), CacheOutcome::Usable),
            (3, Some(2), CacheOutcome::Usable),
        ]);
        let copy = inspection.cache_record(0, 3).expect("there is a record");
        let links = |links: &[oci_lens::report::CacheLink]| links.iter().map(|it| it.record).collect::<Vec<_>>();
        let taken: Vec<Vec<u32>> = copy.inputs.iter().map(|input| links(input)).collect();
        assert_eq!((taken, links(&copy.users)), (vec![vec![2], vec![1]], vec![4]));
        assert_eq!(copy.row.layers, 3);

        // Columns by level; what is taken is left of what takes it.
        let graph = inspection.cache_graph(0, Some(4)).expect("there is a cache");
        assert!(graph.whole);
        let columns: Vec<(u32, u32)> =
            graph.nodes.iter().map(|node| (node.record.number, node.column)).collect();
        assert_eq!(columns, [(0, 0), (1, 0), (2, 1), (3, 2), (4, 3)]);
        let edges: Vec<(u32, u32)> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(edges, [(2, 0), (3, 2), (3, 1), (4, 3)]);

        for (choice, expected) in [
            (CacheChoice::Roots, vec![0, 1]),
            (CacheChoice::Ends, vec![4]),
            (CacheChoice::WithoutResult, vec![0, 1, 4]),
        ] {
            let query = CacheQuery { choice, ..ALL };
            let page = inspection.cache_records(0, &query, 0, 9).expect("there is a cache");
            let found: Vec<u32> = page.records.iter().map(|row| row.number).collect();
            assert_eq!(found, expected);
        }
        let of_layer = CacheQuery { layer: Some(2), ..ALL };
        assert_eq!(inspection.cache_records(0, &of_layer, 0, 9).expect("a cache").records[0].number, 3);
    }

    fn a_cache_inside_an_image_is_tied_to_it() {
        let mut layout = Layout::default();
        let tars = tars();
        let records = json!([record("run", &[1], Some(1)), root("image")]).to_string();
        let encoded = base64(records.as_bytes());
        let history = json!([
            { "created": "2024-01-02T03:04:05Z", "created_by": "ADD base" },
            { "created_by": "ENV A=1", "empty_layer": true },
            { "created_by": "RUN tools" }, { "created_by": "COPY app" },
        ]);
        let config = json!({
            "os": "linux", "architecture": "amd64", "history": history,
            "moby.buildkit.cache.v0": encoded,
        });
        let image = layout.image(&tars, <[u8]>::to_vec, config);
        let plain = layout.image(&tars[..1], <[u8]>::to_vec, json!({ "os": "linux", "architecture": "amd64" }));
        let inspection = open(layout.archive(&[plain, image.clone()]));
        let report = inspection.report();
        assert_eq!(report.caches.len(), 1);
        let cache = &report.caches[0];
        assert_eq!((cache.carrier, cache.image), (CacheCarrier::Inline, Some(1)));
        assert_eq!(cache.digest, image["digest"]);
        let answer = inspection.cache_answer(0, &key("run")).expect("there is a cache");
        let result = answer.result.expect("a result");
        let described: Vec<_> = result.layers.iter().map(|it| it.description.as_deref()).collect();
        assert_eq!(described, [Some("ADD base"), Some("RUN tools")]);
        assert_eq!(result.chain_id.as_ref(), report.images[1].layers[1].chain_id.as_ref());
        assert_eq!(result.image, None);
    }

    fn a_result_that_is_an_image_of_the_archive_names_it() {
        let mut layout = Layout::default();
        let tars = tars();
        let image = layout.image(&tars, <[u8]>::to_vec, json!({ "os": "linux", "architecture": "amd64" }));
        let listed: Vec<Value> = tars.iter().map(|tar| caches::layer(&mut layout, tar)).collect();
        let config = json!({ "layers": chain(&listed), "records": records() });
        let cache = caches::index(&mut layout, &listed, &config);
        let inspection = open(layout.archive(&[image, cache]));
        let answer = inspection.cache_answer(0, &key("copy")).expect("there is a cache");
        let result = answer.result.expect("a result");
        assert_eq!(result.image, Some(0));
        assert_eq!(result.chain_id, inspection.report().images[0].chain_id);
    }

    fn layers_that_are_not_listed_or_not_there_are_named() {
        let mut layout = Layout::default();
        let tars = tars();
        let mut listed: Vec<Value> = tars.iter().map(|tar| caches::layer(&mut layout, tar)).collect();
        let config = json!({ "layers": chain(&listed), "records": records() });
        let top = listed.pop().expect("three layers");
        // Listed, and nowhere in the archive.
        let gone = caches::layer(&mut Layout::default(), &layout::layer(&[("gone", "", 7)]));
        listed.push(gone.clone());
        let mut config = config;
        config["layers"][1]["blob"] = gone["digest"].clone();
        let cache = caches::index(&mut layout, &listed, &config);
        let inspection = open(layout.cache_folder(&[cache]));
        let report = inspection.report();
        let cache = &report.caches[0];
        assert_eq!((cache.missing_layers, cache.imported), (1, true));
        assert_eq!(codes(cache), ["cache-layer-not-listed"]);
        assert_eq!(cache.diagnostics[0].blob.as_deref(), top["digest"].as_str());
        let answer = inspection.cache_answer(0, &key("run")).expect("there is a cache");
        let layers = answer.result.expect("a result").layers;
        let statuses: Vec<Status> = layers.iter().map(|layer| layer.verification.status).collect();
        assert_eq!(statuses, [Status::NotChecked, Status::Missing]);
        let copy = inspection.cache_record(0, 3).expect("there is a record");
        assert_eq!(copy.row.outcome, CacheOutcome::NotListed);
        assert!(!copy.results[0].layers[2].listed);
        assert_eq!(lookup(&inspection, 0, "copy"), None);
    }

    fn a_cache_beyond_buildkits_limit_is_told() {
        let limit = 1 << 20;
        for (padding, expected) in [(0, &[][..]), (limit, &["cache-too-large"])] {
            for carrier in [caches::index, caches::manifest] {
                let mut layout = Layout::default();
                let mut config = json!({ "records": [root("image")], "pad": "" });
                let size = config.to_string().len();
                let filler = if padding == 0 { limit - size } else { limit - size + 1 };
                config["pad"] = json!("x".repeat(filler));
                let cache = carrier(&mut layout, &[], &config);
                let inspection = open(layout.cache_folder(&[cache]));
                let cache = &inspection.report().caches[0];
                assert_eq!(codes(cache), expected);
                assert_eq!((cache.imported, cache.records), (expected.is_empty(), 1));
            }
        }
        // The manifest counts as the config does.
        let mut layout = Layout::default();
        let config = json!({ "records": [root("image")] });
        let mut layer = caches::layer(&mut layout, b"x");
        layer["annotations"]["buildkit/description"] = json!("x".repeat(limit));
        let cache = caches::manifest(&mut layout, &[layer], &config);
        let inspection = open(layout.cache_folder(std::slice::from_ref(&cache)));
        let view = &inspection.report().caches[0];
        assert_eq!(codes(view), ["cache-too-large"]);
        assert_eq!(view.diagnostics[0].blob.as_deref(), cache["digest"].as_str());
    }

    fn a_config_that_is_broken_or_gone_leaves_the_rest() {
        let broken: [(Value, &str, bool); 3] = [
            (json!({ "records": [record("a", &[0], None)] }), "cache-record-loop", true),
            (json!({ "records": [{ "digest": 7 }] }), "cache-config-shape", false),
            (json!({ "records": [record("a", &[9], None)] }), "cache-record-link", true),
        ];
        for (config, code, is_shown) in broken {
            let mut layout = Layout::default();
            let cache = caches::manifest(&mut layout, &[], &config);
            let inspection = open(layout.cache_folder(&[cache]));
            let report = inspection.report();
            assert_eq!(codes(&report.caches[0]), [code]);
            assert!(!report.caches[0].imported);
            assert_eq!(inspection.cache(0).is_some(), is_shown, "{code}");
            if is_shown {
                let answer = inspection.cache_answer(0, &key("a")).expect("a cache");
                assert!(!answer.probe && answer.refused.is_some());
                assert!(inspection.cache_record(0, 0).is_some());
            }
        }
        let mut layout = Layout::default();
        let cache = caches::manifest(&mut Layout::default(), &[], &json!({}));
        let listed = caches::manifest(&mut layout, &[], &json!({ "records": [] }));
        let inspection = open(layout.cache_folder(&[cache, listed]));
        assert_eq!(inspection.report().caches.len(), 1);
    }

    fn a_build_record_opens_to_its_blobs() {
        // As `docker buildx history export` writes it: an OCI layout, compressed.
        let mut layout = Layout::default();
        let record = layout.blob("application/vnd.buildkit.historyrecord.v0", b"\x0a\x04name".to_vec());
        let logs = layout.json("application/vnd.buildkit.solvestatus.v0", &json!({ "logs": [] }));
        let provenance = layout.json("application/vnd.in-toto+json", &json!({ "_type": "x" }));
        let empty = layout.blob("application/vnd.oci.empty.v1+json", b"{}".to_vec());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": "application/vnd.buildkit.historyrecord.v0",
            "config": empty,
            "layers": [record, logs, provenance],
        });
        let manifest = layout.json("application/vnd.oci.image.manifest.v1+json", &manifest);
        let packed = layout::gzip(&layout.archive(&[manifest.clone(), record.clone()]));
        let mut inspection = open(packed);
        inspect::scan(&mut inspection);
        let report = inspection.report();
        assert_eq!((report.images.len(), report.artifacts.len()), (0, 1));
        let types: Vec<&str> = report.artifacts[0].layers.iter().map(|it| it.media_type.as_str()).collect();
        assert_eq!(types, [
            "application/vnd.buildkit.historyrecord.v0",
            "application/vnd.buildkit.solvestatus.v0",
            "application/vnd.in-toto+json",
        ]);
        assert_eq!(report.totals.blobs.verified, 5);
        assert!(report.blobs.iter().all(|blob| blob.media_type.is_some()));
        let document = inspection.document(logs["digest"].as_str().expect("a digest"));
        assert_eq!(document.expect("it is there").bytes, b"{\"logs\":[]}");
    }
}

fn base64(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for n in 0..4 {
            let letter = char::from(alphabet[(bits >> (18 - 6 * n)) as usize & 63]);
            let padded = if n > chunk.len() { '=' } else { letter };
            write!(text, "{padded}").expect("memory can be written");
        }
    }
    text
}
