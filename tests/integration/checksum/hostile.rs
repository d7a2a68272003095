//! What no ordinary tree has: every case ends, and says what it ended at.

use oci_lens::buildkit::checksum::{Checksum, ChecksumError, Query};
use oci_lens::limits::Limits;
use oci_lens::tree::{MergedTree, Rules};

use super::vectors::outcome;
use crate::support::layer_stack::{Item, Stack};

fn tree(items: &[Item]) -> MergedTree {
    Stack::of(Rules::Containerd, &[items]).tree
}

fn query(path: &str) -> Query {
    Query {
        path: path.as_bytes().to_vec(),
        follow_links: true,
        ..Query::default()
    }
}

fn code(tree: &MergedTree, query: &Query, limits: &Limits) -> Result<usize, &'static str> {
    let found = Checksum::new(tree, query, limits);
    found
        .map(|checksum| checksum.files().len())
        .map_err(|error| error.code())
}

cases! {
    fn deep_folders_take_no_stack() {
        let path = vec!["d"; 2_000].join("/");
        let tree = tree(&[Item::file(format!("{path}/f"))]);
        let found = outcome(&tree, &query("/"), |_| Vec::new()).expect("a checksum");
        assert_eq!(found.records.len(), 2);
        let all = Query { exclude: vec!["x".to_owned()], ..query("/") };
        let found = outcome(&tree, &all, |_| Vec::new()).expect("a checksum");
        assert_eq!(found.records.len(), 2_001);
    }

    // Each is hashed again with every folder that begins so and is above it.
    fn names_that_are_hashed_twice_are_counted() {
        let mut path = Vec::new();
        for _ in 0..500 {
            path.extend_from_slice(b"\xff/");
        }
        path.push(b'f');
        let tree = tree(&[Item::file(path)]);
        let found = outcome(&tree, &query("/"), |_| Vec::new()).expect("a checksum");
        assert_eq!(found.records.len(), 501);
        let few = Limits { checksum_steps: 2_000, ..Limits::default() };
        let checksum = Checksum::new(&tree, &query("/"), &few).expect("a plan");
        let error = checksum.finish(&tree, &Default::default());
        assert_eq!(error, Err(ChecksumError::Steps { limit: 2_000 }));
    }

    fn links_that_never_end_are_left() {
        let chain = (0..300).map(|at| Item::symlink(format!("l{at}"), format!("l{}", at + 1)));
        let mut items: Vec<Item> = chain.collect();
        items.push(Item::file("l300"));
        let tree = tree(&items);
        let limits = Limits::default();
        assert_eq!(code(&tree, &query("l0"), &limits), Err("limit-symlinks"));
        assert_eq!(code(&tree, &query("l45"), &limits), Ok(0));
        assert_eq!(code(&tree, &query("l44"), &limits), Err("limit-symlinks"));
    }

    // As BuildKit passes names: what is missing is a folder to `..`, a file is none.
    fn what_is_missing_in_a_target_is_passed_by_name() {
        let tree = tree(&[
            Item::file("file"),
            Item::symlink("through", "nothing/../file"),
            Item::symlink("behind", "file/../file"),
            Item::symlink("below", "file/x/../../file"),
            Item::symlink("out", "../../../file"),
        ]);
        let limits = Limits::default();
        let empty = Ok(0);
        assert_eq!(code(&tree, &query("through"), &limits), empty);
        assert_eq!(code(&tree, &query("behind"), &limits), empty);
        assert_eq!(code(&tree, &query("below"), &limits), Err("no-such-path"));
        assert_eq!(code(&tree, &query("out"), &limits), empty);
    }

    fn patterns_that_go_refuses_are_refused() {
        let tree = tree(&[Item::file("a")]);
        let limits = Limits::default();
        for pattern in ["[", "[]", "[a", "a\\", "[a-]", "[-a]", "[^]", "!", "[\\"] {
            let query = Query { exclude: vec![pattern.to_owned()], ..query("/") };
            assert_eq!(code(&tree, &query, &limits), Err("pattern-invalid"), "{pattern}");
        }
        for pattern in ["[", "[]", "[a", "*\\", "?[a-]"] {
            let query = Query { wildcard: true, ..query(pattern) };
            assert_eq!(code(&tree, &query, &limits), Err("pattern-invalid"), "{pattern}");
        }
    }
}
