//! What a layer of many small files costs once it is unpacked: its entries read into a
//! table, the table handed to another worker, and applied; and the tree looked through.

mod sample;

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use oci_lens::diagnostic::Diagnostics;
use oci_lens::layer::TarScan;
use oci_lens::layer::table::EntryTable;
use oci_lens::limits::Limits;
use oci_lens::report::{PathPattern, PatternKind, SortKey, TreeQuery};
use oci_lens::tree::{MergedTree, Rules, view::TreeView};

use sample::Sample;

const ENTRIES: [usize; 4] = [1_000, 150_000, 1_000_000, 3_000_000];

fn main() {
    divan::main();
}

#[divan::bench(args = ENTRIES, min_time = 0.5, max_time = 8)]
fn walk(bencher: Bencher, entries: usize) {
    let tar: Vec<Vec<u8>> = Sample::new(entries).collect();
    let counter = ItemsCount::new(entries);
    bencher.counter(counter).bench_local(|| table(&tar));
}

#[divan::bench(args = ENTRIES, min_time = 0.5, max_time = 8)]
fn apply(bencher: Bencher, entries: usize) {
    let table = Arc::new(table_of(entries));
    let counter = ItemsCount::new(entries);
    bencher.counter(counter).bench_local(|| tree(&table));
}

#[divan::bench(args = ["index", "a-b", "zzz"], min_time = 1, max_time = 8)]
fn filter(bencher: Bencher, pattern: &str) {
    filtered(bencher, PatternKind::Text, pattern);
}

#[divan::bench(args = ["**/*.d.ts", "usr/lib/**/index.js"], min_time = 1, max_time = 8)]
fn filter_glob(bencher: Bencher, pattern: &str) {
    filtered(bencher, PatternKind::Glob, pattern);
}

#[divan::bench(args = ["[.]js$"], min_time = 1, max_time = 8)]
fn filter_regex(bencher: Bencher, pattern: &str) {
    filtered(bencher, PatternKind::Regex, pattern);
}

#[divan::bench(min_time = 1, max_time = 8)]
fn sort(bencher: Bencher) {
    let tree = tree(&Arc::new(table_of(1_000_000)));
    let mut view = TreeView::new(&tree);
    view.expand_all(&tree, u32::MAX);
    let mut keys = [SortKey::Size, SortKey::Name].into_iter().cycle();
    bencher.bench_local(move || {
        let sort = keys.next().expect("a cycle");
        let query = TreeQuery {
            sort,
            ..TreeQuery::default()
        };
        view.arrange(&tree, query.clone(), &Limits::default())
            .expect("a query");
        black_box(view.rows(&tree, 500_000, 100));
    });
}

fn filtered(bencher: Bencher, kind: PatternKind, pattern: &str) {
    let tree = tree(&Arc::new(table_of(1_000_000)));
    let mut view = TreeView::new(&tree);
    let query = TreeQuery {
        pattern: Some(PathPattern {
            pattern: pattern.to_owned(),
            kind,
            case_sensitive: false,
        }),
        ..TreeQuery::default()
    };
    bencher.bench_local(move || {
        view.arrange(&tree, TreeQuery::default(), &Limits::default())
            .expect("a query");
        view.arrange(&tree, query.clone(), &Limits::default())
            .expect("a query");
        black_box(view.rows(&tree, 0, 100));
    });
}

fn table_of(entries: usize) -> EntryTable {
    let mut scan = TarScan::new(&Limits::default(), false);
    let mut findings = Diagnostics::new(10);
    for chunk in Sample::new(entries) {
        scan.push(&chunk, &mut findings);
    }
    scan.finish(None, &mut findings).0
}

fn table(tar: &[Vec<u8>]) -> EntryTable {
    let mut scan = TarScan::new(&Limits::default(), false);
    let mut findings = Diagnostics::new(10);
    for chunk in tar {
        scan.push(chunk, &mut findings);
    }
    scan.finish(None, &mut findings).0
}

fn tree(table: &Arc<EntryTable>) -> MergedTree {
    let mut tree = MergedTree::new(Rules::Spec, &Limits::default());
    tree.apply(0, Arc::clone(table), &mut Diagnostics::new(10));
    tree
}
