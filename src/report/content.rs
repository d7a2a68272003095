//! What a content store holds.

use super::Annotation;

view! {
    /// What is known of a stored blob.
    pub struct ContentInfo {
        /// Digest.
        pub digest: String,
        /// Size in bytes.
        pub size: u64,
        /// When it was stored, in RFC 3339; absent for one of the opened archive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created: Option<String>,
        /// When its labels were last changed, in RFC 3339.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub updated: Option<String>,
        /// Labels, by key.
        pub labels: Vec<Annotation>,
        /// Whether it lies in the opened archive only, and cannot be changed.
        pub read_only: bool,
        /// Why its labels and times are not known, where they cannot be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<String>,
    }

    /// Blobs of a store.
    pub struct ContentList {
        /// Those that were asked for, by digest.
        pub blobs: Vec<ContentInfo>,
        /// Why a regular expression matches nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub notes: Vec<String>,
    }

    /// How far an ingest has come.
    pub struct IngestStatus {
        /// Its name.
        #[serde(rename = "ref")]
        pub reference: String,
        /// Bytes there are.
        pub offset: u64,
        /// Bytes there will be; 0 where that is not known.
        pub total: u64,
        /// Digest that they should have; absent where none was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
        /// When it began, in RFC 3339.
        pub started: String,
        /// When something last came, in RFC 3339.
        pub updated: String,
        /// Whether someone has it open now.
        pub active: bool,
    }

    /// Ingests of a store.
    pub struct IngestList {
        /// By name.
        pub ingests: Vec<IngestStatus>,
    }

    /// What a stored manifest or index lists.
    pub struct ContentChildren {
        /// In the document's order; those whose digest can be computed.
        pub children: Vec<ContentChild>,
    }

    /// A blob that a stored document lists.
    pub struct ContentChild {
        /// Digest.
        pub digest: String,
        /// Media type that is declared of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub media_type: Option<String>,
    }

    /// What collecting garbage would do, or has done.
    pub struct GcPlan {
        /// Blobs that stay.
        pub keep: Vec<GcKept>,
        /// Blobs that no label keeps.
        pub remove: Vec<ContentInfo>,
        /// Ingests that nobody has written to for a day.
        pub expired: Vec<IngestStatus>,
        /// Labels that refer to nothing that is there.
        pub unresolved: Vec<GcUnresolved>,
        /// Bytes that go.
        pub freed: u64,
    }

    /// A blob that stays, and why.
    pub struct GcKept {
        /// The blob.
        pub blob: ContentInfo,
        /// What refers to it; absent where it has the root label itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by: Option<String>,
        /// The label that does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub label: Option<String>,
    }

    /// A label that refers to nothing that is there.
    pub struct GcUnresolved {
        /// Digest of the blob that has it.
        pub digest: String,
        /// Its key and value.
        pub label: Annotation,
    }
}
