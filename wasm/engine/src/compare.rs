//! Two images side by side, of one engine or of two.

use oci_lens::compare;
use oci_lens::report::{CompareView, PathChanges};
use oci_lens::wasm::{Thrown, give};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;
use super::document::no_such_image;

/// A comparison. It is given both engines for each call: they may be one.
#[wasm_bindgen]
pub struct Comparison(pub(super) compare::Comparison);

#[wasm_bindgen]
impl Comparison {
    /// Compares an image of `left` with one of `right`, their paths left for
    /// [`Comparison::step`].
    #[wasm_bindgen(constructor)]
    pub fn new(left: &Engine, image: u32, right: &Engine, other: u32) -> Result<Self, Thrown> {
        compare::Comparison::new(&left.inspection, image, &right.inspection, other)
            .map(Self)
            .ok_or_else(|| no_such_image(image.max(other)))
    }

    /// Does a bounded piece of work on the paths; whether there is more to do now.
    pub fn step(&mut self, left: &Engine, right: &Engine) -> bool {
        self.0.step(&left.inspection, &right.inspection)
    }

    /// What is known of the two images now.
    pub fn view(&self) -> Result<Ts<CompareView>, Thrown> {
        give(&self.0.view())
    }

    /// A stretch of the paths that differ.
    pub fn paths(
        &self,
        left: &Engine,
        right: &Engine,
        offset: u32,
        limit: u32,
    ) -> Result<Ts<PathChanges>, Thrown> {
        give(
            &self
                .0
                .paths(&left.inspection, &right.inspection, offset, limit),
        )
    }
}
