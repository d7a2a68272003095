//! Merged trees against the ground truth, path by path and field by field.
//!
//! Trees by umoci and buildah come from a file system. Those by the truth's
//! own merge, made where both tools refuse the image, tell neither times nor
//! hardlinks nor xattrs, and symlinks have the mode of their headers there.

use oci_lens::tree::{Rules, dump};

use crate::support::{
    files,
    layer_stack::{Stack, Truth},
};

/// Compares every image of a folder; the number of trees compared.
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
        for layer in &image.layers {
            let table = layer.entries_key.as_ref().and_then(|key| tables.get(key));
            stack.push(table.cloned().unwrap_or_default());
        }
        let merged = expected.by.starts_with("merge");
        let mut lines = Vec::new();
        let outcome: Result<(), ()> = dump::dump(&stack.tree, |mut line| {
            if merged {
                line.mtime_ns = None;
                line.hardlink_to = None;
                line.xattrs.clear();
                line.mode = if line.linkname.is_some() {
                    0o777
                } else {
                    line.mode
                };
            }
            lines.push(line);
            Ok(())
        });
        outcome.expect("every line is taken");
        let mut expected = truth.tree(&expected.file);
        // Known flaw of the truth: umoci keeps AUFS' own entries.
        expected.retain(|line| {
            !line
                .path
                .split('/')
                .any(|part| part.starts_with(".wh..wh."))
        });
        for line in &mut expected {
            if merged && line.linkname.is_some() {
                line.mode = 0o777;
            }
        }
        assert_eq!(stack.tree.len(), lines.len(), "{folder}, image {index}");
        let ours: Vec<&String> = lines.iter().map(|line| &line.path).collect();
        let theirs: Vec<&String> = expected.iter().map(|line| &line.path).collect();
        assert_eq!(ours, theirs, "{folder}, image {index}: paths");
        for (ours, theirs) in lines.iter().zip(&expected) {
            assert_eq!(ours, theirs, "{folder}, image {index}");
        }
        compared += 1;
    }
    compared
}

cases! {
    fn fixtures_merge_into_the_trees_of_the_truth() {
        let folder = format!("{}/tests/fixtures", files::root());
        let compared: usize = files::list(&folder)
            .iter()
            .map(|name| compare(&format!("{folder}/{name}")))
            .sum();
        assert_eq!(compared, 49);
    }

    fn real_images_merge_into_the_trees_of_the_truth() {
        let Some(folder) = files::corpus() else { return };
        let compared: usize = files::list(&folder)
            .iter()
            .map(|name| compare(&format!("{folder}/{name}")))
            .sum();
        assert!(compared >= 80, "only {compared} trees");
    }
}
