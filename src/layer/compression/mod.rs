//! Unpacking by what the bytes are: gzip, zstd, or nothing.
//!
//! Push: compressed bytes in, in any cut; unpacked bytes out, a bounded amount
//! per call. gzip is RFC 1952, zstd RFC 8878; zstd:chunked and eStargz are these
//! two with their extra data where the formats leave room for it.

mod gzip;
mod seek;
mod xz;
mod zstd;

pub use seek::SeekPoint;

use gzip::Gzip;
use seek::{History, Inside, InsideOf, SeekPoints};
use xz::Xz;
use zstd::Zstd;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::limits::Limits;
use crate::report::{Compression, Reason};

/// Unpacked bytes that one [`Decoder::push`] appends at most, give or take what
/// a single block makes: enough that hashing them is worth the call.
pub const OUTPUT_BYTES: usize = 256 << 10;

/// Unpacks one stream, told by its first bytes.
pub struct Decoder {
    state: State,
    report: Report,
    window_bytes: u64,
    header_bytes: usize,
    with_xz: bool,
    packed_only: bool,
}

// What the formats tell about a stream.
struct Report {
    // Stored bytes taken before the slice in hand.
    offset: u64,
    failure: Option<Reason>,
    doubtful: bool,
    findings: Diagnostics,
    // Where they are wanted.
    seek_points: Option<SeekPoints>,
}

enum State {
    Sniff(Vec<u8>),
    Plain,
    Packed(Compression, Box<dyn Format>),
    Failed(Option<Compression>),
}

/// One format's part in unpacking a stream.
trait Format: Send {
    /// Takes what is at hand from `at` on, a header or a block; appends what that unpacks to, and
    /// tries not to pass `end` with it. Returns where to go on, or `None` when there is nothing to
    /// do without more input.
    fn step(
        &mut self,
        input: &[u8],
        at: usize,
        output: &mut Vec<u8>,
        end: usize,
        report: &mut Report,
    ) -> Option<usize>;

    /// Says what is missing at the end of the stream.
    fn finish(&mut self, report: &mut Report);
}

/// Takes bytes from the front of `input` until enough is unpacked; returns how many.
fn unpack(
    format: &mut dyn Format,
    input: &[u8],
    output: &mut Vec<u8>,
    report: &mut Report,
) -> usize {
    let end = output.len() + OUTPUT_BYTES;
    let mut at = 0;
    while report.failure.is_none() && output.len() < end {
        match format.step(input, at, output, end, report) {
            Some(next) => at = next,
            None => break,
        }
    }
    if report.failure.is_some() {
        input.len()
    } else {
        at
    }
}

impl Decoder {
    /// A decoder that has seen no bytes.
    pub fn new(limits: &Limits) -> Self {
        Self {
            state: State::Sniff(Vec::new()),
            report: Report {
                offset: 0,
                failure: None,
                doubtful: false,
                findings: Diagnostics::new(limits.diagnostics),
                seek_points: None,
            },
            window_bytes: limits.zstd_window_bytes,
            header_bytes: limits.header_bytes,
            with_xz: false,
            packed_only: false,
        }
    }

    /// A decoder that goes on at a seek point, which must have its history, with the stored byte
    /// after it. Inside a zstd frame it does not check that frame's checksum.
    pub fn resume(point: &SeekPoint, limits: &Limits) -> Self {
        let (stored, unpacked) = point.offsets();
        let mut decoder = Self::new(limits);
        decoder.report.offset = stored;
        // A member or frame begins like a stream of its own.
        let Some(Inside { of, history }) = &point.inside else {
            return decoder;
        };
        // Without it, what follows refers to nothing.
        let history = match history {
            History::Here(bytes) => bytes.as_slice(),
            History::Taken(_) => &[],
        };
        decoder.state = match of {
            InsideOf::Member(inside) => {
                let gzip = Gzip::resume(inside, history, unpacked, limits.header_bytes);
                State::Packed(Compression::Gzip, Box::new(gzip))
            }
            InsideOf::Frame(inside) => {
                let mut zstd = Zstd::new(limits.zstd_window_bytes);
                zstd.resume(inside, history, unpacked, &mut decoder.report);
                State::Packed(Compression::Zstd, Box::new(zstd))
            }
        };
        decoder
    }

    /// The same, noting where the stream can be taken up again.
    #[must_use]
    pub fn with_seek_points(mut self, limits: &Limits) -> Self {
        self.report.seek_points = SeekPoints::new(limits);
        self
    }

    /// A decoder of what is around a whole archive, which may be xz as well: no
    /// image format has layers in it, but archives are handed around in it.
    pub fn of_archive(limits: &Limits) -> Self {
        Self {
            with_xz: true,
            ..Self::new(limits)
        }
    }

    /// A decoder of bytes that are said to be compressed: others are not unpacked.
    pub fn of_packed(limits: &Limits) -> Self {
        Self {
            packed_only: true,
            ..Self::new(limits)
        }
    }

    /// A decoder of bytes that are known not to be compressed, whatever they
    /// look like.
    pub fn of_plain(limits: &Limits) -> Self {
        Self {
            state: State::Plain,
            ..Self::new(limits)
        }
    }

    /// Takes bytes from the front of `input` and appends what they unpack to,
    /// about [`OUTPUT_BYTES`] at most; returns how many it took. When it took
    /// none and appended none, it has nothing more to give without new input.
    ///
    /// After a failure everything is taken and nothing appended.
    pub fn push(&mut self, input: &[u8], output: &mut Vec<u8>) -> usize {
        let taken = match &mut self.state {
            State::Sniff(held) => {
                let Some((&byte, _)) = input.split_first() else {
                    return 0;
                };
                held.push(byte);
                if let Some(found) = sniff(held) {
                    let held = std::mem::take(held);
                    self.begin(found, &held, output);
                }
                // The first bytes are counted where the format takes them.
                return 1;
            }
            State::Plain => {
                let now = input.get(..OUTPUT_BYTES).unwrap_or(input);
                output.extend_from_slice(now);
                now.len()
            }
            State::Packed(_, format) => unpack(format.as_mut(), input, output, &mut self.report),
            State::Failed(_) => input.len(),
        };
        self.advance(taken);
        taken
    }

    /// Ends the stream: appends what is still held back, and says what is
    /// missing. Call it again for as long as it appends something.
    pub fn finish(&mut self, output: &mut Vec<u8>) {
        let before = output.len();
        match &mut self.state {
            State::Sniff(held) => {
                let held = std::mem::take(held);
                self.begin(Magic::Plain, &held, output);
            }
            State::Packed(_, format) => {
                unpack(format.as_mut(), &[], output, &mut self.report);
                if output.len() == before {
                    format.finish(&mut self.report);
                }
            }
            State::Plain | State::Failed(_) => {}
        }
        self.advance(0);
    }

    /// Whether the bytes are what they unpack to, so that the caller may take
    /// them as they are instead of pushing them.
    pub const fn passes_through(&self) -> bool {
        matches!(self.state, State::Plain)
    }

    /// Stops unpacking for a reason of the caller's.
    pub fn stop(&mut self, reason: Reason) {
        self.report.failure.get_or_insert(reason);
        self.advance(0);
    }

    /// The compression as found; `None` before enough bytes were seen, and for
    /// one that is not known here.
    pub const fn compression(&self) -> Option<Compression> {
        match &self.state {
            State::Sniff(_) => None,
            State::Plain => Some(Compression::None),
            State::Packed(compression, _) => Some(*compression),
            State::Failed(compression) => *compression,
        }
    }

    /// Why the stream could not be unpacked to its end.
    pub const fn failure(&self) -> Option<Reason> {
        self.report.failure
    }

    /// Whether a checksum or length inside the stream is not that of the
    /// unpacked bytes: then digests must vouch for them, or nothing does.
    pub const fn is_doubtful(&self) -> bool {
        self.report.doubtful
    }

    /// Takes the findings so far out of the decoder.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        let empty = Diagnostics::new(0);
        std::mem::replace(&mut self.report.findings, empty).into_vec()
    }

    /// Takes the seek points so far out of the decoder. There are none of a
    /// stream that failed, or of what is not compressed.
    pub fn take_seek_points(&mut self) -> Vec<SeekPoint> {
        let points = self.report.seek_points.take();
        match &self.state {
            State::Packed(..) => points.map(SeekPoints::into_vec).unwrap_or_default(),
            State::Sniff(_) | State::Plain | State::Failed(_) => Vec::new(),
        }
    }

    /// Takes the histories of the seek points so far out of them, for whoever keeps them elsewhere:
    /// [`SeekPoint::taken_history`] tells where each lies in what was taken in all. None where they
    /// are fewer than `least` bytes.
    pub fn take_histories(&mut self, least: usize) -> Option<Vec<u8>> {
        self.report.seek_points.as_mut()?.take_histories(least)
    }

    fn begin(&mut self, found: Magic, held: &[u8], output: &mut Vec<u8>) {
        self.state = match found {
            Magic::Plain if self.packed_only => {
                self.report.fail(
                    Reason::DecompressionFailed,
                    Diagnostic::new(
                        Severity::Error,
                        "not-compressed",
                        "no gzip member or zstd frame begins here",
                    )
                    .offset(self.report.offset),
                );
                State::Failed(None)
            }
            Magic::Plain => State::Plain,
            Magic::Gzip => {
                let member = self.report.offset;
                let gzip = Gzip::new(member, self.header_bytes);
                State::Packed(Compression::Gzip, Box::new(gzip))
            }
            Magic::Zstd => State::Packed(Compression::Zstd, Box::new(Zstd::new(self.window_bytes))),
            Magic::Xz if self.with_xz => {
                State::Packed(Compression::Xz, Box::new(Xz::new(self.window_bytes)))
            }
            Magic::Xz | Magic::Unknown(_) => {
                let name = found.name();
                self.report.fail(
                    Reason::UnknownCompression,
                    Diagnostic::new(
                        Severity::Error,
                        "unknown-compression",
                        format!("compressed with {name}, which no image format allows"),
                    )
                    .expected("gzip, zstd or none", name),
                );
                State::Failed(None)
            }
        };
        self.push(held, output);
    }

    fn advance(&mut self, taken: usize) {
        self.report.offset += taken as u64;
        if self.report.failure.is_some() && !matches!(self.state, State::Failed(_)) {
            self.state = State::Failed(self.compression());
        }
    }
}

impl Report {
    // A member or frame does, and may be a seek point.
    fn begins_at(&mut self, stored: u64, unpacked: u64) {
        if let Some(points) = &mut self.seek_points {
            points.add(SeekPoint::of_start(stored, unpacked));
        }
    }

    fn fail(&mut self, reason: Reason, finding: Diagnostic) {
        self.failure.get_or_insert(reason);
        self.findings.push(finding);
    }

    // Offsets must not depend on how the bytes were cut: that of a member or
    // frame as a whole, where a decoder reads ahead.
    fn corrupt(&mut self, code: &str, offset: u64, message: String) {
        self.fail(
            Reason::DecompressionFailed,
            Diagnostic::new(Severity::Error, code, message).offset(offset),
        );
    }

    fn find(&mut self, severity: Severity, code: &str, offset: u64, message: &str) {
        self.findings
            .push(Diagnostic::new(severity, code, message).offset(offset));
    }

    // A checksum or length of the format's own that does not fit.
    fn doubt(&mut self, code: &str, offset: u64, message: &str, expected: u32, found: u32) {
        self.doubtful = true;
        self.findings.push(
            Diagnostic::new(Severity::Error, code, message)
                .offset(offset)
                .expected(expected, found),
        );
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Magic {
    Plain,
    Gzip,
    Zstd,
    Xz,
    Unknown(&'static str),
}

impl Magic {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "nothing",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Unknown(name) => name,
        }
    }
}

// The magics that containerd and moby know, and those of compressions that
// images do not use: long enough that no file name of a tar looks like one.
const MAGICS: [(&[u8], Magic); 6] = [
    (b"\x1f\x8b\x08", Magic::Gzip),
    (b"\x28\xb5\x2f\xfd", Magic::Zstd),
    (b"BZh91AY&SY", Magic::Unknown("bzip2")),
    (b"\xfd7zXZ\0", Magic::Xz),
    (b"\x04\x22\x4d\x18", Magic::Unknown("lz4")),
    (b"LZIP\x01", Magic::Unknown("lzip")),
];

// RFC 8878 3.1.2: sixteen magics, 0x184D2A50 to 0x184D2A5F, begin a skippable frame.
const fn is_skippable(first: u8) -> bool {
    first & 0xf0 == 0x50
}

// What they stand for, or `None` while more bytes are needed.
fn sniff(head: &[u8]) -> Option<Magic> {
    let mut undecided = false;
    for (magic, format) in MAGICS {
        if head.starts_with(magic) {
            return Some(format);
        }
        undecided |= magic.starts_with(head);
    }
    if let Some((&first, rest)) = head.split_first()
        && is_skippable(first)
    {
        let magic: &[u8] = b"\x2a\x4d\x18";
        if rest.starts_with(magic) {
            return Some(Magic::Zstd);
        }
        undecided |= magic.starts_with(rest);
    }
    (!undecided).then_some(Magic::Plain)
}
