//! Paths of entries: bytes, cleaned, and unable to leave the root.
//!
//! image-spec `layer.md` makes `./a`, `a/` and `/a` one path. `..` is resolved
//! by name alone and stops at the root, as containerd and umoci do (moby
//! refuses such names). Symlinks are not looked at here.

use std::borrow::Cow;

use crate::layer::table::RawPath;

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

    /// Cleans the path of an entry.
    pub fn of(raw: RawPath<'_>) -> EntryPath<'static> {
        EntryPath(Cow::Owned(EntryPath::new(&raw.to_vec()).0.into_owned()))
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

/// A clean path by the directory that holds it and the name there.
#[derive(Debug, Clone, Copy)]
pub(super) struct PathParts<'a> {
    /// Empty for the root and for what lies in it.
    pub parent: &'a [u8],
    /// Empty for the root.
    pub name: &'a [u8],
    /// Whether `parent` is AUFS' own, or lies in what is; false from a reader that was not
    /// asked for that.
    pub in_aufs: bool,
    /// Paths of one reader have the same parent if this is the same.
    pub run: u32,
}

impl PathParts<'_> {
    /// Whether this is the root itself.
    pub const fn is_root(&self) -> bool {
        self.name.is_empty()
    }

    /// The whole path.
    pub fn to_vec(self) -> Vec<u8> {
        match self.parent {
            b"" => self.name.to_vec(),
            parent => [parent, b"/", self.name].concat(),
        }
    }
}

/// Cleans the paths of one layer, one after the other: most lie in the folder of the
/// one before, which is not looked at again.
#[derive(Debug, Clone, Default)]
pub(super) struct PathReader<'a> {
    /// As the archive spells it.
    folder: &'a [u8],
    /// The same, clean.
    parent: Vec<u8>,
    in_aufs: bool,
    seeks_aufs: bool,
    run: u32,
    /// A path that its folder and its name do not make by themselves.
    odd: Vec<u8>,
}

impl<'a> PathReader<'a> {
    /// The same, asked for what is AUFS' own.
    pub fn seeking_aufs() -> Self {
        Self {
            seeks_aufs: true,
            ..Self::default()
        }
    }

    /// The path of an entry.
    pub fn read(&mut self, raw: RawPath<'a>) -> PathParts<'_> {
        let name = without_slashes(raw.name());
        if matches!(name, b"" | b"." | b"..") {
            return self.read_odd(raw);
        }
        // The table gives the same slice as long as the folder is the same.
        if !std::ptr::eq(raw.folder(), self.folder) {
            self.folder = raw.folder();
            self.parent.clear();
            self.parent
                .extend_from_slice(EntryPath::new(raw.folder()).as_bytes());
            self.in_aufs = self.seeks_aufs && is_aufs(&self.parent);
            self.run = self.run.wrapping_add(1);
        }
        PathParts {
            parent: &self.parent,
            name,
            in_aufs: self.in_aufs,
            run: self.run,
        }
    }

    fn read_odd(&mut self, raw: RawPath<'_>) -> PathParts<'_> {
        self.odd = EntryPath::of(raw).0.into_owned();
        let (parent, name) = split_last(&self.odd);
        // Of this path alone.
        let run = self.run.wrapping_add(1);
        self.run = run.wrapping_add(1);
        PathParts {
            parent,
            name,
            in_aufs: self.seeks_aufs && is_aufs(parent),
            run,
        }
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
    let path = without_slashes(path);
    if path == b"." { b"" } else { path }
}

/// A name without the slashes at its end.
pub(super) fn without_slashes(mut name: &[u8]) -> &[u8] {
    while let Some(rest) = name.strip_suffix(b"/") {
        name = rest;
    }
    name
}
