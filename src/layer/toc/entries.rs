//! The JSON of a table of contents: CRFS's form, as eStargz and zstd:chunked have it
//! (docs/estargz.md, "TOCEntries"; containers/storage `internal/minimal`, `FileMetadata`).
//!
//! A regular file is an entry of type `reg`, and of type `chunk` for each run of its bytes but the
//! first. Holes of zstd:chunked are frames of zeros like any other. Where an entry leaves room for
//! doubt which bytes are a file's, the whole table is refused: the layer is scanned then.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::TocError;
use super::listing::Chunk;
use crate::digest::{Algorithm, Digest};
use crate::layer::table::{Entry, EntryKind, EntryTable, RawPath, Timestamp};
use crate::limits::Limits;
use crate::manifest::json::{Json, Kind, Value};
use crate::manifest::time;

/// The only version there is.
const VERSION: i64 = 1;
/// What the listing's offsets of files are multiples of: those of a tar's data are, and its table
/// has little room for others.
const BLOCK: u64 = 512;

/// What the JSON says.
pub(super) struct Read {
    pub(super) table: EntryTable,
    pub(super) chunks: Vec<Chunk>,
    pub(super) contents: Vec<(u32, [u8; 32])>,
}

/// Reads the JSON of a layer whose files lie before the stored byte `end`.
pub(super) fn read(json: &[u8], end: u64, limits: &Limits) -> Result<Read, TocError> {
    let json = Json::parse(json).map_err(|_| malformed("JSON", None))?;
    let mut version = None;
    let mut entries = None;
    for (name, value) in json.root().members() {
        match name.as_ref() {
            "version" => version = integer(value),
            "entries" => entries = Some(value),
            _ => {}
        }
    }
    if version != Some(VERSION) {
        return Err(malformed("version 1", None));
    }
    let entries = entries.filter(|entries| entries.kind() == Kind::Array);
    let entries = entries.ok_or(malformed("a list of entries", None))?;
    let mut reader = Reader {
        limits,
        end,
        table: EntryTable::new(),
        chunks: Vec::new(),
        contents: Vec::new(),
        next: 0,
        file: None,
    };
    for (number, entry) in entries.items().enumerate() {
        let fields = Fields::read(entry).map_err(|what| malformed(what, Some(number)))?;
        reader.take(&fields, number)?;
    }
    reader.finish()
}

const fn malformed(expected: &'static str, entry: Option<usize>) -> TocError {
    TocError::Malformed { expected, entry }
}

// Go reads neither `1.0` nor `1e3` into an integer.
fn integer(value: Value<'_>) -> Option<i64> {
    (value.kind() == Kind::Number)
        .then(|| std::str::from_utf8(value.raw()).ok()?.parse().ok())
        .flatten()
}

/// A name and its value.
type Xattr<'j> = (Cow<'j, str>, Vec<u8>);

/// The members of an entry that are used. What is absent is empty or 0, as Go leaves it out.
#[derive(Default)]
struct Fields<'j> {
    kind: Cow<'j, str>,
    name: Cow<'j, str>,
    link_name: Cow<'j, str>,
    mode: i64,
    uid: u64,
    gid: u64,
    size: u64,
    modified: Timestamp,
    device: (i64, i64),
    xattrs: Vec<Xattr<'j>>,
    digest: Option<Digest>,
    stored: u64,
    inner: u64,
    chunk_offset: u64,
    chunk_size: u64,
}

impl<'j> Fields<'j> {
    /// Reads an entry; the error says what could have been there.
    fn read(entry: Value<'j>) -> Result<Self, &'static str> {
        if entry.kind() != Kind::Object {
            return Err("an object");
        }
        let mut fields = Self::default();
        // Of two members of a name, Go takes the second; a `null` leaves what was there.
        for (name, value) in entry.members() {
            if value.kind() == Kind::Null {
                continue;
            }
            match name.as_ref() {
                "type" => fields.kind = text(value)?,
                "name" => fields.name = text(value)?,
                "linkName" => fields.link_name = text(value)?,
                "mode" => fields.mode = integer(value).ok_or("an integer")?,
                "uid" => fields.uid = natural(value)?,
                "gid" => fields.gid = natural(value)?,
                "size" => fields.size = natural(value)?,
                "modtime" => fields.modified = moment(&text(value)?)?,
                "devMajor" => fields.device.0 = integer(value).ok_or("an integer")?,
                "devMinor" => fields.device.1 = integer(value).ok_or("an integer")?,
                "xattrs" => fields.xattrs = xattrs(value)?,
                "digest" => fields.digest = digest(&text(value)?)?,
                "offset" => fields.stored = natural(value)?,
                "innerOffset" => fields.inner = natural(value)?,
                "chunkOffset" => fields.chunk_offset = natural(value)?,
                "chunkSize" => fields.chunk_size = natural(value)?,
                _ => {}
            }
        }
        Ok(fields)
    }

    fn kind(&self) -> Option<EntryKind> {
        Some(match self.kind.as_ref() {
            "reg" => EntryKind::File,
            "dir" => EntryKind::Directory,
            "symlink" => EntryKind::Symlink,
            "hardlink" => EntryKind::Hardlink,
            "char" => EntryKind::Char,
            "block" => EntryKind::Block,
            "fifo" => EntryKind::Fifo,
            _ => return None,
        })
    }
}

fn text(value: Value<'_>) -> Result<Cow<'_, str>, &'static str> {
    value.text().ok_or("a text")
}

fn natural(value: Value<'_>) -> Result<u64, &'static str> {
    let number = integer(value).and_then(|number| u64::try_from(number).ok());
    number.ok_or("an integer from 0 on")
}

/// A time of RFC 3339. Nothing, and Go's zero time, are 1970, as archive/tar writes that.
fn moment(text: &str) -> Result<Timestamp, &'static str> {
    const ZERO: &str = "0001-01-01T00:00:00Z";
    if text.is_empty() || text == ZERO {
        return Ok(Timestamp::default());
    }
    let (seconds, nanoseconds) = time::unix(text.as_bytes()).ok_or("a time of RFC 3339")?;
    Ok(Timestamp {
        seconds,
        nanoseconds,
    })
}

fn xattrs(value: Value<'_>) -> Result<Vec<Xattr<'_>>, &'static str> {
    if value.kind() != Kind::Object {
        return Err("an object");
    }
    let decoded = value.members().map(|(name, value)| {
        let bytes = STANDARD.decode(text(value)?.as_bytes());
        Ok((name, bytes.map_err(|_| "base64 with padding")?))
    });
    decoded.collect()
}

/// The digest of a file's content; none where it is of another algorithm than SHA-256.
fn digest(text: &str) -> Result<Option<Digest>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let digest = Digest::parse(text).map_err(|_| "a digest")?;
    Ok((digest.algorithm() == Algorithm::Sha256).then_some(digest))
}

/// A regular file whose chunks are being read.
struct File {
    /// The listing's offset of its first byte.
    offset: u64,
    size: u64,
    /// Bytes of the chunks so far.
    known: u64,
    /// The member of the last of them, and where it begins in what that unpacks to.
    last: (u64, u64),
}

struct Reader<'l> {
    limits: &'l Limits,
    /// Stored bytes in which files lie.
    end: u64,
    table: EntryTable,
    chunks: Vec<Chunk>,
    contents: Vec<(u32, [u8; 32])>,
    /// The first offset that no entry has.
    next: u64,
    file: Option<File>,
}

impl Reader<'_> {
    fn take(&mut self, fields: &Fields<'_>, number: usize) -> Result<(), TocError> {
        let fault = |what| malformed(what, Some(number));
        if fields.kind == "chunk" {
            return self.chunk(fields, number);
        }
        self.close_file(number)?;
        let kind = fields.kind().ok_or(fault("a type of entry"))?;
        if self.table.len() >= self.limits.layer_entries {
            return Err(limit("limit-layer-entries", self.limits.layer_entries));
        }
        let longest = fields.name.len().max(fields.link_name.len());
        if longest > self.limits.path_bytes {
            return Err(limit("limit-path-bytes", self.limits.path_bytes));
        }
        let is_file = kind == EntryKind::File;
        let size = if is_file { fields.size } else { 0 };
        // In front of a file lies what its member unpacks to before it, so that reading may begin
        // there, and a byte that is no file's.
        let before = if size > 0 { fields.inner } else { 0 };
        let offset = self
            .next
            .checked_add(before)
            .and_then(|offset| offset.checked_next_multiple_of(BLOCK));
        let after = offset.and_then(|offset| offset.checked_add(size)?.checked_add(1));
        let within = after.filter(|after| *after <= self.limits.unpacked_bytes);
        let (Some(offset), Some(after)) = (offset, within) else {
            let limit = self.limits.unpacked_bytes;
            let code = "limit-unpacked-bytes";
            return Err(TocError::Limit { code, limit });
        };
        let pushed = self.table.push(&Entry {
            kind,
            path: RawPath::new(fields.name.as_bytes()),
            link_name: match kind {
                EntryKind::Symlink | EntryKind::Hardlink => fields.link_name.as_bytes(),
                _ => b"",
            },
            mode: u32::try_from(fields.mode & 0o7777).unwrap_or_default(),
            uid: fields.uid,
            gid: fields.gid,
            size,
            mtime: fields.modified,
            device: match kind {
                EntryKind::Char | EntryKind::Block => fields.device,
                _ => (0, 0),
            },
            xattrs: fields
                .xattrs
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_slice()))
                .collect(),
            content: None,
            header_offset: offset,
            data_offset: offset,
            stored_size: size,
        });
        let most = self.limits.layer_table_bytes;
        if pushed.is_err() || self.table.memory() > most {
            return Err(limit("limit-layer-table-bytes", most));
        }
        if size == 0 {
            return Ok(());
        }
        self.next = after;
        if let Some(digest) = &fields.digest
            && let Ok(bytes) = digest.as_bytes().try_into()
            && let Ok(entry) = u32::try_from(self.table.len() - 1)
        {
            self.contents.push((entry, bytes));
        }
        self.file = Some(File {
            offset,
            size,
            known: 0,
            last: (0, 0),
        });
        self.chunk(fields, number)
    }

    fn chunk(&mut self, fields: &Fields<'_>, number: usize) -> Result<(), TocError> {
        let fault = |what| malformed(what, Some(number));
        let file = self.file.as_mut().ok_or(fault("a chunk behind its file"))?;
        if fields.chunk_offset != file.known {
            return Err(fault("chunks one after the other"));
        }
        // docs/estargz.md, `chunkSize`: 0 for the last one.
        let left = file.size - file.known;
        let length = match fields.chunk_size {
            0 => left,
            length => length,
        };
        if length == 0 || length > left {
            return Err(fault("chunks as long as their file"));
        }
        let place = (fields.stored, fields.inner);
        // A header comes before a file's bytes, so that none are the layer's first.
        if place <= file.last || fields.stored >= self.end {
            return Err(fault("chunks in the order of the layer"));
        }
        let offset = file.offset.saturating_add(file.known);
        if fields.inner > offset {
            return Err(fault("chunks as far apart as their members unpack to"));
        }
        self.chunks.push(Chunk {
            offset,
            stored: fields.stored,
            inner: fields.inner,
            end: self.end,
        });
        file.last = place;
        file.known += length;
        Ok(())
    }

    fn close_file(&mut self, number: usize) -> Result<(), TocError> {
        match self.file.take() {
            Some(file) if file.known < file.size => Err(malformed(
                "chunks of all of the file before it",
                Some(number),
            )),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Read, TocError> {
        self.close_file(self.table.len())?;
        let mut starts: Vec<u64> = self.chunks.iter().map(|chunk| chunk.stored).collect();
        starts.sort_unstable();
        for chunk in &mut self.chunks {
            let after = starts.partition_point(|start| *start <= chunk.stored);
            chunk.end = starts.get(after).copied().unwrap_or(self.end);
        }
        self.table.shrink();
        let Self {
            table,
            chunks,
            contents,
            ..
        } = self;
        Ok(Read {
            table,
            chunks,
            contents,
        })
    }
}

fn limit(code: &'static str, limit: usize) -> TocError {
    TocError::Limit {
        code,
        limit: limit as u64,
    }
}
