//! What BuildKit and containerd know an image by.

use oci_lens::report::KeysView;
use oci_lens::wasm::{Thrown, give, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;

#[wasm_bindgen]
impl Engine {
    /// The keys of an image and its snapshots, of its lowest layers alone where
    /// a limit is given. The platform is the one that the report shows.
    ///
    /// # Errors
    ///
    /// A [`Failure`](oci_lens::report::Failure) for an image that is not there.
    pub fn keys(&self, image: u32, layer_limit: Option<u32>) -> Result<Ts<KeysView>, Thrown> {
        let keys = self.inspection.keys(image, None, layer_limit);
        let none = || thrown("no-such-image", format!("there is no image {image}"));
        give(&keys.ok_or_else(none)?)
    }
}
