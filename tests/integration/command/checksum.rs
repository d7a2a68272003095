//! `checksum`.

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::digest::Digest;
use serde_json::Value;

use super::{code, fixture, run};

fn json(arguments: &[&str]) -> Value {
    let output = run(&[&["checksum", "--json"], arguments].concat(), &[]);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    serde_json::from_slice(&output.stdout).expect("a checksum is JSON")
}

fn text(arguments: &[&str]) -> String {
    let output = run(&[&["checksum"], arguments].concat(), &[]);
    String::from_utf8(output.stdout).expect("text")
}

// Digests as Python's tarfile and hashlib find them: fixture_checksums.py.
#[test]
fn a_checksum_is_printed_as_sha256sum_prints_its_own() {
    let path = fixture("weird");
    let vectors = std::fs::read("tests/vectors/fixture_checksums.json").expect("vectors");
    let vectors: Value = serde_json::from_slice(&vectors).expect("JSON");
    let cases = vectors["cases"].as_array().expect("cases");
    for (last, asked, arguments) in [
        (2, "links", &[][..]),
        (2, "", &[]),
        (0, "modes/f7777", &["--last", "0"]),
        (0, "", &["--last", "0"]),
        (1, "xattr/user", &["--last", "1"]),
    ] {
        let case = cases
            .iter()
            .find(|case| case["fixture"] == "weird" && case["last"] == last);
        let checksums = case.and_then(|case| case["checksums"].as_array());
        let encoded = STANDARD.encode(asked);
        let found = checksums
            .and_then(|all| all.iter().find(|one| one["path_b64"] == encoded.as_str()))
            .expect("a checksum");
        let absolute = format!("/{asked}");
        let all = [&[path.as_str(), &absolute], arguments].concat();
        let expected = format!("{}  /{asked}\n", found["digest"].as_str().expect("text"));
        assert_eq!(text(&all), expected);
    }
}

#[test]
fn json_holds_the_bytes_that_were_hashed() {
    let path = fixture("weird");
    let file = json(&[&path, "modes/f4755", "--last", "0"]);
    let header = file["object"]["headerBase64"].as_str().expect("base64");
    let mut bytes = STANDARD.decode(header).expect("base64");
    assert_eq!(
        file["object"]["header"],
        "namemode2541uid0gid0size5typeflag0linknameunamegnamedevmajor0devminor0"
    );
    let content = run(&["cat", &path, "modes/f4755", "--layer", "0"], &[]).stdout;
    bytes.extend(content);
    assert_eq!(file["digest"], Digest::sha256(&bytes).to_string());

    let folder = json(&[&path, "modes"]);
    let mut bytes = Vec::new();
    for record in folder["records"].as_array().expect("records") {
        match record["key"]["path"].as_str() {
            Some("") => bytes.push(0),
            key => bytes.extend(key.expect("text").replace('/', "\0").into_bytes()),
        }
        bytes.extend(record["digest"].as_str().expect("text").as_bytes());
    }
    assert_eq!(folder["kind"], "folder");
    assert_eq!(folder["digest"], Digest::sha256(&bytes).to_string());
}

#[test]
fn options_choose_what_is_hashed() {
    let path = fixture("weird");
    let digest = |arguments: &[&str]| {
        let all = [&[path.as_str()], arguments].concat();
        text(&all).split("  ").next().unwrap_or_default().to_owned()
    };
    // A followed link is what it leads to; one that is not is itself.
    let target = digest(&["links"]);
    assert_eq!(digest(&["links/selfdir", "--follow"]), target);
    assert_ne!(digest(&["links/selfdir"]), target);
    assert_eq!(
        digest(&["link?", "--wildcard", "--exclude", "*"]),
        Digest::sha256(&[]).to_string()
    );
    // Where no folder lies in it, a pattern that takes nothing away makes no difference.
    assert_eq!(digest(&["own", "--exclude", "nothing"]), digest(&["own"]));
    let one = json(&[&path, "modes", "--include", "f4755", "--include", "d0700"]);
    let keys: Vec<&str> = one["records"]
        .as_array()
        .expect("records")
        .iter()
        .filter_map(|record| record["key"]["path"].as_str())
        .collect();
    assert_eq!(keys, ["", "/d0700", "/f4755"]);
}

#[test]
fn what_has_no_checksum_says_why() {
    let path = fixture("weird");
    let error = |arguments: &[&str]| {
        let output = run(&[&["checksum"], arguments].concat(), &[]);
        let text = String::from_utf8(output.stderr).expect("text");
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        error(&[&path, "links/nothing"]),
        "error: no-such-path: \"/links/nothing\": not found"
    );
    assert_eq!(
        error(&[&path, "links/loop", "--follow"]),
        "error: limit-symlinks: \"/links/loop\": too many links: more than 255 on the way"
    );
    assert_eq!(
        error(&[&path, "/", "--exclude", "["]),
        "error: pattern-invalid: syntax error in pattern \"[\""
    );
    assert_eq!(code(&["checksum", &path, "/", "--last", "9"]), Some(2));
    assert_eq!(
        code(&["checksum", &fixture("broken-layer-missing"), "/"]),
        Some(2)
    );
    // A layer that does not match its digest is still unpacked, and that is told.
    assert_eq!(
        code(&["checksum", &fixture("broken-diffid-mismatch"), "/"]),
        Some(1)
    );
}

#[test]
fn compare_tells_what_makes_checksums_differ() {
    let (left, right) = (fixture("weird"), fixture("weird-pax"));
    let compare = |arguments: &[&str]| {
        let output = run(&[&["compare"], arguments].concat(), &[]);
        let text = String::from_utf8(output.stdout).expect("text");
        (output.status.code(), text)
    };
    // weird's upper layers replace case/file by a folder; both have the same lowest.
    let (status, told) = compare(&[&left, &right, "--checksum", "case"]);
    assert_eq!(status, Some(1));
    assert_eq!(
        told,
        "checksum /case differs first: M case/file  mode=493->420  size=0->2  typeflag=5->0  content\n"
    );
    let (status, told) = compare(&[&left, &right, "--checksum", "own"]);
    assert_eq!((status, told.as_str()), (Some(0), "checksum /own same\n"));
    let (status, told) = compare(&[&left, &left, "--checksum", "/", "--json"]);
    assert_eq!(
        (status, told.as_str()),
        (Some(0), "{\"path\":{\"path\":\"\"},\"unknown\":0}\n")
    );
    let (_, told) = compare(&[&left, &right]);
    assert!(
        told.lines()
            .any(|line| line.starts_with("checksum / differs first: ")),
        "{told}"
    );
}
