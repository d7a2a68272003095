//! The order of siblings whose names are longer than a key, or numbers at their edges.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use oci_lens::layer::table::Timestamp;
use oci_lens::limits::Limits;
use oci_lens::report::{RowView, SortKey, TreeQuery};
use oci_lens::tree::{Rules, view::TreeView};

use crate::support::layer_stack::{Item, Stack};
use crate::support::random::Random;

const KEYS: [SortKey; 6] = [
    SortKey::Name,
    SortKey::Size,
    SortKey::Mode,
    SortKey::Owner,
    SortKey::Modified,
    SortKey::Layer,
];

// Names that are the same for as many bytes as numbers hold, and end there or
// a little later, in bytes of all kinds.
fn name(random: &mut Random) -> Vec<u8> {
    let lengths = [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 100];
    let mut name = vec![b'a'; lengths[random.below(lengths.len())]];
    for _ in 0..=random.below(3) {
        name.push([b'a', b'b', b'A', 1, 0x7f, 0x80, 0xff][random.below(7)]);
    }
    name
}

fn stack(random: &mut Random) -> Stack {
    let mut layers = Vec::new();
    for _ in 0..=random.below(2) {
        let mut folders = vec![Vec::new()];
        let mut layer = Vec::new();
        for _ in 0..random.below(60) {
            let mut path = folders[random.below(folders.len())].clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend(name(random));
            let mut item = if random.below(4) == 0 {
                folders.push(path.clone());
                Item::dir(path)
            } else {
                Item::file(path)
            };
            // Few values, so that names decide often; and the largest there are.
            let number = |random: &mut Random| [0, 1, 2, u64::MAX][random.below(4)];
            item.mode = [0o644, 0o755, 0o7777][random.below(3)];
            (item.uid, item.gid) = (number(random), number(random));
            if item.kind == oci_lens::layer::table::EntryKind::File {
                item.size = [0, 1, 300][random.below(3)];
            }
            item.mtime = Timestamp {
                seconds: [i64::MIN, -1, 0, 1, i64::MAX][random.below(5)],
                nanoseconds: u32::try_from(random.below(2)).unwrap_or(0),
            };
            layer.push(item);
        }
        layers.push(layer);
    }
    let layers: Vec<&[Item]> = layers.iter().map(Vec::as_slice).collect();
    Stack::of(Rules::Spec, &layers)
}

fn bytes(row: &RowView) -> Vec<u8> {
    match &row.path_hex {
        None => row.path.clone().into_bytes(),
        Some(hex) => (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
            .collect(),
    }
}

fn by_column(left: &RowView, right: &RowView, sort: SortKey) -> Ordering {
    let size = |row: &RowView| row.total_size.parse::<u64>().expect("a number");
    let time = |row: &RowView| {
        row.mtime_ns
            .as_ref()
            .map(|time| time.parse::<i128>().expect("a time"))
    };
    match sort {
        SortKey::Name => Ordering::Equal,
        SortKey::Size => size(left).cmp(&size(right)),
        SortKey::Mode => left.mode.cmp(&right.mode),
        SortKey::Owner => (left.uid, left.gid).cmp(&(right.uid, right.gid)),
        SortKey::Modified => time(left).cmp(&time(right)),
        SortKey::Layer => left.layer.cmp(&right.layer),
    }
}

/// The rows below a folder in the order asked for, by one comparison of all.
fn naive(
    rows: &BTreeMap<Vec<u8>, RowView>,
    folder: &[u8],
    query: &TreeQuery,
    list: &mut Vec<Vec<u8>>,
) {
    let is_in = |path: &[u8]| match path.iter().rposition(|byte| *byte == b'/') {
        None => folder.is_empty(),
        Some(at) => path[..at] == *folder,
    };
    let mut children: Vec<(&Vec<u8>, &RowView)> =
        rows.iter().filter(|(path, _)| is_in(path)).collect();
    children.sort_by(|(path, left), (other, right)| {
        let turned = |order: Ordering| {
            if query.descending {
                order.reverse()
            } else {
                order
            }
        };
        if query.sort == SortKey::Name {
            let is_folder = |row: &RowView| row.node_type != oci_lens::report::NodeType::Dir;
            return is_folder(left)
                .cmp(&is_folder(right))
                .then(turned(path.cmp(other)));
        }
        turned(by_column(left, right, query.sort)).then(path.cmp(other))
    });
    for (path, _) in children {
        list.push(path.clone());
        naive(rows, path, query, list);
    }
}

cases! {
    fn rows_stand_as_one_comparison_of_siblings_says() {
        let mut random = Random::new(11);
        let mut most = 0;
        for turn in 0..150 {
            let stack = stack(&mut random);
            let tree = &stack.tree;
            let mut view = TreeView::new(tree);
            view.expand_all(tree, u32::MAX);
            for sort in KEYS {
                for descending in [false, true] {
                    let query = TreeQuery { sort, descending, ..TreeQuery::default() };
                    view.arrange(tree, query.clone(), &Limits::default()).expect("no pattern");
                    let rows = view.rows(tree, 0, usize::MAX).rows;
                    let found: Vec<Vec<u8>> = rows.iter().map(bytes).collect();
                    let by_path = found.iter().cloned().zip(rows).collect();
                    let mut expected = Vec::new();
                    naive(&by_path, b"", &query, &mut expected);
                    assert!(found == expected, "turn {turn}, {sort:?}, {descending}");
                    most = most.max(found.len());
                }
            }
        }
        assert!(most > 60, "{most}");
    }
}
