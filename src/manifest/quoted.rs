//! Lists of quoted texts, as JSON and Go's `%q` write them.

/// The texts of `["a" "b"]` or `["a", "b"]`.
pub fn read_list(text: &str) -> Option<Vec<String>> {
    let (texts, after) = read_list_before(text.trim())?;
    after.is_empty().then_some(texts)
}

/// The texts of a list, and what follows it.
pub fn read_list_before(text: &str) -> Option<(Vec<String>, &str)> {
    let mut rest = text.strip_prefix('[')?;
    let mut texts = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix(']') {
            return Some((texts, after));
        }
        let (item, after) = read(rest, '"')?;
        texts.push(item);
        rest = after;
    }
}

/// The text that begins with a quote, and what follows it: an interpreted
/// string or rune literal of Go, of which JSON's strings are nearly a part.
pub fn read(text: &str, quote: char) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix(quote)?;
    let mut read = String::new();
    loop {
        let mut characters = rest.chars();
        let first = characters.next()?;
        rest = characters.as_str();
        if first == quote {
            return Some((read, rest));
        }
        if first != '\\' {
            read.push(first);
            continue;
        }
        let escape = characters.next()?;
        rest = characters.as_str();
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let value = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
            read.push(char::from_u32(value)?);
            rest = rest.get(digits..)?;
            continue;
        }
        read.push(match escape {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '"' | '\'' | '\\' | '/' => escape,
            _ => return None,
        });
    }
}

/// A list as JSON, the way a Dockerfile has it.
pub fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// A JSON string.
pub fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..'\u{20}' => quoted.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
