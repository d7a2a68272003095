//! `RUN`: in the shell or not, on several lines where it is long.
//!
//! A line is broken where the Dockerfile that it came from was: BuildKit and
//! moby join continued lines and leave the next one's indentation, a run of
//! spaces or tabs. Joining the lines again gives the recorded text to the byte.
//! A long line without such traces is broken before `&&`, outside of quotes.

use crate::manifest::quoted;
use crate::report::CommandView;

/// Characters of a line that is left whole.
const LINE: usize = 80;
/// Quotes and parentheses inside each other that are followed.
const DEPTH: usize = 64;

/// The instruction, given the words of the last `SHELL`.
pub fn text(command: &CommandView, shell: Option<&[String]>) -> String {
    let arguments = command.arguments.as_str();
    let Some(ran_by) = &command.shell else {
        return in_shell(arguments);
    };
    let whole = format!("{ran_by} {arguments}");
    let in_force = match shell {
        Some(shell) => shell.join(" "),
        None if is_default(ran_by) => return in_shell(arguments),
        None => String::new(),
    };
    let rest = whole.strip_prefix(&in_force);
    match rest.and_then(|rest| rest.strip_prefix(' ')) {
        Some(rest) if !in_force.is_empty() => in_shell(rest),
        _ => {
            let mut words: Vec<String> = ran_by.split(' ').map(ToOwned::to_owned).collect();
            words.push(arguments.to_owned());
            format!("RUN {}", quoted::list(&words))
        }
    }
}

fn is_default(shell: &str) -> bool {
    shell == "/bin/sh -c" || shell.eq_ignore_ascii_case("cmd /S /C")
}

fn in_shell(command: &str) -> String {
    let command = command.trim();
    if command.contains(['\n', '\r']) {
        return heredoc(command);
    }
    format!("RUN {}", broken(command))
}

/// BuildKit runs a heredoc as the shell's command, or leaves one inside the
/// command to the shell, which then stands in the Dockerfile as it is.
fn heredoc(command: &str) -> String {
    let (first, rest) = command.split_once('\n').unwrap_or((command, ""));
    let inner = first.split_once("<<").map(|(_, word)| {
        let word = word.trim_start_matches('-');
        let word = word.split(char::is_whitespace).next().unwrap_or_default();
        word.trim_matches(['"', '\''])
    });
    let closes = |word: &str| !word.is_empty() && rest.lines().last().map(str::trim) == Some(word);
    if inner.is_some_and(closes) {
        return format!("RUN {command}");
    }
    let mut word = "EOF".to_owned();
    while command.lines().any(|line| line.trim() == word) {
        word.push('F');
    }
    format!("RUN <<{word}\n{command}\n{word}")
}

fn broken(command: &str) -> String {
    let traces = breaks(command, |before, rest| {
        // The first space ends the line before, the others indent the next.
        let is_trace = rest.starts_with('\t') || rest.starts_with("  ") || rest.starts_with(" \t");
        (is_trace && !before.ends_with([' ', '\t'])).then_some(1)
    });
    if !traces.is_empty() {
        return join(command, &traces, "");
    }
    if command.chars().count() <= LINE {
        return command.to_owned();
    }
    let ands = breaks(command, |_, rest| rest.starts_with(" && ").then_some(1));
    join(command, &ands, "    ")
}

/// Where lines end: offsets outside of quotes, each `found` by what lies before
/// and behind it, moved on by what it says.
fn breaks(command: &str, found: impl Fn(&str, &str) -> Option<usize>) -> Vec<usize> {
    let mut open: Vec<char> = Vec::new();
    let mut escaped = false;
    let mut ends = Vec::new();
    for (at, character) in command.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        let (before, rest) = command.split_at_checked(at).unwrap_or((command, ""));
        let quoted = open.iter().any(|quote| *quote != '(');
        if !quoted && let Some(length) = found(before, rest) {
            let next = rest.trim_start_matches([' ', '\t']);
            // A continued line that begins with # is a comment to the builder.
            if !next.is_empty() && !next.starts_with('#') {
                ends.push(at + length);
            }
        }
        match (open.last(), character) {
            (Some('\''), '\'') => drop(open.pop()),
            (Some('\''), _) => {}
            (_, '\\') => escaped = true,
            (Some('"'), '"') => drop(open.pop()),
            (Some('"'), '(') if !before.ends_with('$') => {}
            (Some('"'), '\'') => {}
            (Some('('), ')') => drop(open.pop()),
            (_, '"' | '\'' | '(') if open.len() < DEPTH => open.push(character),
            _ => {}
        }
    }
    ends
}

fn join(command: &str, ends: &[usize], indent: &str) -> String {
    let mut text = String::with_capacity(command.len() + ends.len() * 4);
    let mut start = 0;
    for &end in ends {
        text.push_str(command.get(start..end).unwrap_or_default());
        text.push_str("\\\n");
        text.push_str(indent);
        start = end;
    }
    text.push_str(command.get(start..).unwrap_or_default());
    text
}
