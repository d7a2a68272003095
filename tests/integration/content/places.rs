//! Which entry holds the content, and what has none.

use oci_lens::image::Inspection;
use oci_lens::layer::table::EntryKind;
use oci_lens::limits::Limits;
use oci_lens::report::{EntryPlace, Reason};

use super::content;
use crate::archive::tars::{self, ended, file, hardlink, header, pax, symlink};
use crate::scan::verdict::gzip;
use crate::support::inspect;

fn opened(layers: &[Vec<u8>]) -> Inspection<Vec<u8>> {
    let mut inspection = inspect::open(tars::docker_save(layers)).expect("an archive");
    inspect::scan(&mut inspection);
    inspection
}

const fn at(layer: u32, entry: u32) -> EntryPlace {
    EntryPlace { layer, entry }
}

cases! {
    fn a_hardlink_reads_what_it_shared_when_its_layer_was_applied() {
        let layers = [
            ended(&[file("a", "a of layer 0"), hardlink("b", "a"), symlink("dir", "real"), header(b"real", b'5', 0, b""), file("real/x", "x of layer 0")]),
            ended(&[hardlink("c", "b"), file("a", "a of layer 1"), hardlink("d", "a"), hardlink("e", "dir/x"), hardlink("dir/f", "./c")]),
            // The whiteout stands behind the link and acts before it.
            ended(&[hardlink("c", "real/x"), file("c", "c of layer 2"), hardlink("gone", "d"), file(".wh.d", ""), file("real/x", "x of layer 2")]),
            ended(&[file(".wh.b", ""), file("d", "d of layer 3")]),
        ];
        let inspection = opened(&layers);
        for (place, expected) in [
            (at(0, 1), Ok("a of layer 0")),
            (at(1, 0), Ok("a of layer 0")),
            (at(1, 2), Ok("a of layer 1")),
            (at(1, 3), Ok("x of layer 0")),
            (at(1, 4), Ok("a of layer 0")),
            (at(2, 0), Ok("x of layer 0")),
            (at(2, 1), Ok("c of layer 2")),
            (at(2, 2), Err("content-unknown")),
        ] {
            let found = content(&inspection, 0, place).map(|bytes| String::from_utf8(bytes).expect("text"));
            assert_eq!(found, expected.map(str::to_owned), "{place:?}");
        }
    }

    fn what_has_no_content_says_why() {
        let unsound = [("GNU.sparse.size", "20"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "3,9")];
        let layer = ended(&[
            header(b"dir", b'5', 0, b""),
            symlink("link", "dir"),
            hardlink("hard", "link"),
            hardlink("nowhere", "nothing"),
            pax(&unsound),
            file("unsound", "abc"),
        ]);
        let mut cut = file("cut", "whole");
        cut.extend(header(b"part", b'0', 5_000, b""));
        cut.extend([b'p'; 100]);
        let torn = gzip(&ended(&[file("a", "a"), tars::member(b"b", b'0', &[7; 5_000])]));
        let torn = torn[..torn.len() - 20].to_vec();
        let inspection = opened(&[layer, cut, torn]);
        for (image, place, code) in [
            (7, at(0, 0), "no-such-image"),
            (0, at(3, 0), "no-such-layer"),
            (0, at(0, 9), "no-such-entry"),
            (0, at(0, 0), "not-a-file"),
            (0, at(0, 1), "not-a-file"),
            (0, at(0, 2), "not-a-file"),
            (0, at(0, 3), "content-unknown"),
            (0, at(0, 4), "content-unknown"),
            (0, at(1, 1), "content-cut"),
            (0, at(2, 1), "content-not-unpacked"),
        ] {
            assert_eq!(content(&inspection, image, place), Err(code), "{place:?}");
        }
        assert_eq!(content(&inspection, 0, at(1, 0)), Ok(b"whole".to_vec()), "before the cut");
    }

    fn errors_name_layer_and_path() {
        let inspection = opened(&[ended(&[symlink("\u{202e}x", "y")])]);
        let error = inspection.content(0, at(0, 0), 0, 1).expect_err("no file");
        assert_eq!(error.to_string(), "expected a file, but \"\\\\u{202e}x\" in layer 0 is none");
    }

    fn a_layer_that_was_not_read_has_no_content_yet() {
        let archive = tars::docker_save(&[ended(&[file("a", "a")])]);
        let mut inspection = inspect::open(archive).expect("an archive");
        let unread = |inspection: &Inspection<Vec<u8>>| {
            assert_eq!(content(inspection, 0, at(0, 0)), Err("layer-unread"));
            assert_eq!(inspection.unread_layers(0, None), [0]);
        };
        unread(&inspection);
        let job = inspection.jobs()[0].job;
        inspection.fail(job, Reason::Cancelled, "on purpose");
        unread(&inspection);
        inspection.retry();
        inspect::scan(&mut inspection);
        assert_eq!(content(&inspection, 0, at(0, 0)), Ok(b"a".to_vec()));
        assert_eq!(inspection.unread_layers(0, None), [0; 0]);
    }

    fn holes_have_their_limit() {
        let size = (u64::MAX / 4).to_string();
        let hole = [("GNU.sparse.size", size.as_str()), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "0,3")];
        let inspection = opened(&[ended(&[pax(&hole), file("hole", "abc"), file("small", "12345")])]);
        assert_eq!(content(&inspection, 0, at(0, 0)), Err("limit-sparse-hole-bytes"));
        let plan = inspection.content(0, at(0, 0), 1, 4).expect("a part of it");
        assert_eq!(super::read(&inspection, &plan), Ok(b"bc\0\0".to_vec()));
    }

    fn contents_are_read_in_a_second_scan_and_change_nothing_else() {
        let layers = [ended(&[file("a", "a of layer 0"), file("b", "b")]), ended(&[file("a", "a of layer 1")])];
        let mut inspection = inspect::open(tars::docker_save(&layers)).expect("an archive");
        let scan = |inspection: &mut Inspection<Vec<u8>>, jobs: Vec<oci_lens::layer::ScanJob>| {
            for job in jobs {
                let source = &inspection.archive().sources()[job.source.expect("a blob of the archive") as usize];
                let scanned = oci_lens::layer::scan(source, &job, &Limits::default(), |_| true);
                let completed = inspection.complete(scanned.expect("memory can be read"));
                assert_eq!(completed.images, [0], "its tree has changed");
            }
        };
        assert!(inspection.content_jobs(&[0]).is_empty(), "there is no second scan before the first");
        let jobs: Vec<_> = inspection.jobs();
        let (layers, others): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.kind == oci_lens::layer::ScanKind::Layer);
        scan(&mut inspection, layers);
        assert!(others.is_empty());
        let before = inspection.report();
        let digests = |inspection: &Inspection<Vec<u8>>| -> Vec<bool> {
            let tree = inspection.tree(0).expect("a tree");
            tree.walk().map(|node| node.digest().is_some()).collect()
        };
        assert_eq!(digests(&inspection), [false, false]);
        let jobs = inspection.content_jobs(&[0, 0, 9]);
        assert_eq!(jobs.len(), 2);
        scan(&mut inspection, jobs);
        assert_eq!(digests(&inspection), [true, true]);
        assert_eq!(inspection.report(), before);
        assert!(inspection.content_jobs(&[0]).is_empty());
    }

    fn a_second_scan_that_fails_names_its_blob_and_takes_nothing_back() {
        let mut inspection = inspect::open(tars::docker_save(&[ended(&[file("a", "a")])])).expect("an archive");
        for job in inspection.jobs() {
            let scanned = inspection.scan(&job, |_| true).expect("memory can be read");
            inspection.complete(scanned);
        }
        let before = inspection.report();
        let job = inspection.content_jobs(&[0])[0].job;
        let failure = inspection.contents_unread(job, "the file cannot be read: gone");
        assert_eq!(failure.code, "contents-unread");
        assert_eq!(failure.message, "the contents of 0.tar were not read: the file cannot be read: gone");
        inspection.fail(job, Reason::ReadFailed, "gone");
        assert_eq!(inspection.report(), before);
        assert_eq!(inspection.content_jobs(&[0]).len(), 1, "it can be asked for again");
    }

    fn a_tree_up_to_a_layer_is_that_of_the_layers_below() {
        let layers = [ended(&[file("a", "0")]), ended(&[file("b", "1")]), ended(&[file(".wh.a", "")])];
        let inspection = opened(&layers);
        let paths = |last| -> Vec<Vec<u8>> {
            let tree = inspection.tree_up_to(0, last).expect("a tree");
            tree.walk().map(|node| node.path()).collect()
        };
        assert_eq!(paths(Some(0)), [b"a"]);
        assert_eq!(paths(Some(1)), [b"a", b"b"]);
        assert_eq!(paths(Some(2)), [b"b"]);
        assert_eq!(paths(None), [b"b"]);
        assert_eq!(inspection.tree_up_to(0, Some(3)).expect_err("no layer").code(), "no-such-layer");
        let table = inspection.tree(0).expect("a tree");
        assert_eq!(table.find(b"b").and_then(|node| node.content_entry()).map(|entry| entry.kind), Some(EntryKind::File));
    }
}
