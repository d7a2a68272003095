//! Pictures that browsers draw, and how large their headers say they are.
//!
//! Where a file can hold several sizes, the largest counts: it is what drawing
//! may cost.

use super::fields::{array, be16, be32, has, le16, le24, le32};

/// A picture by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) name: &'static str,
    pub(super) media_type: &'static str,
    /// Width and height, where the bytes at hand tell.
    pub(super) pixels: Option<(u32, u32)>,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The picture that a file begins with.
pub(super) fn describe(head: &[u8]) -> Option<Picture> {
    let of = |name, media_type, pixels| {
        Some(Picture {
            name,
            media_type,
            pixels,
        })
    };
    if head.starts_with(PNG) {
        return of("PNG picture", "image/png", png(head));
    }
    if head.starts_with(b"\xff\xd8\xff") {
        return of("JPEG picture", "image/jpeg", jpeg(head));
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return of("GIF picture", "image/gif", gif(head));
    }
    if head.starts_with(b"RIFF") && has(head, 8, b"WEBP") {
        return of("WebP picture", "image/webp", webp(head));
    }
    if has(head, 4, b"ftypavif") || has(head, 4, b"ftypavis") {
        return of("AVIF picture", "image/avif", avif(head));
    }
    if let Some(pixels) = bmp(head) {
        return of("BMP picture", "image/bmp", Some(pixels));
    }
    let entries = icon_entries(head)?;
    of("icon", "image/x-icon", icon(head, entries))
}

// W3C PNG, 11.2.2 IHDR, which comes first.
fn png(head: &[u8]) -> Option<(u32, u32)> {
    if !has(head, 12, b"IHDR") {
        return None;
    }
    Some((be32(head, 16)?, be32(head, 20)?))
}

// ITU T.81, B.1.1.4 and B.2.2: segments up to the first frame header.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [mark, code] = array(head, at)?;
        if mark != 0xff {
            return None;
        }
        match code {
            // Bytes that fill, and markers that stand alone.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // SOF0 to SOF15, but for DHT, JPG and DAC.
            0xc0..=0xcf if !matches!(code, 0xc4 | 0xc8 | 0xcc) => {
                let (height, width) = (be16(head, at + 5)?, be16(head, at + 7)?);
                // A height of 0 stands after the first scan, out of sight.
                return (height > 0).then_some((width.into(), height.into()));
            }
            _ => at += 2 + usize::from(be16(head, at + 2)?),
        }
    }
}

// GIF89a, 18 and 20: decoders make the screen as large as the first picture.
fn gif(head: &[u8]) -> Option<(u32, u32)> {
    let flags = *head.get(10)?;
    let mut at = 13 + color_table(flags);
    loop {
        match *head.get(at)? {
            b'!' => at = after_blocks(head, at + 2)?,
            b',' => break,
            _ => return None,
        }
    }
    let side = |start, length| Some(u32::from(le16(head, start)?) + u32::from(le16(head, length)?));
    let width = side(at + 1, at + 5)?.max(le16(head, 6)?.into());
    let height = side(at + 3, at + 7)?.max(le16(head, 8)?.into());
    Some((width, height))
}

const fn color_table(flags: u8) -> usize {
    match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    }
}

// GIF89a, 15: blocks with their length before them, an empty one at the end.
fn after_blocks(head: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*head.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

// RFC 9649, 2.5 to 2.7.
fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match &array(head, 12)? {
        b"VP8 " if has(head, 23, b"\x9d\x01\x2a") => {
            let side = |at| Some(u32::from(le16(head, at)? & 0x3fff));
            Some((side(26)?, side(28)?))
        }
        b"VP8L" if has(head, 20, b"\x2f") => {
            let bits = le32(head, 21)?;
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => Some((le24(head, 24)? + 1, le24(head, 27)? + 1)),
        _ => None,
    }
}

// ISO 14496-12: boxes in boxes; ISO 23008-12, 6.5.3: `ispe` holds a size. All
// of them must be at hand.
fn avif(head: &[u8]) -> Option<(u32, u32)> {
    let meta = in_box(head, b"meta")?.get(4..)?;
    let properties = in_box(in_box(meta, b"iprp")?, b"ipco")?;
    let mut rest = properties;
    let mut pixels: Option<(u32, u32)> = None;
    while let Some((kind, content, after)) = next_box(rest) {
        if kind == *b"ispe" {
            let (width, height) = (be32(content, 4)?, be32(content, 8)?);
            let (widest, highest) = pixels.unwrap_or_default();
            pixels = Some((width.max(widest), height.max(highest)));
        }
        rest = after;
    }
    pixels.filter(|_| rest.is_empty())
}

fn in_box<'a>(boxes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = boxes;
    loop {
        let (kind, content, after) = next_box(rest)?;
        if kind == *wanted {
            return Some(content);
        }
        rest = after;
    }
}

fn next_box(boxes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let length = usize::try_from(be32(boxes, 0)?).ok()?;
    let kind = array(boxes, 4)?;
    let (whole, after) = boxes.split_at_checked(length)?;
    Some((kind, whole.get(8..)?, after))
}

// The file header has no more of a magic than two letters, so that the length
// of the second header has to be one of those that exist.
fn bmp(head: &[u8]) -> Option<(u32, u32)> {
    if !head.starts_with(b"BM") {
        return None;
    }
    match le32(head, 14)? {
        12 => Some((le16(head, 18)?.into(), le16(head, 20)?.into())),
        40 | 52 | 56 | 64 | 108 | 124 => {
            let side = |at| Some(le32(head, at)?.cast_signed().unsigned_abs());
            Some((side(18)?, side(22)?))
        }
        _ => None,
    }
}

const ICON_ENTRY: usize = 16;

// A directory that lies before its pictures.
fn icon_entries(head: &[u8]) -> Option<usize> {
    let count = usize::from(le16(head, 4)?);
    let is_icon = head.starts_with(&[0, 0, 1, 0]) && (1..=256).contains(&count);
    let first = (0..count).all(|number| {
        let at = 6 + number * ICON_ENTRY;
        let offset = le32(head, at + 12).and_then(|offset| usize::try_from(offset).ok());
        let reserved = head.get(at + 3);
        reserved == Some(&0) && offset.is_some_and(|offset| offset >= 6 + count * ICON_ENTRY)
    });
    (is_icon && first).then_some(count)
}

// The directory's sizes have one byte; the picture itself may say another.
fn icon(head: &[u8], entries: usize) -> Option<(u32, u32)> {
    let mut pixels = (0, 0);
    for number in 0..entries {
        let offset = le32(head, 6 + number * ICON_ENTRY + 12)?;
        let picture = head.get(usize::try_from(offset).ok()?..)?;
        let (width, height) = match picture.starts_with(PNG) {
            true => png(picture)?,
            // Twice as high as it is, for the mask.
            false => (
                le32(picture, 4)?,
                le32(picture, 8)?.cast_signed().unsigned_abs() / 2,
            ),
        };
        pixels = (width.max(pixels.0), height.max(pixels.1));
    }
    Some(pixels)
}
