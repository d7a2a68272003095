//! Two caches: the first records that a build would not find again.

use oci_lens::image::Inspection;
use oci_lens::report::{CacheCompareView, CacheMiss, CacheReason, CacheSide};
use serde_json::{Value, json};

use crate::support::caches::{self, chain, key, record, root};
use crate::support::inspect;
use crate::support::layout::{self, Layout};

type Change = (String, CacheMiss, Vec<u32>);

fn cache(names: &[&str], records: &[Value]) -> Inspection<Vec<u8>> {
    let mut layout = Layout::default();
    let tars = names.iter().map(|name| layout::layer(&[(name, name, 7)]));
    let listed: Vec<Value> = tars.map(|tar| caches::layer(&mut layout, &tar)).collect();
    let config = json!({ "layers": chain(&listed), "records": records });
    let cache = caches::manifest(&mut layout, &listed, &config);
    inspect::open(layout.cache_folder(&[cache])).expect("it is an archive")
}

fn compare(left: &Inspection<Vec<u8>>, right: &Inspection<Vec<u8>>) -> CacheCompareView {
    left.compare_caches(0, right, 0, (None, None))
        .expect("there are caches")
}

fn first(side: &CacheSide) -> Vec<Change> {
    let changes = side.first.iter();
    changes
        .map(|it| (it.record.digest.clone(), it.miss, it.inputs.clone()))
        .collect()
}

fn later(side: &CacheSide) -> Vec<Change> {
    let changes = side.later.iter();
    changes
        .map(|it| (it.record.digest.clone(), it.miss, it.inputs.clone()))
        .collect()
}

cases! {
    fn a_cache_is_the_same_as_itself_in_another_order() {
        let left = cache(&["a", "b"], &[root("image"), record("run", &[0], Some(1))]);
        let right = cache(&["a", "b"], &[record("run", &[1], Some(1)), root("image")]);
        let view = compare(&left, &right);
        assert_eq!((view.matched, view.other_layers, view.same_config), (2, 0, false));
        assert_eq!((view.left.only, view.right.only, view.shared_layers), (0, 0, 2));
        assert!(compare(&left, &left).same_config);
    }

    fn what_follows_a_changed_record_is_not_its_cause() {
        let left = cache(&["a", "b", "c"], &[
            root("image"), root("files"), record("copy", &[0, 1], Some(1)),
            record("run", &[2], Some(2)), record("other", &[0], None),
        ]);
        let right = cache(&["a", "d", "e"], &[
            root("image"), root("files, changed"), record("copy", &[0, 1], Some(1)),
            record("run", &[2], Some(2)), record("other", &[0], None),
        ]);
        let view = compare(&left, &right);
        assert_eq!((view.matched, view.left.only, view.right.only), (2, 3, 3));
        assert_eq!(first(&view.right), [(key("files, changed"), CacheMiss::Digest, vec![])]);
        assert_eq!(first(&view.left), [(key("files"), CacheMiss::Digest, vec![])]);
        assert_eq!(later(&view.right), [
            (key("copy"), CacheMiss::Follows, vec![1]),
            (key("run"), CacheMiss::Follows, vec![0]),
        ]);
        assert_eq!((view.shared_layers, view.left.layers, view.right.layers), (1, 2, 2));
    }

    fn one_alternative_of_each_input_is_enough() {
        let either = |name: &str, links: &[u32]| {
            let links: Vec<Value> = links.iter().map(|link| json!({ "link": link })).collect();
            json!({ "digest": key(name), "inputs": [links] })
        };
        let left = cache(&[], &[root("definition"), root("content"), either("run", &[0, 1])]);
        let right = cache(&[], &[root("other definition"), root("content"), either("run", &[0, 1])]);
        let view = compare(&left, &right);
        assert_eq!(view.matched, 2);
        assert_eq!(first(&view.right), [(key("other definition"), CacheMiss::Digest, vec![])]);
        assert_eq!(later(&view.right), []);
    }

    fn another_selector_or_input_is_another_record() {
        let selected = |selector: &str| {
            json!({ "digest": key("copy"), "inputs": [[{ "selector": selector, "link": 0 }]] })
        };
        let left = cache(&[], &[root("files"), selected("a")]);
        let right = cache(&[], &[root("files"), selected("b")]);
        let view = compare(&left, &right);
        assert_eq!(view.matched, 1);
        assert_eq!(first(&view.right), [(key("copy"), CacheMiss::Inputs, vec![])]);
        assert_eq!(first(&view.left), [(key("copy"), CacheMiss::Inputs, vec![])]);
    }

    fn a_record_that_led_to_other_layers_is_rebuilt() {
        let records = [root("image"), record("run", &[0], Some(1))];
        let view = compare(&cache(&["a", "b"], &records), &cache(&["a", "c"], &records));
        assert_eq!((view.matched, view.other_layers), (2, 1));
        let rebuilt = &view.rebuilt[0];
        assert_eq!((rebuilt.right.number, rebuilt.first_layer), (1, 1));
    }

    fn an_attestation_changes_the_first_base_key_and_not_the_second() {
        // The records of a build on an image are named by the image's two keys.
        let archive = |is_attested: bool| {
            let mut layout = Layout::default();
            let tars = [layout::layer(&[("base", "base", 7)])];
            let config = json!({ "os": "linux", "architecture": "amd64" });
            let mut image = layout.image(&tars, <[u8]>::to_vec, config);
            image["platform"] = json!({ "os": "linux", "architecture": "amd64" });
            let mut entries = vec![image.clone()];
            if is_attested {
                let mut attestation = layout.json("application/vnd.oci.image.manifest.v1+json", &json!({
                    "schemaVersion": 2,
                    "config": { "mediaType": "application/vnd.oci.image.config.v1+json",
                        "digest": key("x"), "size": 1 },
                    "layers": [{ "mediaType": "application/vnd.in-toto+json",
                        "digest": key("y"), "size": 1 }],
                }));
                attestation["platform"] = json!({ "os": "unknown", "architecture": "unknown" });
                attestation["annotations"] = json!({
                    "vnd.docker.reference.type": "attestation-manifest",
                    "vnd.docker.reference.digest": image["digest"],
                });
                entries.push(attestation);
            }
            let index = layout.index(&entries);
            inspect::open(layout.archive(&[index])).expect("an archive")
        };
        let (one, two) = (archive(false), archive(true));
        // The key of a record of an image's key, by BuildKit's formulas.
        let sha256 = |text: String| oci_lens::digest::Digest::sha256(text.as_bytes()).to_string();
        let base = |inspection: &Inspection<Vec<u8>>| {
            let image = inspection.report().images.remove(0);
            let index = image.via[0].clone();
            let keys = image.cache_keys.into_iter();
            let keys = keys.filter(move |it| it.reference.as_ref() == Some(&index));
            keys.map(|it| sha256(format!("{}@0", sha256(format!("buildkit.source.v0:{}", it.key)))))
                .map(|digest| json!({ "digest": digest }))
                .collect::<Vec<Value>>()
        };
        let (left, right) = (cache(&[], &base(&one)), cache(&[], &base(&two)));
        let images = (one.base_image(0), two.base_image(0));
        let view = left
            .compare_caches(0, &right, 0, (images.0.as_ref(), images.1.as_ref()))
            .expect("there are caches");
        assert_eq!((view.matched, view.left.only, view.right.only), (1, 1, 1));
        let reasons: Vec<CacheReason> = view.images.iter().map(|it| it.reason).collect();
        assert_eq!(reasons, [
            CacheReason::ReferenceDiffers, CacheReason::OnlyIndexDiffers, CacheReason::SameChainId,
        ]);
        let counts: Vec<(&str, &str)> =
            view.images[1].values.iter().map(|it| (it.key.as_str(), it.value.as_str())).collect();
        assert!(counts.contains(&("attestations", "0 -> 1")), "{counts:?}");
        // Of each image, the keys of the index that it was referred to by.
        let index = |inspection: &Inspection<Vec<u8>>| inspection.report().images[0].via[0].clone();
        for (is_left, archive) in [(true, &one), (false, &two)] {
            let reference = Some(index(archive));
            let bases = view.bases.iter().filter(|it| it.is_left == is_left && it.reference == reference);
            let found: Vec<(u32, bool, bool)> =
                bases.map(|it| (it.index, it.in_left, it.in_right)).collect();
            assert_eq!(found, [(0, is_left, !is_left), (1, true, true)]);
        }
    }
}
