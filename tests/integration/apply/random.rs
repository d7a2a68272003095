//! Seeded random layers: what holds of every tree, whatever made it.

use std::collections::BTreeSet;

use oci_lens::{
    diagnostic::Diagnostics,
    layer::table::EntryKind,
    limits::Limits,
    tree::{MergedTree, Rules, dump, view::TreeView},
};

use crate::support::layer_stack::{Item, Stack, table};
use crate::support::random::Random;

const NAMES: [&[u8]; 14] = [
    b"a",
    b"b",
    b"c",
    b"a-b",
    b".",
    b"..",
    b"",
    b".wh.a",
    b".wh.b",
    b".wh..wh..opq",
    b".wh...",
    b".wh..wh.plnk",
    b"\xff",
    b"d",
];

/// Layers whose entries meet often.
pub struct Layers(Random);

impl Layers {
    pub fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    fn stack(&mut self) -> Vec<Vec<Item>> {
        (0..=self.0.below(4)).map(|_| self.layer()).collect()
    }

    fn path(&mut self) -> Vec<u8> {
        let parts: Vec<&[u8]> = (0..=self.0.below(3))
            .map(|_| *NAMES.get(self.0.below(NAMES.len())).expect("a name"))
            .collect();
        parts.join(&b'/')
    }

    pub fn layer(&mut self) -> Vec<Item> {
        (0..self.0.below(12)).map(|_| self.item()).collect()
    }

    fn item(&mut self) -> Item {
        let path = self.path();
        match self.0.below(8) {
            0..=2 => Item::file(path),
            3 | 4 => Item::dir(path),
            5 => Item::symlink(path, self.path()),
            6 => Item::hardlink(path, self.path()),
            _ => Item::new(EntryKind::Fifo, path),
        }
    }
}

fn lines(tree: &MergedTree) -> Vec<String> {
    let mut lines = Vec::new();
    let outcome: Result<(), ()> = dump::dump(tree, |line| {
        // Positions of entries differ between orders, layers do not.
        lines.push(format!("{line:?}"));
        Ok(())
    });
    outcome.expect("every line is taken");
    lines
}

fn is_whiteout(item: &Item) -> bool {
    let path = oci_lens::tree::path::EntryPath::new(&item.path);
    path.name().starts_with(b".wh.")
}

cases! {
    fn walks_counts_histories_and_rows_agree() {
        let mut random = Layers::new(1);
        for turn in 0..3_000 {
            let layers = random.stack();
            for rules in [Rules::Spec, Rules::Containerd] {
                let mut stack = Stack::new(rules);
                for layer in &layers {
                    stack.push(table(layer));
                }
                let tree = &stack.tree;
                let place = format!("turn {turn}, {rules:?}: {layers:?}");
                let mut seen = BTreeSet::new();
                let mut last = Vec::new();
                let mut walk = tree.walk();
                while let Some((path, node)) = walk.next_node() {
                    assert!(last.as_slice() < path, "{place}");
                    last = path.to_vec();
                    assert_eq!(node.path(), path, "{place}");
                    assert_eq!(tree.find(path).map(|found| found.id()), Some(node.id()), "{place}");
                    let parent = node.parent().expect("a parent");
                    assert!(parent.is_directory(), "{place}");
                    assert!(parent.children().any(|child| child.id() == node.id()), "{place}");
                    let newest = node.history().pop().expect("an event");
                    assert_eq!(newest.entry, node.written().map(|at| at.entry), "{place}");
                    seen.insert(node.id());
                }
                assert_eq!(seen.len(), tree.len(), "{place}");
                assert!(tree.hidden().all(|node| !seen.contains(&node.id())), "{place}");
                let mut view = TreeView::new(tree);
                view.expand_all(tree, u32::MAX);
                let rows = view.rows(tree, 0, usize::MAX).rows;
                assert_eq!(rows.iter().map(|row| row.node).collect::<BTreeSet<u32>>(), seen, "{place}");
                assert_eq!(rows.len(), tree.len(), "{place}");
            }
        }
    }

    fn spec_trees_do_not_depend_on_where_whiteouts_stand() {
        let mut random = Layers::new(2);
        for turn in 0..3_000 {
            let layers = random.stack();
            let apply = |last: bool| {
                let mut tree = MergedTree::new(Rules::Spec, &Limits::default());
                for (index, layer) in (0..).zip(&layers) {
                    let mut layer = layer.clone();
                    layer.sort_by_key(|item| is_whiteout(item) == last);
                    tree.apply(index, table(&layer), &mut Diagnostics::new(0));
                }
                lines(&tree)
            };
            assert_eq!(apply(false), apply(true), "turn {turn}: {layers:?}");
        }
    }
}
