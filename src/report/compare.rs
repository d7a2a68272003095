//! Two images side by side.

use super::{Annotation, Change, ChangeCounts, FieldChange, PathView};

words! {
    /// Why a build cache that knows the left image misses on the right one, or
    /// still hits. Ordered: the first that applies comes first.
    pub enum CacheReason {
        /// The reference digests are the same: index 0 hits.
        SameReference,
        /// The references resolve to different digests: index 0 misses.
        ReferenceDiffers,
        /// The manifests are the same, the indexes that lead to them are not: a
        /// platform or an attestation was added or changed, or one side has no
        /// index.
        OnlyIndexDiffers,
        /// The platforms differ: index 0 misses.
        PlatformDiffers,
        /// The chain IDs are the same: index 1 hits.
        SameChainId,
        /// The chain IDs differ: index 1 misses.
        ChainIdDiffers,
        /// The layers' diff IDs are the same though stored bytes differ:
        /// compressed anew.
        Recompressed,
        /// The first layer that differs holds the same paths with the same
        /// contents: only metadata differs.
        MetadataOnly,
        /// The first layer that differs holds other paths or contents.
        ContentDiffers,
        /// One image is the other with layers on top.
        LayersAdded,
    }
}

view! {
    /// Two images and what is different.
    pub struct CompareView {
        /// Whether manifest digests are the same.
        pub same_manifest: bool,
        /// Whether image IDs are the same.
        pub same_config: bool,
        /// Manifest fields that differ, descriptors and annotations included.
        pub manifest: Vec<ValueChange>,
        /// Config fields that differ, `rootfs` and `history` left out.
        pub config: Vec<ValueChange>,
        /// How many more values of manifest and config differ than are listed.
        pub more_values: u32,
        /// History entries side by side.
        pub history: Vec<HistoryPair>,
        /// Layers side by side, the base first.
        pub layers: Vec<LayerPair>,
        /// The first layer whose diff IDs differ, or that one side alone has;
        /// absent where all are the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first_different_layer: Option<u32>,
        /// What it means for a build cache.
        pub cache: Vec<CacheFinding>,
        /// Paths of the merged trees; absent until both are applied and walked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tree: Option<ChangeCounts>,
        /// Whether contents of all files of the same size were compared.
        pub contents_compared: bool,
        /// How many paths count as modified only because the contents of files
        /// of the same size are not known: contents were not read, and not the
        /// same layer wrote them.
        pub contents_unknown: u32,
    }

    /// A value of a document that is not the same on both sides.
    pub struct ValueChange {
        /// Where it lies in the document, as `config.Env[2]`: on the left, and for
        /// what is added, on the right. Empty for the document itself.
        pub at: String,
        /// How it differs.
        pub change: Change,
        /// On the left, as compact JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<String>,
        /// On the right, as compact JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<String>,
    }

    /// History entries side by side.
    pub struct HistoryPair {
        /// How they differ.
        pub change: Change,
        /// Position on the left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub left: Option<u32>,
        /// Position on the right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub right: Option<u32>,
        /// The fields that differ.
        pub changes: Vec<ValueChange>,
    }

    /// Layers side by side.
    pub struct LayerPair {
        /// Position on the left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub left: Option<u32>,
        /// Position on the right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub right: Option<u32>,
        /// Whether the stored bytes are the same.
        pub same_digest: bool,
        /// Whether the unpacked bytes are the same.
        pub same_diff_id: bool,
        /// Whether these and all layers below are the same.
        pub same_chain_id: bool,
    }

    /// One thing that matters to a build cache.
    pub struct CacheFinding {
        /// What.
        pub reason: CacheReason,
        /// The values it rests on.
        pub values: Vec<Annotation>,
    }

    /// One path that differs.
    pub struct PathChange {
        /// The path.
        pub path: PathView,
        /// How.
        pub change: Change,
        /// The fields that differ; empty for paths of one side alone. A content
        /// that is not known has neither `before` nor `after`.
        pub changes: Vec<FieldChange>,
        /// Its layer on the left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub left_layer: Option<u32>,
        /// Its layer on the right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub right_layer: Option<u32>,
        /// Size of a file on the left, decimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub left_size: Option<String>,
        /// Size of a file on the right, decimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub right_size: Option<String>,
    }

    /// A stretch of the paths that differ, in byte order.
    pub struct PathChanges {
        /// How many there are in all.
        pub total: u32,
        /// Position of the first one given.
        pub offset: u32,
        /// Those.
        pub paths: Vec<PathChange>,
    }
}
