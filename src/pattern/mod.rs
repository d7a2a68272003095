//! Patterns that paths are searched with: parts, globs, regular expressions.
//!
//! All become one kind of automaton, which takes time in proportion to what it
//! reads, whatever the pattern. Paths are read as they are shown.

mod automaton;
mod glob;
mod program;
mod regex;
mod set;

use std::{error, fmt};

pub use automaton::Automaton;

use crate::{
    limits::Limits,
    report::{PathPattern, PatternKind},
};
use program::{Builder, Fragment, TooLarge};
use set::CharSet;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Something that is needed here, and what stands here instead.
    Expected(&'static str, Option<char>),
    /// Opened here and never closed by this.
    Unclosed(&'static str),
    /// A closing parenthesis without an opening one.
    Unopened,
    /// Nothing stands before `*`, `+`, `?` or `{`.
    NothingToRepeat,
    /// A range whose end comes before its beginning.
    Backwards,
    /// A backslash before a letter or digit that it makes nothing of.
    Escape(char),
    /// More characters than are allowed.
    TooLong(usize),
    /// More instructions than are allowed.
    TooLarge,
}

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// Position of the character that it is about, from 1; one more than there
    /// are for the end.
    pub position: usize,
    /// What is wrong there.
    pub problem: Problem,
}

impl PatternError {
    const fn new(position: usize, problem: Problem) -> Self {
        Self { position, problem }
    }

    const fn too_large(position: usize) -> Self {
        Self::new(position, Problem::TooLarge)
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        "pattern-invalid"
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Expected(what, Some(found)) => {
                write!(f, "expected {what}, but found {found:?}")
            }
            Problem::Expected(what, None) => write!(f, "expected {what}, but found the end"),
            Problem::Unclosed(with) => write!(f, "expected {with} for what opens"),
            Problem::Unopened => f.write_str("expected \"(\" before, but found \")\" alone"),
            Problem::NothingToRepeat => f.write_str("expected something to repeat before"),
            Problem::Backwards => f.write_str("expected a range from low to high"),
            Problem::Escape(letter) => {
                write!(f, "expected a known escape, but found \"\\{letter}\"")
            }
            Problem::TooLong(limit) => write!(f, "expected at most {limit} characters"),
            Problem::TooLarge => f.write_str("expected a smaller pattern: it repeats too much"),
        }?;
        write!(f, ", at character {}", self.position)
    }
}

impl error::Error for PatternError {}

/// The characters of a pattern, one by one.
struct Scanner<'a> {
    rest: std::str::Chars<'a>,
    position: usize,
    folds: bool,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        self.position = self.position.saturating_add(1);
        Some(next)
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.next();
        }
        is_there
    }

    /// Of the character that came last, from 1.
    const fn position(&self) -> usize {
        self.position
    }

    /// What should have come next.
    fn expected(&self, what: &'static str) -> PatternError {
        let position = self.position.saturating_add(1);
        PatternError::new(position, Problem::Expected(what, self.peek()))
    }

    /// A set of these characters, in all cases where they are not told apart.
    fn set(&self, ranges: &[(char, char)]) -> CharSet {
        let set = CharSet::of(ranges);
        if self.folds { set.folded() } else { set }
    }

    /// A class's range that begins with `from`, or that character alone.
    fn range(&mut self, from: char) -> Result<CharSet, PatternError> {
        let mut ahead = self.rest.clone();
        let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), None | Some(']'));
        if !is_range {
            return Ok(self.set(&[(from, from)]));
        }
        self.next();
        let mut to = self.next();
        if to == Some('\\') {
            to = self.next();
        }
        match to {
            Some(to) if from <= to => Ok(self.set(&[(from, to)])),
            _ => Err(PatternError::new(self.position, Problem::Backwards)),
        }
    }
}

/// What of a path a pattern looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The name alone: the pattern has no slash.
    Name,
    /// The whole path.
    Path,
    /// The whole path with a slash before it.
    RootedPath,
}

/// Reads a pattern.
///
/// # Errors
///
/// [`PatternError`] for one that is no pattern of its kind or passes a cap.
pub fn compile(pattern: &PathPattern, limits: &Limits) -> Result<(Automaton, Scope), PatternError> {
    let text = pattern.pattern.as_str();
    if text.chars().count() > limits.pattern_chars {
        let problem = Problem::TooLong(limits.pattern_chars);
        return Err(PatternError::new(
            limits.pattern_chars.saturating_add(1),
            problem,
        ));
    }
    let mut scope = match text.contains('/') {
        true => Scope::Path,
        false => Scope::Name,
    };
    let mut scanner = Scanner {
        rest: text.chars(),
        position: 0,
        folds: !pattern.case_sensitive,
    };
    let mut builder = Builder::new(limits.pattern_instructions);
    let whole = match pattern.kind {
        PatternKind::Text => {
            if text.starts_with('/') {
                scope = Scope::RootedPath;
            }
            literal(&mut scanner, &mut builder).map_err(|_| PatternError::too_large(1))?
        }
        PatternKind::Glob => {
            // A path has no slash to begin with; a pattern may have one.
            scanner.take('/');
            glob::parse(&mut scanner, &mut builder)?
        }
        PatternKind::Regex => regex::parse(&mut scanner, &mut builder)?,
    };
    let program = builder.finish(whole);
    Ok((Automaton::new(program, !pattern.case_sensitive), scope))
}

fn literal(scanner: &mut Scanner<'_>, builder: &mut Builder) -> Result<Fragment, TooLarge> {
    let mut characters = Vec::new();
    while let Some(character) = scanner.next() {
        let set = scanner.set(&[(character, character)]);
        characters.push(builder.take(set));
    }
    builder.sequence(characters)
}
