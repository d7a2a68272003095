//! Commands of history entries, and Dockerfiles made up from them.

use oci_lens::limits::Limits;
use oci_lens::manifest::Config;
use oci_lens::manifest::command::command;
use oci_lens::manifest::dockerfile::{Origin, dockerfile};
use oci_lens::manifest::history::HistoryEntry;
use oci_lens::report::{CommandView, DockerfileView};
use serde::Deserialize;

use crate::support::{files, inspect};

fn entry(created_by: &str) -> HistoryEntry {
    HistoryEntry {
        created_by: Some(created_by.to_owned()),
        ..HistoryEntry::default()
    }
}

fn of_history(history: &[HistoryEntry], layers: usize, config: Option<&Config>) -> DockerfileView {
    dockerfile(&Origin {
        history,
        layers,
        config,
        annotations: &[],
    })
}

/// What was recorded, and instruction, arguments, shell, build arguments, BuildKit.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    bool,
);

const SH: Option<&str> = Some("/bin/sh -c");

const COMMANDS: &[Case] = &[
    // moby builder/dockerfile/internals.go, withCmdComment and withCmdCommentString
    (
        r#"/bin/sh -c #(nop)  CMD ["sh"]"#,
        "CMD",
        r#"["sh"]"#,
        None,
        &[],
        false,
    ),
    (
        "/bin/sh -c #(nop) ADD file:ab in / ",
        "ADD",
        "file:ab in /",
        None,
        &[],
        false,
    ),
    (
        "/bin/bash -o pipefail -c #(nop)  ENV A=1",
        "ENV",
        "A=1",
        None,
        &[],
        false,
    ),
    (r#"cmd /S /C #(nop)  USER x"#, "USER", "x", None, &[], false),
    (
        "powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  USER x",
        "USER",
        "x",
        None,
        &[],
        false,
    ),
    // the mark alone makes no instruction
    (
        "/bin/sh -c echo '#(nop) CMD x'",
        "RUN",
        "echo '#(nop) CMD x'",
        SH,
        &[],
        false,
    ),
    ("/bin/sh -c #(nop) thing", "", "thing", None, &[], false),
    // moby prependEnvOnCmd, BuildKit runCommandString
    ("/bin/sh -c a && b", "RUN", "a && b", SH, &[], false),
    ("|1 A=b /bin/sh -c x", "RUN", "x", SH, &["A=b"], false),
    (
        "RUN |3 A=b c B= C=d=e /bin/sh -c x /bin/sh -c y # buildkit",
        "RUN",
        "x /bin/sh -c y",
        SH,
        &["A=b c", "B=", "C=d=e"],
        true,
    ),
    ("|1 A=b make all", "RUN", "make all", None, &["A=b"], false),
    ("|0 /bin/sh -c x", "RUN", "x", SH, &[], false),
    (
        "|2 A=b /bin/sh -c x",
        "",
        "|2 A=b /bin/sh -c x",
        None,
        &[],
        false,
    ),
    ("|x y", "", "|x y", None, &[], false),
    // BuildKit commitToHistory
    (
        "RUN /bin/sh -c apk add git # buildkit",
        "RUN",
        "apk add git",
        SH,
        &[],
        true,
    ),
    (
        "RUN apk add git # buildkit",
        "RUN",
        "apk add git",
        None,
        &[],
        true,
    ),
    (
        "RUN /bin/bash -euxo pipefail -c a # b # buildkit",
        "RUN",
        "a # b",
        Some("/bin/bash -euxo pipefail -c"),
        &[],
        true,
    ),
    (
        "RUN /busybox/sh -c x # buildkit",
        "RUN",
        "x",
        Some("/busybox/sh -c"),
        &[],
        true,
    ),
    (
        "RUN bash script.sh -c # buildkit",
        "RUN",
        "bash script.sh -c",
        None,
        &[],
        true,
    ),
    (
        r"RUN C:\Windows\System32\cmd.exe /S /c dir # buildkit",
        "RUN",
        "dir",
        Some(r"C:\Windows\System32\cmd.exe /S /c"),
        &[],
        true,
    ),
    (
        "RUN pwsh -NoProfile -Command Get-Date # buildkit",
        "RUN",
        "Get-Date",
        Some("pwsh -NoProfile -Command"),
        &[],
        true,
    ),
    (
        "RUN /bin/sh -c a\nb\n # buildkit",
        "RUN",
        "a\nb",
        SH,
        &[],
        true,
    ),
    ("COPY a b / # buildkit", "COPY", "a b /", None, &[], true),
    ("WORKDIR /srv", "WORKDIR", "/srv", None, &[], false),
    // no Dockerfile's
    ("bazel build ...", "", "bazel build ...", None, &[], false),
    (
        "BusyBox 1.38.0 (glibc), Debian 13",
        "",
        "BusyBox 1.38.0 (glibc), Debian 13",
        None,
        &[],
        false,
    ),
    ("RUNNER x", "", "RUNNER x", None, &[], false),
    ("run x", "", "run x", None, &[], false),
    ("CMD", "CMD", "", None, &[], false),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    builder: String,
    created_by: String,
    dockerfile: String,
}

/// Words, whatever is between them.
fn words(text: &str) -> Vec<&str> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Every word of `text` is in `whole`, in this order.
fn holds(whole: &str, text: &str) -> bool {
    let mut there = words(whole).into_iter();
    words(text)
        .into_iter()
        .all(|word| there.any(|other| other == word))
}

fn whole(command: &CommandView) -> String {
    let shell = command.shell.iter().map(String::as_str);
    let parts = [command.instruction.as_str()].into_iter();
    let parts = parts.chain(command.build_args.iter().map(String::as_str));
    let parts = parts.chain(shell).chain([command.arguments.as_str()]);
    parts.collect::<Vec<_>>().join(" ")
}

/// What builders add, which is not of the command.
fn without_marks(recorded: &str) -> String {
    let unmarked = recorded
        .trim()
        .strip_suffix("# buildkit")
        .unwrap_or(recorded);
    let unmarked = match unmarked.split_once("#(nop)") {
        Some((_, rest)) => rest,
        None => unmarked,
    };
    let run = unmarked.strip_prefix("RUN ").unwrap_or(unmarked);
    match run.strip_prefix('|') {
        Some(args) => args.split_once(' ').map_or("", |(_, rest)| rest).to_owned(),
        None => run.to_owned(),
    }
}

fn check_folder(folder: &str) -> usize {
    let mut entries = 0;
    for name in files::list(folder) {
        let path = format!("{folder}/{name}/image.tar");
        if !files::exists(&path) {
            continue;
        }
        let Ok(inspection) = inspect::open(files::read_absolute(&path)) else {
            continue;
        };
        for image in inspection.report().images {
            let view = inspection.dockerfile(image.number).expect("an image");
            let of_entry = view.lines.iter().filter(|line| line.history.is_some());
            assert_eq!(of_entry.clone().count(), image.history.len(), "{name}");
            for (line, entry) in of_entry.zip(&image.history) {
                entries += 1;
                assert_eq!(line.layer, entry.layer, "{name}");
                let Some(recorded) = entry.created_by.as_deref().filter(|text| !text.is_empty())
                else {
                    assert_eq!(entry.command, None, "{name}");
                    continue;
                };
                let command = entry.command.as_ref().expect("a command");
                assert_eq!(command, &line.command, "{name}");
                let recorded = without_marks(recorded);
                assert!(
                    holds(&whole(command), &recorded),
                    "{name}: {recorded}: {command:?}"
                );
                let joined = line.text.replace("\\\n", "");
                // moby's `file:DIGEST in DESTINATION`, and the shell form's shell.
                let arguments = match command.instruction.as_str() {
                    "ADD" | "COPY" => command.arguments.replacen(" in ", " ", 1),
                    "CMD" => command.arguments.replacen(r#""/bin/sh" "-c""#, "", 1),
                    _ => command.arguments.clone(),
                };
                assert!(
                    holds(&joined, &arguments),
                    "{name}: {recorded}: {}",
                    line.text
                );
            }
            let layers: Vec<u32> = view.lines.iter().filter_map(|line| line.layer).collect();
            let all: Vec<u32> = (0_u32..).take(image.layers.len()).collect();
            assert_eq!(layers, all, "{name}: every layer has its line");
        }
    }
    entries
}

cases! {
    fn noise_is_folded_and_the_instruction_told() {
        for (recorded, instruction, arguments, shell, build_args, buildkit) in COMMANDS {
            let expected = CommandView {
                instruction: (*instruction).to_owned(),
                arguments: (*arguments).to_owned(),
                shell: shell.map(ToOwned::to_owned),
                build_args: build_args.iter().map(ToString::to_string).collect(),
                buildkit: *buildkit,
            };
            assert_eq!(command(&entry(recorded)), Some(expected), "{recorded}");
        }
    }

    fn what_is_not_recorded_is_no_command() {
        assert_eq!(command(&HistoryEntry::default()), None);
        assert_eq!(command(&entry(" ")), None);
    }

    fn the_comment_tells_buildkit_and_the_author_kaniko() {
        let mut by = entry("CMD x");
        by.comment = Some("buildkit.dockerfile.v0".to_owned());
        assert!(command(&by).expect("a command").buildkit);
        let mut by = entry("run a && b");
        by.author = Some("kaniko".to_owned());
        let command = command(&by).expect("a command");
        assert_eq!((command.instruction.as_str(), command.arguments.as_str()), ("RUN", "a && b"));
    }

    fn what_builders_record_becomes_the_instruction_again() {
        for form in files::vectors::<Vec<Form>>("history_forms") {
            let view = of_history(&[entry(&form.created_by)], 1, None);
            let lines: Vec<&str> = view.lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(lines, [form.dockerfile], "{}: {}", form.builder, form.created_by);
        }
    }

    fn the_config_tells_where_one_value_ends() {
        let config = br#"{"architecture":"x","os":"linux","rootfs":{"type":"layers","diff_ids":[]},
            "config":{"Env":["A=x b=c d","B=1"],"Labels":{"l":"p=q"}}}"#;
        let config = Config::parse(&config[..], &Limits::default()).expect("a config").value;
        let history = [entry("ENV A=x b=c d B=1"), entry("LABEL l=p=q m=n")];
        let view = of_history(&history, 0, Some(&config));
        let lines: Vec<&str> = view.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, [r#"ENV A="x b=c d" B=1"#, r#"LABEL l="p=q m=n""#]);
    }

    fn shell_changes_how_run_and_cmd_are_written() {
        let history = [
            entry("SHELL [/bin/bash -o pipefail -c]"),
            entry("RUN /bin/bash -o pipefail -c a | b # buildkit"),
            entry(r#"CMD ["/bin/bash" "-o" "pipefail" "-c" "x"]"#),
            entry("RUN /bin/sh -c plain # buildkit"),
            entry("SHELL [powershell -Command $ErrorActionPreference = 'Stop';]"),
            entry("RUN powershell -Command $ErrorActionPreference = 'Stop'; Get-Date # buildkit"),
        ];
        let view = of_history(&history, 6, None);
        let lines: Vec<&str> = view.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, [
            r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#,
            "RUN a | b",
            "CMD x",
            r#"RUN ["/bin/sh", "-c", "plain"]"#,
            r#"SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]"#,
            "RUN Get-Date",
        ]);
    }

    fn run_is_broken_where_it_was_and_before_and() {
        let table = [
            ("a \t\tb \t&& c", "RUN a \\\n\t\tb \\\n\t&& c"),
            ("a   && b", "RUN a \\\n  && b"),
            ("echo 'a  b' \"c  $(d  e)\"  f", "RUN echo 'a  b' \"c  $(d  e)\" \\\n f"),
            ("a  # b", "RUN a  # b"),
            ("a && b", "RUN a && b"),
            (
                "apt-get update && apt-get install -y --no-install-recommends curl 'x && y' && rm -rf /var",
                "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl 'x && y' \\\n    && rm -rf /var",
            ),
        ];
        for (recorded, expected) in table {
            let view = of_history(&[entry(&format!("/bin/sh -c {recorded}"))], 1, None);
            assert_eq!(view.lines[0].text, expected);
            if recorded.contains("  ") {
                assert_eq!(expected.replace("\\\n", ""), format!("RUN {recorded}"));
            }
        }
    }

    fn what_the_history_does_not_tell_is_a_caveat() {
        let digest = "0".repeat(64);
        let table: &[(&str, &str, usize, &[&str])] = &[
            ("CMD x", "", 1, &["base-unknown"]),
            ("CMD x", "", 0, &["base-unknown", "history-missing"]),
            ("", "Imported from -", 1, &["base-unknown", "history-missing"]),
            ("apko", "", 1, &["base-unknown", "not-dockerfile"]),
            ("", "merge sha256:ab to sha256:cd", 1, &["base-unknown", "history-missing", "squashed"]),
            (&format!("/bin/sh -c #(nop) ADD file:{digest} in /"), "", 1, &["base-unknown", "files-unknown"]),
            ("COPY a / # buildkit", "", 1, &["base-unknown", "stages-unknown"]),
            ("COPY <<x / # buildkit", "", 1, &["base-unknown", "heredoc-unknown", "stages-unknown"]),
            ("RUN make # buildkit", "", 1, &["base-unknown", "run-flags-unknown", "run-words-unknown"]),
            (
                "RUN /bin/sh -c /dev/pipes/EOF # buildkit",
                "",
                1,
                &["base-unknown", "heredoc-unknown", "run-flags-unknown"],
            ),
            ("ENV A=b\nRUN evil", "", 1, &["base-unknown", "line-breaks"]),
            ("/bin/sh -c x", "FROM docker.io/library/alpine:3", 1, &[]),
        ];
        for (recorded, comment, layers, caveats) in table {
            let history = HistoryEntry {
                comment: Some((*comment).to_owned()),
                ..entry(recorded)
            };
            let view = of_history(&[history], *layers, None);
            assert_eq!(view.caveats, *caveats, "{recorded}");
            let is_line = |line: &str| line.starts_with(['#', ' ', '\t']) || !line.contains("evil") || line.starts_with("ENV");
            assert!(view.lines[0].text.lines().all(is_line), "{recorded}");
        }
    }

    fn layers_without_an_entry_have_lines_too() {
        let view = of_history(&[entry("COPY a /")], 3, None);
        let lines: Vec<_> = view.lines.iter().map(|line| (line.history, line.layer)).collect();
        assert_eq!(lines, [(Some(0), Some(0)), (None, Some(1)), (None, Some(2))]);
    }

    fn hostile_commands_take_no_time() {
        let long = 1 << 20;
        for text in [
            format!("|9999999 {}", "A=b ".repeat(long / 4)),
            format!("|2 A=b B={}", "sh -a ".repeat(long / 6)),
            format!("/bin/sh -c {}", " ".repeat(long)),
            format!("/bin/sh -c x{}y", " ".repeat(long)),
            format!("/bin/sh -c {}", "( ".repeat(long / 2)),
            format!("HEALTHCHECK &{{[{}", "\"]".repeat(long / 2)),
            format!("CMD [{}", "\"a\" ".repeat(long / 4)),
            format!("ENV {}", "A=b ".repeat(long / 4)),
        ] {
            let view = of_history(&[entry(&text)], 1, None);
            assert_eq!(view.lines.len(), 1);
        }
    }

    fn nothing_of_the_fixtures_histories_is_lost() {
        assert!(check_folder(&format!("{}/tests/fixtures", files::root())) >= 25);
    }

    fn nothing_of_real_histories_is_lost() {
        let Some(folder) = files::corpus() else { return };
        assert!(check_folder(&folder) > 250);
    }
}
