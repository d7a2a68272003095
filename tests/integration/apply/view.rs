//! The visible rows of an expandable tree.

use oci_lens::{
    report::RowView,
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
        assert!(view.collapse(id("usr")) && !view.collapse(id("usr")));
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
            assert!(view.collapse(first));
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
