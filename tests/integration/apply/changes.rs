//! What each layer does to the paths below it.
//!
//! The truth counts entries and hidden paths; we count paths by what becomes of
//! them. A plain merge of the entries by name stands between: its counts by the
//! truth's rule are the truth's, and its counts by our rule are ours.

use std::collections::BTreeMap;

use oci_lens::{
    layer::table::{Entry, EntryKind, EntryTable},
    report::{Change, ChangeCounts},
    tree::{MergedTree, Rules, path::EntryPath},
};

use crate::support::{
    files,
    layer_stack::{Item, Stack, Truth, TruthChanges, seconds, table},
};

/// Everything that an entry says of a path, as text; the content's digest last.
type Said = (String, Option<String>);

#[derive(Default, Clone)]
struct Merge(BTreeMap<Vec<u8>, Said>);

impl Merge {
    fn below(&self, path: &[u8]) -> Vec<Vec<u8>> {
        let prefix = [path, b"/"].concat();
        let is_below = |other: &&Vec<u8>| path.is_empty() || other.starts_with(&prefix);
        self.0.keys().filter(is_below).cloned().collect()
    }

    fn apply(&mut self, table: &EntryTable) -> TruthChanges {
        let lower = self.clone();
        let mut counts = TruthChanges::default();
        let entries = || {
            table
                .iter()
                .map(|entry| (EntryPath::of(entry.path).as_bytes().to_vec(), entry))
        };
        for (path, _) in entries() {
            let path = EntryPath::new(&path);
            let hidden = match path.name().strip_prefix(b".wh.") {
                Some(b".wh..opq") => self.below(path.parent()),
                Some(name) if !name.starts_with(b".wh.") => {
                    let target = [path.parent(), b"/", name].concat();
                    let target = target.strip_prefix(b"/").unwrap_or(&target).to_vec();
                    let mut hidden = self.below(&target);
                    hidden.extend(self.0.contains_key(&target).then_some(target));
                    counts.whiteout_noop += u32::from(hidden.is_empty());
                    hidden
                }
                _ => continue,
            };
            for path in hidden {
                self.0.remove(&path);
                counts.deleted += 1;
            }
        }
        for (path, entry) in entries() {
            if EntryPath::new(&path).name().starts_with(b".wh.") {
                continue;
            }
            if lower.0.contains_key(&path) {
                counts.changed += 1;
            } else {
                counts.added += 1;
            }
            // What lies in AUFS' own folders: counted there, not shown here.
            if !path
                .split(|&byte| byte == b'/')
                .any(|part| part.starts_with(b".wh."))
            {
                self.put(&path, &entry);
            }
        }
        counts
    }

    fn put(&mut self, path: &[u8], entry: &Entry<'_>) {
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let parent = path[..at].to_vec();
            let implied = || ("Directory implied".to_owned(), None);
            self.0.entry(parent).or_insert_with(implied);
        }
        if entry.kind != EntryKind::Directory {
            for path in self.below(path) {
                self.0.remove(&path);
            }
        }
        let said = if entry.kind == EntryKind::Hardlink {
            let target = EntryPath::new(entry.link_name).as_bytes().to_vec();
            self.0.get(&target).cloned()
        } else {
            Some(said(entry))
        };
        self.0.extend(said.map(|said| (path.to_vec(), said)));
    }

    /// From `lower` to this, by the rule of [`Change`].
    fn changes_since(&self, lower: &Self) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for path in self.0.keys().filter(|path| !path.is_empty()) {
            let change = match lower.0.get(path) {
                None => Change::Added,
                Some(before) if same(before, &self.0[path]) => Change::Unchanged,
                Some(_) => Change::Modified,
            };
            counts.add(change);
        }
        let removed = |path: &&Vec<u8>| !self.0.contains_key(*path);
        for _ in lower.0.keys().filter(removed) {
            counts.add(Change::Removed);
        }
        counts
    }
}

fn said(entry: &Entry<'_>) -> Said {
    let mut xattrs = entry.xattrs.clone();
    xattrs.sort();
    let mode = if entry.kind == EntryKind::Symlink {
        0o777
    } else {
        entry.mode
    };
    let text = format!(
        "{:?} {mode:o} {} {} {} {:?} {:?} {:?} {xattrs:?}",
        entry.kind, entry.uid, entry.gid, entry.size, entry.mtime, entry.link_name, entry.device,
    );
    (text, entry.content.as_ref().map(ToString::to_string))
}

fn same(left: &Said, right: &Said) -> bool {
    let contents = left.1.is_none() || right.1.is_none() || left.1 == right.1;
    left.0 == right.0 && contents
}

/// Compares every layer of a folder's images; how many there were.
fn compare(folder: &str) -> usize {
    let Some(truth) = Truth::read(folder) else {
        return 0;
    };
    let tables = truth.tables();
    let mut compared = 0;
    for (image, layers) in truth.images.iter().map(|image| &image.layers).enumerate() {
        let (mut stack, mut merge) = (Stack::new(Rules::Spec), Merge::default());
        for (position, layer) in layers.iter().enumerate() {
            let table = layer.entries_key.as_ref().and_then(|key| tables.get(key));
            let table = table.cloned().unwrap_or_default();
            let lower = merge.clone();
            let counts = merge.apply(&table);
            stack.push(table);
            let place = format!("{folder}, image {image}, layer {position}");
            if let Some(expected) = layer.changes {
                assert_eq!(counts, expected, "{place}: by the truth's rule");
                compared += 1;
            }
            let ours = &stack.applied.last().expect("a layer").changes;
            assert_eq!(ours, &merge.changes_since(&lower), "{place}: by our rule");
            assert_eq!(ours, &counted(&stack.tree, position), "{place}: one by one");
        }
    }
    compared
}

/// The changes of all paths from a layer on, counted one by one.
fn counted(tree: &MergedTree, first: usize) -> ChangeCounts {
    let first = u32::try_from(first).expect("a layer");
    let mut counts = ChangeCounts::default();
    let shown = tree.walk().map(|node| node.id());
    for id in shown.chain(tree.hidden().map(|node| node.id())) {
        if let Some(change) = tree.change(id, first) {
            counts.add(change);
        }
    }
    counts
}

fn changes(layers: &[&[Item]], first: u32) -> Vec<String> {
    let stack = Stack::of(Rules::Spec, layers);
    let tree = &stack.tree;
    let mut changes: Vec<(Vec<u8>, Change)> = tree
        .walk()
        .chain(tree.hidden())
        .filter_map(|node| Some((node.path(), tree.change(node.id(), first)?)))
        .filter(|(_, change)| *change != Change::Unchanged)
        .collect();
    changes.sort();
    let line = |(path, change)| format!("{change:?} {}", String::from_utf8_lossy(path));
    changes
        .iter()
        .map(|(path, change)| line((path, change)))
        .collect()
}

fn later(mut item: Item) -> Item {
    item.mtime = seconds(1_000_000_001);
    item
}

fn with_content(mut item: Item, byte: u8) -> Item {
    let hex = format!("{byte:02x}").repeat(32);
    let digest = oci_lens::digest::Digest::parse(&format!("sha256:{hex}"));
    item.content = Some(digest.expect("a digest"));
    item
}

cases! {
    fn layers_of_fixtures_change_what_the_truth_says() {
        let folder = format!("{}/tests/fixtures", files::root());
        let compared: usize = files::list(&folder).iter().map(|name| compare(&format!("{folder}/{name}"))).sum();
        assert!(compared >= 51, "only {compared} layers");
    }

    fn layers_of_real_images_change_what_the_truth_says() {
        let Some(folder) = files::corpus() else { return };
        let compared: usize = files::list(&folder).iter().map(|name| compare(&format!("{folder}/{name}"))).sum();
        assert!(compared >= 300, "only {compared} layers");
    }

    fn a_change_is_between_the_trees_below_and_with_the_layers() {
        let base: &[Item] = &[Item::dir("d"), Item::file("d/f"), Item::symlink("s", "d/f"), Item::file("gone")];
        let table: [(&str, &[Item], &[&str]); 14] = [
            ("nothing", &[], &[]),
            ("the same again", base, &[]),
            ("a directory's time", &[later(Item::dir("d"))], &["Modified d"]),
            ("a directory around a new file", &[Item::file("d/g")], &["Added d/g"]),
            ("implied parents", &[Item::file("i/j/k")], &["Added i", "Added i/j", "Added i/j/k"]),
            ("a file's time", &[later(Item::file("d/f"))], &["Modified d/f"]),
            ("another type", &[Item::file("s")], &["Modified s"]),
            ("another target", &[Item::symlink("s", "d")], &["Modified s"]),
            ("a whiteout", &[Item::file(".wh.gone")], &["Removed gone"]),
            ("a whiteout and the same again", &[Item::file(".wh.gone"), Item::file("gone")], &[]),
            ("a whiteout and another", &[Item::file(".wh.gone"), later(Item::file("gone"))], &["Modified gone"]),
            ("a hidden directory", &[Item::file(".wh.d")], &["Removed d", "Removed d/f"]),
            ("an opaque directory", &[Item::file("d/.wh..wh..opq"), Item::file("d/g")], &["Removed d/f", "Added d/g"]),
            ("a directory that becomes a file", &[Item::file("d")], &["Modified d", "Removed d/f"]),
        ];
        for (name, layer, expected) in table {
            assert_eq!(changes(&[base, layer], 1), expected, "{name}");
        }
    }

    fn what_layers_make_and_hide_again_shows_nowhere() {
        let layers: [&[Item]; 4] = [
            &[Item::file("a")],
            &[Item::dir("t"), Item::file("t/x"), Item::file("b")],
            &[Item::file(".wh.t"), Item::file(".wh.a"), later(Item::file("b"))],
            &[Item::file("a")],
        ];
        assert_eq!(changes(&layers, 0), ["Added a", "Added b"]);
        assert_eq!(changes(&layers, 1), ["Added b"]);
        assert_eq!(changes(&layers[..3], 1), ["Removed a", "Added b"]);
        assert_eq!(changes(&layers[..3], 2), ["Removed a", "Modified b", "Removed t", "Removed t/x"]);
        assert_eq!(changes(&layers, 3), ["Added a"]);
    }

    fn contents_count_where_both_were_read() {
        let file = || Item::file("f");
        let table = [
            (with_content(file(), 1), with_content(file(), 1), 0),
            (with_content(file(), 1), with_content(file(), 2), 1),
            (with_content(file(), 1), file(), 0),
            (file(), with_content(file(), 2), 0),
        ];
        for (before, after, modified) in table {
            assert_eq!(changes(&[&[before], &[after]], 1).len(), modified);
        }
    }

    fn a_hardlink_is_compared_by_what_it_shared() {
        let mut big = Item::file("big");
        big.size = 7;
        let base: &[Item] = &[Item::file("small"), big, Item::hardlink("h", "small")];
        let table: [(&str, &[Item], &[&str]); 5] = [
            ("the same file", &[Item::hardlink("h", "small")], &[]),
            ("another file", &[Item::hardlink("h", "big")], &["Modified h"]),
            ("a copy of the file", &[Item::file("h")], &[]),
            ("the other path goes", &[Item::file(".wh.small")], &["Removed small"]),
            ("the other path changes", &[later(Item::file("small"))], &["Modified small"]),
        ];
        for (name, layer, expected) in table {
            assert_eq!(changes(&[base, layer], 1), expected, "{name}");
        }
        let twice: &[Item] = &[Item::hardlink("h", "big")];
        let file: &[Item] = &[Item::file("h")];
        assert_eq!(changes(&[base, twice, file], 1), [] as [&str; 0], "small, big, small again");
    }

    fn a_layer_view_has_its_changes_once_the_layer_is_applied() {
        let fixture = files::read("tests/fixtures/weird/image.tar");
        let mut inspection = crate::support::inspect::open(fixture).expect("an archive");
        let changes = |report: oci_lens::report::Report| -> Vec<Option<ChangeCounts>> {
            report.images[0].layers.iter().map(|layer| layer.changes.clone()).collect()
        };
        assert_eq!(changes(inspection.report()), [None, None, None]);
        crate::support::inspect::scan(&mut inspection);
        let truth = Truth::read(&format!("{}/tests/fixtures/weird", files::root())).expect("a truth");
        let tables = truth.tables();
        let mut stack = Stack::new(Rules::Spec);
        for layer in &truth.images[0].layers {
            let key = layer.entries_key.as_ref().expect("entries");
            stack.push(tables[key].clone());
        }
        let applied = stack.applied.iter().map(|applied| Some(applied.changes.clone()));
        assert_eq!(changes(inspection.report()), applied.collect::<Vec<_>>());
    }

    fn changes_of_an_empty_layer_are_none() {
        let mut stack = Stack::of(Rules::Spec, &[&[Item::file("a/b")]]);
        stack.push(table(&[]));
        let expected = ChangeCounts { unchanged: 2, ..ChangeCounts::default() };
        assert_eq!(stack.applied[1].changes, expected);
    }
}
