//! Where symlinks lead, who points at a path, and who shares its file.

use std::collections::BTreeMap;

use oci_lens::{
    diagnostic::Diagnostics,
    limits::Limits,
    report::PathView,
    tree::{MergedTree, Rules},
};

use crate::support::layer_stack::{Item, Stack, table};

fn texts(paths: &[PathView]) -> Vec<&str> {
    paths.iter().map(|path| path.path.as_str()).collect()
}

fn links() -> Stack {
    Stack::of(
        Rules::Spec,
        &[&[
            Item::file("usr/bin/tool"),
            Item::symlink("bin", "usr/bin"),
            Item::symlink("usr/bin/alias", "tool"),
            Item::symlink("etc/far", "/bin/alias"),
            Item::symlink("etc/up", "../../../usr/./bin/../bin/tool"),
            Item::symlink("etc/dangling", "../bin/none/below"),
            Item::symlink("etc/loop", "pool"),
            Item::symlink("etc/pool", "loop"),
            Item::symlink("etc/self", "self"),
            Item::symlink("etc/root", "/.."),
            Item::symlink("etc/slash", "../bin/"),
            Item::symlink("etc/through", "../usr/bin/tool/x"),
            Item::symlink("etc/into-loop", "loop/x"),
        ]],
    )
}

cases! {
    fn symlinks_are_followed_to_their_end_and_no_further() {
        let stack = links();
        let table: [(&str, &[&str], bool); 11] = [
            ("bin", &["usr/bin"], true),
            ("usr/bin/alias", &["usr/bin/tool"], true),
            ("etc/far", &["usr/bin/alias", "usr/bin/tool"], true),
            ("etc/up", &["usr/bin/tool"], true),
            ("etc/dangling", &["usr/bin/none/below"], false),
            ("etc/loop", &["etc/pool", "etc/loop"], false),
            ("etc/self", &["etc/self"], false),
            ("etc/root", &[""], true),
            ("etc/slash", &["usr/bin"], true),
            ("etc/through", &["usr/bin/tool/x"], false),
            ("etc/into-loop", &[], false),
        ];
        for (path, follows, resolves) in table {
            let story = stack.tree.story(path.as_bytes());
            assert_eq!((texts(&story.follows), story.resolves), (follows.to_vec(), Some(resolves)), "{path}");
        }
        assert_eq!(stack.tree.story(b"usr/bin/tool").resolves, None);
    }

    fn a_path_knows_the_symlinks_that_lead_to_it_directly() {
        let stack = links();
        let table: [(&str, &[&str]); 6] = [
            ("usr/bin/tool", &["etc/up", "usr/bin/alias"]),
            ("usr/bin/alias", &["etc/far"]),
            ("usr/bin", &["bin", "etc/slash"]),
            ("etc/loop", &["etc/pool"]),
            ("etc/self", &["etc/self"]),
            ("", &["etc/root"]),
        ];
        for (path, expected) in table {
            let story = stack.tree.story(path.as_bytes());
            assert_eq!((texts(&story.pointed_at_by), story.more, story.unfollowed), (expected.to_vec(), 0, 0), "{path}");
        }
    }

    fn links_are_those_of_the_tree_as_it_is() {
        let mut stack = Stack::of(Rules::Spec, &[&[
            Item::file("f"), Item::hardlink("g", "f"), Item::hardlink("h", "g"), Item::symlink("s", "f"),
        ]]);
        assert_eq!((texts(&stack.tree.story(b"f").hardlinks), texts(&stack.tree.story(b"f").pointed_at_by)), (vec!["g", "h"], vec!["s"]));
        stack.push(table(&[Item::file(".wh.s"), Item::file("f"), Item::symlink("t", "h")]));
        let story = stack.tree.story(b"f");
        assert_eq!((story.hardlinks.len(), story.pointed_at_by.len()), (0, 0));
        assert_eq!((texts(&stack.tree.story(b"g").hardlinks), texts(&stack.tree.story(b"h").pointed_at_by)), (vec!["h"], vec!["t"]));
        let gone = stack.tree.story(b"s");
        assert_eq!((gone.present, gone.follows.len(), gone.resolves), (false, 0, None));
    }

    fn sums_below_count_a_hardlink_group_once() {
        let mut file = Item::file("d/a/f");
        file.size = 10;
        let mut other = Item::file("d/g");
        other.size = 5;
        let stack = Stack::of(Rules::Spec, &[&[file, other, Item::hardlink("d/b", "d/a/f"), Item::hardlink("e/c", "d/b")]]);
        let expected = BTreeMap::from([("", (7, "15")), ("d", (4, "15")), ("d/a", (1, "10")), ("e", (1, "10"))]);
        for (path, sums) in expected {
            let below = stack.tree.story(path.as_bytes()).below.expect("a directory");
            assert_eq!((below.paths, below.size.as_str()), sums, "{path}");
        }
        assert_eq!(stack.tree.story(b"d/g").below, None);
    }

    fn lists_end_at_their_caps_and_count_the_rest() {
        let limits = Limits { listed_paths: 3, listed_path_bytes: 12, symlinks: 2, ..Limits::default() };
        let mut items = vec![Item::file("f")];
        items.extend((0..6).map(|index| Item::hardlink(format!("h{index}"), "f")));
        items.extend((0..6).map(|index| Item::symlink(format!("long-name-{index}"), "f")));
        items.extend((0..6).map(|index| Item::symlink(format!("c{index}"), format!("c{}", index + 1))));
        let mut tree = MergedTree::new(Rules::Spec, &limits);
        tree.apply(0, table(&items), &mut Diagnostics::new(100));
        let story = tree.story(b"f");
        assert_eq!((texts(&story.hardlinks), texts(&story.pointed_at_by)), (vec!["h0", "h1", "h2"], vec!["long-name-0"]));
        assert_eq!(story.more, 8);
        let chain = tree.story(b"c0");
        assert_eq!((texts(&chain.follows), chain.resolves), (vec!["c1", "c2"], Some(false)));
    }

    fn symlinks_that_would_take_too_long_are_counted() {
        let limits = Limits { link_steps: 1_000, ..Limits::default() };
        let mut items = vec![Item::file("f"), Item::symlink("a", "f")];
        items.extend((0..200).map(|index| Item::symlink(format!("l{index:03}"), format!("{}f", "../".repeat(9)))));
        let mut tree = MergedTree::new(Rules::Spec, &limits);
        tree.apply(0, table(&items), &mut Diagnostics::new(100));
        let story = tree.story(b"f");
        assert_eq!(story.pointed_at_by.len() + story.unfollowed as usize, 201);
        assert!(story.unfollowed > 0 && story.unfollowed < 200);
    }

    fn hostile_links_end_soon() {
        let mut items = vec![Item::file("f"), Item::dir("l0")];
        for level in 0..60 {
            // Each leads twice through the one before.
            items.push(Item::symlink(format!("l{}", level + 1), format!("l{level}/../l{level}/{}", "./".repeat(4_000))));
        }
        items.extend((0..20_000).map(|index| Item::symlink(format!("s{index}"), format!("l60/{index}"))));
        items.extend((0..200_000).map(|index| Item::hardlink(format!("h{index}"), "f")));
        let stack = Stack::of(Rules::Spec, &[&items]);
        let story = stack.tree.story(b"f");
        assert_eq!((story.hardlinks.len(), story.more), (1_000, 199_000));
        assert_eq!(stack.tree.story(b"l60").resolves, Some(false));
        assert_eq!(stack.tree.hidden_entries(0, 10).total, 0);
    }
}
