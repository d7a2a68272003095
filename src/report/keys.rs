//! What BuildKit's solver and containerd's snapshotter would call things, with
//! the bytes that each name is a digest of.

use super::{Annotation, Failure, PlatformView};

view! {
    /// What BuildKit and containerd know an image by.
    pub struct KeysView {
        /// Number of the image.
        pub image: u32,
        /// The platform that BuildKit would be asked for, normalised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub platform: Option<PlatformView>,
        /// How many of its layers are meant, from the bottom; absent for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub layer_limit: Option<u32>,
        /// The keys, for every way of referring to the image.
        pub sources: Vec<SourceKeysView>,
        /// Its layers as snapshots, bottom first.
        pub ladder: Vec<RungView>,
        /// Why some keys are not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<Failure>,
    }

    /// The keys of an image, or of another source, referred to in one way.
    pub struct SourceKeysView {
        /// The source's identifier, where one was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source: Option<String>,
        /// The digest that the reference resolves to, or what else the source
        /// is pinned to; absent for an image that no manifest lists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pin: Option<String>,
        /// The keys, in the order in which the solver asks for them.
        pub keys: Vec<SourceKeyView>,
    }

    /// One cache key of a source, and what the solver makes of it.
    pub struct SourceKeyView {
        /// BuildKit's index: 0 for the first question.
        pub index: u32,
        /// BuildKit's `cacheDone`: whether there are no further keys.
        pub done: bool,
        /// The key.
        pub key: String,
        /// The bytes whose SHA-256 the key is, or ends in; absent where it is
        /// no digest, or was not computed, or where they are no text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub preimage: Option<String>,
        /// Digest of the source op.
        pub op_digest: String,
        /// The bytes whose SHA-256 it is.
        pub op_preimage: String,
        /// Digest of the solver's root record, by which cache exports name it.
        pub record: String,
        /// The bytes whose SHA-256 it is; absent for one that is never exported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub record_preimage: Option<String>,
    }

    /// One layer as a snapshot.
    pub struct RungView {
        /// Position from the bottom, from 0.
        pub layer: u32,
        /// Digest of what the layer unpacks to.
        pub diff_id: String,
        /// Chain ID up to it.
        pub chain_id: String,
        /// The bytes whose SHA-256 the chain ID is; absent for the lowest, whose
        /// diff ID it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub preimage: Option<String>,
        /// Key of the snapshot while the layer is unpacked, `…` standing for a
        /// time and some random characters.
        pub active_key: String,
        /// Key of the snapshot afterwards.
        pub snapshot_key: String,
        /// Numbers of the other images that have the same snapshot.
        pub shared_with: Vec<u32>,
    }

    /// What unpacking some images, one after the other, would do.
    pub struct UnpackView {
        /// Name of the snapshotter.
        pub snapshotter: String,
        /// The images, in order.
        pub images: Vec<UnpackedView>,
        /// The snapshots that there are afterwards, by key.
        pub snapshots: Vec<SnapshotView>,
        /// The labels that were set on content, by digest.
        pub labels: Vec<ContentLabelsView>,
    }

    /// What unpacking one image would do.
    pub struct UnpackedView {
        /// Number of the image.
        pub image: u32,
        /// What became of each layer, bottom first, up to one that failed.
        pub layers: Vec<UnpackedLayerView>,
        /// Key of the whole image's snapshot; absent where it failed, and for an
        /// image without layers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub snapshot_key: Option<String>,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub failure: Option<Failure>,
    }

    /// What became of one layer.
    pub struct UnpackedLayerView {
        /// Position from the bottom, from 0.
        pub layer: u32,
        /// Digest of the stored layer, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub digest: Option<String>,
        /// The diff ID that the config expects.
        pub diff_id: String,
        /// Chain ID up to it.
        pub chain_id: String,
        /// Key of the snapshot below; absent for the lowest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<String>,
        /// Key of the snapshot while the layer was unpacked; absent where the
        /// snapshot was there already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub active_key: Option<String>,
        /// What became of it.
        pub outcome: UnpackOutcome,
    }

    /// One snapshot.
    pub struct SnapshotView {
        /// Its key.
        pub key: String,
        /// Whether it is committed, and can be a parent.
        pub committed: bool,
        /// Key of the snapshot below; absent for the lowest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<String>,
        /// Labels, sorted by key.
        pub labels: Vec<Annotation>,
    }

    /// The labels that were set on one blob.
    pub struct ContentLabelsView {
        /// Digest of the blob.
        pub digest: String,
        /// Labels, sorted by key.
        pub labels: Vec<Annotation>,
    }

    /// A vertex of a build, as the solver knows it.
    pub struct VertexView {
        /// Digest that other vertices refer to it by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub digest: Option<String>,
        /// What it does: `source`, `exec`, `file`, `merge` or `diff`.
        pub kind: String,
        /// The cache keys of a source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source: Option<SourceKeysView>,
        /// Its ops' digests: of a source, one for each key.
        pub ops: Vec<OpView>,
        /// How it depends on its inputs.
        pub inputs: Vec<DependencyView>,
    }

    /// The digest of an op, and its record.
    pub struct OpView {
        /// The digest.
        pub digest: String,
        /// The bytes whose SHA-256 it is.
        pub preimage: String,
        /// Digest of the record of its first output.
        pub record: String,
        /// The bytes whose SHA-256 that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub record_preimage: Option<String>,
    }

    /// The key that the content of an input gives.
    pub struct SlowKeyView {
        /// Digest of the content checksums.
        pub digest: String,
        /// The checksums, joined by zero bytes: the bytes whose SHA-256 it is.
        pub preimage: String,
        /// Digest of its record.
        pub record: String,
        /// The bytes whose SHA-256 that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub record_preimage: Option<String>,
    }

    /// How a vertex depends on one of its inputs.
    pub struct DependencyView {
        /// Digest of the vertex that the input is of.
        pub digest: String,
        /// Which of its outputs.
        pub output: u32,
        /// Digest of what is selected; absent where all of it matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub selector: Option<String>,
        /// The bytes whose SHA-256 the selector is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub selector_preimage: Option<String>,
        /// The paths whose content gives a slow key, `/` being the whole root;
        /// absent where there is no slow key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub content: Option<Vec<String>>,
        /// That slow key; absent where it is not known what the input holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub slow_key: Option<SlowKeyView>,
        /// Why that content has no checksum. BuildKit fails the build then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<Failure>,
        /// The records of the input that are known, of which one has to match.
        pub records: Vec<String>,
    }
}

words! {
    /// What became of a layer that was to be unpacked.
    pub enum UnpackOutcome {
        /// It was unpacked, and its snapshot committed.
        Unpacked,
        /// Its snapshot was there already, and nothing was read.
        Shared,
        /// It could not be unpacked; its snapshot was removed.
        Failed,
    }
}
