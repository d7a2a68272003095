//! A part of a tree as a figure shows it, and what is highlighted.

use oci_lens::{
    limits::Limits,
    report::{Change, PathPattern, PatternKind, RowView, TreeQuery},
    tree::{MergedTree, Rules, view::TreeView},
};

use crate::support::layer_stack::{Item, Stack};

/// Rows with how many paths each holds unseen, and a star where highlighted.
fn shown(view: &mut TreeView, tree: &MergedTree) -> Vec<String> {
    let row = |row: &RowView| {
        let mark = match (row.expandable, row.expanded) {
            (true, true) => "-",
            (true, false) => "+",
            (false, _) => " ",
        };
        let held = row.holds.map_or(String::new(), |held| format!(" {held}"));
        let star = if row.highlighted { " *" } else { "" };
        let indent = "  ".repeat(row.level as usize - 1);
        format!("{indent}{mark}{}{held}{star}", row.name)
    };
    view.rows(tree, 0, 100).rows.iter().map(row).collect()
}

fn glob(pattern: &str) -> PathPattern {
    PathPattern {
        kind: PatternKind::Glob,
        pattern: pattern.to_owned(),
        case_sensitive: true,
    }
}

fn app() -> Vec<Item> {
    vec![
        Item::dir("app"),
        Item::dir("app/lib"),
        Item::dir("app/lib/deep"),
        Item::file("app/lib/deep/b.so"),
        Item::file("app/lib/a.so"),
        Item::file("app/run"),
        Item::dir("etc"),
        Item::file("etc/run"),
    ]
}

cases! {
    fn a_part_shows_what_lies_below_a_directory_to_a_depth() {
        let stack = Stack::of(Rules::Spec, &[&app()]);
        let tree = &stack.tree;
        let mut view = TreeView::new(tree);
        for (path, depth, expected) in [
            ("app", 0, vec!["+lib 3", " run"]),
            ("/app/", 1, vec!["-lib", "  +deep 1", "   a.so", " run"]),
            ("app", 9, vec!["-lib", "  -deep", "     b.so", "   a.so", " run"]),
            ("app/lib", 0, vec!["+deep 1", " a.so"]),
            ("", 0, vec!["+app 5", "+etc 1"]),
            ("app/run", 1, vec![]),
            ("nothing", 1, vec![]),
        ] {
            view.show_part(tree, path.as_bytes(), depth);
            assert_eq!(shown(&mut view, tree), expected, "{path} {depth}");
            assert_eq!(view.len(), expected.len(), "{path} {depth}");
        }
    }

    fn a_part_is_found_by_symlinks_that_lead_there() {
        let mut items = app();
        items.extend([
            Item::symlink("bin", "app/lib"),
            Item::symlink("etc/also", "../bin"),
            Item::symlink("etc/round", "round"),
            Item::symlink("etc/gone", "/nowhere"),
        ]);
        let stack = Stack::of(Rules::Spec, &[&items]);
        let mut view = TreeView::new(&stack.tree);
        for (path, expected) in [
            ("bin", vec!["+deep 1", " a.so"]),
            ("/bin/deep", vec![" b.so"]),
            ("etc/also", vec!["+deep 1", " a.so"]),
            ("etc/round", vec![]),
            ("etc/gone", vec![]),
        ] {
            view.show_part(&stack.tree, path.as_bytes(), 0);
            assert_eq!(shown(&mut view, &stack.tree), expected, "{path}");
        }
    }

    fn rows_of_a_part_open_and_close_and_are_found() {
        let stack = Stack::of(Rules::Spec, &[&app()]);
        let tree = &stack.tree;
        let id = |path: &str| tree.find(path.as_bytes()).expect(path).id();
        let mut view = TreeView::new(tree);
        view.show_part(tree, b"app", 0);
        assert!(view.expand(tree, id("app/lib")));
        assert_eq!(shown(&mut view, tree), ["-lib", "  +deep 1", "   a.so", " run"]);
        assert_eq!(view.reveal(tree, b"app/lib/deep/b.so"), Some(2));
        assert_eq!(view.reveal(tree, b"etc/run"), None, "it is in no row");
        assert!(view.collapse(tree, id("app/lib")));
        assert_eq!(shown(&mut view, tree), ["+lib 3", " run"]);
        view.refresh(tree);
        assert_eq!(view.len(), 2, "what was closed by hand stays closed");
        view.expand_all(tree, 1);
        assert_eq!(shown(&mut view, tree), ["-lib", "  +deep 1", "   a.so", " run"]);
        assert_eq!(view.rows(tree, 1, 2).rows.len(), 2);
    }

    fn a_part_opens_what_arrives_later() {
        let (before, after) = (Stack::of(Rules::Spec, &[]), Stack::of(Rules::Spec, &[&app()]));
        let mut view = TreeView::new(&before.tree);
        view.show_part(&before.tree, b"app", 1);
        view.highlight(&before.tree, Some(&glob("b.so")), &Limits::default()).expect("a pattern");
        assert!(view.is_empty());
        view.move_to(&after.tree);
        assert_eq!(shown(&mut view, &after.tree), ["-lib", "  -deep", "     b.so *", "   a.so", " run"]);
    }

    fn highlighted_paths_are_in_sight() {
        let stack = Stack::of(Rules::Spec, &[&app()]);
        let tree = &stack.tree;
        for (part, pattern, expected) in [
            (None, "/app/run", vec!["-app", "  +lib", "   run *", "+etc"]),
            (None, "run", vec!["-app", "  +lib", "   run *", "-etc", "   run *"]),
            (None, "app/{lib/*.so,run}", vec!["-app", "  -lib", "    +deep", "     a.so *", "   run *", "+etc"]),
            (None, "app/lib", vec!["-app", "  +lib *", "   run", "+etc"]),
            (None, "nothing", vec!["+app", "+etc"]),
            (Some("app"), "**/b.so", vec!["-lib", "  -deep", "     b.so *", "   a.so", " run"]),
            (Some("app"), "etc/run", vec!["+lib 3", " run"]),
            (Some("etc"), "run", vec![" run *"]),
        ] {
            let mut view = TreeView::new(tree);
            if let Some(part) = part {
                view.show_part(tree, part.as_bytes(), 0);
            }
            view.highlight(tree, Some(&glob(pattern)), &Limits::default()).expect("a pattern");
            let found = view.first_highlighted(tree);
            assert_eq!(shown(&mut view, tree), expected, "{pattern}");
            let star = expected.iter().position(|row| row.ends_with('*'));
            assert_eq!(found, star, "{pattern}");
            view.highlight(tree, None, &Limits::default()).expect("no pattern");
            assert_eq!(view.first_highlighted(tree), None);
        }
    }

    fn a_bad_pattern_highlights_nothing_else() {
        let stack = Stack::of(Rules::Spec, &[&app()]);
        let tree = &stack.tree;
        let mut view = TreeView::new(tree);
        view.highlight(tree, Some(&glob("run")), &Limits::default()).expect("a pattern");
        let before = shown(&mut view, tree);
        let error = view.highlight(tree, Some(&glob("[")), &Limits::default()).expect_err("no pattern");
        assert_eq!(error.code(), "pattern-invalid");
        assert_eq!(shown(&mut view, tree), before);
    }

    fn a_part_of_some_layers_shows_what_they_removed() {
        let stack = Stack::of(Rules::Spec, &[
            &app(),
            &[Item::file("app/.wh.lib"), Item { size: 1, ..Item::file("app/run") }],
        ]);
        let tree = &stack.tree;
        let mut view = TreeView::since(tree, 1);
        let changes = vec![Change::Added, Change::Modified, Change::Removed, Change::Unchanged];
        view.arrange(tree, TreeQuery { changes, ..TreeQuery::default() }, &Limits::default()).expect("no pattern");
        view.show_part(tree, b"app", 0);
        view.highlight(tree, Some(&glob("app/lib")), &Limits::default()).expect("a pattern");
        let rows: Vec<_> = view.rows(tree, 0, 9).rows.into_iter().map(|row| (row.name, row.change, row.holds, row.highlighted)).collect();
        assert_eq!(rows, [
            ("lib".to_owned(), Change::Removed, Some(3), true),
            ("run".to_owned(), Change::Modified, None, false),
        ]);
    }
}
