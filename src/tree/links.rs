//! Who links to whom: hardlink groups, and symlinks by what they lead to.

use std::collections::HashSet;

use super::{
    MergedTree, NodeRef,
    arena::NONE,
    path::{EntryPath, split_last},
};
use crate::{
    order,
    report::{NodeType, PathView},
};

/// Pairs of numbers, found by the first.
#[derive(Debug, Clone, Default)]
struct Pairs(Vec<(u32, u32)>);

impl Pairs {
    fn new(pairs: Vec<(u32, u32)>) -> Self {
        let mut positions: Vec<u32> = (0_u32..).zip(&pairs).map(|(at, _)| at).collect();
        let key = |at: u32| pairs.get(at as usize).copied().unwrap_or_default().0;
        order::sort(&mut positions, &|left, right| key(left).cmp(&key(right)));
        let sorted = positions.iter().filter_map(|&at| pairs.get(at as usize));
        Self(sorted.copied().collect())
    }

    fn of(&self, first: u32) -> impl Iterator<Item = u32> {
        let start = self.0.partition_point(|&(key, _)| key < first);
        let found = self.0.get(start..).unwrap_or_default();
        found
            .iter()
            .take_while(move |&&(key, _)| key == first)
            .map(|&(_, second)| second)
    }
}

/// Links of a tree as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    /// Inodes, and the nodes that share them.
    hardlinks: Pairs,
    /// Nodes, and the symlinks that lead to them directly.
    symlinks: Pairs,
    /// Symlinks that were not followed.
    pub unfollowed: u32,
}

/// Where a symlink leads in one step.
enum Landing {
    Node(u32),
    /// A path at which nothing lies.
    Missing(Vec<u8>),
    /// More symlinks on the way than are followed.
    Endless,
}

/// Paths of a list that is bounded.
#[derive(Debug, Default)]
pub(super) struct PathList {
    pub paths: Vec<PathView>,
    bytes: usize,
    pub more: u32,
}

impl PathList {
    pub fn push(&mut self, tree: &MergedTree, path: &[u8]) {
        self.bytes = self.bytes.saturating_add(path.len());
        let limits = &tree.limits;
        if self.paths.len() < limits.listed_paths && self.bytes <= limits.listed_path_bytes {
            self.paths.push(PathView::new(path));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    fn of_nodes(tree: &MergedTree, nodes: impl Iterator<Item = u32>) -> Self {
        let mut list = Self::default();
        for node in nodes {
            // What will not be listed is not worth its path.
            if list.more > 0 {
                list.more = list.more.saturating_add(1);
                continue;
            }
            list.push(tree, &tree.arena.path(node));
        }
        list.paths
            .sort_unstable_by(|left, right| left.path.cmp(&right.path));
        list
    }
}

impl MergedTree {
    pub(super) fn links(&self) -> &Links {
        self.links.get_or_init(|| self.find_links())
    }

    fn find_links(&self) -> Links {
        let mut links = Links::default();
        let (mut hardlinks, mut symlinks) = (Vec::new(), Vec::new());
        let mut steps = 0;
        for id in self.arena.ids() {
            let node = self.arena.node(id);
            if !node.is_present() {
                continue;
            }
            if node.inode != NONE {
                hardlinks.push((node.inode, id));
            }
            if node.kind != NodeType::Symlink {
                continue;
            }
            if steps > self.limits.link_steps {
                links.unfollowed = links.unfollowed.saturating_add(1);
            } else if let Landing::Node(target) = self.land(id, &mut steps) {
                symlinks.push((target, id));
            }
        }
        links.hardlinks = Pairs::new(hardlinks);
        links.symlinks = Pairs::new(symlinks);
        links
    }

    /// Other paths that share a node's file.
    pub(super) fn hardlinks_of(&self, id: u32) -> PathList {
        let node = self.arena.node(id);
        if node.inode == NONE || !node.is_present() {
            return PathList::default();
        }
        let group = self.links().hardlinks.of(node.inode);
        PathList::of_nodes(self, group.filter(|&other| other != id))
    }

    /// Symlinks that lead to a node in one step.
    pub(super) fn pointed_at_by(&self, id: u32) -> PathList {
        PathList::of_nodes(self, self.links().symlinks.of(id))
    }

    /// The paths that following a symlink passes, its end last, and whether
    /// there is something at the end.
    pub(super) fn follows(&self, symlink: u32) -> (PathList, bool) {
        let mut list = PathList::default();
        let mut seen = HashSet::from([symlink]);
        let mut at = symlink;
        let mut steps = 0;
        while seen.len() <= self.limits.symlinks {
            match self.land(at, &mut steps) {
                Landing::Node(node) => {
                    list.push(self, &self.arena.path(node));
                    if self.arena.node(node).kind != NodeType::Symlink {
                        return (list, true);
                    }
                    if !seen.insert(node) {
                        return (list, false);
                    }
                    at = node;
                }
                Landing::Missing(path) => {
                    list.push(self, &path);
                    return (list, false);
                }
                Landing::Endless => return (list, false),
            }
        }
        (list, false)
    }

    /// Follows one symlink, the symlinks on the way to its target included,
    /// but not one at the target itself.
    fn land(&self, symlink: u32, steps: &mut u64) -> Landing {
        let target = self.link_name(symlink);
        let mut path = Vec::new();
        if !target.starts_with(b"/") {
            path = self.arena.path(self.arena.node(symlink).parent);
            path.push(b'/');
        }
        path.extend_from_slice(target);
        let (parent, name) = match split_last(&path) {
            (_, b"" | b"." | b"..") => (path.as_slice(), None),
            (parent, name) => (parent, Some(name)),
        };
        let Ok(place) = self.resolve(parent, steps, |_| true) else {
            return Landing::Endless;
        };
        let child = match name {
            _ if !place.missing.is_empty() => None,
            None => Some(place.node),
            Some(name) => self.arena.child(place.node, name),
        };
        if let Some(child) = child {
            return Landing::Node(child);
        }
        let mut path = self.arena.path(place.node);
        for name in place.missing.iter().map(Vec::as_slice).chain(name) {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
        }
        Landing::Missing(path)
    }

    /// The node that a path is the path of, hidden ones included; where there
    /// is none, what it leads to through symlinks above its last component.
    pub(super) fn named(&self, path: &[u8]) -> Option<u32> {
        if let Some(id) = self.slot(path) {
            return Some(id);
        }
        let path = EntryPath::new(path);
        let place = self.resolve(path.parent(), &mut 0, |_| true).ok()?;
        if !place.missing.is_empty() {
            return None;
        }
        self.arena.slot(place.node, path.name()).id
    }

    /// Number of paths below a directory, and bytes of their files, each
    /// hardlink group once.
    pub(super) fn below(&self, id: u32) -> (u32, u128) {
        let mut paths = 0_u32;
        let mut size = 0_u128;
        let mut groups = HashSet::new();
        let mut directories = vec![id];
        while let Some(directory) = directories.pop() {
            for child in self.arena.children(directory) {
                paths = paths.saturating_add(1);
                let node = self.arena.node(child);
                match node.kind {
                    NodeType::Dir => directories.push(child),
                    NodeType::File if node.inode == NONE || groups.insert(node.inode) => {
                        let file = NodeRef::new(self, child).size();
                        size = size.saturating_add(file.into());
                    }
                    _ => {}
                }
            }
        }
        (paths, size)
    }
}
