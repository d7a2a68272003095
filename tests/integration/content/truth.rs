//! Every file of every layer, hidden ones included, and of every merged tree
//! against its ground truth.

use std::collections::{BTreeMap, BTreeSet};

use oci_lens::image::Inspection;
use oci_lens::layer::{Extract, ExtractError, Start};
use oci_lens::limits::Limits;
use oci_lens::report::{EntryPlace, NodeType};
use serde_json::Value;

use super::{content, run, sha256, stored};
use crate::support::layer_stack::Truth;
use crate::support::{files, inspect, truth};

/// How much was compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Compared {
    layers: usize,
    files: usize,
    /// Files that their layer's end cuts.
    cut: usize,
    /// Files of merged trees.
    merged: usize,
}

cases! {
    fn files_of_the_fixtures_hold_what_their_truth_says() {
        let compared = compare_all(&format!("{}/tests/fixtures", files::root()));
        assert_eq!(compared, Compared { layers: 46, files: 255, cut: 1, merged: 136 });
    }

    fn files_of_real_images_hold_what_their_truth_says() {
        if let Some(corpus) = files::corpus() {
            let compared = compare_all(&corpus);
            assert!(compared.files > 1_000, "{compared:?}");
        }
    }
}

fn compare_all(folder: &str) -> Compared {
    let mut compared = Compared::default();
    for name in files::list(folder) {
        let folder = format!("{folder}/{name}");
        if files::exists(&format!("{folder}/layers.jsonl.gz")) {
            compare(&folder, &mut compared);
        }
    }
    compared
}

fn compare(folder: &str, compared: &mut Compared) {
    let bytes = files::read_absolute(&format!("{folder}/image.tar"));
    let Ok(mut inspection) = inspect::open(bytes) else {
        return;
    };
    inspect::scan(&mut inspection);
    let report = inspection.report();
    let rows = rows(folder);
    let whole = truth::read_truth(folder).expect("the truth is there");
    let mut seen = BTreeSet::new();
    for (position, theirs) in whole["images"].as_array().into_iter().flatten().enumerate() {
        let Some(image) = truth::image_of(theirs, &report) else {
            continue;
        };
        let layers = theirs["layers"].as_array().into_iter().flatten();
        for (layer, theirs) in (0_u32..).zip(layers) {
            let key = theirs["entries_key"].as_str().unwrap_or_default();
            if let Some(rows) = rows.get(key)
                && seen.insert(key.to_owned())
            {
                let about = format!("{folder} {key}");
                compare_layer(&inspection, image.number, layer, rows, &about, compared);
            }
        }
        let about = format!("{folder} image {position}");
        let file = theirs["tree"]["file"].as_str();
        compare_tree(&inspection, image.number, folder, file, &about, compared);
    }
}

// Each file of a tree is read on its own, from its layer's beginning.
const FILES_OF_A_TREE: usize = 50;

fn rows(folder: &str) -> BTreeMap<String, Vec<Value>> {
    let lines = files::gunzip(&files::read_absolute(&format!("{folder}/layers.jsonl.gz")));
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in lines
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let row: Value = serde_json::from_slice(line).expect("a row is JSON");
        let key = row["layer"].as_str().expect("a key").to_owned();
        rows.entry(key).or_default().push(row);
    }
    rows
}

// All files of a layer in one pass, each wanted whole.
fn compare_layer(
    inspection: &Inspection<Vec<u8>>,
    image: u32,
    layer: u32,
    rows: &[Value],
    about: &str,
    compared: &mut Compared,
) {
    let plan = |entry: usize| {
        let entry = u32::try_from(entry).expect("a position");
        inspection.content(image, EntryPlace { layer, entry }, 0, u64::MAX)
    };
    let mut extract = Extract::new(Start::default(), &Limits::default());
    let mut expected = Vec::new();
    let mut bytes = None;
    for (entry, row) in rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row["type"] == "file")
    {
        let plan = plan(entry).unwrap_or_else(|error| panic!("{about}: {error}"));
        assert_eq!(plan.size, row["size"].as_u64().expect("a size"), "{about}");
        for part in &plan.parts {
            extract.want(part.clone());
        }
        bytes = Some(stored(inspection, &plan));
        expected.push((plan, row));
    }
    compared.layers += 1;
    let Some(bytes) = bytes else { return };
    let is_cut = expected.iter().any(|(_, row)| row["error"].is_string());
    let output = match run(&mut extract, bytes, 7) {
        Ok(output) => output,
        Err(ExtractError::Cut { .. } | ExtractError::Unpacking { .. }) if is_cut => {
            compared.cut += 1;
            return;
        }
        Err(error) => panic!("{about}: {error}"),
    };
    let mut rest = output.as_slice();
    for (plan, row) in expected {
        let (file, after) = rest.split_at(usize::try_from(plan.size).expect("a size"));
        assert_eq!(
            row["sha256"],
            sha256(file).as_str(),
            "{about} {}",
            row["path"]
        );
        rest = after;
        compared.files += 1;
    }
    assert!(rest.is_empty(), "{about}");
}

fn compare_tree(
    inspection: &Inspection<Vec<u8>>,
    image: u32,
    folder: &str,
    file: Option<&str>,
    about: &str,
    compared: &mut Compared,
) {
    let truth = Truth::read(folder).expect("a truth");
    let tree = inspection.tree(image).expect("a tree");
    let mut lines = file.map(|file| truth.tree(file)).unwrap_or_default();
    lines.retain(|line| line.sha256.is_some());
    // Hardlinks first; then files from everywhere in the tree.
    let stride = lines.len().div_ceil(FILES_OF_A_TREE).max(1);
    let (links, others): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .partition(|line| line.hardlink_to.is_some());
    let chosen = links
        .iter()
        .take(FILES_OF_A_TREE)
        .chain(others.iter().step_by(stride));
    for line in chosen {
        let Some(sha256) = line.sha256.as_ref().filter(|_| line.path_hex.is_none()) else {
            continue;
        };
        // Known flaw of the truth: umoci keeps AUFS' own entries.
        let Some(node) = tree.find(line.path.as_bytes()) else {
            assert!(line.path.starts_with(".wh..wh."), "{about} {}", line.path);
            continue;
        };
        assert_eq!(node.node_type(), NodeType::File, "{about} {}", line.path);
        // By the entry that wrote the path: of a hardlink, its own.
        let written = node.written().expect("an entry wrote it");
        let place = EntryPlace {
            layer: written.layer,
            entry: written.entry,
        };
        let found = content(inspection, image, place).map(|bytes| super::sha256(&bytes));
        assert_eq!(found.as_ref(), Ok(sha256), "{about} {}", line.path);
        compared.merged += 1;
    }
}
