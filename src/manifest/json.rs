//! JSON, read once into a flat list of values: RFC 8259 as Go's `encoding/json`
//! takes it, because Go tools wrote and read every document here.
//!
//! Unlike `serde_json::Value` it keeps duplicate members, the text of numbers
//! (`1.0` and `1e3` are no integers to Go) and offsets, takes strings that are
//! not UTF-8 as Go does, and neither reads nor drops by recursion.

use std::borrow::Cow;
use std::fmt;

use crate::diagnostic::escape;

/// Arrays and objects inside each other: Go's `encoding/json` stops here, so
/// that no tool in the field reads a deeper document.
pub(crate) const DEPTH: usize = 10_000;
/// Values of one document, keys counted: 64 MB of memory. An index of ten
/// thousand entries has about 200,000.
pub(crate) const VALUES: usize = 4_000_000;

/// Why a text is not read as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// The text breaks the grammar.
    Syntax {
        /// Offset in bytes of the first one that does not fit.
        offset: usize,
        /// What could have been there.
        expected: &'static str,
        /// What is there; nothing at the end of the text.
        found: Option<u8>,
    },
    /// Arrays and objects nest deeper than is read.
    Depth,
    /// There are more values than are read.
    Values,
}

impl JsonError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "json-syntax",
            Self::Depth => "limit-json-depth",
            Self::Values => "limit-json-values",
        }
    }

    /// What could have been there, in words.
    pub fn expected(&self) -> String {
        match self {
            Self::Syntax { expected, .. } => (*expected).to_owned(),
            Self::Depth => format!("at most {DEPTH} levels of nesting"),
            Self::Values => format!("at most {VALUES} values"),
        }
    }

    /// What is there, in words.
    pub fn found(&self) -> String {
        match self {
            Self::Syntax {
                found: Some(byte), ..
            } => format!("byte '{}'", escape(&[*byte])),
            Self::Syntax { found: None, .. } => "the end of the text".to_owned(),
            Self::Depth | Self::Values => "more".to_owned(),
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected {}, but found {}",
            self.expected(),
            self.found()
        )?;
        match self {
            Self::Syntax { offset, .. } => write!(f, " at offset {offset}"),
            Self::Depth | Self::Values => Ok(()),
        }
    }
}

impl std::error::Error for JsonError {}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number,
    Text,
    Array,
    Object,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: Kind,
    start: u32,
    end: u32,
    // Position of the first slot that is not inside this one.
    after: u32,
}

/// A whole JSON text.
#[derive(Debug)]
pub(crate) struct Json<'a> {
    text: &'a [u8],
    slots: Vec<Slot>,
}

impl<'a> Json<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        let mut reader = Reader {
            text,
            at: 0,
            slots: Vec::new(),
            open: Vec::new(),
        };
        reader.run()?;
        let slots = reader.slots;
        Ok(Self { text, slots })
    }

    pub(crate) fn root(&self) -> Value<'_> {
        Value {
            json: self,
            slot: 0,
        }
    }

    /// Offset of the first byte that is not UTF-8. RFC 8259 section 8.1 wants
    /// UTF-8; Go reads on with U+FFFD.
    pub(crate) fn invalid_utf8(&self) -> Option<usize> {
        std::str::from_utf8(self.text)
            .err()
            .map(|error| error.valid_up_to())
    }
}

/// One value of a [`Json`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'j> {
    json: &'j Json<'j>,
    slot: usize,
}

impl<'j> Value<'j> {
    fn slot(self) -> Slot {
        let nothing = Slot {
            kind: Kind::Null,
            start: 0,
            end: 0,
            after: u32::MAX,
        };
        self.json.slots.get(self.slot).copied().unwrap_or(nothing)
    }

    pub(crate) fn kind(self) -> Kind {
        self.slot().kind
    }

    /// The value as the document spells it.
    pub(crate) fn raw(self) -> &'j [u8] {
        let slot = self.slot();
        self.json
            .text
            .get(index(slot.start)..index(slot.end))
            .unwrap_or_default()
    }

    /// The string's content; nothing for other kinds.
    pub(crate) fn text(self) -> Option<Cow<'j, str>> {
        (self.kind() == Kind::Text).then(|| {
            let quoted = self.raw();
            unquote(
                quoted
                    .get(1..quoted.len().saturating_sub(1))
                    .unwrap_or_default(),
            )
        })
    }

    /// The items of an array, else none.
    pub(crate) fn items(self) -> impl Iterator<Item = Value<'j>> {
        self.children(Kind::Array)
    }

    /// The members of an object in the document's order, duplicates included, else none.
    pub(crate) fn members(self) -> impl Iterator<Item = (Cow<'j, str>, Value<'j>)> {
        let mut children = self.children(Kind::Object);
        std::iter::from_fn(move || Some((children.next()?.text()?, children.next()?)))
    }

    fn children(self, of: Kind) -> impl Iterator<Item = Value<'j>> {
        let slot = self.slot();
        let end = if slot.kind == of {
            index(slot.after)
        } else {
            0
        };
        let mut at = self.slot + 1;
        std::iter::from_fn(move || {
            let child = Value {
                json: self.json,
                slot: at,
            };
            (at < end).then(|| {
                at = index(child.slot().after);
                child
            })
        })
    }
}

// u32 fits usize on every target that this crate is built for.
fn index(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

enum Next {
    Value,
    ValueOrEnd,
    Member,
    MemberOrEnd,
    CommaOrEnd,
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    slots: Vec<Slot>,
    open: Vec<usize>,
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), JsonError> {
        let mut next = Next::Value;
        loop {
            self.skip_space();
            next = match (next, self.peek()) {
                (Next::ValueOrEnd, Some(b']')) | (Next::MemberOrEnd, Some(b'}')) => self.close()?,
                (Next::Value | Next::ValueOrEnd, _) => self.value()?,
                (Next::Member | Next::MemberOrEnd, _) => self.member()?,
                (Next::CommaOrEnd, found) => match (self.container(), found) {
                    (None, None) => return Ok(()),
                    (None, Some(_)) => return Err(self.error("the end of the text")),
                    (Some(Kind::Array), Some(b']')) | (Some(Kind::Object), Some(b'}')) => {
                        self.close()?
                    }
                    (Some(kind), Some(b',')) => {
                        self.at += 1;
                        if kind == Kind::Object {
                            Next::Member
                        } else {
                            Next::Value
                        }
                    }
                    (Some(Kind::Object), _) => return Err(self.error("',' or '}'")),
                    (Some(_), _) => return Err(self.error("',' or ']'")),
                },
            };
        }
    }

    fn container(&self) -> Option<Kind> {
        Some(self.slots.get(*self.open.last()?)?.kind)
    }

    fn value(&mut self) -> Result<Next, JsonError> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => return self.open(Kind::Object, Next::MemberOrEnd),
            Some(b'[') => return self.open(Kind::Array, Next::ValueOrEnd),
            Some(b'"') => {
                self.string()?;
                Kind::Text
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Kind::Number
            }
            Some(b't') => self.literal(b"true", Kind::Bool(true))?,
            Some(b'f') => self.literal(b"false", Kind::Bool(false))?,
            Some(b'n') => self.literal(b"null", Kind::Null)?,
            _ => return Err(self.error("a JSON value")),
        };
        self.push(kind, start)?;
        Ok(Next::CommaOrEnd)
    }

    fn member(&mut self) -> Result<Next, JsonError> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.error("a member name in double quotes"));
        }
        self.string()?;
        self.push(Kind::Text, start)?;
        self.skip_space();
        self.expect(b':', "':'")?;
        Ok(Next::Value)
    }

    fn open(&mut self, kind: Kind, next: Next) -> Result<Next, JsonError> {
        if self.open.len() == DEPTH {
            return Err(JsonError::Depth);
        }
        self.open.push(self.slots.len());
        let start = self.at;
        self.at += 1;
        self.push(kind, start)?;
        Ok(next)
    }

    fn close(&mut self) -> Result<Next, JsonError> {
        self.at += 1;
        let (end, after) = (self.position(self.at)?, self.position(self.slots.len())?);
        let slot = self.open.pop().and_then(|slot| self.slots.get_mut(slot));
        if let Some(slot) = slot {
            slot.end = end;
            slot.after = after;
        }
        Ok(Next::CommaOrEnd)
    }

    fn push(&mut self, kind: Kind, start: usize) -> Result<(), JsonError> {
        if self.slots.len() == VALUES {
            return Err(JsonError::Values);
        }
        let slot = Slot {
            kind,
            start: self.position(start)?,
            end: self.position(self.at)?,
            after: self.position(self.slots.len() + 1)?,
        };
        self.slots.push(slot);
        Ok(())
    }

    // A text past 4 GiB counts as one with too many values.
    fn position(&self, position: usize) -> Result<u32, JsonError> {
        u32::try_from(position).map_err(|_| JsonError::Values)
    }

    fn string(&mut self) -> Result<(), JsonError> {
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                            self.at += 1;
                        }
                        Some(b'u') => {
                            self.at += 1;
                            for _ in 0..4 {
                                if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                                    return Err(self.error("four hexadecimal digits"));
                                }
                                self.at += 1;
                            }
                        }
                        _ => return Err(self.error("an escape")),
                    }
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(self.error("a string without control characters, ended by '\"'")),
            }
        }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("a digit"));
        }
        Ok(())
    }

    fn literal(&mut self, literal: &[u8], kind: Kind) -> Result<Kind, JsonError> {
        for byte in literal {
            self.expect(*byte, "true, false or null")?;
        }
        Ok(kind)
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(self.error(expected));
        }
        self.at += 1;
        Ok(())
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn error(&self, expected: &'static str) -> JsonError {
        JsonError::Syntax {
            offset: self.at,
            expected,
            found: self.peek(),
        }
    }
}

// Go's unquote: a surrogate without its pair and every byte that is not UTF-8
// become U+FFFD each.
fn unquote(quoted: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(quoted)
        && !text.contains('\\')
    {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(quoted.len());
    for chunk in quoted.utf8_chunks() {
        unescape(chunk.valid(), &mut text);
        for _ in chunk.invalid() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Cow::Owned(text)
}

fn unescape(escaped: &str, text: &mut String) {
    let mut rest = escaped;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let mut characters = escape.chars();
        text.push(match characters.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let (character, after) = code_point(characters.as_str());
                characters = after.chars();
                character
            }
            Some(other) => other,
            None => char::REPLACEMENT_CHARACTER,
        });
        rest = characters.as_str();
    }
    text.push_str(rest);
}

// The character of `XXXX`, or of `XXXX\uYYYY` for a surrogate pair, and the rest.
fn code_point(text: &str) -> (char, &str) {
    let Some((first, rest)) = code_unit(text) else {
        return (char::REPLACEMENT_CHARACTER, text);
    };
    if let Some(character) = char::from_u32(first) {
        return (character, rest);
    }
    let pair = rest.strip_prefix("\\u").and_then(code_unit);
    match pair {
        Some((second @ 0xdc00..=0xdfff, after)) if first < 0xdc00 => {
            let scalar = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            (
                char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER),
                after,
            )
        }
        _ => (char::REPLACEMENT_CHARACTER, rest),
    }
}

fn code_unit(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, text.get(4..)?))
}
