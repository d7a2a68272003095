//! Unpacking as containerd does it: `client` `Image.Unpack`, `pkg/rootfs`,
//! `core/unpack`. Layer by layer into snapshots that images share, with the diff
//! ID checked on the way and labels for the garbage collector.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::content::child_labels;
use crate::descriptor::Descriptor;
use crate::diagnostic::{Diagnostics, Severity};
use crate::layer::ScanJob;
use crate::layer::table::EntryTable;
use crate::manifest::chain_ids;
use crate::report::{
    Annotation, Compression, ContentLabelsView, SnapshotView, UnpackOutcome, UnpackView,
    UnpackedLayerView, UnpackedView,
};
use crate::source::ReadAt;
use crate::tree::{ApplyError, MergedTree, Rules};

use super::Inspection;
use super::keys::failure;
use super::model::{Image, ImageLayer};
use super::snapshots::{SnapshotError, Snapshots};
use super::source::UNCOMPRESSED;

/// Label of a snapshot: the chain ID that it is unpacked for.
pub const SNAPSHOT_REF: &str = "containerd.io/snapshot.ref";
/// Label of a config: the snapshot that keeps its image, by snapshotter.
pub const GC_SNAPSHOT: &str = "containerd.io/gc.ref.snapshot.";

/// Why an image is not unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnpackError {
    /// There is no such image, or no config that could be read.
    Config {
        /// Number of the image.
        image: u32,
    },
    /// Layers and diff IDs differ in number.
    Mismatched {
        /// Layers of the manifest.
        layers: usize,
        /// Diff IDs of the config.
        diff_ids: usize,
    },
    /// A layer is not in the archive.
    NotFound {
        /// Its digest or member.
        blob: String,
    },
    /// A layer cannot be read: it is encrypted, cut off, of an unknown
    /// compression, or no tar.
    Unreadable {
        /// Its digest or member.
        blob: String,
        /// What its scan found.
        found: Option<String>,
    },
    /// A layer is compressed although its media type says that it is a tar,
    /// and containerd takes it as one.
    NotATar {
        /// Its digest or member.
        blob: String,
    },
    /// An entry of a layer cannot be applied.
    Apply {
        /// The layer's digest or member.
        blob: String,
        /// The first such entry's error.
        error: ApplyError,
    },
    /// A layer unpacks to something else than the config says.
    DiffId {
        /// The diff ID of its bytes.
        actual: String,
        /// The config's.
        expected: String,
    },
    /// The snapshotter refuses.
    Snapshot(SnapshotError),
}

impl UnpackError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "unpack-config",
            Self::Mismatched { .. } => "unpack-mismatched",
            Self::NotFound { .. } => "unpack-not-found",
            Self::Unreadable { .. } => "unpack-unreadable",
            Self::NotATar { .. } => "unpack-not-a-tar",
            Self::Apply { .. } => "unpack-apply",
            Self::DiffId { .. } => "unpack-diff-id",
            Self::Snapshot(error) => error.code(),
        }
    }
}

impl fmt::Display for UnpackError {
    /// containerd's words where it has some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config { image } => write!(f, "image {image} has no config that can be read"),
            Self::Mismatched { layers, diff_ids } => write!(
                f,
                "mismatched image rootfs and manifest layers: expected {layers} diff IDs, but found {diff_ids}"
            ),
            Self::NotFound { blob } => write!(f, "content {blob}: not found"),
            Self::Unreadable { blob, found } => {
                let found = found.as_deref().unwrap_or("it cannot be read");
                write!(f, "failed to extract layer {blob}: {found}")
            }
            Self::NotATar { blob } => write!(
                f,
                "failed to extract layer {blob}: expected a tar, as the media type says, but found it compressed"
            ),
            Self::Apply { blob, error } => write!(f, "failed to extract layer {blob}: {error}"),
            Self::DiffId { actual, expected } => write!(
                f,
                "wrong diff id calculated on extraction: expected {expected}, but found {actual}"
            ),
            Self::Snapshot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for UnpackError {}

impl From<SnapshotError> for UnpackError {
    fn from(error: SnapshotError) -> Self {
        Self::Snapshot(error)
    }
}

/// What makes the key of an active snapshot its own: nanoseconds, a dash, and
/// four characters of the base64 of URLs.
pub type Unique<'u> = dyn FnMut() -> String + 'u;

/// A store of content labels and snapshots, into which images are unpacked.
#[derive(Debug, Clone)]
pub struct Unpacker {
    /// The snapshots.
    pub snapshots: Snapshots,
    /// Labels of content, by digest.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    images: Vec<UnpackedView>,
}

impl Unpacker {
    /// One without anything in it, of a snapshotter of this name.
    pub fn new(snapshotter: &str) -> Self {
        Self {
            snapshots: Snapshots::new(snapshotter),
            labels: BTreeMap::new(),
            images: Vec::new(),
        }
    }

    /// Unpacks an image. `read` scans a layer, where one has to be read and is
    /// not scanned yet.
    ///
    /// # Errors
    ///
    /// Says at which layer it stopped. The layers below stay; of that one,
    /// nothing does.
    pub fn unpack<S: ReadAt>(
        &mut self,
        inspection: &mut Inspection<S>,
        image: u32,
        read: &mut dyn FnMut(&mut Inspection<S>, &ScanJob),
        unique: &mut Unique<'_>,
    ) -> Result<(), UnpackError> {
        self.label_documents(inspection, image);
        let mut layers = Vec::new();
        let outcome = self.unpack_layers(inspection, image, read, unique, &mut layers);
        self.images.push(UnpackedView {
            image,
            layers,
            snapshot_key: outcome.clone().ok().filter(|key| !key.is_empty()),
            failure: outcome
                .as_ref()
                .err()
                .map(|error| failure(error.code(), error)),
        });
        outcome.map(drop)
    }

    /// What was done, and what there is now.
    pub fn view(&self) -> UnpackView {
        let snapshots = self.snapshots.iter().map(|(key, snapshot)| SnapshotView {
            key: key.to_owned(),
            committed: snapshot.committed,
            parent: Some(snapshot.parent.clone()).filter(|parent| !parent.is_empty()),
            labels: annotations(&snapshot.labels),
        });
        let labels = self
            .labels
            .iter()
            .map(|(digest, labels)| ContentLabelsView {
                digest: digest.clone(),
                labels: annotations(labels),
            });
        UnpackView {
            snapshotter: self.snapshots.name().to_owned(),
            images: self.images.clone(),
            snapshots: snapshots.collect(),
            labels: labels.collect(),
        }
    }

    /// Gives the key of the topmost snapshot; empty for no layers.
    fn unpack_layers<S: ReadAt>(
        &mut self,
        inspection: &mut Inspection<S>,
        number: u32,
        read: &mut dyn FnMut(&mut Inspection<S>, &ScanJob),
        unique: &mut Unique<'_>,
        done: &mut Vec<UnpackedLayerView>,
    ) -> Result<String, UnpackError> {
        let no_config = || UnpackError::Config { image: number };
        let image = inspection.image(number).ok_or_else(no_config)?;
        let diff_ids = image.config.as_ref().ok_or_else(no_config)?.diff_id_texts();
        let positions = unpackable(image);
        if positions.len() != diff_ids.len() {
            return Err(UnpackError::Mismatched {
                layers: positions.len(),
                diff_ids: diff_ids.len(),
            });
        }
        let mut parent = String::new();
        // The tree of the parent, while it is the last one unpacked.
        let mut tree: Option<MergedTree> = None;
        let chain = chain_ids(&diff_ids);
        for (((layer, position), diff_id), chain_id) in
            (0_u32..).zip(positions).zip(diff_ids).zip(chain)
        {
            let blob = inspection
                .image(number)
                .and_then(|image| image.layers.get(position))
                .map(|layer| layer.blob);
            let found = blob.and_then(|blob| inspection.blobs.get(blob));
            let mut view = UnpackedLayerView {
                layer,
                digest: found.and_then(|blob| blob.view().digest),
                diff_id: diff_id.clone(),
                chain_id: chain_id.clone(),
                parent: Some(parent.clone()).filter(|parent| !parent.is_empty()),
                active_key: None,
                outcome: UnpackOutcome::Shared,
            };
            if self.snapshots.stat(&chain_id).is_ok() {
                tree = None;
            } else {
                let key = format!("extract-{} {chain_id}", unique());
                view.active_key = Some(key.clone());
                view.outcome = UnpackOutcome::Failed;
                let label = BTreeMap::from([(SNAPSHOT_REF.to_owned(), chain_id.clone())]);
                self.snapshots.prepare(&key, &parent, label.clone())?;
                // Scanned after the snapshot is there, as containerd reads it.
                if let Some(job) = pending(inspection, blob) {
                    read(inspection, &job);
                }
                let applied = self.apply(inspection, number, position, &key, &diff_id, &mut tree);
                let committed = applied.and_then(|()| {
                    self.snapshots.commit(&chain_id, &key, label)?;
                    Ok(())
                });
                if let Err(error) = committed {
                    // What was extracted of it goes.
                    let _ = self.snapshots.remove(&key);
                    done.push(view);
                    return Err(error);
                }
                view.outcome = UnpackOutcome::Unpacked;
                let settled = blob.and_then(|blob| inspection.blobs.get(blob));
                if let Some(digest) = settled.and_then(|blob| blob.view().digest) {
                    view.digest = Some(digest.clone());
                    self.label(&digest, UNCOMPRESSED, &diff_id);
                }
            }
            done.push(view);
            parent = chain_id;
        }
        if let Some(config) = config_digest(inspection, number)
            && !parent.is_empty()
        {
            let name = format!("{GC_SNAPSHOT}{}", self.snapshots.name());
            self.label(&config, &name, &parent);
        }
        Ok(parent)
    }

    /// Applies a layer to the active snapshot, and checks what it unpacks to.
    fn apply<S: ReadAt>(
        &mut self,
        inspection: &Inspection<S>,
        image: u32,
        position: usize,
        key: &str,
        diff_id: &str,
        tree: &mut Option<MergedTree>,
    ) -> Result<(), UnpackError> {
        let layer = inspection
            .image(image)
            .and_then(|image| image.layers.get(position))
            .ok_or(UnpackError::Config { image })?;
        let (table, actual) = extracted(inspection, layer)?;
        let below = self.snapshots.stat(key)?.tables.clone();
        let tree = tree.get_or_insert_with(|| merged(inspection, &below));
        let number = u32::try_from(below.len()).unwrap_or(u32::MAX);
        let mut diagnostics = Diagnostics::new(0);
        let applied = tree.apply(number, Arc::clone(&table), &mut diagnostics);
        if let Some(error) = applied.error {
            let blob = name_of(inspection, layer);
            return Err(UnpackError::Apply { blob, error });
        }
        if actual != diff_id {
            return Err(UnpackError::DiffId {
                actual,
                expected: diff_id.to_owned(),
            });
        }
        self.snapshots.apply(key, table)?;
        Ok(())
    }

    fn label(&mut self, digest: &str, name: &str, value: &str) {
        let labels = self.labels.entry(digest.to_owned()).or_default();
        labels.insert(name.to_owned(), value.to_owned());
    }

    /// Labels manifest and indexes with what they keep, as fetching or
    /// importing them does.
    fn label_documents<S>(&mut self, inspection: &Inspection<S>, number: u32) {
        let Some(image) = inspection.image(number) else {
            return;
        };
        for via in &image.via {
            let indexes = inspection.indexes.iter().skip(1);
            if let Some(index) = indexes.into_iter().find(|index| index.digest == *via) {
                let children = index.entries.iter().map(|entry| entry.descriptor.clone());
                self.label_children(via, &children.collect::<Vec<_>>());
            }
        }
        if let Some((manifest, _)) = image.manifest.as_ref().filter(|_| image.is_read) {
            let layers = image
                .layers
                .iter()
                .filter_map(|layer| layer.descriptor.as_ref());
            let children = image.config_descriptor.iter().chain(layers);
            let children: Vec<Descriptor> = children.cloned().collect();
            self.label_children(&manifest.digest.to_string(), &children);
        }
    }

    fn label_children(&mut self, of: &str, children: &[Descriptor]) {
        let labels = self.labels.entry(of.to_owned()).or_default();
        labels.extend(child_labels(children));
    }
}

/// Positions of the layers that containerd unpacks: those with a layer's type.
fn unpackable(image: &Image) -> Vec<usize> {
    let is_layer = |layer: &ImageLayer| {
        layer.descriptor.as_ref().is_none_or(|descriptor| {
            let media_type = descriptor.media_type.valid();
            media_type.is_some_and(|media_type| media_type.layer().is_some())
        })
    };
    let layers = image.layers.iter().enumerate();
    let layers = layers.filter(|(_, layer)| is_layer(layer));
    layers.map(|(position, _)| position).collect()
}

fn pending<S>(inspection: &Inspection<S>, blob: Option<usize>) -> Option<ScanJob> {
    let number = blob?;
    let blob = inspection.blobs.get(number)?;
    blob.job(number).filter(|_| !blob.is_settled())
}

fn name_of<S>(inspection: &Inspection<S>, layer: &ImageLayer) -> String {
    let blob = inspection.blobs.get(layer.blob);
    blob.map(|blob| blob.name()).unwrap_or_default()
}

fn config_digest<S>(inspection: &Inspection<S>, number: u32) -> Option<String> {
    let image = inspection.image(number)?;
    let described = image.config_descriptor.as_ref();
    let described = described.map(|descriptor| descriptor.digest.to_string());
    described.or_else(|| Some(image.config_digest.as_ref()?.to_string()))
}

/// What a layer unpacks to: its entries and the SHA-256 of its bytes.
fn extracted<S>(
    inspection: &Inspection<S>,
    layer: &ImageLayer,
) -> Result<(Arc<EntryTable>, String), UnpackError> {
    let blob = name_of(inspection, layer);
    let found = inspection.blobs.get(layer.blob);
    let Some(found) = found.filter(|found| found.is_present()) else {
        return Err(UnpackError::NotFound { blob });
    };
    let Some(unpacked) = found.unpacked.as_ref().filter(|_| !layer.is_encrypted) else {
        return Err(UnpackError::Unreadable { blob, found: None });
    };
    let broken = found
        .found
        .iter()
        .find(|finding| finding.severity == Severity::Error && finding.code.starts_with("tar-"));
    // image-spec's plain tar is taken as it is; Docker's is looked at first.
    let media_type = layer
        .descriptor
        .as_ref()
        .map(|descriptor| descriptor.media_type.to_string());
    let is_plain = media_type.is_some_and(|media_type| {
        media_type.starts_with("application/vnd.oci.") && media_type.ends_with(".tar")
    });
    if is_plain && !matches!(unpacked.compression, None | Some(Compression::None)) {
        return Err(UnpackError::NotATar { blob });
    }
    // A tar that breaks off stops containerd before it compares diff IDs.
    match (unpacked.diff_ids.first(), broken) {
        (Some(diff_id), None) => Ok((Arc::clone(&unpacked.table), diff_id.to_string())),
        (_, broken) => Err(UnpackError::Unreadable {
            blob,
            found: broken.map(|finding| finding.message.clone()),
        }),
    }
}

fn merged<S>(inspection: &Inspection<S>, tables: &[Arc<EntryTable>]) -> MergedTree {
    let mut tree = MergedTree::new(Rules::Containerd, &inspection.limits);
    let mut diagnostics = Diagnostics::new(0);
    for (number, table) in (0_u32..).zip(tables) {
        tree.apply(number, Arc::clone(table), &mut diagnostics);
    }
    tree
}

fn annotations(labels: &BTreeMap<String, String>) -> Vec<Annotation> {
    crate::manifest::annotations(labels)
}
