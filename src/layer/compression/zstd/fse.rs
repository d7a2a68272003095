//! Finite state entropy (RFC 8878 4.1), as far as it takes to follow a block's sequences.

/// Bits of a slice from `at` on, the first of them the lowest; zeros beyond its end. Up to 32.
fn peek(bytes: &[u8], at: usize, count: u32) -> u32 {
    let from = bytes.get(at / 8..).unwrap_or_default();
    let word = match from.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => (from.iter().rev()).fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    (word >> (at % 8) & ((1 << count) - 1)) as u32
}

/// Bits that are read from their end (RFC 8878 4.1, "bitstream").
pub(super) struct Backward<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Backward<'a> {
    /// None where the mark of the first bit is missing.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let last = bytes.last().filter(|&&byte| byte != 0)?;
        let left = bytes.len() * 8 - last.leading_zeros() as usize - 1;
        Some(Self { bytes, left })
    }

    /// The next bits, up to 32; none where there are not so many.
    pub(super) fn read(&mut self, count: u32) -> Option<u32> {
        self.left = self.left.checked_sub(count as usize)?;
        Some(peek(self.bytes, self.left, count))
    }

    pub(super) const fn is_done(&self) -> bool {
        self.left == 0
    }
}

/// A table's description as it lies in a block (RFC 8878 4.1.1).
pub(super) struct Description {
    log: u32,
    /// Of each symbol, how many of the table's cells are its own; -1 is for one that is rarer.
    chances: Vec<i16>,
    /// Bytes that it takes.
    pub(super) length: usize,
}

impl Description {
    /// Reads one from the front of `bytes`; none where it does not hold to what a table may be.
    pub(super) fn read(bytes: &[u8], most_log: u32, symbols: usize) -> Option<Self> {
        let log = 5 + peek(bytes, 0, 4);
        if log > most_log {
            return None;
        }
        let mut at = 4;
        let mut left = 1_u32 << log;
        let mut chances = Vec::new();
        while left > 0 {
            if chances.len() >= symbols {
                return None;
            }
            // A value of `left + 1` at most; those that need no whole number of bits are a bit
            // shorter as far as there are codes for it.
            let count = u32::BITS - (left + 1).leading_zeros();
            let short = (1 << count) - 1 - (left + 1);
            let half = 1 << (count - 1);
            let found = peek(bytes, at, count);
            let value = if found & (half - 1) < short {
                at += count as usize - 1;
                found & (half - 1)
            } else {
                at += count as usize;
                found - if found < half { 0 } else { short }
            };
            let chance = i16::try_from(value).ok()? - 1;
            chances.push(chance);
            left = left.checked_sub(u32::from(chance.unsigned_abs()))?;
            // Zeros that follow are counted, three at a time.
            let mut more = chance == 0;
            while more {
                let zeros = peek(bytes, at, 2);
                at += 2;
                chances.extend((0..zeros).map(|_| 0));
                more = zeros == 3 && chances.len() <= symbols;
            }
        }
        let length = at.div_ceil(8);
        let is_whole = length <= bytes.len() && chances.len() <= symbols;
        is_whole.then_some(Self {
            log,
            chances,
            length,
        })
    }
}

/// A table as it is decoded with.
pub(super) struct Table {
    /// Bits of the first state.
    pub(super) log: u32,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) symbol: u8,
    /// The next state: so many bits more than `base`.
    pub(super) bits: u32,
    pub(super) base: u32,
}

impl Table {
    /// A table of one symbol, which takes no bits.
    pub(super) fn single(symbol: u8) -> Self {
        let cell = Cell {
            symbol,
            ..Cell::default()
        };
        Self {
            log: 0,
            cells: vec![cell],
        }
    }

    pub(super) fn of(description: &Description) -> Option<Self> {
        let log = description.log;
        let size = 1_usize << log;
        let mut cells = vec![Cell::default(); size];
        let symbols = || (0_u8..=u8::MAX).zip(&description.chances);
        // The rarest symbols have the last cells, one each.
        let mut end = size;
        for (symbol, _) in symbols().filter(|(_, chance)| **chance == -1) {
            end = end.checked_sub(1)?;
            cells.get_mut(end)?.symbol = symbol;
        }
        let step = (size >> 1) + (size >> 3) + 3;
        let mut at = 0;
        for (symbol, &chance) in symbols() {
            for _ in 0..chance.max(0) {
                cells.get_mut(at)?.symbol = symbol;
                at = (at + step) & (size - 1);
                while at >= end && end > 0 {
                    at = (at + step) & (size - 1);
                }
            }
        }
        // Each symbol's cells share out what lies between twice and once the table's size.
        let mut next: Vec<u32> = (description.chances.iter())
            .map(|chance| u32::from(chance.unsigned_abs()))
            .collect();
        for cell in &mut cells {
            let state = next.get_mut(usize::from(cell.symbol))?;
            cell.bits = log.checked_sub(state.checked_ilog2()?)?;
            cell.base = (*state << cell.bits) - (1 << log);
            *state += 1;
        }
        Some(Self { log, cells })
    }

    pub(super) fn cell(&self, state: u32) -> Option<Cell> {
        self.cells.get(state as usize).copied()
    }
}
