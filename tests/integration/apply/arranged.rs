//! Rows under any query against a plain recomputation from the paths.

use std::{cmp::Reverse, collections::BTreeSet};

use oci_lens::{
    limits::Limits,
    report::{Change, NodeType, PathPattern, PatternKind, RowView, SortKey, TreeQuery},
    tree::{MergedTree, NodeRef, Rules, view::TreeView},
};

use super::random::Layers;
use crate::support::{
    layer_stack::{Item, Stack, seconds},
    random::Random,
};

const ALL: [Change; 4] = [
    Change::Unchanged,
    Change::Added,
    Change::Modified,
    Change::Removed,
];
const SORTS: [SortKey; 6] = [
    SortKey::Name,
    SortKey::Size,
    SortKey::Mode,
    SortKey::Owner,
    SortKey::Modified,
    SortKey::Layer,
];

/// A path that shows somewhere.
struct Place<'a> {
    path: Vec<u8>,
    node: NodeRef<'a>,
    change: Change,
    selected: bool,
}

impl Place<'_> {
    fn parent(&self) -> &[u8] {
        let slash = self.path.iter().rposition(|&byte| byte == b'/');
        &self.path[..slash.unwrap_or(0)]
    }

    fn is_below(&self, path: &[u8]) -> bool {
        self.path.starts_with(&[path, b"/"].concat())
    }

    fn name(&self) -> &[u8] {
        self.node.name()
    }
}

fn places<'a>(tree: &'a MergedTree, first: u32, query: &TreeQuery) -> Vec<Place<'a>> {
    let shown = |change| match query.changes.as_slice() {
        [] => change != Change::Removed,
        changes => changes.contains(&change),
    };
    let mut places: Vec<Place<'_>> = tree
        .walk()
        .chain(tree.hidden())
        .filter_map(|node| {
            let change = tree.change(node.id(), first)?;
            let node = match change {
                Change::Removed => tree.before(node.id(), first)?,
                _ => node,
            };
            let path = node.path();
            let matches = query
                .pattern
                .as_ref()
                .is_none_or(|pattern| matches(pattern, &path));
            Some(Place {
                path,
                node,
                change,
                selected: shown(change) && matches,
            })
        })
        .collect();
    places.sort_by(|left, right| left.path.cmp(&right.path));
    places
}

/// By plain means: for names and patterns of ASCII alone.
fn matches(pattern: &PathPattern, path: &[u8]) -> bool {
    let fold = |text: &str| match pattern.case_sensitive {
        true => text.to_owned(),
        false => text.to_lowercase(),
    };
    let path = fold(&oci_lens::diagnostic::escape(path));
    let name = path.rsplit('/').next().unwrap_or_default();
    let text = fold(&pattern.pattern);
    let place = if text.contains('/') {
        path.as_str()
    } else {
        name
    };
    match pattern.kind {
        PatternKind::Text => format!("/{place}").contains(&text),
        PatternKind::Glob => glob(text.trim_start_matches('/').as_bytes(), place.as_bytes()),
        PatternKind::Regex => {
            let regex = regex_lite::Regex::new(&text).expect("a valid pattern");
            regex.is_match(place)
        }
    }
}

fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', b'*', b'/', rest @ ..], _) => {
            let starts = text.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            let mut starts = starts.map(|(at, _)| &text[at + 1..]);
            glob(rest, text) || starts.any(|text| glob(rest, text))
        }
        ([b'*', b'*'], _) => true,
        ([b'*', rest @ ..], _) => {
            let end = text
                .iter()
                .position(|&byte| byte == b'/')
                .unwrap_or(text.len());
            (0..=end).any(|at| glob(rest, &text[at..]))
        }
        ([b'?', rest @ ..], [byte, text @ ..]) => *byte != b'/' && glob(rest, text),
        ([wanted, rest @ ..], [byte, text @ ..]) => wanted == byte && glob(rest, text),
        _ => false,
    }
}

/// Each file once, by whether two paths share it.
fn total(places: &[Place<'_>], of: &Place<'_>) -> u64 {
    let is_removed = of.change == Change::Removed;
    let mut seen: Vec<&NodeRef<'_>> = Vec::new();
    let below = places.iter().filter(|place| {
        (place.change == Change::Removed) == is_removed
            && (place.path == of.path || place.is_below(&of.path))
    });
    for place in below {
        if !seen.iter().any(|other| other.same_file(&place.node)) {
            seen.push(&place.node);
        }
    }
    seen.iter().map(|node| node.size()).sum()
}

/// A line for each row.
fn expected(
    tree: &MergedTree,
    first: u32,
    query: &TreeQuery,
    expanded: &BTreeSet<Vec<u8>>,
) -> Vec<String> {
    let places = places(tree, first, query);
    let shown: Vec<&Place<'_>> = places
        .iter()
        .filter(|place| {
            let leads = |other: &Place<'_>| other.selected && other.is_below(&place.path);
            place.selected || places.iter().any(leads)
        })
        .collect();
    let has_shown = |path: &[u8]| shown.iter().any(|place| place.is_below(path));
    let mut lines = Vec::new();
    let mut lists = vec![(siblings(&places, &shown, b"", query).into_iter(), 1)];
    while let Some((list, level)) = lists.last_mut() {
        let level = *level;
        let count = list.len();
        let Some((place, position, length)) = list.next() else {
            lists.pop();
            continue;
        };
        let expandable = has_shown(&place.path);
        let open = expandable && (query.pattern.is_some() || expanded.contains(&place.path));
        lines.push(format!(
            "{level} {position}/{length} {:?} {:?} {} {expandable} {open}",
            oci_lens::diagnostic::escape(&place.path),
            place.change,
            total(&places, place),
        ));
        assert!(count <= length);
        if open {
            let list = siblings(&places, &shown, &place.path, query);
            lists.push((list.into_iter(), level + 1));
        }
    }
    lines
}

fn siblings<'p, 'a>(
    places: &[Place<'a>],
    shown: &[&'p Place<'a>],
    parent: &[u8],
    query: &TreeQuery,
) -> Vec<(&'p Place<'a>, usize, usize)> {
    let mut list: Vec<&Place<'_>> = shown
        .iter()
        .copied()
        .filter(|place| place.parent() == parent)
        .collect();
    list.sort_by(|left, right| left.name().cmp(right.name()));
    if query.descending && query.sort == SortKey::Name {
        list.reverse();
    }
    let key = |place: &Place<'_>| -> (i128, i128) {
        let node = &place.node;
        match query.sort {
            SortKey::Name => {
                let is_file = tree_kind(place) != NodeType::Dir;
                (i128::from(is_file), 0)
            }
            SortKey::Size => (total(places, place).into(), 0),
            SortKey::Mode => (node.mode().into(), 0),
            SortKey::Owner => (node.uid().into(), node.gid().into()),
            SortKey::Modified => (node.mtime().unwrap_or(i128::MIN), 0),
            SortKey::Layer => (node.layer().map_or(-1, i128::from), 0),
        }
    };
    if query.descending && query.sort != SortKey::Name {
        list.sort_by_key(|place| Reverse(key(place)));
    } else {
        list.sort_by_key(|place| key(place));
    }
    let length = list.len();
    let place = |(position, place)| (place, position + 1, length);
    list.into_iter().enumerate().map(place).collect()
}

fn tree_kind(place: &Place<'_>) -> NodeType {
    place.node.node_type()
}

fn lines(rows: &[RowView]) -> Vec<String> {
    let line = |row: &RowView| {
        format!(
            "{} {}/{} {:?} {:?} {} {} {}",
            row.level,
            row.position,
            row.siblings,
            row.path,
            row.change,
            row.total_size,
            row.expandable,
            row.expanded
        )
    };
    rows.iter().map(line).collect()
}

fn vary(random: &mut Random, mut item: Item) -> Item {
    item.size = [0, 1, 1, 10, 500][random.below(5)];
    item.uid = random.below(2) as u64;
    item.gid = random.below(2) as u64;
    item.mode ^= [0, 0, 0o111][random.below(3)];
    item.mtime = seconds([-1, 0, 1_000_000_000][random.below(3)]);
    item
}

fn query(random: &mut Random) -> TreeQuery {
    let patterns = [
        (PatternKind::Text, "a"),
        (PatternKind::Text, "A-B"),
        (PatternKind::Text, "a/b"),
        (PatternKind::Text, "/a"),
        (PatternKind::Text, "b/"),
        (PatternKind::Text, ""),
        (PatternKind::Text, "xff"),
        (PatternKind::Glob, "a*"),
        (PatternKind::Glob, "?"),
        (PatternKind::Glob, "*/b"),
        (PatternKind::Glob, "**/b"),
        (PatternKind::Glob, "a/**"),
        (PatternKind::Glob, "/b"),
        (PatternKind::Regex, "^[ab]$"),
        (PatternKind::Regex, "^a(/b)+$"),
        (PatternKind::Regex, "/d$"),
        (PatternKind::Regex, "a|c"),
    ];
    let pattern = (random.below(2) == 0).then(|| {
        let (kind, pattern) = patterns[random.below(patterns.len())];
        PathPattern {
            kind,
            pattern: pattern.to_owned(),
            case_sensitive: random.below(2) == 0,
        }
    });
    let pattern = pattern.filter(|pattern| !pattern.pattern.is_empty());
    let changes = ALL.into_iter().filter(|_| random.below(4) == 0).collect();
    TreeQuery {
        sort: SORTS[random.below(SORTS.len())],
        descending: random.below(2) == 0,
        pattern,
        changes,
    }
}

/// Another pattern and nothing else: by preference what is typed next.
fn next(random: &mut Random, query: TreeQuery) -> TreeQuery {
    let mut query = query;
    let Some(pattern) = &mut query.pattern else {
        return query;
    };
    match random.below(10) {
        0 => pattern.case_sensitive = !pattern.case_sensitive,
        1 | 2 => *pattern = self::query(random).pattern.unwrap_or(pattern.clone()),
        8 if pattern.kind != PatternKind::Text => pattern.kind = PatternKind::Text,
        8 | 9 => {
            // As a pattern of another kind it finds more.
            *pattern = PathPattern {
                kind: PatternKind::Regex,
                pattern: format!("{}|c", regex_lite::escape(&pattern.pattern)),
                ..*pattern
            };
        }
        choice if pattern.kind == PatternKind::Text => {
            let next = ["a", "b", "/", "-", "x", "d"][random.below(6)];
            match choice {
                3 | 4 => pattern.pattern.insert_str(0, next),
                _ => pattern.pattern.push_str(next),
            }
        }
        _ => {}
    }
    query
}

cases! {
    fn rows_under_any_query_are_those_of_a_plain_recomputation() {
        let mut random = Random::new(0x0123_4567);
        let mut source = Layers::new(0x89ab_cdef);
        for turn in 0..1_500 {
            let mut stack = Stack::new(Rules::Spec);
            let mut layers = Vec::new();
            for _ in 0..1 + random.below(4) {
                let layer: Vec<Item> = source.layer().into_iter().map(|item| vary(&mut random, item)).collect();
                stack.push(crate::support::layer_stack::table(&layer));
                layers.push(layer);
            }
            let tree = &stack.tree;
            let first = u32::try_from(random.below(layers.len())).expect("small");
            let mut view = TreeView::since(tree, first);
            let directories: Vec<NodeRef<'_>> = tree.walk().filter(NodeRef::is_directory).collect();
            let mut expanded = BTreeSet::new();
            for node in directories.iter().filter(|node| node.has_children()) {
                if random.below(3) > 0 {
                    expanded.insert(node.path());
                }
            }
            // In whatever order: what is expanded inside shows with it.
            for path in expanded.iter().rev() {
                view.expand(tree, tree.find(path).expect("a directory").id());
            }
            let mut typed = None;
            for _ in 0..4 {
                let query = match typed {
                    // Now and then, only the pattern is another.
                    Some(query) if random.below(3) > 0 => next(&mut random, query),
                    _ => query(&mut random),
                };
                typed = Some(query.clone());
                view.arrange(tree, query.clone(), &Limits::default()).expect("a valid pattern");
                let place = format!("turn {turn}, from {first}, {query:?}: {layers:?}");
                // Of these nothing is listed yet but what is asked of them.
                let (mut paged, mut asked) = (view.clone(), view.clone());
                let rows = view.rows(tree, 0, usize::MAX);
                assert_eq!(lines(&rows.rows), expected(tree, first, &query, &expanded), "{place}");
                assert_eq!((rows.total as usize, view.len()), (rows.rows.len(), rows.rows.len()), "{place}");
                for _ in 0..3 {
                    let offset = random.below(rows.rows.len() + 2);
                    let limit = random.below(4);
                    let end = (offset + limit).min(rows.rows.len());
                    let page = paged.rows(tree, offset, limit);
                    assert_eq!(page.rows, rows.rows.get(offset..end).unwrap_or_default(), "{offset}, {limit}: {place}");
                }
                let all = places(tree, first, &query);
                let selected = match query.pattern.is_none() && query.changes.is_empty() {
                    true => tree.len(),
                    false => all.iter().filter(|place| place.selected).count(),
                };
                assert_eq!(view.selected() as usize, selected, "{place}");
                if let Some(row) = rows.rows.get(random.below(rows.rows.len().max(1))) {
                    // Closing and opening comes back to the same rows.
                    if row.expanded {
                        assert!(view.collapse(tree, row.node), "{place}");
                        assert!(view.expand(tree, row.node), "{place}");
                    }
                    assert_eq!(view.rows(tree, 0, usize::MAX), rows, "{place}");
                    let shown = all.iter().find(|shown| shown.node.id() == row.node);
                    let path = &shown.expect("a path").path;
                    let at = view.reveal(tree, path).expect("a row");
                    assert_eq!(rows.rows.get(at).map(|row| row.node), Some(row.node), "{place}");
                    assert_eq!(asked.reveal(tree, path), Some(at), "{place}");
                }
                view.refresh(tree);
                assert_eq!(view.rows(tree, 0, usize::MAX), rows, "{place}");
            }
        }
    }
}
