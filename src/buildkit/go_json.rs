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
        let mut separator = '[';
        for value in values {
            self.text.push(separator);
            write_string(&mut self.text, value);
            separator = ',';
        }
        self.text.push(']');
        self
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

    fn name(&mut self, name: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        write_string(&mut self.text, name);
        self.text.push(':');
    }
}

/// A string with its quotes.
pub(super) fn write_string(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
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
