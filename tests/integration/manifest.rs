//! Indexes, manifests and configs beyond the vectors.

use oci_lens::descriptor::Descriptor;
use oci_lens::diagnostic::Diagnostic;
use oci_lens::digest::Digest;
use oci_lens::limits::Limits;
use oci_lens::manifest::docker::{parse_legacy_image, parse_repositories, parse_saved_images};
use oci_lens::manifest::history::{HistoryEntry, layers_of_history};
use oci_lens::manifest::{
    Config, Document, DocumentError, Index, Layout, Manifest, ManifestKind, Parsed,
};
use oci_lens::media_type::MediaType;
use oci_lens::report::{DescriptorView, HistoryView};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const EMPTY: &str = r#"{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}"#;

fn document(raw: &str, media_type: Option<&str>) -> Result<Parsed<Document>, DocumentError> {
    let media_type = media_type.and_then(|text| MediaType::parse(text).ok());
    Document::parse(raw.as_bytes(), media_type.as_ref(), &Limits::default())
}

// `code path` of every diagnostic; the path is what the message begins with.
fn findings(diagnostics: &[Diagnostic]) -> Vec<String> {
    let place = |finding: &Diagnostic| {
        let place = finding
            .message
            .split(": expected")
            .next()
            .unwrap_or_default();
        format!("{} {place}", finding.code)
    };
    diagnostics.iter().map(place).collect()
}

fn told<T>(parsed: &Result<Parsed<T>, DocumentError>) -> String {
    match parsed {
        Ok(parsed) => findings(&parsed.diagnostics).join("\n"),
        Err(error) => error.code().to_owned(),
    }
}

fn ok<T>(parsed: Result<Parsed<T>, DocumentError>) -> Parsed<T> {
    parsed.unwrap_or_else(|error| panic!("{error}"))
}

cases! {
    // containerd core/images TestValidateMediaType; BuildKit's
    // DetectManifestBlobMediaType where no type is given, save that `{}` is
    // nothing here and a list there.
    fn an_index_and_a_manifest_are_told_apart() {
        let docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
        let docker = "application/vnd.docker.distribution.manifest.v2+json";
        let own = |media_type: &str| format!(r#"{{"mediaType":"{media_type}"}}"#);
        let both = r#"{"manifests":[],"layers":[]}"#;
        for (raw, media_type, expected) in [
            (r#"{"manifests":[]}"#, Some(INDEX), "index"),
            (r#"{"manifests":[]}"#, Some(docker_list), "index"),
            (r#"{"manifests":[]}"#, Some(MANIFEST), "manifest-is-index"),
            (r#"{"manifests":null}"#, Some(docker), "manifest-is-index"),
            (r#"{"config":{}}"#, Some(MANIFEST), "manifest"),
            (r#"{"layers":[]}"#, Some(docker), "manifest"),
            (r#"{"layers":[]}"#, Some(INDEX), "index-is-manifest"),
            (r#"{"config":{}}"#, Some(docker_list), "index-is-manifest"),
            (both, Some(INDEX), "index-is-manifest"),
            (both, Some(MANIFEST), "manifest-is-index"),
            (both, None, "document-ambiguous"),
            (&own(INDEX), Some(MANIFEST), "manifest-is-index"),
            (&own(docker_list), Some(MANIFEST), "manifest-is-index"),
            (&own(MANIFEST), Some(INDEX), "index-is-manifest"),
            (&own(docker), Some(INDEX), "index-is-manifest"),
            (&own(docker), Some(MANIFEST), "manifest"),
            (&own(INDEX), None, "index"),
            (&own(docker), None, "manifest"),
            (&own("a/b"), None, "document-shape"),
            ("{}", Some(MANIFEST), "manifest"),
            ("{}", Some(INDEX), "index"),
            ("{}", None, "document-shape"),
            ("[]", Some(INDEX), "document-shape"),
            ("", Some(INDEX), "json-syntax"),
            (r#"{"manifests":[]}"#, Some("application/octet-stream"), "index"),
            (r#"{"config":{}}"#, Some("application/octet-stream"), "manifest"),
            (r#"{"schemaVersion":1,"fsLayers":[]}"#, Some(MANIFEST), "docker-schema-1"),
            (r#"{"schemaVersion":1,"fsLayers":[]}"#, None, "docker-schema-1"),
            ("{}", Some("application/vnd.docker.distribution.manifest.v1+prettyjws"), "docker-schema-1"),
        ] {
            let found = match document(raw, media_type) {
                Ok(parsed) => match parsed.value {
                    Document::Index(_) => "index",
                    Document::Manifest(_) => "manifest",
                },
                Err(error) => error.code(),
            };
            assert_eq!(found, expected, "{raw} as {media_type:?}");
        }
    }

    fn hostile_documents_are_refused_or_told_of() {
        let descriptor = |members: &str| {
            format!(r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"a/b","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",{members}}}]}}"#)
        };
        let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let long = "x".repeat(10 << 20);
        let index = |raw: String| told(&Index::parse(raw.into_bytes(), &Limits::default()));
        for (name, raw, expected) in [
            ("unknown_members_nest_as_deep_as_go_reads",
                descriptor(&format!(r#""size":1,"x":{}"#, deep(9_997))), ""),
            ("deeper_is_refused",
                descriptor(&format!(r#""size":1,"x":{}"#, deep(9_998))), "limit-json-depth"),
            ("deep_without_an_end", "[".repeat(100_000), "limit-json-depth"),
            ("a_long_text", descriptor(&format!(r#""size":1,"x":"{long}""#)), ""),
            ("a_long_text_is_cut_in_findings",
                descriptor(&format!(r#""size":1,"artifactType":"{long}""#)),
                "media-type-invalid manifests[0].artifactType"),
            ("size_as_float", descriptor(r#""size":1.0"#), "size-invalid manifests[0].size"),
            ("size_with_exponent", descriptor(r#""size":1e3"#), "size-invalid manifests[0].size"),
            ("size_minus_zero", descriptor(r#""size":-0"#), ""),
            ("size_past_int64",
                descriptor(r#""size":9223372036854775808"#), "size-invalid manifests[0].size"),
            ("size_past_uint64",
                descriptor(r#""size":99999999999999999999"#), "size-invalid manifests[0].size"),
            ("size_with_leading_zero", descriptor(r#""size":01"#), "json-syntax"),
            ("size_null", descriptor(r#""size":null"#), "member-type manifests[0].size"),
            ("duplicate_members",
                descriptor(r#""size":1,"size":2"#), "json-duplicate-member manifests[0].size"),
            ("duplicate_annotations",
                descriptor(r#""size":1,"annotations":{"a.b":"1","a.b":"2"}"#),
                "json-duplicate-member manifests[0].annotations[\"a.b\"]"),
            ("a_byte_order_mark", format!("\u{feff}{}", descriptor(r#""size":1"#)), "json-syntax"),
            ("trailing_text", descriptor(r#""size":1"#) + "x", "json-syntax"),
            ("a_nul_in_a_text", descriptor("\"size\":1,\"x\":\"\0\""), "json-syntax"),
            ("half_a_surrogate_pair", descriptor(r#""size":1,"annotations":{"a":"\ud800"}"#), ""),
            ("a_platform_that_is_none",
                descriptor(r#""size":1,"platform":"linux""#), "member-type manifests[0].platform"),
            ("a_url_of_other_characters",
                descriptor(r#""size":1,"urls":["https://a/%zz","https://a/ b",7]"#),
                "url-invalid manifests[0].urls[0]\nurl-invalid manifests[0].urls[1]\nmember-type manifests[0].urls[2]"),
            ("null_members", r#"{"schemaVersion":2,"manifests":null,"annotations":null}"#.to_owned(),
                "member-type manifests\nmember-type annotations"),
            ("entries_that_are_none", r#"{"schemaVersion":2,"manifests":[1,[]]}"#.to_owned(),
                "member-type manifests[0]\nmember-type manifests[1]"),
        ] {
            assert_eq!(index(raw), expected, "{name}");
        }
        let raw = b"{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"a\":\"\xff\"}}";
        let parsed = ok(Index::parse(&raw[..], &Limits::default()));
        assert_eq!(findings(&parsed.diagnostics), ["json-utf8 the document"]);
        assert_eq!(parsed.value.annotations.get("a").map(String::as_str), Some("\u{fffd}"));
    }

    fn limits_are_errors_of_their_own() {
        let limits = Limits { document_bytes: 1_000, layers: 2, diagnostics: 2, ..Limits::default() };
        let manifest = |layers: &str| format!(r#"{{"schemaVersion":2,"config":{EMPTY},"layers":[{layers}]}}"#);
        let parse = |raw: String| told(&Manifest::parse(raw.into_bytes(), &limits));
        assert_eq!(parse(manifest("1,2,3")), "limit-layers");
        assert_eq!(parse(" ".repeat(1_001)), "limit-document-size");
        let parsed = ok(Manifest::parse(manifest("{},{}").into_bytes(), &limits));
        let codes: Vec<&str> = parsed.diagnostics.iter().map(|found| found.code.as_str()).collect();
        assert_eq!(codes, ["member-missing", "member-missing", "limit-diagnostics"]);
        let config = r#"{"architecture":"a","os":"b","rootfs":{"type":"layers","diff_ids":[1,2,3]}}"#;
        assert_eq!(told(&Config::parse(config.as_bytes(), &limits)), "limit-layers");
    }

    fn a_bad_member_leaves_the_rest_in_place() {
        let raw = format!(r#"{{"schemaVersion":2,"config":{EMPTY},"artifactType":"a/b","subject":{EMPTY},"more":{{ "b":[1] }},
            "layers":[{{"mediaType":"bad","digest":"sha256:xyz","size":"7"}},{{"mediaType":"a/b","digest":"sha9:zz","size":3,"own":1.0}}]}}"#);
        let parsed = ok(Manifest::parse(raw.clone().into_bytes(), &Limits::default()));
        assert_eq!(
            findings(&parsed.diagnostics),
            ["media-type-invalid layers[0].mediaType", "digest-length layers[0].digest", "member-type layers[0].size"]
        );
        assert_eq!((&*parsed.raw, parsed.digest), (raw.as_bytes(), Digest::sha256(raw.as_bytes())));
        let manifest = parsed.value;
        assert_eq!(manifest.unknown.get("more").map(|json| &**json), Some(r#"{ "b":[1] }"#));
        assert_eq!(manifest.subject.map(|subject| subject.digest.to_string()).unwrap_or_default().len(), 71);
        let shown: Vec<String> = manifest.layers.iter()
            .map(|layer| serde_json::to_string(&DescriptorView::from(layer)).unwrap_or_default())
            .collect();
        assert_eq!(shown, [
            r#"{"mediaType":"bad","digest":"sha256:xyz","embedded":false}"#,
            r#"{"mediaType":"a/b","digest":"sha9:zz","size":"3","embedded":false}"#,
        ]);
        let own = manifest.layers.get(1).and_then(|layer| layer.unknown.get("own"));
        assert_eq!(own.map(|json| &**json), Some("1.0"));
    }

    fn embedded_data_is_used_when_size_and_digest_agree() {
        let digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        for (digest, size, data, expected, used) in [
            (digest, "2", "e30=", "", true),
            (digest, "3", "e30=", "data-mismatch subject.data", false),
            (digest, "2", "e31=", "data-encoding subject.data", false),
            (digest, "2", "W10=", "data-mismatch subject.data", false),
            (digest, "2", "e30", "data-encoding subject.data", false),
            (digest, "2", "e30=\\n", "data-encoding subject.data", false),
            ("sha9:zz", "2", "e30=", "data-not-checked subject.data: embedded content is not used, because its digest cannot be computed here", false),
        ] {
            let raw = format!(r#"{{"schemaVersion":2,"manifests":[],"subject":{{"mediaType":"a/b","digest":"{digest}","size":{size},"data":"{data}"}}}}"#);
            let parsed = ok(Index::parse(raw.into_bytes(), &Limits::default()));
            assert_eq!(findings(&parsed.diagnostics).join("\n"), expected, "{data}");
            let embedded = parsed.value.subject.and_then(|subject| subject.data);
            assert_eq!(embedded.as_deref(), used.then_some(&b"{}"[..]), "{data}");
        }
    }

    fn manifests_are_images_attestations_or_artifacts() {
        let layer = |media_type: &str| format!(r#"{{"mediaType":"{media_type}","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}}"#);
        let gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
        let in_toto = "application/vnd.in-toto+json";
        for (config, layers, artifact_type, expected, effective) in [
            ("application/vnd.oci.image.config.v1+json", gzip, "", ManifestKind::Image, "application/vnd.oci.image.config.v1+json"),
            ("application/vnd.docker.container.image.v1+json", gzip, "", ManifestKind::Image, "application/vnd.docker.container.image.v1+json"),
            ("application/octet-stream", gzip, "", ManifestKind::Image, "application/octet-stream"),
            ("application/octet-stream", "a/b", "", ManifestKind::Artifact, "application/octet-stream"),
            ("application/vnd.oci.image.config.v1+json", in_toto, "", ManifestKind::Attestation, "application/vnd.oci.image.config.v1+json"),
            ("application/vnd.oci.empty.v1+json", in_toto, "a/c", ManifestKind::Attestation, "a/c"),
            ("application/vnd.oci.empty.v1+json", "a/b", "a/c", ManifestKind::Artifact, "a/c"),
            ("application/vnd.buildkit.cacheconfig.v0", gzip, "", ManifestKind::Artifact, "application/vnd.buildkit.cacheconfig.v0"),
            ("application/vnd.docker.plugin.v1+json", gzip, "", ManifestKind::Artifact, "application/vnd.docker.plugin.v1+json"),
        ] {
            let artifact_type = if artifact_type.is_empty() { String::new() } else { format!(r#""artifactType":"{artifact_type}","#) };
            let raw = format!(r#"{{"schemaVersion":2,{artifact_type}"config":{},"layers":[{}]}}"#, layer(config), layer(layers));
            let parsed = ok(Manifest::parse(raw.into_bytes(), &Limits::default()));
            assert_eq!(findings(&parsed.diagnostics), [""; 0], "{config}");
            assert_eq!(
                (parsed.value.kind(), parsed.value.effective_artifact_type()),
                (expected, effective.to_owned()),
                "{config} with {layers}"
            );
        }
        let raw = format!(r#"{{"schemaVersion":2,"config":{EMPTY},"layers":[{EMPTY}]}}"#);
        assert_eq!(told(&Manifest::parse(raw.into_bytes(), &Limits::default())), "artifact-type-missing artifactType");
    }

    fn an_attestation_names_its_subject() {
        let raw = r#"{"schemaVersion":2,"manifests":[
            {"mediaType":"a/b","digest":"sha9:a","size":1,"platform":{"os":"unknown","architecture":"unknown"},
             "annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"sha9:b"}},
            {"mediaType":"a/b","digest":"sha9:b","size":1,"annotations":{"vnd.docker.reference.type":"other"}},
            {"mediaType":"a/b","digest":"sha9:c","size":1,"annotations":{"vnd.docker.reference.type":"attestation-manifest"}},
            {"mediaType":"a/b","digest":"sha9:d","size":1,"annotations":{"in-toto.io/predicate-type":"https://slsa.dev/provenance/v1"}}]}"#;
        let index = ok(Index::parse(raw.as_bytes(), &Limits::default())).value;
        let attests: Vec<_> = index.manifests.iter().map(Descriptor::attests).collect();
        assert_eq!(attests, [Some("sha9:b"), None, Some(""), None]);
        let predicates: Vec<_> = index.manifests.iter().map(Descriptor::predicate_type).collect();
        assert_eq!(predicates, [None, None, None, Some("https://slsa.dev/provenance/v1")]);
        let platform = index.manifests.first().and_then(|entry| entry.platform.as_ref());
        assert_eq!(platform.map(ToString::to_string).as_deref(), Some("unknown/unknown"));
    }

    fn configs_are_read_with_what_is_wrong() {
        let raw = r#"{"architecture":"amd64","os":"windows","os.version":"10.0.1","os.features":["b","a"],"variant":"v1",
            "created":"2020-01-01","author":"me","docker_version":"20","config":{"User":"0","Env":["A=b","=c","d"],"Cmd":null,
            "Entrypoint":["/x"],"ExposedPorts":{"80/tcp":{}},"Volumes":null,"Labels":{"k":"v"},"WorkingDir":"/","StopSignal":"TERM",
            "Healthcheck":{"Test":["NONE"]}},"rootfs":{"type":"other","diff_ids":["sha256:a","sha9:b",7]},
            "history":[{"created_by":"RUN x","comment":"c","author":"a","created":"2020-01-01T00:00:00Z"},{"empty_layer":true},3]}"#;
        let parsed = ok(Config::parse(raw.as_bytes(), &Limits::default()));
        assert_eq!(findings(&parsed.diagnostics), [
            "time-invalid created", "rootfs-type rootfs.type", "member-type rootfs.diff_ids[2]",
            "env-invalid config.Env[1]", "env-invalid config.Env[2]", "member-type history[2]",
            "digest-length rootfs.diff_ids[0]", "digest-format rootfs.diff_ids[2]",
        ]);
        let config = parsed.value;
        assert_eq!(config.diff_id_texts(), ["sha256:a", "sha9:b", ""]);
        assert_eq!(config.platform.to_string(), "windows/amd64/v1");
        assert_eq!((config.platform.os_version.as_str(), config.platform.os_features.join(",")), ("10.0.1", "b,a".to_owned()));
        assert_eq!((config.created.as_deref(), config.author.as_deref()), (Some("2020-01-01"), Some("me")));
        let runtime = config.runtime;
        assert_eq!((runtime.env, runtime.cmd, runtime.entrypoint), (vec!["A=b".to_owned(), "=c".to_owned(), "d".to_owned()], vec![], vec!["/x".to_owned()]));
        assert_eq!((runtime.exposed_ports, runtime.volumes), (vec!["80/tcp".to_owned()], vec![]));
        assert_eq!(runtime.unknown.keys().collect::<Vec<_>>(), ["Healthcheck"]);
        assert_eq!(config.unknown.keys().collect::<Vec<_>>(), ["docker_version"]);
        let history: Vec<String> = layers_of_history(&config.history, 3).layers.iter().zip(&config.history)
            .map(|(layer, entry)| serde_json::to_string(&HistoryView::new(entry, *layer)).unwrap_or_default())
            .collect();
        assert_eq!(history, [
            r#"{"createdBy":"RUN x","command":{"instruction":"RUN","arguments":"x","buildkit":false},"created":"2020-01-01T00:00:00Z","author":"a","comment":"c","emptyLayer":false,"layer":0}"#,
            r#"{"emptyLayer":true}"#,
            r#"{"emptyLayer":false,"layer":1}"#,
        ]);
    }

    // config.md, "history": entries without empty_layer and layers, both oldest first.
    fn history_entries_get_their_layers() {
        let entry = |empty_layer| HistoryEntry { empty_layer, ..HistoryEntry::default() };
        for (history, layers, expected, mismatch) in [
            ("", 0, vec![], None),
            ("", 2, vec![], None),
            ("LE", 1, vec![Some(0), None], None),
            ("ELLE", 2, vec![None, Some(0), Some(1), None], None),
            ("LL", 1, vec![Some(0), None], Some("the history tells of 2 layers, but there are 1")),
            ("L", 3, vec![Some(0)], Some("the history tells of 1 layers, but there are 3")),
            ("E", 1, vec![None], Some("the history tells of 0 layers, but there are 1")),
        ] {
            let entries: Vec<HistoryEntry> = history.chars().map(|kind| entry(kind == 'E')).collect();
            let found = layers_of_history(&entries, layers);
            assert_eq!(found.layers, expected, "{history} over {layers}");
            let told = found.mismatch.as_ref().map(|found| (found.code.as_str(), found.message.as_str()));
            assert_eq!(told, mismatch.map(|text| ("history-layer-count", text)), "{history} over {layers}");
        }
        let found = layers_of_history(&[entry(true), entry(false)], 1);
        assert_eq!((found.entry_of(0), found.entry_of(1)), (Some(1), None));
    }

    fn small_files_are_read() {
        let limits = Limits::default();
        let layout = ok(Layout::parse(br#"{"imageLayoutVersion":"2.0.0","x":1}"#.as_slice(), &limits));
        assert_eq!(findings(&layout.diagnostics), ["layout-version imageLayoutVersion"]);
        assert_eq!(layout.value.version.as_deref(), Some("2.0.0"));

        let saved = ok(parse_saved_images(br#"[{"Config":"c.json","RepoTags":null,"Layers":["a/layer.tar"],"Parent":"sha256:p",
            "LayerSources":{"sha256:d":{"mediaType":"a/b","digest":"sha9:a","size":1}}},{"RepoTags":["n:t"],"Layers":null},[]]"#.as_slice(), &limits));
        assert_eq!(findings(&saved.diagnostics), ["member-missing [1].Config", "member-type [2]"]);
        let names: Vec<_> = saved.value.iter()
            .map(|image| (image.config.as_str(), image.repo_tags.join(","), image.layers.join(","), image.parent.as_deref(), image.layer_sources.len()))
            .collect();
        assert_eq!(names, [
            ("c.json", String::new(), "a/layer.tar".to_owned(), Some("sha256:p"), 1),
            ("", "n:t".to_owned(), String::new(), None, 0),
            ("", String::new(), String::new(), None, 0),
        ]);
        assert_eq!(told(&parse_saved_images(&b"[]"[..], &limits)), "");
        assert_eq!(told(&parse_saved_images(&b"null"[..], &limits)), "document-shape");

        let repositories = ok(parse_repositories(br#"{"busybox":{"latest":"id"},"bad":7}"#.as_slice(), &limits));
        assert_eq!(findings(&repositories.diagnostics), ["member-type bad"]);
        let tag = repositories.value.get("busybox").and_then(|tags| tags.get("latest"));
        assert_eq!(tag.map(String::as_str), Some("id"));

        let legacy = ok(parse_legacy_image(br#"{"id":"i","parent":"p","created":"1970-01-01T00:00:00Z","os":"linux","architecture":"amd64",
            "config":{"Cmd":["sh"],"Env":null},"container_config":{"Cmd":["x"]},"throwaway":true,"Size":3}"#.as_slice(), &limits));
        assert_eq!(findings(&legacy.diagnostics), [""; 0]);
        let legacy = legacy.value;
        assert_eq!((legacy.id.as_deref(), legacy.parent.as_deref(), legacy.throwaway), (Some("i"), Some("p"), true));
        assert_eq!((legacy.runtime.cmd.join(" "), legacy.container.cmd.join(" ")), ("sh".to_owned(), "x".to_owned()));
        assert_eq!((legacy.platform.to_string(), legacy.unknown.len()), ("linux/amd64".to_owned(), 1));
    }

    fn errors_say_what_was_expected_and_found() {
        for (raw, expected) in [
            ("{\"a\":}", "expected a JSON value, but found byte '}' at offset 5"),
            ("{", "expected a member name in double quotes, but found the end of the text at offset 1"),
            ("{\"a\" 1}", "expected ':', but found byte '1' at offset 5"),
            ("[1 2]", "expected ',' or ']', but found byte '2' at offset 3"),
            ("nul", "expected true, false or null, but found the end of the text at offset 3"),
            ("-", "expected a digit, but found the end of the text at offset 1"),
            ("\"\\x\"", "expected an escape, but found byte 'x' at offset 2"),
            ("\"\\u12", "expected four hexadecimal digits, but found the end of the text at offset 5"),
            ("{}\u{1}", "expected the end of the text, but found byte '\\u{1}' at offset 2"),
            ("7", "expected an image index or an image manifest, but found the number 7"),
        ] {
            let error = document(raw, Some(INDEX)).map(|_| ()).map_err(|error| error.to_string());
            assert_eq!(error, Err(expected.to_owned()), "{raw:?}");
        }
    }
}
