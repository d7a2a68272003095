//! What each layer did to a path.

use oci_lens::tree::{EventKind, PathEvent, Rules};

use crate::support::layer_stack::{Item, Stack};

fn event(layer: u32, kind: EventKind, entry: impl Into<Option<u32>>) -> PathEvent {
    PathEvent {
        layer,
        kind,
        entry: entry.into(),
    }
}

cases! {
    fn history_tells_who_made_changed_and_hid_a_path() {
        let stack = Stack::of(Rules::Spec, &[
            &[Item::dir("d"), Item::file("d/f"), Item::file("i/k"), Item::file("gone")],
            &[Item::file("d/f"), Item::file(".wh.gone")],
            &[Item::dir("d"), Item::file(".wh.i"), Item::file(".wh.nothing")],
            &[Item::file("i/k"), Item::file("d")],
        ]);
        let table: [(&str, Vec<PathEvent>); 6] = [
            ("d", vec![event(0, EventKind::Made, 0), event(2, EventKind::Changed, 0), event(3, EventKind::Changed, 1)]),
            ("d/f", vec![event(0, EventKind::Made, 1), event(1, EventKind::Changed, 0), event(3, EventKind::HiddenBelow, 1)]),
            ("i", vec![event(0, EventKind::Implied, None), event(2, EventKind::Hidden, 1), event(3, EventKind::Implied, None)]),
            ("i/k", vec![event(0, EventKind::Made, 2), event(2, EventKind::HiddenBelow, 1), event(3, EventKind::Made, 0)]),
            ("gone", vec![event(0, EventKind::Made, 3), event(1, EventKind::Hidden, 1)]),
            ("never", vec![]),
        ];
        for (path, events) in table {
            assert_eq!(stack.tree.history(path.as_bytes()), events, "{path}");
        }
        let mut hidden: Vec<Vec<u8>> = stack.tree.hidden().map(|node| node.path()).collect();
        hidden.sort();
        assert_eq!(hidden, [b"d/f".as_slice(), b"gone"]);
        assert_eq!(stack.codes(), [] as [&str; 0]);
    }

    fn hardlinks_keep_their_own_layer_and_the_files_attributes() {
        let mut file = Item::file("b");
        (file.uid, file.size) = (7, 3);
        let mut link = Item::hardlink("a", "b");
        link.uid = 9;
        for (rules, uid) in [(Rules::Spec, 7), (Rules::Containerd, 9)] {
            let stack = Stack::of(rules, &[&[file.clone()], &[link.clone()]]);
            let a = stack.tree.find(b"a").expect("a");
            let b = stack.tree.find(b"b").expect("b");
            assert_eq!((a.layer(), b.layer()), (Some(1), Some(0)), "{rules:?}");
            assert_eq!((a.uid(), b.uid(), a.size()), (uid, uid, 3), "{rules:?}");
            assert_eq!(b.hardlink_to().map(|first| first.path()), Some(b"a".to_vec()), "{rules:?}");
            assert!(a.hardlink_to().is_none() && a.same_file(&b), "{rules:?}");
        }
    }

    fn implied_parents_are_root_s_and_have_no_layer_and_no_time() {
        for rules in [Rules::Spec, Rules::Containerd] {
            let stack = Stack::of(rules, &[&[Item::file("p/f")]]);
            let p = stack.tree.find(b"p").expect("p");
            assert_eq!((p.mode(), p.uid(), p.gid(), p.mtime(), p.layer()), (0o755, 0, 0, None, None));
        }
    }

    fn whiteout_through_a_symlink_that_its_layer_replaces_spares_what_the_symlink_led_to() {
        let lower = [Item::file("real/x"), Item::symlink("d", "real")];
        let through = Stack::of(Rules::Spec, &[&lower, &[Item::file("d/.wh.x")]]);
        assert!(through.tree.find(b"real/x").is_none());
        for upper in [[Item::dir("d"), Item::file("d/.wh.x")], [Item::file("d/.wh.x"), Item::dir("d")]] {
            let replaced = Stack::of(Rules::Spec, &[&lower, &upper]);
            assert!(replaced.tree.find(b"real/x").is_some());
        }
    }

    fn the_order_of_whiteouts_among_a_layers_entries_does_not_matter() {
        let lower = [Item::dir("d"), Item::file("d/old"), Item::file("x"), Item::file("y")];
        let upper = [
            Item::file("d/.wh..wh..opq"), Item::file("d/new"), Item::file(".wh.x"), Item::file("x"), Item::file(".wh.y"),
        ];
        for turn in 0..upper.len() {
            let mut upper = upper.to_vec();
            upper.rotate_left(turn);
            let stack = Stack::of(Rules::Spec, &[&lower, &upper]);
            let paths: Vec<Vec<u8>> = stack.tree.walk().map(|node| node.path()).collect();
            assert_eq!(paths, [b"d".as_slice(), b"d/new", b"x"], "turned by {turn}");
            assert_eq!(stack.tree.find(b"x").and_then(|node| node.layer()), Some(1));
        }
    }
}
