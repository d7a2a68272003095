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
/// Unpacked bytes from one seek point of a layer to the next, where the next is inside a gzip
/// member: hundredths of a second of unpacking.
pub const SEEK_INTERVAL: u64 = 4 << 20;
/// Window of a zstd frame that has seek points inside, each of which takes one: the largest that
/// RFC 8878 3.1.1.1.2 asks of every decoder, and that Go's encoder and `zstd -19` make.
pub const SEEK_WINDOW_BYTES: u64 = 8 << 20;
/// Seek points of one layer, in bytes, without histories that were taken elsewhere. Of 32 KiB each,
/// they are below 0.8 % of what they lie in: those of 2 GiB as they come; of a larger layer they lie
/// farther apart. Where histories are taken, those of 500 GiB.
pub const SEEK_LAYER_BYTES: usize = 16 << 20;
/// Seek points of all layers of one archive, in bytes likewise: those of 4 GiB of layers as they
/// come; of more of them all lie farther apart.
pub const SEEK_BYTES: usize = 32 << 20;
/// A layer's table of contents, packed and unpacked: one of 100,000 files has some 40 MB.
pub const TOC_BYTES: u64 = 64 << 20;
/// Window of a zstd frame; `zstd --ultra --long=27` needs 128 MiB and is the
/// most that any decoder takes by default.
pub const ZSTD_WINDOW_BYTES: u64 = 128 << 20;
/// Holes of one layer's sparse files that are hashed for content digests: a
/// header of 512 bytes can claim 8 EiB of zeros.
pub const SPARSE_HOLE_BYTES: u64 = 4 << 30;
/// Readers of layers that are kept to go on where they stopped, for an archive.
/// Each holds a decoder, whose window may be the largest that is taken.
pub const KEPT_READERS: usize = 3;
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
/// Characters of one pattern that paths are searched with.
pub const PATTERN_CHARS: usize = 1_000;
/// Instructions that one pattern may become: repetitions of repetitions grow
/// fast, and each character of each path may pass all of them.
pub const PATTERN_INSTRUCTIONS: usize = 2_000;
/// One filter of the content store.
pub const FILTER_BYTES: usize = 16_384;
/// Name of one ingest: one that containerd's clients make is a digest and a word.
pub const REF_BYTES: usize = 4_096;
/// Keys and values of all labels of one blob: sixteen times what containerd
/// allows one label to have.
pub const LABELS_BYTES: usize = 64 << 10;
/// Trees of one engine that are open at a time, and of which each has a list
/// of its own.
pub const OPEN_TREES: usize = 256;
/// Merged trees kept besides those of all layers, for trees of fewer layers.
pub const PARTIAL_TREES: usize = 4;
/// Children of one folder in a size map.
pub const SIZE_CHILDREN: usize = 200;
/// Rectangles of one size map.
pub const SIZE_NODES: usize = 4_000;
/// Diagnostics kept for one layer, document or archive; more are counted only.
pub const DIAGNOSTICS: usize = 1_000;
/// Largest document that is shown as text; larger ones can be saved.
pub const DOCUMENT_VIEW_BYTES: u64 = 8 << 20;
/// Bytes of a document set out in lines: deep nesting can make a thousand of one.
pub const DOCUMENT_TEXT_BYTES: usize = 64 << 20;
/// Packages listed of one bill of materials; more are counted only. A large
/// distribution image has some thousands.
pub const PACKAGES: usize = 50_000;
/// Subjects listed of one statement; more are counted only.
pub const SUBJECTS: usize = 10_000;
/// Digests of one subject: real ones have one or two algorithms.
pub const SUBJECT_DIGESTS: usize = 32;
/// Materials listed of one provenance; more are counted only.
pub const MATERIALS: usize = 10_000;
/// Parameters listed of one provenance; more are counted only.
pub const PARAMETERS: usize = 1_000;
/// Name and value of one parameter: BuildKit can put its whole build graph there.
pub const PARAMETER_BYTES: usize = 4_096;
/// Tools listed of one bill of materials.
pub const TOOLS: usize = 100;
/// Licences of one package.
pub const LICENSES: usize = 100;
/// Steps listed of one path's story: two for each of Docker's 127 layers, and
/// as many again for layers that name a path twice.
pub const STORY_STEPS: usize = 512;
/// Paths in one list about another path: who shares it, who points at it.
pub const LISTED_PATHS: usize = 1_000;
/// Bytes of the paths in such a list.
pub const LISTED_PATH_BYTES: usize = 1 << 20;
/// Bytes of names and values of one entry's xattrs that are shown: as much as
/// Linux takes for one value.
pub const SHOWN_XATTR_BYTES: usize = 64 << 10;
/// Steps taken while all symlinks of a tree are followed once, to tell who
/// points where: a second's work. Real images need a hundredth.
pub const LINK_STEPS: u64 = 1 << 24;
/// Steps taken for one content checksum: paths looked at and links followed. A
/// tree of as many paths as are allowed needs half of it.
pub const CHECKSUM_STEPS: u64 = 1 << 28;
/// Parts listed of what one content checksum was made of; more are counted only.
pub const CHECKSUM_RECORDS: usize = 1_000;
/// Entries of one page of hidden entries.
pub const PAGE_ENTRIES: usize = 1_000;
/// Paths listed of those that waste bytes.
pub const WASTE_PATHS: usize = 1_000;
/// Copies listed of one path that wastes bytes.
pub const WASTE_COPIES: usize = 100;
/// Paths of all layers together for which dive's score is computed, which needs
/// 150 bytes for each.
pub const SCORED_PATHS: usize = 4_000_000;
/// Vertices of one build: a line of a Dockerfile makes one or two.
pub const VERTICES: usize = 20_000;
/// Cells of the table that two lists are aligned by; longer lists are aligned
/// at their beginnings and ends alone.
pub const ALIGN_CELLS: usize = 1 << 22;
/// Values listed of two documents that differ; more are counted only.
pub const VALUE_CHANGES: usize = 2_000;
/// Text of all those values together; more are counted only.
pub const VALUE_CHANGE_BYTES: usize = 8 << 20;
/// Build caches of one archive: each image may have one in its config.
pub const CACHES: usize = 256;
/// Records of all build caches of an archive; one of 2,664 is the largest that
/// was reported.
pub const CACHE_RECORDS: usize = 100_000;
/// Layers of all build caches of an archive.
pub const CACHE_LAYERS: usize = 100_000;
/// Links between the records of all build caches of an archive, and layers of
/// their results.
pub const CACHE_LINKS: usize = 1_000_000;
/// Pairs of records looked at when two build caches are compared.
pub const CACHE_PAIRS: u64 = 1 << 24;
/// Records listed of two build caches that differ; more are counted only.
pub const CACHE_CHANGES: usize = 10_000;
/// Records of one drawing of a build cache's graph.
pub const CACHE_DRAWN: usize = 150;
/// Records listed that a record leads to, or layers of its result.
pub const CACHE_LISTED: usize = 1_000;
/// Manifest or config of a build cache that BuildKit still imports: 1 MiB
/// (`cache/remotecache/import.go`). What is larger, it ignores without a word.
pub const BUILDKIT_CACHE_BYTES: u64 = 1 << 20;

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
    /// See [`SEEK_INTERVAL`].
    pub seek_interval: u64,
    /// See [`SEEK_WINDOW_BYTES`].
    pub seek_window_bytes: u64,
    /// See [`SEEK_LAYER_BYTES`].
    pub seek_layer_bytes: usize,
    /// See [`SEEK_BYTES`].
    pub seek_bytes: usize,
    /// See [`TOC_BYTES`].
    pub toc_bytes: u64,
    /// See [`ZSTD_WINDOW_BYTES`].
    pub zstd_window_bytes: u64,
    /// See [`SPARSE_HOLE_BYTES`].
    pub sparse_hole_bytes: u64,
    /// See [`SYMLINKS`].
    pub symlinks: usize,
    /// See [`PATH_DEPTH`].
    pub path_depth: usize,
    /// See [`NODES`].
    pub nodes: usize,
    /// See [`FILTER_BYTES`].
    pub filter_bytes: usize,
    /// See [`REF_BYTES`].
    pub ref_bytes: usize,
    /// See [`LABELS_BYTES`].
    pub labels_bytes: usize,
    /// See [`PATTERN_CHARS`].
    pub pattern_chars: usize,
    /// See [`PATTERN_INSTRUCTIONS`].
    pub pattern_instructions: usize,
    /// See [`DIAGNOSTICS`].
    pub diagnostics: usize,
    /// See [`STORY_STEPS`].
    pub story_steps: usize,
    /// See [`LISTED_PATHS`].
    pub listed_paths: usize,
    /// See [`LISTED_PATH_BYTES`].
    pub listed_path_bytes: usize,
    /// See [`SHOWN_XATTR_BYTES`].
    pub shown_xattr_bytes: usize,
    /// See [`LINK_STEPS`].
    pub link_steps: u64,
    /// See [`CHECKSUM_STEPS`].
    pub checksum_steps: u64,
    /// See [`CHECKSUM_RECORDS`].
    pub checksum_records: usize,
    /// See [`PAGE_ENTRIES`].
    pub page_entries: usize,
    /// See [`WASTE_PATHS`].
    pub waste_paths: usize,
    /// See [`WASTE_COPIES`].
    pub waste_copies: usize,
    /// See [`SCORED_PATHS`].
    pub scored_paths: usize,
    /// See [`CACHES`].
    pub caches: usize,
    /// See [`CACHE_RECORDS`].
    pub cache_records: usize,
    /// See [`CACHE_LAYERS`].
    pub cache_layers: usize,
    /// See [`CACHE_LINKS`].
    pub cache_links: usize,
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
            seek_interval: SEEK_INTERVAL,
            seek_window_bytes: SEEK_WINDOW_BYTES,
            seek_layer_bytes: SEEK_LAYER_BYTES,
            seek_bytes: SEEK_BYTES,
            toc_bytes: TOC_BYTES,
            zstd_window_bytes: ZSTD_WINDOW_BYTES,
            sparse_hole_bytes: SPARSE_HOLE_BYTES,
            symlinks: SYMLINKS,
            path_depth: PATH_DEPTH,
            nodes: NODES,
            filter_bytes: FILTER_BYTES,
            ref_bytes: REF_BYTES,
            labels_bytes: LABELS_BYTES,
            pattern_chars: PATTERN_CHARS,
            pattern_instructions: PATTERN_INSTRUCTIONS,
            diagnostics: DIAGNOSTICS,
            story_steps: STORY_STEPS,
            listed_paths: LISTED_PATHS,
            listed_path_bytes: LISTED_PATH_BYTES,
            shown_xattr_bytes: SHOWN_XATTR_BYTES,
            link_steps: LINK_STEPS,
            checksum_steps: CHECKSUM_STEPS,
            checksum_records: CHECKSUM_RECORDS,
            page_entries: PAGE_ENTRIES,
            waste_paths: WASTE_PATHS,
            waste_copies: WASTE_COPIES,
            scored_paths: SCORED_PATHS,
            caches: CACHES,
            cache_records: CACHE_RECORDS,
            cache_layers: CACHE_LAYERS,
            cache_links: CACHE_LINKS,
        }
    }
}
