//! What the documents of an archive say, tied to its blobs.

use crate::descriptor::Descriptor;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::digest::{AnyDigest, Digest};
use crate::limits::Limits;
use crate::manifest::Config;
use crate::manifest::history::HistoryEntry;
use crate::platform::Platform;
use crate::report::{Annotation, ChangeCounts, EntryRole};
use crate::tree::{MergedTree, Rules};

use super::blobs::BlobNumber;

/// An index and what it lists.
#[derive(Debug)]
pub struct IndexNode {
    /// Digest of its bytes, or the one it is referred to by.
    pub digest: String,
    /// Digest of the index that lists it.
    pub parent: Option<String>,
    /// Reference names.
    pub names: Vec<String>,
    /// Its descriptor; `None` for `index.json`.
    pub descriptor: Option<Descriptor>,
    /// Its blob; `None` for `index.json`.
    pub blob: Option<BlobNumber>,
    /// What it lists.
    pub entries: Vec<IndexEntry>,
    /// Annotations.
    pub annotations: Vec<Annotation>,
    /// Findings about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// One entry of an index.
#[derive(Debug)]
pub struct IndexEntry {
    /// The descriptor.
    pub descriptor: Descriptor,
    /// What it leads to.
    pub role: EntryRole,
    /// Position in the list of images.
    pub image: Option<usize>,
}

/// One image.
#[derive(Debug, Default)]
pub struct Image {
    /// Reference names.
    pub names: Vec<String>,
    /// Digests of the indexes on the first way to it.
    pub via: Vec<String>,
    /// Every digest that it can be referred to by: its own and its indexes'.
    pub references: Vec<AnyDigest>,
    /// Its manifest's descriptor and blob.
    pub manifest: Option<(Descriptor, BlobNumber)>,
    /// Whether the manifest could be read; true where there is none to read.
    pub is_read: bool,
    /// Its config's descriptor, where a manifest has one.
    pub config_descriptor: Option<Descriptor>,
    /// Its config's blob.
    pub config_blob: Option<BlobNumber>,
    /// Its config.
    pub config: Option<Config>,
    /// The config's exact bytes.
    pub config_raw: Option<Box<[u8]>>,
    /// Digest of the config's bytes.
    pub config_digest: Option<Digest>,
    /// History, from the config or the older folders.
    pub history: Vec<HistoryEntry>,
    /// Platform of the config or the older folders.
    pub platform: Option<Platform>,
    /// Platform that the user chose.
    pub chosen_platform: Option<Platform>,
    /// When it was made.
    pub created: Option<String>,
    /// Layers, bottom first.
    pub layers: Vec<ImageLayer>,
    /// Annotations of the manifest.
    pub annotations: Vec<Annotation>,
    /// Findings about it.
    pub diagnostics: Vec<Diagnostic>,
    /// Its merged tree.
    pub tree: Option<AppliedTree>,
    /// How often that was made anew.
    pub generation: u32,
    /// How often its tree was given the table of a second scan.
    pub renewals: u32,
}

/// One layer of an image.
#[derive(Debug)]
pub struct ImageLayer {
    /// Its blob.
    pub blob: BlobNumber,
    /// Its descriptor, where there is one.
    pub descriptor: Option<Descriptor>,
    /// The diff ID that the config expects.
    pub diff_id: Option<String>,
    /// Whether its media type says that it is encrypted.
    pub is_encrypted: bool,
    /// Whether its media type says that it is kept elsewhere.
    pub is_foreign: bool,
    /// Whether its manifest vouches for the table of contents that its blob is listed by.
    pub is_listed: bool,
}

/// A merged tree in the making.
#[derive(Debug)]
pub struct AppliedTree {
    /// The tree.
    pub merged: MergedTree,
    /// The first layer that is not applied yet.
    pub next: usize,
    /// By layer below `next`, what it did; none where it was passed over.
    pub changes: Vec<Option<ChangeCounts>>,
    /// What could not be applied.
    pub diagnostics: Diagnostics,
}

impl AppliedTree {
    /// The tree of no layer.
    pub fn new(limits: &Limits) -> Self {
        Self {
            merged: MergedTree::new(Rules::Spec, limits),
            next: 0,
            changes: Vec::new(),
            diagnostics: Diagnostics::new(limits.diagnostics),
        }
    }
}

/// A manifest that is not a container image.
#[derive(Debug)]
pub struct Artifact {
    /// Its descriptor.
    pub descriptor: Descriptor,
    /// Its blob.
    pub blob: BlobNumber,
    /// Artifact type.
    pub artifact_type: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// Its config.
    pub config: Option<Descriptor>,
    /// Its blobs.
    pub layers: Vec<Descriptor>,
    /// Annotations.
    pub annotations: Vec<Annotation>,
    /// Findings about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A BuildKit attestation manifest.
#[derive(Debug)]
pub struct Attestation {
    /// Its descriptor.
    pub descriptor: Descriptor,
    /// Its blob.
    pub blob: BlobNumber,
    /// Digest of the manifest that it attests.
    pub subject: Option<String>,
    /// Its statements.
    pub statements: Vec<Descriptor>,
    /// Findings about it.
    pub diagnostics: Vec<Diagnostic>,
}
