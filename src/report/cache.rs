//! Build caches: what `--cache-to` exported.

words! {
    /// Which of BuildKit's two formats a cache has.
    pub enum CacheForm {
        /// The current one: records that lead to each other.
        Records,
        /// The first one, of 2017: items with keys and blobs.
        Items,
    }
}
