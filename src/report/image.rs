//! Images, artifacts and attestations.

use super::{
    Annotation, CacheKeyKind, ChangeCounts, CommandView, Compression, DescriptorView, Diagnostic,
    PlatformSource, PlatformView, Presence, TocFormat, Verification,
};

view! {
    /// One image.
    pub struct ImageView {
        /// The number given to `--image`.
        pub number: u32,
        /// Reference names, as the archive spells them.
        pub names: Vec<String>,
        /// Digest of the image manifest; absent for one from `manifest.json` alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub digest: Option<String>,
        /// Image ID: digest of the config.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub image_id: Option<String>,
        /// Digests of the indexes on the way to it, the outermost first,
        /// `index.json` left out.
        pub via: Vec<String>,
        /// The manifest's descriptor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub descriptor: Option<DescriptorView>,
        /// The platform, normalised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub platform: Option<PlatformView>,
        /// Where the platform was read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub platform_source: Option<PlatformSource>,
        /// How much of it is there.
        pub presence: Presence,
        /// The manifest against its digest; absent where there is no manifest blob.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub manifest: Option<Verification>,
        /// The config's descriptor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub config_descriptor: Option<DescriptorView>,
        /// The config against its digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub config: Option<Verification>,
        /// When it was made, as the config says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created: Option<String>,
        /// How containers of it are run, as the config says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub runtime: Option<RuntimeView>,
        /// Layers, bottom first.
        pub layers: Vec<LayerView>,
        /// Chain ID of the whole image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub chain_id: Option<String>,
        /// The config's history, oldest first.
        pub history: Vec<HistoryView>,
        /// Annotations of the manifest, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub annotations: Vec<Annotation>,
        /// What BuildKit would look up, for every way of referring to the image.
        pub cache_keys: Vec<CacheKeyView>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// How containers of an image are run: image-spec config.md, `config`.
    pub struct RuntimeView {
        /// User, and group after a colon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub user: Option<String>,
        /// Arguments that the command's come after.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub entrypoint: Vec<String>,
        /// Command, or arguments of the entrypoint.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub cmd: Vec<String>,
        /// Working directory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub working_dir: Option<String>,
        /// `NAME=VALUE` each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub env: Vec<String>,
        /// Ports, with their protocols.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub exposed_ports: Vec<String>,
        /// Paths of volumes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub volumes: Vec<String>,
        /// Labels, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub labels: Vec<Annotation>,
        /// Signal that ends it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub stop_signal: Option<String>,
    }

    /// One layer of an image.
    pub struct LayerView {
        /// Position from the bottom, from 0.
        pub number: u32,
        /// Digest of the stored bytes; absent where nothing states it and they
        /// are not read yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub digest: Option<String>,
        /// The archive member that holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub member: Option<String>,
        /// Media type as declared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub media_type: Option<String>,
        /// Declared size, decimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub size: Option<String>,
        /// Bytes that are there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub actual_size: Option<u64>,
        /// Compression as found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub compression: Option<Compression>,
        /// Stored bytes against digest and size.
        pub verification: Verification,
        /// The table of contents that lists its paths, vouched for by the manifest, while the
        /// layer itself is not read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub listed_by: Option<TocFormat>,
        /// Unpacked bytes against the config's diff ID.
        pub diff_id: Verification,
        /// Chain ID up to and including this layer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub chain_id: Option<String>,
        /// Position in the image's history.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub history: Option<u32>,
        /// Bytes unpacked; absent until all were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub unpacked_size: Option<u64>,
        /// Tar entries by kind; absent until scanned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub entries: Option<EntryCounts>,
        /// What it did to the paths of the layers below; absent until applied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub changes: Option<ChangeCounts>,
        /// Annotations of the descriptor, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub annotations: Vec<Annotation>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// Tar entries by kind.
    #[derive(Default)]
    pub struct EntryCounts {
        /// All of them.
        pub total: u32,
        /// Regular files.
        pub files: u32,
        /// Directories.
        pub directories: u32,
        /// Symlinks.
        pub symlinks: u32,
        /// Hardlinks.
        pub hardlinks: u32,
        /// Character and block devices.
        pub devices: u32,
        /// Named pipes.
        pub fifos: u32,
        /// Whiteouts, opaque ones left out.
        pub whiteouts: u32,
        /// Opaque whiteouts.
        pub opaque_whiteouts: u32,
        /// Entries of other types, and what AUFS left behind.
        pub other: u32,
    }

    /// One history entry.
    pub struct HistoryView {
        /// The command, as recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created_by: Option<String>,
        /// The command, its noise taken away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub command: Option<CommandView>,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created: Option<String>,
        /// By whom.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub author: Option<String>,
        /// Comment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub comment: Option<String>,
        /// Whether it made no layer.
        pub empty_layer: bool,
        /// Position of the layer it made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub layer: Option<u32>,
    }

    /// One of BuildKit's image-source cache keys.
    pub struct CacheKeyView {
        /// Which question it answers.
        pub kind: CacheKeyKind,
        /// BuildKit's index: 0 or 1.
        pub index: u32,
        /// BuildKit's `cacheDone`.
        pub done: bool,
        /// The digest that the reference resolves to; the same for both indexes.
        /// Absent for an image that no manifest lists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reference: Option<String>,
        /// Platform asked for, normalised.
        pub platform: PlatformView,
        /// The key.
        pub key: String,
        /// The bytes whose SHA-256 is the key, where it is one: for a chain ID,
        /// the last step's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub preimage: Option<String>,
    }

    /// A manifest that is not a container image.
    pub struct ArtifactView {
        /// Digest of the manifest.
        pub digest: String,
        /// The manifest's descriptor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub descriptor: Option<DescriptorView>,
        /// Artifact type: its own, or the config's media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub artifact_type: Option<String>,
        /// Digest of what it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subject: Option<String>,
        /// The manifest against its digest.
        pub verification: Verification,
        /// Config.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub config: Option<DescriptorView>,
        /// Blobs.
        pub layers: Vec<DescriptorView>,
        /// Annotations, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub annotations: Vec<Annotation>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// A BuildKit attestation manifest.
    pub struct AttestationView {
        /// Digest of the manifest.
        pub digest: String,
        /// Its descriptor.
        pub descriptor: DescriptorView,
        /// Digest of the image manifest that it attests.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subject: Option<String>,
        /// The manifest against its digest.
        pub verification: Verification,
        /// Its statements.
        pub statements: Vec<StatementView>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// One in-toto statement.
    pub struct StatementView {
        /// Its blob.
        pub descriptor: DescriptorView,
        /// Predicate type, from the annotation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub predicate_type: Option<String>,
    }
}
