//! xz framing: streams one after another, with padding between them.
//!
//! For what is around a whole archive only: where a broken stream ends depends
//! on how its bytes were cut, which a layer's result must not.

use xz4rust::{XzDecoder, XzError};

use super::{OUTPUT_BYTES, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::Reason;

// What `xz -6` needs, its default; larger ones grow up to the cap.
const DICTIONARY_BYTES: usize = 8 << 20;

/// Streams of an xz file (its format description, section 2).
pub(super) struct Xz {
    decoder: XzDecoder<'static>,
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
            between: false,
            stream: 0,
        }
    }

    pub(super) fn push(
        &mut self,
        input: &[u8],
        output: &mut Vec<u8>,
        report: &mut Report,
    ) -> usize {
        let start = output.len();
        let mut at = 0;
        while report.failure.is_none() && output.len() < start + OUTPUT_BYTES {
            let mut rest = input.get(at..).unwrap_or_default();
            if self.between {
                let zeros = rest.iter().take_while(|byte| **byte == 0).count();
                at += zeros;
                rest = rest.get(zeros..).unwrap_or_default();
                if rest.is_empty() {
                    break;
                }
                self.between = false;
                self.stream = report.offset + at as u64;
                self.decoder.reset();
            }
            let filled = output.len();
            output.resize(filled + OUTPUT_BYTES, 0);
            let free = output.get_mut(filled..).unwrap_or_default();
            match self.decoder.decode(rest, free) {
                Ok(step) => {
                    output.truncate(filled + step.output_produced());
                    at += step.input_consumed();
                    self.between = step.is_end_of_stream();
                    if !step.made_progress() && !self.between {
                        break;
                    }
                }
                Err(error) => {
                    output.truncate(filled);
                    self.fail(&error, report);
                }
            }
        }
        if report.failure.is_some() {
            input.len()
        } else {
            at
        }
    }

    pub(super) fn finish(&self, report: &mut Report) {
        if !self.between {
            let message = "the xz stream breaks off".to_owned();
            report.corrupt("xz-truncated", self.stream, message);
        }
    }

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
        report.corrupt("xz-corrupt", self.stream, format!("the xz stream is broken: {error}"));
    }
}
