//! Seek points inside of zstd frames.

use super::super::Report;
use super::super::seek::{History, Inside, InsideFrame, InsideOf, SeekPoint};
use super::between::Between;

/// Unpacked bytes that are remembered beside a window: so many blocks may pass before a point, and
/// after the place where it was wanted, without that a window is moved.
const BESIDE: u64 = 256 << 10;
/// RFC 8878 3.1.1.1.1: whether a checksum ends the frame.
const CHECKSUM_FLAG: u8 = 1 << 2;
/// RFC 8878 3.1.1.2.2: a block of sequences; the others leave all as it is.
const COMPRESSED: u8 = 2;

/// What is known of a frame that may have points inside.
pub(super) struct FramePoints {
    frame: u64,
    window: u64,
    has_checksum: bool,
    between: Between,
    // The last that was unpacked, a window at least or all of the frame, where a point is near.
    recent: Vec<u8>,
}

/// A block's end: bytes before it.
#[derive(Clone, Copy)]
pub(super) struct BlockEnd {
    pub(super) stored: u64,
    pub(super) unpacked: u64,
}

impl FramePoints {
    /// For a frame that begins, with its header from the descriptor on; none where no points are
    /// noted, or its window is too large for them.
    pub(super) fn new(frame: u64, window: u64, header: &[u8], report: &Report) -> Option<Self> {
        let points = report.seek_points.as_ref()?;
        (window <= points.window_bytes).then(|| Self {
            frame,
            window,
            has_checksum: header
                .first()
                .is_some_and(|flags| flags & CHECKSUM_FLAG != 0),
            between: Between::new(),
            recent: Vec::new(),
        })
    }

    /// Notes a block that was unpacked, and the point after it where one is wanted. None where the
    /// block is not as it should be.
    pub(super) fn block(
        &mut self,
        header: [u8; 3],
        content: &[u8],
        unpacked: &[u8],
        end: BlockEnd,
        report: &mut Report,
    ) -> Option<()> {
        let points = report.seek_points.as_mut()?;
        let wanted = points.next_in_frame(self.window);
        let is_near = |bytes: u64| end.unpacked.saturating_add(bytes) > wanted;
        if is_near(self.window + BESIDE) {
            self.remember(unpacked);
        }
        let [flags, ..] = header;
        if flags >> 1 & 3 == COMPRESSED {
            // One block after the other is read for its offsets until all that follows needs is known:
            // mostly the first is enough.
            self.between.block(content, end.unpacked >= wanted)?;
        }
        if end.unpacked >= wanted
            && let Some(dictionary) = self.between.dictionary()
        {
            let history = self.history();
            let inside = InsideFrame {
                frame: self.frame,
                window: self.window,
                has_checksum: self.has_checksum,
                dictionary,
            };
            points.add(SeekPoint {
                stored: end.stored,
                unpacked: end.unpacked,
                inside: Some(Inside {
                    of: InsideOf::Frame(inside),
                    history: History::Here(history),
                }),
            });
            // Where points are closer together than a window is long, the next one needs it, too.
            if end.unpacked.saturating_add(self.window + BESIDE)
                <= points.next_in_frame(self.window)
            {
                self.recent = Vec::new();
            }
        }
        Some(())
    }

    /// The last window of what is remembered.
    fn history(&self) -> Vec<u8> {
        let window = usize::try_from(self.window).unwrap_or(usize::MAX);
        let from = self.recent.len().saturating_sub(window);
        self.recent.get(from..).unwrap_or_default().to_vec()
    }

    fn remember(&mut self, unpacked: &[u8]) {
        let most = usize::try_from(self.window + 2 * BESIDE).unwrap_or(usize::MAX);
        if self.recent.capacity() == 0 {
            // Not more than it takes, as a list that grows by doubling would be.
            self.recent.reserve_exact(most);
        }
        if self.recent.len() + unpacked.len() > most {
            let window = usize::try_from(self.window).unwrap_or(usize::MAX);
            let excess = self.recent.len().saturating_sub(window);
            self.recent.drain(..excess);
        }
        self.recent.extend_from_slice(unpacked);
    }
}
