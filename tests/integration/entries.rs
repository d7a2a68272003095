//! Layers of many entries: what they take, and that nothing is lost for it.

#[path = "../../benches/sample.rs"]
mod sample;

use std::sync::Arc;

use oci_lens::diagnostic::Diagnostics;
use oci_lens::digest::Digest;
use oci_lens::layer::TarScan;
use oci_lens::layer::table::{Entry, EntryKind, EntryTable, RawPath, TableFull, Timestamp};
use oci_lens::limits::Limits;
use oci_lens::tree::{MergedTree, Rules};

use sample::Sample;

const PLAIN: Entry<'_> = Entry {
    kind: EntryKind::File,
    path: RawPath::new(b"usr/lib/file"),
    link_name: b"",
    mode: 0o644,
    uid: 1000,
    gid: 1001,
    size: 5,
    mtime: Timestamp {
        seconds: 1_700_000_000,
        nanoseconds: 0,
    },
    device: (0, 0),
    xattrs: Vec::new(),
    content: None,
    header_offset: 512,
    data_offset: 1024,
    stored_size: 5,
};

fn applied(table: EntryTable) -> MergedTree {
    let mut tree = MergedTree::new(Rules::Spec, &Limits::default());
    tree.apply(0, Arc::new(table), &mut Diagnostics::new(10));
    tree
}

#[test]
fn a_path_of_a_large_layer_needs_at_most_64_bytes() {
    const ENTRIES: usize = 150_000;
    let mut scan = TarScan::new(&Limits::default(), false);
    let mut findings = Diagnostics::new(10);
    for chunk in Sample::new(ENTRIES) {
        scan.push(&chunk, &mut findings);
    }
    let (table, counts) = scan.finish(None, &mut findings);
    assert_eq!((counts.total, findings.into_vec()), (150_000, Vec::new()));
    let tree = applied(table);
    assert!(tree.len() >= ENTRIES, "{} paths", tree.len());
    let bytes = tree.memory() / tree.len();
    assert!(bytes <= 64, "{bytes} bytes a path");
}

#[test]
fn a_path_needs_at_most_64_bytes_if_no_name_comes_twice() {
    const ENTRIES: usize = 150_000;
    let mut table = EntryTable::new();
    for number in 0..ENTRIES {
        let path = format!("usr/{}/file-{number:011}", number / 1000);
        let path = RawPath::new(path.as_bytes());
        table.push(&Entry { path, ..PLAIN }).expect("room");
    }
    let tree = applied(table);
    assert!(tree.len() >= ENTRIES, "{} paths", tree.len());
    let bytes = tree.memory() / tree.len();
    assert!(bytes <= 64, "{bytes} bytes a path");
}

#[test]
fn a_table_gives_back_what_it_was_given() {
    let digest = Digest::sha256(b"content");
    let cases = [
        PLAIN,
        Entry {
            uid: u64::MAX,
            ..PLAIN
        },
        Entry {
            gid: 1 << 32,
            ..PLAIN
        },
        Entry {
            content: Some(digest),
            ..PLAIN
        },
        Entry {
            mtime: Timestamp {
                seconds: i64::MIN,
                nanoseconds: 999_999_999,
            },
            ..PLAIN
        },
        Entry {
            header_offset: (1 << 41) - 512,
            data_offset: 1 << 41,
            ..PLAIN
        },
        Entry {
            header_offset: 1 << 41,
            data_offset: (1 << 41) + 512,
            ..PLAIN
        },
        Entry {
            header_offset: 1,
            data_offset: 513,
            ..PLAIN
        },
        Entry {
            header_offset: 0,
            data_offset: 255 * 512,
            ..PLAIN
        },
        Entry {
            header_offset: 0,
            data_offset: 256 * 512,
            ..PLAIN
        },
        Entry {
            header_offset: 1024,
            data_offset: 512,
            ..PLAIN
        },
        Entry {
            size: u64::MAX,
            stored_size: 0,
            ..PLAIN
        },
        Entry {
            kind: EntryKind::Other(b'M'),
            ..PLAIN
        },
        Entry {
            kind: EntryKind::Other(0),
            ..PLAIN
        },
        Entry {
            kind: EntryKind::Char,
            device: (-1, i64::MAX),
            mode: 0o7777,
            ..PLAIN
        },
        Entry {
            kind: EntryKind::Symlink,
            link_name: b"../target",
            xattrs: vec![(b"user.a", b"\0"), (b"user.b", b"")],
            ..PLAIN
        },
        PLAIN,
    ];
    let mut table = EntryTable::new();
    for entry in &cases {
        table.push(entry).expect("room");
    }
    assert_eq!(table.iter().collect::<Vec<_>>(), cases);
}

#[test]
fn a_table_takes_no_name_that_its_rows_cannot_hold() {
    let name = vec![b'a'; 1 << 16];
    let longest = &name[1..];
    for (path, link_name, expected) in [
        (longest, longest, Ok(())),
        (&name[..], longest, Err(TableFull)),
        (longest, &name[..], Err(TableFull)),
    ] {
        let mut table = EntryTable::new();
        let entry = Entry {
            path: RawPath::new(path),
            link_name,
            ..PLAIN
        };
        assert_eq!(table.push(&entry), expected);
        let found: Vec<_> = table.iter().map(|entry| entry.path.len()).collect();
        assert_eq!(
            found,
            if expected.is_ok() {
                vec![longest.len()]
            } else {
                vec![]
            }
        );
    }
}

#[test]
fn names_of_any_length_are_found() {
    let lengths = [1, 126, 127, 128, 129, 4095, 16_383, 16_384, 16_385];
    let names: Vec<Vec<u8>> = lengths.iter().map(|&length| vec![b'n'; length]).collect();
    let mut table = EntryTable::new();
    for path in &names {
        let path = RawPath::new(path);
        table.push(&Entry { path, ..PLAIN }).expect("room");
    }
    let tree = applied(table);
    let found: Vec<_> = names
        .iter()
        .map(|path| tree.find(path).map(|node| node.path()))
        .collect();
    assert_eq!(found, names.into_iter().map(Some).collect::<Vec<_>>());
}

#[test]
fn a_path_is_divided_behind_the_last_slash_that_something_follows() {
    for (path, folder, name) in [
        ("", "", ""),
        ("a", "", "a"),
        ("a/", "", "a/"),
        ("a//", "", "a//"),
        ("/", "", "/"),
        ("//", "", "//"),
        ("/a", "/", "a"),
        ("./", "", "./"),
        ("./a", "./", "a"),
        ("a/.", "a/", "."),
        ("a/./", "a/", "./"),
        ("a/..", "a/", ".."),
        ("a//b", "a//", "b"),
        ("a/b/c/", "a/b/", "c/"),
        ("a/b/c", "a/b/", "c"),
    ] {
        let mut table = EntryTable::new();
        let raw = RawPath::new(path.as_bytes());
        let expected = [folder.as_bytes(), name.as_bytes()];
        for entry in [PLAIN, Entry { path: raw, ..PLAIN }] {
            table.push(&entry).expect("room");
        }
        let found = table.entry(1).expect("an entry").path;
        assert_eq!([found.folder(), found.name()], expected, "{path:?}");
        assert_eq!(found.to_vec(), path.as_bytes(), "{path:?}");
    }
}

#[test]
fn paths_are_spelled_as_they_were_in_any_order() {
    let folders = [
        "", "a/", "a/b/", "a/b/c/", "ab/", "./", "./a/", "a//", "/", "\u{ff}/",
    ];
    let names: [&[u8]; 6] = [b"x", b"x/", b"..", b".", b"\xff\x00", b""];
    let mut table = EntryTable::new();
    let mut paths: Vec<Vec<u8>> = Vec::new();
    // Each folder after each other one.
    for (before, after) in folders
        .iter()
        .flat_map(|before| folders.map(|after| (before, after)))
    {
        for name in names {
            paths.push([before.as_bytes(), name].concat());
            paths.push([after.as_bytes(), name].concat());
        }
        paths.push([after.as_bytes(), b"y"].concat());
    }
    for path in &paths {
        let path = RawPath::new(path);
        table.push(&Entry { path, ..PLAIN }).expect("room");
    }
    let in_order: Vec<Vec<u8>> = table.iter().map(|entry| entry.path.to_vec()).collect();
    assert_eq!(in_order, paths);
    let by_position = (0..table.len()).map(|at| table.entry(at).expect("an entry").path.to_vec());
    assert_eq!(by_position.collect::<Vec<_>>(), paths);
}

#[test]
fn an_entry_needs_at_most_64_bytes_beside_its_name() {
    const ENTRIES: usize = 150_000;
    let mut scan = TarScan::new(&Limits::default(), false);
    let mut findings = Diagnostics::new(10);
    for chunk in Sample::new(ENTRIES) {
        scan.push(&chunk, &mut findings);
    }
    let (table, _) = scan.finish(None, &mut findings);
    let names: usize = table.iter().map(|entry| entry.path.name().len()).sum();
    let bytes = (table.memory() - names) / table.len();
    assert!(bytes <= 64, "{bytes} bytes an entry");
}
