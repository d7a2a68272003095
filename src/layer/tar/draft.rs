//! What a header and the headers before it say about one entry.

use super::header::{Header, until_nul};
use super::pax::{Malformed, Pax};
use crate::layer::table::{EntryKind, RawPath, Timestamp};
use crate::report::EntryCounts;

const WHITEOUT: &[u8] = b".wh.";
const AUFS: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

const EPOCH: Timestamp = Timestamp {
    seconds: 0,
    nanoseconds: 0,
};

/// Headers about the next header.
#[derive(Default)]
pub(super) struct Ahead {
    /// Where the first of them begins.
    pub(super) first: Option<u64>,
    pub(super) pax: Pax,
    pub(super) long_name: Vec<u8>,
    pub(super) long_link: Vec<u8>,
}

impl Ahead {
    /// Forgets them, but keeps the memory.
    pub(super) fn clear(&mut self) {
        self.first = None;
        self.pax.clear();
        self.long_name.clear();
        self.long_link.clear();
    }
}

/// What a header says, until its data is reached and the entry can be kept.
pub(super) struct Draft {
    pub(super) kind: EntryKind,
    pub(super) path: Vec<u8>,
    pub(super) link_name: Vec<u8>,
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) size: u64,
    pub(super) mtime: Timestamp,
    pub(super) device: (i64, i64),
    pub(super) header_offset: u64,
    pub(super) sparse: bool,
    pub(super) stored: u64,
}

impl Draft {
    pub(super) const fn new() -> Self {
        Self {
            kind: EntryKind::File,
            path: Vec::new(),
            link_name: Vec::new(),
            mode: 0,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: EPOCH,
            device: (0, 0),
            header_offset: 0,
            sparse: false,
            stored: 0,
        }
    }

    /// Takes path and link name: GNU's before PAX's before the header's own.
    pub(super) fn names(&mut self, header: &Header<'_>, ahead: &Ahead) {
        let path = &mut self.path;
        path.clear();
        if !ahead.long_name.is_empty() {
            path.extend_from_slice(&ahead.long_name);
        } else if let Some(name) = ahead.pax.path() {
            path.extend_from_slice(name);
        } else {
            let (prefix, name) = header.name();
            if !prefix.is_empty() {
                path.extend_from_slice(prefix);
                path.push(b'/');
            }
            path.extend_from_slice(name);
        }
        let link_name = &mut self.link_name;
        link_name.clear();
        if matches!(header.type_flag(), b'1' | b'2') {
            link_name.extend_from_slice(if !ahead.long_link.is_empty() {
                &ahead.long_link
            } else if let Some(name) = ahead.pax.link_path() {
                name
            } else {
                header.link_name()
            });
        }
    }

    /// Takes what the type flag makes; a name that ends in a slash was a
    /// directory before there was a flag for one.
    pub(super) fn set_kind(&mut self, flag: u8) {
        self.kind = match flag {
            0 if self.path.ends_with(b"/") => EntryKind::Directory,
            0 | b'0' | b'S' => EntryKind::File,
            b'1' => EntryKind::Hardlink,
            b'2' => EntryKind::Symlink,
            b'3' => EntryKind::Char,
            b'4' => EntryKind::Block,
            b'5' => EntryKind::Directory,
            b'6' => EntryKind::Fifo,
            other => EntryKind::Other(other),
        };
    }

    /// Takes numbers but the size; returns the names of those that cannot be
    /// read and are 0. Go gives the archive up for one.
    pub(super) fn numbers(&mut self, header: &Header<'_>, pax: &Pax) -> Vec<&'static str> {
        let mut bad = Vec::new();
        let mut unsigned = |name, value: Option<i64>| {
            let value = value.and_then(|value| u64::try_from(value).ok());
            value.unwrap_or_else(|| {
                bad.push(name);
                0
            })
        };
        let stated = |value: Option<Result<i64, Malformed>>| value.map(Result::ok);
        let uid = unsigned("uid", stated(pax.uid()).unwrap_or_else(|| header.uid()));
        let gid = unsigned("gid", stated(pax.gid()).unwrap_or_else(|| header.gid()));
        // Of a negative mode too, the permission bits are what they are.
        let mode = unsigned("mode", header.mode().map(|mode| mode & 0o7777));
        let mtime = match pax.mtime() {
            Some(mtime) => mtime.ok(),
            None => header.mtime().map(|seconds| Timestamp {
                seconds,
                nanoseconds: 0,
            }),
        };
        let device = match self.kind {
            EntryKind::Char | EntryKind::Block => header.device(),
            _ => Some((0, 0)),
        };
        if mtime.is_none() {
            bad.push("mtime");
        }
        if device.is_none() {
            bad.push("device");
        }
        self.uid = uid;
        self.gid = gid;
        self.mode = u32::try_from(mode).unwrap_or_default();
        self.mtime = mtime.unwrap_or(EPOCH);
        self.device = device.unwrap_or_default();
        bad
    }
}

/// Counts an entry by what it makes or, if a whiteout, hides.
pub(super) fn count(counts: &mut EntryCounts, kind: EntryKind, path: RawPath<'_>) {
    let name = path.name();
    // A second slash ends an empty name.
    let is_whiteout = name.starts_with(WHITEOUT) && !name.ends_with(b"//");
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let counter = if !is_whiteout {
        match kind {
            EntryKind::File => &mut counts.files,
            EntryKind::Directory => &mut counts.directories,
            EntryKind::Symlink => &mut counts.symlinks,
            EntryKind::Hardlink => &mut counts.hardlinks,
            EntryKind::Char | EntryKind::Block => &mut counts.devices,
            EntryKind::Fifo => &mut counts.fifos,
            EntryKind::Other(_) => &mut counts.other,
        }
    } else if name == OPAQUE {
        &mut counts.opaque_whiteouts
    } else if name.starts_with(AUFS) {
        &mut counts.other
    } else {
        &mut counts.whiteouts
    };
    *counter = counter.saturating_add(1);
    counts.total = counts.total.saturating_add(1);
}

/// Cuts a name at its first NUL.
pub(super) fn cut_at_nul(text: &mut Vec<u8>) {
    let length = until_nul(text).len();
    text.truncate(length);
}
