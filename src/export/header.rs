//! The headers of one entry: ustar, with a PAX header before it for what does
//! not fit there.

use tar::{EntryType, Header};

use super::plan::Item;
use crate::layer::table::{EntryKind, Timestamp};

const BLOCK: usize = 512;
// Seven octal digits.
const MOST_ID: u64 = 0o7_777_777;
// Eleven octal digits.
const MOST_SIZE: u64 = 0o77_777_777_777;

/// All header blocks of an item.
pub(super) fn headers(item: &Item) -> Vec<u8> {
    let mut records = Vec::new();
    let path = text(&item.name, 100);
    let link = text(&item.link_name, 100);
    if path == Text::Binary || link == Text::Binary {
        record(&mut records, b"hdrcharset", b"BINARY");
    }
    if path != Text::Fits {
        record(&mut records, b"path", &item.name);
    }
    if link != Text::Fits {
        record(&mut records, b"linkpath", &item.link_name);
    }
    let mut number = |key: &[u8], value: u64, most: u64| {
        if value <= most {
            return value;
        }
        record(&mut records, key, value.to_string().as_bytes());
        0
    };
    let size = match item.kind {
        EntryKind::File => number(b"size", item.size, MOST_SIZE),
        _ => 0,
    };
    let uid = number(b"uid", item.uid, MOST_ID);
    let gid = number(b"gid", item.gid, MOST_ID);
    let seconds = u64::try_from(item.mtime.seconds).unwrap_or(u64::MAX);
    let mtime = if seconds <= MOST_SIZE && item.mtime.nanoseconds == 0 {
        seconds
    } else {
        record(&mut records, b"mtime", decimal(item.mtime).as_bytes());
        if seconds <= MOST_SIZE { seconds } else { 0 }
    };
    for (name, value) in &item.xattrs {
        record(
            &mut records,
            &[b"SCHILY.xattr.", name.as_slice()].concat(),
            value,
        );
    }

    let mut blocks = Vec::new();
    if !records.is_empty() {
        let length = records.len() as u64;
        let about = entry(EntryType::XHeader, b"././@PaxHeader", length, |_| ());
        blocks.extend_from_slice(about.as_bytes());
        records.resize(records.len().next_multiple_of(BLOCK), 0);
        blocks.append(&mut records);
    }
    let own = entry(entry_type(item.kind), &item.name, size, |header| {
        header.set_mode(item.mode);
        header.set_uid(uid);
        header.set_gid(gid);
        header.set_mtime(mtime);
        if let Some(ustar) = header.as_ustar_mut() {
            put(&mut ustar.linkname, &item.link_name);
            device(&mut ustar.dev_major, item.device.0);
            device(&mut ustar.dev_minor, item.device.1);
        }
    });
    blocks.extend_from_slice(own.as_bytes());
    blocks
}

fn entry(kind: EntryType, name: &[u8], size: u64, more: impl FnOnce(&mut Header)) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    if let Some(ustar) = header.as_ustar_mut() {
        put(&mut ustar.name, name);
    }
    more(&mut header);
    header.set_cksum();
    header
}

fn entry_type(kind: EntryKind) -> EntryType {
    match kind {
        EntryKind::File => EntryType::Regular,
        EntryKind::Directory => EntryType::Directory,
        EntryKind::Symlink => EntryType::Symlink,
        EntryKind::Hardlink => EntryType::Link,
        EntryKind::Char => EntryType::Char,
        EntryKind::Block => EntryType::Block,
        EntryKind::Fifo => EntryType::Fifo,
        EntryKind::Other(flag) => EntryType::new(flag),
    }
}

// How a text can be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    // In the ustar header.
    Fits,
    // As a record, in UTF-8.
    Utf8,
    // As a record, and by POSIX that has to be said.
    Binary,
}

// Readers disagree on the charset of a ustar header, and PAX records are UTF-8:
// a name that is not goes into the header as it is, where it fits.
fn text(bytes: &[u8], most: usize) -> Text {
    let is_short = bytes.len() <= most;
    match std::str::from_utf8(bytes) {
        Ok(text) if is_short && text.is_ascii() => Text::Fits,
        Ok(_) => Text::Utf8,
        Err(_) if is_short => Text::Fits,
        Err(_) => Text::Binary,
    }
}

// `LENGTH key=value\n`, the length counting itself.
fn record(records: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(format!("{length} ").as_bytes());
    records.extend_from_slice(key);
    records.push(b'=');
    records.extend_from_slice(value);
    records.push(b'\n');
}

// Seconds with as many digits after the point as are needed.
fn decimal(time: Timestamp) -> String {
    let nanoseconds = time.as_nanoseconds();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let whole = nanoseconds.unsigned_abs() / 1_000_000_000;
    let part = format!("{:09}", nanoseconds.unsigned_abs() % 1_000_000_000);
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}")
}

// POSIX has no record for device numbers beyond seven octal digits; GNU's base
// 256 is what readers know.
fn device(field: &mut [u8; 8], number: u32) {
    if u64::from(number) <= MOST_ID {
        put(field, format!("{number:07o}").as_bytes());
    } else {
        let [a, b, c, d] = number.to_be_bytes();
        *field = [0x80, 0, 0, 0, a, b, c, d];
    }
}

fn put(field: &mut [u8], bytes: &[u8]) {
    for (to, from) in field.iter_mut().zip(bytes) {
        *to = *from;
    }
}
