//! Paths cleaned, and the order that they are walked in.

use oci_lens::tree::{Rules, path::EntryPath};

use crate::support::layer_stack::{Item, Stack};

cases! {
    fn names_are_cleaned_and_never_leave_the_root() {
        let table: [(&str, &str, &str, &str); 16] = [
            ("", "", "", ""),
            (".", "", "", ""),
            ("/", "", "", ""),
            ("./", "", "", ""),
            ("..", "", "", ""),
            ("../..", "", "", ""),
            ("a", "a", "", "a"),
            ("./a", "a", "", "a"),
            ("/a/", "a", "", "a"),
            ("a//b", "a/b", "a", "b"),
            ("././a/./b/.", "a/b", "a", "b"),
            ("a/../b", "b", "", "b"),
            ("../a", "a", "", "a"),
            ("/../../a/b/../c", "a/c", "a", "c"),
            ("a/../../../h", "h", "", "h"),
            ("...", "...", "", "..."),
        ];
        for (raw, clean, parent, name) in table {
            let path = EntryPath::new(raw.as_bytes());
            let found = (path.as_bytes(), path.parent(), path.name());
            assert_eq!(found, (clean.as_bytes(), parent.as_bytes(), name.as_bytes()), "{raw:?}");
            assert_eq!(path.is_root(), clean.is_empty(), "{raw:?}");
            assert_eq!(EntryPath::new(clean.as_bytes()), path, "{raw:?}");
        }
    }

    fn walk_goes_by_the_bytes_of_the_whole_path() {
        let items: Vec<Item> = ["a/b", "a-b", "a", "a.b/c", "a0", "a/b-c", "a/b/c", "b", "a/\u{ff}"]
            .iter()
            .map(|path| if matches!(*path, "a" | "a/b") { Item::dir(path) } else { Item::file(path) })
            .collect();
        let stack = Stack::of(Rules::Spec, &[&items]);
        let walked: Vec<Vec<u8>> = stack.tree.walk().map(|node| node.path()).collect();
        let mut sorted = walked.clone();
        sorted.sort();
        assert_eq!(walked, sorted);
        let paths: [&[u8]; 10] =
            [b"a", b"a-b", b"a.b", b"a.b/c", b"a/b", b"a/b-c", b"a/b/c", "a/\u{ff}".as_bytes(), b"a0", b"b"];
        assert_eq!(walked, paths);
        assert_eq!(stack.tree.len(), paths.len());
    }
}
