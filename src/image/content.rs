//! Where the content of a file lies, and how to read it.
//!
//! Nothing is read here: a plan says which stored bytes to push into a
//! [`Reading`](super::reading::Reading), and what that gives.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Inspection;
use super::blobs::{Blob, BlobNumber, Place, Unpacked};
use super::listings::{Entries, Held};
use super::model::Image;
use crate::diagnostic::{Diagnostics, escape};
use crate::digest::Digest;
use crate::layer::table::{Entry, EntryKind};
use crate::layer::toc;
use crate::layer::{ExtractError, Part, Piece, ScanJob, SeekPoint, Start};
use crate::report::{Compression, EntryPlace, Failure};
use crate::source::ReadAt;
use crate::tree::path::WHITEOUT_PREFIX;
use crate::tree::{EntryRef, MergedTree, Rules};

/// Where a blob's stored bytes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct StoredBlob {
    /// Number of the blob among those of its archive: that of its scan job.
    pub number: u32,
    /// Which of the archive's inputs holds them; none where a document carries
    /// them.
    #[serde(default)]
    pub source: Option<u32>,
    /// Where in it they begin.
    pub offset: u64,
    /// How many there are.
    pub size: u64,
}

/// How to read content out of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentPlan {
    /// Layer, from 0 at the bottom.
    pub layer: u32,
    /// Path of the file; empty for a layer's whole tar.
    pub path: Vec<u8>,
    /// Bytes of the whole file or tar.
    pub size: u64,
    /// The layer's stored bytes.
    pub blob: StoredBlob,
    /// Where in them reading begins.
    pub start: Start,
    /// The seek point there, if that is one.
    pub seek_point: Option<SeekPoint>,
    /// What is wanted.
    pub parts: Vec<Part>,
    /// Whether a table of contents says where the bytes lie: unpacked offsets are those of its
    /// list then, and not the tar's.
    pub is_listed: bool,
    /// Digest of what is wanted, where something states it.
    pub expected: Option<Digest>,
}

impl ContentPlan {
    /// The first unpacked byte that is wanted; none where no stored one is.
    pub fn first(&self) -> Option<u64> {
        self.parts.iter().find_map(|part| match part {
            Part::Piece(Piece::Stored { offset, .. }) => Some(*offset),
            Part::Rest => Some(self.start.unpacked),
            Part::Piece(Piece::Zeros { .. }) | Part::Bytes(_) => None,
        })
    }

    /// The layer, and whose its unpacked offsets are.
    pub(super) const fn layer_key(&self) -> (u32, bool) {
        (self.blob.number, self.is_listed)
    }

    /// Begins at a seek point near what is wanted.
    fn begin(&mut self, unpacked: &Unpacked) {
        let first = self.first().unwrap_or_default();
        self.start = Start::of(unpacked.is_plain(), first);
        if let Some(point) = unpacked.seek_point(first) {
            (self.start.stored, self.start.unpacked) = (point.stored, point.unpacked);
            self.seek_point = Some(point.clone());
        }
    }

    /// Begins with the member or frame of what is wanted, and ends with the last.
    fn begin_listed(&mut self, toc: &toc::Listing) {
        self.is_listed = true;
        let last = self.parts.iter().rev().find_map(|part| match part {
            Part::Piece(Piece::Stored { offset, length }) => {
                Some(offset.saturating_add(length.saturating_sub(1)))
            }
            _ => None,
        });
        let start = self.first().and_then(|first| toc.start(first));
        let end = last.and_then(|last| toc.end(last));
        (self.start, self.blob.size) = start.zip(end).unwrap_or_default();
    }

    /// What came of reading by this plan, told with its layer and path.
    pub fn failed(&self, error: ExtractError) -> ContentError {
        ContentError::Extract {
            layer: self.layer,
            path: self.path.clone(),
            error,
        }
    }
}

/// Why content cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentError {
    /// There is no such image.
    NoImage {
        /// Its number.
        image: u32,
    },
    /// The image has no such layer.
    NoLayer {
        /// The number asked for.
        layer: u32,
        /// How many it has.
        layers: usize,
    },
    /// The layer was not read: it is not here, or its turn has not come yet.
    Unread {
        /// Layer, from 0 at the bottom.
        layer: u32,
    },
    /// The layer has no such entry.
    NoEntry {
        /// The entry asked for.
        place: EntryPlace,
    },
    /// Nothing lies at the path.
    NoPath {
        /// The path asked for.
        path: Vec<u8>,
    },
    /// The entry is no file.
    NotAFile {
        /// Layer, from 0 at the bottom.
        layer: u32,
        /// Path of the entry.
        path: Vec<u8>,
    },
    /// Nobody can say what the content is: the map of a sparse file does not
    /// fit it, or a hardlink leads nowhere.
    Unknown {
        /// Layer, from 0 at the bottom.
        layer: u32,
        /// Path of the entry.
        path: Vec<u8>,
    },
    /// A cap was passed.
    Limit {
        /// Which.
        code: &'static str,
        /// Layer, from 0 at the bottom.
        layer: u32,
        /// Path of the entry.
        path: Vec<u8>,
        /// The cap in bytes.
        limit: u64,
        /// Bytes that it would take.
        length: u64,
    },
    /// The bytes are not those whose digest is stated.
    Mismatch {
        /// Layer, from 0 at the bottom.
        layer: u32,
        /// Path of the entry.
        path: Vec<u8>,
        /// The digest stated.
        expected: Box<Digest>,
        /// That of the bytes.
        computed: Box<Digest>,
    },
    /// The layer does not give it.
    Extract {
        /// Layer, from 0 at the bottom.
        layer: u32,
        /// Path of the entry; empty for a layer's whole tar.
        path: Vec<u8>,
        /// Why.
        error: ExtractError,
    },
}

impl ContentError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoImage { .. } => "no-such-image",
            Self::NoLayer { .. } => "no-such-layer",
            Self::Unread { .. } => "layer-unread",
            Self::NoEntry { .. } => "no-such-entry",
            Self::NoPath { .. } => "no-such-path",
            Self::NotAFile { .. } => "not-a-file",
            Self::Unknown { .. } => "content-unknown",
            Self::Limit { code, .. } => code,
            Self::Mismatch { .. } => "content-mismatch",
            Self::Extract { error, .. } => error.code(),
        }
    }
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoImage { image } => write!(f, "there is no image {image}"),
            Self::NoLayer { layer, layers } => {
                write!(
                    f,
                    "there is no layer {layer}; the image has {layers}, counted from 0"
                )
            }
            Self::Unread { layer } => write!(f, "layer {layer} was not read"),
            Self::NoEntry { place } => {
                write!(f, "layer {} has no entry {}", place.layer, place.entry)
            }
            Self::NoPath { path } => write!(f, "nothing lies at {:?}", escape(path)),
            Self::NotAFile { layer, path } => {
                write!(
                    f,
                    "expected a file, but {:?} in layer {layer} is none",
                    escape(path)
                )
            }
            Self::Unknown { layer, path } => write!(
                f,
                "layer {layer} does not tell what {:?} holds: its sparse map or its hardlink leads nowhere",
                escape(path)
            ),
            Self::Limit {
                layer,
                path,
                limit,
                length,
                ..
            } => write!(
                f,
                "expected at most {limit} bytes at once, but {:?} in layer {layer} takes {length}",
                escape(path)
            ),
            Self::Mismatch {
                layer,
                path,
                expected,
                computed,
            } => write!(
                f,
                "expected the digest {expected} of {:?} in layer {layer}, but found {computed}",
                escape(path)
            ),
            Self::Extract { layer, path, error } if path.is_empty() => {
                write!(f, "layer {layer}: {error}")
            }
            Self::Extract { layer, path, error } => {
                write!(f, "{:?} in layer {layer}: {error}", escape(path))
            }
        }
    }
}

impl std::error::Error for ContentError {}

impl From<&ContentError> for Failure {
    fn from(error: &ContentError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            seems: None,
            hints: Vec::new(),
        }
    }
}

impl<S: ReadAt> Inspection<S> {
    /// How to read `length` bytes from `offset` on of a file's content, as far
    /// as the file reaches. Of a hardlink, that of the file which it shared when
    /// its layer was applied.
    ///
    /// # Errors
    ///
    /// [`ContentError`].
    pub fn content(
        &self,
        image: u32,
        place: EntryPlace,
        offset: u64,
        length: u64,
    ) -> Result<ContentPlan, ContentError> {
        let found = self.image(image).ok_or(ContentError::NoImage { image })?;
        let at = self.stored_entry(found, place)?;
        let (blob, held) = self.layer_entries(found, at.layer)?;
        let table = held.table();
        let index = at.entry as usize;
        let entry = table.entry(index);
        let entry = entry.ok_or(ContentError::NoEntry { place })?;
        let path = || entry.path.to_vec();
        let pieces = table.pieces(index, offset, length);
        let pieces = pieces.ok_or_else(|| ContentError::Unknown {
            layer: at.layer,
            path: path(),
        })?;
        let limit = self.limits.sparse_hole_bytes;
        let holes = holes(&pieces);
        if holes > limit {
            return Err(ContentError::Limit {
                code: "limit-sparse-hole-bytes",
                layer: at.layer,
                path: path(),
                limit,
                length: holes,
            });
        }
        let parts: Vec<Part> = pieces.into_iter().map(Part::Piece).collect();
        let mut plan = ContentPlan {
            layer: at.layer,
            path: path(),
            size: entry.size,
            blob,
            start: Start::default(),
            seek_point: None,
            parts,
            is_listed: false,
            expected: None,
        };
        match held {
            Held::Unpacked(unpacked) => plan.begin(unpacked),
            Held::Listed(listing) => {
                plan.begin_listed(&listing.toc);
                let is_whole = offset == 0 && length >= entry.size;
                let expected = is_whole.then(|| listing.toc.content(at.entry));
                plan.expected = expected.flatten();
            }
        }
        Ok(plan)
    }

    /// How to read a layer's whole tar, as it is: the bytes whose digest is the
    /// diff ID.
    ///
    /// # Errors
    ///
    /// [`ContentError`].
    pub fn layer_content(&self, image: u32, layer: u32) -> Result<ContentPlan, ContentError> {
        let found = self.image(image).ok_or(ContentError::NoImage { image })?;
        let (blob, unpacked) = self.layer_blob(found, layer)?;
        Ok(ContentPlan {
            layer,
            path: Vec::new(),
            size: unpacked.size,
            blob,
            start: Start::of(unpacked.is_plain(), 0),
            seek_point: None,
            parts: vec![Part::Rest],
            is_listed: false,
            expected: None,
        })
    }

    /// Where the stored bytes of the blob with this digest lie.
    pub fn stored(&self, digest: &str) -> Option<StoredBlob> {
        let is_it = |blob: &Blob| blob.view().digest.as_deref() == Some(digest);
        let mut blobs = self.blobs.iter().filter(|(_, blob)| is_it(blob));
        blobs.find_map(|(number, blob)| stored_blob(number, blob))
    }

    /// The merged tree of an image with layer `last` on top; all of its layers
    /// where that is none. Layers that were not read are passed over.
    ///
    /// # Errors
    ///
    /// [`ContentError`] for an image or layer that does not exist.
    pub fn tree_up_to(&self, image: u32, last: Option<u32>) -> Result<MergedTree, ContentError> {
        let found = self.image(image).ok_or(ContentError::NoImage { image })?;
        let layers = found.layers.len();
        let top = last.map(|last| last as usize);
        if let Some(layer) = last.filter(|last| *last as usize >= layers) {
            return Err(ContentError::NoLayer { layer, layers });
        }
        match &found.tree {
            Some(tree) if top.is_none_or(|top| top + 1 == layers) && tree.next == layers => {
                Ok(tree.merged.clone())
            }
            _ => Ok(self.tree_below(found, top.map_or(layers, |top| top + 1))),
        }
    }

    /// Layers of an image up to `last` that were not read, from 0.
    pub fn unread_layers(&self, image: u32, last: Option<u32>) -> Vec<u32> {
        let layers = self.image(image).map_or(0, |image| image.layers.len());
        let end = last.map_or(layers, |last| layers.min(last as usize + 1));
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        let is_unread = |layer: &u32| {
            let found = self.image(image);
            found.is_none_or(|image| self.layer_blob(image, *layer).is_err())
        };
        (0..end).filter(is_unread).collect()
    }

    /// What is to be scanned again for the digests of the contents of some
    /// images' files: the layers that were scanned without them.
    pub fn content_jobs(&self, images: &[u32]) -> Vec<ScanJob> {
        let mut seen = std::collections::BTreeSet::new();
        images
            .iter()
            .filter_map(|image| self.image(*image))
            .flat_map(|image| image.layers.iter().map(|layer| layer.blob))
            .filter(|number| seen.insert(*number))
            .filter_map(|number| {
                let blob = self.blobs.get(number)?;
                let unpacked = blob.unpacked.as_ref()?;
                let mut job = blob.job(number).filter(|_| !unpacked.has_contents)?;
                job.content_digests = true;
                Some(job)
            })
            .collect()
    }

    /// Why the contents of a blob that a [job](Self::content_jobs) is of stay
    /// unknown. Of what its first scan found, nothing changes.
    pub fn contents_unread(&self, job: u32, reason: &str) -> Failure {
        let name = self.blobs.get(job as BlobNumber).map(Blob::name);
        let name = name.unwrap_or_default();
        Failure {
            code: "contents-unread".to_owned(),
            message: format!(
                "the contents of {} were not read: {reason}",
                escape(name.as_bytes())
            ),
            seems: None,
            hints: Vec::new(),
        }
    }

    /// Where a layer's stored bytes lie, and what unpacking them gave.
    pub(crate) fn layer_blob(
        &self,
        image: &Image,
        layer: u32,
    ) -> Result<(StoredBlob, &Unpacked), ContentError> {
        let layers = image.layers.len();
        let found = image.layers.get(layer as usize);
        let number = found.ok_or(ContentError::NoLayer { layer, layers })?.blob;
        let blob = self.blobs.get(number);
        let stored = blob.and_then(|blob| stored_blob(number, blob));
        let unpacked = blob.and_then(|blob| blob.unpacked.as_ref());
        stored.zip(unpacked).ok_or(ContentError::Unread { layer })
    }

    // The entry that holds the content: another for a hardlink.
    fn stored_entry(&self, image: &Image, place: EntryPlace) -> Result<EntryRef, ContentError> {
        let (_, held) = self.layer_entries(image, place.layer)?;
        let entry = held.table().entry(place.entry as usize);
        let entry = entry.ok_or(ContentError::NoEntry { place })?;
        let not_a_file = || ContentError::NotAFile {
            layer: place.layer,
            path: entry.path.to_vec(),
        };
        match entry.kind {
            EntryKind::File => Ok(EntryRef {
                layer: place.layer,
                entry: place.entry,
            }),
            EntryKind::Hardlink => {
                let shared = self.shared_entry(image, place, &entry)?;
                let (_, held) = self.layer_entries(image, shared.layer)?;
                let shares = held.table().entry(shared.entry as usize);
                match shares.is_some_and(|entry| entry.kind == EntryKind::File) {
                    true => Ok(shared),
                    false => Err(not_a_file()),
                }
            }
            _ => Err(not_a_file()),
        }
    }

    // What a hardlink's entry shared when it was applied.
    fn shared_entry(
        &self,
        image: &Image,
        place: EntryPlace,
        entry: &Entry<'_>,
    ) -> Result<EntryRef, ContentError> {
        let at = EntryRef {
            layer: place.layer,
            entry: place.entry,
        };
        let shared = |tree: &MergedTree| {
            let node = tree.locate(&entry.path.to_vec())?;
            node.content().filter(|_| node.written() == Some(at))
        };
        if let Some(found) = image.tree.as_ref().and_then(|tree| shared(&tree.merged)) {
            return Ok(found);
        }
        // Something has replaced it since. The layers up to the entry itself
        // are applied again; whiteouts act before all other entries, wherever
        // in the layer they stand.
        let mut tree = self.tree_below(image, place.layer as usize);
        let (_, held) = self.layer_entries(image, place.layer)?;
        let table = held.table().with_rows(|index, entry| {
            let path = entry.path.to_vec();
            let mut names = path.split(|&byte| byte == b'/');
            index <= place.entry as usize || names.any(|name| name.starts_with(WHITEOUT_PREFIX))
        });
        tree.apply(place.layer, table.into(), &mut Diagnostics::new(0));
        shared(&tree).ok_or_else(|| ContentError::Unknown {
            layer: place.layer,
            path: entry.path.to_vec(),
        })
    }

    // The tree of an image's first `count` layers.
    fn tree_below(&self, image: &Image, count: usize) -> MergedTree {
        let mut tree = MergedTree::new(Rules::Spec, &self.limits);
        let layers = image.layers.iter().take(count);
        for (number, layer) in (0_u32..).zip(layers) {
            if let Entries::Known(table) = self.blobs.entries(layer) {
                tree.apply(number, table.clone(), &mut Diagnostics::new(0));
            }
        }
        tree
    }
}

/// Bytes of holes.
pub(crate) fn holes(pieces: &[Piece]) -> u64 {
    let holes = pieces.iter().map(|piece| match piece {
        Piece::Zeros { length } => *length,
        Piece::Stored { .. } => 0,
    });
    holes.fold(0, u64::saturating_add)
}

impl Unpacked {
    /// Whether the stored bytes are the unpacked ones.
    pub(crate) fn is_plain(&self) -> bool {
        self.compression == Some(Compression::None)
    }

    /// Bytes of its seek points.
    pub(crate) fn seek_bytes(&self) -> usize {
        self.seek_points.iter().map(SeekPoint::memory).sum()
    }

    /// The nearest seek point from which an unpacked offset can be reached.
    fn seek_point(&self, offset: u64) -> Option<&SeekPoint> {
        let after = self
            .seek_points
            .partition_point(|point| point.unpacked <= offset);
        self.seek_points.get(after.checked_sub(1)?)
    }
}

pub(super) fn stored_blob(number: BlobNumber, blob: &Blob) -> Option<StoredBlob> {
    let (source, offset, size) = match &blob.place {
        Place::Archive {
            source,
            offset,
            size,
        } => (Some(*source), *offset, *size),
        Place::Embedded(data) => (None, 0, data.len() as u64),
        Place::Absent => return None,
    };
    Some(StoredBlob {
        number: u32::try_from(number).ok()?,
        source,
        offset,
        size,
    })
}
