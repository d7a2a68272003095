//! A path's story, and what is stored and not shown.
//!
//! What is computed once for a tree is kept with it until a layer is applied.

use oci_lens::report::{HiddenPage, StoryView, WasteView};
use oci_lens::tree::MergedTree;
use oci_lens::wasm::{Thrown, give, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;

#[wasm_bindgen]
impl Engine {
    /// The story of a path, given by its exact bytes.
    ///
    /// # Errors
    ///
    /// A [`Failure`](oci_lens::report::Failure) for an image that is not there,
    /// here and below.
    pub fn story(&self, image: u32, path: &[u8]) -> Result<Ts<StoryView>, Thrown> {
        give(&self.tree_of(image)?.story(path))
    }

    /// What an image's layers store and its tree does not show.
    pub fn waste(&self, image: u32) -> Result<Ts<WasteView>, Thrown> {
        let layers = self.inspection.layers(image);
        give(&self.tree_of(image)?.waste(layers))
    }

    /// A stretch of the entries that are stored and not shown.
    pub fn hidden(&self, image: u32, offset: u32, limit: u32) -> Result<Ts<HiddenPage>, Thrown> {
        let tree = self.tree_of(image)?;
        give(&tree.hidden_entries(offset as usize, limit as usize))
    }

    fn tree_of(&self, image: u32) -> Result<&MergedTree, Thrown> {
        self.inspection
            .tree(image)
            .ok_or_else(|| thrown("no-such-image", format!("there is no image {image}")))
    }
}
