//! The tar itself: a plan's batches and the layers' stored bytes in, in any
//! cut; the tar's bytes out.

use std::collections::VecDeque;

use super::header::headers;
use super::plan::{Batch, Item};
use crate::image::content::ContentError;
use crate::layer::compression::OUTPUT_BYTES;
use crate::layer::table::EntryKind;
use crate::layer::{Extract, Machine, Part, Piece, Start};
use crate::limits::Limits;

const BLOCK: u64 = 512;

/// A tar being written: fed with the bytes of the layer that its batch is of.
pub struct Pour {
    limits: Limits,
    extract: Extract,
    // The layer that bytes are pushed of, and the file in hand.
    layer: Option<u32>,
    path: Vec<u8>,
    items: VecDeque<Item>,
    // Zeros after the last item.
    ending: u64,
}

impl Pour {
    /// A tar without entries yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            extract: Extract::new(Start::default(), limits),
            layer: None,
            path: Vec::new(),
            items: VecDeque::new(),
            ending: 0,
        }
    }

    /// Takes a plan's next batch, once the one before is done. Where its layer
    /// is another one, the bytes pushed from now on are of that one.
    pub fn take(&mut self, batch: Batch) {
        if let Some(from) = batch.from.filter(|from| self.layer != Some(from.layer)) {
            self.layer = Some(from.layer);
            self.extract = Extract::new(from.start, &self.limits);
        }
        self.items.extend(batch.items);
        if batch.is_last {
            // POSIX ustar: two blocks of zeros end the archive.
            self.ending = 2 * BLOCK;
        }
    }

    // Begins what comes next; false where nothing does.
    fn begin(&mut self) -> bool {
        let zeros = |length| Part::Piece(Piece::Zeros { length });
        let Some(item) = self.items.pop_front() else {
            let length = std::mem::take(&mut self.ending);
            if length > 0 {
                self.extract.want(zeros(length));
            }
            return length > 0;
        };
        self.extract.want(Part::Bytes(headers(&item)));
        for piece in item.pieces {
            self.extract.want(Part::Piece(piece));
        }
        if item.kind == EntryKind::File {
            let padding = item.size.next_multiple_of(BLOCK) - item.size;
            self.extract.want(zeros(padding));
        }
        self.path = item.name;
        true
    }
}

impl Machine for Pour {
    type Error = ContentError;

    // Of a layer's bytes, those of the batches taken.
    fn is_done(&self) -> bool {
        self.items.is_empty() && self.ending == 0 && self.extract.is_done()
    }

    fn stored(&self) -> u64 {
        self.extract.stored()
    }

    fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, ContentError> {
        let end = output.len().saturating_add(OUTPUT_BYTES);
        let mut taken = 0;
        while output.len() < end {
            if self.extract.is_done() && !self.begin() {
                break;
            }
            let rest = bytes.get(taken..).unwrap_or_default();
            let now = self.extract.push(rest, output);
            taken += now.map_err(|error| ContentError::Extract {
                layer: self.layer.unwrap_or_default(),
                path: self.path.clone(),
                error,
            })?;
            // It waits for bytes, or has done enough for one call.
            if !self.extract.is_done() {
                break;
            }
        }
        Ok(taken)
    }

    fn end(&mut self) {
        self.extract.end();
    }
}
