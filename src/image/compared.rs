//! What a comparison needs of an image.

use std::sync::Arc;

use crate::buildkit::cache_key::config_key;
use crate::compare::{Facts, LayerFacts, TreeStamp};
use crate::layer::table::EntryTable;
use crate::limits::DOCUMENT_VIEW_BYTES;
use crate::report::EntryRole;
use crate::source::ReadAt;

use super::Inspection;

impl<S: ReadAt> Inspection<S> {
    /// What two images are compared by, trees aside.
    pub(crate) fn facts(&self, number: u32) -> Option<Facts> {
        let image = self.image(number)?;
        let manifest = image.manifest.as_ref();
        let manifest_raw = manifest
            .filter(|_| image.is_read)
            .and_then(|(_, blob)| self.blobs.get(*blob))
            .and_then(|blob| self.blob_bytes(blob, DOCUMENT_VIEW_BYTES).ok());
        let mut chain_ids = self.chain_ids(image).into_iter();
        let layers = image.layers.iter().map(|layer| {
            let blob = self.blobs.get(layer.blob);
            let unpacked = blob.and_then(|blob| blob.unpacked.as_ref());
            let computed = unpacked.and_then(|unpacked| unpacked.diff_ids.first());
            let computed = computed.map(ToString::to_string);
            LayerFacts {
                digest: blob.and_then(|blob| blob.view().digest),
                diff_id: layer.diff_id.clone().or_else(|| computed.clone()),
                computed_diff_id: computed,
                chain_id: chain_ids.next(),
            }
        });
        let layers = layers.collect();
        let digest = manifest.map(|(descriptor, _)| descriptor.digest.to_string());
        let config_key = image
            .config_raw
            .as_ref()
            .and_then(|config| config_key(config, None).ok().flatten());
        let index = image.via.first();
        let index = index.and_then(|via| self.indexes.iter().find(|index| index.digest == *via));
        let listed = index.map(|index| {
            let count = |role| index.entries.iter().filter(|it| it.role == role).count();
            (count(EntryRole::Image), count(EntryRole::Attestation))
        });
        Some(Facts {
            listed,
            reference: image.via.first().cloned().or_else(|| digest.clone()),
            digest,
            image_id: match &image.config_descriptor {
                Some(descriptor) => Some(descriptor.digest.to_string()),
                None => image.config_digest.as_ref().map(ToString::to_string),
            },
            platform: image
                .effective_platform()
                .map(|(platform, _)| platform.to_string()),
            manifest: manifest_raw,
            config: image.config_raw.as_ref().map(|raw| raw.to_vec()),
            config_key: config_key.map(|key| key.key),
            history: image.history.clone(),
            layers,
        })
    }

    /// Tells whether an image's tree is still the one it was, and whole.
    pub(crate) fn tree_stamp(&self, number: u32) -> Option<TreeStamp> {
        let image = self.image(number)?;
        let tree = image.tree.as_ref()?;
        Some(TreeStamp {
            generation: image.generation,
            renewals: image.renewals,
            applied: tree.next,
            is_whole: tree.next == image.layers.len(),
        })
    }

    /// The entries of a layer, once it is scanned.
    pub(crate) fn layer_table(&self, number: u32, layer: usize) -> Option<Arc<EntryTable>> {
        let blob = self.image(number)?.layers.get(layer)?.blob;
        let unpacked = self.blobs.get(blob)?.unpacked.as_ref()?;
        Some(Arc::clone(&unpacked.table))
    }
}
