//! Content checksums of an image's paths: the tree as containerd unpacks it, and
//! the contents, each layer read once and nothing of it kept.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::Inspection;
use super::content::{ContentError, holes};
use super::export::ReadError;
use super::trees::{TreeError, layers_of};
use crate::buildkit::checksum::{Checksum, ChecksumError, Contents, Query, header, header_fields};
use crate::diagnostic::{Diagnostics, escape};
use crate::digest::{Algorithm, Digest};
use crate::export::LayerAt;
use crate::layer::{Machine, Start, SumError, SumItem, Sums};
use crate::limits::Limits;
use crate::report::{
    ChecksumRecord, ChecksumView, Failure, HashedField, HashedObject, LayerRange, PathView,
};
use crate::source::ReadAt;
use crate::tree::path::EntryPath;
use crate::tree::{ApplyError, MergedTree, NodeRef, Rules};

/// Files of one batch, and pieces of sparse files after which none is added.
const BATCH_FILES: usize = 2_048;
const BATCH_PIECES: usize = 1 << 16;
/// Bytes of one digest.
const DIGEST_BYTES: usize = 32;

/// Why an image has no checksum of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageChecksumError {
    /// There are no such layers.
    Layers(TreeError),
    /// A layer or a content cannot be read.
    Content(ContentError),
    /// A layer ends early: containerd does not unpack it.
    Cut {
        /// Layer, from 0 at the bottom.
        layer: u32,
    },
    /// containerd does not unpack a layer.
    Apply {
        /// Layer, from 0 at the bottom.
        layer: u32,
        /// What it stops at.
        error: ApplyError,
    },
    /// The path has none.
    Checksum(ChecksumError),
}

impl ImageChecksumError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layers(error) => error.code(),
            Self::Content(error) => error.code(),
            Self::Cut { .. } => "content-cut",
            Self::Apply { error, .. } => error.code(),
            Self::Checksum(error) => error.code(),
        }
    }
}

impl fmt::Display for ImageChecksumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layers(error) => error.fmt(f),
            Self::Content(error) => error.fmt(f),
            Self::Cut { layer } => write!(
                f,
                "layer {layer} ends early, and containerd does not unpack it"
            ),
            Self::Apply { layer, error } => {
                write!(f, "containerd does not unpack layer {layer}: {error}")
            }
            Self::Checksum(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ImageChecksumError {}

impl From<ContentError> for ImageChecksumError {
    fn from(error: ContentError) -> Self {
        Self::Content(error)
    }
}

impl From<ChecksumError> for ImageChecksumError {
    fn from(error: ChecksumError) -> Self {
        Self::Checksum(error)
    }
}

impl From<&ImageChecksumError> for Failure {
    fn from(error: &ImageChecksumError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            seems: None,
            hints: Vec::new(),
        }
    }
}

/// Some files whose contents one layer holds, in the order in which they lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SumBatch {
    /// The layer.
    pub from: LayerAt,
    /// The files.
    pub items: Vec<SumItem>,
}

/// A checksum under way: what is to be read for it, batch by batch.
#[derive(Debug)]
pub struct ChecksumPlan {
    tree: Arc<MergedTree>,
    path: Vec<u8>,
    checksum: Checksum,
    layers: HashMap<u32, LayerAt>,
    /// Files by the layer and the place of their contents.
    files: Vec<(u32, u64, u32)>,
    planned: usize,
    taken: usize,
    bytes: u64,
    contents: Contents,
    is_empty: bool,
}

impl ChecksumPlan {
    /// Stored bytes of the layers that are to be read, at most.
    pub fn stored(&self) -> u64 {
        let sizes = self.layers.values().map(|layer| layer.blob.size);
        sizes.fold(0, u64::saturating_add)
    }

    /// The next files to be hashed; nothing after the last.
    pub fn next_batch(&mut self) -> Option<SumBatch> {
        let files = self.files.get(self.planned..).unwrap_or_default();
        let (layer, ..) = *files.first()?;
        let from = *self.layers.get(&layer)?;
        let mut items = Vec::new();
        let mut pieces = 0;
        for (_, _, id) in files.iter().take_while(|(at, ..)| *at == layer) {
            if items.len() == BATCH_FILES || pieces > BATCH_PIECES {
                break;
            }
            let node = self.tree.node(*id)?;
            let item = SumItem {
                path: node.path(),
                before: header(&node),
                pieces: node.pieces().unwrap_or_default(),
            };
            pieces += item.pieces.len();
            items.push(item);
        }
        self.planned += items.len();
        Some(SumBatch { from, items })
    }

    /// Takes digests of the planned files, 32 bytes for each, in order.
    pub fn take(&mut self, digests: &[u8]) {
        for digest in digests.chunks_exact(DIGEST_BYTES) {
            let Some((_, _, id)) = self.files.get(self.taken) else {
                return;
            };
            if let Some(node) = self.tree.node(*id) {
                let digest = Digest::from_slice(Algorithm::Sha256, digest);
                self.contents.insert(&node, digest);
            }
            self.taken += 1;
        }
    }

    /// The checksum once all digests were taken.
    ///
    /// # Errors
    ///
    /// [`ChecksumError`].
    pub fn digest(&self) -> Result<Digest, ChecksumError> {
        let outcome = self.checksum.finish(&self.tree, &self.contents)?;
        Ok(outcome.digest)
    }

    /// The checksum once all digests were taken, with `limit` records of what it
    /// is made of at most.
    ///
    /// # Errors
    ///
    /// [`ChecksumError`].
    pub fn view(&self, limit: usize) -> Result<ChecksumView, ChecksumError> {
        let outcome = self.checksum.finish(&self.tree, &self.contents)?;
        let object = |id: u32| self.tree.node(id).map(|node| hashed_object(&node));
        let records = outcome.records.iter().take(limit);
        let records = records.filter_map(|record| {
            Some(ChecksumRecord {
                key: PathView::new(&record.path),
                kind: record.kind,
                digest: record.digest.to_string(),
                object: object(record.node)?,
            })
        });
        Ok(ChecksumView {
            path: PathView::new(&self.path),
            digest: outcome.digest.to_string(),
            kind: outcome.kind,
            object: outcome.node.filter(|_| !self.is_empty).and_then(object),
            records: records.collect(),
            record_count: u32::try_from(outcome.records.len()).unwrap_or(u32::MAX),
            files: u32::try_from(self.files.len()).unwrap_or(u32::MAX),
            bytes: self.bytes,
        })
    }
}

/// An object with its header.
pub(crate) fn hashed_object(node: &NodeRef<'_>) -> HashedObject {
    let bytes = header(node);
    let fields = header_fields(node).into_iter().map(|field| HashedField {
        name: escape(field.name),
        value: escape(&field.value),
    });
    HashedObject {
        path: PathView::new(&node.path()),
        node_type: node.node_type(),
        size: node.size(),
        header: escape(&bytes),
        header_base64: STANDARD.encode(&bytes),
        fields: fields.collect(),
    }
}

impl<S: ReadAt> Inspection<S> {
    /// The layers of a range alone, on an empty folder, as containerd's applier
    /// leaves them. Nothing for an image without layers.
    ///
    /// # Errors
    ///
    /// [`ImageChecksumError`] for layers that are not here, and for those that
    /// containerd does not unpack.
    pub fn containerd_tree(
        &self,
        image: u32,
        range: LayerRange,
    ) -> Result<Option<MergedTree>, ImageChecksumError> {
        let found = self.image(image).ok_or(ContentError::NoImage { image })?;
        let end = layers_of(range, found.layers.len()).map_err(ImageChecksumError::Layers)?;
        if end == 0 {
            return Ok(None);
        }
        let mut tree = MergedTree::new(Rules::Containerd, &self.limits);
        let mut diagnostics = Diagnostics::new(0);
        for layer in range.first..u32::try_from(end).unwrap_or(u32::MAX) {
            let (_, unpacked) = self.layer_blob(found, layer)?;
            if unpacked.reason.is_some() {
                return Err(ImageChecksumError::Cut { layer });
            }
            let applied = tree.apply(layer, Arc::clone(&unpacked.table), &mut diagnostics);
            if let Some(error) = applied.error {
                return Err(ImageChecksumError::Apply { layer, error });
            }
        }
        Ok(Some(tree))
    }

    /// Plans the checksum of a path in a tree of this image's layers, as
    /// [`containerd_tree`](Self::containerd_tree) gives it.
    ///
    /// # Errors
    ///
    /// [`ImageChecksumError`].
    pub fn checksum(
        &self,
        image: u32,
        tree: Option<Arc<MergedTree>>,
        query: &Query,
    ) -> Result<ChecksumPlan, ImageChecksumError> {
        let found = self.image(image).ok_or(ContentError::NoImage { image })?;
        let is_empty = tree.is_none();
        let checksum = match &tree {
            Some(tree) => Checksum::new(tree, query, &self.limits)?,
            None => Checksum::of_nothing(query, &self.limits)?,
        };
        let tree =
            tree.unwrap_or_else(|| Arc::new(MergedTree::new(Rules::Containerd, &self.limits)));
        let mut files = Vec::with_capacity(checksum.files().len());
        let mut bytes = 0_u64;
        for &id in checksum.files() {
            let Some(node) = tree.node(id) else { continue };
            let (layer, offset) = self.content_place(&node)?;
            bytes = bytes.saturating_add(node.size());
            files.push((layer, offset, id));
        }
        files.sort_unstable();
        let mut layers = HashMap::new();
        for &(layer, offset, _) in &files {
            if let std::collections::hash_map::Entry::Vacant(slot) = layers.entry(layer) {
                let (blob, unpacked) = self.layer_blob(found, layer)?;
                slot.insert(LayerAt {
                    layer,
                    blob,
                    start: Start::of(unpacked.is_plain(), offset),
                    size: unpacked.size,
                });
            }
        }
        Ok(ChecksumPlan {
            tree,
            path: EntryPath::new(&query.path).as_bytes().to_vec(),
            checksum,
            layers,
            files,
            planned: 0,
            taken: 0,
            bytes,
            contents: Contents::default(),
            is_empty,
        })
    }

    // The layer that holds a file's content, and where in it that begins.
    fn content_place(&self, node: &NodeRef<'_>) -> Result<(u32, u64), ContentError> {
        let layer = node.layer().unwrap_or_default();
        let unknown = || ContentError::Unknown {
            layer,
            path: node.path(),
        };
        let at = node.content().ok_or_else(unknown)?;
        let entry = node.content_entry().ok_or_else(unknown)?;
        let holes = holes(&node.pieces().ok_or_else(unknown)?);
        let limit = self.limits.sparse_hole_bytes;
        if holes > limit {
            return Err(ContentError::Limit {
                code: "limit-sparse-hole-bytes",
                layer: at.layer,
                path: node.path(),
                limit,
                length: holes,
            });
        }
        Ok((at.layer, entry.data_offset))
    }

    /// Reads what a plan needs, layer by layer.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read_checksum(&self, plan: &mut ChecksumPlan) -> Result<(), ReadError> {
        let mut sums = LayerSums::new(&self.limits);
        while let Some(batch) = plan.next_batch() {
            let blob = batch.from.blob;
            sums.take(batch);
            self.feed_from(&blob, &mut sums, &mut |digests| {
                plan.take(digests);
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// A plan's batches and their layers' stored bytes in, in any cut; 32 bytes of
/// SHA-256 out for each file, in order.
pub struct LayerSums {
    limits: Limits,
    layer: Option<u32>,
    sums: Sums,
}

impl LayerSums {
    /// Hashes nothing yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            layer: None,
            sums: Sums::new(Start::default(), limits),
        }
    }

    /// Takes a plan's next batch, once the one before is done. Where its layer
    /// is another one, the bytes pushed from now on are of that one.
    pub fn take(&mut self, batch: SumBatch) {
        if self.layer != Some(batch.from.layer) {
            self.layer = Some(batch.from.layer);
            self.sums = Sums::new(batch.from.start, &self.limits);
        }
        self.sums.want(batch.items);
    }
}

impl Machine for LayerSums {
    type Error = ContentError;

    fn stored(&self) -> u64 {
        self.sums.stored()
    }

    fn is_done(&self) -> bool {
        self.sums.is_done()
    }

    fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, ContentError> {
        let taken = self.sums.push(bytes, output);
        taken.map_err(|SumError { path, error }| ContentError::Extract {
            layer: self.layer.unwrap_or_default(),
            path,
            error,
        })
    }

    fn end(&mut self) {
        self.sums.end();
    }
}
