//! Tables of contents that lie, contradict themselves, or are none.

use oci_lens::layer::toc::{Toc, TocJob};
use oci_lens::limits::Limits;
use serde_json::{Value, json};

use super::made::{Form, Layer, Made, read};

const CHUNK: usize = 100;
const CHUNKED: &str = "io.github.containers.zstd-chunked.";

fn made() -> Vec<Made> {
    vec![
        Made::folder("d/"),
        Made::file("d/large", &[7; 250]),
        Made::file("d/small", b"small"),
        Made::symlink("s", "d"),
    ]
}

/// The code of why a layer is not listed; nothing where it is.
fn refused(layer: &Layer, limits: &Limits) -> Option<&'static str> {
    let toc = Toc::of(&layer.annotations).expect("annotations");
    let size = layer.blob.len() as u64;
    let job = TocJob { job: 0, size, toc };
    read(&job, &layer.blob, limits).err().map(|error| {
        assert!(!error.to_string().is_empty());
        error.code()
    })
}

fn changed(form: Form, change: impl FnOnce(&mut Vec<Value>)) -> Option<&'static str> {
    refused(&form.layer(&made(), CHUNK, change), &Limits::default())
}

type Change = fn(&mut Vec<Value>);

/// Entries: the folder, the large file with two further chunks, the small one, the symlink.
const ENTRIES: [(&str, Change, Option<&str>); 33] = [
    ("as it is", |_| (), None),
    ("no entries", Vec::clear, None),
    (
        "offset beyond the files",
        |all| all[1]["offset"] = json!(1_u64 << 40),
        Some("toc-malformed"),
    ),
    (
        "offset beyond all numbers",
        |all| all[1]["offset"] = json!(u64::MAX),
        Some("toc-malformed"),
    ),
    (
        "negative offset",
        |all| all[1]["offset"] = json!(-1),
        Some("toc-malformed"),
    ),
    (
        "no offset",
        |all| all[1]["offset"] = json!(0),
        Some("toc-malformed"),
    ),
    (
        "offset that is no integer",
        |all| all[1]["offset"] = json!(1.5),
        Some("toc-malformed"),
    ),
    (
        "chunks backwards",
        |all| all.swap(2, 3),
        Some("toc-malformed"),
    ),
    (
        "chunk at the place of the one before",
        |all| all[2]["offset"] = all[1]["offset"].clone(),
        Some("toc-malformed"),
    ),
    (
        "chunk that overlaps",
        |all| all[2]["chunkOffset"] = json!(99),
        Some("toc-malformed"),
    ),
    (
        "chunk that leaves a gap",
        |all| all[2]["chunkOffset"] = json!(101),
        Some("toc-malformed"),
    ),
    (
        "chunk longer than its file",
        |all| all[1]["chunkSize"] = json!(251),
        Some("toc-malformed"),
    ),
    (
        "chunk longer than all numbers",
        |all| all[1]["chunkSize"] = json!(i64::MAX),
        Some("toc-malformed"),
    ),
    (
        "chunks of less than the file",
        |all| drop(all.remove(3)),
        Some("toc-malformed"),
    ),
    (
        "chunk without a file",
        |all| drop(all.remove(1)),
        Some("toc-malformed"),
    ),
    (
        "chunk behind a folder",
        |all| all.swap(0, 1),
        Some("toc-malformed"),
    ),
    (
        "chunk behind the last",
        |all| all.insert(4, all[3].clone()),
        Some("toc-malformed"),
    ),
    (
        "file without chunks at the end",
        |all| all.push(json!({ "type": "reg", "name": "x", "size": 5 })),
        Some("toc-malformed"),
    ),
    (
        "larger than any layer",
        |all| {
            all[4]["size"] = json!(1_u64 << 50);
        },
        Some("limit-unpacked-bytes"),
    ),
    (
        "larger than all numbers",
        |all| all[4]["size"] = json!(i64::MAX),
        Some("limit-unpacked-bytes"),
    ),
    (
        "inner offset beyond any layer",
        |all| all[4]["innerOffset"] = json!(i64::MAX),
        Some("limit-unpacked-bytes"),
    ),
    (
        "inner offset of a later chunk",
        |all| all[2]["innerOffset"] = json!(1_u64 << 41),
        Some("toc-malformed"),
    ),
    (
        "negative size",
        |all| all[4]["size"] = json!(-5),
        Some("toc-malformed"),
    ),
    (
        "unknown type",
        |all| all[0]["type"] = json!("door"),
        Some("toc-malformed"),
    ),
    (
        "type that is no text",
        |all| all[0]["type"] = json!(5),
        Some("toc-malformed"),
    ),
    (
        "entry that is no object",
        |all| all[0] = json!("dir"),
        Some("toc-malformed"),
    ),
    (
        "time that is none",
        |all| all[0]["modtime"] = json!("yesterday"),
        Some("toc-malformed"),
    ),
    (
        "digest that is none",
        |all| all[4]["digest"] = json!("sha256:xyz"),
        Some("toc-malformed"),
    ),
    (
        "base64 that is none",
        |all| all[0]["xattrs"] = json!({ "user.x": "*" }),
        Some("toc-malformed"),
    ),
    (
        "longer than any path",
        |all| all[0]["name"] = json!("a/".repeat(9_000)),
        Some("limit-path-bytes"),
    ),
    ("names twice", |all| all.push(all[5].clone()), None),
    (
        "hardlinks in a circle",
        |all| {
            all.push(json!({ "type": "hardlink", "name": "a", "linkName": "b" }));
            all.push(json!({ "type": "hardlink", "name": "b", "linkName": "a" }));
        },
        None,
    ),
    (
        "a path out of the root",
        |all| all[0]["name"] = json!("../../etc"),
        None,
    ),
];

cases! {
    fn tables_that_contradict_themselves_are_refused() {
        for (name, change, expected) in ENTRIES {
            for form in [Form::Estargz, Form::Chunked(CHUNKED)] {
                assert_eq!(changed(form, change), expected, "{name}");
            }
        }
    }

    fn tables_that_are_not_vouched_for_are_refused() {
        for form in [Form::Estargz, Form::Chunked(CHUNKED)] {
            let mut layer = form.layer(&made(), CHUNK, |_| ());
            let other = form.layer(&made(), CHUNK, |all| all[0]["mode"] = json!(0o777));
            layer.annotations = match form {
                Form::Estargz => other.annotations,
                // Its place stays.
                _ => layer.annotations.into_iter().map(|(name, value)| {
                    let is_digest = name.ends_with("checksum");
                    let value = if is_digest { other.annotations[&name].clone() } else { value };
                    (name, value)
                }).collect(),
            };
            assert_eq!(refused(&layer, &Limits::default()), Some("toc-digest"));
        }
    }

    fn ends_of_layers_that_say_nothing_are_refused() {
        let layer = Form::Estargz.layer(&made(), CHUNK, |_| ());
        let cut = |at: usize, bytes: &[u8]| {
            let mut layer = layer.clone();
            let at = layer.blob.len() - at;
            layer.blob.splice(at..at + bytes.len(), bytes.iter().copied());
            refused(&layer, &Limits::default())
        };
        assert_eq!(cut(51, b"\x1f\x8b"), None);
        assert_eq!(cut(51, b"\x1f\x8c"), Some("toc-no-footer"));
        assert_eq!(cut(41, b"\x1b"), Some("toc-no-footer"));
        assert_eq!(cut(35, b"+0"), Some("toc-no-footer"));
        assert_eq!(cut(19, b"STARGO"), Some("toc-no-footer"));
        assert_eq!(cut(35, b"00000000ffffffff"), Some("toc-outside"));
        assert_eq!(cut(35, b"ffffffffffffffff"), Some("toc-outside"));
        assert_eq!(cut(35, b"0000000000000001"), Some("toc-not-unpacked"));
        for length in [0, 1, 46, 50, 51] {
            let mut layer = layer.clone();
            let at = layer.blob.len() - length;
            layer.blob.drain(..at);
            let expected = if length < 51 { "toc-no-footer" } else { "toc-outside" };
            assert_eq!(refused(&layer, &Limits::default()), Some(expected), "{length}");
        }
    }

    fn positions_outside_of_the_layer_are_refused() {
        let position = |text: &str| {
            let mut layer = Form::Chunked(CHUNKED).layer(&made(), CHUNK, |_| ());
            layer.annotations.insert(format!("{CHUNKED}manifest-position"), text.to_owned());
            Toc::of(&layer.annotations)?;
            Some(refused(&layer, &Limits::default()))
        };
        for none in ["", "1:2:3", "1:2:3:2", "1:2:3:1:", "-1:2:3:1", "a:2:3:1", "1:2:3:1:4"] {
            assert_eq!(position(none), None, "{none}");
        }
        assert_eq!(position("1:0:0:1"), Some(Some("toc-outside")));
        assert_eq!(position("99999:5:5:1"), Some(Some("toc-outside")));
        assert_eq!(position("18446744073709551615:5:5:1"), Some(Some("toc-outside")));
        assert_eq!(position("1:5:5:1"), Some(Some("toc-digest")));
    }

    fn limits_are_kept() {
        let limits = Limits::default();
        let cases = [
            (Limits { toc_bytes: 20, ..limits.clone() }, "limit-toc-bytes"),
            (Limits { toc_bytes: 700, ..limits.clone() }, "limit-toc-bytes"),
            (Limits { layer_entries: 2, ..limits.clone() }, "limit-layer-entries"),
            (Limits { layer_table_bytes: 50, ..limits.clone() }, "limit-layer-table-bytes"),
            (Limits { unpacked_bytes: 200, ..limits.clone() }, "limit-unpacked-bytes"),
        ];
        for form in [Form::Estargz, Form::Chunked(CHUNKED)] {
            let layer = form.layer(&made(), CHUNK, |_| ());
            assert_eq!(refused(&layer, &limits), None);
            for (limits, expected) in &cases {
                assert_eq!(refused(&layer, limits), Some(*expected));
            }
        }
    }

    fn bytes_that_are_not_packed_are_not_a_files() {
        let layer = Form::Estargz.layer(&made(), CHUNK, |all| {
            let offset = all[4]["offset"].as_u64().expect("an offset");
            all[4]["offset"] = json!(offset + 1);
        });
        let mut inspection = super::made::opened(super::made::image(&[layer]));
        super::made::list(&mut inspection).expect("a table of contents");
        let small = super::contents(&inspection).into_iter().find(|(path, _)| path == b"d/small");
        assert_eq!(small.expect("a file").1, Err("content-not-unpacked"));
    }
}
