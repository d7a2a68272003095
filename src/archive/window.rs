//! Reads over a source that are large where headers lie close together and
//! small where data lies between them.

use std::io;

use crate::source::ReadAt;

/// A tar's unit.
pub(super) const BLOCK: usize = 512;

const SMALLEST: usize = 4 << 10;
const LARGEST: usize = 1 << 20;

/// The part of a source that was read last.
pub(super) struct Window<'s, S: ?Sized> {
    source: &'s S,
    start: u64,
    bytes: Vec<u8>,
    length: usize,
}

impl<'s, S: ReadAt + ?Sized> Window<'s, S> {
    pub(super) const fn new(source: &'s S) -> Self {
        Self {
            source,
            start: 0,
            bytes: Vec::new(),
            length: SMALLEST,
        }
    }

    /// The bytes from `offset` on: `length` of them, or fewer at the source's end.
    pub(super) fn bytes(&mut self, offset: u64, length: usize) -> io::Result<&[u8]> {
        let end = self.start.saturating_add(self.bytes.len() as u64);
        let wanted = offset.saturating_add(length as u64);
        if offset < self.start || wanted > end {
            let near = (self.start..=end).contains(&offset);
            self.length = if near {
                (self.length * 2).min(LARGEST)
            } else {
                SMALLEST
            };
            self.bytes = self.source.read_up_to(offset, self.length.max(length))?;
            self.start = offset;
        }
        let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        let rest = self.bytes.get(from..).unwrap_or_default();
        Ok(rest.get(..length).unwrap_or(rest))
    }

    /// The block at `offset`; none where the source ends before the block does.
    pub(super) fn block(&mut self, offset: u64) -> io::Result<Option<[u8; BLOCK]>> {
        Ok(self.bytes(offset, BLOCK)?.first_chunk().copied())
    }
}
