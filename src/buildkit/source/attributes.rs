//! Attributes of a source op, by BuildKit's names (`solver/pb/attr.go`). Names
//! that are not known are ignored, as BuildKit ignores them.

use std::collections::BTreeMap;

use super::SourceError;
use crate::digest::AnyDigest;
use crate::manifest::json::{Json, Kind};

/// Attributes of a source op.
pub type Attributes = BTreeMap<String, String>;

fn refused(name: &str, value: &str, expected: &'static str) -> SourceError {
    SourceError::Attribute {
        name: name.to_owned(),
        value: value.to_owned(),
        expected,
    }
}

/// The attribute's value as `read` reads it; nothing where it is not there.
fn read<T>(
    attributes: &Attributes,
    name: &str,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, SourceError> {
    let Some(value) = attributes.get(name) else {
        return Ok(None);
    };
    match read(value) {
        Some(read) => Ok(Some(read)),
        None => Err(refused(name, value, expected)),
    }
}

pub(super) fn text(attributes: &Attributes, name: &str) -> String {
    attributes.get(name).cloned().unwrap_or_default()
}

pub(super) fn layer_limit(
    attributes: &Attributes,
    name: &str,
) -> Result<Option<usize>, SourceError> {
    // Go's Atoi: a sign may stand in front.
    read(attributes, name, "a number of layers above 0", |value| {
        value.parse().ok().filter(|limit| *limit > 0)
    })
}

pub(super) fn digest(
    attributes: &Attributes,
    name: &str,
) -> Result<Option<AnyDigest>, SourceError> {
    read(attributes, name, "a digest", |value| {
        AnyDigest::parse(value).ok()
    })
}

/// One of `words`, the first of which is what no attribute stands for.
pub(super) fn word(
    attributes: &Attributes,
    name: &str,
    expected: &'static str,
    words: &[&'static str],
) -> Result<&'static str, SourceError> {
    let found = read(attributes, name, expected, |value| {
        words.iter().find(|word| **word == value).copied()
    })?;
    Ok(found.or_else(|| words.first().copied()).unwrap_or_default())
}

/// Go's `strconv.ParseInt` with base 0: `0x`, `0o`, `0b` and a leading zero say
/// the base, and underscores may stand between digits then.
pub(super) fn integer(attributes: &Attributes, name: &str) -> Result<i64, SourceError> {
    let found = read(attributes, name, "an integer", parse_integer)?;
    Ok(found.unwrap_or(0))
}

fn parse_integer(value: &str) -> Option<i64> {
    let (sign, digits) = match value.strip_prefix(['-', '+']) {
        Some(digits) => (value.starts_with('-'), digits),
        None => (false, value),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.starts_with(['-', '+'])
        || digits.contains("__")
        || digits.ends_with('_')
        || (base == 10 && digits.contains('_'))
    {
        return None;
    }
    let digits = digits.replace('_', "");
    let signed = if sign { format!("-{digits}") } else { digits };
    i64::from_str_radix(&signed, base).ok()
}

/// Go's `strconv.ParseBool`.
pub(super) fn flag(attributes: &Attributes, name: &str) -> Result<bool, SourceError> {
    let found = read(attributes, name, "true or false", |value| match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    })?;
    Ok(found.unwrap_or(false))
}

/// A JSON list of strings; nothing where Go's list is nil, which it writes as
/// `null`.
pub(super) fn list(
    attributes: &Attributes,
    name: &str,
) -> Result<Option<Vec<String>>, SourceError> {
    let found = read(attributes, name, "a JSON list of strings", |value| {
        let json = Json::parse(value.as_bytes()).ok()?;
        match json.root().kind() {
            Kind::Null => Some(None),
            Kind::Array => {
                let items = json.root().items().map(|item| match item.kind() {
                    Kind::Null => Some(String::new()),
                    _ => Some(item.text()?.into_owned()),
                });
                Some(Some(items.collect::<Option<Vec<String>>>()?))
            }
            _ => None,
        }
    })?;
    Ok(found.flatten())
}
