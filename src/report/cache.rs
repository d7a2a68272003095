//! Build caches: what `--cache-to` exported.

use super::{CacheFinding, Diagnostic, Verification};

words! {
    /// Which of BuildKit's two formats a cache has.
    pub enum CacheForm {
        /// The current one: records that lead to each other.
        Records,
        /// The first one, of 2017: items with keys and blobs.
        Items,
    }

    /// What carries a cache's config.
    pub enum CacheCarrier {
        /// An index, whose entries are layers.
        Index,
        /// An image manifest, whose config it is.
        Manifest,
        /// An image config, as one of its members.
        Inline,
    }

    /// What has become of a record's result.
    pub enum CacheOutcome {
        /// There is none: a step on the way to others.
        None,
        /// Its layers are listed: a hit.
        Usable,
        /// A layer is not listed beside the config: BuildKit leaves the result out.
        NotListed,
        /// Its layers lead nowhere or in a circle.
        Broken,
    }

    /// Which records are listed.
    pub enum CacheChoice {
        /// All.
        All,
        /// Those without a result that can be used.
        WithoutResult,
        /// Those without inputs.
        Roots,
        /// Those that no other takes.
        Ends,
    }

    /// Why a record of one cache has no counterpart in the other.
    pub enum CacheMiss {
        /// Its operation, and with it its digest, is not in the other.
        Digest,
        /// The other has its digest, with other inputs.
        Inputs,
        /// What it takes has no counterpart.
        Follows,
    }
}

view! {
    /// One build cache of an archive.
    pub struct CacheView {
        /// Its number.
        pub number: u32,
        /// Reference names.
        pub names: Vec<String>,
        /// What carries the config.
        pub carrier: CacheCarrier,
        /// Its format; absent where the config could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub form: Option<CacheForm>,
        /// Digest of the index or manifest.
        pub digest: String,
        /// The image whose config carries it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub image: Option<u32>,
        /// Digest of the config.
        pub config: String,
        /// Bytes of the index or manifest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub manifest_size: Option<u64>,
        /// Bytes of the config.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub config_size: Option<u64>,
        /// Whether BuildKit imports it: not where it is too large, or broken.
        pub imported: bool,
        /// Records.
        pub records: u32,
        /// Records without inputs.
        pub roots: u32,
        /// Records without a result that can be used.
        pub without_result: u32,
        /// Levels of records; 1 where none takes another.
        pub levels: u32,
        /// Layers in the config.
        pub layers: u32,
        /// Layers whose blob is not in the archive.
        pub missing_layers: u32,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// A record, in short.
    pub struct CacheRecordRow {
        /// Its number: its position in the config.
        pub number: u32,
        /// Digest of the operation and its output, or the key of 2017.
        pub digest: String,
        /// Records below it on the longest way; absent in a loop and above one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub level: Option<u32>,
        /// Inputs.
        pub inputs: u32,
        /// Records that take it.
        pub users: u32,
        /// What became of its result.
        pub outcome: CacheOutcome,
        /// Layers of its result.
        pub layers: u32,
    }

    /// A stretch of records.
    pub struct CacheRecordPage {
        /// How many there are in all.
        pub total: u32,
        /// Position of the first one given.
        pub offset: u32,
        /// Those.
        pub records: Vec<CacheRecordRow>,
    }

    /// A link from one record to another.
    pub struct CacheLink {
        /// Number of the other record.
        pub record: u32,
        /// Its digest.
        pub digest: String,
        /// The part of its result that matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub selector: Option<String>,
        /// What became of its result.
        pub outcome: CacheOutcome,
    }

    /// All of one record.
    pub struct CacheRecordView {
        /// In short.
        pub row: CacheRecordRow,
        /// By input, its alternatives: one of them has to match.
        pub inputs: Vec<Vec<CacheLink>>,
        /// Records that take it, as many as are listed.
        pub users: Vec<CacheLink>,
        /// Its results.
        pub results: Vec<CacheResultView>,
    }

    /// One result of a record.
    pub struct CacheResultView {
        /// When it was made; absent where that is not written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created_at: Option<String>,
        /// Whether it can be used.
        pub outcome: CacheOutcome,
        /// What is wrong with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<String>,
        /// Its layers, the bottom first, as many as are listed.
        pub layers: Vec<CacheLayerRow>,
        /// How many more there are.
        pub more_layers: u32,
        /// Chain ID of the layers; absent where a diff ID is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub chain_id: Option<String>,
        /// The image of the archive whose chain ID this is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub image: Option<u32>,
    }

    /// One layer of a cache.
    pub struct CacheLayerRow {
        /// Its number: its position in the config.
        pub number: u32,
        /// Digest of the blob.
        pub blob: String,
        /// Number of the layer below; absent at the bottom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<u32>,
        /// Whether the manifest lists it.
        pub listed: bool,
        /// Media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub media_type: Option<String>,
        /// Declared size, decimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub size: Option<String>,
        /// When it was made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created_at: Option<String>,
        /// What made it, where that is written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// Stored bytes against digest and size.
        pub verification: Verification,
        /// Unpacked bytes against the diff ID.
        pub diff_id: Verification,
        /// Records whose result ends in it.
        pub records: u32,
    }

    /// A stretch of layers.
    pub struct CacheLayerPage {
        /// How many there are in all.
        pub total: u32,
        /// Position of the first one given.
        pub offset: u32,
        /// Those.
        pub layers: Vec<CacheLayerRow>,
    }

    /// What a cache answers to a key.
    pub struct CacheAnswer {
        /// The key that was asked for.
        pub key: String,
        /// Whether there is a record of it.
        pub probe: bool,
        /// Records of it, as many as are listed.
        pub records: Vec<CacheRecordRow>,
        /// The layers that it leads to; absent where it leads to none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub result: Option<CacheResultView>,
        /// Why there is no answer, in BuildKit's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub refused: Option<String>,
        /// Keys that it leads to as the key of content.
        pub content_mapping: Vec<String>,
    }

    /// A part of the record graph, to be drawn.
    pub struct CacheGraphView {
        /// Records, by column and row.
        pub nodes: Vec<CacheGraphNode>,
        /// Links between them.
        pub edges: Vec<CacheGraphEdge>,
        /// Whether all records are in it.
        pub whole: bool,
    }

    /// A record of a drawing.
    pub struct CacheGraphNode {
        /// In short.
        pub record: CacheRecordRow,
        /// Column, from the left: what it takes is left of it.
        pub column: u32,
        /// Row in its column, from the top.
        pub row: u32,
    }

    /// A link of a drawing.
    pub struct CacheGraphEdge {
        /// The record that takes the other.
        pub from: u32,
        /// The record that is taken.
        pub to: u32,
        /// Which input.
        pub input: u32,
    }

    /// Two build caches and what is different.
    pub struct CacheCompareView {
        /// Whether their configs are the same bytes.
        pub same_config: bool,
        /// Records of the right one that a build would find in the left one.
        pub matched: u32,
        /// Of those, how many lead to other layers now.
        pub other_layers: u32,
        /// The left one alone.
        pub left: CacheSide,
        /// The right one alone.
        pub right: CacheSide,
        /// Records that match and lead to other layers, as many as are listed.
        pub rebuilt: Vec<CacheRebuilt>,
        /// Blobs of layers that both have.
        pub shared_layers: u32,
        /// Declared bytes of those, decimal.
        pub shared_bytes: String,
        /// Keys of the images beside the caches, and which cache has them.
        pub bases: Vec<CacheBase>,
        /// What differs between the two images beside them.
        pub images: Vec<CacheFinding>,
        /// Whether the comparison stopped at a limit.
        pub cut: bool,
    }

    /// What one of two caches alone has.
    pub struct CacheSide {
        /// Its records.
        pub records: u32,
        /// Those without a counterpart.
        pub only: u32,
        /// Of those, the first ones on each path: all that they take has a
        /// counterpart. As many as are listed.
        pub first: Vec<CacheChange>,
        /// The others without a counterpart, as many as are listed.
        pub later: Vec<CacheChange>,
        /// Blobs of layers that it alone has.
        pub layers: u32,
        /// Declared bytes of those, decimal.
        pub bytes: String,
    }

    /// A record without a counterpart.
    pub struct CacheChange {
        /// In short.
        pub record: CacheRecordRow,
        /// Why it has none.
        pub miss: CacheMiss,
        /// The inputs that do not match.
        pub inputs: Vec<u32>,
    }

    /// A record that both have, with other layers.
    pub struct CacheRebuilt {
        /// On the left.
        pub left: CacheRecordRow,
        /// On the right.
        pub right: CacheRecordRow,
        /// The first layer that differs, from the bottom.
        pub first_layer: u32,
    }

    /// A key that builds on an image begin with.
    pub struct CacheBase {
        /// Whether the image is the one on the left.
        pub is_left: bool,
        /// Number of the image in its archive.
        pub image: u32,
        /// BuildKit's index: 0 or 1.
        pub index: u32,
        /// What the reference resolves to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reference: Option<String>,
        /// The image source's key.
        pub key: String,
        /// The record that stands for it in a cache.
        pub record: String,
        /// Whether the left cache has it.
        pub in_left: bool,
        /// Whether the right cache has it.
        pub in_right: bool,
    }
}
