//! What is listed is what is there, and of each file no more is read than its part of the layer.

use oci_lens::image::reading::Readers;
use oci_lens::layer::toc::{Listed, TocJob, TocReader};
use oci_lens::limits::Limits;
use oci_lens::report::{EntryPlace, Reason, Status, TocFormat};
use serde_json::{Value, json};

use super::made::{FORMS, Form, Layer, Made, image, list, opened, read};
use super::{contents, lines, scanned};
use crate::content::{run, stored};
use crate::support::random::Random;
use crate::support::{inspect, layout};

/// What a table says instead.
type Change = Box<dyn FnOnce(&mut Vec<Value>)>;

/// Bytes of a chunk.
const CHUNK: usize = 5_000;

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    (0..length).map(|_| random.byte()).collect()
}

fn base() -> Vec<Made> {
    let mut zeros = noise(3, 2 * CHUNK);
    zeros.extend(vec![0; CHUNK]);
    zeros.extend(noise(4, 700));
    vec![
        Made::folder("etc/"),
        Made::file("etc/empty", b""),
        Made::file("etc/hosts", b"127.0.0.1 localhost\n").with_pax(
            ("1700000000.75", "2023-11-14T22:13:21Z"),
            ("user.note", "a b"),
        ),
        Made::file("large", &noise(1, 12_345)),
        Made::file("holes", &zeros),
        Made::file("exact", &noise(2, 2 * CHUNK)),
        Made::symlink("etc/link", "hosts"),
        Made::hardlink("etc/same", "etc/hosts"),
        Made::fifo("pipe"),
        Made::file("gone", b"x"),
    ]
}

fn top() -> Vec<Made> {
    vec![
        Made::file(".wh.gone", b""),
        Made::file("large", b"shorter"),
        Made::file("etc/new", &noise(9, CHUNK - 1)),
        Made::file("\u{e9}\u{202e}", b"odd name"),
    ]
}

fn layers(form: Form) -> [Layer; 2] {
    [base(), top()].map(|made| form.layer(&made, CHUNK, |_| ()))
}

fn placed(path: &[u8], inspection: &oci_lens::image::Inspection<Vec<u8>>) -> EntryPlace {
    let tree = inspection.tree(0).expect("a tree");
    let at = tree
        .find(path)
        .and_then(|node| node.written())
        .expect("a path");
    EntryPlace {
        layer: at.layer,
        entry: at.entry,
    }
}

fn codes(inspection: &oci_lens::image::Inspection<Vec<u8>>, code: &str) -> Vec<String> {
    let report = inspection.report();
    let layers = report.images[0].layers.iter();
    let findings = layers.flat_map(|layer| layer.diagnostics.clone());
    findings
        .filter(|finding| finding.code == code)
        .map(|finding| {
            let (path, expected, found) = (finding.path, finding.expected, finding.found);
            let text = [path, expected, found].map(Option::unwrap_or_default);
            text.join("; ")
        })
        .collect()
}

cases! {
    fn list_and_contents_are_those_of_the_scan() {
        for form in FORMS {
            let archive = image(&layers(form));
            let (truth, mut listed) = (scanned(archive.clone()), opened(archive));
            list(&mut listed).expect("two tables of contents");
            let tree = listed.tree(0).expect("a tree");
            assert_eq!(lines(tree), lines(truth.tree(0).expect("a tree")));
            assert_eq!(contents(&listed), contents(&truth));
            assert_eq!(contents(&listed).len(), 8);
            assert_eq!(codes(&truth, "toc-mismatch"), [""; 0]);
        }
    }

    fn layers_stay_not_checked_until_they_are_read() {
        for form in FORMS {
            let mut inspection = opened(image(&layers(form)));
            list(&mut inspection).expect("two tables of contents");
            assert_eq!(inspection.tocs(0), Some(Vec::new()), "nothing is left to list");
            let format = match form {
                Form::Chunked(_) => TocFormat::ZstdChunked,
                _ => TocFormat::Estargz,
            };
            for layer in &inspection.report().images[0].layers {
                let found = (layer.verification.status, layer.verification.reason, layer.listed_by);
                assert_eq!(found, (Status::NotChecked, Some(Reason::Pending), Some(format)));
                assert!(layer.unpacked_size.is_none() && layer.entries.is_none());
            }
            assert_eq!(inspection.jobs_of(0).len(), 2);
            let code = |error: oci_lens::image::content::ContentError| error.code();
            assert_eq!(inspection.layer_content(0, 0).map_err(code).err(), Some("layer-unread"));
            let whole = oci_lens::report::LayerRange { first: 0, last: None };
            assert_eq!(inspection.export(0, whole, b"").map_err(code).err(), Some("layer-unread"));

            let before = lines(inspection.tree(0).expect("a tree"));
            for job in inspection.jobs_of(0) {
                let done = inspection.scan(&job, |_| true).expect("memory can be read");
                inspection.complete(done);
                assert_eq!(lines(inspection.tree(0).expect("a tree")), before, "layer by layer");
            }
            for layer in &inspection.report().images[0].layers {
                assert_eq!((layer.verification.status, layer.listed_by), (Status::Verified, None));
            }
            assert_eq!(codes(&inspection, "toc-mismatch"), [""; 0]);
        }
    }

    fn trees_go_on_where_the_scan_finds_the_same() {
        for (form, is_same) in [(FORMS[3], true), (FORMS[0], false)] {
            let mut inspection = opened(image(&layers(form)));
            list(&mut inspection).expect("two tables of contents");
            let generation = inspection.generation(0);
            inspect::scan(&mut inspection);
            // The tar of eStargz has its table of contents as an entry more.
            assert_eq!(inspection.generation(0) == generation, is_same);
            let holds = inspection.tree(0).expect("a tree").find(b"stargz.index.json");
            assert_eq!(holds.is_none(), is_same);
        }
    }

    fn a_part_of_a_file_is_read_from_its_chunk_to_the_next() {
        for form in FORMS {
            let mut inspection = opened(image(&layers(form)));
            list(&mut inspection).expect("two tables of contents");
            let content = noise(2, 2 * CHUNK);
            let place = placed(b"exact", &inspection);
            for (offset, length, chunks) in [(0, 1, 1), (CHUNK - 1, 1, 1), (CHUNK, 9, 1), (CHUNK - 5, 10, 2)] {
                let plan = inspection.content(0, place, offset as u64, length as u64).expect("a file");
                let bytes = plan.blob.size - plan.start.stored;
                let most = (chunks * (CHUNK + 60) + 1_600) as u64;
                assert!(bytes <= most, "{bytes} stored bytes for {length} at {offset}");
                let mut readers = Readers::new(Limits::default());
                let mut reading = readers.open(plan.clone());
                let read = run(&mut reading, stored(&inspection, &plan), 1).expect("content");
                assert_eq!(read, content[offset..offset + length]);
            }
        }
    }

    fn readers_of_a_list_do_not_go_on_in_the_tar() {
        let mut inspection = opened(image(&layers(Form::Estargz)));
        list(&mut inspection).expect("two tables of contents");
        let mut readers = Readers::new(Limits::default());
        let mut get = |inspection: &oci_lens::image::Inspection<Vec<u8>>, path: &[u8], from: u64| {
            let plan = inspection.content(0, placed(path, inspection), from, 10).expect("a file");
            let mut reading = readers.open(plan.clone());
            let before = reading.unpacked();
            let read = run(&mut reading, stored(inspection, &plan), from + 1).expect("content");
            readers.keep(reading);
            (read, before)
        };
        let content = noise(2, 2 * CHUNK);
        assert_eq!(get(&inspection, b"exact", 0), (content[..10].to_vec(), 0));
        let (read, before) = get(&inspection, b"exact", 3_000);
        assert_eq!(read, content[3_000..3_010]);
        assert!(before > 0, "one that goes on in the same file");
        // Behind the file whose reader is kept.
        assert_eq!(get(&inspection, b"etc/hosts", 10).0, b"localhost\n");
        inspect::scan(&mut inspection);
        for from in [20, 3_020, 6_000] {
            let at = usize::try_from(from).expect("small");
            assert_eq!(get(&inspection, b"exact", from).0, content[at..at + 10]);
        }
    }

    fn what_differs_is_found_when_the_layer_is_read() {
        let first = |name: &'static str, value: Value| {
            move |entries: &mut Vec<Value>| entries[2][name] = value
        };
        let cases: Vec<(Change, &str)> = vec![
            (Box::new(first("mode", json!(0o4755))), "etc/hosts; mode 4755; mode 0644"),
            (Box::new(first("name", json!("etc/host"))), "etc/hosts; file etc/host; file etc/hosts"),
            (Box::new(first("uid", json!(7))), "etc/hosts; owner 7; owner 0"),
            (Box::new(first("gid", json!(7))), "etc/hosts; group 7; group 0"),
            (Box::new(first("xattrs", json!({}))), "etc/hosts; 0 xattrs; 1 xattrs"),
            (
                Box::new(first("modtime", json!("2023-11-14T22:13:20Z"))),
                "etc/hosts; time 1700000000000000000; time 1700000000750000000",
            ),
            (Box::new(|entries| drop(entries.pop())), "gone; nothing; file gone"),
            (
                Box::new(|entries| entries.push(json!({ "type": "dir", "name": "more/" }))),
                "more/; directory more/; nothing",
            ),
        ];
        for (change, expected) in cases {
            let layer = Form::Estargz.layer(&base(), CHUNK, change);
            let mut inspection = opened(image(&[layer]));
            list(&mut inspection).expect("a table of contents");
            inspect::scan(&mut inspection);
            assert_eq!(codes(&inspection, "toc-mismatch"), [expected]);
            let truth = scanned(image(&[Form::Estargz.layer(&base(), CHUNK, |_| ())]));
            let tree = inspection.tree(0).expect("a tree");
            assert_eq!(lines(tree), lines(truth.tree(0).expect("a tree")));
            // A second scan is not compared with anything.
            inspect::scan(&mut inspection);
            assert_eq!(codes(&inspection, "toc-mismatch"), [expected]);
        }
    }

    fn bytes_that_are_not_those_of_the_digest_are_refused() {
        let layer = Form::Estargz.layer(&base(), CHUNK, |entries| {
            let other = entries[3]["offset"].clone();
            entries[2]["offset"] = other;
        });
        let mut inspection = opened(image(&[layer]));
        list(&mut inspection).expect("a table of contents");
        let hosts = contents(&inspection).into_iter().find(|(path, _)| path == b"etc/hosts");
        assert_eq!(hosts.expect("a file").1, Err("content-mismatch"));
    }

    fn layers_are_listed_only_where_all_are_vouched_for() {
        let [base, mut top] = layers(Form::Estargz);
        top.annotations.clear();
        let mut inspection = opened(image(&[base, top]));
        assert_eq!(inspection.tocs(0), None);
        // Once the one without is read, the other is enough.
        let job = inspection.jobs_of(0).pop().expect("the top layer");
        let done = inspection.scan(&job, |_| true).expect("memory can be read");
        inspection.complete(done);
        assert_eq!(inspection.tocs(0).map(|plans| plans.len()), Some(1));
        assert_eq!(inspection.applied(0), Some(0));
        list(&mut inspection).expect("a table of contents");
        assert_eq!(inspection.applied(0), Some(2));

        let plain = layout::layer(&[("file", "content", 0)]);
        let layer = Layer { blob: plain, annotations: std::collections::BTreeMap::new() };
        assert_eq!(opened(image(&[layer])).tocs(0), None);
    }

    fn layers_that_were_given_up_are_to_be_read() {
        for (reason, expected) in [(Reason::Cancelled, None), (Reason::Encrypted, Some(1))] {
            let mut inspection = opened(image(&layers(Form::Estargz)));
            let job = inspection.jobs_of(0).remove(0).job;
            inspection.fail(job, reason, "given up");
            assert_eq!(inspection.tocs(0).map(|plans| plans.len()), expected);
        }
        // One that is listed stays so.
        let mut inspection = opened(image(&layers(Form::Estargz)));
        list(&mut inspection).expect("two tables of contents");
        let before = lines(inspection.tree(0).expect("a tree"));
        let job = inspection.jobs_of(0).remove(0).job;
        inspection.fail(job, Reason::Cancelled, "given up");
        assert_eq!(inspection.tocs(0), Some(Vec::new()));
        assert_eq!(lines(inspection.tree(0).expect("a tree")), before);
        inspection.retry();
        assert_eq!(lines(inspection.tree(0).expect("a tree")), before);
        assert_eq!(inspection.jobs_of(0).len(), 2);
    }

    fn a_manifest_that_is_another_vouches_for_nothing() {
        let archive = image(&layers(Form::Estargz));
        assert!(opened(archive.clone()).tocs(0).is_some());
        let text = b"layer.v1.tar+gzip";
        let at = archive.windows(text.len()).position(|bytes| bytes == text).expect("a layer");
        let mut other = archive;
        other[at..at + 5].copy_from_slice(b"LAYER");
        let inspection = opened(other);
        let status = inspection.report().images[0].manifest.as_ref().map(|found| found.status);
        assert_eq!(status, Some(Status::Mismatch));
        assert_eq!(inspection.tocs(0), None);
    }

    fn a_list_is_only_for_images_that_vouch_for_it() {
        let layer = Form::Estargz.layer(&base(), CHUNK, |_| ());
        let mut other = layer.clone();
        other.annotations.clear();
        // The same layer twice in an image, and the upper one without the annotation.
        let mut inspection = opened(image(&[layer.clone(), other]));
        let job = opened(image(&[layer])).tocs(0).expect("plans").remove(0);
        let number = inspection.jobs_of(0)[0].job;
        let (listed, _) = read(&job.job, stored_layer(&inspection, number), &Limits::default()).expect("listed");
        inspection.list(Listed { job: number, ..listed });
        assert_eq!(inspection.applied(0), Some(1));
        assert_eq!(inspection.tocs(0), None);
    }

    fn the_end_of_a_layer_tells_where_a_longer_table_begins() {
        let many: Vec<Made> = (0..3_000)
            .map(|number| Made::file(&format!("file-{number}"), &noise(number, 10)))
            .collect();
        for (made, most_requests) in [(base(), 1), (many, 2)] {
            let layer = Form::Estargz.layer(&made, CHUNK, |_| ());
            let mut inspection = opened(image(std::slice::from_ref(&layer)));
            let plan = inspection.tocs(0).expect("a table").remove(0);
            let mut reader = TocReader::new(plan.job.clone(), &Limits::default()).expect("a reader");
            let (mut requests, mut bytes) = (0, 0);
            while !reader.wanted().is_empty() {
                let wanted = reader.wanted();
                requests += 1;
                bytes += wanted.end - wanted.start;
                let (start, end) = (usize::try_from(wanted.start), usize::try_from(wanted.end));
                reader.push(&layer.blob[start.expect("small")..end.expect("small")]).expect("bytes");
            }
            assert_eq!(requests, most_requests);
            assert!(bytes <= layer.blob.len() as u64, "nothing is read twice");
            inspection.list(reader.finish().expect("a list"));
            assert!(inspection.is_listed(plan.job.job));
        }
    }

    fn jobs_and_lists_are_carried_or_refused() {
        assert!(TocJob::from_bytes(b"\xff\xff").is_err());
        assert!(Listed::from_bytes(b"\xff\xff").is_err());
        for form in FORMS {
            let inspection = opened(image(&layers(form)));
            let plans = inspection.tocs(0).expect("tables of contents");
            let bytes = stored_layer(&inspection, plans[0].job.job);
            let (mut listed, _) = read(&plans[0].job, bytes, &Limits::default()).expect("a list");
            // Positions count a page that is nowhere.
            listed.listing.table = postcard::from_bytes(&[1, 0]).expect("a table");
            let carried = listed.to_bytes().expect("packed");
            assert!(Listed::from_bytes(&carried).is_err());
        }
    }
}

fn stored_layer(inspection: &oci_lens::image::Inspection<Vec<u8>>, job: u32) -> &[u8] {
    let jobs = inspection.jobs_of(0);
    let job = jobs.iter().find(|other| other.job == job).expect("a job");
    let start = usize::try_from(job.offset).expect("an offset");
    &inspection.archive().sources()[0][start..start + usize::try_from(job.size).expect("a size")]
}
