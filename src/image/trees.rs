//! Trees that someone looks at: each a range of an image's layers, with rows of
//! its own. They follow their images as layers arrive.
//!
//! A tree is the image's own, as far as that has grown, or a partial one: of
//! fewer layers, or of those read so far where the image's own tree has none of
//! the range yet, because a layer below is still to be read.

use std::collections::BTreeMap;
use std::fmt;

use crate::limits::{OPEN_TREES, PARTIAL_TREES};
use crate::report::{LayerRange, TreeState};
use crate::source::ReadAt;
use crate::tree::MergedTree;
use crate::tree::view::TreeView;

use super::Inspection;

/// Why a tree cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeError {
    /// There is no image of this number.
    Image(u32),
    /// The image has no such layers.
    Layers {
        /// The layers asked for.
        range: LayerRange,
        /// How many there are.
        layers: usize,
    },
    /// The tree is closed, or never was opened.
    Closed(u32),
    /// More trees than this are open.
    Open(usize),
}

impl TreeError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Image(_) => "no-such-image",
            Self::Layers { .. } => "no-such-layer",
            Self::Closed(_) => "tree-closed",
            Self::Open(_) => "limit-trees",
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(image) => write!(f, "there is no image {image}"),
            Self::Layers { range, layers } => {
                write!(f, "expected layers of {layers}, counted from 0, but found ")?;
                match range.last {
                    Some(last) => write!(f, "{} to {last}", range.first),
                    None => write!(f, "{} to the top", range.first),
                }
            }
            Self::Closed(_) => f.write_str("the tree is closed"),
            Self::Open(limit) => write!(f, "expected at most {limit} open trees"),
        }
    }
}

impl std::error::Error for TreeError {}

/// The open trees of one inspection.
#[derive(Debug, Default)]
pub struct Trees {
    open: BTreeMap<u32, OpenTree>,
    next: u32,
    /// Trees of fewer layers than are applied, the one used last at the end.
    /// One that is made again has the same nodes.
    partial: Vec<PartialTree>,
}

#[derive(Debug)]
struct OpenTree {
    image: u32,
    /// Layers shown, from the bottom: as many as the image has, or fewer.
    layers: usize,
    /// The lowest layer whose changes are shown.
    first: usize,
    view: TreeView,
    /// Which tree the view is of, and how many layers that had.
    seen: (TreeKey, usize),
    /// What was expanded in a tree that is no more, and is not there yet.
    expanded: Vec<Vec<u8>>,
}

impl OpenTree {
    /// The key of the tree in which its layers are best seen now.
    fn key<S: ReadAt>(&self, inspection: &Inspection<S>) -> TreeKey {
        let (first, end) = (self.first, self.layers);
        let grown = inspection.applied(self.image).unwrap_or(0);
        let is_pending = |layer: &usize| inspection.is_pending(self.image, *layer);
        let shows_nothing = grown <= first && grown < end;
        let pending = if shows_nothing && !(first..end).all(|layer| is_pending(&layer)) {
            (grown..end).filter(is_pending).collect()
        } else {
            Vec::new()
        };
        TreeKey {
            generation: inspection.generation(self.image),
            pending,
        }
    }

    /// Layers that the tree of a key applies, or passes over for good.
    fn applied<S: ReadAt>(&self, inspection: &Inspection<S>, key: &TreeKey) -> usize {
        match key.pending.len() {
            0 => inspection
                .applied(self.image)
                .map_or(0, |grown| grown.min(self.layers)),
            pending => self.layers - pending,
        }
    }

    /// Takes down what is expanded in the tree that the view is of, if there still is that tree.
    fn note_expanded<S: ReadAt>(&mut self, inspection: &Inspection<S>, partial: &[PartialTree]) {
        let (key, _) = &self.seen;
        let merged = if key.generation != inspection.generation(self.image) {
            None
        } else if key.pending.is_empty() {
            // It has the nodes of all that have fewer layers.
            inspection.tree(self.image)
        } else {
            let mut partial = partial.iter();
            let seen = partial.find(|tree| self.is_of(tree) && tree.key == *key);
            seen.map(|tree| &tree.merged)
        };
        if let Some(merged) = merged {
            self.expanded.extend(self.view.expanded(merged));
        }
    }

    /// Whether a partial tree is of its layers.
    const fn is_of(&self, tree: &PartialTree) -> bool {
        self.image == tree.image && self.layers == tree.layers
    }
}

/// Trees of an image that agree in this have the same nodes, as far as both go.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TreeKey {
    generation: u32,
    /// Layers left out because they are still to be read, from the bottom.
    pending: Vec<usize>,
}

#[derive(Debug)]
struct PartialTree {
    image: u32,
    layers: usize,
    key: TreeKey,
    merged: MergedTree,
    /// The next layer to be applied.
    next: usize,
}

impl PartialTree {
    /// Applies one more layer; false where none is left.
    fn grow<S: ReadAt>(&mut self, inspection: &Inspection<S>) -> bool {
        if self.next >= self.layers {
            return false;
        }
        if !self.key.pending.contains(&self.next) {
            inspection.apply_layer(self.image, self.next, &mut self.merged);
        }
        self.next += 1;
        true
    }
}

impl Trees {
    /// Opens a tree of an image's layers and gives its number.
    ///
    /// # Errors
    ///
    /// [`TreeError`] for an image or layers that are not there, and when too
    /// many are open.
    pub fn open<S: ReadAt>(
        &mut self,
        inspection: &Inspection<S>,
        image: u32,
        range: LayerRange,
    ) -> Result<u32, TreeError> {
        if self.open.len() >= OPEN_TREES {
            return Err(TreeError::Open(OPEN_TREES));
        }
        let tree = inspection.tree(image).ok_or(TreeError::Image(image))?;
        let layers = layers_of(range, inspection.layers(image))?;
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let key = TreeKey {
            generation: inspection.generation(image),
            pending: Vec::new(),
        };
        let applied = inspection.applied(image).unwrap_or(0);
        let opened = OpenTree {
            image,
            layers,
            first: range.first as usize,
            view: TreeView::since(tree, range.first),
            seen: (key, if applied <= layers { applied } else { 0 }),
            expanded: Vec::new(),
        };
        self.open.insert(number, opened);
        Ok(number)
    }

    /// Closes a tree. Others do not notice.
    pub fn close(&mut self, number: u32) {
        self.open.remove(&number);
        let open = &self.open;
        self.partial
            .retain(|partial| open.values().any(|open| open.is_of(partial)));
    }

    /// Does a piece of what a tree needs before it can be shown, a layer at most;
    /// false where nothing was left to do. The rest is done when it is asked for.
    ///
    /// # Errors
    ///
    /// [`TreeError::Closed`].
    pub fn prepare<S: ReadAt>(
        &mut self,
        inspection: &Inspection<S>,
        number: u32,
    ) -> Result<bool, TreeError> {
        let open = self.open.get(&number).ok_or(TreeError::Closed(number))?;
        let tree = partial(&mut self.partial, inspection, open, &open.key(inspection));
        Ok(tree.is_some_and(|tree| tree.grow(inspection)))
    }

    /// A tree as it stands now, and its rows.
    ///
    /// # Errors
    ///
    /// [`TreeError::Closed`].
    pub fn get<'a, S: ReadAt>(
        &'a mut self,
        inspection: &'a Inspection<S>,
        number: u32,
    ) -> Result<(&'a MergedTree, &'a mut TreeView), TreeError> {
        let open = self.open.get(&number).ok_or(TreeError::Closed(number))?;
        let (image, key) = (open.image, open.key(inspection));
        let moves = open.seen.0 != key;
        if moves {
            self.leave_outdated(inspection, image);
        }
        let open = self.open.get_mut(&number);
        let open = open.ok_or(TreeError::Closed(number))?;
        let merged = merged(&mut self.partial, inspection, open, &key);
        let merged = merged.ok_or(TreeError::Image(image))?;
        let applied = open.applied(inspection, &key);
        if moves {
            open.view.move_to(merged);
        }
        let seen = (key, applied);
        if open.seen != seen {
            open.view.expand_paths(merged, &mut open.expanded);
            open.view.refresh(merged);
            open.seen = seen;
        }
        Ok((merged, &mut open.view))
    }

    /// How far a tree has come, and what of it is shown.
    ///
    /// # Errors
    ///
    /// [`TreeError::Closed`].
    pub fn state<S: ReadAt>(
        &mut self,
        inspection: &Inspection<S>,
        number: u32,
    ) -> Result<TreeState, TreeError> {
        let (merged, view) = self.get(inspection, number)?;
        let mut state = TreeState {
            rows: count(view.len()),
            applied: 0,
            layers: 0,
            pending: 0,
            paths: count(merged.len()),
            matches: view.selected(),
            size: view.size(merged).to_string(),
            changes: view.changes().clone(),
        };
        if let Some(open) = self.open.get(&number) {
            state.applied = count(open.seen.1);
            state.layers = count(open.layers);
            state.pending = count(open.seen.0.pending.len());
        }
        Ok(state)
    }

    /// To be called before an inspection makes trees anew: what is expanded in
    /// the old ones will be expanded in the new ones.
    pub fn keep_expanded<S: ReadAt>(&mut self, inspection: &Inspection<S>) {
        for open in self.open.values_mut() {
            open.note_expanded(inspection, &self.partial);
        }
    }

    /// Drops the trees of an image that nobody looks into any more, but not what
    /// is expanded in them.
    fn leave_outdated<S: ReadAt>(&mut self, inspection: &Inspection<S>, image: u32) {
        for open in self.open.values_mut().filter(|open| open.image == image) {
            if open.seen.0 != open.key(inspection) {
                open.note_expanded(inspection, &self.partial);
            }
        }
        let open = &self.open;
        let is_wanted = |tree: &PartialTree| {
            let mut open = open.values().filter(|open| open.is_of(tree));
            open.any(|open| open.key(inspection) == tree.key)
        };
        self.partial
            .retain(|tree| tree.image != image || is_wanted(tree));
    }
}

/// How many layers of an image that has `layers` a tree of a range applies.
///
/// # Errors
///
/// [`TreeError::Layers`] for a range that is not among them.
pub fn layers_of(range: LayerRange, layers: usize) -> Result<usize, TreeError> {
    let error = TreeError::Layers { range, layers };
    let end = match range.last {
        Some(last) if last < range.first || last as usize >= layers => return Err(error),
        Some(last) => (last as usize).saturating_add(1),
        None => layers,
    };
    if range.first > 0 && range.first as usize >= layers {
        return Err(error);
    }
    Ok(end)
}

/// The tree in which an open one is best seen: the image's own, or a partial one.
fn merged<'a, S: ReadAt>(
    trees: &'a mut Vec<PartialTree>,
    inspection: &'a Inspection<S>,
    open: &OpenTree,
    key: &TreeKey,
) -> Option<&'a MergedTree> {
    let own = inspection.tree(open.image)?;
    let Some(tree) = partial(trees, inspection, open, key) else {
        return Some(own);
    };
    while tree.grow(inspection) {}
    Some(&tree.merged)
}

/// The partial tree of this key, as far as it has come; none where the image's
/// own is the one.
fn partial<'a, S: ReadAt>(
    trees: &'a mut Vec<PartialTree>,
    inspection: &Inspection<S>,
    open: &OpenTree,
    key: &TreeKey,
) -> Option<&'a mut PartialTree> {
    let image = open.image;
    if key.pending.is_empty() && inspection.applied(image)? <= open.layers {
        return None;
    }
    let known = trees
        .iter()
        .position(|tree| open.is_of(tree) && tree.key == *key);
    let tree = match known {
        Some(at) => trees.remove(at),
        None => PartialTree {
            image,
            layers: open.layers,
            key: key.clone(),
            merged: inspection.tree_of(image, 0)?,
            next: 0,
        },
    };
    if trees.len() >= PARTIAL_TREES {
        trees.remove(0);
    }
    trees.push(tree);
    trees.last_mut()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
