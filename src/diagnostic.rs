//! Findings that do not stop the work: what, where, expected and found.

use serde::{Deserialize, Serialize};

use crate::digest::hex;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Severity {
    /// Worth knowing; every tool agrees on what it means.
    Note,
    /// Tools differ, or something was ignored.
    Warning,
    /// Something could not be read, applied or verified.
    Error,
}

/// One finding, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Diagnostic {
    /// Stable code in kebab-case, listed in `docs/diagnostics.md`.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence in lower case, odd bytes escaped.
    pub message: String,
    /// The blob's digest, or the archive member's name where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// Position of the layer in its manifest, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<u32>,
    /// Path of the entry, odd bytes escaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The path's exact bytes in hex, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
    /// Offset in bytes, in the blob or, for an entry, in the unpacked layer; decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// What was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

impl Diagnostic {
    /// A finding without a place.
    pub fn new(severity: Severity, code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            message: message.into(),
            blob: None,
            layer: None,
            path: None,
            path_hex: None,
            offset: None,
            expected: None,
            found: None,
        }
    }

    /// Names the blob: its digest, or the archive member.
    #[must_use]
    pub fn blob(mut self, blob: impl ToString) -> Self {
        self.blob = Some(blob.to_string());
        self
    }

    /// Names the layer by its position in the manifest.
    #[must_use]
    pub fn layer(mut self, layer: u32) -> Self {
        self.layer = Some(layer);
        self
    }

    /// Names the entry's path.
    #[must_use]
    pub fn path(mut self, path: &[u8]) -> Self {
        self.path = Some(escape(path));
        self.path_hex = std::str::from_utf8(path).is_err().then(|| hex(path));
        self
    }

    /// Names the byte offset.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset.to_string());
        self
    }

    /// Says what was expected and what was found.
    #[must_use]
    pub fn expected(mut self, expected: impl ToString, found: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self.found = Some(found.to_string());
        self
    }
}

/// A bounded list of findings: what passes the cap is counted, not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    cap: usize,
    dropped: u64,
}

impl Diagnostics {
    /// An empty list that keeps at most `cap` findings.
    pub const fn new(cap: usize) -> Self {
        Self {
            kept: Vec::new(),
            cap,
            dropped: 0,
        }
    }

    /// Adds a finding, or counts it when the list is full.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.kept.len() < self.cap {
            self.kept.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    /// The findings kept so far.
    pub fn kept(&self) -> &[Diagnostic] {
        &self.kept
    }

    /// All findings, with a last one that says how many were not kept.
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        if self.dropped > 0 {
            self.kept.push(Diagnostic::new(
                Severity::Warning,
                "limit-diagnostics",
                format!("{} more findings are not listed", self.dropped),
            ));
        }
        self.kept
    }
}

/// `bytes` as text in which nothing can hide: control and bidirectional
/// characters as `\u{…}`, bytes that are not UTF-8 as `\x…`, the backslash doubled.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    shown(bytes, |character| text.push(character));
    text
}

/// The characters of [`escape`], one by one.
pub(crate) fn shown(bytes: &[u8], mut each: impl FnMut(char)) {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character == '\\' {
                each('\\');
                each('\\');
            } else if character.is_control() || is_invisible(character) {
                character.escape_unicode().for_each(&mut each);
            } else {
                each(character);
            }
        }
        for byte in chunk.invalid() {
            "\\x"
                .chars()
                .chain(hex(&[*byte]).chars())
                .for_each(&mut each);
        }
    }
}

// Bidirectional controls, zero-width characters, line separators, the BOM and tags.
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
