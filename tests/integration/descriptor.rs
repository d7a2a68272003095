//! `descriptor_valid_invalid.json`: documents that image-spec accepts and refuses.

use oci_lens::descriptor::validate_descriptor;
use oci_lens::digest::Digest;
use oci_lens::manifest::{
    Fault, validate_config, validate_index, validate_layout, validate_manifest,
};
use oci_lens::media_type::{Class, LayerType, MediaType};
use oci_lens::report::Compression;
use serde::Deserialize;

use crate::support::files;
use crate::support::random::Random;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    kind: Kind,
    source: String,
    note: String,
    valid: bool,
    raw: String,
    reasons: Vec<String>,
    digest: Option<String>,
}

#[derive(Deserialize, Debug, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Descriptor,
    Manifest,
    Index,
    Config,
    Layout,
}

fn judge(kind: Kind, raw: &[u8]) -> Result<(), Fault> {
    match kind {
        Kind::Descriptor => validate_descriptor(raw),
        Kind::Manifest => validate_manifest(raw),
        Kind::Index => validate_index(raw),
        Kind::Config => validate_config(raw),
        Kind::Layout => validate_layout(raw),
    }
}

// Code and JSON path of the first fault of every document that is not valid,
// in the vectors' order; the vectors' `reasons` name the same places.
const FAULTS: &str = "\
member-missing mediaType | missing mediaType
media-type-invalid mediaType | mediaType
media-type-invalid mediaType | mediaType
media-type-invalid mediaType | mediaType
media-type-invalid mediaType | mediaType
media-type-invalid mediaType | mediaType
member-missing size | missing size
member-type size | size
member-missing digest | missing digest
digest-format digest | digest
digest-format digest | digest
digest-format digest | digest
digest-format digest | digest invalid_format
url-invalid urls[0] | url value
media-type-invalid artifactType | artifactType
digest-format digest | digest
data-encoding data | data
size-invalid size | size
media-type-invalid config.mediaType | config mediaType
json-syntax  | json: Expecting ',' delimiter: line 17 column 2 (char 494)
member-type layers[0].size | layers[0] size
layers-empty layers | layers
member-type subject | subject not object
digest-format layers[0].digest | layers[0] digest
media-type-invalid manifests[0].mediaType | manifests[0] mediaType
member-type manifests[0].size | manifests[0] size
member-missing manifests[0].digest | manifests[0] missing digest
member-missing manifests[0].platform.architecture | platform.architecture
media-type-invalid manifests[0].mediaType | manifests[0] mediaType
media-type-invalid manifests[0].mediaType | manifests[0] mediaType
member-type subject | subject not object
member-type os | os
member-type variant | variant
member-type config.User | config.User
member-type os | os
member-type os | os
member-type os | os
json-syntax  | json: Expecting value: line 1 column 1 (char 0)
env-invalid config.Env[0] | env
json-syntax  | json: Expecting ',' delimiter: line 2 column 28 (char 29)
digest-length digest | digest invalid_length
size-invalid size | size
member-type  | not object
member-type annotations.a | .annotations.a not string
member-missing imageLayoutVersion | imageLayoutVersion
layout-version imageLayoutVersion | imageLayoutVersion
schema-version schemaVersion | schemaVersion
member-missing manifests | manifests
member-missing config | config
";

cases! {
    fn documents_are_judged_as_image_spec_does() {
        let cases: Vec<Case> = files::cases("descriptor_valid_invalid");
        assert_eq!(cases.len(), 86);
        let mut faults = String::new();
        for case in cases {
            let place = format!("{:?} of {}: {}", case.kind, case.source, case.note);
            let judgement = judge(case.kind, case.raw.as_bytes());
            assert_eq!(judgement.is_ok(), case.valid, "{place}: {judgement:?}");
            assert_eq!(case.reasons.is_empty(), case.valid, "{place}");
            if let Some(digest) = case.digest {
                assert_eq!(Digest::sha256(case.raw.as_bytes()).to_string(), digest, "{place}");
            }
            if let Err(fault) = judgement {
                let reason = case.reasons.first().map(|r| r.trim()).unwrap_or_default();
                faults += &format!("{} {} | {reason}\n", fault.code, fault.path);
            }
        }
        assert_eq!(faults, FAULTS);
    }

    fn media_types_say_what_they_stand_for() {
        let layer = |compression, foreign, encrypted| {
            Some(Class::Layer(LayerType { compression, foreign, encrypted }))
        };
        let (plain, gzip, zstd) =
            (Some(Compression::None), Some(Compression::Gzip), Some(Compression::Zstd));
        for (text, class) in [
            ("application/vnd.oci.image.index.v1+json", Some(Class::Index)),
            ("application/vnd.docker.distribution.manifest.list.v2+json", Some(Class::Index)),
            ("application/vnd.oci.image.manifest.v1+json", Some(Class::Manifest)),
            ("application/vnd.docker.distribution.manifest.v2+json", Some(Class::Manifest)),
            ("application/vnd.oci.image.config.v1+json", Some(Class::Config)),
            ("application/vnd.docker.container.image.v1+json", Some(Class::Config)),
            ("application/vnd.docker.plugin.v1+json", Some(Class::PluginConfig)),
            ("application/vnd.oci.empty.v1+json", Some(Class::Empty)),
            ("application/vnd.docker.distribution.manifest.v1+prettyjws", Some(Class::SchemaOne)),
            ("application/vnd.docker.distribution.manifest.v1+json", Some(Class::SchemaOne)),
            ("application/vnd.buildkit.cacheconfig.v0", Some(Class::CacheConfig)),
            ("application/vnd.in-toto+json", Some(Class::InToto)),
            ("application/vnd.oci.image.layer.v1.tar", layer(plain, false, false)),
            ("application/vnd.oci.image.layer.v1.tar+gzip", layer(gzip, false, false)),
            ("application/vnd.oci.image.layer.v1.tar+zstd", layer(zstd, false, false)),
            ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", layer(gzip, false, true)),
            ("application/vnd.oci.image.layer.v1.tar+encrypted", layer(plain, false, true)),
            ("application/vnd.oci.image.layer.v1.tar+xz", layer(None, false, false)),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", layer(zstd, true, false)),
            ("application/vnd.docker.image.rootfs.diff.tar", layer(plain, false, false)),
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", layer(gzip, false, false)),
            ("application/vnd.docker.image.rootfs.diff.tar.zstd", layer(zstd, false, false)),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", layer(gzip, true, false)),
            ("application/vnd.oci.descriptor.v1+json", Some(Class::Other)),
            ("application/vnd.oci.image.manifest.v1+json; charset=utf-8", None),
            ("application/", None),
            ("a/b/c", None),
            ("\u{e9}/b", None),
        ] {
            assert_eq!(MediaType::parse(text).ok().map(|parsed| parsed.class()), class, "{text}");
        }
    }

    fn cut_and_changed_documents_are_judged_by_the_same_syntax_as_serde_json() {
        let cases: Vec<Case> = files::cases("descriptor_valid_invalid");
        let mut random = Random::new(1);
        for case in cases {
            for round in 0..400 {
                let mut raw = case.raw.clone().into_bytes();
                raw.truncate(if round % 2 == 0 { random.below(raw.len() + 1) } else { raw.len() });
                for _ in 0..random.below(3) {
                    let at = random.below(raw.len().max(1));
                    let other = b"\"\\{}[],:0 \x1fu-.eE\n"[random.below(17)];
                    if let Some(byte) = raw.get_mut(at) {
                        *byte = other;
                    }
                }
                let ours = judge(case.kind, &raw);
                let well_formed = ours.as_ref().err().is_none_or(|fault| fault.code != "json-syntax");
                let theirs = serde_json::from_slice::<serde_json::Value>(&raw);
                // Go, and so we, take numbers that fit no float and half surrogate pairs.
                let lenient = theirs.as_ref().is_err_and(|error| {
                    let text = error.to_string();
                    ["number out of range", "surrogate", "unexpected end of hex escape"]
                        .iter()
                        .any(|known| text.contains(known))
                });
                assert!(
                    well_formed == theirs.is_ok() || lenient,
                    "{}: {ours:?} against {theirs:?}", String::from_utf8_lossy(&raw)
                );
            }
        }
    }
}
