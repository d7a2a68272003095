//! Regular expressions as most tools know them: `.` `[…]` `(…)` `|` `*` `+` `?`
//! `{m,n}` `^` `$` `\d` `\w` `\s` `\b`. No back-references and no looking
//! around, which no linear time allows. Classes are ASCII's.

use super::{
    PatternError, Problem, Scanner,
    program::{Assertion, Builder, Fragment},
    set::CharSet,
};

/// An open parenthesis, or the whole pattern.
#[derive(Default)]
struct Group {
    /// Position of the parenthesis.
    at: usize,
    /// What stands before the last `|`.
    branches: Option<Fragment>,
    sequence: Vec<Fragment>,
}

impl Group {
    fn close(self, builder: &Builder, at: usize) -> Result<Fragment, PatternError> {
        let last = builder.sequence(self.sequence);
        let whole = last.and_then(|last| match self.branches {
            Some(branches) => builder.either(branches, last),
            None => Ok(last),
        });
        whole.map_err(|_| PatternError::too_large(at))
    }
}

/// Parses a pattern. Works without recursion, whatever its depth.
pub(super) fn parse(
    scanner: &mut Scanner<'_>,
    builder: &mut Builder,
) -> Result<Fragment, PatternError> {
    let mut outer: Vec<Group> = Vec::new();
    let mut group = Group::default();
    while let Some(character) = scanner.next() {
        let at = scanner.position();
        let atom = match character {
            '(' => {
                if scanner.take('?') && !scanner.take(':') {
                    return Err(scanner.expected("\":\" behind \"(?\""));
                }
                let inner = Group {
                    at,
                    ..Group::default()
                };
                outer.push(std::mem::replace(&mut group, inner));
                continue;
            }
            ')' => {
                let Some(parent) = outer.pop() else {
                    return Err(PatternError::new(at, Problem::Unopened));
                };
                std::mem::replace(&mut group, parent).close(builder, at)?
            }
            '|' => {
                let branch = std::mem::take(&mut group);
                let opened = branch.at;
                group = Group {
                    at: opened,
                    branches: Some(branch.close(builder, at)?),
                    sequence: Vec::new(),
                };
                continue;
            }
            '*' | '+' | '?' | '{' => {
                let (least, most) = match character {
                    '*' => (0, None),
                    '+' => (1, None),
                    '?' => (0, Some(1)),
                    _ => bounds(scanner)?,
                };
                // What the shortest match is makes no difference here.
                scanner.take('?');
                let Some(atom) = group.sequence.pop() else {
                    return Err(PatternError::new(at, Problem::NothingToRepeat));
                };
                let repeated = builder.repeat(&atom, least, most);
                repeated.map_err(|_| PatternError::too_large(at))?
            }
            '^' => Builder::assert(Assertion::Start),
            '$' => Builder::assert(Assertion::End),
            '.' => builder.take(CharSet::all()),
            '[' => {
                let set = class(scanner)?;
                builder.take(set)
            }
            '\\' => match scanner.peek() {
                Some('b') => {
                    scanner.next();
                    Builder::assert(Assertion::WordBoundary)
                }
                Some('B') => {
                    scanner.next();
                    Builder::assert(Assertion::NoWordBoundary)
                }
                _ => {
                    let (set, _) = escape(scanner)?;
                    builder.take(set)
                }
            },
            literal => builder.take(scanner.set(&[(literal, literal)])),
        };
        group.sequence.push(atom);
    }
    if !outer.is_empty() {
        return Err(PatternError::new(group.at, Problem::Unclosed("\")\"")));
    }
    group.close(builder, scanner.position())
}

/// What stands behind `{`.
fn bounds(scanner: &mut Scanner<'_>) -> Result<(usize, Option<usize>), PatternError> {
    let least = number(scanner)?.ok_or_else(|| scanner.expected("a number"))?;
    let most = if scanner.take(',') {
        number(scanner)?
    } else {
        Some(least)
    };
    if !scanner.take('}') {
        return Err(scanner.expected("\"}\""));
    }
    if most.is_some_and(|most| most < least) {
        return Err(PatternError::new(scanner.position(), Problem::Backwards));
    }
    Ok((least, most))
}

fn number(scanner: &mut Scanner<'_>) -> Result<Option<usize>, PatternError> {
    // As wide on every machine, so that too large a number is told of at one place.
    let mut number = None;
    while let Some(digit) = scanner.peek().and_then(|character| character.to_digit(10)) {
        scanner.next();
        let before: u64 = number.unwrap_or(0);
        let longer = before
            .checked_mul(10)
            .and_then(|n| n.checked_add(digit.into()));
        number = Some(longer.ok_or_else(|| PatternError::too_large(scanner.position()))?);
    }
    Ok(number.map(|number| usize::try_from(number).unwrap_or(usize::MAX)))
}

/// What stands behind `[`.
fn class(scanner: &mut Scanner<'_>) -> Result<CharSet, PatternError> {
    let opened = scanner.position();
    let is_negated = scanner.take('^');
    let mut set = CharSet::default();
    let mut is_first = true;
    loop {
        let Some(character) = scanner.next() else {
            return Err(PatternError::new(opened, Problem::Unclosed("\"]\"")));
        };
        if character == ']' && !is_first {
            break;
        }
        is_first = false;
        let from = match character {
            '\\' => match escape(scanner)? {
                (_, Some(one)) => one,
                (several, None) => {
                    set.add(&several);
                    continue;
                }
            },
            other => other,
        };
        set.add(&scanner.range(from)?);
    }
    Ok(if is_negated { set.negated() } else { set })
}

/// What stands behind `\`: the characters, and the one if it is one alone.
fn escape(scanner: &mut Scanner<'_>) -> Result<(CharSet, Option<char>), PatternError> {
    let Some(character) = scanner.next() else {
        return Err(scanner.expected("a character behind \"\\\""));
    };
    let digits = || CharSet::of(&[('0', '9')]);
    let word = || CharSet::of(&WORD);
    let space = || CharSet::of(&[('\t', '\r'), (' ', ' ')]);
    let several = match character {
        'd' => digits(),
        'D' => digits().negated(),
        'w' => word(),
        'W' => word().negated(),
        's' => space(),
        'S' => space().negated(),
        letter if letter.is_ascii_alphanumeric() => {
            return Err(PatternError::new(
                scanner.position(),
                Problem::Escape(letter),
            ));
        }
        one => return Ok((scanner.set(&[(one, one)]), Some(one))),
    };
    Ok((several, None))
}

/// What `\w` stands for, and `\b` stands between.
pub(super) const WORD: [(char, char); 4] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
