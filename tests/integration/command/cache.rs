//! `cache inspect`, `probe`, `lookup` and `diff`.

use std::path::Path;

use oci_lens::report::{CacheAnswer, CacheCompareView, CacheRecordView, CacheView};
use serde_json::{Value, json};

use super::run;
use crate::support::caches::{self, chain, key, record, root};
use crate::support::layout::{self, Layout};

/// A folder with the file of an archive in it.
struct Archive(tempfile::TempDir);

impl Archive {
    fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("cache.tar"), bytes).expect("a file can be written");
        Self(folder)
    }

    fn path(&self) -> String {
        let path: &Path = self.0.path();
        path.join("cache.tar").to_string_lossy().into_owned()
    }
}

fn cache(names: &[&str], records: &[Value]) -> Archive {
    let mut layout = Layout::default();
    let tars = names.iter().map(|name| layout::layer(&[(name, name, 7)]));
    let listed: Vec<Value> = tars.map(|tar| caches::layer(&mut layout, &tar)).collect();
    let config = json!({ "layers": chain(&listed), "records": records });
    let cache = caches::index(&mut layout, &listed, &config);
    Archive::new(&layout.cache_folder(&[cache]))
}

fn records() -> Vec<Value> {
    vec![
        root("image"),
        record("run", &[0], Some(1)),
        record("test", &[1], None),
    ]
}

fn output(arguments: &[&str], code: i32) -> String {
    let output = run(arguments, &[]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).expect("the output is text")
}

#[test]
fn inspect_lists_a_cache_and_its_records() {
    let archive = cache(&["a", "b"], &records());
    let path = archive.path();
    let text = output(&["cache", "inspect", &path], 0);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("cache 0  index  sha256:"), "{text}");
    assert_eq!(
        lines[1],
        "  3 records on 3 levels, 1 roots, 2 without a result; 2 layers, 0 not in the archive"
    );
    let run_line = format!("     1 level   1 usable     {}  [0]  2 layers", key("run"));
    assert_eq!(lines[3], run_line);

    let text = output(&["cache", "inspect", &path, "--json"], 0);
    let mut lines = text.lines();
    let view: CacheView = serde_json::from_str(lines.next().unwrap_or_default()).expect("a cache");
    assert_eq!((view.records, view.imported), (3, true));
    let rows: Vec<CacheRecordView> = lines
        .map(|line| serde_json::from_str(line).expect("a record"))
        .collect();
    let digests: Vec<&str> = rows.iter().map(|it| it.row.digest.as_str()).collect();
    assert_eq!(digests, [key("image"), key("run"), key("test")]);

    // What is exported again is a cache with the same answers.
    let config = output(&["cache", "inspect", &path, "--config"], 0);
    let config: Value = serde_json::from_str(&config).expect("a config is JSON");
    assert_eq!(config["records"].as_array().map(Vec::len), Some(3));
}

#[test]
fn probe_and_lookup_answer_by_their_exit_status_too() {
    let archive = cache(&["a", "b"], &records());
    let path = archive.path();
    for (name, known, hit) in [("run", 0, 0), ("test", 0, 1), ("other", 1, 1)] {
        let key = key(name);
        let text = output(&["cache", "probe", &path, &key], known);
        assert_eq!(text, if known == 0 { "yes\n" } else { "no\n" });
        let text = output(&["cache", "lookup", &path, &key], hit);
        assert_eq!(text.contains("chain ID sha256:"), hit == 0, "{text}");
        let text = output(&["cache", "lookup", &path, &key, "--json"], hit);
        let answer: CacheAnswer = serde_json::from_str(&text).expect("an answer");
        assert_eq!(
            (answer.probe, answer.result.is_some()),
            (known == 0, hit == 0)
        );
    }
    let text = output(&["cache", "lookup", &path, &key("run")], 0);
    assert_eq!(
        text.lines()
            .filter(|line| line.ends_with("  verified"))
            .count(),
        2
    );
    // An image without a cache has none.
    let output = run(
        &["cache", "probe", &super::fixture("hello-oci-archive"), "k"],
        &[],
    );
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(text.starts_with("error: no-caches: "), "{text}");
}

#[test]
fn diff_names_the_first_records_that_differ() {
    let left = cache(&["a", "b"], &records());
    let mut changed = records();
    changed[0] = root("image, changed");
    let right = cache(&["a", "c"], &changed);
    let (left, right) = (left.path(), right.path());
    assert!(!output(&["cache", "diff", &left, &left], 0).is_empty());
    let text = output(&["cache", "diff", &left, &right], 1);
    let changed = key("image, changed");
    assert!(
        text.lines()
            .any(|line| line == format!("A 0 {changed}  digest")),
        "{text}"
    );
    assert!(
        text.lines()
            .any(|line| line == format!("  A 1 {}  follows", key("run"))),
        "{text}"
    );
    let base = super::fixture("hello-oci-archive");
    let arguments = [
        "cache", "diff", &left, &right, "--base-a", &base, "--base-b", &base, "--json",
    ];
    let view: CacheCompareView = serde_json::from_str(&output(&arguments, 1)).expect("a diff");
    assert_eq!(
        (view.matched, view.right.only, view.right.first.len()),
        (0, 3, 1)
    );
    assert!(!view.bases.is_empty() && view.bases.iter().all(|it| !it.in_left && !it.in_right));
}

#[test]
fn several_caches_are_listed_and_one_is_chosen() {
    let mut layout = Layout::default();
    let one = caches::manifest(&mut layout, &[], &json!({ "records": [root("a")] }));
    let two = caches::manifest(&mut layout, &[], &json!({ "records": [root("b")] }));
    let archive = Archive::new(&layout.cache_folder(&[one, two]));
    let path = archive.path();
    assert_eq!(output(&["cache", "inspect", &path], 0).lines().count(), 4);
    output(&["cache", "probe", &path, &key("b")], 2);
    output(&["cache", "probe", &path, &key("b"), "--cache", "1"], 0);
    output(&["cache", "probe", &path, &key("b"), "--cache", "0"], 1);
    output(&["cache", "probe", &path, &key("b"), "--cache", "7"], 2);
    output(
        &[
            "cache",
            "diff",
            &path,
            &path,
            "--cache-a",
            "0",
            "--cache-b",
            "1",
        ],
        1,
    );
}
