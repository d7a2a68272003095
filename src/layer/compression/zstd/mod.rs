//! zstd framing: gathers what the decoder takes whole, a header or a block.

mod between;
mod fse;
mod points;

use std::fmt;

use structured_zstd::decoding::errors::FrameDecoderError;
use structured_zstd::decoding::{ContentChecksum, Dictionary, FrameDecoder};

use points::{BlockEnd, FramePoints};

use super::gzip::take;
use super::seek::InsideFrame;
use super::{Format, Report, is_skippable};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::Reason;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
const BLOCK_HEADER: usize = 3;
// RFC 8878 3.1.1.2.4: no block holds more, packed or unpacked.
const BLOCK_BYTES: usize = 128 << 10;
// What the decoder takes as a ceiling: the smallest window there is, and the
// largest that it can hold on 32 bits.
const WINDOW_BYTES: std::ops::RangeInclusive<u64> = 1 << 10..=1 << 30;

/// Frames of a zstd stream, skippable ones among them (RFC 8878 3.1).
pub(super) struct Zstd {
    state: State,
    decoder: FrameDecoder,
    held: Vec<u8>,
    window_bytes: u64,
    // Where the frame in hand begins.
    frame: u64,
    // Of all frames.
    unpacked: u64,
    // Where it may have some inside.
    points: Option<FramePoints>,
    // Bytes of a checksum that is passed over: of a frame that was not unpacked from its start.
    unchecked: u32,
}

#[derive(Clone, Copy)]
enum State {
    Magic,
    FrameHeader,
    BlockHeader,
    Block {
        header: [u8; BLOCK_HEADER],
        length: usize,
        last: bool,
    },
    Checksum,
    SkipLength,
    Skip(u32),
    Garbage,
}

impl Zstd {
    pub(super) fn new(window_bytes: u64) -> Self {
        let mut decoder = FrameDecoder::new();
        let window = window_bytes.clamp(*WINDOW_BYTES.start(), *WINDOW_BYTES.end());
        // Cannot fail within the range; were it to, the decoder's own cap holds.
        let _ = decoder.set_max_window_size(window);
        decoder.set_content_checksum(ContentChecksum::Verify);
        Self {
            state: State::Magic,
            decoder,
            held: Vec::new(),
            window_bytes: window,
            frame: 0,
            unpacked: 0,
            points: None,
            unchecked: 0,
        }
    }
}

impl Zstd {
    /// Goes on inside a frame, with so many unpacked bytes before it and these of them: for the
    /// decoder a frame begins there, with what it would have in mind as a dictionary.
    pub(super) fn resume(
        &mut self,
        inside: &InsideFrame,
        history: &[u8],
        unpacked: u64,
        report: &mut Report,
    ) {
        self.frame = inside.frame;
        self.unpacked = unpacked;
        self.unchecked = if inside.has_checksum { 4 } else { 0 };
        self.state = State::BlockHeader;
        let dictionary = Dictionary::decode_dict(&[&inside.dictionary, history].concat());
        let dictionary = match dictionary {
            Ok(dictionary) => dictionary.into_handle(),
            Err(error) => return self.fail(&error, report),
        };
        // Neither size nor checksum: what of the frame is left has its own.
        let size = (0..=u8::MAX).find(|&byte| window_of(byte) >= inside.window);
        let [a, b, c, d] = MAGIC;
        let header = [a, b, c, d, 0, size.unwrap_or(u8::MAX)];
        let begun = self
            .decoder
            .reset_with_dict_handle(header.as_slice(), &dictionary);
        if let Err(error) = begun {
            self.fail(&error, report);
        }
    }
}

impl Format for Zstd {
    fn step(
        &mut self,
        input: &[u8],
        at: usize,
        output: &mut Vec<u8>,
        _end: usize,
        report: &mut Report,
    ) -> Option<usize> {
        let rest = input.get(at..).unwrap_or_default();
        // An empty block needs no content, so that it is done without input.
        let done = matches!(self.state, State::Block { length: 0, .. });
        if rest.is_empty() && !done {
            return None;
        }
        Some(at + self.piece(rest, at, output, report))
    }

    fn finish(&mut self, report: &mut Report) {
        match self.state {
            State::Magic if self.held.is_empty() => {}
            State::Garbage => {}
            State::Magic
            | State::FrameHeader
            | State::BlockHeader
            | State::Block { .. }
            | State::Checksum
            | State::SkipLength
            | State::Skip(_) => report.corrupt(
                "zstd-truncated",
                self.frame,
                "the zstd stream ends inside a frame".to_owned(),
            ),
        }
    }
}

impl Zstd {
    fn piece(
        &mut self,
        rest: &[u8],
        at: usize,
        output: &mut Vec<u8>,
        report: &mut Report,
    ) -> usize {
        match self.state {
            State::Magic => {
                self.frame = report.offset + at as u64 - self.held.len() as u64;
                let taken = take(&mut self.held, MAGIC.len(), rest);
                if self.held == MAGIC {
                    self.state = State::FrameHeader;
                    report.begins_at(self.frame, self.unpacked);
                } else if let &[first, ref tail @ ..] = self.held.as_slice() {
                    let skippable = is_skippable(first) && SKIPPABLE.starts_with(tail);
                    if skippable && tail.len() == SKIPPABLE.len() {
                        self.held.clear();
                        self.state = State::SkipLength;
                    } else if !skippable && !MAGIC.starts_with(&self.held) {
                        self.garbage(report);
                    }
                }
                taken
            }
            State::FrameHeader => {
                let wanted = self
                    .held
                    .get(MAGIC.len())
                    .map_or(0, |&byte| rest_of_header(byte));
                let length = MAGIC.len() + 1 + wanted;
                let taken = take(&mut self.held, length, rest);
                let known = self.held.get(MAGIC.len()).map(|&byte| rest_of_header(byte));
                if known.is_some_and(|wanted| self.held.len() == MAGIC.len() + 1 + wanted) {
                    self.begin_frame(report);
                }
                taken
            }
            State::BlockHeader => {
                let taken = take(&mut self.held, BLOCK_HEADER, rest);
                if let Some(&header) = self.held.first_chunk::<BLOCK_HEADER>() {
                    self.held.clear();
                    match self.decoder.block_content_len(header) {
                        Ok((length, last)) => {
                            self.state = State::Block {
                                header,
                                length,
                                last,
                            };
                        }
                        Err(error) => self.fail(&error, report),
                    }
                }
                taken
            }
            State::Block {
                header,
                length,
                last,
            } => {
                if self.held.is_empty()
                    && let Some(content) = rest.get(..length)
                {
                    let stored = report.offset + (at + length) as u64;
                    self.block(header, content, last, stored, output, report);
                    return length;
                }
                let taken = take(&mut self.held, length, rest);
                if self.held.len() == length {
                    let content = std::mem::take(&mut self.held);
                    let stored = report.offset + (at + taken) as u64;
                    self.block(header, &content, last, stored, output, report);
                    self.held = content;
                    self.held.clear();
                }
                taken
            }
            State::Checksum => {
                let taken = take(&mut self.held, 4, rest);
                if let Some(&checksum) = self.held.first_chunk::<4>() {
                    self.held.clear();
                    self.state = State::Magic;
                    match self.decoder.read_content_checksum(checksum) {
                        Ok(()) => {}
                        Err(FrameDecoderError::ChecksumMismatch {
                            expected,
                            calculated,
                        }) => report.doubt(
                            "zstd-checksum-mismatch",
                            self.frame,
                            "a zstd frame's checksum is not that of the unpacked bytes",
                            expected,
                            calculated,
                        ),
                        Err(error) => self.fail(&error, report),
                    }
                }
                taken
            }
            State::SkipLength => {
                let taken = take(&mut self.held, 4, rest);
                if let Some(&length) = self.held.first_chunk::<4>() {
                    self.held.clear();
                    self.skip(u32::from_le_bytes(length));
                }
                taken
            }
            State::Skip(left) => {
                let taken = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.skip(left - u32::try_from(taken).unwrap_or(left));
                taken
            }
            State::Garbage => rest.len(),
        }
    }

    fn begin_frame(&mut self, report: &mut Report) {
        let window = window(self.held.get(MAGIC.len()..).unwrap_or_default());
        if window > self.window_bytes {
            report.fail(
                Reason::Limit,
                Diagnostic::new(
                    Severity::Error,
                    "limit-zstd-window-bytes",
                    "a zstd frame needs a window larger than the limit",
                )
                .offset(self.frame)
                .expected(self.window_bytes, window),
            );
            return;
        }
        let outcome = self.decoder.reset(self.held.as_slice());
        let header = self.held.get(MAGIC.len()..).unwrap_or_default();
        self.points = FramePoints::new(self.frame, window, header, report);
        self.held.clear();
        self.state = State::BlockHeader;
        if let Err(error) = outcome {
            self.fail(&error, report);
        }
    }

    fn skip(&mut self, left: u32) {
        self.state = if left == 0 {
            State::Magic
        } else {
            State::Skip(left)
        };
    }

    fn block(
        &mut self,
        header: [u8; BLOCK_HEADER],
        content: &[u8],
        last: bool,
        stored: u64,
        output: &mut Vec<u8>,
        report: &mut Report,
    ) {
        let before = output.len();
        output.resize(before + BLOCK_BYTES, 0);
        let target = output.get_mut(before..).unwrap_or_default();
        let outcome = self.decoder.decode_block(header, content, target);
        let new = outcome.as_ref().copied().unwrap_or_default();
        output.truncate(before + new);
        self.unpacked += new as u64;
        if let (Some(points), false) = (&mut self.points, last) {
            let unpacked = output.get(before..).unwrap_or_default();
            let end = BlockEnd {
                stored,
                unpacked: self.unpacked,
            };
            if points
                .block(header, content, unpacked, end, report)
                .is_none()
            {
                self.points = None;
            }
        }
        self.state = if !last {
            State::BlockHeader
        } else if self.decoder.awaits_checksum() {
            State::Checksum
        } else {
            State::Magic
        };
        if last && self.unchecked > 0 {
            let unchecked = std::mem::take(&mut self.unchecked);
            self.skip(unchecked);
        }
        if let Err(error) = outcome {
            self.fail(&error, report);
        }
    }

    fn fail(&self, error: &dyn fmt::Display, report: &mut Report) {
        let message = format!("the zstd stream cannot be unpacked: {error}");
        report.corrupt("zstd-corrupt", self.frame, message);
    }

    fn garbage(&mut self, report: &mut Report) {
        self.held.clear();
        self.state = State::Garbage;
        report.find(
            Severity::Warning,
            "zstd-trailing-garbage",
            self.frame,
            "bytes that are no zstd frame follow the last one; they were ignored",
        );
    }
}

// RFC 8878 3.1.1.1: what follows the descriptor byte of a frame header.
fn rest_of_header(descriptor: u8) -> usize {
    let (dictionary, content_size) = optional_fields(descriptor);
    usize::from(descriptor & (1 << 5) == 0) + dictionary + content_size
}

// Lengths of the dictionary ID and of the content size.
const fn optional_fields(descriptor: u8) -> (usize, usize) {
    let dictionary = match descriptor & 3 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let content_size = match descriptor >> 6 {
        0 if descriptor & (1 << 5) != 0 => 1,
        0 => 0,
        1 => 2,
        2 => 4,
        _ => 8,
    };
    (dictionary, content_size)
}

// RFC 8878 3.1.1.1.2: what a window's byte says.
const fn window_of(byte: u8) -> u64 {
    let base = 1_u64 << (10 + (byte >> 3));
    base + base / 8 * (byte & 7) as u64
}

// RFC 8878 3.1.1.1.2: the window of a frame header from its descriptor on; a
// single segment has one as large as its content.
fn window(header: &[u8]) -> u64 {
    let Some((&descriptor, rest)) = header.split_first() else {
        return 0;
    };
    if descriptor & (1 << 5) == 0 {
        return window_of(rest.first().copied().unwrap_or_default());
    }
    let (dictionary, size) = optional_fields(descriptor);
    let field = rest.get(dictionary..).unwrap_or_default();
    let stated = field
        .iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte));
    // The two-byte form begins where the one-byte form ends.
    if size == 2 { stated + 256 } else { stated }
}
