//! The report on an archive as it stands.

use crate::diagnostic::escape;
use crate::digest::AnyDigest;
use crate::manifest::chain_ids;
use crate::manifest::history::{HistoryLayers, layers_of_history};
use crate::report::{
    ArchiveView, ArtifactView, AttestationView, BlobView, Compression, DescriptorView, HistoryView,
    ImageView, IndexEntryView, IndexView, LayerView, PlatformView, Presence, Report, RuntimeView,
    SCHEMA, StatementView, Status, StatusCounts, Totals, Verification,
};
use crate::source::ReadAt;

use super::Inspection;
use super::blobs::{Blob, BlobNumber};
use super::model::{Artifact, Attestation, Image, ImageLayer, IndexNode};

const GENERATOR: &str = concat!("oci-lens ", env!("CARGO_PKG_VERSION"));

impl<S: ReadAt> Inspection<S> {
    /// Everything that is known now.
    pub fn report(&self) -> Report {
        let images: Vec<ImageView> = (0_u32..)
            .zip(&self.images)
            .map(|(number, image)| self.image_view(number, image))
            .collect();
        Report {
            schema: SCHEMA.to_owned(),
            generator: GENERATOR.to_owned(),
            archive: self.archive_view(),
            totals: self.totals(),
            blobs: self.blob_views(),
            indexes: self
                .indexes
                .iter()
                .map(|index| self.index_view(index))
                .collect(),
            images,
            artifacts: self
                .artifacts
                .iter()
                .map(|a| self.artifact_view(a))
                .collect(),
            attestations: self
                .attestations
                .iter()
                .map(|a| self.attestation_view(a))
                .collect(),
            caches: self.cache_views(),
            diagnostics: self.diagnostics.clone().into_vec(),
        }
    }

    fn archive_view(&self) -> ArchiveView {
        let outer = self.outer.as_ref();
        let unpacked_size = self.archive.size();
        ArchiveView {
            formats: self.archive.formats().to_vec(),
            container: self.archive.container(),
            outer_compression: outer.map_or(Compression::None, |outer| outer.compression),
            size: outer.map_or(unpacked_size, |outer| outer.size),
            unpacked_size,
            prefix: escape(self.archive.prefix()),
            layout_version: self.layout_version.clone(),
            members: u32::try_from(self.archive.members().len()).unwrap_or(u32::MAX),
        }
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals {
            blobs: StatusCounts::default(),
            diff_ids: StatusCounts::default(),
            layers: 0,
            stored_size: 0,
            unpacked_size: 0,
        };
        for (_, blob) in self.blobs.iter() {
            totals.blobs.count(blob.verification.status);
            totals.stored_size += blob.actual_size().unwrap_or(0);
            totals.unpacked_size += blob.unpacked.as_ref().map_or(0, |unpacked| unpacked.size);
        }
        let mut seen = std::collections::BTreeSet::new();
        let cached = self.caches.iter().filter_map(|node| node.cache.as_ref());
        for (number, layer, cache) in cached.flat_map(|cache| {
            let layers = (0..).zip(cache.layers());
            layers.map(move |(number, layer)| (number, layer, cache))
        }) {
            let digest = AnyDigest::parse(&layer.blob).ok();
            let Some(number_of_blob) = digest.and_then(|digest| self.blobs.of_digest(&digest))
            else {
                continue;
            };
            let expected = cache.diff_id(number).map(ToOwned::to_owned);
            self.count_layer(number_of_blob, expected, &mut seen, &mut totals);
        }
        for layer in self.images.iter().flat_map(|image| &image.layers) {
            self.count_layer(layer.blob, layer.diff_id.clone(), &mut seen, &mut totals);
        }
        totals
    }

    // Each blob once for each diff ID that is expected of it.
    fn count_layer(
        &self,
        number: BlobNumber,
        diff_id: Option<String>,
        seen: &mut std::collections::BTreeSet<(BlobNumber, Option<String>)>,
        totals: &mut Totals,
    ) {
        let Some(blob) = self.blobs.get(number) else {
            return;
        };
        let status = blob.diff_id(diff_id.as_deref()).status;
        if seen.insert((number, diff_id)) {
            totals.diff_ids.count(status);
            totals.layers += u32::from(blob.is_present());
        }
    }

    // Blobs under digests were listed first, in the order of the archive.
    fn blob_views(&self) -> Vec<BlobView> {
        let (present, absent): (Vec<_>, Vec<_>) = self
            .blobs
            .iter()
            .map(|(_, blob)| blob)
            .partition(|blob| blob.is_present());
        present.into_iter().chain(absent).map(Blob::view).collect()
    }

    fn verification(&self, blob: BlobNumber) -> Verification {
        self.blobs.get(blob).map_or(
            Verification {
                status: Status::Missing,
                reason: None,
                expected: None,
                computed: None,
            },
            |blob| blob.verification.clone(),
        )
    }

    fn index_view(&self, index: &IndexNode) -> IndexView {
        IndexView {
            digest: index.digest.clone(),
            parent: index.parent.clone(),
            names: index.names.clone(),
            descriptor: index.descriptor.as_ref().map(DescriptorView::from),
            verification: index.blob.map(|blob| self.verification(blob)),
            entries: index
                .entries
                .iter()
                .map(|entry| IndexEntryView {
                    descriptor: DescriptorView::from(&entry.descriptor),
                    role: entry.role,
                    image: entry.image.and_then(|image| u32::try_from(image).ok()),
                })
                .collect(),
            annotations: index.annotations.clone(),
            diagnostics: index.diagnostics.clone(),
        }
    }

    fn image_view(&self, number: u32, image: &Image) -> ImageView {
        let history = layers_of_history(&image.history, image.layers.len());
        let chain_ids = self.chain_ids(image);
        let mut diagnostics = image.diagnostics.clone();
        diagnostics.extend(history.mismatch.clone());
        if let Some(tree) = &image.tree {
            diagnostics.extend(tree.diagnostics.clone().into_vec());
        }
        let cache_keys = image.cache_keys(&mut diagnostics);
        let platform = image.effective_platform();
        let manifest = image.manifest.as_ref();
        let views = image.layers.iter().enumerate().map(|(position, layer)| {
            let changes = image
                .tree
                .as_ref()
                .and_then(|tree| tree.changes.get(position)?.clone());
            LayerView {
                changes,
                ..self.layer_view(position, layer, chain_ids.get(position), &history)
            }
        });
        ImageView {
            number,
            names: image.names.clone(),
            digest: manifest.map(|(descriptor, _)| descriptor.digest.to_string()),
            image_id: match &image.config_descriptor {
                Some(descriptor) => Some(descriptor.digest.to_string()),
                None => image.config_digest.as_ref().map(ToString::to_string),
            },
            via: image.via.clone(),
            descriptor: manifest.map(|(descriptor, _)| DescriptorView::from(descriptor)),
            platform: platform
                .as_ref()
                .map(|(platform, _)| PlatformView::from(platform)),
            platform_source: platform.map(|(_, source)| source),
            presence: self.presence(image),
            manifest: manifest.map(|(_, blob)| self.verification(*blob)),
            config_descriptor: image.config_descriptor.as_ref().map(DescriptorView::from),
            config: image.config_blob.map(|blob| self.verification(blob)),
            created: image.created.clone(),
            runtime: image
                .config
                .as_ref()
                .map(|config| RuntimeView::from(&config.runtime)),
            layers: views.collect(),
            chain_id: chain_ids
                .last()
                .cloned()
                .filter(|_| chain_ids.len() == image.layers.len()),
            history: image
                .history
                .iter()
                .zip(&history.layers)
                .map(|(entry, layer)| HistoryView::new(entry, *layer))
                .collect(),
            annotations: image.annotations.clone(),
            cache_keys,
            diagnostics,
        }
    }

    /// Chain IDs of as many layers as have a diff ID: the config's, or for an
    /// image without a config those that the bytes gave.
    pub(super) fn chain_ids(&self, image: &Image) -> Vec<String> {
        let diff_ids = image.layers.iter().map_while(|layer| {
            if image.config.is_some() {
                return layer.diff_id.clone();
            }
            let unpacked = self.blobs.get(layer.blob)?.unpacked.as_ref()?;
            unpacked.diff_ids.first().map(ToString::to_string)
        });
        chain_ids(&diff_ids.collect::<Vec<_>>())
    }

    fn presence(&self, image: &Image) -> Presence {
        if !image.is_read {
            let manifest = image
                .manifest
                .as_ref()
                .and_then(|(_, blob)| self.blobs.get(*blob));
            return match manifest {
                Some(manifest) if manifest.is_present() => Presence::Partial,
                _ => Presence::Absent,
            };
        }
        let is_here = |blob: BlobNumber| self.blobs.get(blob).is_some_and(Blob::is_present);
        let layers = image
            .layers
            .iter()
            .all(|layer| layer.is_foreign || is_here(layer.blob));
        let config = image.config_blob.is_none_or(is_here);
        match layers && config {
            true => Presence::Complete,
            false => Presence::Partial,
        }
    }

    fn layer_view(
        &self,
        position: usize,
        layer: &ImageLayer,
        chain_id: Option<&String>,
        history: &HistoryLayers,
    ) -> LayerView {
        let blob = self.blobs.get(layer.blob);
        let view = blob.map(Blob::view);
        let unpacked = blob.and_then(|blob| blob.unpacked.as_ref());
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let findings = view
            .iter()
            .flat_map(|view| view.diagnostics.iter().cloned());
        let descriptor = layer.descriptor.as_ref().map(DescriptorView::from);
        let history = history.entry_of(position);
        LayerView {
            number,
            digest: view.as_ref().and_then(|view| view.digest.clone()),
            member: view.as_ref().and_then(|view| view.member.clone()),
            media_type: descriptor
                .as_ref()
                .map(|descriptor| descriptor.media_type.clone()),
            size: descriptor
                .as_ref()
                .and_then(|descriptor| descriptor.size.clone()),
            actual_size: blob.and_then(Blob::actual_size),
            compression: unpacked.and_then(|unpacked| unpacked.compression),
            verification: self.verification(layer.blob),
            listed_by: self.listed_by(layer),
            diff_id: blob.map_or_else(
                || self.verification(layer.blob),
                |blob| blob.diff_id(layer.diff_id.as_deref()),
            ),
            chain_id: chain_id.cloned(),
            history: history.and_then(|entry| u32::try_from(entry).ok()),
            unpacked_size: unpacked.map(|unpacked| unpacked.size),
            entries: unpacked.map(|unpacked| unpacked.counts.clone()),
            changes: None,
            annotations: descriptor
                .map(|descriptor| descriptor.annotations)
                .unwrap_or_default(),
            diagnostics: findings.map(|finding| finding.layer(number)).collect(),
        }
    }

    fn artifact_view(&self, artifact: &Artifact) -> ArtifactView {
        ArtifactView {
            digest: artifact.descriptor.digest.to_string(),
            descriptor: Some(DescriptorView::from(&artifact.descriptor)),
            artifact_type: artifact.artifact_type.clone(),
            subject: artifact.subject.clone(),
            verification: self.verification(artifact.blob),
            config: artifact.config.as_ref().map(DescriptorView::from),
            layers: artifact.layers.iter().map(DescriptorView::from).collect(),
            annotations: artifact.annotations.clone(),
            diagnostics: artifact.diagnostics.clone(),
        }
    }

    fn attestation_view(&self, attestation: &Attestation) -> AttestationView {
        AttestationView {
            digest: attestation.descriptor.digest.to_string(),
            descriptor: DescriptorView::from(&attestation.descriptor),
            subject: attestation.subject.clone(),
            verification: self.verification(attestation.blob),
            statements: attestation
                .statements
                .iter()
                .map(|statement| StatementView {
                    predicate_type: statement.predicate_type().map(ToOwned::to_owned),
                    descriptor: DescriptorView::from(statement),
                })
                .collect(),
            diagnostics: attestation.diagnostics.clone(),
        }
    }
}

impl StatusCounts {
    fn count(&mut self, status: Status) {
        let count = match status {
            Status::Verified => &mut self.verified,
            Status::Mismatch => &mut self.mismatch,
            Status::Missing => &mut self.missing,
            Status::NotChecked => &mut self.not_checked,
        };
        *count += 1;
    }
}
