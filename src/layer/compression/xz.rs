//! xz framing: streams one after another, with padding between them.
//!
//! For what is around a whole archive only: where a broken stream ends depends
//! on how its bytes were cut, which a layer's result must not.

use xz4rust::{XzDecoder, XzError};

use super::{Format, OUTPUT_BYTES, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::Reason;

// What `xz -6` needs, its default; larger ones grow up to the cap.
const DICTIONARY_BYTES: usize = 8 << 20;

// More than any header: a block's may have 1024 bytes.
const HELD_BYTES: usize = 4096;

/// Streams of an xz file (its format description, section 2).
pub(super) struct Xz {
    decoder: XzDecoder<'static>,
    // The start of a header whose rest has not come.
    held: Vec<u8>,
    // Between two streams, where only zeros may stand.
    between: bool,
    // Where the stream in hand begins.
    stream: u64,
}

impl Xz {
    pub(super) fn new(window_bytes: u64) -> Self {
        let cap = usize::try_from(window_bytes).unwrap_or(DICTIONARY_BYTES);
        Self {
            decoder: XzDecoder::with_alloc_dict_size(DICTIONARY_BYTES.min(cap), cap),
            held: Vec::new(),
            between: false,
            stream: 0,
        }
    }
}

impl Format for Xz {
    fn step(
        &mut self,
        input: &[u8],
        mut at: usize,
        output: &mut Vec<u8>,
        _end: usize,
        report: &mut Report,
    ) -> Option<usize> {
        let rest = input.get(at..).unwrap_or_default();
        if self.between {
            let zeros = rest.iter().take_while(|byte| **byte == 0).count();
            if rest.is_empty() {
                return None;
            }
            at += zeros;
            if zeros < rest.len() {
                self.between = false;
                self.stream = report.offset + at as u64;
                self.decoder.reset();
            }
            return Some(at);
        }
        // A header that was cut is gathered before it is read.
        let direct = self.held.is_empty();
        let added = if direct {
            0
        } else {
            (HELD_BYTES - self.held.len()).min(rest.len())
        };
        self.held
            .extend_from_slice(rest.get(..added).unwrap_or_default());
        at += added;
        let ready = if direct { rest } else { self.held.as_slice() };
        let filled = output.len();
        output.resize(filled + OUTPUT_BYTES, 0);
        let free = output.get_mut(filled..).unwrap_or_default();
        let step = self.decoder.decode(ready, free);
        let (taken, made) = match &step {
            Ok(step) => (step.input_consumed(), step.output_produced()),
            Err(_) => (0, 0),
        };
        output.truncate(filled + made);
        match step {
            Ok(step) => self.between = step.is_end_of_stream(),
            Err(XzError::NeedsLargerInputBuffer) if ready.len() < HELD_BYTES => {}
            Err(error) => self.fail(&error, report),
        }
        if direct {
            at += taken;
        } else {
            self.held.drain(..taken);
        }
        if self.between {
            // What was gathered beyond the stream's end is padding, or the
            // next stream: it is the input's again.
            at -= self.held.len().min(at);
            self.held.clear();
        } else if taken == 0 && made == 0 {
            if direct {
                self.held.extend_from_slice(rest);
                at = input.len();
            }
            if rest.is_empty() || (!direct && added == 0) {
                return None;
            }
        }
        Some(at)
    }

    fn finish(&mut self, report: &mut Report) {
        if !self.between {
            let message = "the xz stream breaks off".to_owned();
            report.corrupt("xz-truncated", self.stream, message);
        }
    }
}

impl Xz {
    fn fail(&self, error: &XzError, report: &mut Report) {
        if let XzError::DictionaryTooLarge(size) = error {
            return report.fail(
                Reason::Limit,
                Diagnostic::new(
                    Severity::Error,
                    "limit-xz-dictionary",
                    "the xz stream needs a larger dictionary than is given",
                )
                .offset(self.stream)
                .expected("at most 128 MiB", size),
            );
        }
        report.corrupt(
            "xz-corrupt",
            self.stream,
            format!("the xz stream is broken: {error}"),
        );
    }
}
