//! Text: its encoding, and what it is written in.
//!
//! The rule is that of `file`: text has no bytes but those of printed
//! characters and the controls BEL to CR, ESC and NEL. By a byte order mark it
//! is UTF-8 or UTF-16; else ASCII or UTF-8 where it is that, and what is
//! neither is shown as Latin-1.

use super::fields::has;
use crate::report::{ContentKind, ContentView, Encoding, Language};

/// A text that a file begins with; none where it is no text.
pub(super) fn describe(head: &[u8], name: &str) -> Option<ContentView> {
    let encoding = encoding(head)?;
    let start = start(head, encoding);
    let (what, language) = content(&start, name);
    let mark = match encoding {
        Encoding::Ascii => "ASCII",
        Encoding::Utf8 if head.starts_with(UTF8_MARK) => "UTF-8 with a byte order mark",
        Encoding::Utf8 => "UTF-8",
        Encoding::Utf16Le => "UTF-16, little-endian",
        Encoding::Utf16Be => "UTF-16, big-endian",
        Encoding::Latin1 => "not UTF-8",
    };
    Some(ContentView {
        kind: ContentKind::Text,
        description: format!("{what}, {mark}"),
        media_type: None,
        encoding: Some(encoding),
        language: Some(language),
        pixels: None,
    })
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

fn encoding(head: &[u8]) -> Option<Encoding> {
    for (mark, encoding, unit) in [
        (
            b"\xff\xfe",
            Encoding::Utf16Le,
            u16::from_le_bytes as fn([u8; 2]) -> u16,
        ),
        (b"\xfe\xff", Encoding::Utf16Be, u16::from_be_bytes),
    ] {
        if let Some(text) = head.strip_prefix(mark) {
            let units = text.as_chunks().0.iter().map(|pair| unit(*pair));
            return is_utf16(units).then_some(encoding);
        }
    }
    if !head.iter().all(|byte| is_text(*byte)) {
        return None;
    }
    if head.is_ascii() {
        return Some(Encoding::Ascii);
    }
    match std::str::from_utf8(head) {
        Ok(_) => Some(Encoding::Utf8),
        // A character that the end of the head cuts.
        Err(error) if error.error_len().is_none() => Some(Encoding::Utf8),
        Err(_) => Some(Encoding::Latin1),
    }
}

const fn is_text(byte: u8) -> bool {
    matches!(byte, 0x07..=0x0d | 0x1b | 0x20..=0x7e | 0x80..)
}

// Surrogates in pairs, and no control that text has not.
fn is_utf16(units: impl Iterator<Item = u16>) -> bool {
    let mut is_cut = false;
    for character in char::decode_utf16(units) {
        if is_cut {
            return false;
        }
        match character {
            Ok(character) => {
                let byte = u8::try_from(u32::from(character)).unwrap_or(b' ');
                if !is_text(byte) || matches!(character, '\u{fffe}' | '\u{ffff}') {
                    return false;
                }
            }
            // Good only at the very end, where the head cuts a pair.
            Err(_) => is_cut = true,
        }
    }
    true
}

// Characters that tell what a text is written in.
const START: usize = 4_096;

// The first characters, without the mark.
fn start(head: &[u8], encoding: Encoding) -> String {
    let unit = match encoding {
        Encoding::Utf16Le => u16::from_le_bytes,
        Encoding::Utf16Be => u16::from_be_bytes,
        Encoding::Ascii | Encoding::Utf8 | Encoding::Latin1 => {
            let text = head.strip_prefix(UTF8_MARK).unwrap_or(head);
            let text = text.get(..START).unwrap_or(text);
            return String::from_utf8_lossy(text).into_owned();
        }
    };
    let text = head.get(2..).unwrap_or_default().as_chunks().0;
    let units = text.iter().take(START).map(|pair| unit(*pair));
    let characters = char::decode_utf16(units);
    characters
        .map(|character| character.unwrap_or('\u{fffd}'))
        .collect()
}

// What a text is: by its first line, by its name, by its first characters.
fn content(start: &str, name: &str) -> (String, Language) {
    let known = |what: &str, language| (what.to_owned(), language);
    if let Some(interpreter) = interpreter(start) {
        let language = match interpreter {
            "sh" | "ash" | "bash" | "dash" | "ksh" | "mksh" | "zsh" | "busybox" => Language::Shell,
            _ => Language::Plain,
        };
        return (format!("{interpreter} script"), language);
    }
    if let Some(what) = armoured(start) {
        return (what, Language::Plain);
    }
    let trimmed = start.trim_start();
    let begins = |part: &str| {
        let begin = trimmed.get(..part.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(part))
    };
    if let Some((what, language)) = by_name(name) {
        return known(what, language);
    }
    if begins("<svg") || (begins("<?xml") && trimmed.contains("<svg")) {
        return known("SVG picture", Language::Xml);
    }
    if begins("<!doctype html") || begins("<html") {
        return known("HTML", Language::Xml);
    }
    if begins("<?xml") || begins("<!doctype") {
        return known("XML", Language::Xml);
    }
    if is_json(trimmed) {
        return known("JSON", Language::Json);
    }
    if begins("%yaml") || trimmed.starts_with("---\n") {
        return known("YAML", Language::Yaml);
    }
    if is_ini(trimmed) {
        return known("settings", Language::Ini);
    }
    known("text", Language::Plain)
}

// The program of a first line `#!/usr/bin/env program` or `#!/bin/program`.
fn interpreter(start: &str) -> Option<&str> {
    let line = start.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_ascii_whitespace();
    let mut program = words.next()?.rsplit('/').next()?;
    if program == "env" {
        let is_option = |word: &&str| word.starts_with('-') || word.contains('=');
        program = words.find(|word| !is_option(word))?.rsplit('/').next()?;
    }
    let is_name = |character: char| character.is_ascii_alphanumeric() || "._+-".contains(character);
    let is_sound = !program.is_empty() && program.len() < 32 && program.chars().all(is_name);
    is_sound.then_some(program)
}

// RFC 7468; OpenPGP's armour, RFC 9580, 6.2, has the same form.
fn armoured(start: &str) -> Option<String> {
    let line = start.lines().find(|line| line.starts_with("-----BEGIN "))?;
    // Comments may come before; a script that holds a key is a script.
    let before = start.lines().take_while(|other| *other != line);
    if before.clone().count() > 20 || before.clone().any(|line| line.contains('=')) {
        return None;
    }
    let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    let is_label = |character: char| {
        character.is_ascii_uppercase() || character.is_ascii_digit() || character == ' '
    };
    if label.is_empty() || label.len() > 64 || !label.chars().all(is_label) {
        return None;
    }
    let armour = if label.starts_with("PGP") {
        "PGP armour"
    } else {
        "PEM"
    };
    Some(format!("{armour}, {}", label.to_ascii_lowercase()))
}

fn by_name(name: &str) -> Option<(&'static str, Language)> {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    match name.as_str() {
        "dockerfile" | "containerfile" => return Some(("Dockerfile", Language::Plain)),
        "makefile" => return Some(("makefile", Language::Plain)),
        "os-release" | "lsb-release" | ".editorconfig" | ".gitconfig" | ".env" => {
            return Some(("settings", Language::Ini));
        }
        ".bashrc" | ".profile" | ".bash_profile" | ".bash_logout" | ".zshrc" | "profile"
        | "bash.bashrc" | "apkbuild" => return Some(("shell script", Language::Shell)),
        _ => {}
    }
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "json" | "webmanifest" | "geojson" | "ipynb" => ("JSON", Language::Json),
        "yaml" | "yml" => ("YAML", Language::Yaml),
        "sh" | "bash" | "ash" | "dash" | "ksh" | "zsh" => ("shell script", Language::Shell),
        "ini" | "toml" | "properties" | "desktop" | "service" | "socket" | "timer" | "target"
        | "mount" | "repo" | "env" => ("settings", Language::Ini),
        "svg" => ("SVG picture", Language::Xml),
        "html" | "htm" | "xhtml" => ("HTML", Language::Xml),
        "xml" | "xsd" | "xsl" | "xslt" | "plist" | "pom" => ("XML", Language::Xml),
        "md" | "markdown" => ("Markdown", Language::Plain),
        "py" => ("Python source", Language::Plain),
        "pl" | "pm" => ("Perl source", Language::Plain),
        "rb" => ("Ruby source", Language::Plain),
        "js" | "mjs" | "cjs" => ("JavaScript", Language::Plain),
        "ts" => ("TypeScript", Language::Plain),
        "css" => ("CSS", Language::Plain),
        "c" | "h" => ("C source", Language::Plain),
        "cc" | "cpp" | "cxx" | "hpp" => ("C++ source", Language::Plain),
        "rs" => ("Rust source", Language::Plain),
        "go" => ("Go source", Language::Plain),
        "java" => ("Java source", Language::Plain),
        "lua" => ("Lua source", Language::Plain),
        "php" => ("PHP source", Language::Plain),
        "sql" => ("SQL", Language::Plain),
        "csv" => ("CSV", Language::Plain),
        "patch" | "diff" => ("patch", Language::Plain),
        "pem" | "crt" | "txt" | "log" => ("text", Language::Plain),
        _ => return None,
    })
}

// An object with a name first, or a list with a value first.
fn is_json(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    let second = characters.find(|character| !character.is_whitespace());
    match first {
        Some('{') => matches!(second, Some('"' | '}')),
        Some('[') => matches!(second, Some('{' | '[' | ']' | '"')),
        _ => false,
    }
}

// A section, or a line `name=value`, first of all that is no comment.
fn is_ini(text: &str) -> bool {
    let is_comment = |line: &&str| line.is_empty() || line.starts_with(['#', ';']);
    let Some(line) = text.lines().map(str::trim).find(|line| !is_comment(line)) else {
        return false;
    };
    if let Some(section) = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'))
    {
        return !section.is_empty() && !section.contains([',', '[', '"', '{']);
    }
    let is_name = |name: &str| {
        let mut characters = name.chars();
        let part = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && characters.all(part)
    };
    line.split_once('=')
        .is_some_and(|(name, _)| is_name(name.trim_end()))
}

/// Text in four bytes a character, which is told by its mark.
pub(super) fn is_utf32(head: &[u8]) -> bool {
    has(head, 0, b"\xff\xfe\0\0") || has(head, 0, b"\0\0\xfe\xff")
}
