//! Folders, single paths and ranges of layers.

use oci_lens::image::Inspection;
use oci_lens::report::{LayerRange, Reason};

use super::{ALL, export};
use crate::archive::tars::{self, ended, file, hardlink, header, member, pax, symlink};
use crate::support::inspect;

fn opened(layers: &[Vec<u8>]) -> Inspection<Vec<u8>> {
    let mut inspection = inspect::open(tars::docker_save(layers)).expect("an archive");
    inspect::scan(&mut inspection);
    inspection
}

fn dir(name: &str) -> Vec<u8> {
    header(name.as_bytes(), b'5', 0, b"")
}

fn layers() -> [Vec<u8>; 3] {
    [
        ended(&[
            dir("usr"),
            dir("usr/b"),
            file("usr/b/x", "x"),
            hardlink("usr/z", "usr/b/x"),
            file("top", "top"),
            hardlink("usr/b/top", "top"),
        ]),
        ended(&[
            file("usr/b/new", "new"),
            symlink("usr/link", "b"),
            dir("usr/b-c"),
            hardlink("usr/b-c/x", "usr/b/x"),
        ]),
        ended(&[file(".wh.top", ""), file("usr/b/x", "other")]),
    ]
}

/// A tar as the `tar` crate reads it: an entry a line.
fn listed(tar: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().expect("a tar");
    entries
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let link = entry
                .link_name_bytes()
                .map(|link| String::from_utf8_lossy(&link).into_owned());
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).expect("content");
            match (link, entry.header().entry_type()) {
                (Some(link), tar::EntryType::Link) => format!("{name} == {link}"),
                (Some(link), _) => format!("{name} -> {link}"),
                (None, tar::EntryType::Regular) => {
                    format!("{name} = {}", String::from_utf8_lossy(&content))
                }
                (None, _) => name,
            }
        })
        .collect()
}

cases! {
    fn files_come_as_they_lie_in_the_layers_and_directories_after_them() {
        let inspection = opened(&layers());
        // Depth first by name: what lies in `b` comes before `b-c`.
        let expected = [
            "usr/b-c/x = x",
            "usr/z == usr/b-c/x",
            "usr/b/top = top",
            "usr/b/new = new",
            "usr/b/x = other",
            "usr/",
            "usr/b/",
            "usr/b-c/",
            "usr/link -> b",
        ];
        assert_eq!(listed(&export(&inspection, 0, ALL, "")), expected);
    }

    fn names_begin_with_the_last_part_of_the_path() {
        let inspection = opened(&layers());
        let names = |path: &str| listed(&export(&inspection, 0, ALL, path));
        // A hardlink to a path outside becomes the file.
        assert_eq!(names("usr/b-c"), ["b-c/x = x", "b-c/"]);
        assert_eq!(names("usr/b/x"), ["x = other"]);
        assert_eq!(names("/usr/link"), ["link -> b"]);
        assert_eq!(names("usr/link/x"), ["x = other"], "symlinks on the way are followed");
        assert_eq!(names("usr/b/top"), ["top = top"]);
        let plan = inspection.export(0, ALL, b"top");
        assert_eq!(plan.expect_err("hidden").code(), "no-such-path");
    }

    fn a_range_is_what_its_layers_wrote_as_the_last_of_them_has_it() {
        let inspection = opened(&layers());
        let range = |first, last| listed(&export(&inspection, 0, LayerRange { first, last }, ""));
        assert_eq!(range(2, None), ["usr/b/x = other", "usr/", "usr/b/"]);
        assert_eq!(range(1, Some(1)), ["usr/b-c/x = x", "usr/b/new = new", "usr/", "usr/b/", "usr/b-c/", "usr/link -> b"]);
        let bottom = range(0, Some(0));
        assert_eq!(bottom.len(), 6, "{bottom:?}");
        let error = inspection.export(0, LayerRange { first: 0, last: Some(3) }, b"");
        assert_eq!(error.expect_err("no layer").code(), "no-such-layer");
    }

    fn what_has_no_content_is_left_out_and_named() {
        let unsound = [("GNU.sparse.size", "20"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "3,9")];
        let size = (u64::MAX / 4).to_string();
        let hole = [("GNU.sparse.size", size.as_str()), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "0,3")];
        let mut layer = [file("whole", "whole"), pax(&unsound), file("unsound", "abc"), hardlink("same", "unsound"), pax(&hole), file("hole", "abc")].concat();
        layer.extend(&member(b"cut", b'0', &[7; 1_000])[..600]);
        let inspection = opened(&[layer]);
        let mut plan = inspection.export(0, ALL, b"").expect("a plan");
        let tar = super::pour(&inspection, &mut plan, 1);
        assert_eq!(listed(&tar), ["whole = whole"]);
        let left_out: Vec<String> = plan.view().left_out.iter().map(|left| format!("{} {}", left.path.path, left.code)).collect();
        let mut sorted = left_out.clone();
        sorted.sort();
        assert_eq!(sorted, ["cut content-cut", "hole limit-sparse-hole-bytes", "same content-unknown", "unsound content-unknown"]);
        assert_eq!((plan.view().left_out_count, plan.view().paths, plan.view().files), (4, 1, 1));
    }

    fn a_layer_that_is_not_here_is_named_and_one_to_come_is_waited_for() {
        let layers = layers();
        let mut inspection = inspect::open(tars::docker_save(&layers)).expect("an archive");
        assert_eq!(inspection.export(0, ALL, b"").expect_err("pending").code(), "layer-unread");
        let job = inspection.jobs()[1].job;
        inspection.fail(job, Reason::ReadFailed, "on purpose");
        inspect::scan(&mut inspection);
        let plan = inspection.export(0, ALL, b"").expect("a plan");
        assert_eq!(plan.view().unread, [1]);
    }

    fn an_empty_tree_is_an_empty_tar() {
        let inspection = opened(&[ended(&[])]);
        assert_eq!(export(&inspection, 0, ALL, ""), [0; 1024]);
    }

    fn the_root_comes_last_where_an_entry_describes_it() {
        let mut root = dir("./");
        root = tars::header_with(root, 100, b"0000700\0");
        let inspection = opened(&[ended(&[root, file("a", "a"), dir("d")])]);
        let tar = export(&inspection, 0, ALL, "");
        assert_eq!(listed(&tar), ["a = a", "d/", "./"]);
    }
}
