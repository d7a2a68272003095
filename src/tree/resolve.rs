//! Where a path leads: symlinks followed inside the root, missing parts by name.
//!
//! As openat2's `RESOLVE_IN_ROOT`: an absolute target begins at the root
//! again, and `..` stops there, so that no link leads out.

use super::{
    MergedTree, Rules,
    arena::ROOT,
    error::ApplyError,
    path::{EntryPath, split_last},
};
use crate::{bytes::begins_with, report::NodeType};

/// Bytes of components still to be walked, targets of symlinks included: four
/// times the longest path. Links that grow the path at each step end here.
const PENDING_BYTES: usize = 4 * crate::limits::PATH_BYTES;
/// Components walked while one layer is applied. The largest real layers, some
/// million entries of ten components, need a tenth.
pub(super) const LAYER_STEPS: u64 = 1 << 29;

/// The place that a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The deepest node that is there. Not a directory only where the path
    /// goes through a file.
    pub node: u32,
    /// Components of `node`'s path.
    pub depth: usize,
    /// What is missing below it.
    pub missing: Vec<Vec<u8>>,
}

/// The directory that the last entry was put in, and those found on the way to it:
/// most entries follow a sibling, and most others lie near one.
#[derive(Debug, Clone, Default)]
pub(super) struct LastParent {
    path: Vec<u8>,
    /// By the length of its path each directory that was found, the last one last.
    found: Vec<(usize, Found)>,
    epoch: u64,
}

/// A directory: its node, and the components of that node's path.
type Found = (u32, usize);

impl LastParent {
    /// The directory at `path`, if it is the one that was put in last.
    pub fn get(&self, path: &[u8], epoch: u64) -> Option<Found> {
        (self.path == path).then(|| self.last(epoch)).flatten()
    }

    /// The directory that was put in last.
    pub fn last(&self, epoch: u64) -> Option<Found> {
        let &(length, found) = self.found.last()?;
        (self.epoch == epoch && length == self.path.len()).then_some(found)
    }

    /// The last directory on the way to `path` that was found before, and the length
    /// of its own path. What does not lead there is forgotten.
    pub fn nearest(&mut self, path: &[u8], epoch: u64) -> Option<(usize, Found)> {
        if self.epoch != epoch {
            self.found.clear();
        }
        while let Some(&(length, found)) = self.found.last() {
            let known = self.path.get(..length).unwrap_or_default();
            if begins_with(path, known) && matches!(path.get(length), None | Some(b'/')) {
                return Some((length, found));
            }
            self.found.pop();
        }
        None
    }

    /// Notes a directory, which lies in the nearest one.
    pub fn set(&mut self, path: &[u8], node: u32, depth: usize, epoch: u64) {
        if self
            .nearest(path, epoch)
            .is_some_and(|(length, _)| length == path.len())
        {
            self.found.pop();
        }
        self.path.clear();
        self.path.extend_from_slice(path);
        self.found.push((path.len(), (node, depth)));
        self.epoch = epoch;
    }
}

impl MergedTree {
    /// Follows `path`, its last component included, symlinks in scope.
    ///
    /// `passes` is asked before a symlink is followed.
    pub(super) fn resolve(
        &self,
        path: &[u8],
        steps: &mut u64,
        passes: impl FnMut(u32) -> bool,
    ) -> Result<Place, ApplyError> {
        self.resolve_from((0, (ROOT, 0)), path, steps, passes)
    }

    /// The same from a directory that its first bytes are known to lead to.
    pub(super) fn resolve_from(
        &self,
        (mut at, (node, depth)): (usize, Found),
        path: &[u8],
        steps: &mut u64,
        mut passes: impl FnMut(u32) -> bool,
    ) -> Result<Place, ApplyError> {
        let mut place = Place {
            node,
            depth,
            missing: Vec::new(),
        };
        let mut pending = path.to_vec();
        let mut links = 0_usize;
        while let Some(component) = next_component(&pending, &mut at) {
            *steps = steps.saturating_add(1);
            if *steps > LAYER_STEPS {
                return Err(ApplyError::Work {
                    path: path.to_vec(),
                    limit: LAYER_STEPS,
                });
            }
            let component = pending.get(component).unwrap_or_default();
            if component == b".." {
                if place.missing.pop().is_none() && place.node != ROOT {
                    place.node = self.arena.node(place.node).parent;
                    place.depth = place.depth.saturating_sub(1);
                }
                continue;
            }
            let depth = place.depth.saturating_add(place.missing.len());
            if depth >= self.limits.path_depth {
                return Err(ApplyError::PathDepth {
                    path: path.to_vec(),
                    limit: self.limits.path_depth,
                });
            }
            let is_directory = self.arena.node(place.node).kind == NodeType::Dir;
            if !is_directory && self.rules == Rules::Containerd {
                return Err(ApplyError::ParentNotDirectory {
                    path: path.to_vec(),
                    parent: self.arena.path(place.node),
                });
            }
            let child = (place.missing.is_empty() && is_directory)
                .then(|| self.arena.child(place.node, component))
                .flatten();
            let Some(child) = child else {
                place.missing.push(component.to_vec());
                continue;
            };
            if self.arena.node(child).kind != NodeType::Symlink {
                place.node = child;
                place.depth = place.depth.saturating_add(1);
                continue;
            }
            links = links.saturating_add(1);
            if links > self.limits.symlinks || pending.len().saturating_sub(at) > PENDING_BYTES {
                return Err(ApplyError::SymlinkLimit {
                    path: path.to_vec(),
                    limit: self.limits.symlinks,
                });
            }
            if !passes(child) {
                place.missing.push(component.to_vec());
                continue;
            }
            let target = self.link_name(child);
            let absolute = target.starts_with(b"/");
            // containerd joins a relative target with the link's directory by
            // name before it looks at either (continuity, fs.RootPath).
            let joined = (self.rules == Rules::Containerd && !absolute).then(|| {
                let mut joined = self.arena.path(place.node);
                joined.push(b'/');
                joined.extend_from_slice(target);
                EntryPath::new(&joined).as_bytes().to_vec()
            });
            if absolute || joined.is_some() {
                place.node = ROOT;
                place.depth = 0;
            }
            let rest = pending.get(at..).unwrap_or_default();
            pending = [joined.as_deref().unwrap_or(target), b"/", rest].concat();
            // Copying and skipping cost, too: a step for each 64 bytes.
            *steps = steps.saturating_add(pending.len() as u64 / 64);
            at = 0;
        }
        Ok(place)
    }

    /// The node that a hardlink's link name leads to: the last component is
    /// not followed.
    pub(super) fn resolve_hardlink(
        &self,
        link_name: &[u8],
        steps: &mut u64,
    ) -> Result<Option<u32>, ApplyError> {
        let (parent, name) = split_last(link_name);
        if matches!(name, b"" | b"." | b"..") {
            let place = self.resolve(link_name, steps, |_| true)?;
            return Ok(place.missing.is_empty().then_some(place.node));
        }
        let place = self.resolve(parent, steps, |_| true)?;
        if !place.missing.is_empty() {
            return Ok(None);
        }
        Ok(self.arena.child(place.node, name))
    }
}

fn next_component(pending: &[u8], at: &mut usize) -> Option<std::ops::Range<usize>> {
    loop {
        let rest = pending.get(*at..).filter(|rest| !rest.is_empty())?;
        let length = rest
            .iter()
            .position(|&byte| byte == b'/')
            .unwrap_or(rest.len());
        let start = *at;
        let end = start.saturating_add(length);
        *at = end.saturating_add(1).min(pending.len());
        if !matches!(pending.get(start..end), Some(b"" | b".")) {
            return Some(start..end);
        }
    }
}
