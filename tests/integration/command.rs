//! The native command, run as a process.

mod content;

use std::io::Write;
use std::process::{Command, Output, Stdio};

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
    assert!(!lines(&["tree", &path]).iter().any(has_digest));
    let files = |line: &&Value| line["type"] == "file";
    let with = lines(&["tree", "--digests", &path]);
    assert!(with.iter().filter(files).all(has_digest));
    let layer = lines(&["tree", "--layer", "1", &path]);
    assert!(!layer.is_empty());
    assert!(
        layer
            .iter()
            .all(|line| line["layer"].is_null() || line["layer"] == 1)
    );
    assert_eq!(code(&["tree", "--layer", "9", &path]), Some(2));
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
