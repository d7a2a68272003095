//! BuildKit's content checksum of a path, and what it is made of.

use super::{Change, NodeType, PathView};

words! {
    /// What a content checksum was made of.
    pub enum ChecksumKind {
        /// One object: its header and, of a file, its content.
        Object,
        /// A folder: its header and all that lies in it.
        Folder,
        /// What wildcard and patterns chose.
        Selection,
        /// Nothing: the digest of no bytes.
        Nothing,
    }

    /// Which digest of a path goes into a checksum.
    pub enum RecordKind {
        /// A folder's own, over its header alone.
        Header,
        /// An object's, over its header and, of a file, its content.
        Object,
        /// A folder's with all that lies in it.
        Folder,
        /// That of what a followed symlink leads to.
        Followed,
    }
}

view! {
    /// A content checksum.
    pub struct ChecksumView {
        /// The path asked for, cleaned.
        pub path: PathView,
        /// The checksum.
        pub digest: String,
        /// What it was made of.
        pub kind: ChecksumKind,
        /// The object that it is of: absent where several were chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub object: Option<HashedObject>,
        /// What was hashed for it, in order: each path, its slashes as zero bytes
        /// and one zero byte where it is empty, followed by the digest's text.
        /// Empty for an object alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub records: Vec<ChecksumRecord>,
        /// How many records there are; `records` has the first of them.
        pub record_count: u32,
        /// Files whose contents were read for it.
        pub files: u32,
        /// Bytes of those contents, holes included.
        pub bytes: u64,
    }

    /// A part of what was hashed.
    pub struct ChecksumRecord {
        /// What is hashed before the digest's text, with slashes.
        pub key: PathView,
        /// Which digest it is.
        pub kind: RecordKind,
        /// The digest.
        pub digest: String,
        /// What it is of.
        pub object: HashedObject,
    }

    /// An object and what is hashed of it.
    pub struct HashedObject {
        /// Its path: of a followed link, that of what it leads to.
        pub path: PathView,
        /// What it is.
        #[serde(rename = "type")]
        pub node_type: NodeType,
        /// Bytes that are hashed behind the header; 0 unless a file.
        pub size: u64,
        /// The header's bytes as text, odd characters and bytes escaped.
        pub header: String,
        /// The header's exact bytes in base64.
        pub header_base64: String,
        /// The fields that make up the header, in their order.
        pub fields: Vec<HashedField>,
    }

    /// A name and a value that are hashed, nothing between or behind them.
    pub struct HashedField {
        /// The name; odd characters and bytes escaped.
        pub name: String,
        /// The value, likewise.
        pub value: String,
    }

    /// What makes the checksums of one path in two images differ.
    pub struct ChecksumDifference {
        /// The path, links at its end followed.
        pub path: PathView,
        /// The first path that differs, in the order in which paths are hashed;
        /// absent where none is known to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first: Option<DifferentPath>,
        /// Files before it, or in all, of which only the contents could differ:
        /// these were not read. The checksums are the same where nothing differs
        /// and this is 0.
        pub unknown: u32,
    }

    /// A path that makes two checksums differ.
    pub struct DifferentPath {
        /// The path, on the left where both sides have it.
        pub path: PathView,
        /// Whether one side alone has it.
        pub change: Change,
        /// Fields of the header that differ.
        pub fields: Vec<DifferentField>,
        /// Whether the contents differ; absent where they were not read, and for
        /// what one side alone has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub content: Option<bool>,
    }

    /// A field of two headers.
    pub struct DifferentField {
        /// The name; odd characters and bytes escaped.
        pub name: String,
        /// The value on the left, likewise; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<String>,
        /// The value on the right, likewise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<String>,
    }
}
