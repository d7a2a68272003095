//! One line a path: what `oci-lens tree` prints, and what goldens hold.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::{MergedTree, NodeRef};
use crate::{
    digest::{Digest, hex},
    report::{Change, NodeType},
};

/// One path of a tree as a JSON line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TreeLine {
    /// Path without a leading slash; U+FFFD stands for what is not UTF-8.
    pub path: String,
    /// The path's exact bytes in hex, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
    /// What it is. A hardlink is what it shares.
    #[serde(rename = "type")]
    pub node_type: NodeType,
    /// Permission bits with setuid, setgid and sticky; 511 for a symlink.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Size in bytes; 0 unless a file.
    pub size: u64,
    /// Modification time in nanoseconds since 1970, decimal; absent where no
    /// entry determines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtime_ns: Option<String>,
    /// Target of a symlink.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linkname: Option<String>,
    /// The target's exact bytes in hex, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linkname_hex: Option<String>,
    /// First path of its hardlink group in byte order, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardlink_to: Option<String>,
    /// That path's exact bytes in hex, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardlink_to_hex: Option<String>,
    /// Major number of a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major: Option<u32>,
    /// Minor number of a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor: Option<u32>,
    /// Extended attributes: name to value in base64.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub xattrs: BTreeMap<String, String>,
    /// SHA-256 of a file's content in hex, where it was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Layer that last wrote the path, from 0; absent for a parent that no
    /// entry made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<u32>,
    /// What some layers have made of it, where those were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

impl TreeLine {
    /// The line for a node whose path is known.
    pub fn new(path: &[u8], node: &NodeRef<'_>) -> Self {
        let (path, path_hex) = text(path);
        let (linkname, linkname_hex) = node.link_name().map(text).unzip();
        let (hardlink_to, hardlink_to_hex) =
            node.hardlink_to().map(|first| text(&first.path())).unzip();
        let (major, minor) = node.device().unzip();
        let xattrs = node.xattrs().into_iter().map(|(name, value)| {
            let name = String::from_utf8_lossy(name).into_owned();
            (name, STANDARD.encode(value))
        });
        Self {
            path,
            path_hex,
            node_type: node.node_type(),
            mode: node.mode(),
            uid: node.uid(),
            gid: node.gid(),
            size: node.size(),
            mtime_ns: node.mtime().map(|mtime| mtime.to_string()),
            linkname,
            linkname_hex: linkname_hex.flatten(),
            hardlink_to,
            hardlink_to_hex: hardlink_to_hex.flatten(),
            major,
            minor,
            xattrs: xattrs.collect(),
            sha256: node.digest().as_ref().map(Digest::encoded),
            layer: node.layer(),
            change: None,
        }
    }
}

/// Calls `line` for each path of a tree, in byte order, until it fails.
///
/// # Errors
///
/// What `line` returns.
pub fn dump<E>(
    tree: &MergedTree,
    mut line: impl FnMut(TreeLine) -> Result<(), E>,
) -> Result<(), E> {
    let mut walk = tree.walk();
    while let Some((path, node)) = walk.next_node() {
        line(TreeLine::new(path, &node))?;
    }
    Ok(())
}

fn text(bytes: &[u8]) -> (String, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (
            String::from_utf8_lossy(bytes).into_owned(),
            Some(hex(bytes)),
        ),
    }
}
