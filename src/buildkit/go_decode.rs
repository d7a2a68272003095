//! Values as Go decodes them into a struct's fields. Rules of `encoding/json`:
//! member names match in any case, a later member goes over an earlier one, null
//! leaves scalars as they are and empties lists, a wrong type anywhere in a known
//! member is an error.

use crate::manifest::json::{Kind, Value};
use crate::manifest::time::is_time;

/// A value has another type than the struct's field.
#[derive(Debug)]
pub(super) struct WrongType;

pub(super) type Decoded = Result<(), WrongType>;

// Calls `member` with each name folded as Go folds: in upper case, and the two
// characters beyond ASCII whose upper case is in ASCII.
pub(super) fn members(
    value: Value<'_>,
    mut member: impl FnMut(&str, Value<'_>) -> Decoded,
) -> Decoded {
    match value.kind() {
        Kind::Null => Ok(()),
        Kind::Object => value.members().try_for_each(|(name, value)| {
            let folded: String = name
                .chars()
                .map(|character| match character {
                    '\u{17f}' => 'S',
                    '\u{212a}' => 'K',
                    other => other.to_ascii_uppercase(),
                })
                .collect();
            member(&folded, value)
        }),
        _ => Err(WrongType),
    }
}

pub(super) fn items(value: Value<'_>, mut item: impl FnMut(Value<'_>) -> Decoded) -> Decoded {
    match value.kind() {
        Kind::Null => Ok(()),
        Kind::Array => value.items().try_for_each(&mut item),
        _ => Err(WrongType),
    }
}

pub(super) fn set(value: Value<'_>, field: &mut String) -> Decoded {
    text(value)?;
    if let Some(text) = value.text() {
        *field = text.into_owned();
    }
    Ok(())
}

pub(super) fn text(value: Value<'_>) -> Decoded {
    is(matches!(value.kind(), Kind::Null | Kind::Text))
}

pub(super) fn texts(value: Value<'_>) -> Decoded {
    items(value, text)
}

pub(super) fn flag(value: Value<'_>) -> Decoded {
    is(matches!(value.kind(), Kind::Null | Kind::Bool(_)))
}

// time.Time takes the text between the quotes as it is spelt, escapes included.
pub(super) fn time(value: Value<'_>) -> Decoded {
    let spelt = value.raw();
    is(value.kind() == Kind::Null
        || value.kind() == Kind::Text
            && spelt
                .get(1..spelt.len().saturating_sub(1))
                .is_some_and(is_time))
}

/// Go's int: no fraction, no exponent, 64 bits.
pub(super) fn integer(value: Value<'_>, field: &mut i64) -> Decoded {
    match value.kind() {
        Kind::Null => Ok(()),
        Kind::Number => {
            let text = std::str::from_utf8(value.raw()).map_err(|_| WrongType)?;
            *field = text.parse().map_err(|_| WrongType)?;
            Ok(())
        }
        _ => Err(WrongType),
    }
}

const fn is(right: bool) -> Decoded {
    if right { Ok(()) } else { Err(WrongType) }
}
