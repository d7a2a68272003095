//! Layers of entries from a small alphabet of names, so that they meet.

use std::sync::Arc;

use oci_lens::{
    buildkit::checksum::{Checksum, Contents, Query},
    diagnostic::Diagnostics,
    digest::Digest,
    layer::table::{Entry, EntryKind, EntryTable, RawPath, Timestamp},
    limits::Limits,
    tree::{MergedTree, Rules, dump, view::TreeView},
};

const NAMES: [&[u8]; 16] = [
    b"a",
    b"b",
    b"c",
    b"d",
    b"a-b",
    b".",
    b"..",
    b"",
    b".wh.a",
    b".wh.b",
    b".wh..wh..opq",
    b".wh.",
    b".wh...",
    b".wh..wh.plnk",
    b".wh.c",
    b"\xff",
];

// Three bytes an entry: kind, path, link name.
fn table(bytes: &[u8]) -> Arc<EntryTable> {
    let mut table = EntryTable::new();
    for (index, chunk) in bytes.chunks_exact(3).enumerate() {
        let [kind, path, link] = *chunk else { continue };
        let kind = match kind % 8 {
            0 | 1 => EntryKind::File,
            2 | 3 => EntryKind::Directory,
            4 => EntryKind::Symlink,
            5 => EntryKind::Hardlink,
            6 => EntryKind::Char,
            _ => EntryKind::Other(kind),
        };
        let join = |byte: u8| {
            let names = [NAMES[usize::from(byte >> 4)], NAMES[usize::from(byte & 15)]];
            names.join(&b'/')
        };
        let offset = index as u64 * 512;
        let pushed = table.push(&Entry {
            kind,
            path: RawPath::new(&join(path)),
            link_name: &join(link),
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: Timestamp {
                seconds: 0,
                nanoseconds: 0,
            },
            device: (0, 0),
            xattrs: Vec::new(),
            content: None,
            header_offset: offset,
            data_offset: offset + 512,
            stored_size: 0,
        });
        assert!(pushed.is_ok());
    }
    Arc::new(table)
}

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let limits = Limits {
        nodes: 10_000,
        ..Limits::default()
    };
    for rules in [Rules::Spec, Rules::Containerd] {
        let mut tree = MergedTree::new(rules, &limits);
        let mut diagnostics = Diagnostics::new(100);
        for (layer, bytes) in (0..).zip(bytes.split(|&byte| byte == 0xfe)) {
            tree.apply(layer, table(bytes), &mut diagnostics);
        }
        let mut paths = Vec::new();
        let mut walk = tree.walk();
        while let Some((path, node)) = walk.next_node() {
            assert_eq!(tree.find(path).map(|found| found.id()), Some(node.id()));
            assert!(!node.history().is_empty());
            paths.push(path.to_vec());
        }
        assert!(paths.is_sorted());
        assert_eq!(paths.len(), tree.len());
        let lines: Result<(), ()> = dump::dump(&tree, |_| Ok(()));
        assert!(lines.is_ok());
        let mut view = TreeView::new(&tree);
        view.expand_all(&tree, u32::MAX);
        assert_eq!(view.len(), tree.len());
        checksums(&tree, bytes, &limits);
    }
}

const PATTERNS: [&str; 8] = ["*", "**", "a*", "!a", "**/b", "a/**", "[ab]", "\\a"];

// No file has content, so that every checksum is known at once.
fn checksums(tree: &MergedTree, bytes: &[u8], limits: &Limits) {
    for chunk in bytes.chunks_exact(4).take(8) {
        let [path, options, include, exclude] = *chunk else {
            continue;
        };
        let name = |byte: u8| NAMES[usize::from(byte & 15)];
        let patterns = |byte: u8, is_used: bool| {
            let pattern = PATTERNS[usize::from(byte & 7)].to_owned();
            is_used.then_some(pattern).into_iter().collect()
        };
        let query = Query {
            path: [name(path >> 4), name(path)].join(&b'/'),
            follow_links: options & 1 != 0,
            wildcard: options & 2 != 0,
            include: patterns(include, options & 4 != 0),
            exclude: patterns(exclude, options & 8 != 0),
            required: Vec::new(),
        };
        let Ok(checksum) = Checksum::new(tree, &query, limits) else {
            continue;
        };
        let outcome = checksum.finish(tree, &Contents::default());
        let outcome = outcome.unwrap_or_else(|error| panic!("{query:?}: {error}"));
        let mut hashed = Vec::new();
        for record in &outcome.records {
            let slashes = record.path.iter();
            let key: Vec<u8> = slashes.map(|&byte| byte * u8::from(byte != b'/')).collect();
            hashed.extend_from_slice(if key.is_empty() { &[0] } else { &key });
            hashed.extend_from_slice(record.digest.to_string().as_bytes());
        }
        assert!(hashed.is_empty() || Digest::sha256(&hashed) == outcome.digest);
    }
}
