//! The entries of one layer as a compact table: what crosses from a scan to a
//! tree. Names are bytes; nothing here is normalised or judged.

use serde::{Deserialize, Serialize};

use crate::digest::{Algorithm, Digest};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// One entry, its texts borrowed: given to [`EntryTable::push`], and given back
/// by [`EntryTable::entry`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What it makes.
    pub kind: EntryKind,
    /// The name as the archive spells it, PAX and GNU forms resolved.
    pub path: &'a [u8],
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    start: u32,
    length: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    kind: EntryKind,
    mode: u32,
    path: Span,
    link_name: Span,
    uid: u64,
    gid: u64,
    size: u64,
    mtime: Timestamp,
    header_offset: u64,
    data_offset: u64,
    /// Index into `extras`, plus one: few entries have any.
    extra: u32,
    content: Option<[u8; 32]>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Extra {
    device: (i64, i64),
    xattrs: Vec<(Span, Span)>,
    stored_size: Option<u64>,
    layout: Spread,
}

// A `Layout` by where its fragments lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Spread {
    #[default]
    Whole,
    Sparse(Span),
    Unknown,
}

/// A run of a sparse file's bytes that the archive holds; what lies between two
/// of them is a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragment {
    /// Where it lies in the file.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

/// How an entry's stored bytes make up its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout<'a> {
    /// They are the content.
    Whole,
    /// They are these fragments, in order and apart, and zeros are between.
    Sparse(&'a [Fragment]),
    /// The map of a sparse file does not fit it: nobody can say.
    Unknown,
}

/// The entries of one layer, in archive order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryTable {
    rows: Vec<Row>,
    extras: Vec<Extra>,
    texts: Vec<u8>,
    fragments: Vec<Fragment>,
}

/// What lists show of an entry: cheaper than all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns {
    /// As in [`Entry`], here and below.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub size: u64,
    pub mtime: Timestamp,
}

/// The table has no room for another entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableFull;

impl EntryTable {
    /// An empty table.
    pub const fn new() -> Self {
        Self {
            rows: Vec::new(),
            extras: Vec::new(),
            texts: Vec::new(),
            fragments: Vec::new(),
        }
    }

    /// Number of entries.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no entries.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Memory held, in bytes.
    pub fn memory(&self) -> usize {
        self.rows.capacity() * size_of::<Row>()
            + self.extras.capacity() * size_of::<Extra>()
            + self.texts.capacity()
            + self.fragments.capacity() * size_of::<Fragment>()
    }

    /// Adds an entry after the others.
    ///
    /// # Errors
    ///
    /// [`TableFull`] when the texts pass what an offset of 32 bits can reach.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), TableFull> {
        let path = self.text(entry.path)?;
        let link_name = self.text(entry.link_name)?;
        let mut xattrs = Vec::with_capacity(entry.xattrs.len());
        for (name, value) in &entry.xattrs {
            xattrs.push((self.text(name)?, self.text(value)?));
        }
        let stored_size = (entry.stored_size != entry.size).then_some(entry.stored_size);
        let extra = Extra {
            device: entry.device,
            xattrs,
            stored_size,
            layout: Spread::Whole,
        };
        let extra = self.keep_extra(extra)?;
        self.rows.push(Row {
            kind: entry.kind,
            mode: entry.mode,
            path,
            link_name,
            uid: entry.uid,
            gid: entry.gid,
            size: entry.size,
            mtime: entry.mtime,
            header_offset: entry.header_offset,
            data_offset: entry.data_offset,
            extra,
            content: entry
                .content
                .and_then(|digest| digest.as_bytes().try_into().ok()),
        });
        Ok(())
    }

    /// Notes the digest of the last entry's content, once it was read.
    pub(crate) fn set_last_content(&mut self, digest: &Digest) {
        if let Some(row) = self.rows.last_mut() {
            row.content = digest.as_bytes().try_into().ok();
        }
    }

    /// Notes the map of the last entry, a sparse file; none where it does not
    /// fit the file.
    pub(crate) fn set_last_map(&mut self, map: Option<&[Fragment]>) -> Result<(), TableFull> {
        let layout = match map {
            None => Spread::Unknown,
            Some(map) => {
                let start = u32::try_from(self.fragments.len()).map_err(|_| TableFull)?;
                let length = u32::try_from(map.len()).map_err(|_| TableFull)?;
                self.fragments.extend_from_slice(map);
                Spread::Sparse(Span { start, length })
            }
        };
        let Some(row) = self.rows.last() else {
            return Ok(());
        };
        if row.extra == 0 {
            let extra = Extra {
                layout,
                ..Extra::default()
            };
            let extra = self.keep_extra(extra)?;
            if let Some(row) = self.rows.last_mut() {
                row.extra = extra;
            }
        } else if let Some(extra) = self.extras.last_mut() {
            extra.layout = layout;
        }
        Ok(())
    }

    /// Gives back the memory that growing reserved.
    pub(crate) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.extras.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.fragments.shrink_to_fit();
    }

    /// The entry at `index`, from 0.
    pub fn entry(&self, index: usize) -> Option<Entry<'_>> {
        let row = self.rows.get(index)?;
        let extra = self.extra(row);
        Some(Entry {
            kind: row.kind,
            path: self.slice(row.path),
            link_name: self.slice(row.link_name),
            mode: row.mode,
            uid: row.uid,
            gid: row.gid,
            size: row.size,
            mtime: row.mtime,
            device: extra.map_or((0, 0), |extra| extra.device),
            xattrs: extra.map_or_else(Vec::new, |extra| {
                let pair = |&(name, value)| (self.slice(name), self.slice(value));
                extra.xattrs.iter().map(pair).collect()
            }),
            content: row
                .content
                .map(|bytes| Digest::from_slice(Algorithm::Sha256, &bytes)),
            header_offset: row.header_offset,
            data_offset: row.data_offset,
            stored_size: extra
                .and_then(|extra| extra.stored_size)
                .unwrap_or(row.size),
        })
    }

    /// What lists show of the entry at `index`.
    pub(crate) fn columns(&self, index: usize) -> Option<Columns> {
        self.rows.get(index).map(|row| Columns {
            mode: row.mode,
            uid: row.uid,
            gid: row.gid,
            size: row.size,
            mtime: row.mtime,
        })
    }

    /// How the stored bytes of the entry at `index` make up its content.
    pub fn layout(&self, index: usize) -> Option<Layout<'_>> {
        let extra = self.extra(self.rows.get(index)?);
        Some(match extra.map_or(Spread::Whole, |extra| extra.layout) {
            Spread::Whole => Layout::Whole,
            Spread::Unknown => Layout::Unknown,
            Spread::Sparse(span) => {
                let start = span.start as usize;
                let end = start.saturating_add(span.length as usize);
                Layout::Sparse(self.fragments.get(start..end).unwrap_or_default())
            }
        })
    }

    /// Whether both have the same entries, digests of contents aside.
    pub fn has_same_entries(&self, other: &Self) -> bool {
        let plain = |row: &Row| Row {
            content: None,
            ..row.clone()
        };
        self.texts == other.texts
            && self.extras == other.extras
            && self.fragments == other.fragments
            && self.rows.iter().map(plain).eq(other.rows.iter().map(plain))
    }

    /// The same without the entries that `keep` refuses by position and entry.
    pub(crate) fn with_rows(&self, mut keep: impl FnMut(usize, &Entry<'_>) -> bool) -> Self {
        let rows = self.rows.iter().zip(self.iter()).enumerate();
        let rows = rows.filter(|(index, (_, entry))| keep(*index, entry));
        Self {
            rows: rows.map(|(_, (row, _))| row.clone()).collect(),
            extras: self.extras.clone(),
            texts: self.texts.clone(),
            fragments: self.fragments.clone(),
        }
    }

    /// All entries, in archive order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.rows.len()).filter_map(|index| self.entry(index))
    }

    /// The path of the entry at `index`, as the archive spells it.
    pub(crate) fn path(&self, index: usize) -> Option<&[u8]> {
        self.rows.get(index).map(|row| self.slice(row.path))
    }

    fn extra(&self, row: &Row) -> Option<&Extra> {
        let extra = usize::try_from(row.extra).ok()?.checked_sub(1)?;
        self.extras.get(extra)
    }

    // Position of an extra, from 1; 0 for one that says nothing.
    fn keep_extra(&mut self, extra: Extra) -> Result<u32, TableFull> {
        if extra == Extra::default() {
            return Ok(0);
        }
        self.extras.push(extra);
        u32::try_from(self.extras.len()).map_err(|_| TableFull)
    }

    fn text(&mut self, text: &[u8]) -> Result<Span, TableFull> {
        let start = u32::try_from(self.texts.len()).map_err(|_| TableFull)?;
        let length = u32::try_from(text.len()).map_err(|_| TableFull)?;
        self.texts.extend_from_slice(text);
        Ok(Span { start, length })
    }

    fn slice(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        self.texts
            .get(start..start.saturating_add(span.length as usize))
            .unwrap_or_default()
    }
}
