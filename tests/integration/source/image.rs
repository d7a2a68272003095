//! Images of archives as sources: resolved, with keys and a snapshot.

use oci_lens::buildkit::source::{Attributes, Manager, SourceError, SourceKey};
use oci_lens::digest::Digest;
use oci_lens::image::{Inspection, source::ImageSource};
use oci_lens::manifest::chain_ids;
use oci_lens::platform::Platform;
use oci_lens::tree::Rules;
use serde_json::{Value, json};

use super::attributes;
use crate::support::{
    files, inspect,
    layout::{self, Layout},
};

fn fixture(name: &str) -> Inspection<Vec<u8>> {
    let bytes = files::read(&format!("tests/fixtures/{name}/image.tar"));
    inspect::open(bytes).expect("an archive")
}

fn platform(text: &str) -> Platform {
    Platform::parse(text).expect("a platform")
}

fn manager<'a>(inspection: &'a Inspection<Vec<u8>>, default: Option<&Platform>) -> Manager<'a> {
    let mut manager = Manager::default();
    manager.register(ImageSource::new(inspection, default));
    manager
}

/// Both keys of an image.
fn keys(
    inspection: &Inspection<Vec<u8>>,
    text: &str,
    with: &Attributes,
    asked: Option<&Platform>,
) -> Result<(SourceKey, SourceKey), SourceError> {
    let manager = manager(inspection, None);
    let identifier = manager.identifier(text, with, asked)?;
    let instance = manager.resolve(&identifier)?;
    let second = instance.cache_key(1)?;
    assert_eq!(
        instance.cache_key(7),
        Ok(second.clone()),
        "every later index is the second"
    );
    Ok((instance.cache_key(0)?, second))
}

fn none() -> Attributes {
    Attributes::new()
}

fn code<T>(found: Result<T, SourceError>) -> &'static str {
    found.map_or_else(|error| error.code(), |_| "found")
}

const INDEX: &str = "sha256:e99bfff5d11124f1017f191420b223a18b1b1cbaa49acd29ec15b917aca578e9";

// Three layers of which the lowest is shared, for two platforms.
fn two_platforms() -> (Vec<u8>, Vec<Value>, Value) {
    let mut layout = Layout::default();
    let layers = |top: &str| {
        vec![
            layout::layer(&[("a", "1", 1)]),
            layout::layer(&[("b/", "", 2)]),
            layout::layer(&[("b/c", top, 3)]),
        ]
    };
    let config = |architecture: &str| json!({ "os": "linux", "architecture": architecture });
    let mut images = vec![
        layout.image(&layers("x"), layout::gzip, config("amd64")),
        layout.image(&layers("y"), layout::gzip, config("arm64")),
    ];
    images[0]["platform"] = json!({ "os": "linux", "architecture": "amd64" });
    images[1]["platform"] = json!({ "os": "linux", "architecture": "arm64", "variant": "v8" });
    let mut index = layout.index(&images);
    index["annotations"] = json!({ "org.opencontainers.image.ref.name": "both" });
    (layout.archive(&[index.clone()]), images, index)
}

fn diff_ids(top: &str) -> Vec<String> {
    let layers = [
        layout::layer(&[("a", "1", 1)]),
        layout::layer(&[("b/", "", 2)]),
        layout::layer(&[("b/c", top, 3)]),
    ];
    layers
        .iter()
        .map(|layer| Digest::sha256(layer).to_string())
        .collect()
}

cases! {
    fn the_first_key_is_of_what_the_reference_resolves_to_and_the_second_of_the_config() {
        let (archive, images, index) = two_platforms();
        let inspection = inspect::open(archive).expect("an archive");
        let index = index["digest"].as_str().expect("a digest");
        let manifest = images[1]["digest"].as_str().expect("a digest");
        let arm = platform("linux/arm64/v8");
        let chain = chain_ids(&diff_ids("y")).pop().expect("layers");
        for (text, resolved) in [
            ("oci-layout://a/b:both".to_owned(), index),
            (format!("oci-layout://a/b@{index}"), index),
            (format!("docker-image://a.b/c:tag@{index}"), index),
            (format!("oci-layout://a/b@{manifest}"), manifest),
        ] {
            let (first, second) = keys(&inspection, &text, &none(), Some(&arm)).unwrap_or_else(|error| panic!("{text}: {error}"));
            let hashed = format!("{{\"Digest\":\"{resolved}\",\"OS\":\"linux\",\"Arch\":\"arm64\"}}");
            assert_eq!(first.preimage.as_deref(), Some(hashed.as_bytes()), "{text}");
            assert_eq!(first.key, Digest::sha256(hashed.as_bytes()).to_string(), "{text}");
            assert_eq!(second.key, chain, "{text}");
            assert_eq!((first.done, second.done), (false, true), "{text}");
            for key in [&first, &second] {
                assert_eq!(key.pin.as_deref(), Some(resolved), "{text}");
                let uncompressed = key.options.iter().map(|layer| layer.annotations["containerd.io/uncompressed"].clone());
                assert_eq!(uncompressed.collect::<Vec<_>>(), diff_ids("y"), "{text}");
                assert!(key.options.iter().all(|layer| layer.reference == text), "{text}");
            }
        }
    }

    // Fixture: its index has the digest and the platforms that its truth has.
    fn names_are_found_in_full_or_as_a_tag() {
        let inspection = fixture("hello-multiarch");
        let arm = platform("linux/arm/v7");
        for text in [
            "docker-image://docker.io/library/hello-world:latest".to_owned(),
            "oci-layout://docker.io/library/hello-world:latest".to_owned(),
            format!("docker-image://example.com/else@{INDEX}"),
        ] {
            let (first, _) = keys(&inspection, &text, &none(), Some(&arm)).unwrap_or_else(|error| panic!("{text}: {error}"));
            let hashed = format!("{{\"Digest\":\"{INDEX}\",\"OS\":\"linux\",\"Arch\":\"arm\",\"Variant\":\"v7\"}}");
            assert_eq!(first.key, Digest::sha256(hashed.as_bytes()).to_string(), "{text}");
        }
        let missing = |text: &str| code(keys(&inspection, text, &none(), Some(&arm)));
        assert_eq!(missing("docker-image://docker.io/library/hello-world:1"), "source-not-found");
        assert_eq!(missing(&format!("docker-image://a.b/c@{}", Digest::sha256(b"x"))), "source-not-found");
        assert_eq!(missing("docker-image://a.b/c@sha256:1"), "digest-length");
        let nested = fixture("hello-nested-index");
        let (first, _) = keys(&nested, "oci-layout://a/b:amd64-only", &none(), None).expect("one image");
        let text = String::from_utf8(first.preimage.expect("a preimage")).expect("text");
        assert!(text.contains("\"Digest\":\"sha256:7954068d01e9"), "{text}");
    }

    fn the_platform_is_picked_as_containerd_picks_it() {
        let inspection = fixture("hello-multiarch");
        let image = |wanted: &str| {
            let (_, second) = keys(&inspection, &format!("docker-image://a.b/c@{INDEX}"), &none(), Some(&platform(wanted)))?;
            Ok::<_, SourceError>(second.key)
        };
        let report = inspection.report();
        let chain = |number: usize| report.images[number].chain_id.clone().expect("a chain ID");
        assert_eq!(image("linux/arm/v7"), Ok(chain(3)));
        // A lower variant where the exact one is not there, and the 32-bit one after all.
        assert_eq!(image("linux/arm/v8"), Ok(chain(3)));
        assert_eq!(image("linux/amd64/v3"), Ok(chain(0)));
        assert_eq!(image("linux/riscv64"), Ok(chain(8)));
        let none_there = image("windows/amd64").map_err(|error| error.to_string());
        let said = format!("\"a.b/c@{INDEX}\" has no manifest for windows/amd64");
        assert_eq!(none_there, Err(said));
        // Among entries without a platform containerd looks into the first alone.
        let nested = fixture("hello-nested-index");
        let at = |wanted: &str| code(keys(&nested, "oci-layout://a/b:nested", &none(), Some(&platform(wanted))));
        assert_eq!((at("linux/amd64"), at("linux/386")), ("found", "found"));
        assert_eq!((at("linux/riscv64"), at("linux/arm64")), ("found", "source-platform"));
    }

    fn without_a_platform_the_reference_has_to_lead_to_one_image() {
        let (archive, images, _) = two_platforms();
        let inspection = inspect::open(archive).expect("an archive");
        assert_eq!(keys(&inspection, "oci-layout://a/b:both", &none(), None).map(|_| ()), Err(SourceError::Missing { what: "a platform" }));
        let manifest = images[1]["digest"].as_str().expect("a digest");
        let (first, _) = keys(&inspection, &format!("oci-layout://a/b@{manifest}"), &none(), None).expect("one image");
        let hashed = format!("{{\"Digest\":\"{manifest}\",\"OS\":\"linux\",\"Arch\":\"arm64\"}}");
        assert_eq!(first.preimage, Some(hashed.into_bytes()));
        // A manifest that is referred to itself is not held to the platform.
        assert_eq!(code(keys(&inspection, &format!("oci-layout://a/b@{manifest}"), &none(), Some(&platform("linux/s390x")))), "found");
        let default = platform("linux/arm64");
        let manager = manager(&inspection, Some(&default));
        let identifier = manager.identifier("oci-layout://a/b:both", &none(), None).expect("an identifier");
        let key = manager.resolve(&identifier).and_then(|instance| instance.cache_key(1)).expect("a key");
        assert_eq!(Some(key.key), chain_ids(&diff_ids("y")).pop());
    }

    fn one_name_may_be_of_an_image_for_each_platform() {
        let mut layout = Layout::default();
        let mut image = |architecture: &str| {
            let config = json!({ "os": "linux", "architecture": architecture });
            let mut image = layout.image(&[layout::layer(&[(architecture, "", 1)])], layout::gzip, config);
            image["annotations"] = json!({ "io.containerd.image.name": "docker.io/a/b:c" });
            image
        };
        let images = [image("amd64"), image("arm64")];
        let inspection = inspect::open(layout.archive(&images)).expect("an archive");
        let pin = |wanted: &str| {
            let found = keys(&inspection, "docker-image://docker.io/a/b:c", &none(), Some(&platform(wanted)));
            found.map(|(first, _)| first.pin).map_err(|error| error.code())
        };
        let digest = |number: usize| Ok(images[number]["digest"].as_str().map(ToOwned::to_owned));
        assert_eq!((pin("linux/amd64"), pin("linux/arm64/v9")), (digest(0), digest(1)));
        assert_eq!(pin("linux/s390x"), Err("source-platform"));
    }

    fn layer_limit_and_checksum_are_checked_before_any_key() {
        let (archive, _, index) = two_platforms();
        let inspection = inspect::open(archive).expect("an archive");
        let index = index["digest"].as_str().expect("a digest");
        let amd = platform("linux/amd64");
        let with = |pairs: &[(&str, &str)]| keys(&inspection, &format!("docker-image://a.b/c@{index}"), &attributes(pairs), Some(&amd));
        let (first, second) = with(&[("image.layerlimit", "2"), ("image.checksum", index)]).expect("keys");
        let hashed = format!("{{\"Digest\":\"{index}\",\"OS\":\"linux\",\"Arch\":\"amd64\",\"Limit\":2}}");
        assert_eq!(first.preimage, Some(hashed.into_bytes()));
        assert_eq!((second.key, second.options.len()), (chain_ids(&diff_ids("x"))[1].clone(), 2));
        let refused = with(&[("image.layerlimit", "4")]).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(refused, Err("image has 3 layers, limit is 4".to_owned()));
        let other = Digest::sha256(b"x").to_string();
        let refused = with(&[("image.checksum", &other)]).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(refused, Err(format!("image digest {index} for a.b/c@{index} does not match expected checksum {other}")));
    }

    fn layers_and_diff_ids_have_to_be_as_many() {
        let inspection = fixture("broken-config-more-diffids");
        let digest = inspection.report().images[0].digest.clone().expect("a digest");
        let refused = keys(&inspection, &format!("oci-layout://a/b@{digest}"), &none(), None).map(|_| ());
        let Err(SourceError::Layers { layers, diff_ids }) = refused else { panic!("{refused:?}") };
        assert!(diff_ids > layers);
        let missing = fixture("broken-config-missing");
        let digest = missing.report().images[0].digest.clone().expect("a digest");
        let refused = keys(&missing, &format!("oci-layout://a/b@{digest}"), &none(), Some(&platform("linux/amd64"))).map(|_| ());
        assert_eq!(refused, Err(SourceError::Missing { what: "the config" }));
    }

    fn an_image_that_only_docker_save_lists_has_the_second_key() {
        let inspection = fixture("hello-docker-archive");
        let manager = manager(&inspection, None);
        let identifier = manager.identifier("docker-image://docker.io/library/hello-world:latest", &none(), None).expect("an identifier");
        let instance = manager.resolve(&identifier).expect("an image");
        assert_eq!(instance.cache_key(0), Err(SourceError::NoManifest));
        let second = instance.cache_key(1).expect("a key");
        assert_eq!((second.pin, Some(second.key)), (None, inspection.report().images[0].chain_id.clone()));
    }

    fn a_snapshot_is_a_chain_of_layers_read_when_asked() {
        let (archive, images, _) = two_platforms();
        let mut inspection = inspect::open(archive).expect("an archive");
        let digest = images[0]["digest"].as_str().expect("a digest").to_owned();
        let text = format!("oci-layout://a/b@{digest}");
        let limit = attributes(&[("oci.layerlimit", "2")]);
        let jobs = {
            let manager = manager(&inspection, None);
            let identifier = manager.identifier(&text, &limit, None).expect("an identifier");
            let instance = manager.resolve(&identifier).expect("an image");
            let snapshot = instance.snapshot().expect("a snapshot").expect("layers");
            let chain = chain_ids(&diff_ids("x"));
            assert_eq!(snapshot.id(), chain[1]);
            let parent = snapshot.parent().expect("a layer below");
            assert_eq!((parent.id(), parent.layers().len()), (chain[0].as_str(), 1));
            assert!(parent.parent().is_none());
            let unread = snapshot.tree(Rules::Spec).map(|_| ()).map_err(|error| error.layers);
            assert_eq!(unread, Err(vec![0, 1]));
            snapshot.jobs()
        };
        assert_eq!(jobs.len(), 2);
        for job in jobs {
            let scanned = inspection.scan(&job, |_| true).expect("memory can be read");
            inspection.complete(scanned);
        }
        let manager = manager(&inspection, None);
        let paths = |with: &Attributes| {
            let identifier = manager.identifier(&text, with, None).expect("an identifier");
            let instance = manager.resolve(&identifier).expect("an image");
            let snapshot = instance.snapshot().expect("a snapshot").expect("layers");
            snapshot.tree(Rules::Containerd).map(|tree| tree.len()).map_err(|error| error.to_string())
        };
        assert_eq!(paths(&limit), Ok(2));
        assert_eq!(paths(&none()), Err("expected scanned layers, but found unread: 2".to_owned()));
    }

    fn an_image_without_layers_has_no_snapshot_and_the_manifest_key_twice() {
        let mut layout = Layout::default();
        let image = layout.image(&[], layout::gzip, json!({ "os": "linux", "architecture": "amd64" }));
        let digest = image["digest"].as_str().expect("a digest").to_owned();
        let inspection = inspect::open(layout.archive(&[image])).expect("an archive");
        let text = format!("oci-layout://a/b@{digest}");
        let (first, second) = keys(&inspection, &text, &none(), None).expect("keys");
        assert_eq!((first.key, first.done, second.done), (second.key, false, true));
        let manager = manager(&inspection, None);
        let identifier = manager.identifier(&text, &none(), None).expect("an identifier");
        let instance = manager.resolve(&identifier).expect("an image");
        assert!(instance.snapshot().expect("nothing to read").is_none());
    }
}
