//! The one set of types that leaves the core: page, element, engine API,
//! native command and tests read these and nothing else.
//!
//! Names are camelCase. A number here is one that fits a double exactly; a
//! 64-bit value that may not (a *declared* size, a time in nanoseconds) is a
//! decimal string.

use serde::{Deserialize, Serialize};

pub use crate::diagnostic::{Diagnostic, Severity};

/// Name and version of the report's shape.
pub const SCHEMA: &str = "oci-lens/report/v1";

macro_rules! view {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        pub struct $name { $($body)* }
    )*};
}

macro_rules! words {
    ($($(#[$meta:meta])* pub enum $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        pub enum $name { $($body)* }
    )*};
}

words! {
    /// The only four outcomes of verification.
    pub enum Status {
        /// Every byte was read, and size and digest are what was promised.
        Verified,
        /// Every byte was read, and size or digest is not what was promised.
        Mismatch,
        /// The archive does not hold it.
        Missing,
        /// Nobody can say; the reason tells why.
        NotChecked,
    }

    /// Why something was not checked.
    pub enum Reason {
        /// Its turn has not come yet.
        Pending,
        /// The digest's algorithm is not known here.
        UnknownAlgorithm,
        /// The digest is no digest by its algorithm's own form.
        InvalidDigest,
        /// The layer is encrypted: what it unpacks to cannot be known.
        Encrypted,
        /// The layer is kept elsewhere by design and is not in the archive.
        Foreign,
        /// A cap was passed; a diagnostic names it.
        Limit,
        /// The user stopped the work.
        Cancelled,
        /// The bytes could not be unpacked to their end.
        DecompressionFailed,
        /// Compressed in a way that is not known here.
        UnknownCompression,
        /// The bytes could not be read from where they lie.
        ReadFailed,
        /// The worker that read it ended before it had an answer.
        WorkerFailed,
        /// Nothing states what its digest should be.
        NothingExpected,
        /// It is not in the archive, so that there is nothing to unpack.
        BlobMissing,
    }

    /// What kind of file keeps the image.
    pub enum ArchiveFormat {
        /// `oci-layout` and `index.json`.
        OciLayout,
        /// `manifest.json`, or the older folders with `repositories`.
        DockerSave,
    }

    /// What holds the members.
    pub enum Container {
        /// A tar file.
        Tar,
        /// A folder.
        Folder,
    }

    /// A compression, told by the bytes themselves.
    pub enum Compression {
        /// Not compressed.
        None,
        /// One or several gzip members.
        Gzip,
        /// One or several zstd frames.
        Zstd,
    }

    /// What a blob is to the document that refers to it.
    pub enum Role {
        /// An entry of an image index.
        Manifest,
        /// A manifest's config.
        Config,
        /// A manifest's layer.
        Layer,
        /// What an artifact or attestation is about.
        Subject,
    }

    /// What an entry of an index leads to.
    pub enum EntryRole {
        /// An image manifest.
        Image,
        /// Another image index.
        Index,
        /// A BuildKit attestation manifest.
        Attestation,
        /// A manifest that is not a container image.
        Artifact,
        /// A media type that is not known here.
        Unknown,
    }

    /// How much of an image is in the archive.
    pub enum Presence {
        /// Manifest, config and every layer.
        Complete,
        /// Some of it.
        Partial,
        /// Not even the manifest: a sparse archive lists it all the same.
        Absent,
    }

    /// Where an image's platform was read.
    pub enum PlatformSource {
        /// The descriptor in the index.
        Descriptor,
        /// The image config.
        Config,
        /// The user's choice.
        Chosen,
    }

    /// Which of BuildKit's two questions a cache key answers.
    pub enum CacheKeyKind {
        /// Index 0: reference digest and platform.
        Manifest,
        /// Index 1: the config's chain ID, or its fallback.
        Config,
    }
}

view! {
    /// Everything that is known of one archive.
    pub struct Report {
        /// [`SCHEMA`].
        pub schema: String,
        /// Name and version of what wrote it.
        pub generator: String,
        /// The file or folder itself.
        pub archive: ArchiveView,
        /// Sums over the whole archive.
        pub totals: Totals,
        /// Every blob, in the order of the archive, missing ones after them.
        pub blobs: Vec<BlobView>,
        /// Image indexes, the root first.
        pub indexes: Vec<IndexView>,
        /// Images, in the order of the root documents: the number given to `--image`.
        pub images: Vec<ImageView>,
        /// Manifests that are not container images.
        pub artifacts: Vec<ArtifactView>,
        /// BuildKit attestation manifests.
        pub attestations: Vec<AttestationView>,
        /// Findings that belong to no blob of the lists above.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// The file or folder that was opened.
    pub struct ArchiveView {
        /// Its formats; a hybrid has two. Never empty.
        pub formats: Vec<ArchiveFormat>,
        /// What holds the members.
        pub container: Container,
        /// Compression around the whole file.
        pub outer_compression: Compression,
        /// Bytes of the file as it was given.
        pub size: u64,
        /// Bytes of the tar inside an outer compression, else the same as `size`.
        pub unpacked_size: u64,
        /// Leading folder of all members, `./` included, else empty.
        pub prefix: String,
        /// `imageLayoutVersion` of `oci-layout`.
        pub layout_version: Option<String>,
        /// Number of members.
        pub members: u32,
    }

    /// How many things have which status, and what they weigh.
    pub struct Totals {
        /// Blobs by status.
        pub blobs: StatusCounts,
        /// Diff IDs by status, each distinct layer blob once.
        pub diff_ids: StatusCounts,
        /// Distinct layer blobs that are present.
        pub layers: u32,
        /// Bytes of the blobs present.
        pub stored_size: u64,
        /// Bytes of the layers unpacked so far, each distinct blob once.
        pub unpacked_size: u64,
    }

    /// A count for each status.
    pub struct StatusCounts {
        /// Verified.
        pub verified: u32,
        /// Mismatching.
        pub mismatch: u32,
        /// Missing.
        pub missing: u32,
        /// Not checked.
        pub not_checked: u32,
    }

    /// The outcome for one digest.
    pub struct Verification {
        /// One of the four words.
        pub status: Status,
        /// Set if and only if the status is not-checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<Reason>,
        /// What was promised, where anything was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
        /// What the bytes give, where they were read to their end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub computed: Option<String>,
    }

    /// One blob.
    pub struct BlobView {
        /// Its digest: as referred to, or as its file name says, or as computed
        /// where nothing states it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub digest: Option<String>,
        /// The archive member that holds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub member: Option<String>,
        /// Size that descriptors declare, decimal; absent where none does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub size: Option<String>,
        /// Bytes that are there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub actual_size: Option<u64>,
        /// Media type that descriptors declare.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub media_type: Option<String>,
        /// Size and digest against the bytes.
        pub verification: Verification,
        /// Who refers to it; empty for an unreferenced blob.
        pub referenced_by: Vec<BlobReference>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// One reference to a blob.
    pub struct BlobReference {
        /// Digest of the referring document, or the name of a root document.
        pub document: String,
        /// What the blob is to it.
        pub role: Role,
    }

    /// A descriptor, as its document has it.
    pub struct DescriptorView {
        /// Media type.
        pub media_type: String,
        /// Digest.
        pub digest: String,
        /// Declared size, decimal.
        pub size: String,
        /// Artifact type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub artifact_type: Option<String>,
        /// Platform.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub platform: Option<PlatformView>,
        /// Annotations, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub annotations: Vec<Annotation>,
        /// Where else the blob may be had. Shown, never fetched.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub urls: Vec<String>,
        /// Whether it carries its content in `data`.
        pub embedded: bool,
    }

    /// A key and a value.
    pub struct Annotation {
        /// Key.
        pub key: String,
        /// Value.
        pub value: String,
    }

    /// A platform.
    pub struct PlatformView {
        /// Operating system.
        pub os: String,
        /// Processor architecture.
        pub architecture: String,
        /// Variant of the architecture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub variant: Option<String>,
        /// Version of the operating system.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub os_version: Option<String>,
        /// Features of the operating system.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub os_features: Vec<String>,
    }

    /// An image index, `index.json` among them.
    pub struct IndexView {
        /// Its digest; that of `index.json` is computed from its bytes.
        pub digest: String,
        /// Digest of the index that lists it; absent for `index.json`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub parent: Option<String>,
        /// Reference names.
        pub names: Vec<String>,
        /// Its descriptor; absent for `index.json`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub descriptor: Option<DescriptorView>,
        /// Size and digest against the bytes.
        pub verification: Verification,
        /// What it lists, in its order.
        pub entries: Vec<IndexEntryView>,
        /// Annotations, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub annotations: Vec<Annotation>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// One entry of an index.
    pub struct IndexEntryView {
        /// The descriptor.
        pub descriptor: DescriptorView,
        /// What it leads to.
        pub role: EntryRole,
        /// Position in `images`, where it is an image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub image: Option<u32>,
    }

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
        /// Annotations of the descriptor, sorted by key.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub annotations: Vec<Annotation>,
        /// Findings about it.
        pub diagnostics: Vec<Diagnostic>,
    }

    /// Tar entries by kind.
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
        /// Character and block devices and named pipes.
        pub devices: u32,
        /// Whiteouts, opaque ones left out.
        pub whiteouts: u32,
        /// Opaque whiteouts.
        pub opaque_whiteouts: u32,
        /// Entries of other types.
        pub other: u32,
    }

    /// One history entry.
    pub struct HistoryView {
        /// The command, as recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created_by: Option<String>,
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
        pub reference: String,
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
