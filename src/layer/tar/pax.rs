//! Records of a PAX extended header: POSIX pax, "pax Extended Header", with
//! the keys of GNU sparse files and star's extended attributes.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::layer::table::{Fragment, Timestamp};

const XATTR: &[u8] = b"SCHILY.xattr.";

/// The records are not what POSIX describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// One extended header: the block as read, and where the known values lie in it.
#[derive(Default)]
pub(super) struct Pax {
    text: Vec<u8>,
    path: Range<usize>,
    link_path: Range<usize>,
    uid: Range<usize>,
    gid: Range<usize>,
    size: Range<usize>,
    mtime: Range<usize>,
    xattrs: Vec<(Range<usize>, Range<usize>)>,
    sparse_major: Range<usize>,
    sparse_minor: Range<usize>,
    sparse_name: Range<usize>,
    sparse_size: Range<usize>,
    sparse_real_size: Range<usize>,
    sparse_count: Range<usize>,
    sparse_map: Range<usize>,
    // Offsets and lengths of format 0.0, in the order of their records.
    sparse_pairs: Vec<Range<usize>>,
}

/// Which of the three PAX forms a sparse file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SparseForm {
    /// 0.0 and 0.1: the map is in the records.
    Records,
    /// 1.0: the map is at the head of the data.
    Data,
}

impl Pax {
    /// Forgets all records, but keeps the memory.
    pub(super) fn clear(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Self {
            text,
            ..Self::default()
        };
    }

    /// Takes the next bytes of the header's data.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    /// Reads the records, once all data was taken.
    pub(super) fn read(&mut self) -> Result<(), Malformed> {
        let text = std::mem::take(&mut self.text);
        let mut at = 0;
        let mut outcome = Ok(());
        while at < text.len() {
            match record(&text, at) {
                Ok(record) => {
                    at = record.end;
                    outcome = self.keep(&text, record);
                }
                Err(malformed) => outcome = Err(malformed),
            }
            if outcome.is_err() {
                break;
            }
        }
        self.text = text;
        outcome
    }

    // The last of several records with one key holds; an empty value leaves the
    // header's own.
    fn keep(&mut self, text: &[u8], record: Record) -> Result<(), Malformed> {
        let value = record.value;
        match text.get(record.key.clone()).unwrap_or_default() {
            b"path" => self.path = value,
            b"linkpath" => self.link_path = value,
            b"uid" => self.uid = value,
            b"gid" => self.gid = value,
            b"size" => self.size = value,
            b"mtime" => self.mtime = value,
            b"GNU.sparse.major" => self.sparse_major = value,
            b"GNU.sparse.minor" => self.sparse_minor = value,
            b"GNU.sparse.name" => self.sparse_name = value,
            b"GNU.sparse.size" => self.sparse_size = value,
            b"GNU.sparse.realsize" => self.sparse_real_size = value,
            b"GNU.sparse.numblocks" => self.sparse_count = value,
            b"GNU.sparse.map" => self.sparse_map = value,
            b"GNU.sparse.offset" if self.sparse_pairs.len().is_multiple_of(2) => {
                self.sparse_pairs.push(value);
            }
            b"GNU.sparse.numbytes" if !self.sparse_pairs.len().is_multiple_of(2) => {
                self.sparse_pairs.push(value);
            }
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => return Err(Malformed),
            key if key.starts_with(XATTR) => {
                let name = record.key.start + XATTR.len()..record.key.end;
                self.xattrs.push((name, value));
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn path(&self) -> Option<&[u8]> {
        self.value(&self.path)
    }

    pub(super) fn link_path(&self) -> Option<&[u8]> {
        self.value(&self.link_path)
    }

    pub(super) fn size(&self) -> Option<Result<i64, Malformed>> {
        self.value(&self.size).map(decimal)
    }

    pub(super) fn uid(&self) -> Option<Result<i64, Malformed>> {
        self.value(&self.uid).map(decimal)
    }

    pub(super) fn gid(&self) -> Option<Result<i64, Malformed>> {
        self.value(&self.gid).map(decimal)
    }

    pub(super) fn mtime(&self) -> Option<Result<Timestamp, Malformed>> {
        self.value(&self.mtime).map(timestamp)
    }

    /// Extended attributes in order; of several with one name, the last.
    pub(super) fn xattrs(&self) -> Vec<(&[u8], &[u8])> {
        if self.xattrs.is_empty() {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut xattrs: Vec<_> = self
            .xattrs
            .iter()
            .rev()
            .filter_map(|(name, value)| Some((self.text.get(name.clone())?, value)))
            .filter(|(name, _)| seen.insert(*name))
            // As in Go, an empty value takes the attribute away.
            .filter_map(|(name, value)| Some((name, self.value(value)?)))
            .collect();
        xattrs.reverse();
        xattrs
    }

    /// The sparse form, where the records state one that is known.
    pub(super) fn sparse_form(&self) -> Option<SparseForm> {
        let text = |range: &Range<usize>| self.value(range).unwrap_or_default();
        match (text(&self.sparse_major), text(&self.sparse_minor)) {
            (b"0", b"0" | b"1") => Some(SparseForm::Records),
            (b"1", b"0") => Some(SparseForm::Data),
            // 0.0 and 0.1 need not state a version.
            (b"", b"") if !self.sparse_map.is_empty() || !self.sparse_pairs.is_empty() => {
                Some(SparseForm::Records)
            }
            _ => None,
        }
    }

    pub(super) fn sparse_name(&self) -> Option<&[u8]> {
        self.value(&self.sparse_name)
    }

    /// A sparse file's size with its holes.
    pub(super) fn sparse_size(&self) -> Option<Result<i64, Malformed>> {
        self.value(&self.sparse_size)
            .or_else(|| self.value(&self.sparse_real_size))
            .map(decimal)
    }

    /// The map of formats 0.0 and 0.1, appended to `map`.
    pub(super) fn sparse_map(&self, map: &mut Vec<Fragment>) -> Result<(), Malformed> {
        let stated = decimal(self.value(&self.sparse_count).unwrap_or_default())?;
        if self.sparse_pairs.is_empty() {
            let text = self.value(&self.sparse_map).unwrap_or_default();
            // `split` gives one empty part for an empty text.
            let parts = text.split(|&byte| byte == b',');
            pairs(parts.filter(|_| !text.is_empty()), map)?;
        } else {
            let parts = self.sparse_pairs.iter();
            pairs(parts.map(|part| self.value(part).unwrap_or_default()), map)?;
        }
        if u64::try_from(stated) == Ok(map.len() as u64) {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    fn value(&self, range: &Range<usize>) -> Option<&[u8]> {
        self.text.get(range.clone()).filter(|text| !text.is_empty())
    }
}

struct Record {
    key: Range<usize>,
    value: Range<usize>,
    end: usize,
}

// `LENGTH key=value\n`, the length counting itself.
fn record(text: &[u8], start: usize) -> Result<Record, Malformed> {
    let rest = text.get(start..).ok_or(Malformed)?;
    let space = position(rest, b' ').ok_or(Malformed)?;
    let length = decimal(rest.get(..space).ok_or(Malformed)?)?;
    let length = usize::try_from(length).map_err(|_| Malformed)?;
    let record = rest.get(..length).ok_or(Malformed)?;
    let body = record
        .get(space + 1..)
        .and_then(|body| body.strip_suffix(b"\n"));
    let body = body.ok_or(Malformed)?;
    let equals = position(body, b'=').ok_or(Malformed)?;
    let (key, value) = body.split_at(equals);
    // Go refuses NULs in keys, and in the values that are strings in ustar.
    let checked = if matches!(key, b"path" | b"linkpath" | b"uname" | b"gname") {
        value
    } else {
        key
    };
    if key.is_empty() || checked.contains(&0) {
        return Err(Malformed);
    }
    let key_start = start + space + 1;
    let end = start + length;
    Ok(Record {
        key: key_start..key_start + equals,
        value: key_start + equals + 1..end - 1,
        end,
    })
}

fn position(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|&other| other == byte)
}

/// A decimal number with an optional sign, as Go's `ParseInt` takes it.
pub(super) fn decimal(text: &[u8]) -> Result<i64, Malformed> {
    std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or(Malformed)
}

fn pairs<'a>(
    mut parts: impl Iterator<Item = &'a [u8]>,
    map: &mut Vec<Fragment>,
) -> Result<(), Malformed> {
    while let Some(offset) = parts.next() {
        let length = parts.next().ok_or(Malformed)?;
        map.push(Fragment::new(decimal(offset)?, decimal(length)?)?);
    }
    Ok(())
}

// Seconds with a fraction; the fraction of a negative time counts backwards,
// and digits past the ninth are dropped, as Go does.
fn timestamp(text: &[u8]) -> Result<Timestamp, Malformed> {
    let mut parts = text.splitn(2, |&byte| byte == b'.');
    let seconds = decimal(parts.next().unwrap_or_default())?;
    let mut nanoseconds = 0;
    let mut scale = 100_000_000;
    for &digit in parts.next().unwrap_or_default() {
        if !digit.is_ascii_digit() {
            return Err(Malformed);
        }
        nanoseconds += u32::from(digit - b'0') * scale;
        scale /= 10;
    }
    if text.starts_with(b"-") && nanoseconds > 0 {
        return Ok(Timestamp {
            seconds: seconds.checked_sub(1).ok_or(Malformed)?,
            nanoseconds: 1_000_000_000 - nanoseconds,
        });
    }
    Ok(Timestamp {
        seconds,
        nanoseconds,
    })
}
