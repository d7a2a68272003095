//! Layers that are listed by their tables of contents, beside the same layers scanned.

mod hostile;
mod listed;
pub mod made;
mod truth;

use oci_lens::image::Inspection;
use oci_lens::report::EntryPlace;
use oci_lens::tree::MergedTree;

use crate::content::content;
use crate::support::inspect;

/// Every path of a tree with what its entry says; times by the second, as eStargz has them, and
/// without the table of contents itself, which is in no list of its own.
fn lines(tree: &MergedTree) -> Vec<String> {
    let nodes = tree
        .walk()
        .filter(|node| node.path() != b"stargz.index.json");
    let line = |node: oci_lens::tree::NodeRef<'_>| {
        let mtime = node
            .mtime()
            .map(|time| (time + 500_000_000) / 1_000_000_000);
        format!(
            "{} {:?} {:o} {:?} {} {mtime:?} {:?} {:?} {:?} {:?} {:?}",
            node.path().escape_ascii(),
            node.node_type(),
            node.mode(),
            node.owner(),
            node.size(),
            node.link_name()
                .map(<[u8]>::escape_ascii)
                .map(|name| name.to_string()),
            node.device(),
            node.xattrs(),
            node.hardlink_to().map(|other| other.path()),
            node.layer(),
        )
    };
    nodes.map(line).collect()
}

/// A path, and the content or why there is none.
type Held = (Vec<u8>, Result<Vec<u8>, &'static str>);

/// Every file of an image by its path: its content, or why there is none.
fn contents(inspection: &Inspection<Vec<u8>>) -> Vec<Held> {
    let tree = inspection.tree(0).expect("a tree");
    let files = tree.walk().filter_map(|node| {
        let at = node.written()?;
        let place = EntryPlace {
            layer: at.layer,
            entry: at.entry,
        };
        let content = content(inspection, 0, place);
        (content != Err("not-a-file")).then(|| (node.path(), content))
    });
    files
        .filter(|(path, _)| path != b"stargz.index.json")
        .collect()
}

/// The same archive, scanned.
fn scanned(archive: Vec<u8>) -> Inspection<Vec<u8>> {
    let mut inspection = made::opened(archive);
    inspect::scan(&mut inspection);
    inspection
}
