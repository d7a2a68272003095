//! Values that differ: put into the left document, they give the right one.

use oci_lens::compare::Comparison;
use oci_lens::report::{Change, HistoryPair, LayerPair, ValueChange};
use serde_json::{Value, json};

use super::{compare, scanned};
use crate::support::layout::{Layout, layer};
use crate::support::{files, inspect};

enum Step {
    Member(String),
    Item(usize),
}

/// The steps of `config.Labels["a.b"][2]`.
fn steps(mut at: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    while !at.is_empty() {
        if let Some(rest) = at.strip_prefix("[\"") {
            // The names of these documents hold no quotes or escapes.
            let (name, rest) = rest.split_once("\"]").expect("an end");
            steps.push(Step::Member(name.to_owned()));
            at = rest;
        } else if let Some(rest) = at.strip_prefix('[') {
            let (number, rest) = rest.split_once(']').expect("an end");
            steps.push(Step::Item(number.parse().expect("a number")));
            at = rest;
        } else {
            let rest = at.strip_prefix('.').unwrap_or(at);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            steps.push(Step::Member(rest[..end].to_owned()));
            at = &rest[end..];
        }
    }
    steps
}

fn container<'v>(mut value: &'v mut Value, steps: &[Step]) -> &'v mut Value {
    for step in steps {
        value = match step {
            Step::Member(name) => &mut value[name.as_str()],
            Step::Item(at) => &mut value[*at],
        };
    }
    value
}

/// Makes `document` what it is after the changes: positions on the left are
/// those before any change, positions on the right those after all.
fn patch(document: &mut Value, changes: &[ValueChange]) {
    let value = |text: &Option<String>| -> Value {
        serde_json::from_str(text.as_ref().expect("a value")).expect("JSON")
    };
    let ordered = [Change::Modified, Change::Removed, Change::Added];
    for kind in ordered {
        let mut of_kind: Vec<&ValueChange> = changes.iter().filter(|c| c.change == kind).collect();
        if kind == Change::Removed {
            of_kind.reverse();
        }
        for change in of_kind {
            let steps = steps(&change.at);
            let Some((last, before)) = steps.split_last() else {
                *document = value(&change.after);
                continue;
            };
            let place = container(document, before);
            match (kind, last) {
                (Change::Removed, Step::Member(name)) => {
                    let gone = place.as_object_mut().expect("an object").remove(name);
                    assert_eq!(gone, Some(value(&change.before)), "{}", change.at);
                }
                (Change::Removed, Step::Item(at)) => {
                    let gone = place.as_array_mut().expect("an array").remove(*at);
                    assert_eq!(gone, value(&change.before), "{}", change.at);
                }
                (Change::Added, Step::Item(at)) => {
                    let items = place.as_array_mut().expect("an array");
                    items.insert(*at, value(&change.after));
                }
                (_, step) => {
                    let (old, new) = (change.before.as_ref(), value(&change.after));
                    let slot = container(place, std::slice::from_ref(step));
                    let old = old.map(|_| value(&change.before)).unwrap_or_default();
                    assert_eq!(*slot, old, "{}", change.at);
                    *slot = new;
                }
            }
        }
    }
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

fn without_layers(mut config: Value) -> Value {
    if let Some(members) = config.as_object_mut() {
        members.remove("rootfs");
        members.remove("history");
    }
    config
}

fn check_folder(folder: &str) -> usize {
    let names = files::list(folder);
    let opened = names.iter().filter_map(|name| {
        let path = format!("{folder}/{name}/image.tar");
        let bytes = files::exists(&path).then(|| files::read_absolute(&path))?;
        Some((name, inspect::open(bytes).ok()?))
    });
    let opened: Vec<_> = opened.filter(|(_, it)| it.layers(0) > 0).collect();
    let mut checked = 0;
    for (at, (name, left)) in opened.iter().enumerate() {
        for (other, right) in opened.iter().skip(at) {
            let comparison = Comparison::new(left, 0, right, 0).expect("two images");
            let view = comparison.view();
            assert_eq!(view.more_values, 0);
            let (one, two) = (left.report(), right.report());
            let (one, two) = (&one.images[0], &two.images[0]);
            let document = |key: &Option<String>, it: &oci_lens::image::Inspection<Vec<u8>>| {
                let found = it.document(key.as_deref()?).ok()?.bytes;
                serde_json::from_slice::<Value>(&found).ok()
            };
            let manifests = (document(&one.digest, left), document(&two.digest, right));
            if let (Some(mut before), Some(after)) = manifests {
                patch(&mut before, &view.manifest);
                assert_eq!(before, after, "{name} {other}: manifest");
                assert_eq!(view.same_manifest, one.digest == two.digest);
                checked += 1;
            }
            let configs = (
                document(&one.image_id, left),
                document(&two.image_id, right),
            );
            if let (Some(before), Some(after)) = configs {
                let (mut before, after) = (without_layers(before), without_layers(after));
                patch(&mut before, &view.config);
                assert_eq!(before, after, "{name} {other}: config");
                assert_eq!(view.same_config, one.image_id == two.image_id);
                checked += 1;
            }
            history(&view.history, one.history.len(), two.history.len());
            chains(&view.layers, one.layers.len(), two.layers.len());
        }
    }
    checked
}

/// Every entry of both sides is there once and in order.
fn history(pairs: &[HistoryPair], left: usize, right: usize) {
    let all = |count: usize| (0_u32..).take(count).collect::<Vec<_>>();
    let lefts: Vec<u32> = pairs.iter().filter_map(|pair| pair.left).collect();
    let rights: Vec<u32> = pairs.iter().filter_map(|pair| pair.right).collect();
    assert_eq!((lefts, rights), (all(left), all(right)));
}

fn chains(pairs: &[LayerPair], left: usize, right: usize) {
    let all = |count: usize| (0_u32..).take(count).collect::<Vec<_>>();
    let lefts: Vec<u32> = pairs.iter().filter_map(|pair| pair.left).collect();
    let rights: Vec<u32> = pairs.iter().filter_map(|pair| pair.right).collect();
    assert_eq!((lefts, rights), (all(left), all(right)));
}

fn image(config: &Value, layers: &[&str]) -> Vec<u8> {
    let mut layout = Layout::default();
    let layers: Vec<Vec<u8>> = layers.iter().map(|name| layer(&[(name, "x", 0)])).collect();
    let image = layout.image(&layers, <[u8]>::to_vec, config.clone());
    layout.archive(&[image])
}

fn config_changes(
    left: &Value,
    right: &Value,
) -> Vec<(String, Change, Option<String>, Option<String>)> {
    let (left, right) = (scanned(image(left, &["a"])), scanned(image(right, &["a"])));
    let changes = compare(&left, 0, &right, 0).0.config.into_iter();
    changes
        .map(|change| (change.at, change.change, change.before, change.after))
        .collect()
}

cases! {
    fn values_are_told_by_their_place() {
        let left = json!({
            "os": "linux", "architecture": "amd64",
            "config": { "Env": ["A=1", "B=2", "C=3"], "Labels": { "a.b": "x", "é": "1" }, "Cmd": ["a"] },
        });
        let right = json!({
            "os": "linux", "architecture": "arm64",
            "config": { "Env": ["A=1", "X=9", "C=3", "D=4"], "Labels": { "a.b": "y" }, "Cmd": null, "User": "u" },
        });
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            ("architecture", Change::Modified, text("\"amd64\""), text("\"arm64\"")),
            ("config.Cmd", Change::Modified, text("[\"a\"]"), text("null")),
            ("config.Env[1]", Change::Modified, text("\"B=2\""), text("\"X=9\"")),
            ("config.Env[3]", Change::Added, None, text("\"D=4\"")),
            ("config.Labels[\"a.b\"]", Change::Modified, text("\"x\""), text("\"y\"")),
            ("config.Labels[\"é\"]", Change::Removed, text("\"1\""), None),
            ("config.User", Change::Added, None, text("\"u\"")),
        ];
        let expected = expected.map(|(at, change, before, after)| (at.to_owned(), change, before, after));
        assert_eq!(config_changes(&left, &right), expected);
        assert_eq!(config_changes(&left, &left), []);
    }

    fn deep_documents_are_compared_in_a_bounded_way() {
        let deep = |inner: &str| {
            let text = format!("{}{inner}{}", "[".repeat(5_000), "]".repeat(5_000));
            let raw = format!(r#"{{"os":"linux","architecture":"amd64","config":{{}},"deep":{text},"rootfs":{{"type":"layers","diff_ids":[]}}}}"#);
            let mut layout = Layout::default();
            let config = layout.blob("application/vnd.oci.image.config.v1+json", raw.into_bytes());
            let manifest = json!({ "schemaVersion": 2, "config": config, "layers": [] });
            let manifest = layout.json("application/vnd.oci.image.manifest.v1+json", &manifest);
            scanned(layout.archive(&[manifest]))
        };
        let (left, right) = (deep("1"), deep("2"));
        let config = compare(&left, 0, &right, 0).0.config;
        assert_eq!(config.len(), 1);
        assert_eq!(config[0].at, format!("deep{}", "[0]".repeat(31)));
    }

    fn too_many_values_are_counted() {
        let many = |value: u32| {
            let labels: serde_json::Map<String, Value> =
                (0..2_500).map(|number| (format!("l{number}"), json!(value.to_string()))).collect();
            json!({ "os": "linux", "architecture": "amd64", "config": { "Labels": labels } })
        };
        let (left, right) = (scanned(image(&many(1), &["a"])), scanned(image(&many(2), &["a"])));
        let view = compare(&left, 0, &right, 0).0;
        assert_eq!((view.config.len(), view.more_values), (2_000, 500));
    }

    fn history_entries_are_paired_by_what_they_did() {
        let config = |history: Value| {
            json!({ "os": "linux", "architecture": "amd64", "config": {}, "history": history })
        };
        let left = config(json!([
            { "created_by": "ADD a / # buildkit", "created": "2024-01-01T00:00:00Z" },
            { "created_by": "RUN /bin/sh -c one # buildkit" },
            { "created_by": "CMD [\"x\"]", "empty_layer": true },
        ]));
        let right = config(json!([
            { "created_by": "ADD a / # buildkit", "created": "2025-01-01T00:00:00Z" },
            { "created_by": "ENV A=1", "empty_layer": true },
            { "created_by": "RUN /bin/sh -c two # buildkit" },
            { "created_by": "CMD [\"x\"]", "empty_layer": true, "extra": 1 },
        ]));
        let (left, right) = (scanned(image(&left, &["a", "b"])), scanned(image(&right, &["a", "c"])));
        let pairs = compare(&left, 0, &right, 0).0.history;
        let told: Vec<_> = pairs
            .iter()
            .map(|pair| {
                let fields: Vec<&str> = pair.changes.iter().map(|change| change.at.as_str()).collect();
                (pair.change, pair.left, pair.right, fields.join(" "))
            })
            .collect();
        assert_eq!(told, [
            (Change::Modified, Some(0), Some(0), "created".to_owned()),
            (Change::Added, None, Some(1), String::new()),
            (Change::Modified, Some(1), Some(2), "created_by".to_owned()),
            (Change::Modified, Some(2), Some(3), "extra".to_owned()),
        ]);
    }

    fn changes_make_the_right_document_of_the_left_one() {
        assert!(check_folder(&format!("{}/tests/fixtures", files::root())) > 200);
    }

    fn changes_make_the_right_document_of_the_left_one_in_real_images() {
        let Some(folder) = files::corpus() else { return };
        assert!(check_folder(&folder) > 2_000);
    }

    fn patches_read_what_they_are_given() {
        let mut document = read(br#"{"a":[1,2,3],"b":{"c.d":0}}"#);
        let change = |at: &str, change, before: Option<&str>, after: Option<&str>| ValueChange {
            at: at.to_owned(),
            change,
            before: before.map(ToOwned::to_owned),
            after: after.map(ToOwned::to_owned),
        };
        patch(&mut document, &[
            change("a[0]", Change::Removed, Some("1"), None),
            change("a[1]", Change::Modified, Some("2"), Some("5")),
            change("a[2]", Change::Added, None, Some("6")),
            change("b[\"c.d\"]", Change::Modified, Some("0"), Some("{}")),
        ]);
        assert_eq!(document, read(br#"{"a":[5,3,6],"b":{"c.d":{}}}"#));
    }
}
