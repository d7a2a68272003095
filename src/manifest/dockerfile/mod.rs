//! A Dockerfile made up from an image's history: a line for each entry, tied to
//! the layer that it made, and what the history does not tell as codes.
//!
//! It is for reading, and builds again only where nothing was lost.

mod instruction;
mod run;

use std::collections::BTreeSet;

use super::Config;
use super::command::command;
use super::history::{HistoryEntry, HistoryLayers, layers_of_history};
use super::quoted;
use crate::report::{Annotation, CommandView, DockerfileLine, DockerfileView};
use instruction::Names;

/// image-spec `annotations.md`, "Pre-Defined Annotation Keys".
const BASE_NAME: &str = "org.opencontainers.image.base.name";

/// What a Dockerfile is made up from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The history, oldest first.
    pub history: &'a [HistoryEntry],
    /// Number of layers.
    pub layers: usize,
    /// The config, where there is one.
    pub config: Option<&'a Config>,
    /// Annotations of the manifest.
    pub annotations: &'a [Annotation],
}

/// Makes up a Dockerfile.
pub fn dockerfile(origin: &Origin<'_>) -> DockerfileView {
    let HistoryLayers { layers, mismatch } = layers_of_history(origin.history, origin.layers);
    let mut writer = Writer::new(origin);
    if mismatch.is_some() || origin.history.is_empty() {
        writer.caveats.insert("history-missing");
    }
    for ((number, entry), layer) in (0_u32..).zip(origin.history).zip(&layers) {
        let layer = layer.and_then(|layer| u32::try_from(layer).ok());
        writer.entry(number, layer, entry);
    }
    let told = layers.iter().flatten().count();
    for layer in told..origin.layers {
        writer.lines.push(DockerfileLine {
            history: None,
            layer: u32::try_from(layer).ok(),
            command: nothing(),
            text: "# not in the history".to_owned(),
        });
    }
    let base = base(origin);
    if base.is_none() {
        writer.caveats.insert("base-unknown");
    }
    DockerfileView {
        base,
        lines: writer.lines,
        caveats: writer.caveats.into_iter().map(ToOwned::to_owned).collect(),
    }
}

/// The base image's name. buildah notes it in the comment of the first entry
/// on top of the base; those above it name images by ID.
fn base(origin: &Origin<'_>) -> Option<String> {
    let annotation = origin
        .annotations
        .iter()
        .find(|annotation| annotation.key == BASE_NAME)
        .map(|annotation| annotation.value.clone());
    let label = || origin.config?.runtime.labels.get(BASE_NAME).cloned();
    let comment = || {
        origin.history.iter().rev().find_map(|entry| {
            let name = entry.comment.as_deref()?.strip_prefix("FROM ")?;
            name.contains(['/', ':', '.']).then(|| name.to_owned())
        })
    };
    annotation.or_else(label).or_else(comment)
}

fn nothing() -> CommandView {
    CommandView {
        instruction: String::new(),
        arguments: String::new(),
        shell: None,
        build_args: Vec::new(),
        buildkit: false,
    }
}

struct Writer<'a> {
    names: Names<'a>,
    /// The words of the last `SHELL`; none for the default.
    shell: Option<Vec<String>>,
    lines: Vec<DockerfileLine>,
    caveats: BTreeSet<&'static str>,
}

impl<'a> Writer<'a> {
    fn new(origin: &Origin<'a>) -> Self {
        Self {
            names: origin.config.map(Names::of).unwrap_or_default(),
            shell: None,
            lines: Vec::new(),
            caveats: BTreeSet::new(),
        }
    }

    fn entry(&mut self, number: u32, layer: Option<u32>, entry: &HistoryEntry) {
        let comment = entry.comment.as_deref().unwrap_or_default();
        // `docker build --squash`: moby `daemon/images/image_squash.go`.
        if comment.starts_with("merge sha256:") {
            self.caveats.insert("squashed");
        }
        let found = command(entry);
        let text = match &found {
            None => {
                self.caveats.insert("history-missing");
                remark(comment)
            }
            Some(command) if command.instruction.is_empty() => {
                self.caveats.insert("not-dockerfile");
                remark(&command.arguments)
            }
            Some(command) => self.text(command),
        };
        self.lines.push(DockerfileLine {
            history: Some(number),
            layer,
            command: found.unwrap_or_else(nothing),
            text,
        });
    }

    fn text(&mut self, command: &CommandView) -> String {
        self.note(command);
        let written = match command.instruction.as_str() {
            "RUN" => return run::text(command, self.shell.as_deref()),
            "CMD" | "ENTRYPOINT" => instruction::list(&command.arguments, self.shell.as_deref()),
            "SHELL" => {
                let shell = instruction::shell(&command.arguments);
                let written = quoted::list(&shell);
                self.shell = Some(shell);
                written
            }
            "ENV" => instruction::pairs(&command.arguments, &self.names.env),
            "LABEL" => instruction::pairs(&command.arguments, &self.names.labels),
            "EXPOSE" => instruction::ports(&command.arguments),
            "VOLUME" => instruction::volumes(&command.arguments),
            "HEALTHCHECK" => instruction::healthcheck(&command.arguments),
            "ADD" | "COPY" => instruction::copy(&command.arguments),
            _ => command.arguments.clone(),
        };
        // One that would begin another line, and with it another instruction.
        if written.contains(['\n', '\r']) {
            self.caveats.insert("line-breaks");
        }
        let written = written.replace('\r', "\\r").replace('\n', "\\n");
        format!("{} {written}", command.instruction)
            .trim_end()
            .to_owned()
    }

    fn note(&mut self, command: &CommandView) {
        let arguments = command.arguments.as_str();
        match command.instruction.as_str() {
            "RUN" => {
                if command.buildkit {
                    // `--mount`, `--network` and `--security` leave no trace.
                    self.caveats.insert("run-flags-unknown");
                }
                if command.buildkit && command.shell.is_none() {
                    self.caveats.insert("run-words-unknown");
                }
                if arguments.starts_with("/dev/pipes/") {
                    self.caveats.insert("heredoc-unknown");
                }
            }
            "ADD" | "COPY" => {
                if instruction::is_digest_source(arguments) {
                    self.caveats.insert("files-unknown");
                } else if command.buildkit && command.instruction == "COPY" {
                    self.caveats.insert("stages-unknown");
                }
                if arguments.split(' ').any(|word| word.starts_with("<<")) {
                    self.caveats.insert("heredoc-unknown");
                }
            }
            _ => {}
        }
    }
}

/// Text as comment lines.
fn remark(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(|line| format!("# {line}"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim_end().to_owned()
}
