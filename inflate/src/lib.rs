//! Raw deflate (RFC 1951), in any cut of its bytes, and the CRC-32 that gzip keeps of them.
//!
//! The decoder differs from a library in three ways that readers of layers need: it can be
//! left and taken up again at a block's start, from a [`Checkpoint`]; it gives
//! everything before a fault, whatever the cut; and it is fast as wasm.
//!
//! A crate of its own, so that it is built for speed where all around it is built
//! to be small. What is around deflate, such as gzip's framing, is not read here.

mod crc32;
mod symbols;
mod table;

use std::fmt;

pub use crc32::Crc32;

use table::{Distances, Lengths, Literals};

/// How far back a match may reach.
const HISTORY: usize = 1 << 15;
/// History, what is made at a time, and room for what is written beyond a limit.
const BUFFER_BYTES: usize = 1 << 17;
const MASK: usize = BUFFER_BYTES - 1;
/// A step can be read and written at every masked index.
type Buffer = [u8; BUFFER_BYTES + symbols::STEP];

/// What a call ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All input was taken: more is needed.
    Input,
    /// As much was made as was allowed: there may be more.
    Output,
    /// A block begins behind the place that was asked for.
    Block,
    /// The stream has ended. Input after it was not taken.
    End,
}

/// The stream is no deflate stream from the current place on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes do not go on as a deflate stream")
    }
}

impl std::error::Error for Fault {}

/// Where a stream can be taken up again: the start of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Bytes of output before it.
    pub produced: u64,
    /// The bits before the next byte of input, from the lowest.
    pub bits: u8,
    /// How many they are: 0 to 7.
    pub bit_count: u8,
    /// The output before it, at most 32 KiB.
    pub history: Vec<u8>,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum State {
    Header,
    StoredLength,
    Stored(u16),
    Counts,
    CodeLengths(usize),
    CodedLengths(usize),
    Symbols,
    Distance(usize),
    End,
    Fault,
}

/// A stream in the middle of being unpacked.
pub struct Inflate {
    state: State,
    is_last: bool,
    // Never more than a symbol needs, so that what follows the stream is not taken.
    bits: u64,
    bit_count: u32,
    literals: Literals,
    distances: Distances,
    lengths_of_lengths: Lengths,
    // Of the block that begins: code lengths, and how many of each kind.
    lengths: [u8; 320],
    literal_count: usize,
    distance_count: usize,
    length_count: usize,
    // History, then what was made: up to `given` it was handed out.
    buffer: Box<Buffer>,
    made: usize,
    given: usize,
    produced: u64,
    stop: u64,
}

impl Default for Inflate {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflate {
    /// At a stream's start.
    pub fn new() -> Self {
        Self {
            state: State::Header,
            is_last: false,
            bits: 0,
            bit_count: 0,
            literals: Literals::new(),
            distances: Distances::new(),
            lengths_of_lengths: Lengths::new(),
            lengths: [0; 320],
            literal_count: 0,
            distance_count: 0,
            length_count: 0,
            buffer: Box::new([0; BUFFER_BYTES + symbols::STEP]),
            made: 0,
            given: 0,
            produced: 0,
            stop: u64::MAX,
        }
    }

    /// At a checkpoint, to go on with the byte after it.
    pub fn resume(checkpoint: &Checkpoint) -> Self {
        let mut inflate = Self::new();
        let history = &checkpoint.history;
        let history = history.get(history.len().saturating_sub(HISTORY)..);
        let history = history.unwrap_or_default();
        if let Some(target) = inflate.buffer.get_mut(..history.len()) {
            target.copy_from_slice(history);
        }
        inflate.made = history.len();
        inflate.given = history.len();
        inflate.produced = checkpoint.produced;
        inflate.bit_count = u32::from(checkpoint.bit_count.min(7));
        inflate.bits = u64::from(checkpoint.bits) & ((1 << inflate.bit_count) - 1);
        inflate
    }

    /// Begins another stream; what was allocated stays.
    pub fn reset(&mut self) {
        self.state = State::Header;
        self.is_last = false;
        (self.bits, self.bit_count) = (0, 0);
        (self.made, self.given) = (0, 0);
        (self.produced, self.stop) = (0, u64::MAX);
    }

    /// Bytes of output so far.
    pub const fn produced(&self) -> u64 {
        self.produced
    }

    /// Asks for [`Outcome::Block`] at the first block that begins after so many bytes of output.
    pub const fn stop_after(&mut self, produced: u64) {
        self.stop = produced;
    }

    /// Where it stands, if a block begins there.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        if !matches!(self.state, State::Header) || self.is_last || self.bit_count > 7 {
            return None;
        }
        let history = self
            .buffer
            .get(self.made.saturating_sub(HISTORY)..self.made);
        Some(Checkpoint {
            produced: self.produced,
            bits: (self.bits & 0x7f) as u8,
            bit_count: self.bit_count as u8,
            history: history?.to_vec(),
        })
    }

    /// Unpacks into `output` until it has `end` bytes, or up to 259 more, until all input is taken, a
    /// block that was asked for begins, or the stream ends. Returns how many bytes of `input` were
    /// taken, too.
    ///
    /// # Errors
    ///
    /// [`Fault`], after all that comes before it was put out; so is every later call.
    pub fn run(
        &mut self,
        input: &[u8],
        output: &mut Vec<u8>,
        end: usize,
    ) -> Result<(usize, Outcome), Fault> {
        let mut input = Input {
            bytes: input,
            at: 0,
        };
        loop {
            let room = end.saturating_sub(output.len());
            self.make_room();
            let limit = self.made.saturating_add(room);
            let limit = limit.min(BUFFER_BYTES - symbols::SLACK);
            let paused = self.advance(&mut input, limit);
            let made = self.buffer.get(self.given..self.made).unwrap_or_default();
            output.extend_from_slice(made);
            self.given = self.made;
            match paused {
                Pause::Input => return Ok((input.at, Outcome::Input)),
                Pause::Block => return Ok((input.at, Outcome::Block)),
                Pause::End => return Ok((input.at, Outcome::End)),
                Pause::Fault => {
                    self.state = State::Fault;
                    return Err(Fault);
                }
                Pause::Limit if output.len() >= end => return Ok((input.at, Outcome::Output)),
                Pause::Limit => {}
            }
        }
    }

    /// Moves the history to the front when there is no room for another piece.
    fn make_room(&mut self) {
        if self.made > BUFFER_BYTES - symbols::SLACK - HISTORY {
            self.buffer.copy_within(self.made - HISTORY..self.made, 0);
            self.made = HISTORY;
            self.given = HISTORY;
        }
    }

    fn advance(&mut self, input: &mut Input<'_>, limit: usize) -> Pause {
        loop {
            let step = match self.state {
                State::Header if self.is_last => {
                    self.state = State::End;
                    Ok(())
                }
                State::Header if self.produced >= self.stop => {
                    self.stop = u64::MAX;
                    return Pause::Block;
                }
                State::Header => self.header(input),
                State::StoredLength => self.stored_length(input),
                State::Stored(left) => self.stored(left, input, limit),
                State::Counts => self.counts(input),
                State::CodeLengths(have) => self.code_lengths(have, input),
                State::CodedLengths(have) => self.coded_lengths(have, input),
                State::Symbols => self.symbols(input, limit),
                State::Distance(length) => self.distance(length, input),
                State::End => Err(Pause::End),
                State::Fault => Err(Pause::Fault),
            };
            if let Err(pause) = step {
                return pause;
            }
        }
    }

    /// The next bits, lowest first, without taking them.
    fn peek(&mut self, count: u32, input: &mut Input<'_>) -> Result<u32, Pause> {
        while self.bit_count < count {
            self.add_byte(input)?;
        }
        Ok((self.bits & ((1 << count) - 1)) as u32)
    }

    fn add_byte(&mut self, input: &mut Input<'_>) -> Result<(), Pause> {
        let byte = *input.bytes.get(input.at).ok_or(Pause::Input)?;
        self.bits |= u64::from(byte) << self.bit_count;
        self.bit_count += 8;
        input.at += 1;
        Ok(())
    }

    fn take(&mut self, count: u32) {
        self.bits >>= count;
        self.bit_count = self.bit_count.saturating_sub(count);
    }

    // RFC 1951 3.2.3.
    fn header(&mut self, input: &mut Input<'_>) -> Result<(), Pause> {
        let bits = self.peek(3, input)?;
        self.take(3);
        self.is_last = bits & 1 == 1;
        self.state = match bits >> 1 {
            0 => {
                self.take(self.bit_count & 7);
                State::StoredLength
            }
            1 => {
                self.fixed();
                State::Symbols
            }
            2 => State::Counts,
            _ => return Err(Pause::Fault),
        };
        // The flag counts from the block's end on.
        Ok(())
    }

    // RFC 1951 3.2.4.
    fn stored_length(&mut self, input: &mut Input<'_>) -> Result<(), Pause> {
        let bits = self.peek(32, input)?;
        self.take(32);
        let (length, complement) = (bits as u16, (bits >> 16) as u16);
        if length != !complement {
            return Err(Pause::Fault);
        }
        self.state = State::Stored(length);
        Ok(())
    }

    fn stored(&mut self, left: u16, input: &mut Input<'_>, limit: usize) -> Result<(), Pause> {
        if left == 0 {
            self.state = State::Header;
            return Ok(());
        }
        let rest = input.bytes.get(input.at..).unwrap_or_default();
        let room = limit.saturating_sub(self.made);
        if room == 0 {
            return Err(Pause::Limit);
        }
        if rest.is_empty() {
            return Err(Pause::Input);
        }
        let length = usize::from(left).min(rest.len()).min(room);
        let (Some(from), Some(to)) = (
            rest.get(..length),
            self.buffer.get_mut(self.made..self.made + length),
        ) else {
            return Err(Pause::Fault);
        };
        to.copy_from_slice(from);
        self.made += length;
        self.produced += length as u64;
        input.at += length;
        self.state = State::Stored(left - length as u16);
        Ok(())
    }

    // RFC 1951 3.2.6.
    fn fixed(&mut self) {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.literals.of_literals(&lengths);
        self.distances.of_distances(&[5; 32]);
    }

    // RFC 1951 3.2.7.
    fn counts(&mut self, input: &mut Input<'_>) -> Result<(), Pause> {
        let bits = self.peek(14, input)?;
        self.take(14);
        self.literal_count = (bits & 31) as usize + 257;
        self.distance_count = (bits >> 5 & 31) as usize + 1;
        self.length_count = (bits >> 10 & 15) as usize + 4;
        if self.literal_count > 286 || self.distance_count > 30 {
            return Err(Pause::Fault);
        }
        self.lengths.fill(0);
        self.state = State::CodeLengths(0);
        Ok(())
    }

    fn code_lengths(&mut self, mut have: usize, input: &mut Input<'_>) -> Result<(), Pause> {
        const ORDER: [u8; 19] = [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ];
        while have < self.length_count {
            self.state = State::CodeLengths(have);
            let length = self.peek(3, input)? as u8;
            self.take(3);
            let symbol = ORDER.get(have).copied().unwrap_or_default();
            self.lengths[usize::from(symbol)] = length;
            have += 1;
        }
        if !self.lengths_of_lengths.of_lengths(&self.lengths[..19]) {
            return Err(Pause::Fault);
        }
        self.lengths.fill(0);
        self.state = State::CodedLengths(0);
        Ok(())
    }

    fn coded_lengths(&mut self, mut have: usize, input: &mut Input<'_>) -> Result<(), Pause> {
        let all = self.literal_count + self.distance_count;
        while have < all {
            self.state = State::CodedLengths(have);
            let (entry, extra) = loop {
                let entry = self.lengths_of_lengths.first(self.bits);
                let extra = match entry >> 16 {
                    16 => 2,
                    17 => 3,
                    18 => 7,
                    _ => 0,
                };
                if (entry & 63) as u32 + extra <= self.bit_count {
                    break (entry, extra);
                }
                self.add_byte(input)?;
            };
            self.take((entry & 63) as u32);
            let more = (self.bits & ((1 << extra) - 1)) as usize;
            self.take(extra);
            let last = have.checked_sub(1).and_then(|last| self.lengths.get(last));
            let (length, times) = match (entry >> 16, last) {
                (16, Some(&last)) => (last, 3 + more),
                (16, None) => return Err(Pause::Fault),
                (17, _) => (0, 3 + more),
                (18, _) => (0, 11 + more),
                (symbol, _) => (symbol as u8, 1),
            };
            if times > all - have {
                return Err(Pause::Fault);
            }
            self.lengths[have..have + times].fill(length);
            have += times;
        }
        let (literals, rest) = self.lengths.split_at(self.literal_count);
        let distances = &rest[..self.distance_count];
        // A block could never end.
        let has_end = literals.get(256).is_some_and(|&length| length > 0);
        if !has_end
            || !self.literals.of_literals(literals)
            || !self.distances.of_distances(distances)
        {
            return Err(Pause::Fault);
        }
        self.state = State::Symbols;
        Ok(())
    }
}

/// Why unpacking does not go on.
enum Pause {
    Input,
    Limit,
    Block,
    End,
    Fault,
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}
