//! `main_manifest_key.json`: BuildKit's image-source cache keys.

use oci_lens::buildkit::{
    config_key, image_source_keys, manifest_key, root_record, source_op_digest,
};
use oci_lens::digest::{AnyDigest, Digest};
use oci_lens::platform::Platform;
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
    assert_eq!((vectors.main_manifest_key.len(), vectors.config_key.len()), (30, 26));
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
}
