//! Decoding tables of prefix codes (RFC 1951 3.2.2).
//!
//! A table is indexed by the next bits of the stream. Codes longer than that
//! lead to a second table behind the first.

/// The entry is a byte of output, in bits 16 to 23.
pub(super) const LITERAL: u64 = 1 << 31;
/// The entry is none of the usual ones: a further table, the end of a block, or no code.
pub(super) const EXCEPTION: u64 = 1 << 15;
/// A further table: its start in bits 16 to 30, its bits in 8 to 11.
pub(super) const FURTHER: u64 = 1 << 14;
/// The end of a block.
pub(super) const END: u64 = 1 << 13;

/// Longest code.
const MOST_BITS: usize = 15;
/// Symbols of the largest code.
const MOST_SYMBOLS: usize = 288;

/// What no code leads to. It takes a bit, so that it is not met before one was read.
const NO_CODE: u32 = EXCEPTION as u32 | 1;
/// The same where lengths of codes are coded: as zlib does, a bit is taken for the length 0, and it is
/// left to the block that it cannot end.
const NO_LENGTH: u32 = 1;

// RFC 1951 3.2.5: the first length of each symbol from 257 on, and its extra bits.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// A table whose first part is indexed by `BITS` bits. Its size is a power of
/// two above the most that any complete code needs.
pub(super) struct Table<const BITS: u32, const SIZE: usize> {
    entries: Box<[u32; SIZE]>,
}

impl<const BITS: u32, const SIZE: usize> Table<BITS, SIZE> {
    pub(super) fn new() -> Self {
        Self {
            entries: Box::new([NO_CODE; SIZE]),
        }
    }

    /// The entry for the next bits.
    #[inline(always)]
    pub(super) fn first(&self, bits: u64) -> u64 {
        // Within SIZE, which is no less than 1 << BITS.
        u64::from(self.entries[(bits & ((1 << BITS) - 1)) as usize & (SIZE - 1)])
    }

    /// The entry of the table that `entry` leads to, for the bits after the first `BITS`.
    #[inline(always)]
    pub(super) fn further(&self, entry: u64, bits: u64) -> u64 {
        let start = (entry >> 16) as usize;
        let index = bits & ((1 << (entry >> 8 & 15)) - 1);
        u64::from(self.entries[(start + index as usize) & (SIZE - 1)])
    }

    /// Makes the table of a code by the lengths of its symbols' codes, 0 for what does not occur;
    /// false where they are no prefix code. `symbols` has each symbol's entry without its length.
    ///
    /// A code must be complete, save that it may have no symbol, or where `single`
    /// is set a single one of one bit: what others write and read.
    fn build(&mut self, lengths: &[u8], single: bool, symbols: &[u32]) -> bool {
        let mut count = [0u16; MOST_BITS + 1];
        for &length in lengths {
            count[usize::from(length) & MOST_BITS] += 1;
        }
        let mut first = [0u16; MOST_BITS + 1];
        let mut left = 1i32;
        for length in 1..=MOST_BITS {
            first[length] = first[length - 1] + count[length - 1];
            left = (left << 1) - i32::from(count[length]);
            if left < 0 {
                return false;
            }
        }
        let used = lengths.len() - usize::from(count[0]);
        let is_allowed = used == 0 || single && used == 1 && count[1] == 1;
        if left > 0 && !is_allowed {
            return false;
        }
        if left > 0 {
            self.entries[..1 << BITS].fill(if single { NO_CODE } else { NO_LENGTH });
        }
        // By length, then by number: the order of their codes.
        let mut sorted = [0u16; MOST_SYMBOLS];
        let mut next = first;
        for (symbol, &length) in lengths.iter().enumerate() {
            let next = &mut next[usize::from(length) & MOST_BITS];
            sorted[usize::from(*next) % MOST_SYMBOLS] = symbol as u16;
            *next += 1;
        }
        let sorted = sorted.iter().skip(usize::from(count[0]));
        let entry = |&symbol: &u16| symbols.get(usize::from(symbol)).copied();
        let mut entries = sorted.map_while(entry);
        // The first bit of a code comes first, and is the lowest of an index.
        let mut code = 0;
        for length in 1..=BITS {
            // Each bit more repeats what was laid out for those before it.
            let half = 1 << (length - 1);
            self.entries.copy_within(..half, half);
            for entry in entries.by_ref().take(usize::from(count[length as usize])) {
                self.entries[code & (SIZE - 1)] = entry + (length << 8) + length;
                code = following(code, length);
            }
        }
        self.build_further(&count, code, entries);
        true
    }

    /// Lays out the codes longer than `BITS`, from `code` on: those with the same first bits in a
    /// table as large as the longest of them needs.
    fn build_further(
        &mut self,
        count: &[u16; MOST_BITS + 1],
        mut code: usize,
        mut entries: impl Iterator<Item = u32>,
    ) {
        let (mut start, mut end, mut prefix) = (0, 1 << BITS, usize::MAX);
        for length in BITS + 1..=MOST_BITS as u32 {
            let mut left = usize::from(count[length as usize]);
            for entry in entries.by_ref().take(left) {
                if code & ((1 << BITS) - 1) != prefix {
                    prefix = code & ((1 << BITS) - 1);
                    let mut bits = length - BITS;
                    let mut filled = left;
                    while filled < 1 << bits {
                        bits += 1;
                        let more = count.get((BITS + bits) as usize).copied();
                        filled = (filled << 1) + usize::from(more.unwrap_or(u16::MAX));
                    }
                    (start, end) = (end, end + (1 << bits));
                    let further = (EXCEPTION | FURTHER) as u32 | bits << 8 | BITS;
                    self.entries[prefix & (SIZE - 1)] = (start as u32) << 16 | further;
                }
                let length = length - BITS;
                for index in (start + (code >> BITS)..end).step_by(1 << length) {
                    self.entries[index & (SIZE - 1)] = entry + (length << 8) + length;
                }
                code = following(code, length + BITS);
                left -= 1;
            }
        }
    }
}

/// The code of so many bits after another one, both with their first bit lowest.
fn following(code: usize, length: u32) -> usize {
    let zeros = !code & ((1 << length) - 1);
    match zeros.checked_ilog2() {
        Some(bit) => code & ((1 << bit) - 1) | 1 << bit,
        None => 0,
    }
}

/// Literals, lengths and the end of a block: 2,342 entries at the most.
pub(super) type Literals = Table<11, 4096>;
/// Distances: 594 entries at the most.
pub(super) type Distances = Table<9, 1024>;
/// Lengths of codes.
pub(super) type Lengths = Table<7, 128>;

impl Literals {
    pub(super) fn of_literals(&mut self, lengths: &[u8]) -> bool {
        self.build(lengths, true, &LITERAL_ENTRIES)
    }
}

impl Distances {
    pub(super) fn of_distances(&mut self, lengths: &[u8]) -> bool {
        self.build(lengths, true, &DISTANCE_ENTRIES)
    }
}

impl Lengths {
    pub(super) fn of_lengths(&mut self, lengths: &[u8]) -> bool {
        self.build(lengths, false, &LENGTH_ENTRIES)
    }
}

/// A first value in bits 16 to 30; bits to take, those of the code to be added, in 0 to 5, and those
/// of the code alone in 8 to 11. Two symbols at the end have codes, but no meaning.
const LITERAL_ENTRIES: [u32; 288] = {
    let mut entries = [EXCEPTION as u32; 288];
    let mut symbol = 0;
    while symbol < 256 {
        entries[symbol] = LITERAL as u32 | (symbol as u32) << 16;
        symbol += 1;
    }
    entries[256] |= END as u32;
    while symbol - 256 < LENGTHS.len() {
        entries[symbol + 1] = with_extra(LENGTHS[symbol - 256]);
        symbol += 1;
    }
    entries
};
const DISTANCE_ENTRIES: [u32; 32] = {
    let mut entries = [EXCEPTION as u32; 32];
    let mut symbol = 0;
    while symbol < DISTANCES.len() {
        entries[symbol] = with_extra(DISTANCES[symbol]);
        symbol += 1;
    }
    entries
};
const LENGTH_ENTRIES: [u32; 19] = {
    let mut entries = [0; 19];
    let mut symbol = 0;
    while symbol < 19 {
        entries[symbol] = (symbol as u32) << 16;
        symbol += 1;
    }
    entries
};

const fn with_extra((first, extra): (u16, u8)) -> u32 {
    (first as u32) << 16 | extra as u32
}
