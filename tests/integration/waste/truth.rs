//! Bytes shown and not shown against the ground truth, counted from its layers'
//! entries and its merged trees alone.

use std::collections::{BTreeMap, BTreeSet};

use oci_lens::{
    layer::table::{EntryKind, EntryTable},
    report::NodeType,
    tree::{Rules, dump::TreeLine, path::EntryPath},
};

use crate::support::{
    files,
    layer_stack::{Stack, Truth, line_path},
};

/// Where the content of a path lies that `layer` wrote by an entry before
/// `end`: by its last entry, and for a hardlink by its target's at that time.
fn content(
    tables: &[Option<&EntryTable>],
    layer: usize,
    end: usize,
    path: &[u8],
) -> Option<(usize, usize)> {
    let table = (*tables.get(layer)?)?;
    let named = |&index: &usize| {
        table
            .entry(index)
            .is_some_and(|entry| EntryPath::of(entry.path).as_bytes() == path)
    };
    let index = (0..end.min(table.len())).rev().find(named)?;
    let entry = table.entry(index)?;
    if entry.kind != EntryKind::Hardlink {
        return Some((layer, index));
    }
    let target = EntryPath::new(entry.link_name);
    (0..=layer).rev().find_map(|lower| {
        let end = if lower == layer { index } else { usize::MAX };
        content(tables, lower, end, target.as_bytes())
    })
}

fn shown(tables: &[Option<&EntryTable>], lines: &[TreeLine]) -> BTreeSet<(usize, usize)> {
    let files = lines
        .iter()
        .filter(|line| line.node_type == NodeType::File && !line.path.contains(".wh..wh."));
    let place = |line: &TreeLine| {
        let path = line_path(line);
        let layer = line.layer.expect("a layer") as usize;
        content(tables, layer, usize::MAX, &path).unwrap_or_else(|| panic!("{}", line.path))
    };
    files.map(place).collect()
}

/// Compares every image of a folder; how many, and how many of them waste bytes.
fn compare(folder: &str) -> (usize, usize) {
    let Some(truth) = Truth::read(folder) else {
        return (0, 0);
    };
    let all = truth.tables();
    let (mut compared, mut wasteful) = (0, 0);
    for (index, image) in truth.images.iter().enumerate() {
        let Some(expected) = &image.tree else {
            continue;
        };
        let mut stack = Stack::new(Rules::Spec);
        let mut tables = Vec::new();
        for layer in &image.layers {
            let table = layer.entries_key.as_ref().and_then(|key| all.get(key));
            stack.push(table.cloned().unwrap_or_default());
            tables.push(table.map(|table| &**table));
        }
        let shown = shown(&tables, &truth.tree(&expected.file));
        let mut sums: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        let mut hidden = BTreeSet::new();
        for (layer, table) in tables.iter().enumerate() {
            let sum = sums.entry(layer).or_default();
            for (entry, found) in table.iter().flat_map(|table| table.iter()).enumerate() {
                if found.kind != EntryKind::File {
                    continue;
                }
                sum.0 += found.size;
                if !shown.contains(&(layer, entry)) && found.size > 0 {
                    sum.1 += found.size;
                    hidden.insert((layer, entry));
                }
            }
        }
        let waste = stack.tree.waste(tables.len());
        let about = format!("{folder}, image {index}");
        let ours: Vec<(String, String)> = waste
            .layers
            .iter()
            .map(|layer| (layer.stored.clone(), layer.wasted.clone()))
            .collect();
        let theirs: Vec<(String, String)> = sums
            .values()
            .map(|(stored, wasted)| (stored.to_string(), wasted.to_string()))
            .collect();
        assert_eq!(ours, theirs, "{about}");
        let total: u64 = sums.values().map(|sum| sum.0).sum();
        let wasted: u64 = sums.values().map(|sum| sum.1).sum();
        assert_eq!(
            (waste.total, waste.wasted),
            (total.to_string(), wasted.to_string()),
            "{about}"
        );
        let mut ours = BTreeSet::new();
        let mut bytes = 0;
        loop {
            let page = stack.tree.hidden_entries(ours.len(), 100);
            // Those without bytes are not the truth's matter.
            let before = ours.len();
            for hidden in page.entries {
                let place = hidden.entry.place;
                bytes += hidden.wasted.parse::<u64>().expect("a number");
                ours.insert((
                    place.layer as usize,
                    place.entry as usize,
                    hidden.wasted != "0",
                ));
            }
            if ours.len() == before {
                assert_eq!(page.total as usize, before, "{about}");
                break;
            }
        }
        let ours: BTreeSet<(usize, usize)> = ours
            .into_iter()
            .filter(|(.., has_bytes)| *has_bytes)
            .map(|(layer, entry, _)| (layer, entry))
            .collect();
        assert_eq!((ours, bytes), (hidden, wasted), "{about}");
        compared += 1;
        wasteful += usize::from(wasted > 0);
    }
    (compared, wasteful)
}

fn compare_all(folder: &str) -> (usize, usize) {
    files::list(folder)
        .iter()
        .map(|name| compare(&format!("{folder}/{name}")))
        .fold((0, 0), |sums, (compared, wasteful)| {
            (sums.0 + compared, sums.1 + wasteful)
        })
}

cases! {
    fn fixtures_waste_what_the_truth_does_not_show() {
        assert_eq!(compare_all(&format!("{}/tests/fixtures", files::root())), (49, 1));
    }

    fn real_images_waste_what_the_truth_does_not_show() {
        let Some(folder) = files::corpus() else { return };
        let (compared, wasteful) = compare_all(&folder);
        assert!(compared >= 80 && wasteful >= 8, "{wasteful} of {compared}");
    }
}
