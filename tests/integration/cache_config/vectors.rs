//! `cache_config.json`: both formats, all carriers.

use oci_lens::buildkit::cache_config::{
    AnyConfig, Cache, CacheChains, CacheConfig, CacheConfigError, Dependency, Items, ListedLayer,
    RemoteResult,
};
use oci_lens::buildkit::source_op_digest;
use oci_lens::digest::Digest;
use oci_lens::limits::Limits;
use oci_lens::manifest::{Index, JsonError, Manifest};
use oci_lens::report::CacheForm;
use serde::Deserialize;
use serde_json::Value;

use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    schema: String,
    current: Current,
    legacy_2017: Legacy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Current {
    marshal: Vec<MarshalCase>,
    parse: Vec<ParseCase>,
    wrappers: Wrappers,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarshalCase {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    adds: Vec<AddCase>,
    expect_config_json: String,
    expect_config_digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddCase {
    digest: String,
    #[serde(default)]
    deps: Vec<Vec<DependencyCase>>,
    #[serde(default)]
    results: Vec<ResultCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependencyCase {
    rec: usize,
    selector: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ResultCase {
    created_at: String,
    blobs: Vec<BlobCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct BlobCase {
    #[serde(rename = "mediaType")]
    _media_type: String,
    digest: String,
    #[serde(rename = "size")]
    _size: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParseCase {
    name: String,
    config: String,
    available_blobs: Vec<String>,
    #[serde(rename = "note")]
    _note: String,
    expect_chain: Option<Vec<String>>,
    expect_remarshal: Option<String>,
    expect_record_count: Option<usize>,
    expect_error: Option<String>,
    upstream_error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrappers {
    #[serde(rename = "source")]
    _source: String,
    config_json: String,
    config_digest: String,
    index_json: String,
    index_digest: String,
    image_manifest_json: String,
    image_manifest_digest: String,
    inline: InlineCase,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InlineCase {
    records_json: String,
    image_config: Value,
    synth_layers: String,
    expect_chain_for_baz: Vec<String>,
    reject: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Legacy {
    #[serde(rename = "source")]
    _source: String,
    config_json: String,
    config_digest: String,
    manifest_list_json: String,
    manifest_list_digest: String,
    probe: Vec<ProbeCase>,
    lookup: Vec<LookupCase>,
    content_mapping: Vec<MappingCase>,
    errors: Vec<ErrorCase>,
    notes: Vec<String>,
    old_solver_keys: OldKeys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProbeCase {
    key: String,
    expect: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookupCase {
    key: String,
    #[serde(rename = "expect")]
    _nothing: Option<Value>,
    #[serde(rename = "why")]
    _why: Option<String>,
    expect_chain: Option<Vec<LegacyLayer>>,
    expect_chain_id: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct LegacyLayer {
    blobsum: String,
    #[serde(rename = "DiffID")]
    diff_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingCase {
    content_key: String,
    expect: Option<Vec<String>>,
    #[serde(rename = "why")]
    _why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorCase {
    case: String,
    error: Option<String>,
    error_prefix: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldKeys {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "formula")]
    _formula: String,
    example: OldExample,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldExample {
    image_manifest_digest: String,
    source_op_key: String,
    vertex_key_no_inputs: String,
    output0_key: String,
}

fn vectors() -> Vectors {
    let vectors: Vectors = files::vectors("cache_config");
    assert_eq!(vectors.schema, "cache_config/1");
    let Vectors {
        current,
        legacy_2017: legacy,
        ..
    } = &vectors;
    assert_eq!((current.marshal.len(), current.parse.len()), (9, 16));
    let numbers = (
        legacy.probe.len(),
        legacy.lookup.len(),
        legacy.content_mapping.len(),
        legacy.errors.len(),
        legacy.notes.len(),
        current.wrappers.inline.reject.len(),
    );
    assert_eq!(numbers, (6, 5, 2, 3, 5, 3));
    vectors
}

fn listed(digest: &str) -> ListedLayer {
    ListedLayer {
        digest: digest.to_owned(),
        ..ListedLayer::default()
    }
}

fn sha256(text: &str) -> String {
    Digest::sha256(text.as_bytes()).to_string()
}

fn blobs(cache: &Cache, layers: &[u32]) -> Vec<String> {
    let blob = |layer: &u32| cache.layers()[*layer as usize].blob.clone();
    layers.iter().map(blob).collect()
}

/// The layers that a manifest or an index lists beside a config.
fn listed_beside(descriptors: &[oci_lens::descriptor::Descriptor]) -> (Vec<ListedLayer>, String) {
    let mut config = None;
    let mut layers = Vec::new();
    for descriptor in descriptors {
        match ListedLayer::of_descriptor(descriptor) {
            Some(layer) => layers.push(layer),
            None => config = Some(descriptor.digest.to_string()),
        }
    }
    (layers, config.expect("there is a config"))
}

fn legacy_cache(legacy: &Legacy, change: impl Fn(&mut Vec<ListedLayer>)) -> Cache {
    let index = Index::parse(legacy.manifest_list_json.as_bytes(), &Limits::default());
    let (mut layers, config) = listed_beside(&index.expect("it is an index").value.manifests);
    assert_eq!(config, legacy.config_digest);
    change(&mut layers);
    let config = AnyConfig::parse(legacy.config_json.as_bytes(), &Limits::default());
    config.expect("it is a config").into_cache(layers)
}

cases! {
    fn records_are_written_as_buildkit_writes_them() {
        for case in vectors().current.marshal {
            let name = case.name;
            let mut chains = CacheChains::default();
            let mut numbers = Vec::new();
            for add in case.adds {
                let inputs = add.deps.iter().map(|input| {
                    let alternatives = input.iter().map(|dependency| Dependency {
                        selector: dependency.selector.clone(),
                        record: numbers[dependency.rec],
                    });
                    alternatives.collect::<Vec<_>>()
                });
                let inputs: Vec<Vec<Dependency>> = inputs.collect();
                let results = add.results.into_iter().map(|result| RemoteResult {
                    created_at: result.created_at,
                    blobs: result.blobs.into_iter().map(|blob| blob.digest).collect(),
                });
                let number = chains.add(&add.digest, &inputs, results.collect());
                numbers.push(number.expect("it is added").expect("it is kept"));
            }
            let json = chains.config().to_json();
            assert_eq!(json, case.expect_config_json, "{name}");
            assert_eq!(sha256(&json), case.expect_config_digest, "{name}");

            // What is read is what was written, and an importer exports it again.
            let read = CacheConfig::parse(json.as_bytes(), &Limits::default());
            let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(read, chains.config(), "{name}");
            let layers = read.layers.iter().map(|layer| listed(&layer.blob)).collect();
            let cache = Cache::new(read, layers);
            let again = CacheChains::of_cache(&cache).expect("it is imported").config();
            // Layers of one blob are in the order of the records that were added first.
            if name != "same-blob-different-parents" {
                assert_eq!(again.to_json(), json, "{name}");
            }
        }
    }

    fn configs_are_read_as_buildkit_reads_them() {
        for case in vectors().current.parse {
            let name = case.name;
            let config = CacheConfig::parse(case.config.as_bytes(), &Limits::default());
            let cache = config.map(|config| {
                let layers = case.available_blobs.iter().map(|blob| listed(blob));
                Cache::new(config, layers.collect())
            });
            if let Some(expected) = case.expect_error {
                let upstream = case.upstream_error.unwrap_or_default();
                assert!(upstream.starts_with(&expected), "{name}");
                let error = match cache {
                    Ok(cache) => cache.fault().cloned(),
                    Err(error) => Some(error),
                };
                match error {
                    Some(CacheConfigError::Json(JsonError::Syntax { offset, .. })) => {
                        assert_eq!((expected.as_str(), offset), ("invalid character", 1), "{name}");
                    }
                    Some(error) => assert_eq!(error.to_string(), upstream, "{name}"),
                    None => panic!("{name}: read"),
                }
                continue;
            }
            let cache = cache.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(cache.fault(), None, "{name}");
            let kept = cache.records().iter().filter(|record| !Cache::is_left_out(record));
            assert_eq!(Some(kept.count()), case.expect_record_count, "{name}");
            if let Some(chain) = case.expect_chain {
                let key = &cache.records()[0].digest;
                assert!(cache.probe(key), "{name}");
                let found = cache.lookup(key).expect("no fault");
                let layers = found.map(|found| blobs(&cache, &found.layers));
                assert_eq!(layers.unwrap_or_default(), chain, "{name}");
            }
            let again = CacheChains::of_cache(&cache).expect("it is imported");
            assert_eq!(Some(again.config().to_json()), case.expect_remarshal, "{name}");
        }
    }

    fn a_config_beside_an_index_and_in_a_manifest_is_the_same() {
        let wrappers = vectors().current.wrappers;
        assert_eq!(sha256(&wrappers.index_json), wrappers.index_digest);
        assert_eq!(sha256(&wrappers.image_manifest_json), wrappers.image_manifest_digest);
        assert_eq!(sha256(&wrappers.config_json), wrappers.config_digest);
        let limits = Limits::default();
        let index = Index::parse(wrappers.index_json.as_bytes(), &limits).expect("an index");
        let manifest = Manifest::parse(wrappers.image_manifest_json.as_bytes(), &limits);
        let manifest = manifest.expect("a manifest").value;
        let mut in_manifest = manifest.layers;
        in_manifest.push(manifest.config);
        for descriptors in [index.value.manifests, in_manifest] {
            let (layers, config) = listed_beside(&descriptors);
            assert_eq!(config, wrappers.config_digest);
            let config = AnyConfig::parse(wrappers.config_json.as_bytes(), &limits);
            let cache = config.expect("a config").into_cache(layers);
            assert_eq!(cache.form(), CacheForm::Records);
            let baz_key = &cache.records()[0].digest;
            let found = cache.lookup(baz_key).expect("no fault").expect("a result");
            let first = "sha256:9dc02223da426384268a0b489b28b008464099491967f6f0597853e939953ea0";
            let second = "sha256:bb82030dbc2bcaba32a90bf2e207a84a856fc5f033b77c480836ab6f77f40f19";
            assert_eq!(cache.diff_id(0), Some(first));
            assert_eq!(found.chain_id, Some(sha256(&format!("{first} {second}"))));
            assert_eq!(found.created_at, "2024-01-02T03:04:05Z");
            let both = blobs(&cache, &found.layers).concat();
            assert_eq!(found.id, sha256(&both));
            assert_eq!(
                cache.listed(1).and_then(|layer| layer.created_at.as_deref()),
                Some("2024-01-02T03:04:05Z")
            );
        }
    }

    fn records_inside_an_image_config_take_the_layers_of_its_manifest() {
        let wrappers = vectors().current.wrappers;
        let inline = wrappers.inline;
        assert_eq!(
            inline.synth_layers,
            "one layer per manifest layer i: blob=layers[i].digest parent=i-1"
        );
        let config = inline.image_config.to_string();
        let limits = Limits::default();
        let config = oci_lens::manifest::Config::parse(config.as_bytes(), &limits);
        let config = config.expect("a config").value;
        let records = config.inline_cache().expect("there are records").expect("in base64");
        assert_eq!(records, inline.records_json.as_bytes());
        let blobs_below = inline.expect_chain_for_baz.clone();
        let read = CacheConfig::parse_inline(&records, &blobs_below, &limits).expect("records");
        let diff_ids = config.diff_id_texts();
        let layers = blobs_below.iter().zip(&diff_ids).map(|(blob, diff_id)| ListedLayer {
            diff_id: Some(diff_id.clone()),
            ..listed(blob)
        });
        let cache = Cache::new(read, layers.collect());
        let baz_key = cache.records()[0].digest.clone();
        let found = cache.lookup(&baz_key).expect("no fault").expect("a result");
        assert_eq!(blobs(&cache, &found.layers), inline.expect_chain_for_baz);
        assert_eq!(
            found.chain_id,
            Some(sha256(&format!("{} {}", diff_ids[0], diff_ids[1])))
        );
        let root = cache.records()[1].digest.clone();
        assert_eq!(cache.lookup(&root), Ok(None));
        assert_eq!(cache.content_mapping(&root), [baz_key]);
    }

    fn the_cache_of_2017_answers_as_its_importer_did() {
        let legacy = vectors().legacy_2017;
        assert_eq!(sha256(&legacy.config_json), legacy.config_digest);
        assert_eq!(sha256(&legacy.manifest_list_json), legacy.manifest_list_digest);
        let cache = legacy_cache(&legacy, |_| {});
        assert_eq!((cache.form(), cache.fault()), (CacheForm::Items, None));
        for case in &legacy.probe {
            assert_eq!(cache.probe(&case.key), case.expect, "{}", case.key);
        }
        for case in &legacy.lookup {
            let found = cache.lookup(&case.key).expect("no broken chain");
            let chain = found.as_ref().map(|found| {
                let layers = found.layers.iter().map(|layer| LegacyLayer {
                    blobsum: cache.layers()[*layer as usize].blob.clone(),
                    diff_id: cache.diff_id(*layer).unwrap_or_default().to_owned(),
                });
                layers.collect::<Vec<_>>()
            });
            assert_eq!(chain, case.expect_chain, "{}", case.key);
            assert_eq!(found.and_then(|found| found.chain_id), case.expect_chain_id);
        }
        for case in &legacy.content_mapping {
            let expected = case.expect.clone().unwrap_or_default();
            assert_eq!(cache.content_mapping(&case.content_key), expected);
        }
    }

    fn a_broken_chain_of_2017_is_told_in_its_words() {
        let legacy = vectors().legacy_2017;
        let top = legacy.lookup[3].key.clone();
        let bottom = legacy.lookup[3].expect_chain.as_ref().expect("a chain")[0].blobsum.clone();
        for error in &legacy.errors {
            let expected = error.error.as_ref().map(|text| text.replace("<digest>", &bottom));
            let found = match error.case.as_str() {
                "Parent names a blob not in Items" => {
                    let mut config: Value = serde_json::from_str(&legacy.config_json).expect("JSON");
                    let items = config["Items"].as_array_mut().expect("a list");
                    items.retain(|item| item["Blobsum"] != bottom.as_str());
                    let limits = Limits::default();
                    let config = AnyConfig::parse(config.to_string().as_bytes(), &limits);
                    config.expect("a config").into_cache(vec![listed(&bottom)]).lookup(&top)
                }
                "blob of the chain not listed in manifests" => {
                    let cache = legacy_cache(&legacy, |listed| {
                        listed.retain(|layer| layer.digest != bottom);
                    });
                    cache.lookup(&top)
                }
                // An archive's index without a config is no cache.
                other => {
                    assert_eq!(
                        other,
                        "no manifest with mediaType application/vnd.buildkit.cacheconfig.v0"
                    );
                    assert_eq!(error.error_prefix.as_deref(), Some("invalid build cache: "));
                    continue;
                }
            };
            assert_eq!(found.map_err(|error| error.to_string()).err(), expected);
        }
    }

    fn items_that_lead_in_a_circle_are_refused() {
        let config = br#"{"items":[
            {"blobsum":"a","cacheKey":"k","parent":"b"},{"Blobsum":"b","Parent":"a"}]}"#;
        let config = AnyConfig::parse(config, &Limits::default()).expect("a config");
        let cache = config.into_cache(vec![listed("a"), listed("b")]);
        assert_eq!(cache.lookup("k"), Err(CacheConfigError::LoopingLayer));
        assert!(cache.probe("k"));
    }

    fn the_keys_of_2017_are_those_of_its_solver() {
        let example = vectors().legacy_2017.old_solver_keys.example;
        let source = source_op_digest(&example.image_manifest_digest);
        assert_eq!(source, example.source_op_key);
        let vertex = Items::vertex_key(&source);
        assert_eq!(vertex, example.vertex_key_no_inputs);
        assert_eq!(Items::source_key(&source), example.output0_key);
    }
}
