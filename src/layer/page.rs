//! Entries that follow each other in a layer, packed: a page of its table, which needs no other
//! to be read.

use serde::{Deserialize, Serialize};

use super::entry::{Entry, EntryKind, RawPath, Timestamp};
use super::table::{Columns, EntryHead, Fragment, Layout, TableFull};
use crate::bytes::{are_equal, begins_with, position};
use crate::digest::{Algorithm, Digest};

/// Length of a tar block.
const BLOCK: u64 = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    start: u32,
    length: u32,
}

/// What nearly every entry has no more of: 48 bytes, of which a large layer has
/// millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    size: u64,
    seconds: i64,
    nanoseconds: u32,
    /// Where the path's name begins among the texts; the link name follows it.
    texts: u32,
    name_length: u16,
    link_length: u16,
    /// The first header, in blocks from the start of the unpacked layer.
    header: u32,
    /// From there to the data, in blocks.
    headers: u8,
    mode: u16,
    uid: u32,
    gid: u32,
    /// Index into `extras`, plus one: few entries have any.
    extra: u32,
    kind: Kind,
}

const _: () = assert!(size_of::<Row>() == 48);

/// Entries that follow each other in one folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    /// The first of them; the next run's first is the first of no more.
    first: u32,
    /// Where the folder's text begins.
    start: u32,
    length: u16,
}

/// An [`EntryKind`]; the flag of one that appliers refuse is an extra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    File,
    Directory,
    Symlink,
    Hardlink,
    Char,
    Block,
    Fifo,
    Other,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Extra {
    flag: Option<u8>,
    device: (i64, i64),
    xattrs: Vec<(Span, Span)>,
    stored_size: Option<u64>,
    layout: Spread,
    /// Of the first header and of the data, where a row has no room for them.
    offsets: Option<(u64, u64)>,
    /// The same.
    owner: Option<(u64, u64)>,
}

// A `Layout` by where its fragments lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Spread {
    #[default]
    Whole,
    Sparse(Span),
    Unknown,
}

/// Entries of one layer, in archive order; positions are counted from its first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    rows: Vec<Row>,
    /// Folders of the paths, by first entry.
    runs: Vec<Run>,
    /// Digests of contents by entry; empty where none is known.
    contents: Vec<Option<[u8; 32]>>,
    extras: Vec<Extra>,
    #[serde(with = "serde_bytes")]
    texts: Vec<u8>,
    fragments: Vec<Fragment>,
}

impl Page {
    /// Number of entries.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Memory held, in bytes.
    pub fn memory(&self) -> usize {
        self.rows.capacity() * size_of::<Row>()
            + self.runs.capacity() * size_of::<Run>()
            + self.contents.capacity() * size_of::<Option<[u8; 32]>>()
            + self.extras.capacity() * size_of::<Extra>()
            + self.texts.capacity()
            + self.fragments.capacity() * size_of::<Fragment>()
    }

    /// Adds an entry after the others.
    ///
    /// # Errors
    ///
    /// [`TableFull`] when the texts pass what an offset of 32 bits can reach, or
    /// one of them is a name of 64 KiB.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), TableFull> {
        u16::try_from(entry.path.len()).map_err(|_| TableFull)?;
        let link_length = entry.link_name.len().try_into().map_err(|_| TableFull)?;
        self.enter(entry.path.folder())?;
        let texts = self.text(entry.path.name())?;
        self.text(entry.link_name)?;
        let mut xattrs = Vec::with_capacity(entry.xattrs.len());
        for (name, value) in &entry.xattrs {
            xattrs.push((self.text(name)?, self.text(value)?));
        }
        let (kind, flag) = Kind::of(entry.kind);
        let place = blocks(entry.header_offset, entry.data_offset);
        let owner = u32::try_from(entry.uid)
            .ok()
            .zip(u32::try_from(entry.gid).ok());
        let stored_size = (entry.stored_size != entry.size).then_some(entry.stored_size);
        let is_plain = flag.is_none()
            && entry.device == (0, 0)
            && xattrs.is_empty()
            && stored_size.is_none()
            && place.is_some()
            && owner.is_some();
        let extra = match is_plain {
            true => 0,
            false => self.keep_extra(Extra {
                flag,
                device: entry.device,
                xattrs,
                stored_size,
                layout: Spread::Whole,
                offsets: place
                    .is_none()
                    .then_some((entry.header_offset, entry.data_offset)),
                owner: owner.is_none().then_some((entry.uid, entry.gid)),
            })?,
        };
        let (header, headers) = place.unwrap_or_default();
        let (uid, gid) = owner.unwrap_or_default();
        self.rows.push(Row {
            size: entry.size,
            seconds: entry.mtime.seconds,
            nanoseconds: entry.mtime.nanoseconds,
            texts: texts.start,
            name_length: entry.path.name().len().try_into().map_err(|_| TableFull)?,
            link_length,
            header,
            headers,
            mode: u16::try_from(entry.mode & 0o7777).unwrap_or_default(),
            uid,
            gid,
            extra,
            kind,
        });
        if let Some(digest) = &entry.content {
            self.set_last_content(digest);
        }
        Ok(())
    }

    /// Notes the digest of the last entry's content, once it was read.
    pub fn set_last_content(&mut self, digest: &Digest) {
        self.contents.resize(self.rows.len(), None);
        if let Some(content) = self.contents.last_mut() {
            *content = digest.as_bytes().try_into().ok();
        }
    }

    /// Notes the map of the last entry, a sparse file; none where it does not
    /// fit the file.
    pub fn set_last_map(&mut self, map: Option<&[Fragment]>) -> Result<(), TableFull> {
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
    pub fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.runs.shrink_to_fit();
        self.contents.shrink_to_fit();
        self.extras.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.fragments.shrink_to_fit();
    }

    /// The entry at `index`, from 0.
    pub fn entry(&self, index: usize) -> Option<Entry<'_>> {
        self.entry_of(index, run_of(&self.runs, index))
    }

    fn entry_of(&self, index: usize, run: Option<&Run>) -> Option<Entry<'_>> {
        let row = self.rows.get(index)?;
        let extra = self.extra(row);
        let (uid, gid) = owner(row, extra);
        let offsets = extra.and_then(|extra| extra.offsets);
        let (header_offset, data_offset) = offsets.unwrap_or_else(|| {
            let header = u64::from(row.header);
            let data = header.saturating_add(row.headers.into());
            (header.saturating_mul(BLOCK), data.saturating_mul(BLOCK))
        });
        let content = self.contents.get(index).copied().flatten();
        Some(Entry {
            kind: row.kind.entry(|| extra.and_then(|extra| extra.flag)),
            path: self.path_of(row, run),
            link_name: self.link_name_of(row),
            mode: row.mode.into(),
            uid,
            gid,
            size: row.size,
            mtime: mtime(row),
            device: extra.map_or((0, 0), |extra| extra.device),
            xattrs: extra.map_or_else(Vec::new, |extra| {
                let pair = |&(name, value)| (self.slice(name), self.slice(value));
                extra.xattrs.iter().map(pair).collect()
            }),
            content: content.map(|bytes| Digest::from_slice(Algorithm::Sha256, &bytes)),
            header_offset,
            data_offset,
            stored_size: extra
                .and_then(|extra| extra.stored_size)
                .unwrap_or(row.size),
        })
    }

    /// What lists show of the entry at `index`.
    pub fn columns(&self, index: usize) -> Option<Columns> {
        let row = self.rows.get(index)?;
        let (uid, gid) = owner(row, self.extra(row));
        Some(Columns {
            mode: row.mode.into(),
            uid,
            gid,
            size: row.size,
            mtime: mtime(row),
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
        self.texts == other.texts
            && self.extras == other.extras
            && self.fragments == other.fragments
            && self.runs == other.runs
            && self.rows == other.rows
    }

    /// All entries, in archive order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.runs_by_entry()
            .filter_map(|(index, run)| self.entry_of(index, run))
    }

    /// The heads of all entries, in archive order. Paths of a folder that follow each
    /// other have the same slice for it.
    pub fn heads(&self) -> impl Iterator<Item = EntryHead<'_>> + Clone {
        self.runs_by_entry()
            .filter_map(|(index, run)| self.head_of(index, run))
    }

    /// The head of the entry at `index`.
    pub fn head(&self, index: usize) -> Option<EntryHead<'_>> {
        self.head_of(index, run_of(&self.runs, index))
    }

    fn head_of(&self, index: usize, run: Option<&Run>) -> Option<EntryHead<'_>> {
        let row = self.rows.get(index)?;
        let flag = || self.extra(row).and_then(|extra| extra.flag);
        Some(EntryHead {
            index: u32::try_from(index).ok()?,
            kind: row.kind.entry(flag),
            path: self.path_of(row, run),
            link_name: self.link_name_of(row),
        })
    }

    /// Whether some name or folder may have a component that begins as whiteouts do: false
    /// for most large layers, and cheaper than to read their paths.
    pub fn may_have_whiteouts(&self) -> bool {
        // Few names have a `w`, and most have a dot.
        let mut rest = self.texts.get(1..).unwrap_or_default();
        let mut before = 0;
        while let Some(at) = position(rest, b'w') {
            before += at;
            if self
                .texts
                .get(before..)
                .unwrap_or_default()
                .starts_with(b".wh.")
            {
                return true;
            }
            before += 1;
            rest = rest.get(at + 1..).unwrap_or_default();
        }
        false
    }

    /// The paths of all entries, as the archive spells them. Those of a folder that
    /// follow each other have the same slice for it.
    pub fn paths(&self) -> impl Iterator<Item = RawPath<'_>> {
        self.runs_by_entry()
            .filter_map(|(index, run)| Some(self.path_of(self.rows.get(index)?, run)))
    }

    /// The path of the entry at `index`, as the archive spells it.
    pub fn path(&self, index: usize) -> Option<RawPath<'_>> {
        let row = self.rows.get(index)?;
        Some(self.path_of(row, run_of(&self.runs, index)))
    }

    /// All positions, each with its run.
    fn runs_by_entry(&self) -> impl Iterator<Item = (usize, Option<&Run>)> + Clone {
        let mut runs = self.runs.iter().peekable();
        let mut run = None;
        (0..self.rows.len()).map(move |index| {
            while let Some(next) = runs.next_if(|next| next.first as usize <= index) {
                run = Some(next);
            }
            (index, run)
        })
    }

    fn path_of(&self, row: &Row, run: Option<&Run>) -> RawPath<'_> {
        let folder = run.map(|run| self.folder(run)).unwrap_or_default();
        let name = self.slice(Span {
            start: row.texts,
            length: row.name_length.into(),
        });
        RawPath::of_parts(folder, name)
    }

    fn folder(&self, run: &Run) -> &[u8] {
        self.slice(Span {
            start: run.start,
            length: run.length.into(),
        })
    }

    /// Begins a run, if the next entry's folder is not that of the last one.
    fn enter(&mut self, folder: &[u8]) -> Result<(), TableFull> {
        let run = self.runs.last();
        let last = run.map(|run| self.folder(run)).unwrap_or_default();
        if are_equal(last, folder) {
            return Ok(());
        }
        let start = match run {
            // A folder that holds the last one is a part of its text.
            Some(run) if begins_with(last, folder) => run.start,
            _ => self.text(folder)?.start,
        };
        self.runs.push(Run {
            first: self.rows.len().try_into().map_err(|_| TableFull)?,
            start,
            length: folder.len().try_into().map_err(|_| TableFull)?,
        });
        Ok(())
    }

    fn link_name_of(&self, row: &Row) -> &[u8] {
        self.slice(Span {
            start: row.texts.saturating_add(row.name_length.into()),
            length: row.link_length.into(),
        })
    }

    fn extra(&self, row: &Row) -> Option<&Extra> {
        let extra = usize::try_from(row.extra).ok()?.checked_sub(1)?;
        self.extras.get(extra)
    }

    // Position of an extra, from 1.
    fn keep_extra(&mut self, extra: Extra) -> Result<u32, TableFull> {
        self.extras.push(extra);
        u32::try_from(self.extras.len()).map_err(|_| TableFull)
    }

    fn text(&mut self, text: &[u8]) -> Result<Span, TableFull> {
        let start = u32::try_from(self.texts.len()).map_err(|_| TableFull)?;
        let length = u32::try_from(text.len()).map_err(|_| TableFull)?;
        // Few entries have a link name.
        if !text.is_empty() {
            self.texts.extend_from_slice(text);
        }
        Ok(Span { start, length })
    }

    fn slice(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        self.texts
            .get(start..start.saturating_add(span.length as usize))
            .unwrap_or_default()
    }
}

impl Kind {
    const fn of(kind: EntryKind) -> (Self, Option<u8>) {
        let kind = match kind {
            EntryKind::File => Self::File,
            EntryKind::Directory => Self::Directory,
            EntryKind::Symlink => Self::Symlink,
            EntryKind::Hardlink => Self::Hardlink,
            EntryKind::Char => Self::Char,
            EntryKind::Block => Self::Block,
            EntryKind::Fifo => Self::Fifo,
            EntryKind::Other(flag) => return (Self::Other, Some(flag)),
        };
        (kind, None)
    }

    fn entry(self, flag: impl FnOnce() -> Option<u8>) -> EntryKind {
        match self {
            Self::File => EntryKind::File,
            Self::Directory => EntryKind::Directory,
            Self::Symlink => EntryKind::Symlink,
            Self::Hardlink => EntryKind::Hardlink,
            Self::Char => EntryKind::Char,
            Self::Block => EntryKind::Block,
            Self::Fifo => EntryKind::Fifo,
            Self::Other => EntryKind::Other(flag().unwrap_or_default()),
        }
    }
}

/// Where header and data begin, in blocks, if they do at blocks that a row can
/// name; the second as it is counted from the first.
fn blocks(header: u64, data: u64) -> Option<(u32, u8)> {
    let between = data.checked_sub(header)?;
    if !header.is_multiple_of(BLOCK) || !between.is_multiple_of(BLOCK) {
        return None;
    }
    let header = u32::try_from(header / BLOCK).ok()?;
    Some((header, u8::try_from(between / BLOCK).ok()?))
}

fn owner(row: &Row, extra: Option<&Extra>) -> (u64, u64) {
    let other = extra.and_then(|extra| extra.owner);
    other.unwrap_or((row.uid.into(), row.gid.into()))
}

const fn mtime(row: &Row) -> Timestamp {
    Timestamp {
        seconds: row.seconds,
        nanoseconds: row.nanoseconds,
    }
}

/// The run that an entry is of; none before the first.
fn run_of(runs: &[Run], entry: usize) -> Option<&Run> {
    let after = runs.partition_point(|run| run.first as usize <= entry);
    runs.get(after.checked_sub(1)?)
}
