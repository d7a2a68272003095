//! Build caches of an archive: found beside indexes, in manifests and inside
//! image configs, read with the layers that are listed beside them.

use crate::buildkit::cache_config::{
    AnyConfig, Cache, CacheConfig, CacheConfigError, ListedLayer, is_config,
};
use crate::descriptor::Descriptor;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::AnyDigest;
use crate::layer::ScanKind;
use crate::limits::{BUILDKIT_CACHE_BYTES, CACHES, Limits};
use crate::manifest::history::layers_of_history;
use crate::report::{CacheCarrier, CacheView};
use crate::source::ReadAt;

use super::Inspection;
use super::blobs::{Blob, BlobNumber};
use super::oci::names_of;

/// Layers without a place that are named one by one.
const NAMED: usize = 20;

/// A build cache.
#[derive(Debug)]
pub struct CacheNode {
    /// What carries its config.
    pub carrier: CacheCarrier,
    /// Reference names.
    pub names: Vec<String>,
    /// Digest of the index or manifest.
    pub digest: String,
    /// The image whose config carries it.
    pub image: Option<u32>,
    /// Digest of the config.
    pub config: String,
    /// Bytes of the index or manifest.
    pub manifest_size: Option<u64>,
    /// Bytes of the config.
    pub config_size: Option<u64>,
    /// The cache; nothing where the config could not be read.
    pub cache: Option<Cache>,
    /// Findings about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A carrier with the descriptors that it lists.
struct Carried {
    node: CacheNode,
    config: Descriptor,
    layers: Vec<Descriptor>,
}

impl<S: ReadAt> Inspection<S> {
    /// Finds and reads all caches; the documents of the archive are read.
    pub(super) fn read_caches(&mut self) {
        let mut found: Vec<Carried> = self.carried_by_indexes();
        found.extend(self.carried_by_manifests());
        let inline: Vec<u32> = (0..)
            .zip(&self.images)
            .filter(|(_, image)| {
                image
                    .config
                    .as_ref()
                    .is_some_and(|c| c.inline_cache().is_some())
            })
            .map(|(number, _)| number)
            .collect();
        let (count, cap) = (found.len() + inline.len(), self.limits.caches);
        if count > cap {
            self.note(
                Diagnostic::new(
                    Severity::Error,
                    "limit-caches",
                    "the archive holds more build caches than are read",
                )
                .expected(format!("at most {cap}"), count),
            );
        }
        // What one cache may have, all of them may: one small manifest after the
        // other can name the same large config.
        let mut left = self.limits.clone();
        for carried in found.into_iter().take(cap) {
            let node = self.read_carried(carried, &mut left);
            self.caches.push(node);
        }
        for image in inline {
            if self.caches.len() < cap
                && let Some(node) = self.read_inline(image, &mut left)
            {
                self.caches.push(node);
            }
        }
        self.expect_cache_layers();
    }

    fn carried_by_indexes(&self) -> Vec<Carried> {
        let with_config = self.indexes.iter().filter_map(|index| {
            let entries = || index.entries.iter().map(|entry| &entry.descriptor);
            // Of several the last counts, as in BuildKit's importers.
            let config = entries().rfind(|descriptor| is_config(descriptor))?;
            let blob = index.blob.and_then(|blob| self.blobs.get(blob));
            let size = blob.and_then(Blob::actual_size);
            Some(Carried {
                node: CacheNode {
                    carrier: CacheCarrier::Index,
                    names: index.names.clone(),
                    digest: index.digest.clone(),
                    image: None,
                    config: config.digest.to_string(),
                    manifest_size: size,
                    config_size: None,
                    cache: None,
                    diagnostics: Vec::new(),
                },
                config: config.clone(),
                layers: entries().cloned().collect(),
            })
        });
        with_config.collect()
    }

    fn carried_by_manifests(&self) -> Vec<Carried> {
        let with_config = self.artifacts.iter().filter_map(|artifact| {
            let config = artifact
                .config
                .as_ref()
                .filter(|config| is_config(config))?;
            let size = self.blobs.get(artifact.blob).and_then(Blob::actual_size);
            Some(Carried {
                node: CacheNode {
                    carrier: CacheCarrier::Manifest,
                    names: names_of(&artifact.descriptor),
                    digest: artifact.descriptor.digest.to_string(),
                    image: None,
                    config: config.digest.to_string(),
                    manifest_size: size,
                    config_size: None,
                    cache: None,
                    diagnostics: Vec::new(),
                },
                config: config.clone(),
                layers: artifact.layers.clone(),
            })
        });
        with_config.collect()
    }

    fn read_carried(&mut self, carried: Carried, left: &mut Limits) -> CacheNode {
        let Carried {
            mut node,
            config,
            layers,
        } = carried;
        let digest = config.digest.valid();
        let number = digest.and_then(|digest| self.blobs.of_digest(digest));
        let raw = number.and_then(|number| self.read_document(number));
        node.config_size = number.and_then(|number| self.blobs.get(number)?.actual_size());
        node.check_sizes();
        let Some(raw) = raw else {
            let finding = Diagnostic::new(
                Severity::Error,
                "cache-config-missing",
                "the cache's config is not in the archive, or larger than is read",
            );
            node.diagnostics.push(finding.blob(&node.config));
            return node;
        };
        let config = within(&raw, left).and_then(|()| AnyConfig::parse(&raw, left));
        match config {
            Ok(config) => {
                let listed = layers.iter().filter_map(ListedLayer::of_descriptor);
                node.take(config.into_cache(listed.collect()), left);
            }
            Err(error) => node.diagnostics.push(
                Diagnostic::new(Severity::Error, error.code(), error.to_string())
                    .blob(&node.config),
            ),
        }
        node
    }

    // BuildKit `cache/remotecache/import.go`, importInlineCache.
    fn read_inline(&self, number: u32, left: &mut Limits) -> Option<CacheNode> {
        let image = self.image(number)?;
        let config = image.config.as_ref()?;
        let records = config.inline_cache()?;
        let (descriptor, blob) = image.manifest.as_ref()?;
        let size = |blob: Option<BlobNumber>| self.blobs.get(blob?)?.actual_size();
        let mut node = CacheNode {
            carrier: CacheCarrier::Inline,
            names: image.names.clone(),
            digest: descriptor.digest.to_string(),
            image: Some(number),
            config: image.config_descriptor.as_ref()?.digest.to_string(),
            manifest_size: size(Some(*blob)),
            config_size: size(image.config_blob),
            cache: None,
            diagnostics: Vec::new(),
        };
        node.check_sizes();
        let diff_ids = config.diff_id_texts();
        let layers: Vec<&Descriptor> = image
            .layers
            .iter()
            .filter_map(|layer| layer.descriptor.as_ref())
            .collect();
        if layers.is_empty() {
            return None;
        }
        if diff_ids.len() != layers.len() {
            node.diagnostics.push(
                Diagnostic::new(
                    Severity::Warning,
                    "cache-inline-layers",
                    "BuildKit leaves out a cache inside an image whose config counts other layers",
                )
                .expected(layers.len(), diff_ids.len()),
            );
            return Some(node);
        }
        let history = layers_of_history(&image.history, layers.len());
        let blobs: Vec<String> = layers.iter().map(|it| it.digest.to_string()).collect();
        let listed = layers
            .iter()
            .zip(diff_ids)
            .enumerate()
            .map(|(at, (layer, diff_id))| {
                let entry = history
                    .entry_of(at)
                    .and_then(|entry| image.history.get(entry));
                ListedLayer {
                    digest: layer.digest.to_string(),
                    media_type: layer.media_type.to_string(),
                    size: layer.size,
                    diff_id: Some(diff_id),
                    created_at: entry.and_then(|entry| entry.created.clone()),
                    description: entry.and_then(|entry| entry.created_by.clone()),
                }
            });
        let listed: Vec<ListedLayer> = listed.collect();
        let read = records.and_then(|raw| {
            within(&raw, left)?;
            CacheConfig::parse_inline(&raw, &blobs, left)
        });
        match read {
            Ok(config) => node.take(Cache::new(config, listed), left),
            Err(error) => node.diagnostics.push(
                Diagnostic::new(Severity::Error, error.code(), error.to_string())
                    .blob(&node.config),
            ),
        }
        Some(node)
    }

    /// Tells the blobs that are layers of caches which diff IDs are expected of them.
    fn expect_cache_layers(&mut self) {
        for node in &self.caches {
            let Some(cache) = &node.cache else {
                continue;
            };
            for (number, layer) in (0..).zip(cache.layers()) {
                let is_plain = cache.listed(number).is_some_and(|listed| {
                    let kind = crate::media_type::MediaType::parse(&listed.media_type).ok();
                    let kind = kind.and_then(|kind| kind.layer());
                    kind.is_some_and(|kind| !kind.encrypted)
                });
                let digest = AnyDigest::parse(&layer.blob).ok();
                let blob = digest.and_then(|digest| self.blobs.of_digest(&digest));
                let Some(blob) = blob.and_then(|blob| self.blobs.get_mut(blob)) else {
                    continue;
                };
                if blob.scan.is_none() || !is_plain {
                    continue;
                }
                blob.scan = Some(ScanKind::Layer);
                if let Some(diff_id) = cache.diff_id(number)
                    && blob.diff_ids.len() < CACHES
                    && !blob.diff_ids.iter().any(|known| known == diff_id)
                {
                    blob.diff_ids.push(diff_id.to_owned());
                }
            }
        }
    }

    /// The caches of the archive.
    pub(super) fn cache_views(&self) -> Vec<CacheView> {
        let views = (0..).zip(&self.caches);
        views
            .map(|(number, node)| self.cache_view(number, node))
            .collect()
    }

    fn cache_view(&self, number: u32, node: &CacheNode) -> CacheView {
        let cache = node.cache.as_ref();
        let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
        let records = cache.map_or(&[][..], Cache::records);
        let numbers = || (0..).zip(records).map(|(number, _): (u32, _)| number);
        let levels = cache.map(|cache| {
            let levels = numbers().filter_map(|number| cache.graph().level(number));
            levels.max().map_or(0, |level| level + 1)
        });
        let without = cache.map(|cache| {
            let without = numbers().filter(|number| cache.best(*number).is_none());
            count(without.count())
        });
        let layers = cache.map_or(&[][..], Cache::layers);
        let missing = layers.iter().filter(|layer| !self.is_here(&layer.blob));
        CacheView {
            number,
            names: node.names.clone(),
            carrier: node.carrier,
            form: cache.map(Cache::form),
            digest: node.digest.clone(),
            image: node.image,
            config: node.config.clone(),
            manifest_size: node.manifest_size,
            config_size: node.config_size,
            imported: cache.is_some_and(|cache| cache.fault().is_none()) && !node.is_too_large(),
            records: count(records.len()),
            roots: count(
                records
                    .iter()
                    .filter(|record| record.inputs.is_empty())
                    .count(),
            ),
            without_result: without.unwrap_or_default(),
            levels: levels.unwrap_or_default(),
            layers: count(layers.len()),
            missing_layers: count(missing.count()),
            diagnostics: node.diagnostics.clone(),
        }
    }

    fn is_here(&self, digest: &str) -> bool {
        let blob = self.cache_blob(digest);
        blob.is_some_and(Blob::is_present)
    }

    /// The blob of a layer.
    pub(super) fn cache_blob(&self, digest: &str) -> Option<&Blob> {
        let digest = AnyDigest::parse(digest).ok()?;
        self.blobs.get(self.blobs.of_digest(&digest)?)
    }
}

// Takes the bytes of a config from those that may still be read.
fn within(raw: &[u8], left: &mut Limits) -> Result<(), CacheConfigError> {
    let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    match left.document_bytes.checked_sub(size) {
        Some(rest) => left.document_bytes = rest,
        None => {
            return Err(CacheConfigError::Limit {
                what: "bytes of all caches of an archive",
                limit: usize::try_from(left.document_bytes).unwrap_or(usize::MAX),
            });
        }
    }
    Ok(())
}

impl CacheNode {
    fn sizes(&self) -> [(&'static str, &str, Option<u64>); 2] {
        [
            ("manifest", &self.digest, self.manifest_size),
            ("config", &self.config, self.config_size),
        ]
    }

    fn is_too_large(&self) -> bool {
        let mut sizes = self.sizes().into_iter();
        sizes.any(|(_, _, size)| size.is_some_and(|size| size > BUILDKIT_CACHE_BYTES))
    }

    fn check_sizes(&mut self) {
        let mut findings = Vec::new();
        for (what, blob, size) in self.sizes() {
            if let Some(size) = size.filter(|size| *size > BUILDKIT_CACHE_BYTES) {
                findings.push(
                    Diagnostic::new(
                        Severity::Warning,
                        "cache-too-large",
                        format!(
                            "BuildKit imports nothing from a cache whose {what} is larger than 1 MiB"
                        ),
                    )
                    .blob(blob)
                    .expected(format!("at most {BUILDKIT_CACHE_BYTES} bytes"), size),
                );
            }
        }
        self.diagnostics.append(&mut findings);
    }

    fn take(&mut self, cache: Cache, left: &mut Limits) {
        let records = cache.records().iter();
        let links = records.map(|record| {
            let inputs = record.inputs.iter().map(|input| input.len() + 1);
            inputs.sum::<usize>() + record.results.len()
        });
        left.cache_links = left.cache_links.saturating_sub(links.sum());
        left.cache_records = left.cache_records.saturating_sub(cache.records().len());
        left.cache_layers = left.cache_layers.saturating_sub(cache.layers().len());
        if let Some(fault) = cache.fault() {
            self.diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    fault.code(),
                    format!("BuildKit refuses this cache: {fault}"),
                )
                .blob(&self.config),
            );
        }
        let not_listed = (0..).zip(cache.layers());
        let not_listed = not_listed.filter(|(number, _)| cache.listed(*number).is_none());
        let not_listed: Vec<&str> = not_listed.map(|(_, layer)| layer.blob.as_str()).collect();
        for blob in not_listed.iter().take(NAMED) {
            self.diagnostics.push(
                Diagnostic::new(
                    Severity::Warning,
                    "cache-layer-not-listed",
                    "a layer of the cache is not listed beside its config: \
                     BuildKit leaves out the results that need it",
                )
                .blob(blob),
            );
        }
        if let Some(more) = not_listed.len().checked_sub(NAMED).filter(|more| *more > 0) {
            self.diagnostics.push(Diagnostic::new(
                Severity::Warning,
                "cache-layer-not-listed",
                format!("{more} more layers of the cache are not listed beside its config"),
            ));
        }
        self.cache = Some(cache);
    }
}
