//! `op_digest.json`: digests, selectors and records of BuildKit's ops.

use std::collections::BTreeMap;

use oci_lens::buildkit::op::{
    Alternative, CacheMap, Definition, Op, OpError, Solved, SolvedVertex, record, slow_key,
    source_cache_map,
};
use oci_lens::buildkit::source::{LocalSource, Manager};
use oci_lens::buildkit::{manifest_key, root_record, source_op_digest};
use oci_lens::digest::{AnyDigest, Digest};
use oci_lens::image::Inspection;
use oci_lens::image::source::ImageSource;
use oci_lens::platform::Platform;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{files, inspect};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    schema: String,
    #[serde(rename = "source")]
    _source: String,
    selector_digests: BTreeMap<String, String>,
    ops: Vec<OpCase>,
    solver_chain_example: ChainExample,
    session_example: SessionExample,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpCase {
    name: String,
    hashed_json: String,
    op_digest: String,
    dep_selectors: Vec<String>,
    dep_content_based: Vec<bool>,
    #[serde(rename = "match")]
    matches: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainExample {
    #[serde(rename = "note")]
    _note: String,
    source_keys: Vec<SourceKeyCase>,
    exec_record: RecordCase,
    copy_record: RecordCase,
    slow_key_formula: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceKeyCase {
    from: String,
    op_digest: String,
    record: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordCase {
    op_digest: String,
    output: u32,
    record: String,
    inputs: Vec<Vec<LinkCase>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkCase {
    selector: String,
    link: Link,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Link {
    Words(String),
    Slow { slow_key: SlowKeyCase },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlowKeyCase {
    contenthash_of_selected_path: String,
    dep_digest: String,
    record: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionExample {
    key: String,
    op_digest: String,
    root_key: String,
}

const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const INPUT: &str = "sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0";

fn vectors() -> Vectors {
    let vectors: Vectors = files::vectors("op_digest");
    assert_eq!(vectors.schema, "op_digest/1");
    assert_eq!((vectors.ops.len(), vectors.selector_digests.len()), (19, 4));
    vectors
}

fn op(inputs: usize, kind: Value, platform: Option<Value>) -> Value {
    let inputs = (0..inputs).map(|_| json!({ "digest": INPUT }));
    let mut op = json!({ "inputs": inputs.collect::<Vec<_>>(), "Op": kind, "constraints": {} });
    if let Some(platform) = platform {
        op["platform"] = platform;
    }
    op
}

fn exec(args: &[&str], mounts: Value) -> Value {
    json!({ "exec": { "meta": { "args": args, "env": [PATH], "cwd": "/" }, "mounts": mounts } })
}

fn root() -> Value {
    json!({ "dest": "/" })
}

fn actions(actions: Value) -> Value {
    json!({ "file": { "actions": actions } })
}

/// The op of a case, as `buildctl debug dump-llb` prints it: what the vectors
/// say is hashed, with what BuildKit takes out of it put back.
fn op_of(name: &str) -> Value {
    let shell = ["/bin/sh", "-c", "echo hi"];
    let on = |architecture: &str, variant: &str| {
        let platform = json!({ "Architecture": architecture, "OS": "linux", "Variant": variant });
        op(1, exec(&shell, json!([root()])), Some(platform))
    };
    let mounted = |mount: Value, inputs| op(inputs, exec(&["true"], json!([root(), mount])), None);
    let acted = |inputs: usize, action: Value| {
        let action = json!({ "input": 0, "secondaryInput": -1, "output": 0, "Action": action });
        op(inputs, actions(json!([action])), None)
    };
    let copied = |input: i64, second: i64, inputs, copy: Value| {
        let action = json!({ "input": input, "secondaryInput": second, "output": 0, "Action": { "copy": copy } });
        op(inputs, actions(json!([action])), None)
    };
    match name {
        "exec-default-root" => on("amd64", ""),
        "exec-arm64" => on("aarch64", "v8"),
        "exec-armv7" => on("arm", "v7"),
        "exec-html-escape" => op(
            1,
            exec(&["/bin/sh", "-c", "a && b > c < d"], json!([root()])),
            None,
        ),
        "exec-root-readonly" => op(
            1,
            exec(
                &["true"],
                json!([{ "dest": "/", "output": -1, "readonly": true }]),
            ),
            None,
        ),
        "exec-bind-ro-selector" => mounted(
            json!({ "input": 1, "selector": "sub/dir", "dest": "/src", "output": -1, "readonly": true }),
            2,
        ),
        "exec-bind-rw-selector" => mounted(
            json!({ "input": 1, "selector": "/sub", "dest": "/src", "output": 1 }),
            2,
        ),
        "exec-cache-mount-default" => mounted(
            json!({ "input": -1, "dest": "/c", "output": -1, "mountType": 3, "cacheOpt": { "ID": "/c" } }),
            1,
        ),
        "exec-cache-mount-custom" => mounted(
            json!({ "input": -1, "dest": "/c", "output": -1, "mountType": 3, "cacheOpt": { "ID": "mine", "sharing": 2 } }),
            1,
        ),
        "exec-extrahosts-net" => {
            let meta = json!({
                "args": ["true"], "cwd": "/w", "user": "u", "hostname": "h", "proxy_env": { "http_proxy": "p" },
                "extraHosts": [{ "Host": "x", "IP": "10.0.0.1" }],
            });
            op(
                1,
                json!({ "exec": { "meta": meta, "mounts": [root()], "network": 1, "security": 1 } }),
                None,
            )
        }
        "file-mkdir" => acted(
            1,
            json!({ "mkdir": { "path": "/foo", "mode": 493, "timestamp": -1 } }),
        ),
        "file-mkfile" => acted(
            1,
            json!({ "mkfile": { "path": "/foo", "mode": 420, "data": "aGk=", "timestamp": -1 } }),
        ),
        "file-rm" => acted(
            1,
            json!({ "rm": { "path": "/foo", "allowNotFound": true } }),
        ),
        "file-copy" => copied(
            0,
            1,
            2,
            json!({ "src": "/a/b/src", "dest": "/dst", "mode": -1, "followSymlink": true, "createDestPath": true, "timestamp": -1 }),
        ),
        "file-copy-scratch-dest" => copied(
            -1,
            0,
            1,
            json!({ "src": "/a", "dest": "/dst", "mode": -1, "timestamp": -1 }),
        ),
        // The second action works on what the first gave, which BuildKit's rule
        // for leaving the indexes out counts by actions.
        "file-two-actions" => op(
            1,
            actions(json!([
                { "input": 0, "secondaryInput": -1, "output": -1, "Action": { "mkdir": { "path": "/a", "mode": 493, "timestamp": -1 } } },
                { "input": 2, "secondaryInput": -1, "output": 0, "Action": { "mkdir": { "path": "/b", "mode": 448, "makeParents": true, "timestamp": -1 } } },
            ])),
            None,
        ),
        "file-chown-byname" => copied(
            0,
            1,
            2,
            json!({
                "src": "/s", "dest": "/d", "mode": -1, "timestamp": -1,
                "owner": { "user": { "User": { "byName": { "name": "bob" } } }, "group": { "User": { "byId": 7 } } },
            }),
        ),
        "merge" => op(
            2,
            json!({ "merge": { "inputs": [{ "input": 0 }, { "input": 1 }] } }),
            None,
        ),
        "diff" => op(
            1,
            json!({ "diff": { "lower": { "input": -1 }, "upper": { "input": 0 } } }),
            None,
        ),
        name => panic!("{name} has no op"),
    }
}

fn map_of(op: &Value) -> Result<CacheMap, OpError> {
    Op::parse(op.to_string().as_bytes())?.cache_map(&Platform::new("linux", "amd64", ""))
}

fn case_map(name: &str) -> CacheMap {
    map_of(&op_of(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

cases! {
    fn cache_maps_are_buildkits() {
        for case in vectors().ops {
            let name = case.name;
            assert!(case.matches, "{name}");
            let map = case_map(&name);
            assert_eq!(map.preimage, case.hashed_json, "{name}");
            assert_eq!(map.digest, case.op_digest, "{name}");
            assert_eq!(Digest::sha256(map.preimage.as_bytes()).to_string(), map.digest, "{name}");
            let selectors: Vec<&str> = map.dependencies.iter().map(|dependency| dependency.selector.as_str()).collect();
            assert_eq!(selectors, case.dep_selectors, "{name}");
            let by_content: Vec<bool> = map.dependencies.iter().map(|dependency| dependency.content.is_some()).collect();
            assert_eq!(by_content, case.dep_content_based, "{name}");
            for dependency in &map.dependencies {
                let digest = dependency.preimage.as_ref().map(|preimage| Digest::sha256(preimage.as_bytes()).to_string());
                assert_eq!(digest.unwrap_or_default(), dependency.selector, "{name}");
            }
        }
    }

    fn selectors_are_digests_of_paths() {
        let selector = |name: &str, input: usize| case_map(name).dependencies.swap_remove(input).selector;
        for (of, expected) in vectors().selector_digests {
            let found = match of.as_str() {
                "" => selector("merge", 0),
                "exec root selector" => selector("exec-default-root", 0),
                "exec /sub/dir" => selector("exec-bind-ro-selector", 1),
                "file /a/b/src" => selector("file-copy", 1),
                other => panic!("{other}"),
            };
            assert_eq!(found, expected, "{of}");
        }
    }

    fn records_lead_from_an_image_to_a_copy() {
        let ChainExample { source_keys, exec_record, copy_record, slow_key_formula, .. } = vectors().solver_chain_example;
        assert_eq!(
            slow_key_formula,
            "depDigest = sha256(join(selectorDigests, 0x00)) where each is the ASCII 'sha256:hex' of contenthash.Checksum; \
             slow cache key record = sha256(depDigest + '@-1'); link selector empty"
        );
        let chain_id = chain_id_of_the_example();
        let digest = AnyDigest::parse(INPUT).expect("a digest");
        let keys = [manifest_key(&digest, &Platform::new("linux", "amd64", ""), None).key.to_string(), chain_id];
        assert_eq!(source_keys.len(), 2);
        let mut base = Vec::new();
        for (case, key) in source_keys.into_iter().zip(keys) {
            let map = source_cache_map(&key);
            assert_eq!(map.digest, case.op_digest, "{}", case.from);
            let found = record(&map.digest, 0);
            assert_eq!(found.digest, case.record, "{}", case.from);
            assert_eq!(found.preimage, Some(format!("{}@0", case.op_digest)));
            base.push(found.digest);
        }

        let expected = |case: &RecordCase, solved: &Solved, links: &dyn Fn(&Link) -> Vec<String>| {
            assert_eq!(solved.record.digest, case.record);
            let inputs: Vec<Vec<Alternative>> = case.inputs.iter().map(|input| {
                let alternatives = input.iter().flat_map(|alternative| {
                    links(&alternative.link).into_iter().map(|record| Alternative { selector: alternative.selector.clone(), record })
                });
                alternatives.collect()
            }).collect();
            assert_eq!(solved.inputs, inputs);
        };
        let exec = case_map("exec-default-root");
        assert_eq!(exec.digest, exec_record.op_digest);
        let solved = Solved::new(&exec, exec_record.output, &[(base.clone(), None)]).expect("one input");
        expected(&exec_record, &solved, &|link| match link {
            Link::Words(words) if words == "every source record above" => base.clone(),
            _ => panic!("another link"),
        });

        let copy = case_map("file-copy");
        assert_eq!(copy.digest, copy_record.op_digest);
        let slow = copy_record.inputs.iter().flatten().find_map(|alternative| match &alternative.link {
            Link::Slow { slow_key } => Some(slow_key),
            Link::Words(_) => None,
        });
        let slow = slow.expect("a slow key");
        let made = slow_key(std::slice::from_ref(&slow.contenthash_of_selected_path));
        assert_eq!((&made.digest, &made.record.digest), (&slow.dep_digest, &slow.record));
        let destination = vec![solved.record.digest];
        let inputs = [(destination.clone(), None), (base.clone(), Some(made))];
        let solved = Solved::new(&copy, copy_record.output, &inputs).expect("two inputs");
        expected(&copy_record, &solved, &|link| match link {
            Link::Words(words) if words == "destination's records" => destination.clone(),
            Link::Words(words) if words == "source's definition records" => base.clone(),
            Link::Slow { slow_key } => vec![slow_key.record.clone()],
            Link::Words(words) => panic!("{words}"),
        });
        assert_eq!(Solved::new(&copy, 0, &[]).map_err(|error| error.code()), Err("op-input"));
    }

    // The checksums are those of an independent script.
    fn inputs_from_an_image_at_hand_have_slow_keys() {
        let script: Value = files::vectors("fixture_checksums");
        let case = &script["cases"][0];
        assert_eq!((&case["fixture"], &case["last"]), (&json!("hello-oci-archive"), &json!(0)));
        let checksum = |path: &str| case["checksums"].as_array().expect("checksums").iter()
            .find(|found| found["path_b64"] == path)
            .and_then(|found| found["digest"].as_str())
            .expect("a checksum");
        let (root_sum, hello_sum) = (checksum(""), checksum("aGVsbG8="));

        let vertex = |digest: &str, op: Value| json!({ "Op": op, "Digest": digest }).to_string();
        let image = json!({ "Op": { "source": { "identifier": "docker-image://docker.io/library/hello-world:latest" } } });
        let from_image = |kind: Value| json!({ "inputs": [{ "digest": "sha256:z", "index": 0 }, { "digest": "sha256:a", "index": 0 }], "Op": kind });
        let copy = |path: &str| actions(json!([{ "input": 0, "secondaryInput": 1, "output": 0, "Action": { "copy": { "src": path, "dest": "/" } } }]));
        let run = exec(&["true"], json!([root(), { "input": 1, "dest": "/from", "readonly": true, "output": -1 }]));
        let lines = [
            vertex("sha256:a", image),
            vertex("sha256:b", from_image(copy("/hello"))),
            vertex("sha256:c", from_image(copy("/nowhere"))),
            vertex("sha256:d", from_image(run)),
        ];
        let definition = Definition::parse(lines.join("\n").as_bytes()).expect("a definition");
        let worker = Platform::new("linux", "amd64", "");
        let mut inspection = inspect::open(files::read("tests/fixtures/hello-oci-archive/image.tar")).expect("an archive");
        let solve = |inspection: &Inspection<Vec<u8>>| {
            let mut sources = Manager::default();
            sources.register(ImageSource::new(inspection, Some(&worker)));
            let jobs = definition.jobs(&sources, &worker).expect("jobs");
            (jobs, definition.solve(&sources, &worker).expect("records"))
        };
        let slow = |solved: &[SolvedVertex]| -> Vec<Option<Result<String, String>>> {
            solved.iter().skip(1).map(|vertex| {
                let slow = vertex.slow[1].clone();
                slow.map(|slow| slow.map(|key| key.record.digest).map_err(|failure| failure.code))
            }).collect()
        };
        let (jobs, unread) = solve(&inspection);
        assert_eq!(jobs.len(), 1, "of one layer");
        assert!(slow(&unread).iter().all(|slow| !matches!(slow, Some(Ok(_)))), "{unread:?}");
        for job in jobs {
            let scanned = inspection.scan(&job, |_| true).expect("memory can be read");
            inspection.complete(scanned);
        }
        let (jobs, read) = solve(&inspection);
        assert!(jobs.is_empty(), "nothing is read twice");
        let record = |checksum: &str| {
            let digest = Digest::sha256(checksum.as_bytes());
            Digest::sha256(format!("{digest}@-1").as_bytes()).to_string()
        };
        let expected = [Some(Ok(record(hello_sum))), Some(Err("no-such-path".to_owned())), Some(Ok(record(root_sum)))];
        assert_eq!(slow(&read), expected);
        let links = |vertex: usize| read[vertex].records[0].inputs[1].iter().map(|link| link.record.clone()).collect::<Vec<_>>();
        assert_eq!((links(1).len(), links(2).len()), (3, 2));
        assert_eq!(links(1).last(), Some(&record(hello_sum)));
    }

    fn what_holds_for_a_session_is_random() {
        let SessionExample { key, op_digest, root_key } = vectors().session_example;
        assert_eq!(source_op_digest(&key), op_digest);
        assert_eq!(root_key, "random:<same hex as op_digest> (output index ignored); never exported");
        for output in [0, 1] {
            assert_eq!(root_record(&op_digest, output), op_digest);
            assert_eq!(record(&op_digest, output.into()).preimage, None);
        }
    }
}

// The config key of main_manifest_key.json from which the example goes on.
fn chain_id_of_the_example() -> String {
    #[derive(Deserialize)]
    struct Keys {
        config_key: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        expect: Option<String>,
        source_op_digest: Option<String>,
    }
    let keys: Keys = files::vectors("main_manifest_key");
    let wanted = "sha256:2c3d23bfffaeba6eaab8fbb82136b28b8b7ca2e6b08d11d818ad365ac83304e5";
    let found = keys
        .config_key
        .into_iter()
        .find(|case| case.source_op_digest.as_deref() == Some(wanted));
    found
        .and_then(|case| case.expect)
        .expect("the chain ID of the example")
}

fn refused(op: &Value) -> (&'static str, String) {
    match map_of(op) {
        Ok(map) => panic!("{map:?}"),
        Err(error) => (error.code(), error.to_string()),
    }
}

cases! {
    fn content_stands_for_inputs_only_where_that_is_safe() {
        let with = |mount: Value| {
            let map = map_of(&op(1, exec(&["true"], json!([mount])), None))?;
            Ok::<_, OpError>(map.dependencies[0].content.as_ref().map(|paths| paths.iter().map(|path| path.path.clone()).collect::<Vec<_>>()))
        };
        let bind = |more: Value| {
            let mut mount = json!({ "input": 0, "dest": "/m", "selector": "a" });
            for (name, value) in more.as_object().expect("an object") {
                mount[name] = value.clone();
            }
            with(mount)
        };
        assert_eq!(bind(json!({})), Ok(None));
        assert_eq!(bind(json!({ "readonly": true })), Ok(Some(vec!["/a".to_owned()])));
        assert_eq!(bind(json!({ "output": -1, "selector": "../b/./c/" })), Ok(Some(vec!["/b/c".to_owned()])));
        assert_eq!(bind(json!({ "selector": "" })), Ok(Some(Vec::new())), "all of it");
        assert_eq!(bind(json!({ "readonly": true, "contentCache": 2 })), Ok(None));
        assert_eq!(bind(json!({ "readonly": true, "dest": "/", "contentCache": 1 })), Ok(Some(vec!["/a".to_owned()])));
        assert_eq!(bind(json!({ "readonly": true, "dest": "/" })), Ok(None));
        assert_eq!(bind(json!({ "contentCache": 1 })), Err(OpError::ContentCache { dest: "/m".to_owned() }));
        for kind in [1, 2, 4] {
            let map = map_of(&op(1, exec(&["true"], json!([{ "input": 0, "dest": "/m", "mountType": kind }])), None)).expect("a map");
            assert_eq!(map.dependencies[0].selector, "", "type {kind} is no input");
        }
        let two = json!([{ "dest": "/", "selector": "b" }, { "dest": "/m", "selector": "b/c", "readonly": true }, { "dest": "/n", "selector": "bc", "readonly": true }]);
        let map = map_of(&op(1, exec(&["true"], two), None)).expect("a map");
        assert_eq!(map.dependencies[0].preimage.as_deref(), Some("/b\0/b/c\0/bc"));
        let paths = map.dependencies[0].content.as_ref().expect("by content").iter().map(|path| (path.path.as_str(), path.follow_links));
        assert_eq!(paths.collect::<Vec<_>>(), [("/b", true), ("/bc", true)]);
    }

    fn copies_select_paths_sorted_downwards_and_owners_their_files() {
        let copy = |src: &str, more: Value| {
            let mut copy = json!({ "src": src, "dest": "/" });
            for (name, value) in more.as_object().expect("an object") {
                copy[name] = value.clone();
            }
            copy
        };
        let owner = json!({ "user": { "User": { "byName": { "name": "a", "input": 1 } } }, "group": { "User": { "byName": { "name": "b", "input": 1 } } } });
        let all = json!([
            { "input": 0, "secondaryInput": 1, "output": -1, "Action": { "copy": copy("/x/*", json!({ "allowWildcard": true })) } },
            { "input": 3, "secondaryInput": 1, "output": -1, "Action": { "copy": copy("/etc", json!({ "followSymlink": true, "owner": owner })) } },
            { "input": 4, "secondaryInput": 1, "output": 0, "Action": { "copy": copy("/y", json!({ "include_patterns": ["*.c"] })) } },
        ]);
        let map = map_of(&op(2, actions(all), None)).expect("a map");
        assert_eq!(map.dependencies[0].selector, "");
        assert_eq!(map.dependencies[1].preimage.as_deref(), Some("/y\0/x/*\0/etc/passwd\0/etc/group\0/etc"));
        let content = map.dependencies[1].content.as_ref().expect("by content");
        let found: Vec<(&str, bool, bool, usize)> = content.iter()
            .map(|path| (path.path.as_str(), path.follow_links, path.wildcard, path.include.len()))
            .collect();
        assert_eq!(found, [("/etc", true, false, 0), ("/x/*", false, true, 0), ("/y", false, false, 1)]);
    }

    // BuildKit counts by actions where the inputs' number would be right.
    fn indexes_are_hashed_unless_they_are_the_usual_ones() {
        let made = |input: i64| {
            let mkdir = |input: i64, output: i64| json!({ "input": input, "secondaryInput": -1, "output": output, "Action": { "mkdir": { "path": "/a" } } });
            let map = map_of(&op(1, actions(json!([mkdir(0, -1), mkdir(input, 0)])), None)).expect("a map");
            map.preimage.split_once("],").map(|(_, rest)| rest.to_owned())
        };
        assert_eq!(made(2), None);
        assert_eq!(made(1).as_deref(), Some("\"indexes\":[[0,-1,-1],[1,-1,0]]}"));
    }

    fn ops_that_are_not_understood_have_no_digest() {
        assert_eq!(refused(&json!({})).0, "op-kind");
        assert_eq!(refused(&json!({ "Op": { "build": {} } })), ("op-member-unknown", "Op has a member that is not known here: \"build\"".to_owned()));
        assert_eq!(
            refused(&op(1, json!({ "exec": { "meta": { "argz": [] } } }), None)),
            ("op-member-unknown", "Meta has a member that is not known here: \"argz\"".to_owned())
        );
        for (kind, expected) in [
            (json!({ "exec": { "meta": { "args": "true" } } }), "Meta.args: expected a list of strings"),
            (json!({ "exec": { "meta": { "args": [1] } } }), "Meta.args: expected a list of strings"),
            (json!({ "exec": { "mounts": [1] } }), "Mount: expected an object"),
            (json!({ "exec": { "network": 1.5 } }), "ExecOp.network: expected an integer"),
            (json!({ "exec": [] }), "ExecOp: expected an object"),
            (json!({ "source": { "identifier": 1 } }), "SourceOp.identifier: expected a string"),
            (json!({ "file": { "actions": [{ "Action": { "mkfile": { "data": "?" } } }] } }), "FileActionMkFile.data: expected base64"),
        ] {
            assert_eq!(refused(&op(1, kind, None)), ("op-member-type", expected.to_owned()));
        }
        assert_eq!(refused(&op(1, exec(&[], json!([{ "input": 1, "dest": "/" }])), None)).1, "expected the index of one of 1 inputs, but found 1");
        assert_eq!(refused(&op(1, exec(&[], json!([{ "input": -2, "dest": "/" }])), None)).0, "op-input");
        let owner = json!({ "user": { "User": { "byName": { "name": "a", "input": 9 } } } });
        let mkdir = json!([{ "input": 0, "secondaryInput": -1, "output": 0, "Action": { "mkdir": { "path": "/a", "owner": owner } } }]);
        assert_eq!(refused(&op(1, actions(mkdir), None)).0, "op-input");
        assert_eq!(Op::parse(b"{").map_err(|error| error.code()), Err("json-syntax"));
        assert_eq!(Op::parse(&vec![b'['; 20_000]).map_err(|error| error.code()), Err("limit-json-depth"));
        // Names in any case, as Go takes them; null is nothing.
        let odd = json!({ "OP": null, "inputs": null, "Op": { "Diff": { "LOWER": { "input": -1 }, "upper": {} } } });
        assert_eq!(map_of(&odd).map(|map| map.digest), Ok(case_map("diff").digest));
    }

    fn a_definition_is_solved_from_its_sources_up() {
        let vertex = |digest: &str, op: Value| json!({ "Op": op, "Digest": digest, "OpMetadata": { "caps": {} } }).to_string();
        let local = json!({ "inputs": [], "Op": { "source": { "identifier": "local://context", "attrs": { "local.session": "s" } } } });
        let run = json!({ "inputs": [{ "digest": "sha256:a", "index": 0 }], "Op": exec(&["true"], json!([root()])) });
        let merge = json!({ "inputs": [{ "digest": "sha256:b", "index": 1 }, { "digest": "sha256:z", "index": 0 }], "Op": { "merge": { "inputs": [{}, { "input": 1 }] } } });
        let result = json!({ "Op": { "inputs": [{ "digest": "sha256:c", "index": 0 }], "Op": {} }, "Digest": "sha256:d" });
        let lines = [vertex("sha256:a", local), vertex("sha256:b", run), vertex("sha256:c", merge), result.to_string()];
        let worker = Platform::new("linux", "amd64", "");
        let mut sources = Manager::default();
        sources.register(LocalSource::default());
        let definition = Definition::parse(lines.join("\n").as_bytes()).expect("a definition");
        assert_eq!(definition.vertices.len(), 3);
        let solved = definition.solve(&sources, &worker).expect("records");
        let random = &solved[0].records[0].record;
        assert!(random.digest.starts_with("random:") && random.preimage.is_none());
        let run = &solved[1].records[0];
        assert_eq!(run.record.digest, record(&solved[1].maps[0].1.digest, 0).digest);
        assert_eq!(run.inputs, [[Alternative { selector: case_map("exec-default-root").dependencies[0].selector.clone(), record: random.digest.clone() }]]);
        // The second output of the run, and a vertex that is not there.
        let second = record(&solved[1].maps[0].1.digest, 1).digest;
        assert_eq!(solved[2].records[0].inputs, [vec![Alternative { selector: String::new(), record: second }], Vec::new()]);

        let turned: Vec<String> = [&lines[1], &lines[0]].map(Clone::clone).into();
        let turned = Definition::parse(turned.join("\n").as_bytes()).expect("a definition");
        assert_eq!(turned.solve(&sources, &worker).map_err(|error| error.code()), Err("op-graph"));
        let unknown = Definition::parse(lines[0].replace("local:", "ftp:").as_bytes()).expect("a definition");
        assert_eq!(unknown.solve(&sources, &worker).map_err(|error| error.to_string()), Err("no handler for ftp".to_owned()));
        assert_eq!(Definition::parse(b"").map_err(|error| error.code()), Err("json-syntax"));
        assert_eq!(Definition::parse(result.to_string().as_bytes()).map_err(|error| error.code()), Err("op-kind"));
    }
}
