//! An image's keys and its ladder of snapshots, for some platform and some of
//! its layers.

use crate::buildkit::source::{SourceError, SourceInstance};
use crate::manifest::chain_id::step;
use crate::platform::Platform;
use crate::report::{Failure, KeysView, PlatformView, RungView, SourceKeysView};
use crate::source::ReadAt;

use super::Inspection;
use super::source::{ImageInstance, Resolved};

/// What containerd calls a snapshot while a layer is unpacked into it, time and
/// random characters left out.
const ACTIVE_KEY: &str = "extract-…";

impl<S: ReadAt> Inspection<S> {
    /// The keys of an image for every way of referring to it. Without a
    /// platform, for the one that the report shows.
    pub fn keys(
        &self,
        number: u32,
        platform: Option<&Platform>,
        layer_limit: Option<u32>,
    ) -> Option<KeysView> {
        let image = self.image(number)?;
        let own = || image.effective_platform().map(|(platform, _)| platform);
        let platform = platform.map(Platform::normalized).or_else(own);
        let limit = layer_limit.map(|limit| limit as usize);
        let references = image.references.iter().cloned().map(Some);
        // An image that no manifest lists has the config's key alone.
        let alone = image.references.is_empty().then_some(None);
        let mut sources = Vec::new();
        let mut problem = None;
        for digest in references.chain(alone) {
            let Some(platform) = platform.clone() else {
                break;
            };
            let found = Resolved {
                digest,
                image: number,
                platform,
            };
            let instance = ImageInstance::new(self, found, limit);
            let pin = instance.resolved().digest.as_ref().map(ToString::to_string);
            let mut keys = Vec::new();
            for index in 0..2 {
                match instance.cache_key(index) {
                    Ok(key) => keys.push(key.view(index)),
                    Err(SourceError::NoManifest) => {}
                    Err(error) => problem = Some(failure(error.code(), &error)),
                }
            }
            sources.push(SourceKeysView {
                source: None,
                pin,
                keys,
            });
        }
        sources.retain(|source| !source.keys.is_empty());
        Some(KeysView {
            image: number,
            platform: platform.as_ref().map(PlatformView::from),
            layer_limit,
            sources,
            ladder: self.ladder(number, limit),
            problem,
        })
    }

    /// The lowest layers of an image as snapshots.
    pub fn ladder(&self, number: u32, layer_limit: Option<usize>) -> Vec<RungView> {
        let Some(image) = self.image(number) else {
            return Vec::new();
        };
        let chain = self.chain_ids(image);
        let others: Vec<(u32, Vec<String>)> = (0..)
            .zip(&self.images)
            .filter(|(other, _)| *other != number)
            .map(|(other, image)| (other, self.chain_ids(image)))
            .collect();
        let diff_ids = image.layers.iter().map(|layer| {
            let blob = self.blobs.get(layer.blob);
            let unpacked = blob.and_then(|blob| blob.unpacked.as_ref());
            let computed = || Some(unpacked?.diff_ids.first()?.to_string());
            layer.diff_id.clone().or_else(computed).unwrap_or_default()
        });
        let below = std::iter::once(None).chain(chain.iter().map(Some));
        let rungs = (0_u32..).zip(diff_ids).zip(&chain).zip(below);
        let rungs = rungs.map(|(((layer, diff_id), chain_id), below)| RungView {
            layer,
            preimage: below.map(|below| step(below, &diff_id)),
            diff_id,
            chain_id: chain_id.clone(),
            active_key: format!("{ACTIVE_KEY} {chain_id}"),
            snapshot_key: chain_id.clone(),
            shared_with: others
                .iter()
                .filter(|(_, chain)| chain.get(layer as usize) == Some(chain_id))
                .map(|(other, _)| *other)
                .collect(),
        });
        rungs.take(layer_limit.unwrap_or(usize::MAX)).collect()
    }
}

pub(super) fn failure(code: &str, message: &impl ToString) -> Failure {
    Failure {
        code: code.to_owned(),
        message: message.to_string(),
        seems: None,
        hints: Vec::new(),
    }
}
