//! Globs: `*` and `?` within a component, `**` over several, `[…]` with `!` or
//! `^`, `{a,b}`, and `\` before what stands for itself.

use super::{
    PatternError, Problem, Scanner,
    program::{Assertion, Builder, Fragment, TooLarge},
    set::CharSet,
};

/// An open brace, or the whole pattern.
#[derive(Default)]
struct Braces {
    at: usize,
    branches: Option<Fragment>,
    sequence: Vec<Fragment>,
}

impl Braces {
    fn close(self, builder: &Builder) -> Result<Fragment, TooLarge> {
        let last = builder.sequence(self.sequence)?;
        match self.branches {
            Some(branches) => builder.either(branches, last),
            None => Ok(last),
        }
    }
}

/// Parses a pattern that is to match from end to end.
pub(super) fn parse(
    scanner: &mut Scanner<'_>,
    builder: &mut Builder,
) -> Result<Fragment, PatternError> {
    let mut outer: Vec<Braces> = Vec::new();
    let mut braces = Braces::default();
    let mut starts_component = true;
    while let Some(character) = scanner.next() {
        let at = scanner.position();
        let too_large = |_| PatternError::too_large(at);
        let started = std::mem::replace(
            &mut starts_component,
            matches!(character, '/' | '{') || (character == ',' && !outer.is_empty()),
        );
        let atom = match character {
            '*' => {
                let is_double = scanner.take('*');
                while scanner.take('*') {}
                if is_double && started && matches!(scanner.peek(), None | Some('/')) {
                    let any = builder.take(CharSet::all());
                    let any = builder.repeat(&any, 0, None).map_err(too_large)?;
                    if scanner.take('/') {
                        starts_component = true;
                        let slash = builder.take(CharSet::of(&[('/', '/')]));
                        let part = builder.sequence([any, slash]).map_err(too_large)?;
                        builder.repeat(&part, 0, Some(1)).map_err(too_large)?
                    } else {
                        any
                    }
                } else {
                    let one = builder.take(within_component());
                    builder.repeat(&one, 0, None).map_err(too_large)?
                }
            }
            '?' => builder.take(within_component()),
            '[' => {
                let set = class(scanner)?;
                builder.take(set)
            }
            '{' => {
                let inner = Braces {
                    at,
                    ..Braces::default()
                };
                outer.push(std::mem::replace(&mut braces, inner));
                continue;
            }
            '}' if !outer.is_empty() => {
                let parent = outer.pop().unwrap_or_default();
                let inner = std::mem::replace(&mut braces, parent);
                inner.close(builder).map_err(too_large)?
            }
            ',' if !outer.is_empty() => {
                let branch = std::mem::take(&mut braces);
                braces.at = branch.at;
                braces.branches = Some(branch.close(builder).map_err(too_large)?);
                continue;
            }
            '\\' => {
                let Some(literal) = scanner.next() else {
                    return Err(scanner.expected("a character behind \"\\\""));
                };
                builder.take(scanner.set(&[(literal, literal)]))
            }
            literal => builder.take(scanner.set(&[(literal, literal)])),
        };
        braces.sequence.push(atom);
    }
    if !outer.is_empty() {
        return Err(PatternError::new(braces.at, Problem::Unclosed("\"}\"")));
    }
    let whole = braces.close(builder);
    let anchored = whole.and_then(|whole| {
        let start = Builder::assert(Assertion::Start);
        builder.sequence([start, whole, Builder::assert(Assertion::End)])
    });
    anchored.map_err(|_| PatternError::too_large(scanner.position()))
}

fn within_component() -> CharSet {
    CharSet::of(&[('/', '/')]).negated()
}

/// What stands behind `[`: never a slash.
fn class(scanner: &mut Scanner<'_>) -> Result<CharSet, PatternError> {
    let opened = scanner.position();
    let is_negated = scanner.take('!') || scanner.take('^');
    // A negated class that holds a slash leaves it out, a plain one may not.
    let slash = CharSet::of(&[('/', '/')]);
    let mut set = CharSet::default();
    let mut is_first = true;
    loop {
        let mut from = match scanner.next() {
            None => return Err(PatternError::new(opened, Problem::Unclosed("\"]\""))),
            Some(']') if !is_first => break,
            Some(character) => character,
        };
        is_first = false;
        if from == '\\' {
            let literal = scanner.next();
            from = literal.ok_or_else(|| scanner.expected("a character behind \"\\\""))?;
        }
        set.add(&scanner.range(from)?);
    }
    set.add(&slash);
    if is_negated {
        return Ok(set.negated());
    }
    let mut others = set.negated();
    others.add(&slash);
    Ok(others.negated())
}
