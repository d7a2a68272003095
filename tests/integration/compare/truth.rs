//! Paths that differ against a plain comparison of two trees of the truth.

use std::collections::{BTreeMap, BTreeSet};

use oci_lens::image::Inspection;
use oci_lens::report::{Change, Field, NodeType, PathChange};
use oci_lens::tree::dump::TreeLine;

use super::{compare, scanned};
use crate::support::files;
use crate::support::layer_stack::{Truth, unhex};

/// An opened archive with the truth's tree of its first image.
struct Known {
    name: String,
    inspection: Inspection<Vec<u8>>,
    tree: BTreeMap<Vec<u8>, TreeLine>,
}

/// Trees that come from a file system: umoci's or buildah's.
fn known(folder: &str, name: &str) -> Option<Known> {
    let path = format!("{folder}/{name}");
    let truth = Truth::read(&path)?;
    let tree = truth.images.first()?.tree.as_ref()?;
    if tree.by.starts_with("merge") {
        return None;
    }
    let inspection =
        crate::support::inspect::open(files::read_absolute(&format!("{path}/image.tar")));
    inspection.ok()?;
    let inspection = scanned(files::read_absolute(&format!("{path}/image.tar")));
    let lines = truth.tree(&tree.file).into_iter().filter(|line| {
        // Known flaw of the truth: umoci keeps AUFS' own entries.
        !line
            .path
            .split('/')
            .any(|part| part.starts_with(".wh..wh."))
    });
    let tree: BTreeMap<Vec<u8>, TreeLine> = lines.map(|line| (bytes(&line), line)).collect();
    // The truth counts images in its own order.
    let ours = inspection.tree(0)?;
    (ours.len() == tree.len() && tree.keys().all(|path| ours.find(path).is_some())).then(|| Known {
        name: name.to_owned(),
        inspection,
        tree,
    })
}

fn bytes(line: &TreeLine) -> Vec<u8> {
    match &line.path_hex {
        Some(hex) => unhex(hex),
        None => line.path.clone().into_bytes(),
    }
}

/// What two lines of the truth differ in.
fn fields(left: &TreeLine, right: &TreeLine) -> BTreeSet<Field> {
    let is_file = |line: &TreeLine| line.node_type == NodeType::File;
    let size = |line: &TreeLine| is_file(line).then_some(line.size);
    let both_files = is_file(left) && is_file(right);
    let times = left.mtime_ns.is_some() && right.mtime_ns.is_some();
    let differing = [
        (Field::Type, left.node_type != right.node_type),
        (Field::Mode, left.mode != right.mode),
        (Field::Uid, left.uid != right.uid),
        (Field::Gid, left.gid != right.gid),
        (Field::Size, size(left) != size(right)),
        (Field::Mtime, times && left.mtime_ns != right.mtime_ns),
        (Field::LinkName, left.linkname != right.linkname),
        (
            Field::Device,
            (left.major, left.minor) != (right.major, right.minor),
        ),
        (Field::Xattrs, left.xattrs != right.xattrs),
        (Field::Content, both_files && left.sha256 != right.sha256),
        (Field::Hardlink, left.hardlink_to != right.hardlink_to),
    ];
    let differing = differing.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(field, _)| field).collect()
}

type Difference = (Change, BTreeSet<Field>);

fn expected(left: &Known, right: &Known) -> BTreeMap<Vec<u8>, Difference> {
    let paths: BTreeSet<&Vec<u8>> = left.tree.keys().chain(right.tree.keys()).collect();
    let mut differences = BTreeMap::new();
    for path in paths {
        let difference = match (left.tree.get(path), right.tree.get(path)) {
            (Some(_), None) => (Change::Removed, BTreeSet::new()),
            (None, _) => (Change::Added, BTreeSet::new()),
            (Some(one), Some(other)) => (Change::Modified, fields(one, other)),
        };
        if difference.0 != Change::Modified || !difference.1.is_empty() {
            differences.insert(path.clone(), difference);
        }
    }
    differences
}

fn ours(changes: &[PathChange]) -> BTreeMap<Vec<u8>, Difference> {
    let mut differences = BTreeMap::new();
    for change in changes {
        let path = match &change.path.path_hex {
            Some(hex) => unhex(hex),
            None => change.path.path.clone().into_bytes(),
        };
        let fields = change.changes.iter().map(|field| field.field).collect();
        assert!(differences.insert(path, (change.change, fields)).is_none());
    }
    differences
}

fn check(left: &Known, right: &Known) {
    let names = format!("{} {}", left.name, right.name);
    let (view, changes) = compare(&left.inspection, 0, &right.inspection, 0);
    let expected = expected(left, right);
    let ours = ours(&changes);
    assert_eq!(ours, expected, "{names}");
    let in_order = changes.iter().zip(ours.keys());
    for (change, path) in in_order.filter(|(change, _)| change.path.path_hex.is_none()) {
        assert_eq!(change.path.path.as_bytes(), path, "{names}: byte order");
    }
    let counts = view.tree.expect("both trees are whole");
    let number = |kind: Change| {
        let of_kind = expected.values().filter(|(change, _)| *change == kind);
        u32::try_from(of_kind.count()).expect("a small number")
    };
    assert_eq!(counts.added, number(Change::Added), "{names}");
    assert_eq!(counts.modified, number(Change::Modified), "{names}");
    assert_eq!(counts.removed, number(Change::Removed), "{names}");
    let all = left
        .tree
        .keys()
        .chain(right.tree.keys())
        .collect::<BTreeSet<_>>()
        .len();
    let sum = counts.added + counts.modified + counts.removed + counts.unchanged;
    assert_eq!(sum as usize, all, "{names}");
    assert!(view.contents_compared, "{names}");
    assert_eq!(view.contents_unknown, 0, "{names}");
}

fn check_folder(folder: &str) -> usize {
    let names = files::list(folder);
    let known: Vec<Known> = names
        .iter()
        .filter_map(|name| known(folder, name))
        .collect();
    let family = |known: &Known| known.name.split('-').next().map(ToOwned::to_owned);
    let mut checked = 0;
    for (at, left) in known.iter().enumerate() {
        check(left, left);
        for (distance, right) in known.iter().enumerate().skip(at + 1) {
            // Neighbours, and those of one tool; the largest ones only once.
            let small = left.tree.len() + right.tree.len() < 3_000;
            if distance == at + 1 || (small && family(left) == family(right)) {
                check(left, right);
                check(right, left);
                checked += 1;
            }
        }
    }
    checked
}

cases! {
    fn paths_of_the_fixtures_differ_as_their_truths_do() {
        assert!(check_folder(&format!("{}/tests/fixtures", files::root())) > 40);
    }

    fn paths_of_real_images_differ_as_their_truths_do() {
        let Some(folder) = files::corpus() else { return };
        let checked = check_folder(&folder);
        assert!(checked > 130, "only {checked} pairs");
    }
}
