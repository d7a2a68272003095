//! Every path of the ground truth's layers: its versions are its entries, and
//! what it comes to is the merged tree's line.

use std::collections::BTreeMap;

use oci_lens::{
    report::{EntryPlace, EntryView, NodeType, StoryView},
    tree::{Rules, dump::TreeLine, path::EntryPath},
};

use crate::support::{
    files,
    layer_stack::{Stack, Truth, line_path},
};

fn versions(story: &StoryView) -> Vec<(u32, u32)> {
    let entries = story.steps.iter().filter_map(|step| step.entry.as_ref());
    let place = |entry: &EntryView| (entry.place.layer, entry.place.entry);
    entries.map(place).collect()
}

/// A merged tree's line as far as an entry's view tells it.
fn as_line(line: &TreeLine, now: &EntryView, merged: bool) -> TreeLine {
    let xattrs = now
        .xattrs
        .iter()
        .map(|xattr| (xattr.name.clone(), xattr.base64.clone()));
    let mut ours = TreeLine {
        path: line.path.clone(),
        path_hex: line.path_hex.clone(),
        node_type: now.node_type,
        mode: now.mode,
        uid: now.uid,
        gid: now.gid,
        size: now.size.parse().expect("a size"),
        mtime_ns: now.mtime_ns.clone(),
        linkname: now.link_name.clone(),
        linkname_hex: None,
        hardlink_to: line.hardlink_to.clone(),
        hardlink_to_hex: None,
        major: now.device.map(|device| device.0),
        minor: now.device.map(|device| device.1),
        xattrs: xattrs.collect(),
        sha256: now.sha256.clone(),
        layer: Some(now.place.layer),
        change: None,
    };
    if merged {
        // What the truth's own merge does not tell.
        ours.mtime_ns.clone_from(&line.mtime_ns);
        ours.xattrs.clone_from(&line.xattrs);
        if ours.node_type == NodeType::Symlink {
            ours.mode = line.mode;
        }
    }
    ours
}

/// Compares every path of every image of a folder; how many.
fn compare(folder: &str) -> usize {
    let Some(truth) = Truth::read(folder) else {
        return 0;
    };
    let tables = truth.tables();
    let mut compared = 0;
    for (index, image) in truth.images.iter().enumerate() {
        let Some(expected) = &image.tree else {
            continue;
        };
        let mut stack = Stack::new(Rules::Spec);
        let mut entries: BTreeMap<Vec<u8>, Vec<(u32, u32)>> = BTreeMap::new();
        for (layer, found) in (0..).zip(&image.layers) {
            let table = found.entries_key.as_ref().and_then(|key| tables.get(key));
            let table = table.cloned().unwrap_or_default();
            for (number, entry) in (0..).zip(table.iter()) {
                let path = EntryPath::of(entry.path).as_bytes().to_vec();
                if !path
                    .split(|&byte| byte == b'/')
                    .any(|part| part.starts_with(b".wh."))
                {
                    entries.entry(path).or_default().push((layer, number));
                }
            }
            stack.push(table);
        }
        let mut lines = BTreeMap::new();
        let mut groups: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
        for line in truth.tree(&expected.file) {
            let path = line_path(&line);
            let first = line
                .hardlink_to
                .clone()
                .map_or(path.clone(), String::into_bytes);
            groups.entry(first).or_default().push(path.clone());
            lines.insert(path, line);
        }
        let merged = expected.by.starts_with("merge");
        for (path, entries) in &entries {
            let about = format!("{folder}, image {index}: {}", path.escape_ascii());
            let story = stack.tree.story(path);
            assert_eq!(versions(&story), *entries, "{about}");
            let line = lines.get(path);
            assert_eq!(story.present, line.is_some() || path.is_empty(), "{about}");
            if let (Some(line), Some(now)) = (line, &story.now) {
                assert_eq!(as_line(line, now, merged), *line, "{about}");
                let first = line
                    .hardlink_to
                    .clone()
                    .map_or(path.clone(), String::into_bytes);
                let group = groups.get(&first).expect("a group");
                if !merged {
                    let others = group.iter().filter(|other| *other != path);
                    let others: Vec<String> = others
                        .map(|path| String::from_utf8_lossy(path).into_owned())
                        .collect();
                    let ours: Vec<&String> =
                        story.hardlinks.iter().map(|path| &path.path).collect();
                    assert_eq!(ours, others.iter().collect::<Vec<_>>(), "{about}");
                }
            }
            let last = story.now.as_ref().map(|now| now.place);
            let EntryPlace { layer, entry } = last.unwrap_or(EntryPlace { layer: 0, entry: 0 });
            assert!(
                last.is_none() || entries.last() == Some(&(layer, entry)),
                "{about}"
            );
            compared += 1;
        }
    }
    compared
}

fn compare_all(folder: &str) -> usize {
    let names = files::list(folder);
    let compared = names
        .iter()
        .map(|name| compare(&format!("{folder}/{name}")));
    compared.sum()
}

cases! {
    fn every_path_of_the_fixtures_has_its_entries_for_versions() {
        let compared = compare_all(&format!("{}/tests/fixtures", files::root()));
        assert_eq!(compared, 429);
    }

    fn every_path_of_real_images_has_its_entries_for_versions() {
        let Some(folder) = files::corpus() else { return };
        let compared = compare_all(&folder);
        assert!(compared > 20_000, "only {compared}");
    }
}
