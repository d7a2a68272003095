//! Layers that are listed by their tables of contents: what the other module needs to read these.

use oci_lens::image::listings;
use oci_lens::layer::toc::Listed;
use oci_lens::report::Completed;
use oci_lens::wasm::{Thrown, give, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;
use super::content::BlobPlace;

/// A table of contents to be read, and of which layer.
#[wasm_bindgen]
pub struct TocPlan(listings::TocPlan);

#[wasm_bindgen]
impl TocPlan {
    /// For the other module's `TocReader`.
    #[wasm_bindgen(getter)]
    pub fn job(&self) -> Result<Vec<u8>, Thrown> {
        let job = self.0.job.to_bytes();
        job.map_err(|error| thrown("protocol", error))
    }

    /// Where the layer's stored bytes lie.
    #[wasm_bindgen(getter)]
    pub fn blob(&self) -> BlobPlace {
        BlobPlace::of(self.0.blob)
    }
}

#[wasm_bindgen]
impl Engine {
    /// The tables of contents by which an image's layers can be listed without reading them;
    /// nothing where some layer has none that a manifest vouches for.
    pub fn tocs(&self, image: u32) -> Option<Vec<TocPlan>> {
        let plans = self.inspection.tocs(image)?;
        Some(plans.into_iter().map(TocPlan).collect())
    }

    /// Takes what `TocReader.finish` gave.
    pub fn list(&mut self, listed: &[u8]) -> Result<Ts<Completed>, Thrown> {
        let listed = Listed::from_bytes(listed);
        let listed = listed.map_err(|error| thrown("protocol", error))?;
        give(&self.inspection.list(listed))
    }

    /// Notes why a layer's table of contents is not used.
    #[wasm_bindgen(js_name = refuseToc)]
    pub fn refuse_toc(&mut self, job: u32, why: &str) {
        self.inspection.refuse_toc(job, why);
    }
}
