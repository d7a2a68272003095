//! Open trees: ranges of layers that follow their images.

use oci_lens::{
    image::{Inspection, trees::Trees},
    layer::ScanJob,
    limits::{Limits, OPEN_TREES},
    report::{Change, ChangeCounts, Completed, LayerRange, Reason, RowView, TreeQuery},
    source::ReadAt,
    tree::view::TreeView,
};

use crate::support::{files, inspect};

fn weird() -> Inspection<Vec<u8>> {
    let bytes = files::read("tests/fixtures/weird/image.tar");
    inspect::open(bytes).expect("an archive")
}

fn range(first: u32, last: impl Into<Option<u32>>) -> LayerRange {
    LayerRange {
        first,
        last: last.into(),
    }
}

fn all_rows<S: ReadAt>(trees: &mut Trees, inspection: &Inspection<S>, tree: u32) -> Vec<RowView> {
    let (merged, view) = trees.get(inspection, tree).expect("an open tree");
    view.expand_all(merged, u32::MAX);
    view.rows(merged, 0, usize::MAX).rows
}

/// Paths of the folders that are open.
fn open_folders<S: ReadAt>(
    trees: &mut Trees,
    inspection: &Inspection<S>,
    tree: u32,
) -> Vec<String> {
    let (merged, view) = trees.get(inspection, tree).expect("an open tree");
    let rows = view.rows(merged, 0, usize::MAX).rows;
    let open = rows.into_iter().filter(|row| row.expanded);
    open.map(|row| row.path).collect()
}

/// The jobs of the first image's layers, from the bottom.
fn layer_jobs(inspection: &Inspection<Vec<u8>>) -> Vec<ScanJob> {
    let report = inspection.report();
    let jobs = inspection.jobs();
    let job = |diff_id: &String| jobs.iter().find(|job| job.diff_ids.contains(diff_id));
    let diff_ids = report.images[0]
        .layers
        .iter()
        .flat_map(|layer| &layer.diff_id.expected);
    diff_ids
        .map(|diff_id| job(diff_id).cloned().expect("a job"))
        .collect()
}

fn scan(inspection: &mut Inspection<Vec<u8>>, job: &ScanJob) -> Completed {
    let scanned = inspection.scan(job, |_| true);
    inspection.complete(scanned.expect("memory can be read"))
}

fn visible<S: ReadAt>(trees: &mut Trees, inspection: &Inspection<S>, tree: u32) -> Vec<String> {
    let (merged, view) = trees.get(inspection, tree).expect("an open tree");
    let rows = view.rows(merged, 0, usize::MAX).rows;
    rows.into_iter().map(|row| row.path).collect()
}

cases! {
    fn a_range_shows_the_tree_up_to_its_last_layer_with_changes_from_its_first() {
        let mut inspection = weird();
        inspect::scan(&mut inspection);
        let changes: Vec<ChangeCounts> = inspection.report().images[0].layers.iter()
            .map(|layer| layer.changes.clone().expect("an applied layer"))
            .collect();
        let mut trees = Trees::default();
        for last in 0..3 {
            let tree = trees.open(&inspection, 0, range(last, last)).expect("a tree");
            let state = trees.state(&inspection, tree).expect("a state");
            assert_eq!(state.changes, changes[last as usize], "layer {last}");
            assert_eq!((state.applied, state.layers), (last + 1, last + 1));
            let alone = inspection.tree_of(0, last as usize + 1).expect("layers");
            assert_eq!(state.paths as usize, alone.len());
            let mut view = TreeView::since(&alone, last);
            view.expand_all(&alone, u32::MAX);
            assert_eq!(all_rows(&mut trees, &inspection, tree), view.rows(&alone, 0, usize::MAX).rows);
        }
        let whole = trees.open(&inspection, 0, range(0, None)).expect("a tree");
        let top = trees.open(&inspection, 0, range(0, 2)).expect("a tree");
        assert_eq!(all_rows(&mut trees, &inspection, whole), all_rows(&mut trees, &inspection, top));
        let state = trees.state(&inspection, whole).expect("a state");
        assert_eq!(state.changes.added, state.paths);
    }

    fn a_part_is_made_layer_by_layer_and_is_the_same_when_it_is_not_waited_for() {
        let mut inspection = weird();
        inspect::scan(&mut inspection);
        let (mut patient, mut hasty) = (Trees::default(), Trees::default());
        // Of all layers, there is a tree already.
        for (last, steps) in [(Some(0), 1), (Some(1), 2), (Some(2), 0), (None, 0)] {
            let prepared = patient.open(&inspection, 0, range(0, last)).expect("a tree");
            for step in 0..steps {
                assert_eq!(patient.prepare(&inspection, prepared), Ok(true), "{last:?}, {step}");
            }
            assert_eq!(patient.prepare(&inspection, prepared), Ok(false), "{last:?}");
            let asked = hasty.open(&inspection, 0, range(0, last)).expect("a tree");
            let begun = hasty.prepare(&inspection, asked);
            assert_eq!(begun, Ok(steps > 0));
            assert_eq!(all_rows(&mut patient, &inspection, prepared), all_rows(&mut hasty, &inspection, asked));
            assert_eq!(hasty.prepare(&inspection, asked), Ok(false), "all is done");
        }
        assert_eq!(patient.prepare(&inspection, 99).map_err(|error| error.code()), Err("tree-closed"));
    }

    fn a_tree_follows_its_image_as_layers_arrive() {
        let mut inspection = weird();
        let mut trees = Trees::default();
        let whole = trees.open(&inspection, 0, range(0, None)).expect("a tree");
        let two = trees.open(&inspection, 0, range(1, 1)).expect("a tree");
        assert_eq!(trees.state(&inspection, whole).expect("a state").layers, 3);
        let jobs = inspection.jobs();
        let mut applied = Vec::new();
        for job in jobs {
            let scanned = inspection.scan(&job, |_| true);
            inspection.complete(scanned.expect("memory can be read"));
            let states = [whole, two].map(|tree| trees.state(&inspection, tree).expect("a state"));
            applied.push(states.map(|state| state.applied));
        }
        applied.dedup();
        assert_eq!(applied, [[1, 1], [2, 2], [3, 2]]);
        let mut later = Trees::default();
        for (tree, range) in [(whole, range(0, None)), (two, range(1, 1))] {
            let fresh = later.open(&inspection, 0, range).expect("a tree");
            assert_eq!(all_rows(&mut trees, &inspection, tree), all_rows(&mut later, &inspection, fresh));
        }
    }

    fn a_layer_is_shown_as_soon_as_it_is_read_and_moved_once_those_below_are() {
        let mut inspection = weird();
        let jobs = layer_jobs(&inspection);
        let mut trees = Trees::default();
        let top = trees.open(&inspection, 0, range(2, 2)).expect("a tree");
        let whole = trees.open(&inspection, 0, range(0, None)).expect("a tree");
        let state = trees.state(&inspection, top).expect("a state");
        assert_eq!((state.applied, state.layers, state.pending, state.paths), (0, 3, 0, 0));

        // The layer at the top first: it stands alone, all that it has is added.
        let told = scan(&mut inspection, &jobs[2]);
        assert_eq!((told.images, told.layers.len()), (vec![0], 1));
        let alone = inspection.layer_tree(0, 2).expect("a scanned layer");
        let mut view = TreeView::since(&alone, 2);
        view.expand_all(&alone, u32::MAX);
        let expected = view.rows(&alone, 0, usize::MAX).rows;
        assert!(!expected.is_empty());
        for tree in [top, whole] {
            assert_eq!(all_rows(&mut trees, &inspection, tree), expected);
            let state = trees.state(&inspection, tree).expect("a state");
            assert_eq!((state.applied, state.layers, state.pending), (1, 3, 2));
        }

        // One in the middle is still missing: the image's own tree has the lowest alone.
        scan(&mut inspection, &jobs[0]);
        let state = trees.state(&inspection, whole).expect("a state");
        assert_eq!((state.applied, state.layers, state.pending), (1, 3, 0));
        let state = trees.state(&inspection, top).expect("a state");
        assert_eq!((state.applied, state.layers, state.pending), (2, 3, 1));
        assert_eq!(trees.prepare(&inspection, top), Ok(false), "the state has made it");

        let folders = open_folders(&mut trees, &inspection, top);
        assert!(!folders.is_empty());
        scan(&mut inspection, &jobs[1]);
        let mut later = Trees::default();
        for (tree, range) in [(top, range(2, 2)), (whole, range(0, None))] {
            assert_eq!(trees.state(&inspection, tree).expect("a state").pending, 0);
            let still_open = open_folders(&mut trees, &inspection, tree);
            assert!(folders.iter().all(|path| still_open.contains(path)), "{folders:?}, {still_open:?}");
            let fresh = later.open(&inspection, 0, range).expect("a tree");
            assert_eq!(all_rows(&mut trees, &inspection, tree), all_rows(&mut later, &inspection, fresh));
        }
    }

    fn in_whatever_order_layers_are_read_their_trees_are_the_same_in_the_end() {
        let complete = {
            let mut inspection = weird();
            inspect::scan(&mut inspection);
            inspection
        };
        let ranges = [range(0, None), range(0, 0), range(0, 1), range(1, 1), range(1, 2), range(2, 2)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut inspection = weird();
            let jobs = layer_jobs(&inspection);
            let mut trees = Trees::default();
            let open = ranges.map(|range| trees.open(&inspection, 0, range).expect("a tree"));
            let mut read = Vec::new();
            for layer in order {
                scan(&mut inspection, &jobs[layer]);
                read.push(layer);
                for (tree, range) in open.iter().zip(&ranges) {
                    let last = range.last.unwrap_or(2);
                    let is_read = read.iter().any(|&layer| (range.first..=last).contains(&u32::try_from(layer).expect("few")));
                    let rows = all_rows(&mut trees, &inspection, *tree);
                    assert!(!is_read || !rows.is_empty(), "{range:?} has no rows after {read:?}");
                }
            }
            let mut later = Trees::default();
            for (tree, range) in open.iter().zip(&ranges) {
                let fresh = later.open(&complete, 0, *range).expect("a tree");
                let expected = all_rows(&mut later, &complete, fresh);
                assert_eq!(all_rows(&mut trees, &inspection, *tree), expected, "{range:?} after {order:?}");
            }
        }
    }

    fn a_layer_that_cannot_be_read_is_not_waited_for() {
        let mut inspection = weird();
        let jobs = layer_jobs(&inspection);
        let mut trees = Trees::default();
        let top = trees.open(&inspection, 0, range(2, 2)).expect("a tree");
        scan(&mut inspection, &jobs[0]);
        scan(&mut inspection, &jobs[2]);
        assert_eq!(trees.state(&inspection, top).expect("a state").pending, 1);
        let rows = all_rows(&mut trees, &inspection, top);
        inspection.fail(jobs[1].job, Reason::Cancelled, "stopped");
        let state = trees.state(&inspection, top).expect("a state");
        assert_eq!((state.applied, state.pending), (3, 0));
        assert_eq!(all_rows(&mut trees, &inspection, top), rows, "the same layers are applied");
    }

    fn what_is_expanded_stays_so_when_layers_are_read_again() {
        let mut inspection = weird();
        let (cancelled, others) = inspection.jobs().split_first().map(|(one, rest)| (one.clone(), rest.to_vec())).expect("jobs");
        inspection.fail(cancelled.job, Reason::Cancelled, "stopped");
        for job in others {
            let scanned = inspection.scan(&job, |_| true);
            inspection.complete(scanned.expect("memory can be read"));
        }
        let mut trees = Trees::default();
        let tree = trees.open(&inspection, 0, range(0, None)).expect("a tree");
        let (merged, view) = trees.get(&inspection, tree).expect("an open tree");
        let folder = merged.walk().find(|node| node.has_children()).expect("a folder");
        let path = folder.path();
        view.expand(merged, folder.id());
        let before = trees.state(&inspection, tree).expect("a state");
        trees.keep_expanded(&inspection);
        assert!(!inspection.retry().images.is_empty());
        // Shown without it, until it is read.
        let without = trees.state(&inspection, tree).expect("a state");
        assert_eq!((without.applied, without.pending), (2, 1));
        trees.keep_expanded(&inspection);
        inspect::scan(&mut inspection);
        let after = trees.state(&inspection, tree).expect("a state");
        assert!(after.paths > before.paths);
        let shown = visible(&mut trees, &inspection, tree);
        let prefix = format!("{}/", String::from_utf8_lossy(&path));
        assert!(shown.iter().any(|path| path.starts_with(&prefix)), "{prefix} is expanded: {shown:?}");
        trees.close(tree);
        assert_eq!(trees.state(&inspection, tree).map_err(|error| error.code()), Err("tree-closed"));
    }

    fn trees_that_cannot_be_opened_say_why() {
        let inspection = weird();
        let mut trees = Trees::default();
        let table = [
            (9, range(0, None), "no-such-image", "there is no image 9"),
            (0, range(3, None), "no-such-layer", "expected layers of 3, counted from 0, but found 3 to the top"),
            (0, range(0, 3), "no-such-layer", "expected layers of 3, counted from 0, but found 0 to 3"),
            (0, range(2, 1), "no-such-layer", "expected layers of 3, counted from 0, but found 2 to 1"),
        ];
        for (image, range, code, message) in table {
            let error = trees.open(&inspection, image, range).expect_err(message);
            assert_eq!((error.code(), error.to_string().as_str()), (code, message));
        }
        for _ in 0..OPEN_TREES {
            assert!(trees.open(&inspection, 0, range(0, None)).is_ok());
        }
        let error = trees.open(&inspection, 0, range(0, None)).expect_err("too many");
        assert_eq!(error.code(), "limit-trees");
        trees.close(0);
        assert!(trees.open(&inspection, 0, range(0, None)).is_ok());
    }

    fn trees_of_many_ranges_keep_their_nodes_and_rows() {
        let Some(folder) = files::corpus() else { return };
        let bytes = files::read_absolute(&format!("{folder}/alpine-127-layers/image.tar"));
        let mut inspection = inspect::open(bytes).expect("an archive");
        inspect::scan(&mut inspection);
        let mut trees = Trees::default();
        let removed = TreeQuery { changes: vec![Change::Removed], ..TreeQuery::default() };
        let open: Vec<u32> = (0..127).step_by(9)
            .map(|last| trees.open(&inspection, 0, range(last / 2, last)).expect("a tree"))
            .collect();
        for tree in &open[1..] {
            let (merged, view) = trees.get(&inspection, *tree).expect("an open tree");
            view.arrange(merged, removed.clone(), &Limits::default()).expect("a query");
        }
        let first: Vec<_> = open.iter().map(|tree| all_rows(&mut trees, &inspection, *tree)).collect();
        let second: Vec<_> = open.iter().map(|tree| all_rows(&mut trees, &inspection, *tree)).collect();
        assert_eq!(first, second);
        assert!(first.iter().skip(1).flatten().any(|row| row.change == Change::Removed));
    }
}
