//! `cache-key` and `unpack --dry-run`.

use oci_lens::digest::Digest;
use oci_lens::report::{KeysView, SourceKeysView, UnpackOutcome, UnpackView, VertexView};
use serde_json::json;

use super::{code, fixture, json, lines, run};
use crate::support::files;
use crate::support::layout::{self, Layout};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const INDEX: &str = "sha256:e99bfff5d11124f1017f191420b223a18b1b1cbaa49acd29ec15b917aca578e9";

fn message(arguments: &[&str]) -> String {
    let output = run(arguments, &[]);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    let text = String::from_utf8(output.stderr).expect("the message is text");
    text.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_keys_of_an_image_are_digests_of_what_is_printed_beside_them() {
    let path = fixture("hello-multiarch");
    let arguments = ["cache-key", &path, "--platform", "linux/arm/v7"];
    let printed = lines(&arguments);
    let keys: KeysView = json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(printed[0], "image 3, linux/arm/v7");
    assert_eq!(keys.sources.len(), 2, "by manifest and by index");
    let by_index = &keys.sources[1];
    assert_eq!(by_index.pin.as_deref(), Some(INDEX));
    let hashed =
        format!("{{\"Digest\":\"{INDEX}\",\"OS\":\"linux\",\"Arch\":\"arm\",\"Variant\":\"v7\"}}");
    assert_eq!(by_index.keys[0].preimage.as_deref(), Some(hashed.as_str()));
    // Each line that names bytes comes after their digest.
    let mut checked = 0;
    for pair in printed.windows(2) {
        if let Some(preimage) = pair[1].trim().strip_prefix("= sha256 of ") {
            let digest = Digest::sha256(preimage.as_bytes()).to_string();
            assert!(pair[0].ends_with(&digest), "{pair:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 10, "{printed:#?}");
    let limited = run(
        &["cache-key", &path, "--image", "0", "--layer-limit", "5"],
        &[],
    );
    assert_eq!(limited.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&limited.stdout).contains("image has 1 layers, limit is 5"));
    assert_eq!(code(&["cache-key", &path]), Some(2));
}

// What the README shows is what a reader gets.
#[test]
fn the_example_of_the_readme_is_what_the_commands_print() {
    let readme = String::from_utf8(files::read("README.md")).expect("text");
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with("What BuildKit sees"));
    let blocks = section.expect("a section").split("```").skip(1).step_by(2);
    let (mut keys, mut sums) = (0, 0);
    for block in blocks {
        for example in block.split("\n$ ").skip(1) {
            let (command, shown) = example.split_once('\n').expect("a command and its output");
            if let Some(arguments) = command.strip_prefix("oci-lens ") {
                let absolute = arguments.replace(
                    "tests/fixtures/",
                    &format!("{}/tests/fixtures/", files::root()),
                );
                let printed = lines(&absolute.split(' ').collect::<Vec<_>>());
                assert_eq!(printed, shown.trim_end().lines().collect::<Vec<_>>());
                keys += 1;
            } else {
                let hashed = command
                    .strip_prefix("printf %s '")
                    .and_then(|rest| rest.strip_suffix("' | sha256sum"));
                let hashed = hashed.unwrap_or_else(|| panic!("{command}"));
                assert_eq!(
                    shown.trim_end(),
                    format!("{}  -", Digest::sha256(hashed.as_bytes()).encoded())
                );
                sums += 1;
            }
        }
    }
    assert_eq!((keys, sums), (1, 3));
}

#[test]
fn a_source_is_resolved_in_the_archive() {
    let path = fixture("hello-multiarch");
    let name = "docker-image://docker.io/library/hello-world:latest";
    let source: SourceKeysView = json(&[
        "cache-key",
        &path,
        name,
        "--platform",
        "linux/amd64",
        "--json",
    ]);
    assert_eq!(
        (source.source.as_deref(), source.pin.as_deref()),
        (Some(name), Some(INDEX))
    );
    let done: Vec<bool> = source.keys.iter().map(|key| key.done).collect();
    assert_eq!(done, [false, true]);
    let checked = [
        "--attr",
        "image.checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000",
    ];
    let refused = message(
        &[
            &["cache-key", &path, name, "--platform", "linux/amd64"],
            &checked[..],
        ]
        .concat(),
    );
    assert!(
        refused.starts_with("error: source-checksum: image digest sha256:e99b"),
        "{refused}"
    );
    assert_eq!(
        message(&["cache-key", &path, "ftp://a"]),
        "error: source-no-handler: no handler for ftp"
    );
    let platform = message(&["cache-key", &path, name]);
    assert_eq!(
        platform,
        "error: source-input-missing: the key depends on a platform, which is not given"
    );

    let folder = lines(&["cache-key", &path, "local://context", "--session", "s"]);
    assert!(
        folder[1].starts_with("  resolves to sha256:"),
        "{folder:#?}"
    );
    let hashed = "{\"SessionID\":\"s\",\"IncludePatterns\":null,\"ExcludePatterns\":null,\"FollowPaths\":null}";
    let key = format!(
        "  key 0, the last: session:context:{}",
        Digest::sha256(hashed.as_bytes())
    );
    assert_eq!(folder[2], key);
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let git = lines(&[
        "cache-key",
        &path,
        "git://github.com/a/b.git#main",
        "--commit",
        commit,
    ]);
    assert_eq!(git[2], format!("  key 0, the last: {commit}"));
}

#[test]
fn the_vertices_of_a_build_have_records() {
    let path = fixture("hello-multiarch");
    let vertex =
        |digest: &str, op: serde_json::Value| json!({ "Op": op, "Digest": digest }).to_string();
    let image = json!({ "Op": { "source": { "identifier": "docker-image://docker.io/library/hello-world:latest" } } });
    let exec = json!({
        "inputs": [{ "digest": "sha256:a", "index": 0 }],
        "Op": { "exec": { "meta": { "args": ["/hello"], "cwd": "/" }, "mounts": [{ "dest": "/" }] } },
    });
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("llb.json");
    std::fs::write(
        &file,
        [vertex("sha256:a", image), vertex("sha256:b", exec)].join("\n"),
    )
    .expect("a file can be written");
    let file = file.to_string_lossy();
    let arguments = [
        "cache-key",
        &path,
        "--op",
        &file,
        "--platform",
        "linux/amd64",
    ];
    let vertices: Vec<VertexView> = json(&[&arguments[..], &["--json"]].concat());
    let [image, exec] = vertices.as_slice() else {
        panic!("{vertices:?}")
    };
    let records: Vec<&String> = image.ops.iter().map(|op| &op.record).collect();
    assert_eq!(records.len(), 2);
    assert_eq!(exec.inputs[0].records.iter().collect::<Vec<_>>(), records);
    assert_eq!(
        exec.ops[0].preimage,
        "{\"Type\":\"buildkit.exec.v0\",\"Exec\":{\"meta\":{\"args\":[\"/hello\"],\"cwd\":\"/\"}},\"OS\":\"linux\",\"Arch\":\"amd64\"}"
    );
    let printed = lines(&arguments);
    assert!(
        printed.iter().any(|line| line == "sha256:b: exec"),
        "{printed:#?}"
    );
    std::fs::write(&*file, "{}").expect("a file can be written");
    assert!(message(&arguments).starts_with("error: op-kind: "));
}

/// A layout with an image of this one layer, and the file of a build that
/// copies `path` from it onto another image.
fn copied(layer: &[u8], path: &str) -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut layout = Layout::default();
    let config = json!({ "architecture": "amd64", "os": "linux" });
    let mut image = layout.image(&[layer.to_vec()], <[u8]>::to_vec, config);
    image["annotations"] = json!({ "org.opencontainers.image.ref.name": "latest" });
    let archive = folder.path().join("image.tar");
    std::fs::write(&archive, layout.archive(&[image])).expect("a file can be written");
    let vertex =
        |digest: &str, op: serde_json::Value| json!({ "Op": op, "Digest": digest }).to_string();
    let source = |identifier: &str| json!({ "Op": { "source": { "identifier": identifier } } });
    let copy = |from: &str| {
        let copied = json!({ "src": path, "dest": "/", "mode": -1, "timestamp": -1 });
        let action = json!({
            "input": 0, "secondaryInput": 1, "output": 0, "Action": { "copy": copied },
        });
        json!({
            "inputs": [{ "digest": "sha256:b", "index": 0 }, { "digest": from, "index": 0 }],
            "Op": { "file": { "actions": [action] } },
        })
    };
    let lines = [
        vertex("sha256:a", source("git://example.com/a.git#main")),
        vertex("sha256:b", source("oci-layout://example.com/image:latest")),
        vertex("sha256:c", copy("sha256:b")),
        vertex("sha256:d", copy("sha256:a")),
    ];
    let file = folder.path().join("llb.json");
    std::fs::write(&file, lines.join("\n")).expect("a file can be written");
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let (archive, file) = (text(&archive), text(&file));
    (folder, archive, file)
}

#[test]
fn the_slow_key_of_a_copy_is_made_of_what_the_image_holds() {
    // The file of the vectors' example: `data0`, mode 0644, of root.
    let layer = layout::layer(&[("a/b/src", "data0", 7)]);
    let (_folder, archive, file) = copied(&layer, "/a/b/src");
    let arguments = ["cache-key", &archive, "--op", &file, "--commit", COMMIT];
    let vertices: Vec<VertexView> = json(&[&arguments[..], &["--json"]].concat());
    let input = &vertices[2].inputs[1];
    assert_eq!(input.problem, None);
    let slow = input.slow_key.as_ref().expect("the image is opened");
    let example: serde_json::Value = files::vectors("op_digest");
    let inputs = &example["solver_chain_example"]["copy_record"]["inputs"];
    let expected = &inputs[1][1]["link"]["slow_key"];
    assert_eq!(slow.preimage, expected["contenthash_of_selected_path"]);
    assert_eq!(slow.digest, expected["dep_digest"]);
    assert_eq!(slow.record, expected["record"]);
    assert_eq!(slow.record_preimage, Some(format!("{}@-1", slow.digest)));
    // One of the records of the source, by its definition or by its content.
    let records: Vec<&String> = vertices[1].ops.iter().map(|op| &op.record).collect();
    let by_content = records.into_iter().chain([&slow.record]);
    assert_eq!(
        input.records.iter().collect::<Vec<_>>(),
        by_content.collect::<Vec<_>>()
    );
    // All of what is written to matters; what a repository holds is not known here.
    assert_eq!(vertices[2].inputs[0].slow_key, None);
    let unknown = &vertices[3].inputs[1];
    assert!(unknown.content.is_some() && unknown.slow_key.is_none() && unknown.problem.is_none());
    let printed = lines(&arguments);
    assert!(
        printed.contains(&format!("      key: {}", slow.digest)),
        "{printed:#?}"
    );
}

#[test]
fn a_copy_of_what_is_not_there_says_so() {
    let layer = layout::layer(&[("a/b/src", "data0", 7)]);
    let (_folder, archive, file) = copied(&layer, "/a/other");
    let vertices: Vec<VertexView> = json(&[
        "cache-key",
        &archive,
        "--op",
        &file,
        "--commit",
        COMMIT,
        "--json",
    ]);
    let input = &vertices[2].inputs[1];
    assert_eq!(input.slow_key, None);
    let problem = input.problem.as_ref().expect("nothing is there");
    assert!(problem.message.contains("/a/other"), "{problem:?}");
    assert_eq!(input.records.len(), 2);
}

#[test]
fn unpacking_is_told_without_writing() {
    let path = fixture("hello-multiarch");
    let view: UnpackView = json(&[
        "unpack",
        "--dry-run",
        "--json",
        &path,
        "--image",
        "0",
        "--snapshotter",
        "native",
    ]);
    assert_eq!(
        (
            view.snapshotter.as_str(),
            view.images.len(),
            view.snapshots.len()
        ),
        ("native", 1, 1)
    );
    let layer = &view.images[0].layers[0];
    assert_eq!(layer.outcome, UnpackOutcome::Unpacked);
    let key = layer.active_key.as_deref().expect("a key");
    let (unique, chain_id) = key.split_once(' ').expect("two parts");
    assert_eq!(chain_id, layer.chain_id);
    let parts: Vec<&str> = unique.splitn(3, '-').collect();
    assert!(
        parts[0] == "extract" && parts[1].parse::<u32>().is_ok() && parts[2].len() == 4,
        "{key}"
    );
    let all: UnpackView = json(&["unpack", "--dry-run", "--json", &path]);
    assert_eq!((all.images.len(), all.snapshots.len()), (10, 10));
    let printed = lines(&["unpack", "--dry-run", &path, "--platform", "linux/amd64"]);
    assert_eq!(
        printed[..2],
        [
            "image 0".to_owned(),
            format!("  layer 0: unpacked, {chain_id}")
        ]
    );
    assert_eq!(code(&["unpack", &path]), Some(2), "nothing is ever written");
    let broken = run(
        &["unpack", "--dry-run", &fixture("broken-diffid-mismatch")],
        &[],
    );
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&broken.stdout)
            .contains("unpack-diff-id: wrong diff id calculated on extraction")
    );
}
