//! The tar of each merged root, read back, against the truth's tree; and each
//! layer's own tar against its diff ID.

use oci_lens::layer::{LayerScan, ScanJob, ScanKind};
use oci_lens::limits::Limits;
use oci_lens::report::Reason;
use oci_lens::tree::dump::{self, TreeLine};
use oci_lens::tree::{MergedTree, Rules};

use super::{ALL, pour};
use crate::support::layer_stack::{Stack, Truth};
use crate::support::{files, inspect, truth};

/// An image's tar with the lines that it has to unpack to.
pub struct Exported {
    pub about: String,
    pub tar: Vec<u8>,
    pub expected: Vec<TreeLine>,
    /// The truth's own merge, made where no tool unpacks the image, tells
    /// neither times nor hardlinks nor xattrs.
    pub is_merge: bool,
}

/// Exports every image of an archive that the truth has a tree of.
pub fn exported(folder: &str) -> Vec<Exported> {
    let Some(expected) = Truth::read(folder) else {
        return Vec::new();
    };
    // Known flaw of the truth: its unpacker gave nothing for a stream that
    // breaks late.
    if folder.ends_with("/broken-layer-bitflip") {
        return Vec::new();
    }
    let bytes = files::read_absolute(&format!("{folder}/image.tar"));
    let Ok(mut inspection) = inspect::open(bytes) else {
        return Vec::new();
    };
    inspect::scan(&mut inspection);
    let report = inspection.report();
    let whole = truth::read_truth(folder).expect("the truth is there");
    let mut all = Vec::new();
    for (position, theirs) in whole["images"].as_array().into_iter().flatten().enumerate() {
        let tree = expected
            .images
            .get(position)
            .and_then(|image| image.tree.as_ref());
        let (Some(tree), Some(image)) = (tree, truth::image_of(theirs, &report)) else {
            continue;
        };
        let mut lines = expected.tree(&tree.file);
        // Known flaw of the truth: umoci keeps AUFS' own entries.
        lines.retain(|line| {
            !line
                .path
                .split('/')
                .any(|part| part.starts_with(".wh..wh."))
        });
        let mut plan = inspection.export(image.number, ALL, b"").expect("a plan");
        let tar = pour(&inspection, &mut plan, position as u64 + 1);
        let mut again = Vec::new();
        let mut plan = inspection.export(image.number, ALL, b"").expect("a plan");
        inspection
            .read_export(&mut plan, |bytes| {
                again.extend_from_slice(bytes);
                Ok(())
            })
            .expect("memory can be read");
        assert!(tar == again, "{folder}: cuts made a difference");
        for left_out in &plan.view().left_out {
            lines.retain(|line| line.path != left_out.path.path);
        }
        all.push(Exported {
            about: format!("{folder} image {position}"),
            tar,
            expected: lines,
            is_merge: tree.by.starts_with("merge"),
        });
        layer_tars(
            &inspection,
            image,
            theirs,
            &format!("{folder} image {position}"),
        );
    }
    all
}

fn layer_tars(
    inspection: &oci_lens::image::Inspection<Vec<u8>>,
    image: &oci_lens::report::ImageView,
    theirs: &serde_json::Value,
    about: &str,
) {
    let layers = theirs["layers"].as_array().into_iter().flatten();
    for (layer, theirs) in (0_u32..).zip(layers) {
        let Ok(plan) = inspection.layer_content(image.number, layer) else {
            continue;
        };
        let mut hasher = oci_lens::digest::Hasher::new(oci_lens::digest::Algorithm::Sha256);
        let outcome = inspection.read_content(&plan, |bytes| {
            hasher.update(bytes);
            Ok(())
        });
        // Where decompression did not end cleanly, the truth has no diff ID. A
        // wrong checksum alone leaves the bytes to be had.
        let ended = theirs["decompress_error"].is_null();
        let is_doubtful = outcome.is_ok()
            && image.layers[layer as usize].diff_id.reason == Some(Reason::DecompressionFailed);
        assert_eq!(
            outcome.is_ok(),
            ended || is_doubtful,
            "{about} layer {layer}: {outcome:?}"
        );
        if ended {
            let found = hasher.finish().to_string();
            assert_eq!(theirs["diff_id"], found.as_str(), "{about} layer {layer}");
        }
    }
}

/// Takes away what a truth cannot tell, and what is no field of a tar.
pub fn comparable(mut line: TreeLine, is_merge: bool, expected: &TreeLine) -> TreeLine {
    line.layer = None;
    if is_merge {
        line.mtime_ns = None;
        line.hardlink_to = None;
        line.hardlink_to_hex = None;
        line.xattrs.clear();
        if line.linkname.is_some() {
            line.mode = 0o777;
        }
    } else if expected.mtime_ns.is_none() {
        line.mtime_ns = None;
    }
    line
}

/// Compares lines that were found with those expected.
pub fn compare(about: &str, is_merge: bool, found: Vec<TreeLine>, expected: &[TreeLine]) {
    let paths = |lines: &[TreeLine]| -> Vec<String> {
        lines.iter().map(|line| line.path.clone()).collect()
    };
    assert_eq!(paths(&found), paths(expected), "{about}");
    let mut problems = Vec::new();
    for (found, expected) in found.into_iter().zip(expected) {
        let found = comparable(found, is_merge, expected);
        let expected = comparable(expected.clone(), is_merge, expected);
        if found != expected {
            problems.push(format!("{found:?}\n  expected {expected:?}"));
        }
    }
    assert!(problems.is_empty(), "{about}:\n{}", problems.join("\n"));
}

fn read_back(tar: &[u8]) -> MergedTree {
    let job = ScanJob {
        job: 0,
        source: Some(0),
        offset: 0,
        size: tar.len() as u64,
        kind: ScanKind::Layer,
        media_type: None,
        expected: None,
        expected_size: None,
        diff_ids: Vec::new(),
        content_digests: true,
    };
    let mut scan = LayerScan::new(&job, &Limits::default());
    scan.push_all(tar);
    let scanned = scan.finish();
    assert_eq!(scanned.diagnostics, []);
    let mut stack = Stack::new(Rules::Spec);
    stack.push(scanned.table.into());
    assert_eq!(stack.codes(), [""; 0]);
    stack.tree
}

fn lines(tree: &MergedTree) -> Vec<TreeLine> {
    let mut lines = Vec::new();
    let outcome: Result<(), ()> = dump::dump(tree, |line| {
        lines.push(line);
        Ok(())
    });
    outcome.expect("every line is taken");
    lines
}

fn compare_all(folder: &str, most: usize) -> usize {
    let mut compared = 0;
    for name in files::list(folder) {
        let folder = format!("{folder}/{name}");
        let image = format!("{folder}/image.tar");
        if !files::exists(&image) || files::read_absolute(&image).len() > most {
            continue;
        }
        for exported in exported(&folder) {
            let found = lines(&read_back(&exported.tar));
            compare(
                &exported.about,
                exported.is_merge,
                found,
                &exported.expected,
            );
            compared += 1;
        }
    }
    compared
}

cases! {
    fn tars_of_the_fixtures_read_back_as_the_trees_of_the_truth() {
        let folder = format!("{}/tests/fixtures", files::root());
        assert_eq!(compare_all(&folder, usize::MAX), 48);
    }

    fn tars_of_real_images_read_back_as_the_trees_of_the_truth() {
        if let Some(corpus) = files::corpus() {
            let most = if cfg!(target_arch = "wasm32") { 3 << 20 } else { usize::MAX };
            let compared = compare_all(&corpus, most);
            assert!(compared >= 70, "only {compared}");
        }
    }
}
