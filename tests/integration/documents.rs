//! Documents as text and in lines, and what attestations say.

use oci_lens::attestation;
use oci_lens::digest::Digest;
use oci_lens::image::documents::LookupError;
use oci_lens::limits::{self, Limits};
use oci_lens::manifest::pretty;
use oci_lens::report::{Failure, PackageFormat};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{files, inspect};

fn lines(json: &str) -> String {
    pretty::document("", "", json.as_bytes()).pretty
}

/// A text without the space outside of its strings.
fn without_space(json: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    json.chars()
        .filter(|character| {
            let keep = in_string || !" \t\r\n".contains(*character);
            match character {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                _ => {}
            }
            keep
        })
        .collect()
}

#[derive(Deserialize)]
struct Case {
    name: String,
    document: String,
    expected: Value,
}

fn read(document: &[u8]) -> Value {
    match attestation::read(document, &Limits::default()) {
        Ok(detail) => serde_json::to_value(detail).expect("a view is JSON"),
        Err(error) => json!({ "error": error.code() }),
    }
}

/// Documents of an archive that are JSON, by the keys they are asked for by.
fn check_documents(folder: &str) -> usize {
    let mut checked = 0;
    for name in files::list(folder) {
        let path = format!("{folder}/{name}/image.tar");
        if !files::exists(&path) {
            continue;
        }
        let Ok(inspection) = inspect::open(files::read_absolute(&path)) else {
            continue;
        };
        let report = inspection.report();
        let digests = report.blobs.iter().filter(|blob| {
            let small = blob.actual_size.is_some_and(|size| size < 100_000);
            small
                && blob
                    .digest
                    .as_ref()
                    .is_some_and(|digest| digest.starts_with("sha256:"))
        });
        let digests = digests.filter_map(|blob| blob.digest.as_deref());
        let roots = ["index.json", "manifest.json", "oci-layout", "repositories"];
        for key in digests.chain(roots) {
            let Ok(found) = inspection.document(key) else {
                continue;
            };
            let view = pretty::document(key, &found.name, &found.bytes);
            assert_eq!(view.digest, Digest::sha256(&found.bytes).to_string());
            assert_eq!(view.raw, String::from_utf8_lossy(&found.bytes));
            if serde_json::from_slice::<Value>(&found.bytes).is_err() {
                continue;
            }
            assert_eq!(view.problem, None, "{name} {key}");
            assert_eq!(
                without_space(&view.pretty),
                without_space(&view.raw),
                "{name} {key}"
            );
            checked += 1;
        }
    }
    checked
}

cases! {
    fn only_the_space_between_values_changes() {
        let table = [
            ("{}", "{}"),
            (" [ ] ", "[]"),
            ("[1.0,1e3,-0,12345678901234567890]", "[\n  1.0,\n  1e3,\n  -0,\n  12345678901234567890\n]"),
            (
                r#"{"b":1,"a":{"b":2,"b":3},"\u0061":"\/\u00e9 \" {,}"}"#,
                "{\n  \"b\": 1,\n  \"a\": {\n    \"b\": 2,\n    \"b\": 3\n  },\n  \"\\u0061\": \"\\/\\u00e9 \\\" {,}\"\n}",
            ),
            ("[[],{},[{}],null,true,\"\"]", "[\n  [],\n  {},\n  [\n    {}\n  ],\n  null,\n  true,\n  \"\"\n]"),
            ("\"\\\\\"", "\"\\\\\""),
        ];
        for (json, expected) in table {
            let view = pretty::document("", "x", json.as_bytes());
            assert_eq!((view.pretty.as_str(), view.problem), (expected, None), "{json}");
            assert_eq!(view.raw, json);
        }
    }

    fn what_is_no_json_is_shown_as_it_is_and_said() {
        let view = pretty::document("", "x", b"{\"a\":1,}");
        let problem = "expected a member name in double quotes, but found byte '}' at offset 7";
        assert_eq!(view.problem.as_deref(), Some(problem));
        assert_eq!(view.pretty, view.raw);
        let view = pretty::document("", "x", b"[\"\xff\"]");
        assert_eq!((view.pretty.as_str(), view.problem), ("[\n  \"\u{fffd}\"\n]", None));
    }

    fn the_digest_is_by_the_algorithm_asked_for() {
        let key = format!("sha512:{}", "0".repeat(128));
        let view = pretty::document(&key, "x", b"{}");
        assert!(view.digest.starts_with("sha512:27c74670adb75075"), "{}", view.digest);
    }

    fn deep_and_wide_documents_are_bounded() {
        let deep = format!("{}{}", "[".repeat(9_999), "]".repeat(9_999));
        let text = lines(&deep);
        assert!(text.len() < 10_000 * 2 * 202);
        let wide = format!("{}{}{}", "[".repeat(100), "0,".repeat(900_000), "0") + &"]".repeat(100);
        let view = pretty::document("", "x", wide.as_bytes());
        assert_eq!(view.pretty, wide);
        assert_eq!(
            view.problem.as_deref(),
            Some("expected at most 67108864 bytes of lines, but found more")
        );
    }

    fn documents_are_found_by_digest_and_name() {
        let archive = files::read("tests/fixtures/hello-docker-archive/image.tar");
        let mut inspection = inspect::open(archive).expect("the fixture opens");
        inspect::scan(&mut inspection);
        let report = inspection.report();
        let image = &report.images[0];
        let config = image.image_id.clone().expect("a config");
        let found = inspection.document(&config).expect("the config is there");
        assert_eq!(Digest::sha256(&found.bytes).to_string(), config);
        assert!(found.name.ends_with(".json"));
        let by_name = inspection.document(&found.name).expect("by its member");
        assert_eq!(found, by_name);
        assert_eq!(inspection.document("manifest.json").expect("a root").name, "manifest.json");
        // A layer that nothing states the digest of.
        let layer = image.layers[0].digest.clone().expect("computed");
        assert_eq!(Digest::sha256(&inspection.document(&layer).expect("a layer").bytes).to_string(), layer);
        for missing in ["index.json", "no\u{202e}", &format!("sha256:{}", "0".repeat(64))] {
            let error = inspection.document(missing).expect_err("nothing there");
            assert!(matches!(error, LookupError::Missing { .. }));
            assert_eq!(Failure::from(&error).code, "no-such-document");
        }
        let archive = files::read("tests/fixtures/outer-subdir/image.tar");
        let inspection = inspect::open(archive).expect("the fixture opens");
        let root = inspection.document("index.json").expect("a root in a folder");
        assert_eq!(root.name, "index.json");
        assert_eq!(inspection.document(&inspection.report().indexes[0].digest), Ok(root));
    }

    fn every_document_of_the_fixtures_is_shown_exactly() {
        assert!(check_documents(&format!("{}/tests/fixtures", files::root())) > 150);
    }

    fn every_document_of_real_images_is_shown_exactly() {
        let Some(folder) = files::corpus() else { return };
        assert!(check_documents(&folder) > 250);
    }

    fn attestations_are_read_as_python_reads_them() {
        for case in files::vectors::<Vec<Case>>("statements") {
            assert_eq!(read(case.document.as_bytes()), case.expected, "{}", case.name);
        }
    }

    fn what_is_no_attestation_is_said() {
        let table: &[(&[u8], &str)] = &[
            (b"", "json-syntax"),
            (b"[]", "not-an-attestation"),
            (b"{\"spdxVersion\":2}", "not-an-attestation"),
            (b"{\"payload\":\"*\"}", "envelope-payload"),
            (b"{\"payload\":\"bm8=\"}", "json-syntax"),
            (b"{\"payload\":\"e30=\"}", "not-an-attestation"),
        ];
        for (document, code) in table {
            assert_eq!(read(document), json!({ "error": code }));
        }
        let limits = Limits { document_bytes: 1, ..Limits::default() };
        let error = attestation::read(b"{}", &limits).expect_err("too large");
        assert_eq!(error.code(), "limit-document-size");
    }

    fn real_attestations_are_read() {
        let Some(folder) = files::corpus() else { return };
        // `tar xOf image.tar blobs/sha256/DIGEST | jq`, by hand.
        let path = format!("{folder}/snyk-containerd-busybox-attestation/image.tar");
        let inspection = inspect::open(files::read_absolute(&path)).expect("it opens");
        let statement = &inspection.report().attestations[0].statements[0].descriptor.digest;
        let found = inspection.document(statement).expect("it is there");
        assert_eq!(read(&found.bytes), json!({
            "statementType": "https://in-toto.io/Statement/v0.1",
            "predicateType": "https://slsa.dev/provenance/v0.2",
            "subjects": [{
                "name": "pkg:docker/foo/bar@v3?platform=linux%2Farm64",
                "digests": ["sha256:cf7d823e4eea96316ae629fb9a45b4211869162a5f5dc1654928c7ca530ed810"],
            }],
            "moreSubjects": 0,
            "provenance": {
                "builder": "",
                "buildType": "https://mobyproject.org/buildkit@v1",
                "started": "2025-07-08T20:19:05.941455719Z",
                "finished": "2025-07-08T20:19:06.773470261Z",
                "parameters": [
                    { "key": "configSource.entryPoint", "value": "Dockerfile" },
                    { "key": "parameters.frontend", "value": "dockerfile.v0" },
                    { "key": "parameters.locals", "value": "[{\"name\":\"context\"},{\"name\":\"dockerfile\"}]" },
                    { "key": "environment.platform", "value": "linux/arm64" },
                ],
                "moreParameters": 0,
                "materials": [{
                    "name": "pkg:docker/busybox@latest?platform=linux%2Farm64",
                    "digests": ["sha256:f85340bf132ae937d2c2a763b8335c9bab35d6e8293f70f606b9c6178d84f42b"],
                }],
                "moreMaterials": 0,
            },
        }));
        let path = format!("{folder}/sylabs-hello-world-cosign-manifest/image.tar");
        let inspection = inspect::open(files::read_absolute(&path)).expect("it opens");
        let envelope = "sha256:51a5ebe9c08828b74e4c6b65c2398591df2288eacbe411bc97a9e39ef104b99a";
        let found = inspection.document(envelope).expect("it is there");
        assert_eq!(read(&found.bytes), json!({
            "statementType": "https://in-toto.io/Statement/v0.1",
            "predicateType": "https://cosign.sigstore.dev/attestation/v1",
            "subjects": [{
                "name": "127.0.0.1:39703/hello-world-docker-v2-manifest",
                "digests": ["sha256:432f982638b3aefab73cc58ab28f5c16e96fdb504e8c134fc58dff4bae8bf338"],
            }],
            "moreSubjects": 0,
            "signatures": 1,
        }));
    }

    fn long_lists_are_cut_and_counted() {
        let package = r#"{"name":"p"}"#;
        let packages = vec![package; limits::PACKAGES + 3].join(",");
        let document = format!(r#"{{"spdxVersion":"SPDX-2.3","packages":[{packages}]}}"#);
        let list = attestation::read(document.as_bytes(), &Limits::default());
        let list = list.expect("it is SPDX").packages.expect("packages");
        assert_eq!((list.packages.len(), list.more), (limits::PACKAGES, 3));

        let nested = format!("{}{}", r#"{"components":["#.repeat(4_000), "]}".repeat(4_000));
        let document = format!(r#"{{"bomFormat":"CycloneDX","components":[{nested}]}}"#);
        let list = attestation::read(document.as_bytes(), &Limits::default());
        let list = list.expect("it is CycloneDX").packages.expect("packages");
        assert_eq!((list.format, list.packages.len()), (PackageFormat::Cyclonedx, 4_000));

        let subjects = vec![r#"{"name":"s"}"#; limits::SUBJECTS + 2].join(",");
        let parameters: Vec<String> = (0..limits::PARAMETERS + 7).map(|n| format!("\"{n}\":{n}")).collect();
        let deep = format!("{}1{}", r#"{"d":"#.repeat(5_000), "}".repeat(5_000));
        let document = format!(
            r#"{{"_type":"t","predicateType":"https://slsa.dev/provenance/v0.2","subject":[{subjects}],
            "predicate":{{"invocation":{{"many":{{{}}},"deep":{deep}}}}}}}"#,
            parameters.join(",")
        );
        let detail = attestation::read(document.as_bytes(), &Limits::default()).expect("a statement");
        assert_eq!((detail.subjects.len(), detail.more_subjects), (limits::SUBJECTS, 2));
        let provenance = detail.provenance.expect("a provenance");
        assert_eq!((provenance.parameters.len(), provenance.more_parameters), (limits::PARAMETERS, 8));
    }
}
