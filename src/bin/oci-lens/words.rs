//! The report's words in sentences.

use oci_lens::report::HiddenBy;
use serde::Serialize;

/// A word of the report as its JSON has it.
pub fn word(word: &impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Why something is hidden; the entry that did it follows.
pub const fn cause(hidden_by: HiddenBy) -> &'static str {
    match hidden_by {
        HiddenBy::Whiteout => "by the whiteout",
        HiddenBy::ParentWhiteout => "with its directory by the whiteout",
        HiddenBy::OpaqueWhiteout => "by the opaque whiteout",
        HiddenBy::Replaced => "replaced by",
        HiddenBy::ParentReplaced => "its directory replaced by",
        HiddenBy::NotApplied => "not applied",
        HiddenBy::Marker => "no file of the image",
    }
}
