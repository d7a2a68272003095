//! Contents and tars read out of an opened archive.

use std::io;

use super::Inspection;
use super::content::{ContentError, ContentPlan, StoredBlob};
use super::reading::Reading;
use crate::export::{LayerAt, Plan, Pour};
use crate::layer::{FeedError, Machine, Start, feed};
use crate::report::{ExportView, Failure, LayerRange};
use crate::source::ReadAt;

/// Why reading ended early.
#[derive(Debug)]
pub enum ReadError {
    /// The archive does not give it.
    Content(ContentError),
    /// The archive cannot be read.
    Source(io::Error),
    /// What the receiver says.
    Output(io::Error),
}

impl From<ContentError> for ReadError {
    fn from(error: ContentError) -> Self {
        Self::Content(error)
    }
}

impl From<FeedError<ContentError>> for ReadError {
    fn from(error: FeedError<ContentError>) -> Self {
        match error {
            FeedError::Source(error) => Self::Source(error),
            FeedError::Machine(error) => Self::Content(error),
            FeedError::Output(error) => Self::Output(error),
        }
    }
}

impl From<&ReadError> for Failure {
    fn from(error: &ReadError) -> Self {
        let (code, error) = match error {
            ReadError::Content(error) => return Self::from(error),
            ReadError::Source(error) => ("read-failed", error),
            ReadError::Output(error) => ("output-failed", error),
        };
        Self {
            code: code.to_owned(),
            message: error.to_string(),
            seems: None,
            hints: Vec::new(),
        }
    }
}

impl<S: ReadAt> Inspection<S> {
    /// Plans a tar of what lies at `path`, as the layers up to `range.last` have
    /// it and as far as those from `range.first` on wrote it; of the whole tree
    /// where `path` is empty.
    ///
    /// # Errors
    ///
    /// [`ContentError`]: for a layer whose turn has not come yet as well. One
    /// that is not here is named in the plan's view.
    pub fn export(&self, image: u32, range: LayerRange, path: &[u8]) -> Result<Plan, ContentError> {
        let tree = self.tree_up_to(image, range.last)?;
        let found = self.image(image).ok_or(ContentError::NoImage { image })?;
        let unread = self.unread_layers(image, range.last);
        let is_pending = |layer: &&u32| {
            let layer = found.layers.get(**layer as usize);
            let blob = layer.and_then(|layer| self.blobs.get(layer.blob));
            blob.is_some_and(|blob| !blob.is_settled())
        };
        if let Some(&layer) = unread.iter().find(is_pending) {
            return Err(ContentError::Unread { layer });
        }
        let count = u32::try_from(found.layers.len()).unwrap_or(u32::MAX);
        let layers = (0..count).filter_map(|layer| {
            let (blob, unpacked) = self.layer_blob(found, layer).ok()?;
            Some(LayerAt {
                layer,
                blob,
                start: Start::of(unpacked.is_plain(), 0),
                size: unpacked.size,
            })
        });
        let mut plan = Plan::new(tree, path, range.first, layers, &self.limits)?;
        plan.set_unread(unread);
        Ok(plan)
    }

    /// What a layer's own tar holds.
    pub fn layer_export_view(&self, image: u32, layer: u32) -> ExportView {
        let found = self.image(image);
        let read = found.and_then(|found| self.layer_blob(found, layer).ok());
        read.map_or_else(ExportView::default, |(_, unpacked)| ExportView {
            paths: unpacked.counts.total,
            files: unpacked.counts.files,
            bytes: unpacked
                .table
                .iter()
                .map(|entry| entry.size)
                .fold(0, u64::saturating_add),
            layers: vec![layer],
            ..ExportView::default()
        })
    }

    /// Passes on what a plan gives, piece by piece.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read_content(
        &self,
        plan: &ContentPlan,
        mut output: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), ReadError> {
        let mut reading = Reading::new(plan.clone(), &self.limits);
        Ok(self.feed_from(&plan.blob, &mut reading, &mut output)?)
    }

    /// Passes on a plan's tar, piece by piece.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read_export(
        &self,
        plan: &mut Plan,
        mut output: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), ReadError> {
        let mut pour = Pour::new(&self.limits);
        while let Some(batch) = plan.next_batch() {
            let from = batch.from;
            pour.take(batch);
            match from {
                Some(from) => self.feed_from(&from.blob, &mut pour, &mut output)?,
                None => feed([].as_slice(), (0, 0), &mut pour, &mut output)?,
            }
        }
        Ok(())
    }

    /// Reads a blob's stored bytes from an offset in it; returns 0 only at its end.
    ///
    /// # Errors
    ///
    /// What the source says.
    pub fn read_stored(
        &self,
        blob: &StoredBlob,
        offset: u64,
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let left = usize::try_from(blob.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let buffer = buffer.get_mut(..length).unwrap_or_default();
        match blob.source {
            None => {
                let data = self.embedded(blob.number).ok_or_else(missing)?;
                data.read_at(offset, buffer)
            }
            Some(source) => {
                let source = self.archive.sources().get(source as usize);
                let at = blob.offset.saturating_add(offset);
                source.ok_or_else(missing)?.read_at(at, buffer)
            }
        }
    }

    pub(super) fn feed_from<M: Machine>(
        &self,
        blob: &StoredBlob,
        machine: &mut M,
        output: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FeedError<M::Error>> {
        let place = (blob.offset, blob.size);
        let missing = || FeedError::Source(io::ErrorKind::NotFound.into());
        match blob.source {
            None => {
                let data = self.embedded(blob.number).ok_or_else(missing)?;
                feed(data, place, machine, output)
            }
            Some(source) => {
                let source = self.archive.sources().get(source as usize);
                feed(source.ok_or_else(missing)?, place, machine, output)
            }
        }
    }
}
