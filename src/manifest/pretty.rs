//! A JSON document for reading: its exact text, and the same set out in lines.
//! Only the space between values changes. Numbers, escapes, the order of
//! members and duplicate members stay as they are.

use super::json::Json;
use crate::digest::{Algorithm, AnyDigest, Digest};
use crate::limits::DOCUMENT_TEXT_BYTES;
use crate::report::DocumentView;

/// Levels that are indented; deeper ones stay at this one's.
const LEVELS: usize = 100;
const INDENT: usize = 2;

/// A document of this name, which was asked for by `key`: where that is a
/// digest, the document's is given by the same algorithm.
pub fn document(key: &str, name: &str, bytes: &[u8]) -> DocumentView {
    let algorithm = match AnyDigest::parse(key) {
        Ok(AnyDigest::Known(digest)) => digest.algorithm(),
        _ => Algorithm::Sha256,
    };
    let raw = String::from_utf8_lossy(bytes).into_owned();
    let pretty = match Json::parse(bytes) {
        Err(error) => Err(error.to_string()),
        Ok(_) => set_out(bytes, DOCUMENT_TEXT_BYTES).ok_or_else(|| {
            format!("expected at most {DOCUMENT_TEXT_BYTES} bytes of lines, but found more")
        }),
    };
    let (pretty, problem) = match pretty {
        Ok(pretty) => (pretty, None),
        Err(problem) => (raw.clone(), Some(problem)),
    };
    DocumentView {
        digest: Digest::of(algorithm, bytes).to_string(),
        name: name.to_owned(),
        raw,
        pretty,
        problem,
    }
}

/// JSON set out in lines; nothing where that takes more than `limit` bytes.
fn set_out(json: &[u8], limit: usize) -> Option<String> {
    let mut text = Vec::with_capacity(json.len().saturating_mul(2).min(limit));
    let mut level: usize = 0;
    let mut tokens = Tokens(json).peekable();
    while let Some(token) = tokens.next() {
        let is_empty = matches!(
            (token, tokens.peek()),
            (b"{", Some(&b"}")) | (b"[", Some(&b"]"))
        );
        match token {
            b"{" | b"[" if is_empty => {
                text.extend_from_slice(token);
                text.extend(tokens.next().into_iter().flatten());
            }
            b"{" | b"[" => {
                text.extend_from_slice(token);
                level += 1;
                new_line(&mut text, level);
            }
            b"}" | b"]" => {
                level = level.saturating_sub(1);
                new_line(&mut text, level);
                text.extend_from_slice(token);
            }
            b"," => {
                text.push(b',');
                new_line(&mut text, level);
            }
            b":" => text.extend_from_slice(b": "),
            _ => text.extend_from_slice(token),
        }
        if text.len() > limit {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn new_line(text: &mut Vec<u8>, level: usize) {
    text.push(b'\n');
    text.resize(text.len() + level.min(LEVELS) * INDENT, b' ');
}

/// JSON without the space between values.
pub(crate) fn compact(json: &[u8]) -> String {
    let text: Vec<u8> = Tokens(json).flatten().copied().collect();
    match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

/// Strings, numbers, words and punctuation of a text that is JSON.
struct Tokens<'a>(&'a [u8]);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let start = self.0.iter().position(|byte| !is_space(byte))?;
        let rest = self.0.get(start..)?;
        let length = match rest.first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string(rest),
            _ => rest
                .iter()
                .position(|byte| is_space(byte) || b"{}[],:\"".contains(byte))
                .unwrap_or(rest.len()),
        };
        let (token, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(token)
    }
}

fn string(text: &[u8]) -> usize {
    let mut escaped = true; // the quote that it begins with
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
