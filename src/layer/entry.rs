//! An entry of a layer: what its headers say. Names are bytes; nothing here is
//! normalised or judged.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::report::NodeType;

/// What a tar entry makes, after its dialect has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// A regular file, sparse ones included.
    File,
    /// A directory.
    Directory,
    /// A symlink; the link name is its target, verbatim.
    Symlink,
    /// A hardlink; the link name is the path of the entry that it shares.
    Hardlink,
    /// A character device.
    Char,
    /// A block device.
    Block,
    /// A named pipe.
    Fifo,
    /// A type flag that appliers refuse.
    Other(u8),
}

impl EntryKind {
    /// What the entry's path is once it is applied; none for a hardlink, which
    /// is what it shares, and for what appliers refuse.
    pub const fn node_type(self) -> Option<NodeType> {
        match self {
            Self::File => Some(NodeType::File),
            Self::Directory => Some(NodeType::Dir),
            Self::Symlink => Some(NodeType::Symlink),
            Self::Char => Some(NodeType::Char),
            Self::Block => Some(NodeType::Block),
            Self::Fifo => Some(NodeType::Fifo),
            Self::Hardlink | Self::Other(_) => None,
        }
    }
}

/// Seconds and nanoseconds since 1970, as a tar header gives them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp {
    /// Whole seconds, rounded down.
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// A time by its nanoseconds since 1970; the nearest there is for one that
    /// is out of reach.
    pub fn from_nanoseconds(nanoseconds: i128) -> Self {
        let seconds = nanoseconds.div_euclid(1_000_000_000);
        let most = if seconds < 0 { i64::MIN } else { i64::MAX };
        let nanoseconds = nanoseconds.rem_euclid(1_000_000_000);
        Self {
            seconds: i64::try_from(seconds).unwrap_or(most),
            nanoseconds: u32::try_from(nanoseconds).unwrap_or_default(),
        }
    }

    /// Nanoseconds since 1970.
    pub fn as_nanoseconds(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanoseconds)
    }
}

/// A path as the archive spells it, in two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawPath<'a> {
    folder: &'a [u8],
    name: &'a [u8],
}

impl<'a> RawPath<'a> {
    /// Divides a path.
    pub const fn new(path: &'a [u8]) -> Self {
        let mut rest = path;
        while let [before @ .., b'/'] = rest {
            rest = before;
        }
        while let [before @ .., last] = rest
            && *last != b'/'
        {
            rest = before;
        }
        let (folder, name) = path.split_at(rest.len());
        Self { folder, name }
    }

    /// A path that is divided already.
    pub(super) const fn of_parts(folder: &'a [u8], name: &'a [u8]) -> Self {
        Self { folder, name }
    }

    /// Up to the last slash that something follows, that slash included.
    pub const fn folder(self) -> &'a [u8] {
        self.folder
    }

    /// The rest, slashes at its end included.
    pub const fn name(self) -> &'a [u8] {
        self.name
    }

    /// Both parts.
    pub fn to_vec(self) -> Vec<u8> {
        [self.folder, self.name].concat()
    }

    /// Length of both parts, in bytes.
    pub const fn len(self) -> usize {
        self.folder.len().saturating_add(self.name.len())
    }

    /// Whether there is nothing in either part.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// One entry, its texts borrowed: given to [`EntryTable::push`](super::table::EntryTable::push), and given back
/// by [`EntryTable::entry`](super::table::EntryTable::entry).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it makes.
    pub kind: EntryKind,
    /// The name as the archive spells it, PAX and GNU forms resolved.
    pub path: RawPath<'a>,
    /// Target of a symlink or hardlink, else empty.
    pub link_name: &'a [u8],
    /// Permission bits with setuid, setgid and sticky: `0o7777` at most.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Bytes of content; for a sparse file, with its holes. 0 unless a file.
    pub size: u64,
    /// Modification time.
    pub mtime: Timestamp,
    /// Device numbers; 0 unless a device. Signed, as headers can hold them.
    pub device: (i64, i64),
    /// Names and raw values from `SCHILY.xattr.*`, in the archive's order.
    pub xattrs: Vec<(&'a [u8], &'a [u8])>,
    /// SHA-256 of a file's content, where the scan was asked for it.
    pub content: Option<Digest>,
    /// Where the entry's first header begins, in the unpacked layer.
    pub header_offset: u64,
    /// Where its data begins, in the unpacked layer.
    pub data_offset: u64,
    /// Bytes of data in the archive: less than `size` for a sparse file.
    pub stored_size: u64,
}
