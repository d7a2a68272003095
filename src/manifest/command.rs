//! What a history entry's command says, with what its builder wrote around it
//! taken away.
//!
//! moby `builder/dockerfile/internals.go`: `SHELL #(nop) INSTRUCTION …`, and for
//! `RUN` the shell and the command, build arguments as `|N NAME=VALUE …` before
//! them. buildah writes the same. BuildKit
//! `frontend/dockerfile/dockerfile2llb/convert.go`: the instruction first, and
//! ` # buildkit` behind what touches files. kaniko writes the Dockerfile's line.

use super::history::HistoryEntry;
use crate::report::CommandView;

const INSTRUCTIONS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

const BUILDKIT_MARK: &str = " # buildkit";
const BUILDKIT_COMMENT: &str = "buildkit.dockerfile.";
const NO_OPERATION: &str = "#(nop)";

/// The command of a history entry; nothing where none is recorded.
pub fn command(entry: &HistoryEntry) -> Option<CommandView> {
    let recorded = entry.created_by.as_deref()?.trim();
    if recorded.is_empty() {
        return None;
    }
    let unmarked = recorded.strip_suffix(BUILDKIT_MARK);
    let comment = entry.comment.as_deref().unwrap_or_default();
    // kaniko repeats the Dockerfile's line, in whatever case it is written.
    let any_case = entry.author.as_deref() == Some("kaniko");
    let mut command = read(unmarked.unwrap_or(recorded), any_case);
    command.buildkit = unmarked.is_some() || comment.starts_with(BUILDKIT_COMMENT);
    Some(command)
}

fn read(text: &str, any_case: bool) -> CommandView {
    if let Some((instruction, rest)) = instruction(text, any_case) {
        if instruction == "RUN" {
            let ran = run(rest).unwrap_or_else(|| Ran::plain(rest));
            return ran.into_command();
        }
        return stated(instruction, rest);
    }
    match run(text) {
        Some(ran) => match ran.no_operation() {
            Some((instruction, rest)) => stated(instruction, rest),
            None => ran.into_command(),
        },
        None => stated("", text),
    }
}

fn stated(instruction: &str, arguments: &str) -> CommandView {
    CommandView {
        instruction: instruction.to_owned(),
        arguments: arguments.trim().to_owned(),
        shell: None,
        build_args: Vec::new(),
        buildkit: false,
    }
}

/// The instruction that a text begins with, and what follows it.
fn instruction(text: &str, any_case: bool) -> Option<(&'static str, &str)> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let known = INSTRUCTIONS
        .into_iter()
        .find(|known| *known == word || any_case && known.eq_ignore_ascii_case(word))?;
    Some((known, rest))
}

/// What ran, and how.
struct Ran<'a> {
    build_args: Vec<&'a str>,
    shell: Option<&'a str>,
    command: &'a str,
}

impl<'a> Ran<'a> {
    const fn plain(command: &'a str) -> Self {
        Self {
            build_args: Vec::new(),
            shell: None,
            command,
        }
    }

    /// The instruction behind moby's mark for what runs nothing.
    fn no_operation(&self) -> Option<(&'static str, &'a str)> {
        let shell = self.shell?;
        let marked = match self.command.strip_prefix(NO_OPERATION) {
            // PowerShell's shell ends in statements of its own.
            None if is_powershell(shell) => self.command.split_once(NO_OPERATION)?.1,
            marked => marked?,
        };
        instruction(marked.trim_start(), false).or_else(|| {
            let marked = marked.trim();
            self.command
                .starts_with(NO_OPERATION)
                .then_some(("", marked))
        })
    }

    fn into_command(self) -> CommandView {
        CommandView {
            shell: self.shell.map(ToOwned::to_owned),
            build_args: self.build_args.into_iter().map(ToOwned::to_owned).collect(),
            ..stated("RUN", self.command)
        }
    }
}

/// A command with build arguments before it, or in a shell; nothing where
/// neither can be told.
fn run(text: &str) -> Option<Ran<'_>> {
    let text = text.trim_start();
    if let Some(ran) = with_build_args(text) {
        return Some(ran);
    }
    let (shell, command) = shell(text)?;
    Some(Ran {
        build_args: Vec::new(),
        shell: Some(shell),
        command,
    })
}

/// `|N NAME=VALUE … command`. Values may hold spaces, so that the last one ends
/// where a shell begins, or, without any, at the next space.
fn with_build_args(text: &str) -> Option<Ran<'_>> {
    let (count, rest) = text.strip_prefix('|')?.split_once(' ')?;
    let count: usize = count.parse().ok()?;
    let mut starts = Vec::new();
    let mut unquoted = None;
    for (at, word) in words(rest) {
        if starts.len() < count {
            if name(word).is_some() {
                starts.push(at);
            } else if starts.is_empty() {
                return None;
            }
            continue;
        }
        unquoted = unquoted.or(Some(at));
        let command = rest.get(at..)?;
        if let Some((shell, command)) = shell(command) {
            return Some(Ran {
                build_args: between(rest, &starts, at),
                shell: Some(shell),
                command,
            });
        }
    }
    let end = unquoted.unwrap_or(rest.len());
    (starts.len() == count).then(|| Ran {
        build_args: between(rest, &starts, end),
        shell: None,
        command: rest.get(end..).unwrap_or_default(),
    })
}

fn between<'a>(text: &'a str, starts: &[usize], end: usize) -> Vec<&'a str> {
    let ends = starts.iter().skip(1).copied().chain([end]);
    let parts = starts.iter().zip(ends);
    parts
        .filter_map(|(&start, end)| Some(text.get(start..end)?.trim_end_matches(' ')))
        .collect()
}

/// Words between single spaces, with their offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(' ').map(move |word| {
        let start = at;
        at += word.len() + 1;
        (start, word)
    })
}

/// The name of `NAME=VALUE`.
pub(super) fn name(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let is_name = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-' | '/')
    };
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    (starts_well && name.chars().all(is_name)).then_some(name)
}

/// The shell that a command line begins with, up to the flag that takes the
/// command, and the command.
fn shell(text: &str) -> Option<(&str, &str)> {
    let mut words = words(text);
    let (_, program) = words.next()?;
    let kind = Kind::of(program)?;
    let mut takes_value = false;
    for (at, word) in words {
        if kind.takes_command(word) {
            let end = at + word.len();
            let command = text.get(end..)?;
            return Some((text.get(..end)?, command.strip_prefix(' ').unwrap_or("")));
        }
        if !takes_value && !kind.is_flag(word) {
            return None;
        }
        // `-o pipefail`, `-euo pipefail`
        takes_value = !takes_value && kind == Kind::Posix && word.ends_with('o');
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Posix,
    Cmd,
    PowerShell,
}

impl Kind {
    fn of(program: &str) -> Option<Self> {
        let name = program.rsplit(['/', '\\']).next()?.to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "mksh" => Some(Self::Posix),
            "cmd" => Some(Self::Cmd),
            "powershell" | "pwsh" => Some(Self::PowerShell),
            _ => None,
        }
    }

    fn takes_command(self, word: &str) -> bool {
        match self {
            Self::Posix => word.strip_prefix('-').is_some_and(|flags| {
                flags.contains('c') && flags.chars().all(|flag| flag.is_ascii_alphabetic())
            }),
            Self::Cmd => word.eq_ignore_ascii_case("/c"),
            Self::PowerShell => {
                word.eq_ignore_ascii_case("-command") || word.eq_ignore_ascii_case("-c")
            }
        }
    }

    fn is_flag(self, word: &str) -> bool {
        match self {
            Self::Posix => word.starts_with(['-', '+']),
            Self::Cmd => word.starts_with('/'),
            Self::PowerShell => word.starts_with('-'),
        }
    }
}

fn is_powershell(shell: &str) -> bool {
    words(shell)
        .next()
        .is_some_and(|(_, program)| Kind::of(program) == Some(Kind::PowerShell))
}
