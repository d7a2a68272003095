//! Archives, compressed files and other formats with a mark of their own.

use ContentKind::{Archive, Binary};

use super::fields::{array, be16, be32, has, le16, le32};
use super::text::is_utf32;
use crate::report::ContentKind;

/// What a file that begins so is, where all of it may be printed characters.
pub(super) fn describe_printable(head: &[u8]) -> Option<(ContentKind, String)> {
    if has(head, 0, b"%PDF-") {
        return Some((Binary, "PDF document".to_owned()));
    }
    ar(head).map(|archive| (Archive, archive))
}

/// What a file that begins so is.
pub(super) fn describe(head: &[u8]) -> Option<(ContentKind, String)> {
    if let Some(archive) = zip(head).or_else(|| rpm(head)) {
        return Some((Archive, archive));
    }
    if is_tar(head) {
        return Some((Archive, "tar archive".to_owned()));
    }
    for (at, mark, kind, description) in MARKS {
        if has(head, *at, mark) {
            return Some((*kind, (*description).to_owned()));
        }
    }
    let binary = |text: &str| (Binary, text.to_owned());
    if is_utf32(head) {
        return Some(binary("text in UTF-32"));
    }
    if let Some(brand) = media_brand(head) {
        return Some(binary(brand));
    }
    der(head).map(binary)
}

type Mark = (usize, &'static [u8], ContentKind, &'static str);

// Those that are long enough not to be met by chance, or rare elsewhere.
const MARKS: &[Mark] = &[
    (0, b"\x1f\x8b", Archive, "gzip"),
    (0, b"\x28\xb5\x2f\xfd", Archive, "zstd"),
    (0, b"\xfd7zXZ\0", Archive, "xz"),
    (0, b"BZh", Archive, "bzip2"),
    (0, b"\x04\x22\x4d\x18", Archive, "lz4"),
    (0, b"LZIP", Archive, "lzip"),
    (0, b"\x1f\x9d", Archive, "compress"),
    (0, b"\x5d\0\0\x80\0", Archive, "lzma"),
    (0, b"\x89LZO\0\r\n\x1a\n", Archive, "lzop"),
    (0, b"7z\xbc\xaf\x27\x1c", Archive, "7-Zip archive"),
    (0, b"Rar!\x1a\x07", Archive, "RAR archive"),
    (0, b"MSCF\0\0\0\0", Archive, "cabinet archive"),
    (0, b"070701", Archive, "cpio archive"),
    (0, b"070702", Archive, "cpio archive with checksums"),
    (0, b"070707", Archive, "cpio archive, old form"),
    (0, b"\xc7\x71", Archive, "cpio archive, binary form"),
    (0, b"hsqs", Archive, "squashfs image"),
    (0x8001, b"CD001", Archive, "ISO 9660 image"),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        Binary,
        "compound document",
    ),
    (0, b"SQLite format 3\0", Binary, "SQLite 3 database"),
    (12, b"\x61\x15\x06\0", Binary, "Berkeley DB hash database"),
    (12, b"\x62\x31\x05\0", Binary, "Berkeley DB B-tree database"),
    (0, b"\xce\x9a\x57\x13", Binary, "GNU dbm database"),
    (6, b"%!PS-AdobeFont", Binary, "Type 1 font, binary form"),
    (0, b"\0\x01\0\0\0", Binary, "TrueType font"),
    (0, b"true\0", Binary, "TrueType font"),
    (0, b"ttcf", Binary, "font collection"),
    (0, b"OTTO", Binary, "OpenType font"),
    (0, b"wOFF", Binary, "WOFF font"),
    (0, b"wOF2", Binary, "WOFF2 font"),
    (0, b"\x01fcp", Binary, "X11 bitmap font"),
    (0, b"II*\0", Binary, "TIFF picture"),
    (0, b"MM\0*", Binary, "TIFF picture"),
    (0, b"8BPS", Binary, "Photoshop picture"),
    (0, b"\xff\x0a", Binary, "JPEG XL picture"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Binary, "JPEG XL picture"),
    (0, b"OggS", Binary, "Ogg media"),
    (0, b"fLaC", Binary, "FLAC audio"),
    (0, b"ID3", Binary, "MP3 audio"),
    (0, b"\x1a\x45\xdf\xa3", Binary, "Matroska media"),
    (8, b"WAVEfmt", Binary, "WAVE audio"),
    (8, b"AVI LIST", Binary, "AVI video"),
    (0, b"\xde\x12\x04\x95", Binary, "message catalogue"),
    (0, b"\x95\x04\x12\xde", Binary, "message catalogue"),
    (0, b"TZif", Binary, "time zone"),
    (0, b"\x1a\x01", Binary, "terminfo entry"),
    (0, b"\x1e\x02", Binary, "terminfo entry"),
    (0, b"glibc-ld.so.cache", Binary, "cache of shared libraries"),
    (0, b"ld.so-1.7.0\0", Binary, "cache of shared libraries"),
    (0, b"LPKSHHRH", Binary, "systemd journal"),
    (0, b"BC\xc0\xde", Binary, "LLVM bit code"),
    (0, b"\x1bLua", Binary, "Lua byte code"),
    (0, b"dex\n0", Binary, "Android byte code"),
    (0, b"\xed\xfe\xed\xfe", Binary, "Java keystore"),
    (0, b"\xfe\xed\xfe\xed", Binary, "Java keystore"),
    (0, b"\xd0\x0d\xfe\xed", Binary, "device tree"),
];

// PKWARE's APPNOTE.TXT, 4.3.7: a local header, or the end of an empty archive.
fn zip(head: &[u8]) -> Option<String> {
    if has(head, 0, b"PK\x05\x06") {
        return Some("empty zip archive".to_owned());
    }
    if !has(head, 0, b"PK\x03\x04") {
        return None;
    }
    let length = usize::from(le16(head, 26)?);
    let name = head.get(30..)?.get(..length).unwrap_or_default();
    let after = 30 + length + usize::from(le16(head, 28)?);
    let kind = match name {
        b"META-INF/" | b"META-INF/MANIFEST.MF" => "Java archive",
        b"[Content_Types].xml" => "Office Open XML document",
        b"mimetype" if has(head, after, b"application/epub+zip") => "EPUB book",
        b"mimetype" if has(head, after, b"application/vnd.oasis.") => "OpenDocument file",
        _ => "zip archive",
    };
    Some(kind.to_owned())
}

fn ar(head: &[u8]) -> Option<String> {
    if head.starts_with(b"!<thin>\n") {
        return Some("thin static library".to_owned());
    }
    let first = head.strip_prefix(b"!<arch>\n")?;
    Some(match first.starts_with(b"debian-binary") {
        true => "Debian package".to_owned(),
        false => "static library".to_owned(),
    })
}

// rpm.org, "RPM V4 Package format": the lead.
fn rpm(head: &[u8]) -> Option<String> {
    if !has(head, 0, b"\xed\xab\xee\xdb") {
        return None;
    }
    let is_source = be16(head, 6)? == 1;
    Some(
        if is_source {
            "RPM source package"
        } else {
            "RPM package"
        }
        .to_owned(),
    )
}

// POSIX ustar: the sum of the header's bytes, its own field taken as spaces.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<512>() else {
        return false;
    };
    if has(header, 257, b"ustar") {
        return true;
    }
    let field = header.get(148..156).unwrap_or_default();
    let sum = |bytes: &[u8]| -> u32 { bytes.iter().map(|byte| u32::from(*byte)).sum() };
    let found = sum(header) - sum(field) + 8 * u32::from(b' ');
    let digits = field.iter().filter(|byte| byte.is_ascii_digit());
    let stated = digits.fold(0_u32, |value, digit| {
        value
            .saturating_mul(8)
            .saturating_add(u32::from(digit - b'0'))
    });
    stated == found && header.first() != Some(&0)
}

// ISO 14496-12: the first box names the brand.
fn media_brand(head: &[u8]) -> Option<&'static str> {
    if !has(head, 4, b"ftyp") {
        return None;
    }
    Some(match &array(head, 8)? {
        b"heic" | b"heix" | b"mif1" | b"msf1" => "HEIF picture",
        b"qt  " => "QuickTime video",
        b"M4A " => "MPEG-4 audio",
        _ => "MPEG-4 media",
    })
}

// ITU-T X.690, 8.1: a sequence that is as long as it says, or longer than what
// is at hand, and begins with a sequence or a number.
fn der(head: &[u8]) -> Option<&'static str> {
    let (length, first) = match array(head, 0)? {
        [0x30, 0x82] => (usize::from(be16(head, 2)?), 4),
        [0x30, 0x83] => (usize::try_from(be32(head, 1)? & 0x00ff_ffff).ok()?, 5),
        [0x30, short @ 0x10..=0x7f] => (usize::from(short), 2),
        [0x30, 0x81] => (usize::from(*head.get(2)?), 3),
        _ => return None,
    };
    let is_whole = head.len() >= crate::limits::DESCRIBE_BYTES || head.len() == first + length;
    let begins = matches!(head.get(first)?, 0x02 | 0x30);
    (is_whole && begins && le32(head, first).is_some()).then_some("DER structure")
}
