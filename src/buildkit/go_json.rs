//! JSON byte for byte as Go's `encoding/json` writes it, because BuildKit's
//! cache keys are digests of it (Go 1.22 and later: `\b` and `\f` are short).

/// An object under construction: members in the order of Go's struct fields.
#[derive(Debug)]
pub struct Object {
    text: String,
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl Object {
    /// An object without members.
    pub fn new() -> Self {
        Self {
            text: "{".to_owned(),
        }
    }

    /// A member whose value is a string.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        write_string(&mut self.text, value);
        self
    }

    /// As [`Object::text`], left out where the string is empty.
    #[must_use]
    pub fn text_omitempty(self, name: &str, value: &str) -> Self {
        if value.is_empty() {
            self
        } else {
            self.text(name, value)
        }
    }

    /// A member whose value is a list of strings, left out where it is empty.
    #[must_use]
    pub fn texts_omitempty(mut self, name: &str, values: &[String]) -> Self {
        if values.is_empty() {
            return self;
        }
        self.name(name);
        self.list(values, write_string);
        self
    }

    /// A member that is a list of strings; no list is Go's nil, `null`.
    #[must_use]
    pub fn texts(mut self, name: &str, values: Option<&[String]>) -> Self {
        self.name(name);
        match values {
            Some(values) => self.list(values, write_string),
            None => self.text.push_str("null"),
        }
        self
    }

    /// A member whose value is a number.
    #[must_use]
    pub fn number(mut self, name: &str, value: i64) -> Self {
        self.name(name);
        self.text.push_str(&value.to_string());
        self
    }

    /// A member whose value is a list of numbers.
    #[must_use]
    pub fn numbers(mut self, name: &str, values: &[i64]) -> Self {
        self.name(name);
        self.list(values, |text, value| text.push_str(&value.to_string()));
        self
    }

    /// A member whose value is a list of three numbers each.
    #[must_use]
    pub fn number_triples(mut self, name: &str, values: &[[i64; 3]]) -> Self {
        self.name(name);
        self.list(values, |text, [first, second, third]| {
            text.push_str(&format!("[{first},{second},{third}]"));
        });
        self
    }

    /// A member whose value is true or false.
    #[must_use]
    pub fn flag(mut self, name: &str, value: bool) -> Self {
        self.name(name);
        self.text.push_str(if value { "true" } else { "false" });
        self
    }

    /// A member whose value is an object.
    #[must_use]
    pub fn object(mut self, name: &str, value: Self) -> Self {
        self.name(name);
        self.text.push_str(&value.finish());
        self
    }

    /// A member whose value is a list of objects.
    #[must_use]
    pub fn objects(mut self, name: &str, values: impl IntoIterator<Item = Self>) -> Self {
        self.name(name);
        self.list(values, |text, value| text.push_str(&value.finish()));
        self
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.text.len() == 1
    }

    /// A member that is a pointer to an integer: left out where there is none,
    /// written where it is 0.
    #[must_use]
    pub fn number_omitempty(mut self, name: &str, value: Option<usize>) -> Self {
        if let Some(value) = value {
            self.name(name);
            self.text.push_str(&value.to_string());
        }
        self
    }

    /// The object's text.
    pub fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }

    fn list<T>(&mut self, values: impl IntoIterator<Item = T>, write: impl Fn(&mut String, T)) {
        self.text.push('[');
        for (position, value) in values.into_iter().enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            write(&mut self.text, value);
        }
        self.text.push(']');
    }

    fn name(&mut self, name: &str) {
        if !self.is_empty() {
            self.text.push(',');
        }
        write_string(&mut self.text, name);
        self.text.push(':');
    }
}

/// A string with its quotes.
pub(super) fn write_string(text: &mut String, value: impl AsRef<str>) {
    text.push('"');
    for character in value.as_ref().chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // Go escapes what could end a script element or a JavaScript line.
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
