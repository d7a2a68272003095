//! What a scan found, against what the table of contents has promised.

use std::borrow::Cow;

use super::reader::TOC_NAME;
use crate::diagnostic::{Diagnostic, Severity, escape};
use crate::layer::entry::RawPath;
use crate::layer::table::{Entry, EntryKind, EntryTable, Timestamp};
use crate::report::TocFormat;

/// The first entry of a layer's tar that is not what its table of contents says, or that only one
/// of the two has. Entries are compared in their order, by all that both tell but where bytes lie.
///
/// eStargz' table leaves itself out, and has times by the second; both write names in JSON, which
/// has no bytes that are not UTF-8.
pub fn mismatch(format: TocFormat, toc: &EntryTable, tar: &EntryTable) -> Option<Diagnostic> {
    let is_itself =
        |entry: &Entry<'_>| format == TocFormat::Estargz && entry.path.to_vec() == TOC_NAME;
    let mut found = tar.iter().filter(|entry| !is_itself(entry));
    for expected in toc.iter() {
        let Some(found) = found.next() else {
            return Some(differs(
                expected.path,
                shown(&expected),
                "nothing".to_owned(),
            ));
        };
        if let Some((expected, found)) = difference(&expected, &found) {
            return Some(differs(found.0, expected, found.1));
        }
    }
    let more = found.next()?;
    Some(differs(more.path, "nothing".to_owned(), shown(&more)))
}

fn differs(path: RawPath<'_>, expected: String, found: String) -> Diagnostic {
    Diagnostic::new(
        Severity::Warning,
        "toc-mismatch",
        "the layer's tar is not what its table of contents says; lists and contents are those of the tar",
    )
    .path(&path.to_vec())
    .expected(expected, found)
}

// What the table of contents says, and the tar's path and what it says.
fn difference<'a>(
    expected: &Entry<'_>,
    found: &Entry<'a>,
) -> Option<(String, (RawPath<'a>, String))> {
    let differs = |expected: String, actual: String| Some((expected, (found.path, actual)));
    let number = |name: &str, expected: u64, actual: u64| {
        differs(format!("{name} {expected}"), format!("{name} {actual}"))
    };
    if !is_same_text(&expected.path.to_vec(), &found.path.to_vec()) {
        return differs(shown(expected), shown(found));
    }
    if expected.kind != found.kind {
        return differs(name_of(expected.kind), name_of(found.kind));
    }
    if !is_same_text(expected.link_name, found.link_name) {
        let link = |name: &[u8]| format!("link to {}", escape(name));
        return differs(link(expected.link_name), link(found.link_name));
    }
    if expected.mode != found.mode {
        let mode = |mode: u32| format!("mode {mode:04o}");
        return differs(mode(expected.mode), mode(found.mode));
    }
    if expected.size != found.size {
        return number("size", expected.size, found.size);
    }
    if expected.uid != found.uid {
        return number("owner", expected.uid, found.uid);
    }
    if expected.gid != found.gid {
        return number("group", expected.gid, found.gid);
    }
    if expected.mtime != found.mtime && expected.mtime != by_the_second(found.mtime) {
        let time = |time: Timestamp| format!("time {}", time.as_nanoseconds());
        return differs(time(expected.mtime), time(found.mtime));
    }
    if expected.device != found.device {
        let device = |(major, minor)| format!("device {major}:{minor}");
        return differs(device(expected.device), device(found.device));
    }
    if sorted(&expected.xattrs) != sorted(&found.xattrs) {
        let xattrs = |entry: &Entry<'_>| format!("{} xattrs", entry.xattrs.len());
        return differs(xattrs(expected), xattrs(found));
    }
    None
}

fn shown(entry: &Entry<'_>) -> String {
    format!("{} {}", name_of(entry.kind), escape(&entry.path.to_vec()))
}

fn name_of(kind: EntryKind) -> String {
    let name = match kind {
        EntryKind::File => "file",
        EntryKind::Directory => "directory",
        EntryKind::Symlink => "symlink",
        EntryKind::Hardlink => "hardlink",
        EntryKind::Char => "character device",
        EntryKind::Block => "block device",
        EntryKind::Fifo => "named pipe",
        EntryKind::Other(_) => "entry of another type",
    };
    name.to_owned()
}

// Go writes U+FFFD into JSON for every byte that is not UTF-8.
fn is_same_text(expected: &[u8], found: &[u8]) -> bool {
    expected == found || expected == in_json(found).as_ref()
}

fn in_json(bytes: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text.into_bytes())
}

// Rounded as Go's `Time.Round` does.
fn by_the_second(time: Timestamp) -> Timestamp {
    let up = i64::from(time.nanoseconds >= 500_000_000);
    Timestamp {
        seconds: time.seconds.saturating_add(up),
        nanoseconds: 0,
    }
}

fn sorted<'a>(xattrs: &[(&'a [u8], &'a [u8])]) -> Vec<(&'a [u8], &'a [u8])> {
    let mut xattrs = xattrs.to_vec();
    xattrs.sort_unstable();
    xattrs
}
