//! Trees of an engine, by number.

use oci_lens::image::trees::TreeError;
use oci_lens::limits::Limits;
use oci_lens::report::{LayerRange, PathPattern, RowsView, SizeView, TreeQuery, TreeState};
use oci_lens::tree::MergedTree;
use oci_lens::tree::view::TreeView;
use oci_lens::wasm::{Thrown, give, take, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;

fn refused(error: TreeError) -> Thrown {
    thrown(error.code(), error)
}

/// The layers meant, all of them where none are named.
pub(super) fn range(range: Option<&Ts<LayerRange>>) -> Result<LayerRange, Thrown> {
    let all = LayerRange {
        first: 0,
        last: None,
    };
    Ok(range.map(take).transpose()?.unwrap_or(all))
}

#[wasm_bindgen]
impl Engine {
    /// Opens a tree of an image's layers, of all unless a range is given, and
    /// gives its number.
    ///
    /// # Errors
    ///
    /// A `Failure` for an image or layers that are not there.
    #[wasm_bindgen(js_name = openTree)]
    pub fn open_tree(&mut self, image: u32, range: Option<Ts<LayerRange>>) -> Result<u32, Thrown> {
        let range = self::range(range.as_ref())?;
        let opened = self.trees.open(&self.inspection, image, range);
        opened.map_err(refused)
    }

    /// Closes a tree.
    #[wasm_bindgen(js_name = closeTree)]
    pub fn close_tree(&mut self, tree: u32) {
        self.trees.close(tree);
    }

    /// Does a piece of what a tree needs before any of the calls below; false
    /// where nothing was left to do. They do the rest, however long it takes.
    #[wasm_bindgen(js_name = prepareTree)]
    pub fn prepare_tree(&mut self, tree: u32) -> Result<bool, Thrown> {
        let prepared = self.trees.prepare(&self.inspection, tree);
        prepared.map_err(refused)
    }

    /// How far a tree has come, and what of it is shown.
    #[wasm_bindgen(js_name = treeState)]
    pub fn tree_state(&mut self, tree: u32) -> Result<Ts<TreeState>, Thrown> {
        let state = self.trees.state(&self.inspection, tree).map_err(refused)?;
        give(&state)
    }

    /// A stretch of the visible rows of a tree.
    pub fn rows(&mut self, tree: u32, offset: u32, limit: u32) -> Result<Ts<RowsView>, Thrown> {
        let (merged, view) = self.tree(tree)?;
        give(&view.rows(merged, offset as usize, limit as usize))
    }

    /// Shows other rows of a tree, or in another order.
    ///
    /// # Errors
    ///
    /// A `Failure` of code `pattern-invalid` for a pattern that cannot be read.
    pub fn arrange(&mut self, tree: u32, query: Ts<TreeQuery>) -> Result<Ts<TreeState>, Thrown> {
        let query = take(&query)?;
        let (merged, view) = self.tree(tree)?;
        view.arrange(merged, query, &Limits::default())
            .map_err(|error| thrown(error.code(), error))?;
        self.tree_state(tree)
    }

    /// Shows only what lies below a folder, given by its exact bytes, and `depth`
    /// levels of that expanded, 0 being none.
    #[wasm_bindgen(js_name = showPart)]
    pub fn show_part(&mut self, tree: u32, path: &[u8], depth: u32) -> Result<(), Thrown> {
        let (merged, view) = self.tree(tree)?;
        view.show_part(merged, path, depth);
        Ok(())
    }

    /// Highlights the paths that a pattern matches, none without one; gives the
    /// first row that is highlighted.
    ///
    /// # Errors
    ///
    /// A `Failure` of code `pattern-invalid` for a pattern that cannot be read.
    pub fn highlight(
        &mut self,
        tree: u32,
        pattern: Option<Ts<PathPattern>>,
    ) -> Result<Option<u32>, Thrown> {
        let pattern = pattern.as_ref().map(take).transpose()?;
        let (merged, view) = self.tree(tree)?;
        view.highlight(merged, pattern.as_ref(), &Limits::default())
            .map_err(|error| thrown(error.code(), error))?;
        let row = view.first_highlighted(merged);
        Ok(row.and_then(|row| u32::try_from(row).ok()))
    }

    /// Shows a folder's children among the rows.
    pub fn expand(&mut self, tree: u32, node: u32) -> Result<(), Thrown> {
        let (merged, view) = self.tree(tree)?;
        view.expand(merged, node);
        Ok(())
    }

    /// Hides a folder's children.
    pub fn collapse(&mut self, tree: u32, node: u32) -> Result<(), Thrown> {
        let (merged, view) = self.tree(tree)?;
        view.collapse(merged, node);
        Ok(())
    }

    /// Expands every folder down to a depth, 0 being none.
    #[wasm_bindgen(js_name = expandTo)]
    pub fn expand_to(&mut self, tree: u32, depth: u32) -> Result<(), Thrown> {
        let (merged, view) = self.tree(tree)?;
        view.expand_all(merged, depth);
        Ok(())
    }

    /// The row of a path, given as its exact bytes, after expanding what leads
    /// there; nothing where no row shows it.
    pub fn reveal(&mut self, tree: u32, path: &[u8]) -> Result<Option<u32>, Thrown> {
        let (merged, view) = self.tree(tree)?;
        let row = view.reveal(merged, path);
        Ok(row.and_then(|row| u32::try_from(row).ok()))
    }

    /// What takes how much space below a node, `depth` levels deep.
    ///
    /// # Errors
    ///
    /// A `Failure` for a node at which nothing lies.
    pub fn sizes(&mut self, tree: u32, node: u32, depth: u32) -> Result<Ts<SizeView>, Thrown> {
        let (merged, view) = self.tree(tree)?;
        let Some(sizes) = view.sizes(merged, node, depth) else {
            let message = format!("there is nothing at node {node}");
            return Err(thrown("no-such-node", message));
        };
        give(&sizes)
    }

    fn tree(&mut self, tree: u32) -> Result<(&MergedTree, &mut TreeView), Thrown> {
        self.trees.get(&self.inspection, tree).map_err(refused)
    }
}
