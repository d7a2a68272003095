//! An image config as Go decodes it into image-spec's struct: what BuildKit's
//! config key depends on is whether that fails, and what it finds where a
//! document is ambiguous.

use super::go_decode::{Decoded, WrongType, flag, items, members, set, text, texts, time};
use crate::manifest::json::{Json, JsonError, Value};

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
