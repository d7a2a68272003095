//! What is wrong with a document, and where: the JSON path, what was expected,
//! what was found. A judgement by the specification fails at the first fault;
//! a reader of real archives turns all of them into diagnostics and goes on.

use std::fmt;

use super::json::{Kind, Value};
use crate::diagnostic::{Diagnostic, Severity, escape};
use crate::limits::Limits;

/// Characters of a found text that a fault repeats.
const FOUND_CHARACTERS: usize = 80;

/// One breach of the specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code in kebab-case.
    pub code: &'static str,
    /// How much it matters to a reader that goes on.
    pub severity: Severity,
    /// JSON path of the value, such as `layers[0].size`; empty for the document itself.
    pub path: String,
    /// What was expected.
    pub expected: String,
    /// What was found, odd characters escaped and long text cut.
    pub found: String,
}

impl Fault {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        };
        let Self {
            expected, found, ..
        } = self;
        write!(f, "{path}: expected {expected}, but found {found}")
    }
}

impl std::error::Error for Fault {}

impl From<&Fault> for Diagnostic {
    fn from(fault: &Fault) -> Self {
        Self::new(fault.severity, fault.code, fault.to_string())
            .expected(&fault.expected, &fault.found)
    }
}

/// The way from the document's root to a value. As deep as the format, not as
/// deep as the input.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'p> {
    Root,
    Member(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl<'p> Place<'p> {
    pub(crate) const fn member(&'p self, name: &'p str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) const fn item(&'p self, position: usize) -> Self {
        Self::Item(self, position)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Item(parent, position) => write!(f, "{parent}[{position}]"),
            Self::Member(parent, name) => {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                match (parent, name.bytes().all(plain)) {
                    (Self::Root, true) => f.write_str(name),
                    (_, true) => write!(f, "{parent}.{name}"),
                    (_, false) => write!(f, "{parent}[\"{}\"]", clip(name)),
                }
            }
        }
    }
}

/// The faults of one document, as many as are kept.
#[derive(Debug)]
pub(crate) struct Faults {
    kept: Vec<Fault>,
    remarks: Vec<Diagnostic>,
    cap: usize,
    dropped: u64,
}

impl Faults {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            kept: Vec::new(),
            remarks: Vec::new(),
            cap: limits.diagnostics,
            dropped: 0,
        }
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: &Place<'_>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        if self.kept.len() >= self.cap {
            self.dropped += 1;
            return;
        }
        self.kept.push(Fault {
            code,
            severity,
            path: place.to_string(),
            expected: expected.into(),
            found: found.into(),
        });
    }

    /// Something that the specification allows and that is worth knowing.
    pub(crate) fn remark(&mut self, remark: Diagnostic) {
        if self.remarks.len() < self.cap {
            self.remarks.push(remark);
        } else {
            self.dropped += 1;
        }
    }

    pub(crate) fn into_judgement(self) -> Result<(), Fault> {
        self.kept.into_iter().next().map_or(Ok(()), Err)
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = self.kept.iter().map(Diagnostic::from).collect();
        all.extend(self.remarks);
        if self.dropped > 0 {
            all.push(Diagnostic::new(
                Severity::Warning,
                "limit-diagnostics",
                format!("{} more findings are not listed", self.dropped),
            ));
        }
        all
    }
}

/// A value in words: its kind, and for a scalar what it is.
pub(crate) fn describe(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Bool(true) => "true".to_owned(),
        Kind::Bool(false) => "false".to_owned(),
        Kind::Number => format!("the number {}", clip(&String::from_utf8_lossy(value.raw()))),
        Kind::Text => quote(&value.text().unwrap_or_default()),
        Kind::Array => "an array".to_owned(),
        Kind::Object => "an object".to_owned(),
    }
}

/// `text` in double quotes, escaped and cut.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", clip(text))
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(FOUND_CHARACTERS) {
        Some((end, _)) => escape(text.get(..end).unwrap_or_default().as_bytes()) + "…",
        None => escape(text.as_bytes()),
    }
}
