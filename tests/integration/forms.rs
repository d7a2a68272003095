//! Summaries in Markdown and paths as CSV, which hold image content where it
//! must not become anything else.

use oci_lens::forms::csv::Export;
use oci_lens::forms::markdown;
use oci_lens::image::Inspection;
use oci_lens::report::LayerRange;
use serde_json::json;

use crate::support::layer_stack::unhex;
use crate::support::layout::{Layout, layer};
use crate::support::{files, inspect};

fn scanned(bytes: Vec<u8>) -> Inspection<Vec<u8>> {
    let mut inspection = inspect::open(bytes).expect("the archive opens");
    inspect::scan(&mut inspection);
    inspection
}

const ALL: LayerRange = LayerRange {
    first: 0,
    last: None,
};

fn csv(inspection: &Inspection<Vec<u8>>, image: u32, piece: usize) -> String {
    csv_of(inspection, image, ALL, piece)
}

fn csv_of(inspection: &Inspection<Vec<u8>>, image: u32, range: LayerRange, piece: usize) -> String {
    let mut export = Export::new(inspection, image, range).expect("layers that are there");
    let mut text = String::new();
    while let Some(more) = export
        .next_piece(inspection, piece)
        .expect("nothing changes")
    {
        text.push_str(&more);
    }
    text
}

/// The fields of a CSV text, by RFC 4180's grammar.
fn records(csv: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut characters = csv.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        let record = records.last_mut().expect("never empty");
        let field = record.last_mut().expect("never empty");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(characters.next(), Some('\n'), "lines end in CRLF");
                records.push(vec![String::new()]);
            }
            '\n' if !quoted => panic!("a line that ends in LF alone"),
            other => field.push(other),
        }
    }
    assert_eq!(
        records.pop(),
        Some(vec![String::new()]),
        "the last line has an end"
    );
    records
}

/// One layer with hostile names.
fn hostile() -> Vec<u8> {
    let mut layout = Layout::default();
    let layer = layer(&[
        ("=cmd|' /C calc'!A0", "x", 1),
        ("a,\"b\"\r\nc", "y", 1),
        ("@x", "", 1),
        ("`code` | <b> [l](http://e) \\", "", 1),
    ]);
    let image = layout.image(&[layer], <[u8]>::to_vec, json!({
        "os": "linux", "architecture": "amd64", "config": {},
        "history": [{ "created_by": "RUN /bin/sh -c echo `x` ``y`` | <img src=x> @someone #1 \u{202e}\n# two # buildkit" }],
    }));
    let mut image = image;
    image["annotations"] = json!({ "org.opencontainers.image.ref.name": "`|@x|`<i>" });
    layout.archive(&[image])
}

cases! {
    fn csv_says_what_the_tree_says() {
        for name in ["weird", "weird-pax", "weird-gnu", "hello-multiarch"] {
            let inspection = scanned(files::read(&format!("tests/fixtures/{name}/image.tar")));
            let whole = csv(&inspection, 0, usize::MAX);
            assert_eq!(csv(&inspection, 0, 1), whole, "{name}: pieces");
            let records = records(&whole);
            assert_eq!(records[0], [
                "path", "path_hex", "type", "mode", "uid", "gid", "size", "mtime_ns", "layer", "link", "link_hex", "sha256",
            ]);
            let tree = inspection.tree(0).expect("a tree");
            assert_eq!(records.len(), tree.len() + 1, "{name}");
            let mut walk = tree.walk();
            for record in &records[1..] {
                let (path, node) = walk.next_node().expect("a path");
                let exact = match record[1].as_str() {
                    "" => record[0].strip_prefix('/').expect("a slash").as_bytes().to_vec(),
                    hex => unhex(hex),
                };
                assert_eq!(exact, path, "{name}");
                assert_eq!(u32::from_str_radix(&record[3], 8), Ok(node.mode()));
                assert_eq!(record[4], node.uid().to_string());
                assert_eq!(record[5], node.gid().to_string());
                assert_eq!(record[6], node.size().to_string());
                assert_eq!(record[7], node.mtime().map(|at| at.to_string()).unwrap_or_default());
                let link = node.link_name().map(|target| (b"symlink:".as_slice(), target.to_vec()));
                let link = link.or_else(|| Some((b"hardlink:/".as_slice(), node.hardlink_to()?.path())));
                let (kind, target) = link.unwrap_or_default();
                match record[10].as_str() {
                    "" => assert_eq!(record[9].as_bytes(), [kind, &target].concat(), "{name}"),
                    hex => assert_eq!(unhex(hex), target, "{name}"),
                }
                assert_eq!(record[11], node.digest().map(|digest| digest.encoded()).unwrap_or_default());
            }
        }
    }

    fn csv_of_some_layers_has_what_they_made_and_changed() {
        let mut layout = Layout::default();
        let layers = [
            layer(&[("a", "1", 1), ("b", "1", 1)]),
            layer(&[("b", "22", 1), ("c", "1", 1)]),
            layer(&[("d", "1", 1)]),
        ];
        let image = layout.image(&layers, <[u8]>::to_vec, json!({ "os": "linux", "architecture": "amd64", "config": {} }));
        let inspection = scanned(layout.archive(&[image]));
        let table: [(u32, Option<u32>, &[&str]); 5] = [
            (0, None, &["/a", "/b", "/c", "/d"]),
            (0, Some(0), &["/a", "/b"]),
            (0, Some(1), &["/a", "/b", "/c"]),
            (1, Some(1), &["/b", "/c"]),
            (2, None, &["/d"]),
        ];
        for (first, last, expected) in table {
            for piece in [1, 100] {
                let csv = csv_of(&inspection, 0, LayerRange { first, last }, piece);
                let paths: Vec<String> = records(&csv).into_iter().skip(1).map(|mut record| record.remove(0)).collect();
                assert_eq!(paths, expected, "{first} {last:?}");
            }
        }
        let range = LayerRange { first: 3, last: None };
        assert_eq!(Export::new(&inspection, 0, range).expect_err("no such layer").code(), "no-such-layer");
        assert_eq!(Export::new(&inspection, 1, ALL).expect_err("no such image").code(), "no-such-image");
    }

    fn no_field_begins_a_formula() {
        let mut all = vec![scanned(hostile())];
        all.push(scanned(files::read("tests/fixtures/weird/image.tar")));
        for inspection in all {
            for record in records(&csv(&inspection, 0, 100)) {
                for field in record {
                    let is_number = field.strip_prefix('-').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
                    assert!(is_number || !field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{field}");
                }
            }
        }
    }

    fn a_tree_that_changes_ends_the_csv() {
        let mut inspection = inspect::open(files::read("tests/fixtures/weird/image.tar")).expect("it opens");
        let mut export = Export::new(&inspection, 0, ALL).expect("an image");
        inspect::scan(&mut inspection);
        let error = export.next_piece(&inspection, 1).expect_err("layers were applied");
        assert_eq!(error.code(), "tree-changed");
    }

    fn image_content_stays_inside_code_spans() {
        let report = scanned(hostile()).report();
        let text = markdown(&report, None);
        let lines: Vec<&str> = text.lines().collect();
        let name = "## Image 0: `` `|@x|`<i> ``".replace('|', "\\|");
        assert!(lines.contains(&name.as_str()), "{text}");
        let row = lines.iter().find(|line| line.contains("RUN")).expect("a row");
        let command = "```RUN echo `x` ``y`` \\| <img src=x> @someone #1 \\u{202e}\\u{a}# two```";
        assert!(row.ends_with(&format!("| {command} |")), "{row}");
        // Bars that divide cells, and no others.
        for line in lines.iter().filter(|line| line.starts_with('|')) {
            let bars = line.replace("\\|", "").matches('|').count();
            assert!([3, 5, 7].contains(&bars), "{line}");
        }
        assert!(!text.contains("\u{202e}"));
    }

    fn the_summary_is_what_the_report_says() {
        let inspection = scanned(files::read("tests/fixtures/broken-diffid-mismatch/image.tar"));
        let report = inspection.report();
        let text = markdown(&report, None);
        let image = &report.images[0];
        let layer = &image.layers[0];
        let digest = |text: &Option<String>| text.clone().unwrap_or_default();
        for part in [
            "## Image archive".to_owned(),
            format!("| Manifest | `{}`, verified |", digest(&image.digest)),
            format!("| Image ID | `{}`, verified |", digest(&image.image_id)),
            format!("`{}`, verified", digest(&layer.digest)),
            format!(
                "`{}`, mismatch, computed `{}`",
                digest(&layer.diff_id.expected),
                digest(&layer.diff_id.computed),
            ),
            format!("`{}`", image.cache_keys[0].key),
        ] {
            assert!(text.contains(&part), "{part}\n{text}");
        }
        let broken = scanned(files::read("tests/fixtures/broken-layer-bitflip/image.tar")).report();
        let finding = &broken.images[0].layers[0].diagnostics[0];
        let row = format!("| error | `{}` | `{}` | ", finding.code, finding.message);
        assert!(markdown(&broken, None).contains(&row), "{row}");
        let multi = scanned(files::read("tests/fixtures/hello-multiarch/image.tar")).report();
        assert_eq!(markdown(&multi, None).matches("\n## Image ").count(), multi.images.len());
        assert_eq!(markdown(&multi, Some(2)).matches("\n## Image ").count(), 1);
    }
}
