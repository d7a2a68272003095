//! `cat` and `export`.

use oci_lens::digest::Digest;
use serde_json::Value;

use super::{code, fixture, run};

fn sha256(bytes: &[u8]) -> String {
    Digest::sha256(bytes).encoded()
}

fn fails(arguments: &[&str], expected: &str) {
    let output = run(arguments, &[]);
    let text = String::from_utf8(output.stderr).expect("the message is text");
    let line = text.lines().next().unwrap_or_default();
    assert!(line.starts_with(&format!("error: {expected}: ")), "{text}");
    assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()));
}

#[test]
fn cat_writes_a_file_s_bytes_and_nothing_else() {
    // Digests as the fixtures' own truth has them.
    let hole = "82c9a667a2fdb3cbdbe845ce1234fdf09fff9e8fed500ad88c68d4dae0794d8c";
    let hardlink = "12918bc69616a01985cbd121d55d68eb64ac0f57a1002bb45e04c72d82852f52";
    let fifo = "29e4550a05e7f9b0fd5dd2facaa05555ec671c4e65aab86a5bf1b6fd3487767e";
    for (fixture_name, arguments, expected) in [
        ("weird-pax", &["sparse/hole"][..], hole),
        ("weird-gnu", &["/sparse/hole"], hole),
        ("weird-pax", &["links/selfdir/../sparse/hole"], hole),
        ("weird", &["links/h2"], hardlink),
        ("weird", &["links/selfdir/h2"], hardlink),
        ("weird", &["dev/fifo"], fifo),
        ("weird", &["sparse/hole", "--layer", "0"], hole),
    ] {
        let path = fixture(fixture_name);
        let all: Vec<&str> = [&["cat", path.as_str()], arguments].concat();
        let output = run(&all, &[]);
        assert_eq!(sha256(&output.stdout), expected, "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn cat_tells_what_a_file_is() {
    let hole = "sha256:82c9a667a2fdb3cbdbe845ce1234fdf09fff9e8fed500ad88c68d4dae0794d8c";
    let output = run(
        &[
            "cat",
            "--json",
            &fixture("weird-pax"),
            "links/selfdir/../sparse/hole",
        ],
        &[],
    );
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let expected = serde_json::json!({
        "path": { "path": "sparse/hole" },
        "place": told["place"],
        "size": told["size"],
        "digest": hole,
        "kind": "binary",
        "description": told["description"],
    });
    assert_eq!(told, expected);
    let whole = run(&["cat", &fixture("weird-pax"), "sparse/hole"], &[]).stdout;
    assert_eq!(told["size"], whole.len());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn cat_says_why_there_is_nothing_to_write() {
    let path = fixture("weird");
    fails(&["cat", &path, "sparse/hole"], "no-such-path");
    fails(&["cat", &path, "links/loop"], "no-such-path");
    fails(&["cat", &path, "dev"], "not-a-file");
    fails(&["cat", &path, "dev/fifo", "--layer", "0"], "not-a-file");
    fails(&["cat", &path, "dev/fifo", "--layer", "9"], "no-such-layer");
    fails(
        &["cat", &fixture("hello-multiarch"), "hello"],
        "several-images",
    );
}

#[test]
fn export_writes_a_layer_s_tar_as_it_is() {
    let path = fixture("weird");
    let report = run(&["report", &path], &[]).stdout;
    let report: Value = serde_json::from_slice(&report).expect("a report is JSON");
    for layer in 0..3 {
        let number = layer.to_string();
        let output = run(&["export", &path, "--layer", &number], &[]);
        let diff_id = &report["images"][0]["layers"][layer]["diffId"]["expected"];
        assert_eq!(
            *diff_id,
            format!("sha256:{}", sha256(&output.stdout)),
            "{layer}"
        );
        assert_eq!(output.status.code(), Some(0));
    }
    fails(&["export", &path, "--layer", "3"], "no-such-layer");
    assert_eq!(code(&["export", &path, "usr", "--layer", "1"]), Some(2));
}

#[test]
fn export_writes_a_tree_to_a_file_and_says_what_is_in_it() {
    let path = fixture("weird-pax");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("out.tar");
    let name = file.to_string_lossy().into_owned();
    let output = run(&["export", &path, "sparse", "-o", &name, "--json"], &[]);
    let view: Value = serde_json::from_slice(&output.stdout).expect("the summary is JSON");
    assert_eq!(
        (&view["paths"], &view["files"], &view["leftOutCount"]),
        (&7.into(), &6.into(), &0.into())
    );
    let piped = run(&["export", &path, "/sparse", "--json"], &[]);
    assert!(
        piped.stdout == std::fs::read(&file).expect("the tar"),
        "a file or a pipe"
    );
    assert_eq!(
        piped.stderr.trim_ascii_end(),
        output.stdout.trim_ascii_end()
    );
    let mut names = Vec::new();
    for entry in tar::Archive::new(piped.stdout.as_slice())
        .entries()
        .expect("a tar")
    {
        let entry = entry.expect("an entry");
        names.push(String::from_utf8_lossy(&entry.path_bytes()).into_owned());
    }
    names.sort();
    assert_eq!(
        names,
        [
            "sparse/",
            "sparse/empty",
            "sparse/hole",
            "sparse/mid",
            "sparse/s511",
            "sparse/s512",
            "sparse/s513"
        ]
    );
    fails(&["export", &path, "nothing"], "no-such-path");
}

#[test]
fn export_names_what_it_left_out() {
    let output = run(&["export", &fixture("broken-layer-missing"), "--json"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let view: Value = serde_json::from_slice(&output.stderr).expect("the summary is JSON");
    assert_eq!(view["unread"].as_array().map(Vec::len), Some(1));
    let output = run(&["export", &fixture("broken-layer-truncated")], &[]);
    let text = String::from_utf8(output.stderr).expect("the summary is text");
    assert!(text.contains("warning: content-cut: "), "{text}");
    assert_eq!(output.status.code(), Some(1));
}
