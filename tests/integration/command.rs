//! The native command, run as a process.

mod cache;
mod cache_key;
mod checksum;
mod content;
mod store;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use oci_lens::report::{HiddenView, StoryView, WasteView};
use serde_json::Value;

use crate::support::files;

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oci-lens"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("there is a pipe");
    let input = input.to_vec();
    // A command that fails early does not read to the end.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the writer ends");
    output
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}/image.tar", files::root())
}

fn code(arguments: &[&str]) -> Option<i32> {
    run(arguments, &[]).status.code()
}

#[test]
fn the_exit_status_says_what_a_script_may_conclude() {
    let cases = [
        ("hello-oci-archive", 0),
        ("hello-multiarch", 0),
        ("hello-docker-archive", 0),
        ("outer-zstd", 0),
        ("broken-config-missing", 1),
        ("broken-diffid-mismatch", 1),
        ("broken-layer-bitflip", 1),
        ("broken-layer-missing", 1),
        ("broken-layer-size-wrong", 1),
        ("broken-manifest-missing", 1),
        ("broken-outer-truncated", 2),
        ("hello-encrypted", 3),
    ];
    for (name, expected) in cases {
        assert_eq!(code(&["report", &fixture(name)]), Some(expected), "{name}");
    }
}

#[test]
fn the_report_does_not_depend_on_the_number_of_workers() {
    for name in ["weird", "hello-nested-index", "hello-docker-archive-multi"] {
        let outputs = ["1", "2", "4"]
            .map(|workers| run(&["report", "--workers", workers, &fixture(name)], &[]).stdout);
        let [one, two, four] = &outputs;
        assert!(!one.is_empty(), "{name}");
        assert_eq!(one, two, "{name}");
        assert_eq!(one, four, "{name}");
    }
}

#[test]
fn a_pipe_a_file_and_a_folder_give_the_same_blobs() {
    let path = fixture("hello-oci-archive");
    let bytes = files::read_absolute(&path);
    let folder = tempfile::tempdir().expect("a folder can be made");
    unpack(&bytes, folder.path());
    let blobs = |output: Output| {
        assert_eq!(output.status.code(), Some(0));
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
        assert_eq!(report["schema"], "oci-lens/report/v1");
        report["blobs"].clone()
    };
    let file = blobs(run(&["report", &path], &[]));
    assert_eq!(file, blobs(run(&["report", "-"], &bytes)));
    let folder = folder.path().to_string_lossy().into_owned();
    assert_eq!(file, blobs(run(&["report", &folder], &[])));
}

fn unpack(tar: &[u8], folder: &std::path::Path) {
    tar::Archive::new(tar)
        .unpack(folder)
        .expect("the fixture is a tar");
}

#[test]
fn a_tree_needs_one_image_and_lists_those_there_are() {
    let path = fixture("hello-multiarch");
    let output = run(&["tree", &path], &[]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("the message is text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines.first(),
        Some(&"error: several-images: several images; choose one with --image or --platform:")
    );
    assert_eq!(lines.len(), 11, "{text}");
}

#[test]
fn an_image_is_chosen_by_number_digest_id_name_and_platform() {
    let path = fixture("hello-multiarch");
    let report = run(&["report", &path], &[]);
    let report: Value = serde_json::from_slice(&report.stdout).expect("a report is JSON");
    let image = &report["images"][1];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let platform = &image["platform"];
    let platform = [
        &platform["os"],
        &platform["architecture"],
        &platform["variant"],
    ];
    let platform: Vec<String> = platform.iter().map(|part| text(part)).collect();
    let by_number = run(&["tree", &path, "--image", "1"], &[]).stdout;
    assert!(!by_number.is_empty());
    let choices: [&[&str]; 4] = [
        &["--image", &text(&image["digest"])],
        &["--image", &text(&image["imageId"])],
        &["--platform", &platform.join("/")],
        &[
            "--image",
            "hello-world:latest",
            "--platform",
            &platform.join("/"),
        ],
    ];
    for choice in choices {
        let arguments: Vec<&str> = ["tree", &path].iter().chain(choice).copied().collect();
        assert_eq!(run(&arguments, &[]).stdout, by_number, "{choice:?}");
    }
    assert_eq!(code(&["tree", &path, "--image", "no-such-name"]), Some(2));
}

#[test]
fn digests_come_only_when_asked_for_and_layers_one_at_a_time() {
    let path = fixture("weird");
    let lines = |arguments: &[&str]| -> Vec<Value> {
        let output = run(arguments, &[]).stdout;
        let text = String::from_utf8(output).expect("lines are text");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a line is JSON"))
            .collect()
    };
    let has_digest = |line: &Value| line.get("sha256").is_some();
    assert!(!lines(&["tree", "--json", &path]).iter().any(has_digest));
    let files = |line: &&Value| line["type"] == "file";
    let with = lines(&["tree", "--json", "--digests", &path]);
    assert!(with.iter().filter(files).all(has_digest));
    let layer = lines(&["tree", "--json", "--layer", "1", &path]);
    assert!(!layer.is_empty());
    assert!(
        layer
            .iter()
            .all(|line| line["layer"].is_null() || line["layer"] == 1)
    );
    assert_eq!(code(&["tree", "--layer", "9", &path]), Some(2));
}

#[test]
fn a_tree_is_read_by_people_a_line_each() {
    let path = fixture("weird");
    let text = |arguments: &[&str]| -> Vec<String> {
        let arguments: Vec<&str> = ["tree", &path].iter().chain(arguments).copied().collect();
        let output = run(&arguments, &[]);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let text = String::from_utf8(output.stdout).expect("lines are text");
        text.lines().map(str::to_owned).collect()
    };
    let all = text(&[]);
    let json = run(&["tree", "--json", &path], &[]).stdout;
    assert_eq!(all.len(), json.split(|&byte| byte == b'\n').count() - 1);
    for (path, expected) in [
        (
            "/dev/null",
            "crw-r--r--   0         0:0         1, 3 2026-11-21 04:32:48 /dev/null",
        ),
        (
            "/links/loop",
            "lrwxrwxrwx   0         0:0            0 2000-01-01 00:00:00 /links/loop -> loop",
        ),
        (
            "/links/hb2",
            "-rw-r--r--   0         0:0       100000 2026-11-21 04:32:48 /links/hb2, \
             hardlink to /links/hb1",
        ),
    ] {
        let line = all.iter().find(|line| line.contains(&format!(" {path}")));
        assert_eq!(line.map(String::as_str), Some(expected));
    }
    assert!(
        text(&["--digests"])
            .iter()
            .any(|line| line.contains(", sha256:"))
    );
    let changed = text(&["--first", "1", "--changes", "removed"]);
    assert!(!changed.is_empty() && changed.iter().all(|line| line.starts_with("removed   ")));
}

#[test]
fn a_tree_is_that_of_some_layers_sorted_and_filtered_as_asked_for() {
    let path = fixture("weird");
    let lines = |arguments: &[&str]| -> Vec<Value> {
        let arguments: Vec<&str> = ["tree", "--json", &path]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let output = run(&arguments, &[]);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let text = String::from_utf8(output.stdout).expect("lines are text");
        let line = |line| serde_json::from_str(line).expect("a line is JSON");
        text.lines().map(line).collect()
    };
    let without_change = |lines: Vec<Value>| -> Vec<Value> {
        let without = |mut line: Value| {
            let change = line.as_object_mut().and_then(|line| line.remove("change"));
            assert!(change.is_some());
            line
        };
        lines.into_iter().map(without).collect()
    };
    let count = |lines: &[Value], change: &str| {
        let count = lines.iter().filter(|line| line["change"] == change);
        count.count()
    };
    let report = run(&["report", &path], &[]).stdout;
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    let changes = &report["images"][0]["layers"][1]["changes"];

    let all = lines(&[]);
    assert_eq!(without_change(lines(&["--first", "0"])), all);
    assert_eq!(without_change(lines(&["--last", "2"])), all);
    let second = lines(&["--first", "1", "--last", "1"]);
    for change in ["added", "modified", "unchanged"] {
        assert_eq!(count(&second, change) as u64, changes[change], "{change}");
    }
    let removed = lines(&[
        "--first",
        "1",
        "--last",
        "1",
        "--changes",
        "removed,modified",
    ]);
    assert_eq!(count(&removed, "removed") as u64, changes["removed"]);
    assert_eq!(count(&removed, "modified") as u64, changes["modified"]);

    let of_type = |line: &Value| line["type"] == "symlink";
    let symlinks: Vec<Value> = all.iter().filter(|line| of_type(line)).cloned().collect();
    let name = symlinks[0]["path"].as_str().expect("a path").to_owned();
    let found = lines(&["--filter", &format!("/{name}")]);
    assert_eq!(found, symlinks[..1]);
    let mut by_size = lines(&["--sort", "size", "--descending"]);
    assert_ne!(by_size, all);
    by_size.sort_by_key(|line| line.to_string());
    let mut sorted = all;
    sorted.sort_by_key(|line| line.to_string());
    assert_eq!(by_size, sorted);

    for arguments in [
        &["--first", "3"] as &[&str],
        &["--last", "3"],
        &["--filter", "(", "--kind", "regex"],
        &["--sort", "colour"],
        &["--layer", "0", "--first", "0"],
    ] {
        let arguments: Vec<&str> = ["tree", &path].iter().chain(arguments).copied().collect();
        assert_eq!(code(&arguments), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_no_archive_is_called_by_its_name_with_commands_that_help() {
    let output = run(&["report", "-"], b"\x89PNG\r\n\x1a\n and so on");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("the message is text");
    let starts = [
        "error: not-an-archive: ",
        "it seems to be a PNG",
        "archives that open are made by, for example:",
        "  docker save",
    ];
    for (line, start) in text.lines().zip(starts) {
        assert!(line.starts_with(start), "{text}");
    }
}

/// The lines of a command's output.
fn lines(arguments: &[&str]) -> Vec<String> {
    let output = run(arguments, &[]);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    let text = String::from_utf8(output.stdout).expect("output is text");
    text.lines().map(str::to_owned).collect()
}

fn json<T: serde::de::DeserializeOwned>(arguments: &[&str]) -> T {
    serde_json::from_str(&lines(arguments).join("\n")).expect("output is JSON")
}

#[test]
fn a_story_is_told_for_reading_and_as_json() {
    let path = fixture("weird");
    assert_eq!(
        lines(&["story", &path, "/xattr/user"]),
        [
            "/xattr/user",
            "  layer 0: made, -rw-r--r-- 0:0 2 bytes, sha256:ea46748e171abd2dd4dba5b86bb6589334d86bba2df8d50cbb16b36c83b0856a",
            "  layer 1: attributes, -rw-r--r-- 0:0 2 bytes, sha256:ea46748e171abd2dd4dba5b86bb6589334d86bba2df8d50cbb16b36c83b0856a",
            "    mtime: 1795235568584351829 -> 1795235569000000000",
            "    xattrs: trusted.note=t, user.binary=\\u{0}\\xff\\u{a}=\\u{0}, user.comment=héllo -> trusted.note=t, user.binary=\\u{0}\\xff\\u{a}=\\u{0}",
        ]
    );
    let hidden = lines(&["story", &path, "names/CON"]);
    assert_eq!(
        (
            hidden.first().map(String::as_str),
            hidden.last().map(String::as_str)
        ),
        (
            Some("/names/CON (hidden)"),
            Some("  layer 2: hidden, by the whiteout /names/.wh.CON")
        )
    );
    let story: StoryView = json(&["story", "--json", &path, "links/hb2"]);
    assert!(story.present && story.steps.len() == 1);
    let shares: Vec<&str> = story
        .hardlinks
        .iter()
        .map(|path| path.path.as_str())
        .collect();
    assert_eq!(shares, ["links/hb1"]);
    let never = run(&["story", &path, "no/such/path"], &[]);
    assert_eq!(never.status.code(), Some(2));
    let message = String::from_utf8(never.stderr).expect("the message is text");
    assert_eq!(
        message,
        "error: no-such-path: no layer that was read has \"no/such/path\"\n"
    );
}

#[test]
fn waste_and_hidden_entries_are_told_for_reading_and_as_json() {
    let path = fixture("weird");
    let text = lines(&["waste", &path]);
    let waste: WasteView = json(&["waste", "--json", &path]);
    assert_eq!(
        text.first(),
        Some(&format!(
            "{} of {} bytes are not shown: efficiency {}",
            waste.wasted, waste.total, waste.efficiency
        ))
    );
    let same = "           5   layer 0, in layer 1 replaced, with the same content";
    assert!(text.iter().any(|line| line == same), "{text:#?}");
    let hidden: Vec<HiddenView> = lines(&["hidden", "--json", &path])
        .iter()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let bytes: u64 = hidden
        .iter()
        .map(|hidden| hidden.wasted.parse::<u64>().expect("a number"))
        .sum();
    assert_eq!(bytes.to_string(), waste.wasted);
    let text = lines(&["hidden", &path]);
    assert_eq!(text.len(), hidden.len());
    let line = "           2 -rw-r--r-- /names/CON: layer 0, hidden in layer 2, by the whiteout /names/.wh.CON";
    assert!(text.iter().any(|found| found == line), "{text:#?}");
}

#[test]
fn compare_says_by_its_exit_status_whether_anything_differs() {
    let compare = |left: &str, right: &str, more: &[&str]| {
        let (left, right) = (fixture(left), fixture(right));
        let arguments = ["compare", &left, &right]
            .into_iter()
            .chain(more.iter().copied());
        run(&arguments.collect::<Vec<_>>(), &[])
    };
    let cases: [(&str, &str, &[&str], i32); 8] = [
        ("hello-oci-archive", "hello-oci-archive", &[], 0),
        ("hello-oci-archive", "outer-zstd", &[], 0),
        ("hello-oci-archive", "weird", &[], 1),
        ("weird", "weird-pax", &["--json"], 1),
        (
            "hello-multiarch",
            "hello-multiarch",
            &["--image-a", "0", "--image-b", "1"],
            1,
        ),
        ("hello-multiarch", "hello-multiarch", &[], 2),
        (
            "hello-multiarch",
            "hello-multiarch",
            &["--platform", "linux/s390x"],
            0,
        ),
        ("broken-layer-missing", "broken-layer-missing", &[], 2),
    ];
    for (left, right, more, expected) in cases {
        let output = compare(left, right, more);
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{left} {right} {more:?}"
        );
    }
    let same = compare("hello-oci-archive", "hello-oci-archive", &[]).stdout;
    let same = String::from_utf8(same).expect("text");
    assert!(
        same.starts_with("cache same-reference  reference=sha256:"),
        "{same}"
    );
    let lines = compare("weird", "weird-pax", &["--json"]).stdout;
    let lines = String::from_utf8(lines).expect("text");
    let mut lines = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let view = lines.next().expect("the comparison");
    let counts = &view["tree"];
    let sum =
        ["added", "modified", "removed"].map(|name| counts[name].as_u64().unwrap_or_default());
    assert_eq!(lines.count() as u64, sum.iter().sum::<u64>());
}

#[test]
fn dockerfiles_paths_and_summaries_are_text_or_json() {
    let hello = fixture("hello-docker-archive");
    let text = |arguments: &[&str]| {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let dockerfile = text(&["dockerfile", &hello]);
    assert!(dockerfile.ends_with("\nCOPY hello /\n"), "{dockerfile}");
    let view: Value = serde_json::from_str(&text(&["dockerfile", "--json", &hello])).expect("JSON");
    let lines = view["lines"].as_array().expect("lines").iter();
    let lines = lines.map(|line| line["text"].as_str().expect("text"));
    assert!(dockerfile.ends_with(&(lines.collect::<Vec<_>>().join("\n") + "\n")));

    assert_eq!(text(&["paths", &hello]), "hello\n");
    let csv = text(&["paths", "--csv", "--digests", &hello]);
    assert_eq!(csv.matches("\r\n").count(), 2);

    let summary = text(&["report", "--format", "markdown", &hello]);
    assert!(summary.starts_with("## Image archive\n"), "{summary}");
    assert_eq!(
        text(&["report", "--format", "json", &hello]),
        text(&["report", &hello])
    );
}

// Sizes and names as the archive's own documents state them; no layer is read for it.
#[test]
fn a_poster_says_what_is_known_of_an_archive_without_its_layers() {
    let archive = fixture("hello-oci-archive");
    let printed = run(&["poster", &archive, "--name", "hello"], &[]).stdout;
    let poster: Value = serde_json::from_slice(&printed).expect("a poster is JSON");
    let expected = serde_json::json!({
        "schema": "oci-lens/poster/v1",
        "name": "hello",
        "size": 8704,
        "images": [{
            "names": ["hello-world:latest"],
            "platform": { "os": "linux", "architecture": "amd64" },
            "layers": [1065],
        }],
    });
    assert_eq!(poster, expected);
    let unnamed = run(&["poster", &archive], &[]).stdout;
    let unnamed: Value = serde_json::from_slice(&unnamed).expect("a poster is JSON");
    assert_eq!(unnamed["name"], "image.tar");
}
