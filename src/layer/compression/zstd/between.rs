//! What a decoder has in mind between two blocks of a frame: entropy tables and repeat offsets.
//!
//! A dictionary brings the same with it (RFC 8878 5). So a decoder goes on in the middle of a frame
//! if it is told that a frame begins there, with a dictionary that holds this, and the window.

use super::fse::{Backward, Description, Table};

/// RFC 8878 5: the magic of a dictionary; and an identifier, which it must have.
const DICTIONARY: [u8; 8] = [0x37, 0xa4, 0x30, 0xec, 1, 0, 0, 0];
/// A tree of two symbols (RFC 8878 4.2.1), for where no block had one yet and none can refer to it.
const ANY_TREE: [u8; 2] = [128, 0x10];

/// One of a sequence's three codes (RFC 8878 3.1.1.3.2.1).
struct Code {
    most_log: u32,
    symbols: usize,
    /// The description of the table for blocks without one of their own (3.1.1.3.2.2).
    default: &'static [u8],
}

const LITERAL_LENGTHS: Code = Code {
    most_log: 9,
    symbols: LITERAL_LENGTH_BITS.len(),
    default: &[
        0x51, 0x10, 0x63, 0x8c, 0x31, 0xc6, 0x18, 0x63, 0x0c, 0x21, 0xc4, 0x18, 0x63, 0x66, 0x66,
        0x86, 0x46, 0x92, 0x04, 0x00,
    ],
};
const OFFSETS: Code = Code {
    most_log: 8,
    symbols: 32,
    default: &[
        0x20, 0x84, 0x10, 0x42, 0x66, 0x46, 0x44, 0x44, 0x44, 0x44, 0x24, 0x49, 0x02, 0x00,
    ],
};
const MATCH_LENGTHS: Code = Code {
    most_log: 9,
    symbols: MATCH_LENGTH_BITS.len(),
    default: &[
        0x21, 0x14, 0xc4, 0x18, 0x63, 0x8c, 0x21, 0x84, 0x10, 0x42, 0x08, 0x21, 0x84, 0x10, 0x42,
        0x08, 0x21, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x24, 0x09, 0x00, 0x00,
    ],
};
/// In the order in which a block has them.
const CODES: [Code; 3] = [LITERAL_LENGTHS, OFFSETS, MATCH_LENGTHS];
/// Where a block's modes byte has their modes (RFC 8878 3.1.1.3.2.1.2), and what these are.
const MODE_SHIFTS: [u32; 3] = [6, 4, 2];
const DEFAULT: u8 = 0;
const SINGLE: u8 = 1;
const DESCRIBED: u8 = 2;
const REPEATED: u8 = 3;

/// Bits that follow each code (RFC 8878 3.1.1.3.2.1.1).
const LITERAL_LENGTH_BITS: [u8; 36] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16,
];
const MATCH_LENGTH_BITS: [u8; 53] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];

/// Bytes that the modes of a block's codes and their tables take at most: 36, 32 and 53 symbols of
/// up to ten bits each.
const TABLES_BYTES: usize = 192;

/// Where a code's table comes from.
enum Coding<'t> {
    /// For one symbol only, of which a dictionary knows nothing.
    Single(u8),
    Described(&'t [u8]),
}

impl Coding<'_> {
    fn table(&self, code: &Code) -> Option<Table> {
        match self {
            Self::Single(symbol) => Some(Table::single(*symbol)),
            Self::Described(bytes) => {
                Table::of(&Description::read(bytes, code.most_log, code.symbols)?)
            }
        }
    }
}

/// A block's modes, and what follows them: its tables, and more. Which is which is not looked for
/// before it is wanted, for this is kept of each block.
#[derive(Default)]
struct Tables(Vec<u8>);

impl Tables {
    fn keep(&mut self, bytes: &[u8]) {
        self.0.clear();
        let kept = bytes.get(..TABLES_BYTES).unwrap_or(bytes);
        self.0.extend_from_slice(kept);
    }

    /// The table of the code at a place among three, and what follows it.
    fn coding(&self, place: usize) -> Option<(Coding<'_>, &[u8])> {
        let (&modes, mut rest) = self.0.split_first()?;
        let mut codes = CODES.iter().zip(MODE_SHIFTS).take(place + 1);
        let (last, before) = (codes.next_back()?, codes);
        for (code, shift) in before {
            (_, rest) = coding(modes >> shift & 3, code, rest)?;
        }
        let (code, shift) = last;
        coding(modes >> shift & 3, code, rest)
    }
}

/// The table that a mode says, and what follows it; of one that is used again, none.
fn coding<'t>(mode: u8, code: &Code, bytes: &'t [u8]) -> Option<(Coding<'t>, &'t [u8])> {
    match mode {
        DEFAULT => Some((Coding::Described(code.default), bytes)),
        SINGLE => {
            let (&symbol, rest) = bytes.split_first()?;
            Some((Coding::Single(symbol), rest))
        }
        DESCRIBED => {
            let found = Description::read(bytes, code.most_log, code.symbols)?;
            let (description, rest) = bytes.split_at_checked(found.length)?;
            Some((Coding::Described(description), rest))
        }
        _ => Some((Coding::Described(&[]), bytes)),
    }
}

/// The last three offsets (RFC 8878 3.1.1.5), as far as they are known.
#[derive(Clone, Copy)]
struct Repeats([Option<u32>; 3]);

impl Repeats {
    const FIRST: Self = Self([Some(1), Some(4), Some(8)]);
    const UNKNOWN: Self = Self([None; 3]);

    /// Takes a sequence's offset value in.
    fn take(&mut self, value: u32, without_literals: bool) {
        let [first, second, third] = self.0;
        // Without literals before it the last offset would have been a longer match.
        let which = value + u32::from(without_literals);
        self.0 = match (value, which) {
            (4.., _) => [Some(value - 3), first, second],
            (_, 1) => [first, second, third],
            (_, 2) => [second, first, third],
            (_, 3) => [third, first, second],
            (_, _) => {
                // An offset of 0 cannot be, and its block fails.
                let less = first.and_then(|offset| offset.checked_sub(1));
                [less.filter(|&less| less > 0), first, second]
            }
        };
    }
}

/// What the blocks of a frame have left in a decoder's mind so far.
pub(super) struct Between {
    tree: Vec<u8>,
    // For each code, those of the last block that had one for it; nothing where none had.
    tables: [Tables; 3],
    repeats: Repeats,
}

impl Between {
    /// At a frame's beginning.
    pub(super) fn new() -> Self {
        Self {
            tree: Vec::new(),
            tables: Default::default(),
            repeats: Repeats::FIRST,
        }
    }

    /// Notes what a compressed block leaves (RFC 8878 3.1.1.3). To read all of its sequences, so
    /// that the offsets are known after it, takes a part of what decoding it takes. None where it
    /// is not as it should be.
    pub(super) fn block(&mut self, content: &[u8], with_offsets: bool) -> Option<()> {
        let rest = self.literals(content)?;
        let (count, rest) = sequence_count(rest)?;
        if count == 0 {
            return Some(());
        }
        let &modes = rest.first()?;
        for (shift, tables) in MODE_SHIFTS.iter().zip(&mut self.tables) {
            if modes >> shift & 3 != REPEATED {
                tables.keep(rest);
            }
        }
        if with_offsets {
            self.sequences(count, rest)
        } else {
            self.repeats = Repeats::UNKNOWN;
            Some(())
        }
    }

    /// Reads the literals' header, and the tree if there is one; returns what follows them.
    fn literals<'c>(&mut self, content: &'c [u8]) -> Option<&'c [u8]> {
        let &first = content.first()?;
        let field = |length: usize| {
            let bytes = content.get(..length)?.iter().rev();
            Some(bytes.fold(0_u64, |value, &byte| value << 8 | u64::from(byte)))
        };
        let (kind, format) = (first & 3, first >> 2 & 3);
        let (header, size) = match (kind, format) {
            (0 | 1, 0 | 2) => (1, field(1)? >> 3),
            (0 | 1, 1) => (2, field(2)? >> 4),
            (0 | 1, _) => (3, field(3)? >> 4),
            (_, 0 | 1) => (3, field(3)? >> 14),
            (_, 2) => (4, field(4)? >> 18),
            _ => (5, field(5)? >> 22),
        };
        let stored = if kind == 1 { 1 } else { size as usize };
        let (literals, rest) = content.get(header..)?.split_at_checked(stored)?;
        if kind == 2 {
            let &length = literals.first()?;
            // RFC 8878 4.2.1.1: bytes of their own table, or half a byte for each weight.
            let weights = match length {
                0..128 => usize::from(length),
                128.. => usize::from(length - 127).div_ceil(2),
            };
            self.tree.clear();
            self.tree.extend_from_slice(literals.get(..=weights)?);
        }
        Some(rest)
    }

    /// Follows the offsets through a block's sequences, from the modes of its codes on (RFC 8878
    /// 3.1.1.3.2).
    fn sequences(&mut self, count: u32, bytes: &[u8]) -> Option<()> {
        let (&modes, mut bits) = bytes.split_first()?;
        for (code, shift) in CODES.iter().zip(MODE_SHIFTS) {
            (_, bits) = coding(modes >> shift & 3, code, bits)?;
        }
        let tables: Vec<Table> = (CODES.iter().zip(&self.tables).enumerate())
            .map(|(place, (code, tables))| tables.coding(place)?.0.table(code))
            .collect::<Option<_>>()?;
        let [lengths, offsets, matches] = <[Table; 3]>::try_from(tables).ok()?;
        let mut bits = Backward::new(bits)?;
        let mut length = bits.read(lengths.log)?;
        let mut offset = bits.read(offsets.log)?;
        let mut matched = bits.read(matches.log)?;
        for left in (0..count).rev() {
            let (l, o, m) = (
                lengths.cell(length)?,
                offsets.cell(offset)?,
                matches.cell(matched)?,
            );
            let value = 1_u32.checked_shl(o.symbol.into())? + bits.read(o.symbol.into())?;
            let extra = MATCH_LENGTH_BITS.get(usize::from(m.symbol))?;
            bits.read(u32::from(*extra))?;
            let extra = LITERAL_LENGTH_BITS.get(usize::from(l.symbol))?;
            bits.read(u32::from(*extra))?;
            // Only the code 0 is a length of 0.
            self.repeats.take(value, l.symbol == 0);
            if left > 0 {
                length = l.base + bits.read(l.bits)?;
                matched = m.base + bits.read(m.bits)?;
                offset = o.base + bits.read(o.bits)?;
            }
        }
        bits.is_done().then_some(())
    }

    /// A dictionary without content that leaves the same in a decoder's mind; none where not all
    /// of it is known, or no dictionary can say it.
    pub(super) fn dictionary(&self) -> Option<Vec<u8>> {
        let mut bytes = DICTIONARY.to_vec();
        let has_tree = !self.tree.is_empty();
        bytes.extend_from_slice(if has_tree { &self.tree } else { &ANY_TREE });
        // RFC 8878 5: the table of offsets, that of match lengths, that of literal lengths.
        for place in [1, 2, 0] {
            let (code, tables) = (CODES.get(place)?, self.tables.get(place)?);
            if tables.0.is_empty() {
                bytes.extend_from_slice(code.default);
                continue;
            }
            match tables.coding(place)?.0 {
                Coding::Single(_) => return None,
                Coding::Described(description) => bytes.extend_from_slice(description),
            }
        }
        for offset in self.repeats.0 {
            bytes.extend_from_slice(&offset?.to_le_bytes());
        }
        Some(bytes)
    }
}

/// How many sequences a block has, and what follows the number (RFC 8878 3.1.1.3.2.1).
fn sequence_count(bytes: &[u8]) -> Option<(u32, &[u8])> {
    match *bytes {
        [first @ 0..128, ref rest @ ..] => Some((first.into(), rest)),
        [255, low, high, ref rest @ ..] => {
            Some((u32::from(u16::from_le_bytes([low, high])) + 0x7f00, rest))
        }
        [first @ 128..=254, second, ref rest @ ..] => {
            Some((u32::from(first - 128) << 8 | u32::from(second), rest))
        }
        _ => None,
    }
}
