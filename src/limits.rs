//! Every cap on hostile input, named, with its reason. Passing one is its own
//! finding, never silent truncation.

use serde::{Deserialize, Serialize};

/// Largest JSON document that is parsed. BuildKit and moby stop at 4 MiB and
/// 20 MiB; an index of an export cache with thousands of records fits.
pub const DOCUMENT_BYTES: u64 = 32 << 20;
/// Indexes inside indexes. Real ones nest once; a chain beyond this is an attack.
pub const INDEX_DEPTH: usize = 16;
/// Manifests, indexes and artifacts that one archive may hold.
pub const DOCUMENTS: usize = 10_000;
/// Members of an outer tar.
pub const MEMBERS: usize = 2_000_000;
/// Names and link names of all members of an outer tar together.
pub const MEMBER_NAME_BYTES: usize = 512 << 20;
/// Searches for a name while the links of a blob directory are followed: a
/// dozen each for as many links as an archive may have members.
pub const LINK_LOOKUPS: usize = 24_000_000;
/// Layers of one image. Docker stops at 127; containerd has no cap.
pub const LAYERS: usize = 4_096;
/// Tar entries of one layer; 3 million small files are real.
pub const LAYER_ENTRIES: usize = 16_000_000;
/// Memory for the entry table's names, link names and xattrs of one layer.
pub const LAYER_TABLE_BYTES: usize = 1 << 30;
/// One PAX header block, GNU long name or GNU long link. Go's reader stops at 1 MiB.
pub const HEADER_BYTES: usize = 1 << 20;
/// Path and link name of one entry: four times Linux's PATH_MAX.
pub const PATH_BYTES: usize = 16_384;
/// Unpacked bytes of one layer: beyond any real one, and hours of work.
pub const UNPACKED_BYTES: u64 = 1 << 42;
/// Window of a zstd frame; `zstd --ultra --long=27` needs 128 MiB and is the
/// most that any decoder takes by default.
pub const ZSTD_WINDOW_BYTES: u64 = 128 << 20;
/// Holes of one layer's sparse files that are hashed for content digests: a
/// header of 512 bytes can claim 8 EiB of zeros.
pub const SPARSE_HOLE_BYTES: u64 = 4 << 30;
/// Content of one file that is given at once; more of it is read part by part.
pub const CONTENT_BYTES: u64 = 64 << 20;
/// First bytes that are looked at to tell what a file is.
pub const DESCRIBE_BYTES: usize = 256 << 10;
/// Pixels of a picture that a browser is given to draw: each takes four bytes,
/// and a header of a few bytes can claim 4 billion.
pub const PICTURE_PIXELS: u64 = 32 << 20;
/// Entries left out of an exported tar that are named; more are counted only.
pub const LEFT_OUT: usize = 1_000;
/// Symlinks followed for one path, as containerd and BuildKit count.
pub const SYMLINKS: usize = 255;
/// Components of one path of a tree: what Linux's PATH_MAX of 4,096 can hold.
pub const PATH_DEPTH: usize = 2_048;
/// Nodes of one merged tree.
pub const NODES: usize = 64_000_000;
/// Diagnostics kept for one layer, document or archive; more are counted only.
pub const DIAGNOSTICS: usize = 1_000;

/// The caps in force. The default is the safest set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// See [`DOCUMENT_BYTES`].
    pub document_bytes: u64,
    /// See [`INDEX_DEPTH`].
    pub index_depth: usize,
    /// See [`DOCUMENTS`].
    pub documents: usize,
    /// See [`MEMBERS`].
    pub members: usize,
    /// See [`MEMBER_NAME_BYTES`].
    pub member_name_bytes: usize,
    /// See [`LINK_LOOKUPS`].
    pub link_lookups: usize,
    /// See [`LAYERS`].
    pub layers: usize,
    /// See [`LAYER_ENTRIES`].
    pub layer_entries: usize,
    /// See [`LAYER_TABLE_BYTES`].
    pub layer_table_bytes: usize,
    /// See [`HEADER_BYTES`].
    pub header_bytes: usize,
    /// See [`PATH_BYTES`].
    pub path_bytes: usize,
    /// See [`UNPACKED_BYTES`].
    pub unpacked_bytes: u64,
    /// See [`ZSTD_WINDOW_BYTES`].
    pub zstd_window_bytes: u64,
    /// See [`SPARSE_HOLE_BYTES`].
    pub sparse_hole_bytes: u64,
    /// See [`CONTENT_BYTES`].
    pub content_bytes: u64,
    /// See [`SYMLINKS`].
    pub symlinks: usize,
    /// See [`PATH_DEPTH`].
    pub path_depth: usize,
    /// See [`NODES`].
    pub nodes: usize,
    /// See [`DIAGNOSTICS`].
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: DOCUMENT_BYTES,
            index_depth: INDEX_DEPTH,
            documents: DOCUMENTS,
            members: MEMBERS,
            member_name_bytes: MEMBER_NAME_BYTES,
            link_lookups: LINK_LOOKUPS,
            layers: LAYERS,
            layer_entries: LAYER_ENTRIES,
            layer_table_bytes: LAYER_TABLE_BYTES,
            header_bytes: HEADER_BYTES,
            path_bytes: PATH_BYTES,
            unpacked_bytes: UNPACKED_BYTES,
            zstd_window_bytes: ZSTD_WINDOW_BYTES,
            sparse_hole_bytes: SPARSE_HOLE_BYTES,
            content_bytes: CONTENT_BYTES,
            symlinks: SYMLINKS,
            path_depth: PATH_DEPTH,
            nodes: NODES,
            diagnostics: DIAGNOSTICS,
        }
    }
}
