//! `main_manifest_key.json`: BuildKit's image-source cache keys.

use oci_lens::buildkit::{
    CacheKeyError, config_key, image_source_keys, manifest_key, root_record, source_op_digest,
};
use oci_lens::digest::{AnyDigest, Digest};
use oci_lens::manifest::{JsonError, chain_ids};
use oci_lens::platform::Platform;
use oci_lens::report::CacheKeyView;
use serde::Deserialize;

use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    schema: String,
    #[serde(rename = "source")]
    _source: String,
    main_manifest_key: Vec<ManifestCase>,
    config_key: Vec<ConfigCase>,
    index_rule: String,
    source_op: SourceOp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestCase {
    name: String,
    digest: String,
    platform: PlatformCase,
    limit: Option<usize>,
    normalize: bool,
    hashed_json: String,
    manifest_key: String,
    source_op_digest: String,
    root_cache_key_output0: String,
    normalized_platform: Option<PlatformCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformCase {
    os: String,
    architecture: String,
    #[serde(default)]
    variant: String,
    #[serde(default, rename = "os.version")]
    os_version: String,
    #[serde(default, rename = "os.features")]
    os_features: Vec<String>,
}

impl From<PlatformCase> for Platform {
    fn from(case: PlatformCase) -> Self {
        Self {
            os: case.os,
            architecture: case.architecture,
            variant: case.variant,
            os_version: case.os_version,
            os_features: case.os_features,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigCase {
    name: String,
    raw: String,
    limit: Option<usize>,
    expect: Option<String>,
    expect_error: Option<String>,
    source_op_digest: Option<String>,
    root_cache_key_output0: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceOp {
    formula: String,
}

fn vectors() -> Vectors {
    let vectors: Vectors = files::vectors("main_manifest_key");
    assert_eq!(vectors.schema, "main_manifest_key/1");
    assert_eq!(
        (vectors.main_manifest_key.len(), vectors.config_key.len()),
        (30, 26)
    );
    assert_eq!(
        vectors.index_rule,
        "index 0 -> manifest_key; index>=1 -> config_key unless it is empty, then manifest_key \
         again; done = index>0; pin (imgDigest) is always the resolved main descriptor digest"
    );
    assert_eq!(
        vectors.source_op.formula,
        "sha256('buildkit.source.v0:' + key); if key starts with 'session:' the digest algorithm \
         prefix is replaced by 'random:'"
    );
    vectors
}

fn parsed(digest: &str) -> AnyDigest {
    AnyDigest::parse(digest).unwrap_or_else(|error| panic!("{digest}: {error}"))
}

cases! {
    fn manifest_keys_are_buildkits() {
        for case in vectors().main_manifest_key {
            let name = case.name;
            let mut platform = Platform::from(case.platform);
            if case.normalize {
                platform = platform.normalized();
            }
            assert_eq!(case.normalize, case.normalized_platform.is_some(), "{name}");
            if let Some(normalized) = case.normalized_platform {
                assert_eq!(platform, normalized.into(), "{name}");
            }
            let found = manifest_key(&parsed(&case.digest), &platform, case.limit);
            let op = source_op_digest(&found.key.to_string());
            assert_eq!(
                (found.preimage, found.key.to_string(), root_record(&op, 0), op),
                (case.hashed_json, case.manifest_key, case.root_cache_key_output0, case.source_op_digest),
                "{name}"
            );
        }
    }

    fn config_keys_are_buildkits() {
        for case in vectors().config_key {
            let name = case.name;
            let found = config_key(case.raw.as_bytes(), case.limit);
            let key = match &found {
                Ok(found) => Ok(found.as_ref().map_or("", |found| &found.key).to_owned()),
                Err(error) => Err(error.to_string()),
            };
            assert_eq!(case.expect.is_some(), case.expect_error.is_none(), "{name}");
            let expected = case.expect.ok_or_else(|| case.expect_error.unwrap_or_default());
            assert_eq!(key, expected, "{name}");
            let op = key.ok().filter(|key| !key.is_empty()).map(|key| source_op_digest(&key));
            assert_eq!(op, case.source_op_digest, "{name}");
            assert_eq!(op.map(|op| root_record(&op, 0)), case.root_cache_key_output0, "{name}");
            if let Ok(Some(found)) = found
                && let Some(preimage) = found.preimage
            {
                assert_eq!(Digest::sha256(&preimage).to_string(), found.key, "{name}");
            }
        }
    }

    fn both_keys_of_an_image_are_normalised_and_the_second_falls_back() {
        let reference = parsed("sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0");
        let platform = Platform::new("linux", "aarch64", "v8");
        let normalised = "{\"Digest\":\"sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0\",\"OS\":\"linux\",\"Arch\":\"arm64\"}";
        let manifest = "sha256:2e8dd1d0bd9272715f601b3578d8d554cd8f9920d66938e72ceafe9dce762b25";
        let keys = |config: &str, limit| {
            let (first, second) = image_source_keys(&reference, &platform, config.as_bytes(), limit);
            let second = second.map(|key| serde_json::to_value(CacheKeyView::from(&key)));
            (serde_json::to_value(CacheKeyView::from(&first)), second)
        };
        let view = |kind: &str, index: u32, key: &str, preimage: &str| {
            serde_json::json!({
                "kind": kind, "index": index, "done": index == 1, "reference": reference.to_string(),
                "platform": {"os": "linux", "architecture": "arm64"}, "key": key, "preimage": preimage,
            })
        };
        let (first, second) = keys("{}", None);
        assert_eq!(first.ok(), Some(view("manifest", 0, manifest, normalised)));
        assert_eq!(second.map(Result::ok), Ok(Some(view("config", 1, manifest, normalised))));

        let (_, second) = keys(r#"{"rootfs":{"type":"layers","diff_ids":["sha256:a","sha256:b"]}}"#, None);
        let chain = "sha256:970a948bffa8de94d6e22d747ba8c95030e6e546909f98f54e99a13005e173a8";
        assert_eq!(second.map(Result::ok), Ok(Some(view("config", 1, chain, "sha256:a sha256:b"))));

        let (_, second) = keys("{}", Some(1));
        assert_eq!(second.map(|_| ()), Err(CacheKeyError::LayerLimit { layers: 0, limit: 1 }));
    }

    fn session_keys_make_random_digests_that_stay_as_they_are() {
        let op = source_op_digest("session:x");
        let hashed = Digest::sha256(b"buildkit.source.v0:session:x").encoded();
        assert_eq!(op, format!("random:{hashed}"));
        assert_eq!(root_record(&op, 1), op);
    }
}

// What Go does with a config before BuildKit makes a key of it: decoded by
// go1.26.8's encoding/json into image-spec v1.1.1's struct; 60,000 random
// configs gave the same keys.
enum Go {
    // An error: the key is the digest of the raw bytes.
    Refuses,
    // No key.
    Nothing,
    // These diff IDs.
    Finds(&'static [&'static str]),
}

const GO: &[(&str, &[u8], Go)] = &[
    ("null_keeps_a_text", br#"{"rootfs":{"type":"layers","diff_ids":["a"],"type":null}}"#, Go::Finds(&["a"])),
    ("null_empties_a_list", br#"{"rootfs":{"type":"layers","diff_ids":["a"],"diff_ids":null}}"#, Go::Nothing),
    ("null_in_a_list_is_an_empty_text", br#"{"rootfs":{"type":"layers","diff_ids":[null,"b"]}}"#, Go::Finds(&["", "b"])),
    ("null_in_a_second_list_shows_the_first", br#"{"rootfs":{"type":"layers","diff_ids":["a","b"],"diff_ids":["x"],"diff_ids":[null,null]}}"#, Go::Finds(&["x", "b"])),
    ("an_empty_list_forgets_the_first", br#"{"rootfs":{"type":"layers","diff_ids":["a"],"diff_ids":[],"diff_ids":[null]}}"#, Go::Finds(&[""])),
    ("null_keeps_a_struct", br#"{"rootfs":{"type":"layers","diff_ids":["a"]},"rootfs":null}"#, Go::Finds(&["a"])),
    ("a_long_s_is_an_s", "{\"rootf\u{17f}\":{\"type\":\"layers\",\"diff_id\u{17f}\":[\"a\"]}}".as_bytes(), Go::Finds(&["a"])),
    ("values_keep_their_case", br#"{"rootfs":{"type":"LAYERS","diff_ids":["a"]}}"#, Go::Nothing),
    ("escapes_are_read", br#"{"rootfs":{"type":"\u006cayers","diff_ids":["\ud83d\ude00"]}}"#, Go::Finds(&["\u{1f600}"])),
    ("half_a_surrogate_pair_is_replaced", br#"{"rootfs":{"type":"layers","diff_ids":["\ud800\u0041"]}}"#, Go::Finds(&["\u{fffd}A"])),
    ("each_byte_that_is_not_utf8_is_replaced", b"{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"\xff\xe2\x82\"]}}", Go::Finds(&["\u{fffd}\u{fffd}\u{fffd}"])),
    ("a_byte_order_mark_is_no_json", b"\xef\xbb\xbf{}", Go::Refuses),
    ("a_wrong_type_where_nobody_looks", br#"{"config":{"Labels":{"a":1}},"rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Refuses),
    ("a_wrong_type_that_a_later_member_replaces", br#"{"os":1,"os":"linux","rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Refuses),
    ("a_port_may_be_null", br#"{"config":{"ExposedPorts":{"1":null}},"rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Finds(&["a"])),
    ("unknown_members_may_hold_anything", br#"{"x":[1e999,-0,{"y":[]}],"rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Finds(&["a"])),
    ("an_hour_of_one_digit", br#"{"created":"2020-01-01T1:00:00Z","rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Finds(&["a"])),
    ("a_comma_before_the_fraction", br#"{"created":"2020-01-01T01:00:00,5+24:60","rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Finds(&["a"])),
    ("a_day_that_is_not_there", br#"{"created":"2021-02-29T00:00:00Z","rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Refuses),
    ("an_escape_in_a_time", br#"{"created":"2020-01-01T00:00:00\u005a","rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Refuses),
    ("a_time_in_lower_case", br#"{"history":[{"created":"2020-01-01t00:00:00Z"}],"rootfs":{"type":"layers","diff_ids":["a"]}}"#, Go::Refuses),
];

// Arrays inside each other: Go stops at 10,000 levels, the object counted.
fn nested(levels: usize) -> Vec<u8> {
    let (open, close) = ("[".repeat(levels), "]".repeat(levels));
    format!(r#"{{"x":{open}{close},"rootfs":{{"type":"layers","diff_ids":["a"]}}}}"#).into_bytes()
}

fn go_key(config: &[u8], go: &Go) -> Option<String> {
    match go {
        Go::Refuses => Some(Digest::sha256(config).to_string()),
        Go::Nothing => None,
        Go::Finds(diff_ids) => chain_ids(diff_ids).pop(),
    }
}

cases! {
    fn configs_are_decoded_as_go_does() {
        let key = |config: &[u8]| config_key(config, None).map(|found| found.map(|found| found.key));
        for (name, config, go) in GO {
            assert_eq!(key(config), Ok(go_key(config, go)), "{name}");
        }
        for (levels, go) in [(9_999, Go::Finds(&["a"])), (10_000, Go::Refuses)] {
            let config = nested(levels);
            assert_eq!(key(&config), Ok(go_key(&config, &go)), "{levels} levels");
        }
    }

    // Go would decode it, so that the digest of the raw bytes would be wrong.
    fn a_config_past_a_limit_has_no_key() {
        let config = format!("[{}1]", "1,".repeat(4_000_000));
        assert_eq!(config_key(config.as_bytes(), None), Err(CacheKeyError::Limit(JsonError::Values)));
    }
}
