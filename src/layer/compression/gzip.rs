//! gzip framing around raw deflate: members, padding, checksums (RFC 1952).

// The library has instructions for it.
#[cfg(not(target_arch = "wasm32"))]
use crc32fast::Hasher as Crc32;
#[cfg(target_arch = "wasm32")]
use oci_lens_inflate::Crc32;
use oci_lens_inflate::{Inflate, Outcome};

use super::seek::{History, Inside, InsideMember, InsideOf, SeekPoint};
use super::{Format, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::Reason;

const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
const FIXED: usize = 10;
const TRAILER: usize = 8;

// RFC 1952 2.3.1, FLG.
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

/// Members of a gzip file, one after another (RFC 1952 2.2).
pub(super) struct Gzip {
    state: State,
    inflate: Inflate,
    // The last call filled the output, so that inflate may hold more.
    full: bool,
    crc: Crc32,
    length: u32,
    // Of all members.
    unpacked: u64,
    held: Vec<u8>,
    // Where the member in hand begins, and padding or garbage after it.
    member: u64,
    tail: u64,
    header_bytes: usize,
}

#[derive(Clone, Copy)]
enum State {
    Header(Part),
    Body,
    Trailer,
    /// After a member: another one, padding, the end, or none of these.
    Between,
    /// Zeros after the last member, as tape blocks leave them.
    Zeros,
    Garbage,
}

#[derive(Clone, Copy)]
enum Part {
    Fixed,
    ExtraLength,
    Extra(usize),
    Name,
    Comment,
    Crc,
}

impl Gzip {
    /// With so many stored bytes before the first member.
    pub(super) fn new(member: u64, header_bytes: usize) -> Self {
        Self {
            state: State::Header(Part::Fixed),
            inflate: Inflate::new(),
            full: false,
            crc: Crc32::new(),
            length: 0,
            unpacked: 0,
            held: Vec::new(),
            member,
            tail: 0,
            header_bytes,
        }
    }

    /// In the middle of a member, with so many unpacked bytes before it, and these of them.
    pub(super) fn resume(
        inside: &InsideMember,
        history: &[u8],
        unpacked: u64,
        header_bytes: usize,
    ) -> Self {
        Self {
            state: State::Body,
            inflate: Inflate::resume(&inside.checkpoint(unpacked, history)),
            crc: Crc32::new_with_initial(inside.crc),
            // ISIZE counts modulo 2^32.
            length: inside.produced as u32,
            unpacked,
            ..Self::new(inside.member, header_bytes)
        }
    }
}

impl Format for Gzip {
    fn step(
        &mut self,
        input: &[u8],
        at: usize,
        output: &mut Vec<u8>,
        end: usize,
        report: &mut Report,
    ) -> Option<usize> {
        let rest = input.get(at..).unwrap_or_default();
        if rest.is_empty() && !self.full {
            return None;
        }
        let taken = match self.state {
            State::Body => self.body(rest, at, end, output, report),
            State::Header(part) => self.header(part, rest, at, report),
            State::Trailer => self.trailer(rest, report),
            State::Between => self.between(rest, at, report),
            State::Zeros => self.zeros(rest, at, report),
            State::Garbage => rest.len(),
        };
        Some(at + taken)
    }

    fn finish(&mut self, report: &mut Report) {
        match self.state {
            State::Between if self.held.is_empty() => {}
            State::Between => self.garbage(report.offset - self.held.len() as u64, report),
            State::Zeros => report.find(
                Severity::Note,
                "gzip-trailing-zeros",
                self.tail,
                "zeros follow the last gzip member; Go's gzip refuses them",
            ),
            State::Garbage => {}
            State::Header(_) | State::Body | State::Trailer => report.corrupt(
                "gzip-truncated",
                self.member,
                "the gzip stream ends inside a member".to_owned(),
            ),
        }
    }
}

impl Gzip {
    fn header(&mut self, part: Part, rest: &[u8], at: usize, report: &mut Report) -> usize {
        let Some(&byte) = rest.first() else {
            return 0;
        };
        if self.held.len() >= self.header_bytes {
            report.fail(
                Reason::Limit,
                Diagnostic::new(
                    Severity::Error,
                    "limit-header-bytes",
                    "a gzip header is longer than the limit",
                )
                .offset(report.offset + at as u64),
            );
            return 0;
        }
        self.held.push(byte);
        match part {
            Part::Fixed if self.held.len() < FIXED => {}
            Part::Fixed => self.next_part(EXTRA),
            Part::ExtraLength => {
                if let &[.., low, high] = self.held.as_slice()
                    && self.held.len() == FIXED + 2
                {
                    match usize::from(u16::from_le_bytes([low, high])) {
                        0 => self.next_part(NAME),
                        length => self.state = State::Header(Part::Extra(length)),
                    }
                }
            }
            Part::Extra(1) => self.next_part(NAME),
            Part::Extra(left) => self.state = State::Header(Part::Extra(left - 1)),
            Part::Name if byte == 0 => self.next_part(COMMENT),
            Part::Comment if byte == 0 => self.next_part(HEADER_CRC),
            Part::Name | Part::Comment => {}
            Part::Crc => {
                // Counted down in `length`, which the body begins anew.
                self.length -= 1;
                if self.length == 0 {
                    self.check_header(report);
                    self.begin_body();
                }
            }
        }
        1
    }

    // Goes on to the first optional part from `flag` on that the header has.
    fn next_part(&mut self, flag: u8) {
        let flags = self.held.get(3).copied().unwrap_or_default();
        let parts = [
            (EXTRA, Part::ExtraLength),
            (NAME, Part::Name),
            (COMMENT, Part::Comment),
            (HEADER_CRC, Part::Crc),
        ];
        let next = parts
            .into_iter()
            .skip_while(|(part, _)| *part != flag)
            .find(|(part, _)| flags & part != 0);
        match next {
            Some((_, part)) => {
                self.length = 2;
                self.state = State::Header(part);
            }
            None => self.begin_body(),
        }
    }

    // CRC16: the low half of the CRC32 of all header bytes before it.
    fn check_header(&self, report: &mut Report) {
        let Some((header, &[low, high])) = self.held.split_last_chunk::<2>() else {
            return;
        };
        let expected = u32::from(u16::from_le_bytes([low, high]));
        let mut crc = Crc32::new();
        crc.update(header);
        let found = crc.finalize() & 0xffff;
        if expected != found {
            let message = "a gzip header's checksum is wrong";
            report.doubt(
                "gzip-header-checksum-mismatch",
                self.member,
                message,
                expected,
                found,
            );
        }
    }

    fn begin_body(&mut self) {
        self.state = State::Body;
        self.crc.reset();
        self.length = 0;
        self.held.clear();
        self.inflate.reset();
    }

    /// Notes the block's start that was reached, with so many stored bytes before it.
    fn add_seek_point(&mut self, stored: u64, report: &mut Report) {
        let checkpoint = self.inflate.checkpoint();
        if let (Some(points), Some(checkpoint)) = (&mut report.seek_points, checkpoint) {
            let inside = InsideMember {
                member: self.member,
                produced: checkpoint.produced,
                crc: self.crc.clone().finalize(),
                bits: checkpoint.bits,
                bit_count: checkpoint.bit_count,
            };
            points.add(SeekPoint {
                stored,
                unpacked: self.unpacked,
                inside: Some(Inside {
                    of: InsideOf::Member(inside),
                    history: History::Here(checkpoint.history),
                }),
            });
        }
    }

    fn body(
        &mut self,
        rest: &[u8],
        at: usize,
        end: usize,
        output: &mut Vec<u8>,
        report: &mut Report,
    ) -> usize {
        if let Some(points) = &report.seek_points {
            let before = self.unpacked - self.inflate.produced();
            self.inflate
                .stop_after(points.next().saturating_sub(before));
        }
        let before = output.len();
        let outcome = self.inflate.run(rest, output, end);
        let new = output.get(before..).unwrap_or_default();
        self.crc.update(new);
        // ISIZE counts modulo 2^32.
        self.length = self
            .length
            .wrapping_add(u32::try_from(new.len()).unwrap_or_default());
        self.unpacked += new.len() as u64;
        // A block may be short, and the next one in what was taken already.
        self.full = matches!(outcome, Ok((_, Outcome::Output | Outcome::Block)));
        match outcome {
            Ok((taken, Outcome::End)) => {
                self.state = State::Trailer;
                taken
            }
            Ok((taken, Outcome::Block)) => {
                let stored = report.offset + (at + taken) as u64;
                self.add_seek_point(stored, report);
                taken
            }
            Ok((taken, Outcome::Input | Outcome::Output)) => taken,
            Err(_) => {
                let message = "the gzip stream cannot be unpacked".to_owned();
                report.corrupt("gzip-corrupt", self.member, message);
                rest.len()
            }
        }
    }

    fn trailer(&mut self, rest: &[u8], report: &mut Report) -> usize {
        let taken = take(&mut self.held, TRAILER, rest);
        let Some((&crc, rest)) = self.held.split_first_chunk::<4>() else {
            return taken;
        };
        let Some((&length, _)) = rest.split_first_chunk::<4>() else {
            return taken;
        };
        let (expected, found) = (u32::from_le_bytes(crc), self.crc.clone().finalize());
        if expected != found {
            let message = "a gzip member's CRC-32 is not that of the unpacked bytes";
            report.doubt(
                "gzip-checksum-mismatch",
                self.member,
                message,
                expected,
                found,
            );
        }
        let (expected, found) = (u32::from_le_bytes(length), self.length);
        if expected != found {
            let message = "a gzip member's length is not that of the unpacked bytes";
            report.doubt(
                "gzip-length-mismatch",
                self.member,
                message,
                expected,
                found,
            );
        }
        self.held.clear();
        self.state = State::Between;
        taken
    }

    fn between(&mut self, rest: &[u8], at: usize, report: &mut Report) -> usize {
        let offset = report.offset + at as u64;
        if self.held.is_empty() && rest.first() == Some(&0) {
            self.tail = offset;
            self.state = State::Zeros;
            return 0;
        }
        let start = offset - self.held.len() as u64;
        let taken = take(&mut self.held, MAGIC.len(), rest);
        if self.held == MAGIC {
            self.member = start;
            self.state = State::Header(Part::Fixed);
            report.begins_at(start, self.unpacked);
        } else if !MAGIC.starts_with(&self.held) {
            self.garbage(start, report);
        }
        taken
    }

    fn zeros(&mut self, rest: &[u8], at: usize, report: &mut Report) -> usize {
        let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
        if zeros < rest.len() {
            self.garbage(report.offset + (at + zeros) as u64, report);
        }
        zeros
    }

    fn garbage(&mut self, offset: u64, report: &mut Report) {
        self.held.clear();
        self.state = State::Garbage;
        report.find(
            Severity::Warning,
            "gzip-trailing-garbage",
            offset,
            "bytes that are no gzip member follow the last one; they were ignored",
        );
    }
}

/// Moves bytes from the front of `rest` into `held` until it has `length`;
/// returns how many.
pub(super) fn take(held: &mut Vec<u8>, length: usize, rest: &[u8]) -> usize {
    let wanted = length.saturating_sub(held.len());
    let now = rest.get(..wanted).unwrap_or(rest);
    held.extend_from_slice(now);
    now.len()
}
