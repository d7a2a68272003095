//! One opened archive: its blobs and documents, what scans found, the merged
//! trees, and the report on all of it.
//!
//! Opening reads the root documents and what they lead to, never a layer.
//! Layers are scanned elsewhere, in any order; what they gave is taken by
//! [`Inspection::complete`], and trees grow from the bottom as they can.

mod blobs;
mod cache_keys;
pub mod cache_pages;
mod caches;
pub mod caches_compared;
pub mod checksum;
mod compared;
pub mod content;
mod docker;
pub mod documents;
pub mod export;
pub mod keys;
pub mod listings;
mod model;
mod oci;
mod read;
pub mod reading;
pub mod select;
pub mod snapshots;
pub mod source;
pub mod trees;
pub mod unpack;
mod view;

use std::collections::BTreeSet;
use std::io;

use crate::archive::Archive;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::layer::{self, ScanJob, ScanKind, Scanned, SeekPoint};
use crate::limits::Limits;
use crate::platform::Platform;
use crate::report::{ArchiveFormat, Completed, LayerPlace, OuterInfo, Reason};
use crate::source::ReadAt;
use crate::tree::{MergedTree, Rules};

use blobs::{Blob, BlobNumber, Blobs, Place, Unpacked};
use caches::CacheNode;
use listings::Entries;
use model::{Artifact, Attestation, Image, IndexNode};

/// One opened archive.
#[derive(Debug)]
pub struct Inspection<S> {
    archive: Archive<S>,
    outer: Option<OuterInfo>,
    limits: Limits,
    blobs: Blobs,
    indexes: Vec<IndexNode>,
    images: Vec<Image>,
    artifacts: Vec<Artifact>,
    attestations: Vec<Attestation>,
    caches: Vec<CacheNode>,
    layout_version: Option<String>,
    diagnostics: Diagnostics,
    only: Option<BTreeSet<BlobNumber>>,
    /// Bytes of the seek points of all layers, and how far apart they are at least.
    seek_bytes: usize,
    seek_interval: u64,
}

impl<S> Inspection<S> {
    fn image(&self, number: u32) -> Option<&Image> {
        self.images.get(usize::try_from(number).ok()?)
    }
}

impl<S: ReadAt> Inspection<S> {
    /// Reads the documents of an archive. `outer` tells of a compression around
    /// the file that the archive was unpacked from.
    pub fn open(mut archive: Archive<S>, outer: Option<OuterInfo>, limits: Limits) -> Self {
        let mut diagnostics = Diagnostics::new(limits.diagnostics);
        let around = outer.iter().flat_map(|outer| outer.diagnostics.clone());
        for finding in around.chain(archive.take_diagnostics()) {
            diagnostics.push(finding);
        }
        let mut inspection = Self {
            archive,
            outer,
            blobs: Blobs::default(),
            indexes: Vec::new(),
            images: Vec::new(),
            artifacts: Vec::new(),
            attestations: Vec::new(),
            caches: Vec::new(),
            layout_version: None,
            diagnostics,
            only: None,
            seek_bytes: 0,
            seek_interval: limits.seek_interval.max(1),
            limits,
        };
        inspection.list_blobs();
        let formats = inspection.archive.formats().to_vec();
        if formats.contains(&ArchiveFormat::OciLayout) {
            inspection.read_oci_layout();
        }
        if formats.contains(&ArchiveFormat::DockerSave) {
            inspection.read_docker_save();
        }
        inspection.expect_layers();
        inspection.read_caches();
        inspection.plant();
        inspection
    }

    /// The archive.
    pub const fn archive(&self) -> &Archive<S> {
        &self.archive
    }

    /// What remains to be scanned: the layers of the first image from the
    /// bottom, then those of the next, then all other blobs.
    pub fn jobs(&self) -> Vec<ScanJob> {
        let layers = self
            .images
            .iter()
            .flat_map(|image| image.layers.iter().map(|layer| layer.blob));
        let others = self.blobs.iter().map(|(number, _)| number);
        let mut seen = BTreeSet::new();
        layers
            .chain(others)
            .filter(|number| seen.insert(*number))
            .filter(|number| self.only.as_ref().is_none_or(|only| only.contains(number)))
            .filter_map(|number| {
                let blob = self.blobs.get(number)?;
                if blob.is_settled() {
                    return None;
                }
                blob.job(number)
            })
            .collect()
    }

    /// What remains to be scanned of one image's layers.
    pub fn jobs_of(&self, image: u32) -> Vec<ScanJob> {
        let layers = self.image(image).map(|image| image.layers.iter());
        let layers: BTreeSet<BlobNumber> = layers.into_iter().flatten().map(|l| l.blob).collect();
        let mut jobs = self.jobs();
        jobs.retain(|job| layers.contains(&(job.job as BlobNumber)));
        jobs
    }

    /// The bytes of a blob without a source, by its job's number: the `data` of
    /// a descriptor.
    pub fn embedded(&self, blob: u32) -> Option<&[u8]> {
        match &self.blobs.get(blob as BlobNumber)?.place {
            Place::Embedded(data) => Some(data),
            _ => None,
        }
    }

    /// Does a job: reads its bytes where they lie. `go_on` is that of [`layer::scan()`].
    ///
    /// # Errors
    ///
    /// What the source says.
    pub fn scan(&self, job: &ScanJob, go_on: impl FnMut(u64) -> bool) -> io::Result<Scanned> {
        let limits = &self.limits;
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        match job.source {
            None => {
                let data = self.embedded(job.job).ok_or_else(missing)?;
                layer::scan(data, job, limits, go_on)
            }
            Some(source) => {
                let source = self.archive.sources().get(source as usize);
                layer::scan(source.ok_or_else(missing)?, job, limits, go_on)
            }
        }
    }

    /// From now on only the blobs of one image are scanned.
    pub fn keep_only(&mut self, image: u32) {
        let image = self.image(image);
        let layers = image.map(|image| image.layers.iter().map(|layer| layer.blob).collect());
        self.only = Some(layers.unwrap_or_default());
    }

    /// Takes what a scan found.
    pub fn complete(&mut self, mut scanned: Scanned) -> Completed {
        let number = scanned.job as BlobNumber;
        let used = &mut self.seek_bytes;
        let before = self.blobs.get_mut(number).and_then(|blob| {
            let before = blob.unpacked.take();
            *used -= before.as_ref().map_or(0, Unpacked::seek_bytes);
            SeekPoint::thin(&mut scanned.seek_points, self.seek_interval);
            blob.complete(scanned);
            *used += blob.unpacked.as_ref().map_or(0, Unpacked::seek_bytes);
            let table = &blob.unpacked.as_ref()?.table;
            match before {
                Some(before) => Some(table.has_same_entries(&before.table)),
                None => blob.compare_listing(),
            }
        });
        self.thin_seek_points();
        let renewed = before.map(|is_same| self.renew(number, is_same));
        let mut completed = self.settled(number);
        completed.images.extend(renewed.unwrap_or_default());
        completed.images.sort_unstable();
        completed.images.dedup();
        completed
    }

    /// Moves the seek points of all layers as far apart as it takes to keep within their limit.
    fn thin_seek_points(&mut self) {
        while self.seek_bytes > self.limits.seek_bytes {
            self.seek_interval = self.seek_interval.saturating_mul(2);
            let layers = self
                .blobs
                .iter_mut()
                .filter_map(|blob| blob.unpacked.as_mut());
            self.seek_bytes = layers
                .map(|layer| SeekPoint::thin(&mut layer.seek_points, self.seek_interval))
                .sum();
        }
    }

    /// Gives the trees that a layer is in its new table: that of its second scan, or of its first
    /// one after its table of contents had listed it. Of those of a layer with other entries than
    /// before, nothing is left. Returns the images that have it.
    fn renew(&mut self, number: BlobNumber, is_same: bool) -> Vec<u32> {
        let unpacked = self
            .blobs
            .get(number)
            .and_then(|blob| blob.unpacked.as_ref());
        let table = unpacked.map(|unpacked| &unpacked.table);
        let table = table.filter(|_| is_same);
        let mut renewed = Vec::new();
        for (image_number, image) in (0_u32..).zip(&mut self.images) {
            let Some(tree) = &mut image.tree else {
                continue;
            };
            let mut is_other = false;
            for (layer, _) in (0_u32..)
                .zip(&image.layers)
                .take(tree.next)
                .filter(|(_, layer)| layer.blob == number)
            {
                renewed.push(image_number);
                image.renewals = image.renewals.wrapping_add(1);
                match table {
                    Some(table) => tree.merged.renew_table(layer, table),
                    None => is_other = true,
                }
            }
            if is_other {
                image.tree = None;
                image.generation = image.generation.wrapping_add(1);
            }
        }
        renewed
    }

    /// Notes that a blob will not be scanned to its end.
    pub fn fail(&mut self, job: u32, reason: Reason, message: &str) -> Completed {
        let number = job as BlobNumber;
        if let Some(blob) = self.blobs.get_mut(number) {
            blob.fail(reason, message);
        }
        self.settled(number)
    }

    /// Puts what was cancelled, or failed on the way, back among the jobs, and
    /// makes the trees anew that have passed such a layer over. Nodes of those
    /// trees are other nodes afterwards.
    pub fn retry(&mut self) -> Completed {
        let retried: Vec<BlobNumber> = self
            .blobs
            .iter()
            .filter(|(_, blob)| blob.can_be_retried())
            .map(|(number, _)| number)
            .collect();
        for number in &retried {
            if let Some(blob) = self.blobs.get_mut(*number) {
                blob.retry();
            }
        }
        let mut changed = Completed {
            layers: Vec::new(),
            images: Vec::new(),
        };
        for number in 0..self.images.len() {
            let Some(image) = self.images.get_mut(number) else {
                continue;
            };
            let image_number = u32::try_from(number).unwrap_or(u32::MAX);
            let applied = image.tree.as_ref().map_or(0, |tree| tree.next);
            let mut is_passed_over = false;
            for (layer, _) in image
                .layers
                .iter()
                .enumerate()
                .filter(|(_, layer)| retried.contains(&layer.blob))
            {
                is_passed_over |= layer < applied;
                changed.layers.push(LayerPlace {
                    image: image_number,
                    layer: u32::try_from(layer).unwrap_or(u32::MAX),
                });
            }
            if is_passed_over {
                image.tree = None;
                image.generation = image.generation.wrapping_add(1);
                self.grow(number);
                changed.images.push(image_number);
            }
        }
        changed
    }

    /// The merged tree of an image, of the layers that are applied so far.
    pub fn tree(&self, image: u32) -> Option<&MergedTree> {
        Some(&self.image(image)?.tree.as_ref()?.merged)
    }

    /// The merged tree of an image's lowest `layers` alone. One that is made
    /// twice has the same nodes, as has the image's own tree with as many.
    pub fn tree_of(&self, image: u32, layers: usize) -> Option<MergedTree> {
        self.image(image)?;
        Some(self.tree_by(image, layers, Rules::Spec).0)
    }

    /// The merged tree of an image's lowest `layers` by some rules, and which
    /// of them are not in it because they are not scanned or could not be.
    fn tree_by(&self, image: u32, layers: usize, rules: Rules) -> (MergedTree, Vec<u32>) {
        let mut tree = MergedTree::new(rules, &self.limits);
        let mut unread = Vec::new();
        for (number, layer) in (0..).zip(0..layers.min(self.layers(image))) {
            if !self.apply_layer(image, layer, &mut tree) {
                unread.push(number);
            }
        }
        (tree, unread)
    }

    /// Applies a layer of an image to a tree of those below it; false where it was not read.
    fn apply_layer(&self, image: u32, layer: usize, tree: &mut MergedTree) -> bool {
        let found = self.image(image).and_then(|image| image.layers.get(layer));
        let entries = found.map(|layer| self.blobs.entries(layer));
        let (Some(Entries::Known(table)), Ok(number)) = (entries, u32::try_from(layer)) else {
            return false;
        };
        // What is found is told by the image's own tree.
        let mut diagnostics = Diagnostics::new(0);
        tree.apply(number, table.clone(), &mut diagnostics);
        true
    }

    /// Rises when the merged tree of an image was made anew: its nodes are
    /// other nodes then.
    pub fn generation(&self, image: u32) -> u32 {
        self.image(image).map_or(0, |image| image.generation)
    }

    /// How many layers of an image are applied, or passed over for good.
    pub fn applied(&self, image: u32) -> Option<usize> {
        Some(self.image(image)?.tree.as_ref()?.next)
    }

    /// Whether a layer of an image is still to be read: neither applied nor
    /// passed over for good.
    fn is_pending(&self, image: u32, layer: usize) -> bool {
        let found = self.image(image).and_then(|image| image.layers.get(layer));
        found.is_some_and(|layer| matches!(self.blobs.entries(layer), Entries::Pending))
    }

    /// Number of layers of an image.
    pub fn layers(&self, image: u32) -> usize {
        self.image(image).map_or(0, |image| image.layers.len())
    }

    /// The entries of one layer alone, as a tree; `None` where there is no such
    /// layer or it is neither scanned nor listed.
    pub fn layer_tree(&self, image: u32, layer: u32) -> Option<MergedTree> {
        let position = usize::try_from(layer).ok()?;
        let found = self.image(image)?.layers.get(position)?;
        let Entries::Known(table) = self.blobs.entries(found) else {
            return None;
        };
        let mut tree = MergedTree::new(Rules::Spec, &self.limits);
        let mut diagnostics = Diagnostics::new(self.limits.diagnostics);
        tree.apply(layer, table.clone(), &mut diagnostics);
        Some(tree)
    }

    /// Takes the user's choice of an image's platform, for its cache keys.
    pub fn choose_platform(&mut self, image: u32, platform: &Platform) {
        let image = usize::try_from(image).ok();
        if let Some(image) = image.and_then(|image| self.images.get_mut(image)) {
            image.chosen_platform = Some(platform.normalized());
        }
    }

    fn settled(&mut self, number: BlobNumber) -> Completed {
        let mut completed = Completed {
            layers: Vec::new(),
            images: Vec::new(),
        };
        for image in 0..self.images.len() {
            let Some(layers) = self.images.get(image).map(|image| &image.layers) else {
                continue;
            };
            let image_number = u32::try_from(image).unwrap_or(u32::MAX);
            let before = completed.layers.len();
            for (layer, _) in layers
                .iter()
                .enumerate()
                .filter(|(_, layer)| layer.blob == number)
            {
                completed.layers.push(LayerPlace {
                    image: image_number,
                    layer: u32::try_from(layer).unwrap_or(u32::MAX),
                });
            }
            // A tree of this layer alone can be shown even where those of the image cannot grow.
            if self.grow(image) || completed.layers.len() > before {
                completed.images.push(image_number);
            }
        }
        completed
    }

    /// Gives each image the tree that it has before any layer was read: those at its bottom that
    /// never will be are passed over. Not by [`Inspection::grow`], which has to apply layers: what
    /// only lists an archive does without the code for that.
    fn plant(&mut self) {
        for image in &mut self.images {
            let mut tree = model::AppliedTree::new(&self.limits);
            let blobs = image.layers.iter().map(|layer| self.blobs.get(layer.blob));
            tree.next = blobs
                .take_while(|blob| blob.is_some_and(Blob::is_settled))
                .count();
            tree.changes.resize(tree.next, None);
            image.tree = Some(tree);
        }
    }

    /// Applies the layers of an image that are settled or listed down to the
    /// bottom; tells whether any was.
    fn grow(&mut self, image: usize) -> bool {
        let Some(image) = self.images.get_mut(image) else {
            return false;
        };
        let new = || model::AppliedTree::new(&self.limits);
        let applied = image.tree.get_or_insert_with(new);
        let before = applied.next;
        while let Some(layer) = image.layers.get(applied.next) {
            let table = match self.blobs.entries(layer) {
                Entries::Pending => break,
                // A layer that could not be read leaves those above it to be seen.
                Entries::Unreadable => None,
                Entries::Known(table) => Some(table.clone()),
            };
            let changes = table.map(|table| {
                let number = u32::try_from(applied.next).unwrap_or(u32::MAX);
                let outcome = applied
                    .merged
                    .apply(number, table, &mut applied.diagnostics);
                outcome.changes
            });
            applied.changes.push(changes);
            applied.next += 1;
        }
        applied.next > before
    }

    /// Lists the blobs that the archive holds under their digests.
    fn list_blobs(&mut self) {
        for blob in self.archive.blobs() {
            let place = Place::Archive {
                source: blob.location.source,
                offset: blob.location.offset,
                size: blob.location.available,
            };
            self.blobs.add(
                Some(blob.digest.clone()),
                Some(blob.name.to_string()),
                place,
            );
        }
    }

    /// Tells the blobs that are layers which diff IDs are expected of them.
    fn expect_layers(&mut self) {
        for image in &self.images {
            for layer in &image.layers {
                let Some(blob) = self.blobs.get_mut(layer.blob) else {
                    continue;
                };
                if layer.is_foreign && !blob.is_present() {
                    blob.verification.status = crate::report::Status::NotChecked;
                    blob.verification.reason = Some(Reason::Foreign);
                }
                if blob.scan.is_none() || layer.is_encrypted {
                    continue;
                }
                blob.scan = Some(ScanKind::Layer);
                if let Some(diff_id) = &layer.diff_id
                    && !blob.diff_ids.contains(diff_id)
                {
                    blob.diff_ids.push(diff_id.clone());
                }
            }
        }
    }

    fn note(&mut self, finding: Diagnostic) {
        self.diagnostics.push(finding);
    }
}
