//! containerd's filter language (`pkg/filters`): `selector[,selector…]`, all of
//! which must hold; of several filters, any.
//!
//! A selector is `field.path`, which asks whether there is a value, or a path
//! with `==`, `!=` or `~=` and a value. Parts of a path and values may be quoted
//! as Go quotes; a regular expression also by `/…/` and `|…|`.

use std::borrow::Cow;
use std::{error, fmt};

use crate::limits::Limits;
use crate::pattern::{self, Automaton};
use crate::report::{PathPattern, PatternKind};

/// What a filter looks at.
pub trait Fields {
    /// The value at a path; nothing where there is none.
    fn field(&self, path: &[String]) -> Option<Cow<'_, str>>;
}

/// What is wrong with a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A part of a path should stand here.
    Field,
    /// A value should stand here.
    Value,
    /// `==`, `!=` or `~=` should stand here.
    Operator,
    /// A quote opens here and nothing closes it on its line.
    Unclosed,
    /// Quotes that only a regular expression may have.
    Quote,
    /// A backslash in quotes before what it makes nothing of.
    Escape,
    /// Something behind the selector that is no comma.
    Unexpected,
    /// Longer than is read.
    TooLong,
}

/// A filter that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// Position of the character that it is about, from 1; one more than there
    /// are for the end.
    pub position: usize,
    /// What is wrong there.
    pub problem: Problem,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.problem {
            Problem::Field => "expected field or quoted",
            Problem::Value => "expected value or quoted",
            Problem::Operator => "expected an operator (\"==\", \"!=\" or \"~=\")",
            Problem::Unclosed => "quoted literal not terminated",
            Problem::Quote => "invalid quote encountered: only a regular expression may have it",
            Problem::Escape => "illegal escape sequence",
            Problem::Unexpected => "unexpected input",
            Problem::TooLong => "the filter is too long",
        })?;
        write!(f, ", at character {}", self.position)
    }
}

impl error::Error for FilterError {}

#[derive(Debug)]
enum Test {
    Present,
    Equal(String),
    NotEqual(String),
    /// Nothing where the expression cannot be read: containerd has it match nothing.
    Matches(Option<Box<Automaton>>),
}

#[derive(Debug)]
struct Selector {
    path: Vec<String>,
    test: Test,
}

impl Selector {
    fn matches(&mut self, fields: &impl Fields) -> bool {
        let value = fields.field(&self.path);
        match &mut self.test {
            Test::Present => value.is_some(),
            Test::Equal(wanted) => value.is_some_and(|value| value == *wanted),
            Test::NotEqual(unwanted) => value.is_none_or(|value| value != *unwanted),
            Test::Matches(None) => false,
            Test::Matches(Some(automaton)) => value.is_some_and(|value| {
                let state = automaton.read(automaton.fresh(), &value);
                automaton.is_found(state)
            }),
        }
    }
}

/// Filters, of which one must match; without any, everything does.
#[derive(Debug, Default)]
pub struct Filters {
    any: Vec<Vec<Selector>>,
    notes: Vec<String>,
}

impl Filters {
    /// Reads filters.
    ///
    /// # Errors
    ///
    /// [`FilterError`] for the first that is none.
    pub fn parse<T: AsRef<str>>(filters: &[T], limits: &Limits) -> Result<Self, FilterError> {
        let mut notes = Vec::new();
        let any = filters
            .iter()
            .map(|filter| read(filter.as_ref(), limits, &mut notes))
            .collect::<Result<_, _>>()?;
        Ok(Self { any, notes })
    }

    /// Whether any of them matches.
    pub fn matches(&mut self, fields: &impl Fields) -> bool {
        self.any.is_empty()
            || self
                .any
                .iter_mut()
                .any(|all| all.iter_mut().all(|selector| selector.matches(fields)))
    }

    /// Why an expression matches nothing.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn read(
    text: &str,
    limits: &Limits,
    notes: &mut Vec<String>,
) -> Result<Vec<Selector>, FilterError> {
    let mut selectors = Vec::new();
    if text.is_empty() {
        return Ok(selectors);
    }
    let mut scanner = Scanner { text, at: 0 };
    if text.len() > limits.filter_bytes {
        return Err(scanner.error(text.len(), Problem::TooLong));
    }
    loop {
        selectors.push(scanner.selector(limits, notes)?);
        match scanner.peek() {
            None => return Ok(selectors),
            Some(',') => scanner.next(),
            Some(_) => return Err(scanner.error(scanner.at, Problem::Unexpected)),
        };
    }
}

struct Scanner<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let taken = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        taken
    }

    fn error(&self, at: usize, problem: Problem) -> FilterError {
        let before = self.text.get(..at).unwrap_or(self.text);
        FilterError {
            position: before.chars().count() + 1,
            problem,
        }
    }

    fn selector(
        &mut self,
        limits: &Limits,
        notes: &mut Vec<String>,
    ) -> Result<Selector, FilterError> {
        let mut path = vec![self.field()?];
        while self.peek() == Some('.') {
            self.next();
            path.push(self.field()?);
        }
        let test = match self.peek() {
            None | Some(',') => Test::Present,
            Some(_) => match self.operator()? {
                "==" => Test::Equal(self.value(false)?),
                "!=" => Test::NotEqual(self.value(false)?),
                _ => Test::Matches(expression(self.value(true)?, limits, notes)),
            },
        };
        Ok(Selector { path, test })
    }

    fn field(&mut self) -> Result<String, FilterError> {
        self.take_while(char::is_whitespace);
        if self.peek().is_some_and(is_quote) {
            return self.quoted(false);
        }
        let at = self.at;
        let field = self.take_while(|c| c == '_' || c.is_ascii_alphanumeric());
        if field.is_empty() {
            return Err(self.error(at, Problem::Field));
        }
        Ok(field)
    }

    fn operator(&mut self) -> Result<&'static str, FilterError> {
        self.take_while(char::is_whitespace);
        if self.peek().is_some_and(is_quote) {
            self.quoted(true)?;
        }
        let at = self.at;
        let operator = self.take_while(is_operator);
        ["==", "!=", "~="]
            .into_iter()
            .find(|known| operator == *known)
            .ok_or_else(|| self.error(at, Problem::Operator))
    }

    fn value(&mut self, is_expression: bool) -> Result<String, FilterError> {
        self.take_while(char::is_whitespace);
        let first = self.peek();
        if first.is_some_and(is_quote) {
            return self.quoted(is_expression);
        }
        let no_value = |c| matches!(c, ',' | '.') || is_operator(c);
        if first.is_none_or(no_value) {
            return Err(self.error(self.at, Problem::Value));
        }
        Ok(self.take_while(|c| c != ',' && !c.is_whitespace() && !c.is_control()))
    }

    /// A quoted text, its escapes read as Go reads them.
    fn quoted(&mut self, any_quote: bool) -> Result<String, FilterError> {
        let at = self.at;
        let quote = self.next();
        let unclosed = |scanner: &Self| scanner.error(at, Problem::Unclosed);
        let mut text = Vec::new();
        let mut is_legal = true;
        loop {
            let next = self.next();
            match next {
                None | Some('\n' | '\0') => return Err(unclosed(self)),
                Some('\\') => is_legal &= self.escape(quote, &mut text).is_some(),
                _ if next == quote => break,
                Some(plain) => push(&mut text, plain),
            }
        }
        if !is_legal {
            return Err(self.error(at, Problem::Escape));
        }
        if !any_quote && quote != Some('"') {
            return Err(self.error(at, Problem::Quote));
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// What a backslash begins; nothing is taken of what is no escape.
    fn escape(&mut self, quote: Option<char>, text: &mut Vec<u8>) -> Option<()> {
        let escape = self.peek()?;
        let plain = match escape {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' => '\\',
            _ if Some(escape) == quote => escape,
            '0'..='7' => {
                text.push(u8::try_from(self.digits(3, 8)?).ok()?);
                return Some(());
            }
            'x' => {
                self.next();
                text.push(u8::try_from(self.digits(2, 16)?).ok()?);
                return Some(());
            }
            'u' | 'U' => {
                self.next();
                let count = if escape == 'u' { 4 } else { 8 };
                push(text, char::from_u32(self.digits(count, 16)?)?);
                return Some(());
            }
            _ => return None,
        };
        self.next();
        push(text, plain);
        Some(())
    }

    fn digits(&mut self, count: usize, radix: u32) -> Option<u32> {
        let digits = self.rest().get(..count)?;
        if !digits.chars().all(|digit| digit.is_digit(radix)) {
            return None;
        }
        let value = u32::from_str_radix(digits, radix).ok()?;
        self.at += count;
        Some(value)
    }
}

fn push(text: &mut Vec<u8>, character: char) {
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '/' | '|')
}

const fn is_operator(c: char) -> bool {
    matches!(c, '=' | '!' | '~')
}

fn expression(pattern: String, limits: &Limits, notes: &mut Vec<String>) -> Option<Box<Automaton>> {
    let pattern = PathPattern {
        kind: PatternKind::Regex,
        pattern,
        case_sensitive: true,
    };
    match pattern::compile(&pattern, limits) {
        Ok((automaton, _)) => Some(Box::new(automaton)),
        Err(error) => {
            notes.push(format!("{:?} matches nothing: {error}", pattern.pattern));
            None
        }
    }
}
