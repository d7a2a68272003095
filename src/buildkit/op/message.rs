//! Protobuf messages in the JSON that Go's `encoding/json` makes of their
//! structs: BuildKit's op digests are of that. What is read is written again as
//! Go would, members in the order of the message and empty ones left out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::OpError;
use crate::buildkit::go_json::Object;
use crate::manifest::json::{Kind, Value};

/// Type of a message's field.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    Text,
    Flag,
    Integer,
    Bytes,
    Texts,
    Integers,
    /// A pointer to a message: nothing, or a message that may be empty.
    Message(&'static Schema),
    Messages(&'static Schema),
    /// A struct without a pointer: always written.
    Struct(&'static Schema),
}

/// The fields of a message, by the names that Go's struct tags give.
#[derive(Debug)]
pub struct Schema {
    /// Name of the message.
    pub name: &'static str,
    /// Names and types.
    pub fields: &'static [(&'static str, Type)],
}

/// Value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    Text(String),
    Flag(bool),
    Integer(i64),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Message(Message),
    Messages(Vec<Message>),
}

/// A message. Fields without a value are Go's zero values.
#[derive(Debug, Clone)]
pub struct Message {
    schema: &'static Schema,
    /// As many as the schema has.
    fields: Vec<Option<Field>>,
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.schema, other.schema) && self.fields == other.fields
    }
}

impl Eq for Message {}

impl Message {
    /// Reads a message: names in any case where none fits exactly, null as
    /// nothing. Nesting is bounded by the schema's.
    pub fn read(value: Value<'_>, schema: &'static Schema) -> Result<Self, OpError> {
        let mut message = Self {
            schema,
            fields: vec![None; schema.fields.len()],
        };
        match value.kind() {
            Kind::Null => return Ok(message),
            Kind::Object => {}
            _ => return Err(wrong(schema, "", "an object")),
        }
        for (name, value) in value.members() {
            let names = || schema.fields.iter().map(|(name, _)| *name);
            let exact = names().position(|known| known == name);
            let position =
                exact.or_else(|| names().position(|known| known.eq_ignore_ascii_case(&name)));
            let (Some(position), Some((name, of))) = (
                position,
                position.and_then(|position| schema.fields.get(position)),
            ) else {
                return Err(OpError::Unknown {
                    message: schema.name,
                    member: name.into_owned(),
                });
            };
            let field = read_field(value, schema, name, *of)?;
            if let Some(slot) = message.fields.get_mut(position) {
                *slot = field;
            }
        }
        Ok(message)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.schema
            .fields
            .iter()
            .position(|(known, _)| *known == name)
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(self.position(name)?)?.as_ref()
    }

    /// Takes a field away.
    pub fn clear(&mut self, name: &str) {
        if let Some(slot) = self.position(name).and_then(|at| self.fields.get_mut(at)) {
            *slot = None;
        }
    }

    /// Sets a text.
    pub fn set_text(&mut self, name: &str, text: String) {
        if let Some(slot) = self.position(name).and_then(|at| self.fields.get_mut(at)) {
            *slot = Some(Field::Text(text));
        }
    }

    /// A text; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        match self.field(name) {
            Some(Field::Text(text)) => text,
            _ => "",
        }
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> &[String] {
        match self.field(name) {
            Some(Field::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// A flag.
    pub fn flag(&self, name: &str) -> bool {
        self.field(name) == Some(&Field::Flag(true))
    }

    /// An integer; 0 where there is none.
    pub fn integer(&self, name: &str) -> i64 {
        match self.field(name) {
            Some(Field::Integer(integer)) => *integer,
            _ => 0,
        }
    }

    /// A message.
    pub fn message(&self, name: &str) -> Option<&Self> {
        match self.field(name) {
            Some(Field::Message(message)) => Some(message),
            _ => None,
        }
    }

    /// A message, to change it.
    pub fn message_mut(&mut self, name: &str) -> Option<&mut Self> {
        let position = self.position(name)?;
        match self.fields.get_mut(position)? {
            Some(Field::Message(message)) => Some(message),
            _ => None,
        }
    }

    /// A list of messages.
    pub fn messages(&self, name: &str) -> &[Self] {
        match self.field(name) {
            Some(Field::Messages(messages)) => messages,
            _ => &[],
        }
    }

    /// A list of messages, to change them.
    pub fn messages_mut(&mut self, name: &str) -> &mut [Self] {
        let position = self.position(name);
        match position.and_then(|position| self.fields.get_mut(position)) {
            Some(Some(Field::Messages(messages))) => messages,
            _ => &mut [],
        }
    }

    /// The only field that has a value: what is set of a `oneof`.
    pub fn set(&self) -> Option<(&'static str, &Self)> {
        let fields = self.schema.fields.iter().zip(&self.fields);
        fields.rev().find_map(|((name, _), field)| match field {
            Some(Field::Message(message)) => Some((*name, message)),
            _ => None,
        })
    }

    /// As Go writes it.
    pub fn write(&self) -> Object {
        let mut object = Object::new();
        for ((name, of), field) in self.schema.fields.iter().zip(&self.fields) {
            object = match (field, of) {
                (Some(Field::Text(text)), _) => object.text_omitempty(name, text),
                (Some(Field::Flag(true)), _) => object.flag(name, true),
                (Some(Field::Integer(integer)), _) if *integer != 0 => {
                    object.number(name, *integer)
                }
                (Some(Field::Bytes(bytes)), _) => {
                    object.text_omitempty(name, &STANDARD.encode(bytes))
                }
                (Some(Field::Texts(texts)), _) => object.texts_omitempty(name, texts),
                (Some(Field::Integers(integers)), _) if !integers.is_empty() => {
                    object.numbers(name, integers)
                }
                (Some(Field::Message(message)), _) => object.object(name, message.write()),
                (Some(Field::Messages(messages)), _) if !messages.is_empty() => {
                    object.objects(name, messages.iter().map(Self::write))
                }
                (None, Type::Struct(_)) => object.object(name, Object::new()),
                _ => object,
            };
        }
        object
    }
}

fn wrong(schema: &Schema, member: &str, expected: &'static str) -> OpError {
    OpError::Type {
        message: schema.name,
        member: member.to_owned(),
        expected,
    }
}

fn read_field(
    value: Value<'_>,
    schema: &Schema,
    name: &str,
    of: Type,
) -> Result<Option<Field>, OpError> {
    if value.kind() == Kind::Null {
        return Ok(None);
    }
    let wrong = |expected| wrong(schema, name, expected);
    let text = |value: Value<'_>| value.text().map(|text| text.into_owned());
    let integer = |value: Value<'_>| {
        let number = (value.kind() == Kind::Number).then(|| value.raw());
        std::str::from_utf8(number?).ok()?.parse::<i64>().ok()
    };
    let is_list = value.kind() == Kind::Array;
    let field = match of {
        Type::Text => Field::Text(text(value).ok_or_else(|| wrong("a string"))?),
        Type::Flag => match value.kind() {
            Kind::Bool(flag) => Field::Flag(flag),
            _ => return Err(wrong("true or false")),
        },
        Type::Integer => Field::Integer(integer(value).ok_or_else(|| wrong("an integer"))?),
        Type::Bytes => {
            let bytes = text(value).and_then(|text| STANDARD.decode(text).ok());
            Field::Bytes(bytes.ok_or_else(|| wrong("base64"))?)
        }
        Type::Texts => {
            let texts: Option<Vec<String>> = value.items().map(text).collect();
            let texts = texts.filter(|_| is_list);
            Field::Texts(texts.ok_or_else(|| wrong("a list of strings"))?)
        }
        Type::Integers => {
            let integers: Option<Vec<i64>> = value.items().map(integer).collect();
            let integers = integers.filter(|_| is_list);
            Field::Integers(integers.ok_or_else(|| wrong("a list of integers"))?)
        }
        Type::Message(schema) | Type::Struct(schema) => {
            Field::Message(Message::read(value, schema)?)
        }
        Type::Messages(schema) => {
            if !is_list {
                return Err(wrong("a list of objects"));
            }
            let messages = value.items().map(|item| Message::read(item, schema));
            Field::Messages(messages.collect::<Result<_, _>>()?)
        }
    };
    Ok(Some(field))
}
