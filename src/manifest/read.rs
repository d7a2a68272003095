//! Reading the members of JSON objects: each takes what it wants by name, says
//! what is wrong, and leaves the rest as unknown members that survive.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fault::{Faults, Place, describe, quote};
use super::json::{Kind, Value};
use super::time::is_time;
use crate::diagnostic::Severity;
use crate::media_type::MediaType;

/// Members that no rule here knows: name and JSON text, as the document spells it.
pub type Unknown = BTreeMap<String, String>;

/// Whether a member may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    /// `null` is the same as leaving it out, by image-spec's own schema.
    Nullable,
}

/// An object's members, the last of each name; nothing in place of one that was taken, which is less
/// code than to remove it.
pub(crate) struct Fields<'j, 'p> {
    members: BTreeMap<Cow<'j, str>, Option<Value<'j>>>,
    place: &'p Place<'p>,
}

impl<'j, 'p> Fields<'j, 'p> {
    /// The members of `value`, where it is an object.
    pub(crate) fn open(
        value: Value<'j>,
        place: &'p Place<'p>,
        faults: &mut Faults,
    ) -> Option<Self> {
        if value.kind() != Kind::Object {
            wrong_type::<()>(value, place, "an object", faults);
            return None;
        }
        let mut members = BTreeMap::new();
        for (name, member) in value.members() {
            // RFC 8259 section 4: names SHOULD be unique. Go and most others take
            // the last; a scanner that takes the first sees another image.
            if let Some(Some(earlier)) = members.insert(name.clone(), Some(member)) {
                faults.add(
                    Severity::Warning,
                    "json-duplicate-member",
                    &place.member(&name),
                    "one member of this name",
                    format!("another one, {}, which is ignored", describe(earlier)),
                );
            }
        }
        Some(Self { members, place })
    }

    /// The member, where it is there and not null.
    pub(crate) fn take(
        &mut self,
        name: &str,
        need: Need,
        faults: &mut Faults,
    ) -> Option<Value<'j>> {
        let place = self.place.member(name);
        match self.members.get_mut(name).and_then(Option::take) {
            None if need == Need::Required => {
                faults.add(
                    Severity::Error,
                    "member-missing",
                    &place,
                    "the member to be there",
                    "nothing",
                );
                None
            }
            None => None,
            Some(value) if value.kind() == Kind::Null => {
                // Go decodes null as if the member were not there.
                let severity = match need {
                    Need::Required => Severity::Error,
                    Need::Optional => Severity::Note,
                    Need::Nullable => return None,
                };
                faults.add(severity, "member-type", &place, "a value", "null");
                None
            }
            found => found,
        }
    }

    pub(crate) fn text(&mut self, name: &str, need: Need, faults: &mut Faults) -> Option<String> {
        let value = self.take(name, need, faults)?;
        text(value, &self.place.member(name), faults)
    }

    pub(crate) fn flag(&mut self, name: &str, faults: &mut Faults) -> Option<bool> {
        let value = self.take(name, Need::Optional, faults)?;
        match value.kind() {
            Kind::Bool(flag) => Some(flag),
            _ => wrong_type(value, &self.place.member(name), "true or false", faults),
        }
    }

    /// RFC 3339 section 5.6.
    pub(crate) fn time(&mut self, name: &str, faults: &mut Faults) -> Option<String> {
        let value = self.take(name, Need::Optional, faults)?;
        let place = self.place.member(name);
        let time = text(value, &place, faults)?;
        if !is_time(time.as_bytes()) {
            faults.add(
                Severity::Warning,
                "time-invalid",
                &place,
                "a time of RFC 3339",
                quote(&time),
            );
        }
        Some(time)
    }

    pub(crate) fn media_type(
        &mut self,
        name: &str,
        need: Need,
        faults: &mut Faults,
    ) -> Option<Declared<MediaType>> {
        let value = self.take(name, need, faults)?;
        let place = self.place.member(name);
        let text = text(value, &place, faults)?;
        Some(match MediaType::parse(&text) {
            Ok(media_type) => Declared::Valid(media_type),
            Err(error) => {
                faults.add(
                    Severity::Warning,
                    error.code(),
                    &place,
                    "a media type of the form type/subtype",
                    quote(&text),
                );
                Declared::Invalid(text.into())
            }
        })
    }

    pub(crate) fn texts(&mut self, name: &str, need: Need, faults: &mut Faults) -> Vec<String> {
        let mut list = Vec::new();
        self.each(name, need, faults, |value, place, faults| {
            list.extend(text(value, place, faults));
        });
        list
    }

    /// Calls `item` for every item of an array; whether there is such an array.
    pub(crate) fn each(
        &mut self,
        name: &str,
        need: Need,
        faults: &mut Faults,
        mut item: impl FnMut(Value<'j>, &Place<'_>, &mut Faults),
    ) -> bool {
        let Some(value) = self.take(name, need, faults) else {
            return false;
        };
        let place = self.place.member(name);
        if value.kind() != Kind::Array {
            wrong_type::<()>(value, &place, "an array", faults);
            return false;
        }
        for (position, value) in value.items().enumerate() {
            item(value, &place.item(position), faults);
        }
        true
    }

    /// An object of texts, such as annotations and labels.
    pub(crate) fn text_map(
        &mut self,
        name: &str,
        need: Need,
        faults: &mut Faults,
    ) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        self.map(name, need, faults, |key, value, place, faults| {
            if let Some(value) = text(value, place, faults) {
                map.insert(key.into_owned(), value);
            }
        });
        map
    }

    /// The keys of an object whose values are objects: ports and volumes.
    pub(crate) fn key_set(&mut self, name: &str, need: Need, faults: &mut Faults) -> Vec<String> {
        let mut keys = Vec::new();
        self.map(name, need, faults, |key, value, place, faults| {
            if value.kind() != Kind::Object {
                wrong_type::<()>(value, place, "an object", faults);
            }
            keys.push(key.into_owned());
        });
        keys
    }

    /// Calls `member` for every member of an object.
    pub(crate) fn map(
        &mut self,
        name: &str,
        need: Need,
        faults: &mut Faults,
        mut member: impl FnMut(Cow<'j, str>, Value<'j>, &Place<'_>, &mut Faults),
    ) {
        let Some(value) = self.take(name, need, faults) else {
            return;
        };
        let place = self.place.member(name);
        let Some(fields) = Fields::open(value, &place, faults) else {
            return;
        };
        for (key, value) in fields.left() {
            let name = key.clone();
            member(key, value, &place.member(&name), faults);
        }
    }

    /// The names of all members that nobody took yet.
    pub(crate) fn names(&self) -> Vec<String> {
        let left = self.members.iter().filter(|(_, value)| value.is_some());
        left.map(|(name, _)| name.to_string()).collect()
    }

    fn left(self) -> impl Iterator<Item = (Cow<'j, str>, Value<'j>)> {
        let members = self.members.into_iter();
        members.filter_map(|(name, value)| Some((name, value?)))
    }

    /// What nobody took.
    pub(crate) fn unknown(self) -> Unknown {
        let mut unknown = Unknown::new();
        // Not collected: that sorts, by code of its own.
        for (name, value) in self.left() {
            let spelled = String::from_utf8_lossy(value.raw());
            unknown.insert(name.into_owned(), spelled.into_owned());
        }
        unknown
    }
}

pub(crate) fn text(value: Value<'_>, place: &Place<'_>, faults: &mut Faults) -> Option<String> {
    match value.text() {
        Some(text) => Some(text.into_owned()),
        None => wrong_type(value, place, "a string", faults),
    }
}

pub(crate) fn wrong_type<T>(
    value: Value<'_>,
    place: &Place<'_>,
    expected: &str,
    faults: &mut Faults,
) -> Option<T> {
    faults.add(
        Severity::Warning,
        "member-type",
        place,
        expected,
        describe(value),
    );
    None
}

/// A member that is what it should be, or else its text: real documents have
/// bad digests and media types, and are to be shown all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared<T> {
    /// Fits its grammar.
    Valid(T),
    /// Does not; empty where the member is missing or no text at all.
    Invalid(Box<str>),
}

impl<T> Declared<T> {
    /// The value, where it fits its grammar.
    pub const fn valid(&self) -> Option<&T> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Invalid(_) => None,
        }
    }
}

impl<T> Default for Declared<T> {
    fn default() -> Self {
        Self::Invalid("".into())
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Declared<T> {
    /// The text, as the document has it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Valid(value) => value.fmt(f),
            Self::Invalid(text) => f.write_str(text),
        }
    }
}
