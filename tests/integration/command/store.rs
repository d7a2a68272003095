//! `content`: a store in a folder.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use oci_lens::digest::Digest;
use oci_lens::report::{ContentInfo, ContentList, GcPlan, IngestStatus, Report};
use serde::de::DeserializeOwned;

use super::{fixture, run};

struct Store(tempfile::TempDir);

impl Store {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    fn path(&self) -> String {
        self.0.path().join("store").to_string_lossy().into_owned()
    }

    fn arguments<'a>(&self, path: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["content", "--store", path], arguments].concat()
    }

    /// Status and standard output.
    fn run(&self, arguments: &[&str], input: &[u8]) -> (Option<i32>, String) {
        let path = self.path();
        let output = run(&self.arguments(&path, arguments), input);
        let text = String::from_utf8(output.stdout).expect("the output is text");
        (output.status.code(), text.trim_end().to_owned())
    }

    /// The first word of the error.
    fn fails(&self, arguments: &[&str], input: &[u8]) -> String {
        let path = self.path();
        let output = run(&self.arguments(&path, arguments), input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stderr).expect("the message is text");
        text.split(": ").nth(1).unwrap_or_default().to_owned()
    }

    fn json<T: DeserializeOwned>(&self, arguments: &[&str]) -> T {
        let arguments = [&["--json"], arguments].concat();
        let (code, text) = self.run(&arguments, &[]);
        assert_eq!(code, Some(0), "{arguments:?}");
        serde_json::from_str(&text).expect("the output is JSON")
    }
}

// By GNU sha256sum.
const HELLO: &str = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

#[test]
fn a_blob_is_stored_found_labelled_edited_and_removed() {
    let store = Store::new();
    let ingest = [
        "ingest",
        "r",
        "--expected-digest",
        HELLO,
        "--expected-size",
        "5",
        "--label",
        "k=v",
    ];
    assert_eq!(store.run(&ingest, b"hello"), (Some(0), HELLO.to_owned()));
    assert_eq!(
        store.run(&["get", HELLO], &[]),
        (Some(0), "hello".to_owned())
    );
    let info: ContentInfo = store.json(&["info", HELLO]);
    assert_eq!(
        (info.size, info.read_only, info.labels.len()),
        (5, false, 1)
    );
    assert_eq!(
        store.run(&["list", "-q", "labels.k==v"], &[]),
        (Some(0), HELLO.to_owned())
    );
    assert_eq!(
        store.run(&["ls", "-q", "labels.k!=v"], &[]),
        (Some(0), String::new())
    );
    assert_eq!(store.fails(&["list", "labels."], &[]), "invalid-argument");
    assert_eq!(
        store.run(&["label", HELLO, "k=", "x=y=z"], &[]),
        (Some(0), "x=y=z".to_owned())
    );
    let file = store.0.path().join("edited");
    std::fs::write(&file, b"hello world").expect("the disk is there");
    let file = file.to_string_lossy().into_owned();
    let world = Digest::sha256(b"hello world").to_string();
    assert_eq!(
        store.run(&["edit", HELLO, "--from", &file], &[]),
        (Some(0), world.clone())
    );
    assert_eq!(
        store.fails(&["edit", HELLO, "--from", &file, "--validate"], &[]),
        "json-invalid"
    );
    let edited: ContentInfo = store.json(&["info", &world]);
    assert_eq!(
        edited.labels.first().map(|label| label.key.as_str()),
        Some("x")
    );
    let list: ContentList = store.json(&["list"]);
    assert_eq!(list.blobs.len(), 2);
    assert_eq!(store.run(&["rm", HELLO], &[]), (Some(0), HELLO.to_owned()));
    assert_eq!(store.run(&["delete", HELLO], &[]), (Some(1), String::new()));
    assert_eq!(store.fails(&["info", HELLO], &[]), "not-found");
    assert_eq!(store.fails(&["get", "garbage"], &[]), "invalid-argument");
}

#[cfg(unix)]
#[test]
fn an_editor_is_run_on_the_bytes() {
    let store = Store::new();
    store.run(&["ingest", "r"], b"hello");
    let world = Digest::sha256(b"jello").to_string();
    let edit = ["edit", HELLO, "--editor", "sed -i s/h/j/"];
    assert_eq!(store.run(&edit, &[]), (Some(0), world));
    assert_eq!(
        store.fails(&["edit", HELLO, "--editor", "false"], &[]),
        "editor-failed"
    );
}

#[test]
fn what_is_not_what_was_expected_is_refused_and_nothing_is_left() {
    let store = Store::new();
    for expected in [["--expected-digest", HELLO], ["--expected-size", "4"]] {
        let arguments = [&["ingest", "r"], expected.as_slice()].concat();
        assert_eq!(store.fails(&arguments, b"other"), "failed-precondition");
        let active: Vec<IngestStatus> = store.json(&["active"]);
        let list: ContentList = store.json(&["list"]);
        assert_eq!((active.len(), list.blobs.len()), (0, 0));
    }
    let files = std::fs::read_dir(store.0.path().join("store/ingest")).expect("it was made");
    assert_eq!(files.count(), 0);
    assert_eq!(
        store.fails(&["ingest", "r", "--expected-digest", "garbage"], b"x"),
        "invalid-argument"
    );
    assert_eq!(store.fails(&["ingest", ""], b"x"), "invalid-argument");
}

#[test]
fn an_ingest_that_was_cut_off_goes_on_in_the_next_call() {
    let store = Store::new();
    let content: Vec<u8> = (0..3 << 20).map(|at: u32| (at * 31 % 251) as u8).collect();
    let (first, _) = content.split_at(2 << 20);
    let path = store.path();
    let digest = Digest::sha256(&content).to_string();
    let size = content.len().to_string();
    let arguments = [
        "ingest",
        "r",
        "--expected-size",
        &size,
        "--expected-digest",
        &digest,
    ];
    let mut child = Command::new(env!("CARGO_BIN_EXE_oci-lens"))
        .args(store.arguments(&path, &arguments))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("there is a pipe");
    stdin.write_all(first).expect("it reads");
    // The pipe stays open: the command waits for the rest.
    let status = loop {
        let active: Vec<IngestStatus> = store.json(&["active", "^r$"]);
        match active.into_iter().next() {
            Some(status) if status.offset == first.len() as u64 => break status,
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(status.active);
    assert_eq!(store.fails(&["ingest", "r"], b"x"), "unavailable");
    assert_eq!(store.fails(&["abort", "r"], &[]), "unavailable");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let active: Vec<IngestStatus> = store.json(&["active"]);
    let left: Vec<(u64, u64, bool)> = active
        .iter()
        .map(|s| (s.offset, s.total, s.active))
        .collect();
    assert_eq!(left, [(first.len() as u64, content.len() as u64, false)]);
    assert_eq!(
        active.first().and_then(|s| s.expected.as_deref()),
        Some(digest.as_str())
    );
    assert_eq!(store.fails(&arguments, b"too short"), "out-of-range");
    assert_eq!(store.run(&arguments, &content), (Some(0), digest.clone()));
    let output = run(&store.arguments(&path, &["get", &digest]), &[]);
    assert_eq!(output.stdout, content);
    assert_eq!(store.fails(&["abort", "r"], &[]), "not-found");
}

#[test]
fn an_image_of_an_archive_is_kept_and_garbage_goes() {
    let store = Store::new();
    let archive = fixture("hello-multiarch");
    let report = run(&["report", &archive], &[]).stdout;
    let report: Report = serde_json::from_slice(&report).expect("a report is JSON");
    let image = report.images.first().expect("there is an image");
    let root = image.digest.clone().expect("it has a manifest");
    let below = ["--archive", archive.as_str()];
    let before: ContentList = store.json(&[&below[..], &["list"]].concat());
    let present = report
        .blobs
        .iter()
        .filter(|blob| blob.actual_size.is_some());
    assert_eq!(before.blobs.len(), present.count());
    assert!(before.blobs.iter().all(|blob| blob.read_only));
    assert_eq!(
        store.fails(&[&below[..], &["rm", &root]].concat(), &[]),
        "failed-precondition"
    );
    let (code, text) = store.run(&[&below[..], &["keep", "--image", &root]].concat(), &[]);
    let expected = 2 + image.layers.len();
    assert_eq!((code, text.lines().count()), (Some(0), expected));
    store.run(&["ingest", "r"], b"hello");
    let (code, text) = store.run(&["gc"], &[]);
    assert_eq!((code, text), (Some(0), format!("{HELLO}\t5")));
    let plan: GcPlan = store.json(&["gc", "--yes"]);
    assert_eq!(
        (plan.keep.len(), plan.remove.len(), plan.unresolved.len()),
        (expected, 1, 0)
    );
    let list: ContentList = store.json(&["list"]);
    assert_eq!(list.blobs.len(), expected);
    // Without its root nothing of it is kept.
    store.run(&["label", &root, "containerd.io/gc.root="], &[]);
    let plan: GcPlan = store.json(&["gc", "--yes"]);
    assert_eq!(plan.remove.len(), expected);
    let (code, text) = store.run(&[&below[..], &["get", &root]].concat(), &[]);
    assert_eq!(code, Some(0));
    assert_eq!(Digest::sha256(text.as_bytes()).to_string(), root);
}

#[test]
fn a_blob_whose_labels_cannot_be_read_is_named_and_can_be_removed() {
    let store = Store::new();
    store.run(&["ingest", "r"], b"hello");
    store.run(
        &["ingest", "other", "--label", "containerd.io/gc.root=1"],
        b"other",
    );
    let encoded = HELLO.trim_start_matches("sha256:");
    let record = Path::new(&store.path()).join("labels/sha256").join(encoded);
    std::fs::write(record, b"garbage").expect("the record can be written to");
    let list: ContentList = store.json(&["list"]);
    let problems = list.blobs.iter().filter_map(|blob| blob.problem.as_deref());
    let problem = format!("what the store wrote down of {HELLO} is not readable");
    assert_eq!(problems.collect::<Vec<_>>(), [problem.as_str()]);
    assert_eq!(list.blobs.len(), 2);
    let output = run(&store.arguments(&store.path(), &["list"]), &[]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("note: {problem}\n")
    );
    assert_eq!(store.fails(&["gc", "--yes"], &[]), "failed-precondition");
    let list: ContentList = store.json(&["list"]);
    assert_eq!(list.blobs.len(), 2);
    let (code, text) = store.run(&["rm", HELLO], &[]);
    assert_eq!((code, text.as_str()), (Some(0), HELLO));
    let plan: GcPlan = store.json(&["gc"]);
    assert_eq!((plan.keep.len(), plan.remove.len()), (1, 0));
}
