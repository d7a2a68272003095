//! Trees that someone looks at: each a range of an image's layers, with rows of
//! its own. They follow their images as layers arrive.

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
    view: TreeView,
    /// Which tree of the image the view is of, and how many layers that had.
    seen: (u32, usize),
    /// What was expanded in a tree that is no more, and is not there yet.
    expanded: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct PartialTree {
    image: u32,
    layers: usize,
    generation: u32,
    merged: MergedTree,
    /// Layers applied so far.
    applied: usize,
}

impl PartialTree {
    /// Applies one more layer; false where none is left.
    fn grow<S: ReadAt>(&mut self, inspection: &Inspection<S>) -> bool {
        if self.applied >= self.layers {
            return false;
        }
        inspection.apply_layer(self.image, self.applied, &mut self.merged);
        self.applied += 1;
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
        let mut opened = OpenTree {
            image,
            layers,
            view: TreeView::since(tree, range.first),
            seen: (inspection.generation(image), 0),
            expanded: Vec::new(),
        };
        let applied = inspection.applied(image).unwrap_or(0);
        if applied <= layers {
            opened.seen.1 = applied;
        }
        self.open.insert(number, opened);
        Ok(number)
    }

    /// Closes a tree. Others do not notice.
    pub fn close(&mut self, number: u32) {
        self.open.remove(&number);
        let open = &self.open;
        self.partial.retain(|partial| {
            let mut open = open.values();
            open.any(|tree| tree.image == partial.image && tree.layers == partial.layers)
        });
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
        let tree = partial(&mut self.partial, inspection, open.image, open.layers);
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
        let open = self.open.get_mut(&number);
        let open = open.ok_or(TreeError::Closed(number))?;
        let merged = merged(&mut self.partial, inspection, open.image, open.layers);
        let merged = merged.ok_or(TreeError::Image(open.image))?;
        let generation = inspection.generation(open.image);
        let applied = inspection.applied(open.image).unwrap_or(0).min(open.layers);
        if open.seen.0 != generation {
            open.view.move_to(merged);
        }
        if open.seen != (generation, applied) {
            open.view.expand_paths(merged, &mut open.expanded);
            open.view.refresh(merged);
            open.seen = (generation, applied);
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
            paths: count(merged.len()),
            matches: view.selected(),
            size: view.size(merged).to_string(),
            changes: view.changes().clone(),
        };
        if let Some(open) = self.open.get(&number) {
            state.applied = count(open.seen.1);
            state.layers = count(open.layers);
        }
        Ok(state)
    }

    /// To be called before an inspection makes trees anew: what is expanded in
    /// the old ones will be expanded in the new ones.
    pub fn keep_expanded<S: ReadAt>(&mut self, inspection: &Inspection<S>) {
        for open in self.open.values_mut() {
            if open.seen.0 != inspection.generation(open.image) {
                continue;
            }
            let merged = merged(&mut self.partial, inspection, open.image, open.layers);
            if let Some(merged) = merged {
                open.expanded.extend(open.view.expanded(merged));
            }
        }
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

/// The tree of an image's lowest layers: the image's own, or a partial one.
fn merged<'a, S: ReadAt>(
    trees: &'a mut Vec<PartialTree>,
    inspection: &'a Inspection<S>,
    image: u32,
    layers: usize,
) -> Option<&'a MergedTree> {
    let own = inspection.tree(image)?;
    let Some(tree) = partial(trees, inspection, image, layers) else {
        return Some(own);
    };
    while tree.grow(inspection) {}
    Some(&tree.merged)
}

/// The partial tree of an image's lowest layers, as far as it has come; none
/// where the image's own is the one.
fn partial<'a, S: ReadAt>(
    trees: &'a mut Vec<PartialTree>,
    inspection: &Inspection<S>,
    image: u32,
    layers: usize,
) -> Option<&'a mut PartialTree> {
    if inspection.applied(image)? <= layers {
        return None;
    }
    let generation = inspection.generation(image);
    trees.retain(|tree| tree.image != image || tree.generation == generation);
    let known = trees
        .iter()
        .position(|tree| tree.image == image && tree.layers == layers);
    let tree = match known {
        Some(at) => trees.remove(at),
        None => PartialTree {
            image,
            layers,
            generation,
            merged: inspection.tree_of(image, 0)?,
            applied: 0,
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
