//! The first path that makes content checksums differ, and what of it. That they
//! do differ is asked of the checksums themselves.

use std::sync::Arc;

use oci_lens::buildkit::checksum::Query;
use oci_lens::compare::Comparison;
use oci_lens::image::Inspection;
use oci_lens::limits::Limits;
use oci_lens::report::{ChecksumDifference, LayerRange};
use serde_json::{Value, json};

use super::scanned;
use crate::support::inspect;
use crate::support::layer_stack::Item;
use crate::support::layer_tar::tar_of;
use crate::support::layout::{Layout, gzip};

type Tree = Vec<(Item, Vec<u8>)>;

fn file(path: &str, content: &str) -> (Item, Vec<u8>) {
    (Item::file(path), content.as_bytes().to_vec())
}

fn base() -> Tree {
    vec![
        (Item::dir("a"), Vec::new()),
        file("a/x", "one"),
        file("a-b", "two"),
        (Item::symlink("link", "a"), Vec::new()),
        file("z", "end"),
    ]
}

fn changed(change: impl FnOnce(&mut Tree)) -> Tree {
    let mut tree = base();
    change(&mut tree);
    tree
}

fn archive(tree: &Tree) -> Vec<u8> {
    let mut layout = Layout::default();
    let config = json!({ "architecture": "amd64", "os": "linux" });
    let image = layout.image(&[tar_of(tree)], gzip, config);
    layout.archive(&[image])
}

fn checksum(inspection: &Inspection<Vec<u8>>, path: &str) -> Result<String, &'static str> {
    let range = LayerRange {
        first: 0,
        last: None,
    };
    let tree = inspection
        .containerd_tree(0, range)
        .expect("a tree")
        .map(Arc::new);
    let query = Query {
        path: path.as_bytes().to_vec(),
        follow_links: true,
        ..Query::default()
    };
    let plan = inspection.checksum(0, tree, &query);
    let mut plan = plan.map_err(|error| error.code())?;
    inspection.read_checksum(&mut plan).expect("contents");
    Ok(plan.view(0).expect("a checksum").digest)
}

fn difference(
    left: &Inspection<Vec<u8>>,
    right: &Inspection<Vec<u8>>,
    path: &str,
) -> Result<ChecksumDifference, &'static str> {
    let comparison = Comparison::new(left, 0, right, 0).expect("two images");
    let found = comparison.checksum(left, right, path.as_bytes(), &Limits::default());
    let found = found.map_err(|error| error.code())?;
    let same = checksum(left, path) == checksum(right, path);
    assert_eq!(same, found.first.is_none(), "{path}: {found:?}");
    Ok(found)
}

fn first(path: &str, change: &str, fields: &Value, content: Option<bool>) -> Value {
    let mut first = json!({ "path": { "path": path }, "change": change, "fields": fields });
    if let Some(content) = content {
        first["content"] = json!(content);
    }
    first
}

cases! {
    fn the_first_path_that_differs_is_named_with_what_differs() {
        let left = scanned(archive(&base()));
        let none = json!([]);
        let cases = [
            ("the same", "/", base(), None),
            (
                "a mode, before a content",
                "/",
                changed(|tree| {
                    tree[1].0.mode = 0o600;
                    tree[4].1 = b"END".to_vec();
                    tree[4].0.size = 3;
                }),
                Some(first("a/x", "modified", &json!([{ "name": "mode", "before": "420", "after": "384" }]), Some(false))),
            ),
            (
                "a content",
                "/",
                changed(|tree| tree[1].1 = b"eno".to_vec()),
                Some(first("a/x", "modified", &none, Some(true))),
            ),
            (
                "a content of another size",
                "a/x",
                changed(|tree| tree[1].1 = b"none".to_vec()),
                Some(first("a/x", "modified", &json!([{ "name": "size", "before": "3", "after": "4" }]), Some(true))),
            ),
            (
                "owner and xattr",
                "/",
                changed(|tree| {
                    tree[0].0.uid = 7;
                    tree[0].0.xattrs = vec![(b"user.u".to_vec(), b"v".to_vec())];
                }),
                Some(first(
                    "a",
                    "modified",
                    &json!([{ "name": "uid", "before": "0", "after": "7" }, { "name": "user.u", "after": "v" }]),
                    Some(false),
                )),
            ),
            (
                "a time is not hashed",
                "/",
                changed(|tree| tree[1].0.mtime.seconds = 1),
                None,
            ),
            ("a path is gone", "/", changed(|tree| drop(tree.remove(2))), Some(first("a-b", "removed", &none, None))),
            ("a path is new", "/", changed(|tree| tree.push(file("a/w", "new"))), Some(first("a/w", "added", &none, None))),
            (
                "a target, and nothing below it is looked at",
                "/",
                changed(|tree| tree[3].0.link_name = b"b".to_vec()),
                Some(first("link", "modified", &json!([{ "name": "linkname", "before": "a", "after": "b" }]), Some(false))),
            ),
            (
                "a link at the end is followed",
                "link",
                changed(|tree| tree[1].0.gid = 9),
                Some(first("a/x", "modified", &json!([{ "name": "gid", "before": "0", "after": "9" }]), Some(false))),
            ),
            ("what is elsewhere does not count", "a", changed(|tree| tree[4].0.mode = 0), None),
        ];
        for (name, path, tree, expected) in cases {
            let tree = tree
                .into_iter()
                .map(|(mut item, content)| {
                    if matches!(item.kind, oci_lens::layer::table::EntryKind::File) {
                        item.size = content.len() as u64;
                    }
                    (item, content)
                })
                .collect();
            let right = scanned(archive(&tree));
            let found = difference(&left, &right, path).expect("a difference");
            assert_eq!(found.unknown, 0, "{name}");
            let found = found.first.map(|first| serde_json::to_value(first).expect("JSON"));
            assert_eq!(found, expected, "{name}");
        }
    }

    fn a_path_of_neither_side_has_no_difference() {
        let left = scanned(archive(&base()));
        let right = scanned(archive(&changed(|tree| tree.push(file("new", "")))));
        assert_eq!(difference(&left, &right, "nothing").map(|_| ()), Err("no-such-path"));
        let found = difference(&left, &right, "new").expect("one side has it");
        let found = found.first.map(|first| serde_json::to_value(first).expect("JSON"));
        assert_eq!(found, Some(first("new", "added", &json!([]), None)));
    }

    // Without digests of contents, files of one size may hold the same.
    fn contents_that_were_not_read_are_counted() {
        let open = |tree: &Tree| {
            let mut inspection = inspect::open(archive(tree)).expect("an archive");
            for job in inspection.jobs() {
                let scanned = inspection.scan(&job, |_| true).expect("memory can be read");
                inspection.complete(scanned);
            }
            inspection
        };
        let left = open(&base());
        let right = open(&changed(|tree| {
            tree[1].1 = b"eno".to_vec();
            tree[4].0.mode = 0;
        }));
        let comparison = Comparison::new(&left, 0, &right, 0).expect("two images");
        let found = comparison.checksum(&left, &right, b"/", &Limits::default());
        let found = found.expect("a difference");
        assert_eq!(found.unknown, 2);
        assert_eq!(found.first.map(|first| first.path.path), Some("z".to_owned()));
    }
}
