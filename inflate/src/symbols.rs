//! Literals and matches: where the time goes.
//!
//! Far from the input's end several symbols are decoded at a time from 64 bits, and matches are copied
//! in steps that may pass their end. Near it each symbol is taken by itself.
//!
//! Indexes are masked, and what is read of the input is of a fixed length: so the compiler knows them to
//! be in bounds, and the loop has no checks but its own.

use super::table::{END, EXCEPTION, FURTHER, LITERAL};
use super::{Buffer, Inflate, Input, MASK, Pause, State};

/// Longest match.
const LONGEST: usize = 258;
/// Bytes copied at a time.
pub(super) const STEP: usize = 16;
/// What may be written beyond a limit: two literals, a match, and what its steps write beyond its end.
pub(super) const SLACK: usize = 2 + LONGEST + 2 * STEP;
/// What a round may look at of the input: two refills take 7 bytes each, a third looks at 8.
const LOOKED_AT: usize = 24;
/// Bits of the first tables.
const LITERAL_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 9;

impl Inflate {
    pub(super) fn symbols(&mut self, input: &mut Input<'_>, limit: usize) -> Result<(), Pause> {
        // The rest of a symbol comes first: what was read of it is not to be given back.
        if self.bit_count < 8 {
            self.fast(input, limit)?;
            if !matches!(self.state, State::Symbols) {
                return Ok(());
            }
        }
        if self.made >= limit {
            return Err(Pause::Limit);
        }
        let (entry, used) = loop {
            let (entry, before) = self.literal_entry();
            let used = before + (entry & 63) as u32;
            if used <= self.bit_count {
                break (entry, used);
            }
            self.add_byte(input)?;
        };
        let bits = self.bits;
        self.take(used);
        if entry & LITERAL != 0 {
            self.put((entry >> 16) as u8);
        } else if entry & EXCEPTION == 0 {
            let before = used - (entry & 63) as u32;
            self.state = State::Distance(value(entry, bits >> before));
        } else if entry & END != 0 {
            self.state = State::Header;
        } else {
            return Err(Pause::Fault);
        }
        Ok(())
    }

    /// The entry of the next literal or length, as far as the bits at hand tell, and how many bits
    /// come before those that it counts.
    fn literal_entry(&self) -> (u64, u32) {
        let entry = self.literals.first(self.bits);
        if entry & FURTHER != 0 && entry & EXCEPTION != 0 && entry & LITERAL == 0 {
            let entry = self.literals.further(entry, self.bits >> LITERAL_BITS);
            return (entry, LITERAL_BITS);
        }
        (entry, 0)
    }

    pub(super) fn distance(&mut self, length: usize, input: &mut Input<'_>) -> Result<(), Pause> {
        let (entry, used) = loop {
            let mut entry = self.distances.first(self.bits);
            let mut before = 0;
            if entry & FURTHER != 0 && entry & EXCEPTION != 0 {
                entry = self.distances.further(entry, self.bits >> DISTANCE_BITS);
                before = DISTANCE_BITS;
            }
            let used = before + (entry & 63) as u32;
            if used <= self.bit_count {
                break (entry, used);
            }
            self.add_byte(input)?;
        };
        let distance = value(entry, self.bits >> (used - (entry & 63) as u32));
        self.take(used);
        if entry & EXCEPTION != 0 || distance > self.made {
            return Err(Pause::Fault);
        }
        self.copy(length, distance);
        self.state = State::Symbols;
        Ok(())
    }

    /// Copies a match whole: there is room for one beyond any limit.
    fn copy(&mut self, length: usize, distance: usize) {
        copy_match(&mut self.buffer, self.made, distance, length);
        self.made += length;
        self.produced += length as u64;
    }

    fn put(&mut self, byte: u8) {
        self.buffer[self.made & MASK] = byte;
        self.made += 1;
        self.produced += 1;
    }

    /// Many symbols, while neither end is near. Compiled by itself, so that it has the registers.
    #[inline(never)]
    fn fast(&mut self, input: &mut Input<'_>, limit: usize) -> Result<(), Pause> {
        let mut rest = input.bytes.get(input.at..).unwrap_or_default();
        let before = rest.len();
        let start = self.made;
        let (literals, distances) = (&self.literals, &self.distances);
        let buffer = &mut *self.buffer;
        let mut made = self.made;
        // Only the lowest byte of the count counts: whole entries are subtracted from it.
        let (mut bits, mut count) = (self.bits, u64::from(self.bit_count));
        let mut state = State::Symbols;
        let mut fault = false;
        // Fills the bits up to 56 at least. What is above `count` is read again by the next refill.
        macro_rules! refill {
            ($window:ident, $at:ident) => {
                let next: [u8; 8] = *$window[$at..].first_chunk().unwrap_or(&[0; 8]);
                bits |= u64::from_le_bytes(next) << (count & 63);
                $at += (!count >> 3 & 7) as usize;
                count |= 56;
            };
        }
        macro_rules! take {
            ($entry:expr) => {
                bits >>= $entry & 63;
                count = count.wrapping_sub($entry);
            };
        }
        macro_rules! put {
            ($entry:expr) => {
                buffer[made & MASK] = ($entry >> 16) as u8;
                made += 1;
            };
        }
        let mut entry = 0;
        // The next symbol's entry is looked up as soon as its bits are there, before what is left to
        // do for the last.
        macro_rules! look_up {
            ($window:ident, $at:ident) => {
                refill!($window, $at);
                rest = &rest[$at..];
                entry = literals.first(bits);
            };
        }
        if let Some(window) = rest.first_chunk::<LOOKED_AT>() {
            let mut at = 0;
            look_up!(window, at);
        }
        while let Some(window) = rest.first_chunk::<LOOKED_AT>()
            && made < limit
        {
            let mut at = 0;
            if entry & LITERAL != 0 {
                take!(entry);
                put!(entry);
                entry = literals.first(bits);
                if entry & LITERAL != 0 {
                    take!(entry);
                    put!(entry);
                    entry = literals.first(bits);
                    if entry & LITERAL != 0 {
                        take!(entry);
                        put!(entry);
                        look_up!(window, at);
                        continue;
                    }
                }
            }
            if entry & EXCEPTION != 0 {
                if entry & FURTHER != 0 {
                    take!(u64::from(LITERAL_BITS));
                    entry = literals.further(entry, bits);
                    if entry & LITERAL != 0 {
                        take!(entry);
                        put!(entry);
                        look_up!(window, at);
                        continue;
                    }
                }
                if entry & EXCEPTION != 0 {
                    take!(entry);
                    fault = entry & END == 0;
                    state = State::Header;
                    break;
                }
            }
            let length = value(entry, bits);
            take!(entry);
            refill!(window, at);
            let mut code = distances.first(bits);
            if code & EXCEPTION != 0 && code & FURTHER != 0 {
                take!(u64::from(DISTANCE_BITS));
                code = distances.further(code, bits);
            }
            let distance = value(code, bits);
            if code & EXCEPTION != 0 || distance > made {
                fault = true;
                break;
            }
            take!(code);
            look_up!(window, at);
            copy_match(buffer, made, distance, length);
            made += length;
        }
        // Whole bytes that were looked at are given back.
        let back = (count >> 3 & 7) as usize;
        let count = count & 7;
        self.bits = bits & ((1 << count) - 1);
        self.bit_count = count as u32;
        input.at += before - rest.len() - back;
        self.produced += (made - start) as u64;
        self.made = made;
        self.state = state;
        if fault { Err(Pause::Fault) } else { Ok(()) }
    }
}

/// The first value of a length or distance and its extra bits.
#[inline(always)]
fn value(entry: u64, bits: u64) -> usize {
    let first = entry >> 16 & 0x7fff;
    let extra = (bits & ((1 << (entry & 63)) - 1)) >> (entry >> 8 & 15);
    (first + extra) as usize
}

/// Copies a match in steps, less than two of them beyond its end.
#[inline(always)]
fn copy_match(buffer: &mut Buffer, made: usize, distance: usize, length: usize) {
    let mut from = made - distance;
    let mut to = made;
    let end = made + length;
    if distance == 1 {
        let bytes = [buffer[from & MASK]; STEP];
        while to < end {
            write_step(buffer, to, bytes);
            to += STEP;
        }
        return;
    }
    if distance >= STEP {
        let bytes = read_step(buffer, from);
        write_step(buffer, to, bytes);
        let bytes = read_step(buffer, from + STEP);
        write_step(buffer, to + STEP, bytes);
        if length <= 2 * STEP {
            return;
        }
        from += 2 * STEP;
        to += 2 * STEP;
    }
    // Of a step, as many bytes are right as lie before what it writes.
    let step = distance.min(STEP);
    loop {
        let bytes = read_step(buffer, from);
        write_step(buffer, to, bytes);
        from += step;
        to += step;
        if to >= end {
            return;
        }
    }
}

#[inline(always)]
fn read_step(buffer: &Buffer, at: usize) -> [u8; STEP] {
    *buffer[at & MASK..].first_chunk().unwrap_or(&[0; STEP])
}

#[inline(always)]
fn write_step(buffer: &mut Buffer, at: usize, bytes: [u8; STEP]) {
    if let Some(target) = buffer[at & MASK..].first_chunk_mut() {
        *target = bytes;
    }
}
