//! Arguments as a Dockerfile has them, made from what histories hold: mostly
//! Go's `%q` and `%v` of the builder's own values.

use std::collections::BTreeSet;

use crate::manifest::Config;
use crate::manifest::command::name;
use crate::manifest::quoted;

/// Names that the config knows: they tell where one `NAME=VALUE` ends and the
/// next begins, since histories do not quote values.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// Of environment variables.
    pub env: BTreeSet<&'a str>,
    /// Of labels.
    pub labels: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    pub fn of(config: &'a Config) -> Self {
        let runtime = &config.runtime;
        let env = runtime.env.iter().filter_map(|entry| entry.split_once('='));
        Self {
            env: env.map(|(name, _)| name).collect(),
            labels: runtime.labels.keys().map(String::as_str).collect(),
        }
    }
}

/// `CMD` and `ENTRYPOINT`: a list, or the shell's command where it was one.
pub fn list(arguments: &str, shell: Option<&[String]>) -> String {
    let Some(texts) = quoted::read_list(arguments) else {
        return arguments.to_owned();
    };
    if let Some((command, before)) = texts.split_last()
        && is_shell(before, shell)
        && !command.contains('\n')
    {
        return command.clone();
    }
    quoted::list(&texts)
}

/// Whether words are the shell in force.
fn is_shell(words: &[String], shell: Option<&[String]>) -> bool {
    match shell {
        Some(shell) => words == shell,
        None => {
            let defaults: [&[&str]; 2] = [&["/bin/sh", "-c"], &["cmd", "/S", "/C"]];
            defaults.iter().any(|default| words == *default)
        }
    }
}

/// The words of `SHELL`: Go's `%v` of a list, or a list.
pub fn shell(arguments: &str) -> Vec<String> {
    if let Some(words) = quoted::read_list(arguments) {
        return words;
    }
    let inside = unbracketed(arguments);
    let mut words = Vec::new();
    let mut rest = inside;
    while let Some((word, after)) = rest.split_once(' ') {
        words.push(word.to_owned());
        rest = after;
        // What PowerShell is to do first is one word.
        if word.eq_ignore_ascii_case("-command") {
            break;
        }
    }
    words.push(rest.to_owned());
    words
}

/// `EXPOSE`: Go's `%v` of a list or of a map with empty values.
pub fn ports(arguments: &str) -> String {
    let inside = arguments.strip_prefix("map").unwrap_or(arguments);
    let words = unbracketed(inside).split_whitespace();
    let ports = words.map(|word| word.strip_suffix(":{}").unwrap_or(word));
    ports.collect::<Vec<_>>().join(" ")
}

/// `VOLUME`: Go's `%v` of a list, or a list.
pub fn volumes(arguments: &str) -> String {
    match quoted::read_list(arguments) {
        Some(volumes) => quoted::list(&volumes),
        None => unbracketed(arguments).to_owned(),
    }
}

fn unbracketed(text: &str) -> &str {
    let inside = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    inside.unwrap_or(text)
}

/// Whether moby's or buildah's builder put a digest in the place of a name.
pub fn is_digest_source(arguments: &str) -> bool {
    digest_source(arguments).is_some()
}

fn digest_source(arguments: &str) -> Option<(&str, &str)> {
    let (sources, destination) = arguments.split_once(" in ")?;
    let source = sources.rsplit(' ').next()?;
    let (kind, digest) = source.split_once(':')?;
    let is_digest = digest.len() >= 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (matches!(kind, "file" | "dir" | "multi") && is_digest).then_some((sources, destination))
}

/// `ADD` and `COPY`: moby's `file:DIGEST in DESTINATION` without the `in`.
pub fn copy(arguments: &str) -> String {
    match digest_source(arguments) {
        Some((sources, destination)) => format!("{sources} {destination}"),
        None => arguments.to_owned(),
    }
}

/// `ENV` and `LABEL`: `NAME=VALUE …`, values quoted where they have to
/// be. A word is the next pair where `known` has its name, or, if nothing is
/// known, where it looks like one.
pub fn pairs(arguments: &str, known: &BTreeSet<&str>) -> String {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for word in arguments.split(' ') {
        let pair =
            name(word).filter(|name| pairs.is_empty() || known.is_empty() || known.contains(name));
        match (pair, pairs.last_mut()) {
            (Some(name), _) => {
                let value = word.get(name.len() + 1..).unwrap_or_default();
                pairs.push((name, value.to_owned()));
            }
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            // `ENV NAME VALUE`, or nothing that is known here.
            (None, None) => return arguments.to_owned(),
        }
    }
    let quoted = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={}", quote(&value)));
    quoted.collect::<Vec<_>>().join(" ")
}

// Values are recorded after quotes and variables were resolved.
fn quote(value: &str) -> String {
    let is_plain = |character: char| {
        character.is_alphanumeric() || "_./:,-+@%=~^!?*;&|()<>{}[]".contains(character)
    };
    if value.chars().all(is_plain) {
        return value.to_owned();
    }
    let mut quoted = String::from('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// `HEALTHCHECK`: Go's `%q` or `%+v` of moby's `HealthConfig`, whose fields are
/// the test, three or four durations, and the number of retries.
pub fn healthcheck(arguments: &str) -> String {
    let check = Check::of_quoted(arguments).or_else(|| Check::of_named(arguments));
    check
        .and_then(|check| check.text())
        .unwrap_or_else(|| arguments.to_owned())
}

#[derive(Default)]
struct Check {
    test: Vec<String>,
    /// Option and value.
    options: Vec<(&'static str, String)>,
}

impl Check {
    fn of_quoted(text: &str) -> Option<Self> {
        let inside = text.strip_prefix('&').unwrap_or(text);
        let inside = inside.strip_prefix('{')?.strip_suffix('}')?;
        let (test, rest) = quoted::read_list_before(inside)?;
        let mut rest = rest.trim_start();
        let mut durations = Vec::new();
        while rest.starts_with('"') {
            let (duration, after) = quoted::read(rest, '"')?;
            durations.push(duration);
            rest = after.trim_start();
        }
        let (retries, after) = quoted::read(rest, '\'')?;
        let mut retries = retries.chars();
        let (count, None, "") = (u32::from(retries.next()?), retries.next(), after) else {
            return None;
        };
        let names: &[&str] = match durations.len() {
            3 => &["--interval", "--timeout", "--start-period"],
            4 => &[
                "--interval",
                "--timeout",
                "--start-period",
                "--start-interval",
            ],
            _ => return None,
        };
        let options = names.iter().copied().zip(durations);
        let retries = [("--retries", count.to_string())];
        Some(Self {
            test,
            options: options.chain(retries).collect(),
        })
    }

    fn of_named(text: &str) -> Option<Self> {
        let inside = text.strip_prefix("{Test:[")?.strip_suffix('}')?;
        let (test, fields) = inside.rsplit_once("] Interval:")?;
        let mut check = Self::default();
        let (kind, command) = test.split_once(' ').unwrap_or((test, ""));
        check.test.push(kind.to_owned());
        match kind {
            "CMD-SHELL" => check.test.push(command.to_owned()),
            _ => check
                .test
                .extend(command.split_whitespace().map(ToOwned::to_owned)),
        }
        let fields = format!("Interval:{fields}");
        for field in fields.split(' ') {
            let (name, value) = field.split_once(':')?;
            let option = match name {
                "Interval" => "--interval",
                "Timeout" => "--timeout",
                "StartPeriod" => "--start-period",
                "StartInterval" => "--start-interval",
                "Retries" => "--retries",
                _ => return None,
            };
            check.options.push((option, value.to_owned()));
        }
        Some(check)
    }

    fn text(&self) -> Option<String> {
        let (kind, words) = self.test.split_first()?;
        let command = match kind.as_str() {
            "NONE" => return Some("NONE".to_owned()),
            "CMD-SHELL" => words.first()?.clone(),
            "CMD" => quoted::list(words),
            _ => return None,
        };
        let set = self
            .options
            .iter()
            .filter(|(_, value)| !matches!(value.as_str(), "0s" | "0"));
        let options = set.map(|(option, value)| format!("{option}={value} "));
        Some(format!("{}CMD {command}", options.collect::<String>()))
    }
}
