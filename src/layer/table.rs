//! The entries of one layer as a compact table: what crosses from a scan to a
//! tree. Names are bytes; nothing here is normalised or judged.

use serde::{Deserialize, Serialize};

pub use super::entry::{Entry, EntryKind, RawPath, Timestamp};
use super::page::Page;
use crate::digest::Digest;

/// Entries of every page but the last: a page is some 1 MB, so that neither one that grows nor
/// one on its way to another worker is much of a large table.
const PAGE: usize = 1 << 14;

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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct EntryTable {
    /// Pages that were taken; they are not there, and all positions are as if they were.
    taken: u32,
    pages: Vec<Page>,
    /// Bytes of all pages but the last, of those taken, too.
    #[serde(skip)]
    full: usize,
}

/// A page of a table, by its number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TablePage {
    number: u32,
    page: Page,
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

/// What a tree makes of an entry: cheaper than all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryHead<'a> {
    /// Position in the table, from 0.
    pub index: u32,
    /// As in [`Entry`], here and below.
    pub kind: EntryKind,
    pub path: RawPath<'a>,
    pub link_name: &'a [u8],
}

/// The table has no room for another entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableFull;

impl PartialEq for EntryTable {
    /// By entries, and not by the memory held for them.
    fn eq(&self, other: &Self) -> bool {
        (self.taken, &self.pages) == (other.taken, &other.pages)
    }
}

impl Eq for EntryTable {}

impl EntryTable {
    /// An empty table.
    pub const fn new() -> Self {
        Self {
            taken: 0,
            pages: Vec::new(),
            full: 0,
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        let full = self.pages.len().saturating_sub(1) + self.taken as usize;
        full * PAGE + self.pages.last().map_or(0, Page::len)
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory held, in bytes; that of pages that were taken, too.
    pub fn memory(&self) -> usize {
        let last = self.pages.last().map_or(0, Page::memory);
        self.full + last + self.pages.capacity() * size_of::<Page>()
    }

    /// Adds an entry after the others.
    ///
    /// # Errors
    ///
    /// [`TableFull`] when a page's texts pass what an offset of 32 bits can reach, or
    /// one of them is a name of 64 KiB.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), TableFull> {
        match self.pages.last_mut() {
            Some(last) if last.len() < PAGE => last.push(entry),
            last => {
                let mut page = Page::default();
                page.push(entry)?;
                if let Some(last) = last {
                    last.shrink();
                    self.full += last.memory();
                }
                self.pages.push(page);
                Ok(())
            }
        }
    }

    /// Notes the digest of the last entry's content, once it was read.
    pub(crate) fn set_last_content(&mut self, digest: &Digest) {
        if let Some(last) = self.pages.last_mut() {
            last.set_last_content(digest);
        }
    }

    /// Notes the map of the last entry, a sparse file; none where it does not
    /// fit the file.
    pub(crate) fn set_last_map(&mut self, map: Option<&[Fragment]>) -> Result<(), TableFull> {
        let last = self.pages.last_mut();
        last.map_or(Ok(()), |last| last.set_last_map(map))
    }

    /// Takes the first page that is there, once there is another after it.
    pub(crate) fn take_page(&mut self) -> Option<TablePage> {
        if self.pages.len() < 2 {
            return None;
        }
        let page = self.pages.remove(0);
        let number = self.taken;
        self.taken += 1;
        Some(TablePage { number, page })
    }

    /// Puts a page that was taken behind those before it; false where it is not the next.
    pub(crate) fn put_page(&mut self, TablePage { number, page }: TablePage) -> bool {
        let is_next = number as usize == self.pages.len() && page.len() == PAGE;
        if is_next {
            self.pages.push(page);
        }
        is_next
    }

    /// The whole of a table, of the pages that were taken and of what is left; `None` where that
    /// is none.
    pub(crate) fn joined(mut self, rest: Self) -> Option<Self> {
        let is_rest = rest.taken as usize == self.pages.len();
        self.pages.extend(rest.pages);
        let (last, full) = match self.pages.split_last() {
            Some((last, full)) => (last.len(), full),
            None => (0, [].as_slice()),
        };
        // Positions take them for as long as that.
        let is_sound = last <= PAGE && full.iter().all(|page| page.len() == PAGE);
        self.shrink();
        (is_rest && is_sound).then_some(self)
    }

    /// Gives back the memory that growing reserved.
    pub(crate) fn shrink(&mut self) {
        self.pages.shrink_to_fit();
        self.full = 0;
        for page in &mut self.pages {
            page.shrink();
            self.full += page.memory();
        }
        self.full -= self.pages.last().map_or(0, Page::memory);
    }

    /// The entry at `index`, from 0.
    pub fn entry(&self, index: usize) -> Option<Entry<'_>> {
        let (page, at) = self.place(index)?;
        page.entry(at)
    }

    /// What lists show of the entry at `index`.
    pub(crate) fn columns(&self, index: usize) -> Option<Columns> {
        let (page, at) = self.place(index)?;
        page.columns(at)
    }

    /// How the stored bytes of the entry at `index` make up its content.
    pub fn layout(&self, index: usize) -> Option<Layout<'_>> {
        let (page, at) = self.place(index)?;
        page.layout(at)
    }

    /// Whether both have the same entries, digests of contents aside.
    pub fn has_same_entries(&self, other: &Self) -> bool {
        self.taken == other.taken
            && self.pages.len() == other.pages.len()
            && self
                .pages
                .iter()
                .zip(&other.pages)
                .all(|(page, other)| page.has_same_entries(other))
    }

    /// The same without the entries that `keep` refuses by position and entry, and without the
    /// maps of sparse files.
    pub(crate) fn with_rows(&self, mut keep: impl FnMut(usize, &Entry<'_>) -> bool) -> Self {
        let mut kept = Self::new();
        for (index, entry) in self.iter().enumerate() {
            // What had room here has room there.
            if keep(index, &entry) && kept.push(&entry).is_err() {
                break;
            }
        }
        kept
    }

    /// All entries, in archive order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.pages.iter().flat_map(Page::iter)
    }

    /// The heads of all entries, in archive order. Paths of a folder that follow each
    /// other on a page have the same slice for it.
    pub(crate) fn heads(&self) -> impl Iterator<Item = EntryHead<'_>> + Clone {
        (self.taken..).zip(&self.pages).flat_map(|(number, page)| {
            let before = number * PAGE as u32;
            page.heads().map(move |head| head.after(before))
        })
    }

    /// The head of the entry at `index`.
    pub(crate) fn head(&self, index: usize) -> Option<EntryHead<'_>> {
        let (page, at) = self.place(index)?;
        let before = u32::try_from(index - at).ok()?;
        Some(page.head(at)?.after(before))
    }

    /// Whether some name or folder may have a component that begins as whiteouts do: false
    /// for most large layers, and cheaper than to read their paths.
    pub(crate) fn may_have_whiteouts(&self) -> bool {
        self.pages.iter().any(Page::may_have_whiteouts)
    }

    /// The paths of all entries, as the archive spells them. Those of a folder that
    /// follow each other on a page have the same slice for it.
    pub(crate) fn paths(&self) -> impl Iterator<Item = RawPath<'_>> {
        self.pages.iter().flat_map(Page::paths)
    }

    /// The path of the entry at `index`, as the archive spells it.
    pub(crate) fn path(&self, index: usize) -> Option<RawPath<'_>> {
        let (page, at) = self.place(index)?;
        page.path(at)
    }

    /// An entry's page, and where it stands there.
    fn place(&self, index: usize) -> Option<(&Page, usize)> {
        let number = (index / PAGE).checked_sub(self.taken as usize)?;
        Some((self.pages.get(number)?, index % PAGE))
    }
}

impl TablePage {
    /// Whether none comes before it.
    pub(crate) const fn is_first(&self) -> bool {
        self.number == 0
    }
}

impl EntryHead<'_> {
    /// The same with so many entries before those that its position is counted from.
    const fn after(self, before: u32) -> Self {
        Self {
            index: self.index.saturating_add(before),
            ..self
        }
    }
}
