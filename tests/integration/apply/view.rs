//! The visible rows of an expandable tree.

use oci_lens::{
    limits::Limits,
    report::{
        Change, EntryPlace, NodeType, PathPattern, PatternKind, RowView, SizeView, TreeQuery,
    },
    tree::{Rules, view::TreeView},
};

use crate::support::layer_stack::{Item, Stack};

fn shown(rows: &[RowView]) -> Vec<String> {
    let row = |row: &RowView| {
        let mark = match (row.expandable, row.expanded) {
            (true, true) => "-",
            (true, false) => "+",
            (false, _) => " ",
        };
        format!(
            "{}{mark}{} {}/{}",
            "  ".repeat(row.level as usize - 1),
            row.name,
            row.position,
            row.siblings
        )
    };
    rows.iter().map(row).collect()
}

fn stack() -> Stack {
    let mut sticky = Item::dir("tmp");
    sticky.mode = 0o1777;
    let mut tool = Item::file("bin/tool");
    (tool.mode, tool.uid, tool.size) = (0o4755, 1_000, 1 << 40);
    Stack::of(
        Rules::Spec,
        &[&[
            Item::dir("bin"),
            tool,
            Item::hardlink("bin/twin", "bin/tool"),
            Item::dir("usr"),
            Item::dir("usr/lib"),
            Item::file("usr/lib/x"),
            Item::file("usr/a"),
            sticky,
            Item::symlink("a", "bin/\u{202e}tool"),
            Item::file(b"z\xff"),
        ]],
    )
}

cases! {
    fn directories_come_first_and_rows_open_and_close() {
        let stack = stack();
        let tree = &stack.tree;
        let id = |path: &str| tree.find(path.as_bytes()).expect(path).id();
        let mut view = TreeView::new(tree);
        let all = shown(&view.rows(tree, 0, 100).rows);
        assert_eq!(all, ["+bin 1/5", " tmp 2/5", "+usr 3/5", " a 4/5", " z\\xff 5/5"]);
        assert!(view.expand(tree, id("usr")) && view.expand(tree, id("usr/lib")));
        assert!(!view.expand(tree, id("tmp")) && !view.expand(tree, id("a")) && !view.expand(tree, id("usr")));
        let open = [
            "+bin 1/5", " tmp 2/5", "-usr 3/5", "  -lib 1/2", "     x 1/1", "   a 2/2", " a 4/5", " z\\xff 5/5",
        ];
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), open);
        let page = view.rows(tree, 3, 2);
        assert_eq!((page.total, page.offset, shown(&page.rows)), (8, 3, vec!["  -lib 1/2".to_owned(), "     x 1/1".to_owned()]));
        assert!(view.collapse(tree, id("usr")) && !view.collapse(tree, id("usr")));
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), all);
        view.expand(tree, id("usr"));
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), open, "what was open inside is open again");
        view.collapse_all(tree);
        assert_eq!(view.reveal(tree, b"/usr/lib/x"), Some(4));
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), open);
        assert_eq!(view.reveal(tree, b"nothing"), None);
        view.expand_all(tree, 1);
        assert_eq!(view.len(), 9);
        view.expand_all(tree, u32::MAX);
        assert_eq!(view.len(), tree.len());
        let beyond = view.rows(tree, 1_000, 10);
        assert_eq!((beyond.total, beyond.offset, beyond.rows.len()), (10, 10, 0));
    }

    fn rows_say_what_a_path_is() {
        let stack = stack();
        let mut view = TreeView::new(&stack.tree);
        view.expand_all(&stack.tree, 1);
        let rows = view.rows(&stack.tree, 0, 100).rows;
        let row = |name: &str| rows.iter().find(|row| row.name == name).expect(name);
        let tool = row("tool");
        assert_eq!(
            (tool.path.as_str(), tool.mode_text.as_str(), tool.uid, tool.size.as_str(), tool.layer, tool.mtime_ns.as_deref()),
            ("bin/tool", "-rwsr-xr-x", 1_000, "1099511627776", Some(0), Some("1000000000000000000"))
        );
        assert_eq!(row("twin").hardlink_to.as_deref(), Some("bin/tool"));
        assert_eq!(row("tmp").mode_text, "drwxrwxrwt");
        let link = rows.iter().find(|row| row.path == "a").expect("a");
        assert_eq!((link.mode_text.as_str(), link.link_name.as_deref()), ("lrwxrwxrwx", Some("bin/\\u{202e}tool")));
        let odd = row("z\\xff");
        assert_eq!((odd.path.as_str(), odd.path_hex.as_deref()), ("z\\xff", Some("7aff")));
        assert_eq!(tool.path_hex, None);
    }

    fn a_pattern_shows_its_matches_and_what_leads_to_them() {
        let stack = stack();
        let tree = &stack.tree;
        let mut view = TreeView::new(tree);
        let search = |kind, pattern: &str| TreeQuery {
            pattern: Some(PathPattern { kind, pattern: pattern.to_owned(), case_sensitive: false }),
            ..TreeQuery::default()
        };
        view.expand(tree, tree.find(b"usr").expect("usr").id());
        let plain = shown(&view.rows(tree, 0, 100).rows);
        view.arrange(tree, search(PatternKind::Text, "X"), &Limits::default()).expect("a pattern");
        // The escape of a byte is part of what is shown.
        let rows = view.rows(tree, 0, 100).rows;
        assert_eq!(shown(&rows), ["-usr 1/2", "  -lib 1/1", "     x 1/1", " z\\xff 2/2"]);
        assert_eq!(rows.iter().map(|row| row.matches.clone()).collect::<Vec<_>>(), [vec![], vec![], vec![(0, 1)], vec![(2, 1)]]);
        assert_eq!((view.selected(), view.reveal(tree, b"bin/tool"), view.reveal(tree, b"usr/lib/x")), (2, None, Some(2)));
        let lib = tree.find(b"usr/lib").expect("usr/lib").id();
        assert!(view.collapse(tree, lib) && !view.collapse(tree, lib));
        assert_eq!(view.len(), 3);
        view.refresh(tree);
        assert_eq!((view.len(), view.reveal(tree, b"usr/lib/x")), (3, Some(2)), "collapsed until it is asked for");
        view.arrange(tree, search(PatternKind::Glob, "b*/t*"), &Limits::default()).expect("a pattern");
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), ["-bin 1/1", "   tool 1/2", "   twin 2/2"]);
        let error = view.arrange(tree, search(PatternKind::Regex, "("), &Limits::default()).expect_err("no pattern");
        assert_eq!(error.code(), "pattern-invalid");
        assert_eq!(view.len(), 3, "nothing has changed");
        view.expand_all(tree, 0);
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), ["+bin 1/1"]);
        view.arrange(tree, TreeQuery::default(), &Limits::default()).expect("no pattern");
        assert_eq!(shown(&view.rows(tree, 0, 100).rows), plain, "as it was before");
    }

    fn removed_paths_show_as_they_were_where_they_are_asked_for() {
        let mut old = Item::file("d/old");
        (old.size, old.uid) = (5, 7);
        let stack = Stack::of(Rules::Spec, &[
            &[Item::dir("d"), old, Item::symlink("d/l", "old"), Item::file("f")],
            &[Item::dir("e"), Item::file(".wh.d"), Item::symlink("f", "e")],
        ]);
        let tree = &stack.tree;
        let mut view = TreeView::since(tree, 1);
        let counts = view.changes().clone();
        assert_eq!((counts.added, counts.modified, counts.removed, counts.unchanged), (1, 1, 3, 0));
        let query = TreeQuery { changes: vec![Change::Removed, Change::Modified], ..TreeQuery::default() };
        view.arrange(tree, query, &Limits::default()).expect("a query");
        view.expand_all(tree, 9);
        let rows = view.rows(tree, 0, 100).rows;
        assert_eq!(shown(&rows), ["-d 1/2", "   l 1/2", "   old 2/2", " f 2/2"]);
        let of = |row: &RowView| (row.change, row.node_type, row.size.clone(), row.total_size.clone(), row.uid, row.layer);
        assert_eq!(of(&rows[0]), (Change::Removed, NodeType::Dir, "0".to_owned(), "5".to_owned(), 0, Some(0)));
        assert_eq!(rows[1].link_name.as_deref(), Some("old"));
        assert_eq!(of(&rows[2]), (Change::Removed, NodeType::File, "5".to_owned(), "5".to_owned(), 7, Some(0)));
        assert_eq!(rows[2].content, Some(EntryPlace { layer: 0, entry: 1 }));
        assert_eq!(of(&rows[3]), (Change::Modified, NodeType::Symlink, "0".to_owned(), "0".to_owned(), 0, Some(1)));
    }

    fn a_size_map_holds_the_largest_and_counts_the_rest() {
        let sized = |path: String, size| {
            let mut item = Item::file(path);
            item.size = size;
            item
        };
        let mut items: Vec<Item> = (0..300).map(|file| sized(format!("many/f{file:03}"), file)).collect();
        items.push(sized("big/a/b/c".to_owned(), 1_000_000));
        items.push(Item::hardlink("big/a/link", "big/a/b/c"));
        items.push(Item::hardlink("big/link", "big/a/b/c"));
        let stack = Stack::of(Rules::Spec, &[&items]);
        let tree = &stack.tree;
        let mut view = TreeView::new(tree);
        let map = view.sizes(tree, 0, 2).expect("a root");
        let of = |view: &SizeView| (view.path.clone(), view.size.clone(), view.children.len(), view.more, view.more_size.clone());
        let row = |path: &str, size: &str, children, more, more_size: &str| (path.to_owned(), size.to_owned(), children, more, more_size.to_owned());
        assert_eq!(of(&map), row("", "1044850", 2, 0, "0"));
        assert_eq!(of(&map.children[0]), row("big", "1000000", 2, 0, "0"));
        assert_eq!(of(&map.children[1]), row("many", "44850", 200, 100, "4950"));
        assert_eq!(of(&map.children[1].children[0]), row("many/f299", "299", 0, 0, "0"));
        let inside: Vec<&str> = map.children[0].children.iter().map(|view| view.name.as_str()).collect();
        assert_eq!(inside, ["a", "link"]);
        assert!(map.children[0].children[0].expandable && map.children[0].children[0].children.is_empty());
        assert_eq!(view.sizes(tree, 999_999, 1), None);
    }

    fn two_hundred_thousand_rows_page_and_splice() {
        let mut items = Vec::new();
        for directory in 0..20 {
            items.extend((0..10_000).map(|file| Item::file(format!("d{directory:02}/f{file:05}"))));
        }
        let stack = Stack::of(Rules::Spec, &[&items]);
        let tree = &stack.tree;
        assert_eq!(tree.len(), 200_020);
        let mut view = TreeView::new(tree);
        view.expand_all(tree, u32::MAX);
        assert_eq!(view.len(), 200_020);
        let first = tree.find(b"d00").expect("d00").id();
        // A hundred of each: a second would be ten times the goal of a
        // millisecond a page and a few an expansion, without optimisation.
        for turn in 0..100 {
            let page = view.rows(tree, turn * 2_000, 100);
            assert_eq!((page.total, page.rows.len()), (200_020, 100));
            assert!(view.collapse(tree, first));
            assert_eq!(view.len(), 190_020);
            assert!(view.expand(tree, first));
        }
        assert_eq!(view.reveal(tree, b"d19/f09999"), Some(200_019));
        assert_eq!(view.rows(tree, 200_019, 100).rows.len(), 1);
        let page = view.rows(tree, 10_001, 2);
        assert_eq!(shown(&page.rows), ["-d01 2/20", "   f00000 1/10000"]);
    }

    fn memory_of_a_path_is_small() {
        let items: Vec<Item> = (0..100_000)
            .map(|file| Item::file(format!("usr/share/d{}/f{}", file / 100, file % 100)))
            .collect();
        let stack = Stack::of(Rules::Spec, &[&items]);
        let each = stack.tree.memory() / stack.tree.len();
        assert!(each <= 64, "{each} bytes a path");
    }
}
