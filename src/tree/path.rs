//! Paths of entries: bytes, cleaned, and unable to leave the root.
//!
//! image-spec `layer.md` makes `./a`, `a/` and `/a` one path. `..` is resolved
//! by name alone and stops at the root, as containerd and umoci do (moby
//! refuses such names). Symlinks are not looked at here.

use std::borrow::Cow;

/// The prefix that makes a name a whiteout, image-spec `layer.md`, Whiteouts.
pub const WHITEOUT_PREFIX: &[u8] = b".wh.";
/// The name of an opaque whiteout, image-spec `layer.md`, Opaque Whiteout.
pub const OPAQUE_WHITEOUT: &[u8] = b".wh..wh..opq";
/// The prefix of AUFS' own bookkeeping, which image-spec does not define.
pub const AUFS_PREFIX: &[u8] = b".wh..wh.";

/// A path below the root: components joined by single slashes, without a
/// leading or trailing one, free of `.` and `..`. The root is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath<'a>(Cow<'a, [u8]>);

impl<'a> EntryPath<'a> {
    /// Cleans a name as an archive spells it.
    pub fn new(raw: &'a [u8]) -> Self {
        let trimmed = trim(raw);
        let clean = trimmed.is_empty()
            || trimmed
                .split(|&byte| byte == b'/')
                .all(|part| !matches!(part, b"" | b"." | b".."));
        if clean {
            return Self(Cow::Borrowed(trimmed));
        }
        let mut path: Vec<u8> = Vec::with_capacity(trimmed.len());
        for part in trimmed.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => path.truncate(
                    path.iter()
                        .rposition(|&byte| byte == b'/')
                        .unwrap_or_default(),
                ),
                name => {
                    if !path.is_empty() {
                        path.push(b'/');
                    }
                    path.extend_from_slice(name);
                }
            }
        }
        Self(Cow::Owned(path))
    }

    /// The bytes, without a leading slash.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the root itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The components, from the root on.
    pub fn components(&self) -> impl Iterator<Item = &[u8]> {
        self.0
            .split(|&byte| byte == b'/')
            .filter(|part| !part.is_empty())
    }

    /// The last component; empty for the root.
    pub fn name(&self) -> &[u8] {
        self.split().1
    }

    /// The path of the directory that holds it; empty for the root and for
    /// what lies in it.
    pub fn parent(&self) -> &[u8] {
        self.split().0
    }

    fn split(&self) -> (&[u8], &[u8]) {
        split_last(&self.0)
    }
}

/// Cleans the names of one layer, one after the other: most lie in the directory of
/// the one before, which is not looked at again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PathReader<'a> {
    /// Clean.
    directory: &'a [u8],
    /// Whether it is AUFS' own, or lies in what is.
    is_aufs: bool,
}

impl<'a> PathReader<'a> {
    /// The path of a name, and whether it lies in a directory of AUFS' own.
    pub fn read(&mut self, raw: &'a [u8]) -> (EntryPath<'a>, bool) {
        let trimmed = trim(raw);
        let (directory, name) = split_last(trimmed);
        if directory == self.directory && !matches!(name, b"" | b"." | b"..") {
            return (EntryPath(Cow::Borrowed(trimmed)), self.is_aufs);
        }
        let path = EntryPath::new(raw);
        let is_aufs = is_aufs(path.parent());
        if let Cow::Borrowed(clean) = path.0 {
            self.directory = split_last(clean).0;
            self.is_aufs = is_aufs;
        }
        (path, is_aufs)
    }
}

/// Whether a directory is AUFS' own, or lies in what is.
pub(super) fn is_aufs(directory: &[u8]) -> bool {
    directory
        .split(|&byte| byte == b'/')
        .any(|part| part.starts_with(AUFS_PREFIX))
}

/// Everything before the last slash, and everything after it.
pub(super) fn split_last(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (
            path.get(..at).unwrap_or_default(),
            path.get(at.saturating_add(1)..).unwrap_or_default(),
        ),
        None => (b"", path),
    }
}

fn trim(mut path: &[u8]) -> &[u8] {
    while let Some(rest) = path.strip_prefix(b"/").or_else(|| path.strip_prefix(b"./")) {
        path = rest;
    }
    while let Some(rest) = path.strip_suffix(b"/") {
        path = rest;
    }
    if path == b"." { b"" } else { path }
}
