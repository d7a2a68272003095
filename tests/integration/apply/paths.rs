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

    fn names_that_differ_in_one_byte_are_different_paths() {
        for length in [1, 2, 7, 8, 9, 15, 16, 17, 31, 127, 128, 135, 136, 137, 255] {
            let whole = vec![b'a'; length];
            let mut names: Vec<Vec<u8>> = (0..length)
                .map(|at| {
                    let mut name = whole.clone();
                    name[at] = b'b';
                    name
                })
                .collect();
            names.push(whole);
            names.push(vec![b'a'; length + 1]);
            // As files of one folder, and as folders that follow each other.
            let path = |name: &Vec<u8>, file: &[u8]| [b"folder/", name.as_slice(), file].concat();
            let files = names.iter().map(|name| Item::file(path(name, b"")));
            let folders = names.iter().map(|name| Item::file([&path(name, b"s/"), b"file".as_slice()].concat()));
            for items in [files.collect::<Vec<_>>(), folders.collect()] {
                let stack = Stack::of(Rules::Spec, &[&items, &items]);
                assert_eq!(stack.codes(), Vec::<&str>::new(), "{length}");
                for item in &items {
                    let found = stack.tree.find(&item.path).map(|node| node.path());
                    assert_eq!(found.as_ref(), Some(&item.path), "{length}");
                    assert_eq!(stack.tree.history(&item.path).len(), 2, "{length}");
                }
            }
        }
    }

    fn whiteouts_are_found_behind_names_of_any_length() {
        let lower = [Item::file("hidden"), Item::file("kept")];
        for length in 1..40 {
            // The first of these is no whiteout, and has a part of what begins one.
            for name in ["w", ".w", ".wh", "wh."] {
                let before = Item::file(format!("{}{name}", "a".repeat(length)));
                let stack = Stack::of(Rules::Spec, &[&lower, &[before, Item::file(".wh.hidden")]]);
                let paths: Vec<bool> = ["hidden", "kept"].iter().map(|path| stack.tree.find(path.as_bytes()).is_some()).collect();
                assert_eq!(paths, [false, true], "{length} {name}");
            }
        }
    }
}
