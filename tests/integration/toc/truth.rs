//! Real images: the tree and the contents by the tables of contents are those of the scan.

use super::made::{list, opened};
use super::{contents, lines, scanned};
use crate::support::files;

cases! {
    fn real_images_are_listed_as_they_are() {
        let Some(corpus) = files::corpus() else { return };
        for (name, paths, held) in [("dive-oci-estargz", 1, 1), ("alpine-zstd-chunked", 517, 87)] {
            let archive = files::read_absolute(&format!("{corpus}/{name}/image.tar"));
            let (truth, mut listed) = (scanned(archive.clone()), opened(archive));
            let read = list(&mut listed).expect(name);
            assert!(read <= 64 << 10, "{name}: {read} bytes");
            let tree = lines(listed.tree(0).expect("a tree"));
            assert_eq!(tree, lines(truth.tree(0).expect("a tree")), "{name}");
            assert_eq!(tree.len(), paths, "{name}");
            let contents_listed = contents(&listed);
            assert!(contents_listed == contents(&truth), "{name}");
            assert_eq!(contents_listed.len(), held, "{name}");
            assert!(contents_listed.iter().all(|(_, content)| content.is_ok()), "{name}");
            crate::support::inspect::scan(&mut listed);
            let report = listed.report();
            let findings = report.images[0].layers.iter().flat_map(|layer| &layer.diagnostics);
            let codes: Vec<_> = findings.map(|finding| finding.code.as_str()).collect();
            assert!(!codes.contains(&"toc-mismatch"), "{name}: {codes:?}");
        }
    }
}
