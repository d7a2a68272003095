//! One header block: its dialect, its fields, its numbers.
//!
//! Read as Go's `archive/tar` does, since containerd, moby, umoci and BuildKit
//! all read layers through it. The `tar` crate's header type does not serve:
//! it knows no negative numbers, and no prefix under a version other than `00`.

use super::sum::sum_of_bytes;
use crate::bytes::position;

/// Length of a tar block.
pub(super) const BLOCK: usize = 512;

/// One tar block.
pub(super) type Block = [u8; BLOCK];

/// What the magic says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    V7,
    Ustar,
    Star,
    Gnu,
}

/// A header block whose checksum holds.
#[derive(Clone, Copy)]
pub(super) struct Header<'a> {
    block: &'a Block,
    pub(super) format: Format,
}

impl<'a> Header<'a> {
    /// The header in `block`, unless its checksum is wrong.
    pub(super) fn new(block: &'a Block) -> Option<Self> {
        let stated = octal(field(block, 148, 8))?;
        // POSIX sums unsigned bytes; the Sun tar of old summed signed ones.
        if stated != sum(block) && stated != signed_sum(block) {
            return None;
        }
        let format = match field(block, 257, 6) {
            b"ustar\0" if field(block, 508, 4) == b"tar\0" => Format::Star,
            b"ustar\0" => Format::Ustar,
            b"ustar " if field(block, 263, 2) == b" \0" => Format::Gnu,
            _ => Format::V7,
        };
        Some(Self { block, format })
    }

    pub(super) fn type_flag(&self) -> u8 {
        self.field(156, 1).first().copied().unwrap_or_default()
    }

    pub(super) fn mode(&self) -> Option<i64> {
        number(self.field(100, 8))
    }

    pub(super) fn uid(&self) -> Option<i64> {
        number(self.field(108, 8))
    }

    pub(super) fn gid(&self) -> Option<i64> {
        number(self.field(116, 8))
    }

    pub(super) fn size(&self) -> Option<i64> {
        number(self.field(124, 12))
    }

    pub(super) fn mtime(&self) -> Option<i64> {
        number(self.field(136, 12))
    }

    /// Device numbers; 0 in a header of Version 7, which has no fields for them.
    pub(super) fn device(&self) -> Option<(i64, i64)> {
        if self.format == Format::V7 {
            return Some((0, 0));
        }
        Some((number(self.field(329, 8))?, number(self.field(337, 8))?))
    }

    pub(super) fn link_name(&self) -> &'a [u8] {
        until_nul(self.field(157, 100))
    }

    /// The name's two parts: prefix, which may be empty, and name.
    pub(super) fn name(&self) -> (&'a [u8], &'a [u8]) {
        let prefix = match self.format {
            Format::V7 => &[],
            Format::Ustar => until_nul(self.field(345, 155)),
            Format::Star => until_nul(self.field(345, 131)),
            Format::Gnu => self.misplaced_prefix(),
        };
        (prefix, until_nul(self.field(0, 100)))
    }

    // GNU headers have times where ustar has its prefix. Go before 1.8 wrote
    // prefixes there all the same, and its readers take one when the times are
    // no numbers (golang.org/issues/12594 and 21005).
    fn misplaced_prefix(&self) -> &'a [u8] {
        let is_time = |start| {
            let time = self.field(start, 12);
            time.first() == Some(&0) || number(time).is_some()
        };
        let prefix = until_nul(self.field(345, 155));
        if (is_time(345) && is_time(357)) || !prefix.is_ascii() {
            return &[];
        }
        prefix
    }

    /// The old GNU sparse map's first four pairs, and whether more follow.
    pub(super) fn sparse_map(&self) -> &'a [u8] {
        self.field(386, 4 * 24 + 1)
    }

    /// Size with holes, of an old GNU sparse entry.
    pub(super) fn real_size(&self) -> Option<i64> {
        number(self.field(483, 12))
    }

    fn field(&self, start: usize, length: usize) -> &'a [u8] {
        field(self.block, start, length)
    }
}

fn field(block: &Block, start: usize, length: usize) -> &[u8] {
    block.get(start..start + length).unwrap_or_default()
}

/// The checksum of a header.
fn sum(block: &Block) -> i64 {
    with_spaces(block, sum_of_bytes(block).into(), i64::from)
}

fn signed_sum(block: &Block) -> i64 {
    let value = |byte: u8| i64::from(byte.cast_signed());
    let total = block.iter().map(|&byte| value(byte)).sum();
    with_spaces(block, total, value)
}

// The checksum field itself counts as eight spaces.
fn with_spaces(block: &Block, total: i64, value: impl Fn(u8) -> i64) -> i64 {
    let stated: i64 = field(block, 148, 8).iter().map(|&byte| value(byte)).sum();
    total - stated + 8 * i64::from(b' ')
}

/// `text` up to its first NUL.
pub(super) fn until_nul(text: &[u8]) -> &[u8] {
    let length = position(text, 0).unwrap_or(text.len());
    text.get(..length).unwrap_or_default()
}

/// A number field: base 256 when the first bit is set, else octal.
pub(super) fn number(field: &[u8]) -> Option<i64> {
    let Some(&first) = field.first().filter(|&&first| first & 0x80 != 0) else {
        return octal(field);
    };
    // Two's complement, big-endian; the first bit is only the mark.
    let inverted = if first & 0x40 == 0 { 0 } else { 0xff };
    let mut value = 0_u64;
    for (index, &byte) in field.iter().enumerate() {
        let byte = byte ^ inverted;
        let byte = if index == 0 { byte & 0x7f } else { byte };
        if value >> 56 != 0 {
            return None;
        }
        value = value << 8 | u64::from(byte);
    }
    let value = i64::try_from(value).ok()?;
    Some(if inverted == 0 { value } else { !value })
}

/// An octal number. Nearly all are digits up to a NUL or to the field's end.
fn octal(field: &[u8]) -> Option<i64> {
    let (words, rest) = field.as_chunks();
    let mut value = 0;
    let mut length = 0;
    if let [word] = words {
        (value, length) = leading_digits(u64::from_le_bytes(*word));
        if length == 8
            && let Some(rest) = rest.first_chunk()
        {
            let (low, more) = leading_digits(u32::from_le_bytes(*rest).into());
            value = value << (3 * more) | low;
            length += more;
        }
    }
    match field.get(length as usize..) {
        Some([] | [0, ..] | [b' '] | [b' ', 0, ..]) if length > 0 => Some(value.cast_signed()),
        _ => any_octal(field),
    }
}

/// The number that the first bytes of `word` are octal digits of, the lowest byte
/// first, and how many these are.
fn leading_digits(word: u64) -> (u64, u32) {
    let values = word ^ 0x3030_3030_3030_3030;
    // Digits have none of these bits.
    let length = (values & 0xf8f8_f8f8_f8f8_f8f8).trailing_zeros() / 8;
    // Zeros come before the digits, in the place of what is behind them.
    let digits = values.checked_shl(64 - 8 * length).unwrap_or(0);
    let pairs = (digits << 3 | digits >> 8) & 0x003f_003f_003f_003f;
    let fours = (pairs << 6 | pairs >> 16) & 0x0000_0fff_0000_0fff;
    ((fours << 12 | fours >> 32) & 0x00ff_ffff, length)
}

// Spaces and NULs may pad both ends; an empty field is 0.
fn any_octal(field: &[u8]) -> Option<i64> {
    let mut bytes = field.iter().skip_while(|byte| matches!(byte, b' ' | 0));
    let mut value = 0_i64;
    loop {
        match bytes.next() {
            None | Some(0) => return Some(value),
            Some(byte @ b'0'..=b'7') if value >> 60 == 0 => {
                value = value << 3 | i64::from(byte - b'0');
            }
            Some(b' ') => break,
            Some(_) => return None,
        }
    }
    // Up to a NUL, after which nothing counts, there may be more spaces alone.
    let after = bytes.find(|&&byte| byte != b' ');
    matches!(after, None | Some(0)).then_some(value)
}
