//! An image config as Go decodes it into image-spec's struct: what BuildKit's
//! config key depends on is whether that fails, and what it finds where a
//! document is ambiguous. Rules of `encoding/json`: member names match in any
//! case, a later member goes over an earlier one, null leaves scalars as they
//! are and empties lists, a wrong type anywhere in a known member is an error.

use crate::manifest::json::{Json, JsonError, Kind, Value};
use crate::manifest::time::is_time;

/// What of a decoded config the cache key depends on.
#[derive(Debug, Default)]
pub(super) struct GoConfig {
    pub(super) rootfs_type: String,
    pub(super) diff_ids: Vec<String>,
}

/// Why Go would not decode a config, or why nobody can say.
#[derive(Debug)]
pub(super) enum GoError {
    /// Go returns an error.
    Refused,
    /// More than is read here; Go may well decode it.
    Limit(JsonError),
}

/// A value has another type than the struct's field.
struct WrongType;

type Decoded = Result<(), WrongType>;

pub(super) fn decode(raw: &[u8]) -> Result<GoConfig, GoError> {
    // The depth at which reading stops is Go's own.
    let json = Json::parse(raw).map_err(|error| match error {
        JsonError::Values => GoError::Limit(error),
        JsonError::Syntax { .. } | JsonError::Depth => GoError::Refused,
    })?;
    let mut root_fs = RootFs::default();
    image(json.root(), &mut root_fs).map_err(|WrongType| GoError::Refused)?;
    let RootFs {
        kind,
        mut slots,
        length,
    } = root_fs;
    slots.truncate(length);
    Ok(GoConfig {
        rootfs_type: kind,
        diff_ids: slots,
    })
}

#[derive(Default)]
struct RootFs {
    kind: String,
    // The backing array of Go's slice: what lies beyond its length comes back
    // when a later, longer list has null there.
    slots: Vec<String>,
    length: usize,
}

fn image(value: Value<'_>, root_fs: &mut RootFs) -> Decoded {
    members(value, |name, value| match name {
        "CREATED" => time(value),
        "AUTHOR" | "ARCHITECTURE" | "OS" | "OS.VERSION" | "VARIANT" => text(value),
        "OS.FEATURES" => texts(value),
        "CONFIG" => runtime(value),
        "ROOTFS" => members(value, |name, value| match name {
            "TYPE" => set(value, &mut root_fs.kind),
            "DIFF_IDS" => diff_ids(value, root_fs),
            _ => Ok(()),
        }),
        "HISTORY" => items(value, |value| {
            members(value, |name, value| match name {
                "CREATED" => time(value),
                "CREATED_BY" | "AUTHOR" | "COMMENT" => text(value),
                "EMPTY_LAYER" => flag(value),
                _ => Ok(()),
            })
        }),
        _ => Ok(()),
    })
}

fn runtime(value: Value<'_>) -> Decoded {
    members(value, |name, value| match name {
        "USER" | "WORKINGDIR" | "STOPSIGNAL" => text(value),
        "ENV" | "ENTRYPOINT" | "CMD" => texts(value),
        "EXPOSEDPORTS" | "VOLUMES" => members(value, |_, value| members(value, |_, _| Ok(()))),
        "LABELS" => members(value, |_, value| text(value)),
        "ARGSESCAPED" => flag(value),
        _ => Ok(()),
    })
}

// Calls `member` with each name folded as Go folds: in upper case, and the two
// characters beyond ASCII whose upper case is in ASCII.
fn members(value: Value<'_>, mut member: impl FnMut(&str, Value<'_>) -> Decoded) -> Decoded {
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

fn items(value: Value<'_>, mut item: impl FnMut(Value<'_>) -> Decoded) -> Decoded {
    match value.kind() {
        Kind::Null => Ok(()),
        Kind::Array => value.items().try_for_each(&mut item),
        _ => Err(WrongType),
    }
}

fn diff_ids(value: Value<'_>, root_fs: &mut RootFs) -> Decoded {
    root_fs.length = 0;
    items(value, |value| {
        match root_fs.slots.get_mut(root_fs.length) {
            Some(slot) => set(value, slot)?,
            None => {
                let mut slot = String::new();
                set(value, &mut slot)?;
                root_fs.slots.push(slot);
            }
        }
        root_fs.length += 1;
        Ok(())
    })?;
    // Go makes a new array for null and for an empty list.
    if root_fs.length == 0 {
        root_fs.slots.clear();
    }
    Ok(())
}

fn set(value: Value<'_>, field: &mut String) -> Decoded {
    text(value)?;
    if let Some(text) = value.text() {
        *field = text.into_owned();
    }
    Ok(())
}

fn text(value: Value<'_>) -> Decoded {
    is(matches!(value.kind(), Kind::Null | Kind::Text))
}

fn texts(value: Value<'_>) -> Decoded {
    items(value, text)
}

fn flag(value: Value<'_>) -> Decoded {
    is(matches!(value.kind(), Kind::Null | Kind::Bool(_)))
}

// time.Time takes the text between the quotes as it is spelt, escapes included.
fn time(value: Value<'_>) -> Decoded {
    let spelt = value.raw();
    is(value.kind() == Kind::Null
        || value.kind() == Kind::Text
            && spelt
                .get(1..spelt.len().saturating_sub(1))
                .is_some_and(is_time))
}

const fn is(right: bool) -> Decoded {
    if right { Ok(()) } else { Err(WrongType) }
}
