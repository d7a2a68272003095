//! What a path leads to, and by which path that is known.
//!
//! Other than an applier's: a symlink's target goes on from where the link is,
//! one component after the other, and what is missing on the way is passed by
//! name, so that `..` behind it leads back.

use super::ChecksumError;
use crate::report::NodeType;
use crate::tree::{MergedTree, NodeRef};

/// Steps that are left for one checksum.
#[derive(Debug)]
pub(super) struct Steps {
    left: u64,
    limit: u64,
}

impl Steps {
    pub const fn new(limit: u64) -> Self {
        Self { left: limit, limit }
    }

    pub fn take(&mut self) -> Result<(), ChecksumError> {
        let left = self.left.checked_sub(1);
        self.left = left.ok_or(ChecksumError::Steps { limit: self.limit })?;
        Ok(())
    }
}

/// A path as it is asked for: absolute, without `.`, `..` and double slashes;
/// empty for the root.
pub(super) fn clean(path: &[u8]) -> Vec<u8> {
    let path = crate::tree::path::EntryPath::new(path);
    if path.is_root() {
        return Vec::new();
    }
    [b"/", path.as_bytes()].concat()
}

/// What lies at a [`clean`] path. Links on the way are followed, one at its end
/// if `last` says so. `None` where nothing lies there.
pub(super) fn find<'a>(
    tree: &'a MergedTree,
    path: &[u8],
    last: bool,
    symlinks: usize,
    steps: &mut Steps,
) -> Result<Option<NodeRef<'a>>, ChecksumError> {
    // What is still to be walked, the next one last; and where that has come to.
    let mut pending: Vec<&[u8]> = components(path).rev().collect();
    let mut place = Place {
        node: tree.root(),
        missing: 0,
    };
    let mut links = 0_usize;
    while let Some(name) = pending.pop() {
        steps.take()?;
        if name == b".." {
            place.leave();
            continue;
        }
        if place.missing == 0 && !place.node.is_directory() {
            return Ok(None);
        }
        let child = place.child(name);
        let Some(child) = child else {
            place.missing = place.missing.saturating_add(1);
            continue;
        };
        if child.node_type() != NodeType::Symlink || (pending.is_empty() && !last) {
            place.node = child;
            continue;
        }
        links = links.saturating_add(1);
        if links > symlinks {
            return Err(ChecksumError::TooManyLinks {
                path: path.to_vec(),
                limit: symlinks,
            });
        }
        let target = child.link_name().unwrap_or_default();
        if target.starts_with(b"/") {
            place.node = tree.root();
        }
        let before = pending.len();
        pending.extend(components(target).rev());
        // Long targets cost, too.
        for _ in before..pending.len() {
            steps.take()?;
        }
    }
    Ok((place.missing == 0).then_some(place.node))
}

/// A node, or as many names below it where nothing lies.
struct Place<'a> {
    node: NodeRef<'a>,
    missing: usize,
}

impl<'a> Place<'a> {
    fn child(&self, name: &[u8]) -> Option<NodeRef<'a>> {
        if self.missing > 0 {
            return None;
        }
        self.node.child(name)
    }

    fn leave(&mut self) {
        if let Some(less) = self.missing.checked_sub(1) {
            self.missing = less;
        } else if let Some(parent) = self.node.parent() {
            self.node = parent;
        }
    }
}

fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|name| !matches!(*name, b"" | b"."))
}
