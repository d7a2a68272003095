//! Build caches: records, layers, a drawing, keys, and two side by side.

use oci_lens::image::cache_pages::CacheQuery;
use oci_lens::image::caches_compared::BaseImage;
use oci_lens::report::{
    CacheAnswer, CacheChoice, CacheCompareView, CacheGraphView, CacheLayerPage, CacheRecordPage,
    CacheRecordView,
};
use oci_lens::wasm::{Thrown, give, take_word, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;

#[wasm_bindgen]
impl Engine {
    /// A stretch of a cache's records, by level: those that have `text` in
    /// their digest and, where a layer is given, end in it.
    ///
    /// # Errors
    ///
    /// A [`Failure`](oci_lens::report::Failure) for a cache that is not there,
    /// here and below.
    #[wasm_bindgen(js_name = cacheRecords)]
    pub fn cache_records(
        &self,
        cache: u32,
        choice: Ts<CacheChoice>,
        text: &str,
        layer: Option<u32>,
        offset: u32,
        limit: u32,
    ) -> Result<Ts<CacheRecordPage>, Thrown> {
        let query = CacheQuery {
            choice: take_word(&choice)?,
            text,
            layer,
        };
        let page = self.inspection.cache_records(cache, &query, offset, limit);
        give(&page.ok_or_else(|| no_such_cache(cache))?)
    }

    /// All of one record.
    #[wasm_bindgen(js_name = cacheRecord)]
    pub fn cache_record(&self, cache: u32, record: u32) -> Result<Ts<CacheRecordView>, Thrown> {
        let view = self.inspection.cache_record(cache, record);
        give(&view.ok_or_else(|| no_such_cache(cache))?)
    }

    /// A stretch of a cache's layers.
    #[wasm_bindgen(js_name = cacheLayers)]
    pub fn cache_layers(
        &self,
        cache: u32,
        offset: u32,
        limit: u32,
    ) -> Result<Ts<CacheLayerPage>, Thrown> {
        let page = self.inspection.cache_layers(cache, offset, limit);
        give(&page.ok_or_else(|| no_such_cache(cache))?)
    }

    /// A drawing of the records around one, or of the lowest ones.
    #[wasm_bindgen(js_name = cacheGraph)]
    pub fn cache_graph(
        &self,
        cache: u32,
        around: Option<u32>,
    ) -> Result<Ts<CacheGraphView>, Thrown> {
        let graph = self.inspection.cache_graph(cache, around);
        give(&graph.ok_or_else(|| no_such_cache(cache))?)
    }

    /// What BuildKit's importer answers to a key.
    #[wasm_bindgen(js_name = cacheAnswer)]
    pub fn cache_answer(&self, cache: u32, key: &str) -> Result<Ts<CacheAnswer>, Thrown> {
        let answer = self.inspection.cache_answer(cache, key);
        give(&answer.ok_or_else(|| no_such_cache(cache))?)
    }

    /// An image as what builds began with, for a comparison of their caches.
    ///
    /// # Errors
    ///
    /// A [`Failure`](oci_lens::report::Failure) for an image that is not there.
    #[wasm_bindgen(js_name = baseImage)]
    pub fn base_image(&self, image: u32) -> Result<Base, Thrown> {
        let base = self.inspection.base_image(image);
        base.map(Base)
            .ok_or_else(|| thrown("no-such-image", format!("there is no image {image}")))
    }

    /// Compares a cache with one of `right`, which may be the same engine. The
    /// images that the two builds began with may be of any engine.
    #[wasm_bindgen(js_name = compareCaches)]
    pub fn compare_caches(
        &self,
        cache: u32,
        right: &Engine,
        other: u32,
        base: Option<Base>,
        other_base: Option<Base>,
    ) -> Result<Ts<CacheCompareView>, Thrown> {
        let bases = (
            base.as_ref().map(|it| &it.0),
            other_base.as_ref().map(|it| &it.0),
        );
        let view = self
            .inspection
            .compare_caches(cache, &right.inspection, other, bases);
        give(&view.ok_or_else(|| no_such_cache(cache.max(other)))?)
    }
}

/// An image as what builds began with.
#[wasm_bindgen]
pub struct Base(BaseImage);

fn no_such_cache(cache: u32) -> Thrown {
    thrown("no-such-cache", format!("there is no cache {cache}"))
}
