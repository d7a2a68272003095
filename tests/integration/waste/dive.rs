//! dive's score against dive itself.

use oci_lens::{layer::table::EntryKind, report::DiveScore, tree::Rules};
use serde::Deserialize;

use crate::support::{
    files,
    layer_stack::{Item, Stack, Truth},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    schema: String,
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    layers: Vec<Vec<(String, String, u64)>>,
    score: String,
    wasted: u64,
}

fn item((path, kind, size): &(String, String, u64)) -> Item {
    let kind = match kind.as_str() {
        "file" => EntryKind::File,
        "dir" => EntryKind::Directory,
        "symlink" => EntryKind::Symlink,
        "hardlink" => EntryKind::Hardlink,
        other => panic!("type {other}"),
    };
    let mut item = Item::new(kind, path);
    item.size = *size;
    item
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// The score as dive divides it.
fn score(score: &DiveScore) -> f64 {
    match number(&score.discovered) {
        0.0 => 1.0,
        discovered => number(&score.minimum) / discovered,
    }
}

cases! {
    fn the_score_is_dives() {
        let vectors: Vectors = files::vectors("dive_efficiency");
        assert_eq!((vectors.schema.as_str(), vectors.cases.len()), ("dive_efficiency/1", 172));
        for case in &vectors.cases {
            let mut stack = Stack::new(Rules::Spec);
            for layer in &case.layers {
                let items: Vec<Item> = layer.iter().map(item).collect();
                stack.push(crate::support::layer_stack::table(&items));
            }
            let dive = stack.tree.waste(case.layers.len()).dive.expect("a score");
            let found = (score(&dive), number(&dive.wasted) as u64);
            assert_eq!(found, (number(&case.score), case.wasted), "{}: {:?}", case.name, case.layers);
        }
    }

    /// dive's `Test_Analysis` has these numbers for its own image.
    fn dives_own_image_has_dives_score() {
        let Some(folder) = files::corpus() else { return };
        let truth = Truth::read(&format!("{folder}/dive-docker")).expect("dive's own image");
        let tables = truth.tables();
        let image = truth.images.first().expect("an image");
        let mut stack = Stack::new(Rules::Spec);
        for layer in &image.layers {
            let key = layer.entries_key.as_ref().expect("entries");
            stack.push(tables.get(key).cloned().expect("a layer"));
        }
        let dive = stack.tree.waste(image.layers.len()).dive.expect("a score");
        assert_eq!((score(&dive), dive.wasted.as_str()), (0.984_421_213_418_430_9, "32025"));
        assert_eq!(dive.efficiency, "0.9844");
    }
}
