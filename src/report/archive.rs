//! The archive as a whole: its blobs, its indexes, its sums.

use super::{
    ArchiveFormat, ArtifactView, AttestationView, CacheView, Compression, Container, Diagnostic,
    EntryRole, ImageView, Reason, Role, Status,
};

view! {
    /// Everything that is known of one archive.
    pub struct Report {
        /// Name and version of this shape.
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
        /// Build caches, with their findings.
        pub caches: Vec<CacheView>,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
    #[derive(Default)]
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
        /// Declared size, decimal; absent where none is declared, or none that a size can be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub size: Option<String>,
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
        /// Size and digest against the bytes; absent for `index.json`, of which
        /// nothing is promised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verification: Option<Verification>,
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
}
