//! The two pattern languages that a copy's paths go through: Go's `path.Match`
//! for wildcards, and moby's patternmatcher (as in `.dockerignore`) for what is
//! included and excluded. Both become regular expressions as Go spells them.

use super::ChecksumError;
use crate::limits::Limits;
use crate::pattern::{Automaton, compile};
use crate::report::{PathPattern, PatternKind};

/// A pattern of Go's `path.Match`, which fits whole paths.
#[derive(Debug)]
pub(super) struct Wildcard(Expression);

impl Wildcard {
    pub fn new(pattern: &[u8], limits: &Limits) -> Result<Self, ChecksumError> {
        let pattern = lossy(pattern);
        let expression = wildcard_expression(&pattern);
        let expression = expression.ok_or_else(|| ChecksumError::pattern(&pattern))?;
        Ok(Self(Expression::new(&pattern, expression, limits)?))
    }

    pub fn fits(&mut self, path: &[u8]) -> bool {
        self.0.fits(&lossy(path))
    }
}

/// The leading components of a path that hold no wildcard, and whether others
/// follow.
pub(super) fn split_wildcards(path: &[u8]) -> (&[u8], bool) {
    let mut end = 0_usize;
    for component in path.split(|&byte| byte == b'/') {
        if has_wildcard(component) {
            let before = path.get(..end.saturating_sub(1));
            return (before.unwrap_or_default(), true);
        }
        end = end.saturating_add(component.len()).saturating_add(1);
    }
    (path, false)
}

fn has_wildcard(component: &[u8]) -> bool {
    let mut bytes = component.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' | b'[' => return true,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    false
}

/// Which of a list's patterns fitted a folder: what lies in it need not be asked
/// again. Empty where none was asked.
pub(super) type Fitted = Vec<bool>;

/// A list of patterns, `!` before what takes back.
#[derive(Debug)]
pub(super) struct PatternList(Vec<ListPattern>);

impl PatternList {
    /// None where the list is empty: it decides nothing then.
    pub fn new(patterns: &[String], limits: &Limits) -> Result<Option<Self>, ChecksumError> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let mut list = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let trimmed = pattern.trim();
            if !trimmed.is_empty() {
                list.push(ListPattern::new(trimmed, limits)?);
            }
        }
        Ok(Some(Self(list)))
    }

    /// Whether the list fits a path, and what that says of those below it.
    /// `parent` is what it said of the folder that holds it.
    pub fn fits(&mut self, path: &[u8], parent: Option<&Fitted>) -> (bool, Fitted) {
        let parent = parent.filter(|parent| !parent.is_empty());
        let mut fits = false;
        let mut fitted = vec![false; self.0.len()];
        for (at, (pattern, fitted)) in self.0.iter_mut().zip(&mut fitted).enumerate() {
            let inherits = parent.and_then(|parent| parent.get(at)) == Some(&true);
            if !inherits && pattern.takes_back != fits {
                continue;
            }
            *fitted = inherits
                || pattern.fits(path)
                || (parent.is_none() && folders(path).any(|folder| pattern.fits(folder)));
            if *fitted {
                fits = !pattern.takes_back;
            }
        }
        (fits, fitted)
    }
}

// The folders of a path, the outermost first, itself not among them.
fn folders(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes
        .map(|(at, _)| path.get(..at).unwrap_or_default())
        .filter(|folder| !folder.is_empty())
}

#[derive(Debug)]
struct ListPattern {
    takes_back: bool,
    rule: Rule,
}

#[derive(Debug)]
enum Rule {
    /// The path itself.
    Exact(Vec<u8>),
    /// Paths that begin so: what stands before a last `**`.
    Prefix(Vec<u8>),
    /// Paths that end so: what stands behind a first `**`.
    Suffix(Vec<u8>),
    Expression(Expression),
}

impl ListPattern {
    fn new(pattern: &str, limits: &Limits) -> Result<Self, ChecksumError> {
        let cleaned = go_clean(pattern);
        let (takes_back, cleaned) = match cleaned.strip_prefix('!') {
            Some("") => return Err(ChecksumError::pattern(pattern)),
            Some(rest) => (true, rest.to_owned()),
            None => (false, cleaned),
        };
        if wildcard_expression(&cleaned).is_none() {
            return Err(ChecksumError::pattern(pattern));
        }
        Ok(Self {
            takes_back,
            rule: Rule::new(&cleaned, limits)?,
        })
    }

    fn fits(&mut self, path: &[u8]) -> bool {
        match &mut self.rule {
            Rule::Exact(exact) => path == exact.as_slice(),
            Rule::Prefix(prefix) => path.starts_with(prefix),
            Rule::Suffix(suffix) => {
                path.ends_with(suffix) || suffix.strip_prefix(b"/").is_some_and(|rest| path == rest)
            }
            Rule::Expression(expression) => expression.fits(&lossy(path)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Exact,
    Prefix,
    Suffix,
    Expression,
}

impl Rule {
    fn new(pattern: &str, limits: &Limits) -> Result<Self, ChecksumError> {
        let mut shape = Shape::Exact;
        let mut text = String::from("^");
        let mut rest = pattern.chars().peekable();
        let mut is_first = true;
        while let Some(character) = rest.next() {
            match character {
                '*' if rest.next_if_eq(&'*').is_some() => {
                    // "**/" is as "**".
                    rest.next_if_eq(&'/');
                    if rest.peek().is_some() {
                        text.push_str("([^\n]*/)?");
                        shape = Shape::Expression;
                    } else if shape == Shape::Exact {
                        shape = Shape::Prefix;
                    } else {
                        text.push_str("[^\n]*");
                        shape = Shape::Expression;
                    }
                    if is_first {
                        shape = Shape::Suffix;
                    }
                }
                '*' => {
                    text.push_str("[^/]*");
                    shape = Shape::Expression;
                }
                '?' => {
                    text.push_str("[^/]");
                    shape = Shape::Expression;
                }
                '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => {
                    text.push('\\');
                    text.push(character);
                }
                '\\' => {
                    text.push('\\');
                    if let Some(escaped) = rest.next() {
                        text.push(escaped);
                        shape = Shape::Expression;
                    }
                }
                '[' | ']' => {
                    text.push(character);
                    shape = Shape::Expression;
                }
                other => text.push(other),
            }
            is_first = false;
        }
        let bytes = pattern.as_bytes();
        let before = bytes.len().saturating_sub(2);
        Ok(match shape {
            Shape::Exact => Self::Exact(bytes.to_vec()),
            Shape::Prefix => Self::Prefix(bytes.get(..before).unwrap_or_default().to_vec()),
            Shape::Suffix => Self::Suffix(bytes.get(2..).unwrap_or_default().to_vec()),
            Shape::Expression => {
                text.push('$');
                Self::Expression(Expression::new(pattern, text, limits)?)
            }
        })
    }
}

// Go's `filepath.Clean` of a relative or absolute path.
fn go_clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        let leaves = part == ".." && kept.last().is_some_and(|last| *last != "..");
        if leaves {
            kept.pop();
        } else if part != ".." || !is_absolute {
            kept.push(part);
        }
    }
    let joined = kept.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

// A pattern of `path.Match` as a regular expression; none for one that it
// refuses.
fn wildcard_expression(pattern: &str) -> Option<String> {
    let mut text = String::from("^");
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '*' => text.push_str("[^/]*"),
            '?' => text.push_str("[^/]"),
            '[' => {
                text.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    text.push('^');
                }
                // In no path, so that a class without a right range is one.
                text.push('\0');
                let mut is_first = true;
                while is_first || rest.next_if_eq(&']').is_none() {
                    is_first = false;
                    let low = class_character(&mut rest)?;
                    let high = match rest.next_if_eq(&'-') {
                        Some(_) => class_character(&mut rest)?,
                        None => low,
                    };
                    if low <= high {
                        push_escaped(&mut text, low);
                        text.push('-');
                        push_escaped(&mut text, high);
                    }
                }
                text.push(']');
            }
            '\\' => push_escaped(&mut text, rest.next()?),
            other => push_escaped(&mut text, other),
        }
    }
    text.push('$');
    Some(text)
}

fn class_character(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    let character = match rest.next()? {
        '-' | ']' => return None,
        '\\' => rest.next()?,
        other => other,
    };
    // A class is never the end.
    rest.peek().map(|_| character)
}

fn push_escaped(text: &mut String, character: char) {
    if character.is_ascii_punctuation() {
        text.push('\\');
    }
    text.push(character);
}

/// A regular expression that fits whole texts.
#[derive(Debug)]
struct Expression(Box<Automaton>);

impl Expression {
    fn new(pattern: &str, expression: String, limits: &Limits) -> Result<Self, ChecksumError> {
        let expression = PathPattern {
            pattern: expression,
            kind: PatternKind::Regex,
            case_sensitive: true,
        };
        match compile(&expression, limits) {
            Ok((automaton, _)) => Ok(Self(Box::new(automaton))),
            Err(_) => Err(ChecksumError::pattern(pattern)),
        }
    }

    fn fits(&mut self, text: &str) -> bool {
        let fresh = self.0.fresh();
        let state = self.0.read(fresh, text);
        self.0.is_found(state)
    }
}

// As Go reads texts: one replacement for each byte that is not UTF-8.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
