//! What a tar holds and in which order, before any byte is read.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::image::content::{ContentError, StoredBlob, holes};
use crate::layer::table::{EntryKind, Timestamp};
use crate::layer::{Piece, Start};
use crate::limits::{LEFT_OUT, Limits};
use crate::report::{ExportView, LeftOut, NodeType, PathView};
use crate::tree::{MergedTree, NodeRef};

/// Entries of one batch, and pieces of sparse files after which none is added.
const BATCH_ENTRIES: usize = 2_048;
const BATCH_PIECES: usize = 1 << 16;

/// A layer as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerAt {
    /// Layer, from 0 at the bottom.
    pub layer: u32,
    /// Its stored bytes.
    pub blob: StoredBlob,
    /// Where in them reading begins.
    pub start: Start,
    /// Unpacked bytes that there are.
    pub size: u64,
}

/// One entry of the tar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it makes.
    pub kind: EntryKind,
    /// Its name, a slash at the end of a directory's.
    pub name: Vec<u8>,
    /// Target of a symlink or hardlink.
    pub link_name: Vec<u8>,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Bytes of a file.
    pub size: u64,
    /// Modification time.
    pub mtime: Timestamp,
    /// Device numbers.
    pub device: (u32, u32),
    /// Names and values of extended attributes.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// What makes up a file's content.
    pub pieces: Vec<Piece>,
}

/// Some entries in a row whose content comes from one layer, or that have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// That layer.
    pub from: Option<LayerAt>,
    /// The entries.
    pub items: Vec<Item>,
    /// Whether the tar ends with them.
    pub is_last: bool,
}

// An entry to come: a node, and the one that it is a hardlink to.
#[derive(Debug, Clone, Copy)]
struct Step {
    node: u32,
    shares: Option<u32>,
    layer: Option<u32>,
}

/// A tar of a merged tree's part: what it holds, and its batches in order.
#[derive(Debug)]
pub struct Plan {
    tree: MergedTree,
    limits: Limits,
    // Bytes of each path that are before the name in the tar.
    above: usize,
    layers: HashMap<u32, LayerAt>,
    steps: Vec<Step>,
    next: usize,
    is_over: bool,
    view: ExportView,
}

impl Plan {
    /// Plans a tar of what lies at `path` and below it; of all where `path` is
    /// empty. Names begin with the last part of `path`. Only paths that layers
    /// from `first` on wrote are in it, and the directories that hold them.
    ///
    /// `layers` are those whose bytes can be read. What has no content there is
    /// left out and named in the [`view`](Self::view).
    ///
    /// # Errors
    ///
    /// [`ContentError::NoPath`].
    pub fn new(
        tree: MergedTree,
        path: &[u8],
        first: u32,
        layers: impl IntoIterator<Item = LayerAt>,
        limits: &Limits,
    ) -> Result<Self, ContentError> {
        let no_path = || ContentError::NoPath {
            path: path.to_vec(),
        };
        let top = tree.locate(path).ok_or_else(no_path)?.id();
        let above = tree.node(top).ok_or_else(no_path)?;
        let above = above.path().len() - above.name().len();
        let mut plan = Self {
            tree,
            limits: limits.clone(),
            above,
            layers: layers.into_iter().map(|at| (at.layer, at)).collect(),
            steps: Vec::new(),
            next: 0,
            is_over: false,
            view: ExportView::default(),
        };
        let nodes = plan.nodes(top, first);
        plan.order(&nodes);
        Ok(plan)
    }

    /// What the tar holds, and what it does not.
    pub const fn view(&self) -> &ExportView {
        &self.view
    }

    pub(crate) fn set_unread(&mut self, unread: Vec<u32>) {
        self.view.unread = unread;
    }

    /// The layers that content comes from, in the order of their batches.
    pub fn layers(&self) -> impl Iterator<Item = LayerAt> {
        self.view
            .layers
            .iter()
            .filter_map(|layer| self.layers.get(layer).copied())
    }

    /// The next entries; none after the last.
    pub fn next_batch(&mut self) -> Option<Batch> {
        if self.is_over {
            return None;
        }
        let steps = self.steps.get(self.next..).unwrap_or_default();
        let layer = steps.first().and_then(|step| step.layer);
        let mut items = Vec::new();
        let mut pieces = 0;
        for step in steps.iter().take_while(|step| step.layer == layer) {
            if items.len() == BATCH_ENTRIES || pieces > BATCH_PIECES {
                break;
            }
            let item = self.item(step);
            pieces += item.pieces.len();
            items.push(item);
        }
        self.next += items.len();
        self.is_over = self.next >= self.steps.len();
        Some(Batch {
            from: layer.and_then(|layer| self.layers.get(&layer).copied()),
            items,
            is_last: self.is_over,
        })
    }

    // The nodes in it, depth first by the bytes of their names: what lies in a
    // directory comes right behind it.
    fn nodes(&self, top: u32, first: u32) -> Vec<u32> {
        let mut nodes = Vec::new();
        let mut stack = vec![(top, 0_usize)];
        while let Some((id, depth)) = stack.pop() {
            let Some(node) = self.tree.node(id) else {
                continue;
            };
            nodes.push((id, depth));
            let mut children: Vec<(&[u8], u32)> = node
                .children()
                .map(|node| (node.name(), node.id()))
                .collect();
            children.sort_unstable_by(|left, right| right.cmp(left));
            stack.extend(children.into_iter().map(|(_, id)| (id, depth + 1)));
        }
        let mut is_needed = Vec::new();
        let mut kept = Vec::new();
        for (id, depth) in nodes.into_iter().rev() {
            is_needed.resize(is_needed.len().max(depth + 2), false);
            let holds = is_needed.get_mut(depth + 1).is_some_and(std::mem::take);
            let node = self.tree.node(id);
            let is_written = node
                .and_then(|node| node.layer())
                .is_some_and(|layer| layer >= first);
            if first == 0 || holds || is_written {
                kept.push(id);
                if let Some(is_needed) = is_needed.get_mut(depth) {
                    *is_needed = true;
                }
            }
        }
        kept.reverse();
        kept
    }

    fn order(&mut self, nodes: &[u32]) {
        let mut groups: HashMap<u32, u32> = HashMap::new();
        let mut links: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut files = Vec::new();
        let mut others = Vec::new();
        for (position, &id) in nodes.iter().enumerate() {
            let Some(node) = self.tree.node(id) else {
                continue;
            };
            let shares = node.file_id().map(|file| *groups.entry(file).or_insert(id));
            let shares = shares.filter(|first| *first != id);
            if node.node_type() != NodeType::File {
                others.push(Step {
                    node: id,
                    shares,
                    layer: None,
                });
            } else if let Some(first) = shares {
                links.entry(first).or_default().push(id);
            } else {
                files.push((self.place(&node), position, id));
            }
        }
        files.sort_unstable_by(|(left, at, _), (right, other, _)| {
            left.as_ref()
                .ok()
                .cmp(&right.as_ref().ok())
                .then(at.cmp(other))
        });
        for (place, _, id) in files {
            let links = links.remove(&id).unwrap_or_default();
            match place {
                Ok((layer, ..)) => self.add_file(id, layer, &links),
                Err(code) => {
                    for id in std::iter::once(id).chain(links) {
                        self.leave_out(id, code);
                    }
                }
            }
        }
        // The root's own entry comes last: readers that set times early would
        // otherwise change it again.
        let root = others
            .iter()
            .position(|step| step.node == self.tree.root().id());
        let root = root.map(|at| others.remove(at));
        let root = root.filter(|_| self.tree.root().written().is_some());
        self.steps.extend(others.into_iter().chain(root));
        self.view.paths = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
    }

    // Where a file's bytes begin: layer and offset. Or why there are none.
    fn place(&self, node: &NodeRef<'_>) -> Result<(u32, u64), &'static str> {
        let unknown = "content-unknown";
        let at = node.content().ok_or(unknown)?;
        let entry = node.content_entry().ok_or(unknown)?;
        let layer = self.layers.get(&at.layer).ok_or("layer-unread")?;
        let end = entry.data_offset.saturating_add(entry.stored_size);
        if entry.stored_size > 0 && end > layer.size {
            return Err("content-cut");
        }
        let pieces = node.pieces().ok_or(unknown)?;
        if holes(&pieces) > self.limits.sparse_hole_bytes {
            return Err("limit-sparse-hole-bytes");
        }
        Ok((at.layer, entry.data_offset))
    }

    fn add_file(&mut self, id: u32, layer: u32, links: &[u32]) {
        let Some(node) = self.tree.node(id) else {
            return;
        };
        if self.view.layers.last() != Some(&layer) {
            self.view.layers.push(layer);
            let first = node.content_entry().map_or(0, |entry| entry.data_offset);
            if let Some(at) = self.layers.get_mut(&layer) {
                at.start = Start::of(at.start.is_plain, first);
            }
        }
        self.view.files = self.view.files.saturating_add(1);
        self.view.bytes = self.view.bytes.saturating_add(node.size());
        self.steps.push(Step {
            node: id,
            shares: None,
            layer: Some(layer),
        });
        self.steps.extend(links.iter().map(|link| Step {
            node: *link,
            shares: Some(id),
            layer: Some(layer),
        }));
    }

    fn leave_out(&mut self, id: u32, code: &'static str) {
        self.view.left_out_count = self.view.left_out_count.saturating_add(1);
        if let Some(node) = self
            .tree
            .node(id)
            .filter(|_| self.view.left_out.len() < LEFT_OUT)
        {
            self.view.left_out.push(LeftOut {
                path: PathView::new(&node.path()),
                code: code.to_owned(),
            });
        }
    }

    fn item(&self, step: &Step) -> Item {
        let node = NodeRef::new(&self.tree, step.node);
        let kind = match (step.shares, node.node_type()) {
            (Some(_), _) => EntryKind::Hardlink,
            (None, NodeType::File) => EntryKind::File,
            (None, NodeType::Dir) => EntryKind::Directory,
            (None, NodeType::Symlink) => EntryKind::Symlink,
            (None, NodeType::Char) => EntryKind::Char,
            (None, NodeType::Block) => EntryKind::Block,
            (None, NodeType::Fifo) => EntryKind::Fifo,
        };
        let is_file = kind == EntryKind::File;
        let target = step
            .shares
            .map(|shares| self.name(&NodeRef::new(&self.tree, shares)));
        let own = |(name, value): (&[u8], &[u8])| (name.to_vec(), value.to_vec());
        Item {
            kind,
            name: self.name(&node),
            link_name: target.unwrap_or_else(|| node.link_name().unwrap_or_default().to_vec()),
            mode: node.mode(),
            uid: node.uid(),
            gid: node.gid(),
            size: if is_file { node.size() } else { 0 },
            mtime: Timestamp::from_nanoseconds(node.mtime().unwrap_or_default()),
            device: node.device().unwrap_or_default(),
            xattrs: node.xattrs().into_iter().map(own).collect(),
            pieces: if is_file {
                node.pieces().unwrap_or_default()
            } else {
                Vec::new()
            },
        }
    }

    fn name(&self, node: &NodeRef<'_>) -> Vec<u8> {
        let mut name = node.path();
        if name.is_empty() {
            return b"./".to_vec();
        }
        name.drain(..self.above.min(name.len()));
        if node.is_directory() {
            name.push(b'/');
        }
        name
    }
}
