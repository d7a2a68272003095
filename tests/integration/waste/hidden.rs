//! Entries that are stored and not shown: which, why, since when.

use oci_lens::{
    diagnostic::Diagnostics,
    digest::Digest,
    limits::Limits,
    report::{HiddenView, PathWaste, WasteView},
    tree::{MergedTree, Rules},
};

use crate::support::layer_stack::{Item, Stack, table};

fn sized(path: impl AsRef<[u8]>, size: u64) -> Item {
    let mut item = Item::file(path);
    item.size = size;
    item
}

fn with_content(path: &str, size: u64, digit: char) -> Item {
    let digest = format!("sha256:{}", digit.to_string().repeat(64));
    let mut item = sized(path, size);
    item.content = Some(Digest::parse(&digest).expect("a digest"));
    item
}

/// `path layer:entry cause@layer[ by path][ bytes]`.
fn line(hidden: &HiddenView) -> String {
    let by = hidden.by.as_ref().map(|by| format!(" by {}", by.path));
    let bytes = Some(&hidden.wasted).filter(|bytes| *bytes != "0");
    format!(
        "{} {}:{} {:?}@{}{}{}",
        hidden.path.path,
        hidden.entry.place.layer,
        hidden.entry.place.entry,
        hidden.hidden_by,
        hidden.hidden_in,
        by.unwrap_or_default(),
        bytes.map(|bytes| format!(" {bytes}")).unwrap_or_default(),
    )
}

fn lines(tree: &MergedTree) -> Vec<String> {
    let page = tree.hidden_entries(0, 1_000);
    assert_eq!(page.total as usize, page.entries.len());
    page.entries.iter().map(line).collect()
}

fn sums(waste: &WasteView) -> Vec<(&str, &str, u32)> {
    let sum = waste
        .layers
        .iter()
        .map(|layer| (layer.stored.as_str(), layer.wasted.as_str(), layer.entries));
    sum.collect()
}

fn copies(path: &PathWaste) -> String {
    let copies = path.copies.iter().map(|copy| {
        let same = match copy.same_content {
            Some(true) => " same",
            Some(false) => " other",
            None => "",
        };
        format!("{}:{}{same}", copy.place.layer, copy.size)
    });
    let copies: Vec<String> = copies.collect();
    let present = if path.present { "" } else { " gone" };
    format!(
        "{}{present} {} [{}]",
        path.path.path,
        path.wasted,
        copies.join(", ")
    )
}

cases! {
    fn each_cause_is_told_from_the_others() {
        let lower = [
            Item::dir("a"), sized("a/whiteout", 1),
            Item::dir("b"), Item::dir("b/c"), sized("b/c/parent", 2),
            Item::dir("o"), sized("o/opaque", 4), sized("o/p/deep", 8),
            sized("replaced", 16), Item::dir("r"), sized("r/with", 32), sized("kept", 64),
        ];
        let upper = [
            sized("a/.wh.whiteout", 0), sized(".wh.b", 0), sized("o/.wh..wh..opq", 0), sized("o/new", 1),
            sized("replaced", 1), sized("r", 1), Item::dir("a"), sized(".wh.kept-not", 512),
            Item::hardlink("bad", "nothing"),
        ];
        let stack = Stack::of(Rules::Spec, &[&lower, &upper]);
        let hidden = [
            "a/whiteout 0:1 Whiteout@1 by a/.wh.whiteout 1",
            "b 0:2 Whiteout@1 by .wh.b",
            "b/c 0:3 ParentWhiteout@1 by .wh.b",
            "b/c/parent 0:4 ParentWhiteout@1 by .wh.b 2",
            "o/opaque 0:6 OpaqueWhiteout@1 by o/.wh..wh..opq 4",
            "o/p/deep 0:7 OpaqueWhiteout@1 by o/.wh..wh..opq 8",
            "r 0:9 Replaced@1 by r",
            "r/with 0:10 ParentReplaced@1 by r 32",
            "replaced 0:8 Replaced@1 by replaced 16",
            ".wh.kept-not 1:7 Marker@1 512",
            "bad 1:8 NotApplied@1",
        ];
        assert_eq!(lines(&stack.tree), hidden);
        let waste = stack.tree.waste(3);
        assert_eq!(sums(&waste), [("127", "63", 6), ("515", "512", 1)]);
        assert_eq!((waste.total.as_str(), waste.wasted.as_str()), ("642", "575"));
        assert_eq!((waste.efficiency.as_str(), waste.unread.as_slice()), ("0.1043", [2].as_slice()));
        let paths: Vec<&str> = waste.paths.iter().map(|path| path.path.path.as_str()).collect();
        assert_eq!(paths, [".wh.kept-not", "r/with", "replaced", "o/p/deep", "o/opaque", "b/c/parent", "a/whiteout"]);
        assert_eq!(waste.path_count, 7);
    }

    fn a_whiteout_of_a_directory_below_one_of_the_same_name_is_its_own() {
        let lower = [sized("x/x/x", 1), Item::dir("x"), Item::dir("x/x")];
        let stack = Stack::of(Rules::Spec, &[&lower, &[sized("x/.wh.x", 0)]]);
        assert_eq!(lines(&stack.tree), [
            "x/x 0:2 Whiteout@1 by x/.wh.x",
            "x/x/x 0:0 ParentWhiteout@1 by x/.wh.x 1",
        ]);
    }

    fn hardlinked_bytes_are_shown_until_their_last_path_goes() {
        let lower = [sized("one", 10), Item::hardlink("two", "one"), Item::hardlink("three", "two")];
        let first = [sized(".wh.one", 0)];
        let second = [sized("two", 3)];
        let third = [sized(".wh.three", 0)];
        let mut stack = Stack::of(Rules::Spec, &[&lower, &first, &second]);
        assert_eq!(lines(&stack.tree), ["two 0:1 Replaced@2 by two"]);
        assert_eq!((stack.tree.waste(3).wasted, stack.tree.waste(3).efficiency), ("0".to_owned(), "1.0000".to_owned()));
        stack.push(table(&third));
        assert_eq!(lines(&stack.tree), [
            "one 0:0 Whiteout@3 by .wh.three 10",
            "three 0:2 Whiteout@3 by .wh.three",
            "two 0:1 Replaced@2 by two",
        ]);
        let page = stack.tree.hidden_entries(1, 1);
        let link = page.entries.first().expect("three");
        assert_eq!(link.entry.hardlink_to.as_ref().map(|path| path.path.as_str()), Some("two"));
        let content = link.entry.content.expect("a place");
        assert_eq!((content.layer, content.entry, link.entry.size.as_str()), (0, 0, "10"));
    }

    fn a_hardlink_of_an_older_version_keeps_that_versions_bytes() {
        let stack = Stack::of(Rules::Spec, &[
            &[sized("f", 10)],
            &[Item::hardlink("g", "f")],
            &[sized("f", 20)],
            &[sized("f", 40), sized(".wh.g", 0)],
        ]);
        assert_eq!(lines(&stack.tree), [
            "f 0:0 Whiteout@3 by .wh.g 10",
            "f 2:0 Replaced@3 by f 20",
            "g 1:0 Whiteout@3 by .wh.g",
        ]);
    }

    fn copies_tell_whether_what_came_next_is_the_same() {
        let stack = Stack::of(Rules::Spec, &[
            &[with_content("chmod", 5, 'a'), with_content("edit", 6, 'b'), sized("unread", 7), with_content("back", 8, 'c'), with_content("gone", 9, 'd')],
            &[with_content("chmod", 5, 'a'), with_content("edit", 6, 'e'), sized("unread", 7), sized(".wh.back", 0), sized(".wh.gone", 0)],
            &[with_content("back", 8, 'c'), Item::symlink("edit", "chmod")],
        ]);
        let waste = stack.tree.waste(3);
        let found: Vec<String> = waste.paths.iter().map(copies).collect();
        assert_eq!(found, [
            "edit 12 [0:6 other, 1:6 other]",
            "gone gone 9 [0:9]",
            "back 8 [0:8 same]",
            "unread 7 [0:7]",
            "chmod 5 [0:5 same]",
        ]);
    }

    fn a_path_twice_in_a_layer_wastes_what_came_first() {
        let stack = Stack::of(Rules::Spec, &[&[sized("f", 3), sized("f", 4), Item::dir("d"), Item::dir("d")]]);
        assert_eq!(lines(&stack.tree), ["f 0:0 Replaced@0 by f 3"]);
    }

    fn hidden_entries_page_by_path_in_byte_order() {
        let mut items: Vec<Item> = Vec::new();
        for path in ["a/b", "a-b", "a.b/c", "a0", "a/b-c", "b", "a/\u{ff}"] {
            items.push(sized(path, 1));
        }
        items.push(sized(b"a/\xff", 1));
        let whiteouts: Vec<Item> = ["a", "a-b", "a.b", "a0", "b"].iter().map(|name| sized(format!(".wh.{name}"), 0)).collect();
        let stack = Stack::of(Rules::Spec, &[&items, &whiteouts]);
        let all = stack.tree.hidden_entries(0, 100);
        let bytes = |view: &HiddenView| match &view.path.path_hex {
            Some(hex) => crate::support::layer_stack::unhex(hex),
            None => view.path.path.clone().into_bytes(),
        };
        let paths: Vec<Vec<u8>> = all.entries.iter().map(bytes).collect();
        let mut sorted = paths.clone();
        sorted.sort();
        assert_eq!((paths.len(), &paths), (8, &sorted));
        let mut paged = Vec::new();
        while paged.len() < paths.len() {
            let page = stack.tree.hidden_entries(paged.len(), 3);
            assert_eq!((page.total as usize, page.offset as usize), (paths.len(), paged.len()));
            paged.extend(page.entries.iter().map(bytes));
        }
        assert_eq!(paged, paths);
        assert_eq!(stack.tree.hidden_entries(100, 3).entries.len(), 0);
    }

    fn lists_end_at_their_caps_and_count_the_rest() {
        let limits = Limits { waste_paths: 2, waste_copies: 3, page_entries: 4, scored_paths: 6, ..Limits::default() };
        let layer: Vec<Item> = (0..5).flat_map(|file| {
            let copy = move |_| sized(format!("f{file}"), 1 + file);
            (0..6).map(copy)
        }).collect();
        let mut tree = MergedTree::new(Rules::Spec, &limits);
        tree.apply(0, table(&layer), &mut Diagnostics::new(100));
        let waste = tree.waste(1);
        let found: Vec<(String, u32)> = waste.paths.iter().map(|path| (copies(path), path.more)).collect();
        assert_eq!(found, [("f4 25 [0:5, 0:5, 0:5]".to_owned(), 2), ("f3 20 [0:4, 0:4, 0:4]".to_owned(), 2)]);
        assert_eq!((waste.path_count, waste.dive.is_some()), (5, true));
        let page = tree.hidden_entries(0, 1_000);
        assert_eq!((page.total, page.entries.len()), (25, 4));
        tree.apply(1, table(&[sized("f5", 1), sized("f6", 1)]), &mut Diagnostics::new(100));
        assert!(tree.waste(2).dive.is_none(), "seven paths are one too many");
    }

    fn a_million_bytes_of_claims_do_not_overflow() {
        let huge = [sized("a", u64::MAX), sized("b", u64::MAX), sized("a", u64::MAX)];
        let stack = Stack::of(Rules::Spec, &[&huge, &huge]);
        let waste = stack.tree.waste(2);
        assert_eq!((waste.total.as_str(), waste.wasted.as_str()), ("110680464442257309690", "73786976294838206460"));
        assert_eq!(waste.efficiency, "0.3333");
    }

    fn deep_and_long_chains_of_versions_stay_quick() {
        let deep = "d/".repeat(2_000);
        let mut items: Vec<Item> = (0..50_000).map(|index| sized(format!("x/{}", index % 100), 1)).collect();
        items.push(sized(format!("{deep}f"), 1));
        for _ in 0..50_000 {
            items.push(sized("x", 1));
            items.push(sized("x/y", 1));
        }
        let stack = Stack::of(Rules::Spec, &[&items, &[sized(".wh.d", 0)]]);
        let waste = stack.tree.waste(2);
        assert_eq!((waste.total.as_str(), waste.wasted.as_str()), ("150001", "150000"));
        assert_eq!(stack.tree.hidden_entries(0, 1).total, 150_000);
    }
}
