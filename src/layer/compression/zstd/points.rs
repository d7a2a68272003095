//! Seek points inside of zstd frames.

use super::super::Report;
use super::super::seek::{History, Inside, InsideFrame, InsideOf, SeekPoint};
use super::between::Between;

/// Unpacked bytes before a wanted point from which on blocks are looked into: after a few of them
/// all that a point needs is known.
const AHEAD: u64 = 1 << 20;
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
        let wanted = points.next_in_frame();
        let is_near = |bytes: u64| end.unpacked.saturating_add(bytes) > wanted;
        if is_near(self.window + AHEAD) {
            self.remember(unpacked);
        }
        let [flags, ..] = header;
        if flags >> 1 & 3 == COMPRESSED {
            self.between.block(content, is_near(AHEAD))?;
        }
        if end.unpacked >= wanted
            && let Some(dictionary) = self.between.dictionary()
        {
            let window = usize::try_from(self.window).unwrap_or(usize::MAX);
            let from = self.recent.len().saturating_sub(window);
            let history = self.recent.get(from..).unwrap_or_default().to_vec();
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
            if end.unpacked.saturating_add(self.window + AHEAD) <= points.next_in_frame() {
                self.recent = Vec::new();
            }
        }
        Some(())
    }

    fn remember(&mut self, unpacked: &[u8]) {
        let most = usize::try_from(self.window + 2 * AHEAD).unwrap_or(usize::MAX);
        let behind = (self.recent.len() + unpacked.len()).saturating_sub(most);
        if behind > 0 {
            // A window stays, and is not moved again for some blocks.
            let ahead = usize::try_from(AHEAD).unwrap_or_default();
            let excess = self.recent.len().min(behind + ahead);
            self.recent.drain(..excess);
        }
        self.recent.extend_from_slice(unpacked);
    }
}
