//! What a build cache makes of two images, and what is known when.

use oci_lens::compare::Comparison;
use oci_lens::image::Inspection;
use oci_lens::report::{CacheReason, Change, CompareView, Field, Reason};
use serde_json::{Value, json};

use super::{compare, scanned};
use crate::support::inspect;
use crate::support::layout::{Layout, gzip, layer};

fn platform(architecture: &str) -> Value {
    json!({ "os": "linux", "architecture": architecture, "config": {} })
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

type Entries<'a> = &'a [(&'a str, &'a str, u64)];

fn archive(layers: &[Entries<'_>], stored: fn(&[u8]) -> Vec<u8>, architecture: &str) -> Vec<u8> {
    let mut layout = Layout::default();
    let layers: Vec<Vec<u8>> = layers.iter().map(|entries| layer(entries)).collect();
    let image = layout.image(&layers, stored, platform(architecture));
    layout.archive(&[image])
}

fn reasons(view: &CompareView) -> Vec<(CacheReason, Vec<String>)> {
    let short = |value: &str| match value.split_once(':') {
        Some((_, digest)) => digest.get(..8).unwrap_or(digest).to_owned(),
        None => value.to_owned(),
    };
    let findings = view.cache.iter().map(|finding| {
        let values = finding.values.iter();
        let values = values.filter(|value| !value.value.starts_with("sha256:"));
        let values = values.map(|value| format!("{}={}", value.key, short(&value.value)));
        (finding.reason, values.collect())
    });
    findings.collect()
}

const BASE: Entries<'static> = &[("etc/", "", 1), ("etc/a", "alpha", 1), ("etc/b", "beta", 1)];
const TOUCHED: Entries<'static> = &[("etc/", "", 2), ("etc/a", "alpha", 1), ("etc/b", "beta", 2)];
const SWAPPED: Entries<'static> = &[("etc/b", "beta", 1), ("etc/", "", 1), ("etc/a", "alpha", 1)];
const OTHER: Entries<'static> = &[("etc/", "", 1), ("etc/a", "alpha", 1), ("etc/b", "zeta", 1)];
const TOP: Entries<'static> = &[("top", "t", 1)];

cases! {
    fn reasons_come_in_their_order_with_what_they_rest_on() {
        use CacheReason::*;
        let left = || archive(&[BASE, TOP], plain, "amd64");
        let platform = || vec!["platform=linux/amd64".to_owned()];
        let of = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let table = [
            ("the same", left(), vec![(SameReference, platform()), (SameChainId, vec![])]),
            (
                "compressed anew",
                archive(&[BASE, TOP], gzip, "amd64"),
                vec![(ReferenceDiffers, vec![]), (SameChainId, vec![]), (Recompressed, vec!["layers=0, 1".to_owned()])],
            ),
            (
                "touched",
                archive(&[TOUCHED, TOP], plain, "amd64"),
                vec![(ReferenceDiffers, vec![]), (ChainIdDiffers, of("layer=0")), (MetadataOnly, of("layer=0 mtime=2"))],
            ),
            (
                "in another order",
                archive(&[SWAPPED, TOP], plain, "amd64"),
                vec![(ReferenceDiffers, vec![]), (ChainIdDiffers, of("layer=0")), (MetadataOnly, of("layer=0"))],
            ),
            (
                "other contents",
                archive(&[OTHER, TOP], plain, "amd64"),
                vec![(ReferenceDiffers, vec![]), (ChainIdDiffers, of("layer=0")), (ContentDiffers, of("layer=0"))],
            ),
            (
                "the top differs",
                archive(&[BASE, BASE], plain, "amd64"),
                vec![(ReferenceDiffers, vec![]), (ChainIdDiffers, of("layer=1")), (ContentDiffers, of("layer=1"))],
            ),
            (
                "layers added",
                archive(&[BASE, TOP, TOP, TOP], plain, "amd64"),
                vec![(ReferenceDiffers, vec![]), (ChainIdDiffers, of("layer=2")), (LayersAdded, of("right=2"))],
            ),
            (
                "layers taken away",
                archive(&[BASE], plain, "amd64"),
                vec![(ReferenceDiffers, vec![]), (ChainIdDiffers, of("layer=1")), (LayersAdded, of("left=1"))],
            ),
            (
                "another platform",
                archive(&[BASE, TOP], plain, "arm64"),
                vec![
                    (ReferenceDiffers, vec![]),
                    (PlatformDiffers, of("left=linux/amd64 right=linux/arm64")),
                    (SameChainId, vec![]),
                ],
            ),
        ];
        let left = scanned(left());
        for (name, right, expected) in table {
            let (view, _) = compare(&left, 0, &scanned(right), 0);
            assert_eq!(reasons(&view), expected, "{name}");
            assert!(view.cache.is_sorted_by_key(|finding| finding.reason), "{name}");
        }
    }

    fn layers_of_any_length_and_order_are_compared_by_path() {
        use crate::support::random::Random;
        let mut random = Random::new(3);
        for length in [2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 1_000] {
            let names: Vec<String> = (0..length).map(|number| format!("{}{number}", "dir/".repeat(number % 3))).collect();
            let mut entries: Vec<(&str, &str, u64)> = names.iter().map(|name| (name.as_str(), "same", 1)).collect();
            // The same path twice: the later entry has to stay the later one.
            entries.push((&names[0], "last", 1));
            let mut shuffled = entries.clone();
            for at in (1..length).rev() {
                shuffled.swap(at, random.below(at + 1));
            }
            // Behind the first, so that the two begin in another order.
            let turns = usize::from(shuffled[0] == entries[0]);
            shuffled[..length].rotate_left(turns);
            let mut other = shuffled.clone();
            other[random.below(length)].1 = "diff";
            let compared = |right: Entries<'_>| {
                let (left, right) = (archive(&[&entries], plain, "amd64"), archive(&[right], plain, "amd64"));
                reasons(&compare(&scanned(left), 0, &scanned(right), 0).0).pop()
            };
            let of = vec!["layer=0".to_owned()];
            assert_eq!(compared(&shuffled), Some((CacheReason::MetadataOnly, of.clone())), "{length}");
            assert_eq!(compared(&other), Some((CacheReason::ContentDiffers, of)), "{length}");
        }
    }

    fn an_index_with_another_platform_changes_the_first_key_alone() {
        let with = |more: bool| {
            let mut layout = Layout::default();
            let mut manifests = vec![layout.image(&[layer(BASE)], plain, platform("amd64"))];
            if more {
                manifests.push(layout.image(&[layer(TOP)], plain, platform("arm64")));
            }
            let index = layout.index(&manifests);
            scanned(layout.archive(&[index]))
        };
        let (one, two) = (with(false), with(true));
        let (view, paths) = compare(&one, 0, &two, 0);
        let reasons: Vec<CacheReason> = view.cache.iter().map(|finding| finding.reason).collect();
        assert_eq!(reasons, [
            CacheReason::ReferenceDiffers, CacheReason::OnlyIndexDiffers, CacheReason::SameChainId,
        ]);
        assert!(view.same_manifest && view.same_config && paths.is_empty());
        // BuildKit's keys say the same.
        let keys = |inspection: &Inspection<Vec<u8>>| {
            let images = inspection.report().images;
            let index = images[0].via[0].clone();
            let keys = images[0].cache_keys.iter();
            let keys = keys.filter(|key| key.reference.as_ref() == Some(&index));
            keys.map(|key| key.key.clone()).collect::<Vec<_>>()
        };
        let (one, two) = (keys(&one), keys(&two));
        assert!(one[0] != two[0] && one[1] == two[1]);
        // Two images of one archive.
        let both = with(true);
        let (view, paths) = compare(&both, 0, &both, 1);
        assert_eq!(view.first_different_layer, Some(0));
        assert_eq!(paths.len(), 4);
    }

    fn layers_are_paired_by_what_they_unpack_to() {
        let left = scanned(archive(&[BASE, TOP], plain, "amd64"));
        let right = scanned(archive(&[BASE, OTHER, TOP], gzip, "amd64"));
        let (view, _) = compare(&left, 0, &right, 0);
        let pairs: Vec<_> = view
            .layers
            .iter()
            .map(|pair| (pair.left, pair.right, pair.same_digest, pair.same_diff_id, pair.same_chain_id))
            .collect();
        assert_eq!(pairs, [
            (Some(0), Some(0), false, true, true),
            (None, Some(1), false, false, false),
            (Some(1), Some(2), false, true, false),
        ]);
        assert_eq!(view.first_different_layer, Some(1));
    }

    fn contents_that_were_not_read_are_unknown_but_for_those_of_one_layer() {
        let open = |entries: Entries<'_>| {
            let bytes = archive(&[TOP, entries], plain, "amd64");
            let mut inspection = inspect::open(bytes).expect("it opens");
            for job in inspection.jobs() {
                let source = &inspection.archive().sources()[job.source.expect("a blob of the archive") as usize];
                let scanned = oci_lens::layer::scan(source, &job, &oci_lens::limits::Limits::default(), |_| true);
                inspection.complete(scanned.expect("memory can be read"));
            }
            inspection
        };
        let (left, right) = (open(BASE), open(OTHER));
        let (view, paths) = compare(&left, 0, &right, 0);
        assert_eq!((view.contents_compared, view.contents_unknown), (false, 2));
        let told: Vec<_> = paths
            .iter()
            .map(|path| (path.path.path.as_str(), path.change, path.changes.len(), path.changes[0].field))
            .collect();
        assert_eq!(told, [
            ("etc/a", Change::Modified, 1, Field::Content),
            ("etc/b", Change::Modified, 1, Field::Content),
        ]);
        let reasons: Vec<CacheReason> = view.cache.iter().map(|finding| finding.reason).collect();
        assert_eq!(reasons, [CacheReason::ReferenceDiffers, CacheReason::ChainIdDiffers]);
        // The same layer on other ones below: contents are known to be the same.
        let other = archive(&[OTHER, TOP, BASE], plain, "amd64");
        let mut other = inspect::open(other).expect("it opens");
        inspect::scan(&mut other);
        let (view, paths) = compare(&left, 0, &other, 0);
        assert_eq!((view.contents_compared, view.contents_unknown), (true, 0));
        assert_eq!(paths.len(), 0);
    }

    fn contents_that_are_read_later_are_compared_then() {
        let mut left = inspect::open(archive(&[BASE], plain, "amd64")).expect("it opens");
        let right = scanned(archive(&[OTHER], plain, "amd64"));
        let mut job = left.jobs().remove(0);
        let mut scan = |left: &mut Inspection<Vec<u8>>, digests: bool| {
            job.content_digests = digests;
            let source = &left.archive().sources()[job.source.unwrap_or_default() as usize];
            let limits = oci_lens::limits::Limits::default();
            let scanned = oci_lens::layer::scan(source, &job, &limits, |_| true);
            left.complete(scanned.expect("memory can be read"));
        };
        scan(&mut left, false);
        let mut comparison = Comparison::new(&left, 0, &right, 0).expect("two images");
        while comparison.step(&left, &right) {}
        assert_eq!(comparison.view().contents_unknown, 2);
        scan(&mut left, true);
        while comparison.step(&left, &right) {}
        let view = comparison.view();
        assert_eq!((view.contents_compared, view.contents_unknown), (true, 0));
        assert_eq!(view.tree.map(|counts| counts.modified), Some(1));
    }

    fn paths_wait_for_both_trees_and_begin_anew() {
        let left = scanned(archive(&[BASE, TOP], plain, "amd64"));
        let mut right = inspect::open(archive(&[BASE], plain, "amd64")).expect("it opens");
        let mut comparison = Comparison::new(&left, 0, &right, 0).expect("two images");
        assert!(!comparison.step(&left, &right));
        assert_eq!(comparison.view().tree, None);
        assert_eq!(comparison.paths(&left, &right, 0, 10).total, 0);

        let job = right.jobs()[0].job;
        right.fail(job, Reason::Cancelled, "on purpose");
        while comparison.step(&left, &right) {}
        let removed = comparison.view().tree.map(|counts| counts.removed);
        assert_eq!(removed, Some(4), "the layer was passed over");

        right.retry();
        assert_eq!(comparison.paths(&left, &right, 0, 10).total, 0, "its nodes are gone");
        inspect::scan(&mut right);
        while comparison.step(&left, &right) {}
        let page = comparison.paths(&left, &right, 0, 10);
        let paths: Vec<&str> = page.paths.iter().map(|path| path.path.path.as_str()).collect();
        assert_eq!(paths, ["top"]);
        assert!(Comparison::new(&left, 0, &right, 1).is_none());
    }
}
