//! Entries that no honest tool writes: each ends in its own finding, and the
//! layer's other entries show.

use oci_lens::{
    diagnostic::Diagnostics,
    layer::table::EntryKind,
    limits::Limits,
    tree::{MergedTree, Rules},
};

use crate::support::layer_stack::{Item, Stack, table};

fn with_limits(change: impl FnOnce(&mut Limits), items: &[Item]) -> (Vec<Vec<u8>>, Vec<String>) {
    let mut limits = Limits::default();
    change(&mut limits);
    let mut tree = MergedTree::new(Rules::Spec, &limits);
    let mut diagnostics = Diagnostics::new(100);
    tree.apply(0, table(items), &mut diagnostics);
    let codes = diagnostics.kept().iter().map(|found| found.code.clone());
    (
        tree.walk().map(|node| node.path()).collect(),
        codes.collect(),
    )
}

cases! {
    fn an_entry_that_cannot_be_applied_is_a_finding_and_the_others_show() {
        let device = |device| {
            let mut item = Item::new(EntryKind::Char, "bad");
            item.device = device;
            item
        };
        let table: [(&str, Item, &str); 9] = [
            ("empty target", Item::symlink("bad", ""), "symlink-target-empty"),
            ("forward link", Item::hardlink("bad", "later"), "hardlink-target-missing"),
            ("link to a directory", Item::hardlink("bad", "d"), "hardlink-to-directory"),
            ("link to the root", Item::hardlink("bad", "../.."), "hardlink-to-directory"),
            ("link to itself", Item::hardlink("d/f", "d/f"), "hardlink-target-missing"),
            ("negative device", device((-1, 0)), "device-number-invalid"),
            ("device of 33 bits", device((0, 1 << 32)), "device-number-invalid"),
            ("unknown flag", Item::new(EntryKind::Other(b'V'), "bad"), "entry-type-unknown"),
            ("whiteout of the parent", Item::file("d/.wh..."), "whiteout-name-invalid"),
        ];
        for rules in [Rules::Spec, Rules::Containerd] {
            for (name, item, code) in &table {
                let stack = Stack::of(rules, &[&[Item::dir("d"), Item::file("d/f"), item.clone(), Item::file("after")]]);
                assert_eq!(stack.codes(), [*code], "{name}, {rules:?}");
                let error = stack.applied.first().and_then(|applied| applied.error.as_ref());
                assert_eq!(error.map(|error| error.code()), Some(*code), "{name}, {rules:?}");
                let paths: Vec<Vec<u8>> = stack.tree.walk().map(|node| node.path()).collect();
                assert_eq!(paths, [b"after".as_slice(), b"d", b"d/f"], "{name}, {rules:?}");
            }
        }
    }

    fn links_that_go_round_or_grow_end() {
        let mut items = vec![Item::symlink("a", "b"), Item::symlink("b", "a"), Item::file("a/f")];
        for level in 0..20 {
            // Twice the path at each level: a million components by the last.
            items.push(Item::symlink(format!("l{}", level + 1), format!("l{level}/../l{level}")));
        }
        items.push(Item::file("l20/f"));
        items.push(Item::file("after"));
        // containerd cleans `l0/../l0` to `l0` by name, and follows 21 links.
        for (rules, refused) in [(Rules::Spec, 2), (Rules::Containerd, 1)] {
            let stack = Stack::of(rules, &[&items]);
            assert_eq!(stack.codes(), vec!["limit-symlinks"; refused], "{rules:?}");
            assert!(stack.tree.find(b"after").is_some(), "{rules:?}");
        }
    }

    fn caps_are_findings_of_their_own() {
        let deep = "d/".repeat(20);
        let (paths, codes) = with_limits(|limits| limits.path_depth = 10, &[Item::file(&deep), Item::file("f")]);
        assert_eq!((paths, codes), (vec![b"f".to_vec()], vec!["limit-path-depth".to_owned()]));
        let files: Vec<Item> = (0..6).map(|index| Item::file(format!("f{index}"))).collect();
        let (paths, codes) = with_limits(|limits| limits.nodes = 4, &files);
        assert_eq!((paths.len(), codes), (4, vec!["limit-nodes".to_owned(); 2]));
        let chain = [Item::symlink("a", "b"), Item::symlink("b", "c"), Item::dir("c"), Item::file("a/f")];
        let (paths, codes) = with_limits(|limits| limits.symlinks = 1, &chain);
        assert_eq!((paths.len(), codes), (3, vec!["limit-symlinks".to_owned()]));
        let mut tree = MergedTree::new(Rules::Spec, &Limits::default());
        let mut diagnostics = Diagnostics::new(100);
        let applied = tree.apply(u32::MAX, table(&files), &mut diagnostics);
        assert_eq!(applied.error.map(|error| error.code()), Some("limit-layers"));
    }

    fn a_hundred_thousand_nested_whiteouts_and_remakes_stay_quick() {
        // Each step hides and makes again the same directory with a growing
        // number of paths once made: quadratic where hidden ones are visited.
        let mut items: Vec<Item> = (0..50_000).map(|index| Item::file(format!("d/{index}"))).collect();
        for _ in 0..50_000 {
            items.push(Item::file("d"));
            items.push(Item::file("d/x"));
        }
        for rules in [Rules::Spec, Rules::Containerd] {
            let stack = Stack::of(rules, &[&items]);
            assert!(stack.tree.len() <= 2, "{rules:?}");
        }
    }

    fn aufs_leftovers_are_reported_and_not_shown() {
        let stack = Stack::of(Rules::Spec, &[&[
            Item::dir(".wh..wh.plnk"), Item::file(".wh..wh.plnk/5.1"), Item::file(".wh..wh.aufs"), Item::hardlink("f", ".wh..wh.plnk/5.1"),
        ]]);
        assert_eq!(stack.codes(), ["aufs-entry-ignored"; 3]);
        let paths: Vec<Vec<u8>> = stack.tree.walk().map(|node| node.path()).collect();
        assert_eq!(paths, [b"f"]);
    }
}
