//! Layers that their tables of contents list while they are not read.

use std::sync::Arc;

use super::Inspection;
use super::blobs::{Blob, BlobNumber, Blobs, Unpacked};
use super::content::{ContentError, StoredBlob, stored_blob};
use super::model::{Image, ImageLayer};
use crate::diagnostic::{Diagnostic, Severity};
use crate::layer::table::EntryTable;
use crate::layer::toc::{self, Listed, Toc, TocJob};
use crate::report::{Completed, Status, TocFormat};
use crate::source::ReadAt;

/// A table of contents to be read, and where its layer lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TocPlan {
    /// What to read.
    pub job: TocJob,
    /// The layer's stored bytes.
    pub blob: StoredBlob,
}

/// What is known of a layer's entries.
pub(super) enum Entries<'a> {
    /// It is still to be read.
    Pending,
    /// It will not be read.
    Unreadable,
    /// These, by a scan or by the layer's table of contents.
    Known(&'a Arc<EntryTable>),
}

/// What an image's manifest vouches for of a layer.
fn vouched(layer: &ImageLayer) -> Option<Toc> {
    let descriptor = layer.descriptor.as_ref().filter(|_| !layer.is_encrypted)?;
    Toc::of(&descriptor.annotations)
}

/// A layer as its table of contents lists it.
#[derive(Debug, Clone)]
pub struct Listing {
    /// What the table said.
    pub toc: toc::Listing,
    /// Its entries, shared with the trees.
    pub table: Arc<EntryTable>,
}

fn is_verified(blobs: &Blobs, image: &Image) -> bool {
    let manifest = image.manifest.as_ref();
    let blob = manifest.and_then(|(_, blob)| blobs.get(*blob));
    blob.is_some_and(|blob| blob.verification.status == Status::Verified)
}

impl Blob {
    /// The list by a table of contents that this layer's descriptor vouches for, while the layer
    /// is not read.
    pub(super) fn listing(&self, layer: &ImageLayer) -> Option<&Listing> {
        self.listing.as_ref().filter(|_| layer.is_listed)
    }
}

/// What is known of a layer's entries: by its scan, or by its table of contents.
pub(super) enum Held<'a> {
    /// What its scan gave.
    Unpacked(&'a Unpacked),
    /// What its table of contents says.
    Listed(&'a Listing),
}

impl Held<'_> {
    /// The entries.
    pub(super) fn table(&self) -> &EntryTable {
        match self {
            Self::Unpacked(unpacked) => &unpacked.table,
            Self::Listed(listing) => &listing.table,
        }
    }
}

impl Blobs {
    /// What is known of the entries of an image's layer.
    pub(super) fn entries(&self, layer: &ImageLayer) -> Entries<'_> {
        let Some(blob) = self.get(layer.blob) else {
            return Entries::Pending;
        };
        if let Some(unpacked) = &blob.unpacked {
            return Entries::Known(&unpacked.table);
        }
        match blob.listing(layer) {
            Some(listing) => Entries::Known(&listing.table),
            None if blob.is_settled() => Entries::Unreadable,
            None => Entries::Pending,
        }
    }
}

impl<S: ReadAt> Inspection<S> {
    /// The tables of contents by which an image's layers can be listed without reading them: one
    /// for each layer that is neither read nor listed. None where some layer has no table that a
    /// verified manifest vouches for, or could be read a second time: layers have to be read then.
    pub fn tocs(&self, image: u32) -> Option<Vec<TocPlan>> {
        let image = self.image(image)?;
        let mut plans: Vec<TocPlan> = Vec::new();
        for layer in &image.layers {
            let number = layer.blob;
            match self.blobs.entries(layer) {
                Entries::Known(_) => continue,
                // Trees have passed it over; what reads it again makes them anew.
                Entries::Unreadable if self.blobs.get(number)?.can_be_retried() => return None,
                Entries::Unreadable => continue,
                Entries::Pending => {}
            }
            let toc = vouched(layer).filter(|_| is_verified(&self.blobs, image))?;
            let blob = stored_blob(number, self.blobs.get(number)?)?;
            let job = TocJob {
                job: blob.number,
                size: blob.size,
                toc,
            };
            let plan = TocPlan { job, blob };
            if !plans.contains(&plan) {
                plans.push(plan);
            }
        }
        Some(plans)
    }

    /// Takes what a table of contents lists. Of a layer that was read meanwhile, nothing.
    pub fn list(&mut self, listed: Listed) -> Completed {
        let Listed {
            job,
            listing: mut toc,
        } = listed;
        let number = job as BlobNumber;
        let is_unread = |blob: &&mut Blob| blob.unpacked.is_none();
        let Some(blob) = self.blobs.get_mut(number).filter(is_unread) else {
            return self.settled(number);
        };
        let table = Arc::new(std::mem::take(&mut toc.table));
        let digest = toc.digest;
        blob.listing = Some(Listing { toc, table });
        for image in &mut self.images {
            let is_verified = is_verified(&self.blobs, image);
            for layer in image.layers.iter_mut().filter(|layer| layer.blob == number) {
                let is_same = vouched(layer).is_some_and(|toc| toc.digest == digest);
                layer.is_listed = is_verified && is_same;
            }
        }
        self.settled(number)
    }

    /// Notes why a layer's table of contents is not used.
    pub fn refuse_toc(&mut self, job: u32, why: &str) {
        let Some(blob) = self.blobs.get_mut(job as BlobNumber) else {
            return;
        };
        let finding = Diagnostic::new(
            Severity::Warning,
            "toc-refused",
            format!("the layer's table of contents is not used: {why}"),
        );
        let finding = finding.blob(blob.name());
        if !blob.diagnostics.contains(&finding) {
            blob.diagnostics.push(finding);
        }
    }

    /// Whether a blob is listed by a table of contents, so that trees of it are made anew when it
    /// was read.
    pub fn is_listed(&self, job: u32) -> bool {
        let blob = self.blobs.get(job as BlobNumber);
        blob.is_some_and(|blob| blob.listing.is_some())
    }

    /// Where a layer's stored bytes lie, and what is known of its entries.
    ///
    /// # Errors
    ///
    /// [`ContentError`] for a layer that does not exist, or is neither read nor listed.
    pub(super) fn layer_entries(
        &self,
        image: &Image,
        layer: u32,
    ) -> Result<(StoredBlob, Held<'_>), ContentError> {
        let unread = match self.layer_blob(image, layer) {
            Ok((blob, unpacked)) => return Ok((blob, Held::Unpacked(unpacked))),
            Err(unread) => unread,
        };
        let listed = image.layers.get(layer as usize).and_then(|found| {
            let blob = self.blobs.get(found.blob)?;
            Some((stored_blob(found.blob, blob)?, blob.listing(found)?))
        });
        let (blob, listing) = listed.ok_or(unread)?;
        Ok((blob, Held::Listed(listing)))
    }

    /// The format of the table of contents that a layer is listed by.
    pub(super) fn listed_by(&self, layer: &ImageLayer) -> Option<TocFormat> {
        let listing = self.blobs.get(layer.blob)?.listing(layer)?;
        Some(listing.toc.format)
    }
}
