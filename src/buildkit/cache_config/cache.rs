//! A cache as BuildKit's importer holds it: asked for keys, it answers with
//! layer chains.

use std::collections::BTreeSet;

use super::graph::{self, Graph};
use super::results::{Fate, fates};
use super::{CREATED_AT, DESCRIPTION, DIFF_ID};
use super::{CacheConfig, CacheConfigError, CacheLayer, CacheRecord};
use crate::buildkit::op::{CONTENT, record};
use crate::descriptor::Descriptor;
use crate::manifest::time::instant;
use crate::media_type::{Class, MediaType};
use crate::order;
use crate::report::CacheForm;

/// A layer that the manifest beside the config lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedLayer {
    /// Digest of the blob.
    pub digest: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes, where one is declared.
    pub size: Option<u64>,
    /// Diff ID.
    pub diff_id: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// What made it.
    pub description: Option<String>,
}

impl ListedLayer {
    /// A descriptor beside the config; nothing for the config's own.
    pub fn of_descriptor(descriptor: &Descriptor) -> Option<Self> {
        if is_config(descriptor) {
            return None;
        }
        let annotation = |name: &str| descriptor.annotations.get(name).cloned();
        Some(Self {
            digest: descriptor.digest.to_string(),
            media_type: descriptor.media_type.to_string(),
            size: descriptor.size,
            diff_id: annotation(DIFF_ID),
            created_at: annotation(CREATED_AT),
            description: annotation(DESCRIPTION),
        })
    }
}

/// Whether a descriptor is that of a cache's config.
pub fn is_config(descriptor: &Descriptor) -> bool {
    let class = descriptor.media_type.valid().map(MediaType::class);
    class == Some(Class::CacheConfig)
}

/// The layers that a key leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Number of the record.
    pub record: u32,
    /// When the result was made.
    pub created_at: String,
    /// Numbers of its layers, the bottom first.
    pub layers: Vec<u32>,
    /// Chain ID of the layers: the name of their snapshot. Nothing where a
    /// layer has no diff ID.
    pub chain_id: Option<String>,
    /// What BuildKit calls the result: the digest of all layer digests.
    pub id: String,
}

/// A cache config with the layers listed beside it.
#[derive(Debug, Clone)]
pub struct Cache {
    pub(super) form: CacheForm,
    pub(super) config: CacheConfig,
    listed: Vec<ListedLayer>,
    // By layer, the position in `listed`.
    pub(super) places: Vec<Option<u32>>,
    // By layer, what becomes of its chain, and how many layers that has.
    pub(super) fates: Vec<(Fate, u32)>,
    // Positions of the records in the order of their digests.
    order: Vec<u32>,
    graph: Graph,
    // Parents that no item describes, by layer: 2017.
    pub(super) unknown: Vec<(u32, String)>,
    // By record: 2017.
    content_keys: Vec<String>,
    fault: Option<CacheConfigError>,
}

impl Cache {
    /// The cache of a current config.
    pub fn new(config: CacheConfig, listed: Vec<ListedLayer>) -> Self {
        let mut cache = Self::build(CacheForm::Records, config, listed, Vec::new());
        cache.fault = graph::first_fault(&cache);
        cache
    }

    pub(super) fn of_items(
        config: CacheConfig,
        listed: Vec<ListedLayer>,
        unknown: Vec<(u32, String)>,
        content_keys: Vec<String>,
    ) -> Self {
        let mut cache = Self::build(CacheForm::Items, config, listed, unknown);
        cache.content_keys = content_keys;
        cache
    }

    fn build(
        form: CacheForm,
        config: CacheConfig,
        listed: Vec<ListedLayer>,
        unknown: Vec<(u32, String)>,
    ) -> Self {
        let by_digest = by_text(listed.len(), &|at| {
            listed.get(at).map_or("", |layer| layer.digest.as_str())
        });
        let digest = |position: &u32| {
            let layer = listed.get(*position as usize);
            layer.map_or("", |layer| layer.digest.as_str())
        };
        let place = |layer: &CacheLayer| {
            // Of two with one digest the last: an importer's map.
            let end = by_digest.partition_point(|at| digest(at) <= layer.blob.as_str());
            let last = by_digest.get(end.checked_sub(1)?)?;
            (digest(last) == layer.blob).then_some(*last)
        };
        let places: Vec<Option<u32>> = config.layers.iter().map(place).collect();
        let order = by_text(config.records.len(), &|at| {
            config.records.get(at).map_or("", |record| &record.digest)
        });
        Self {
            form,
            fates: fates(form, &config.layers, &places, &unknown),
            graph: Graph::new(&config.records),
            config,
            listed,
            places,
            order,
            unknown,
            content_keys: Vec::new(),
            fault: None,
        }
    }

    /// Which of the two formats it has.
    pub const fn form(&self) -> CacheForm {
        self.form
    }

    /// Layers, as the config has them.
    pub fn layers(&self) -> &[CacheLayer] {
        &self.config.layers
    }

    /// Records, as the config has them.
    pub fn records(&self) -> &[CacheRecord] {
        &self.config.records
    }

    /// A record by its number.
    pub fn record(&self, number: u32) -> Option<&CacheRecord> {
        self.config.records.get(number as usize)
    }

    /// The records and what they lead to.
    pub const fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Why BuildKit's importer refuses the whole cache, where it does.
    pub const fn fault(&self) -> Option<&CacheConfigError> {
        self.fault.as_ref()
    }

    /// What the manifest says of a layer, by the layer's number.
    pub fn listed(&self, layer: u32) -> Option<&ListedLayer> {
        let place = (*self.places.get(layer as usize)?)?;
        self.listed.get(place as usize)
    }

    /// Diff ID of a layer: the manifest's, else the config's.
    pub fn diff_id(&self, layer: u32) -> Option<&str> {
        let own = || {
            let annotations = self.config.layers.get(layer as usize)?.annotations.as_ref();
            annotations.map(|own| own.diff_id.as_str())
        };
        let listed = self.listed(layer).and_then(|l| l.diff_id.as_deref());
        // In 2017 the config's is the one that is used.
        let diff_id = match self.form {
            CacheForm::Records => listed.or_else(own),
            CacheForm::Items => own(),
        };
        diff_id.filter(|text| !text.is_empty())
    }

    /// Whether BuildKit leaves a record out: one that holds for one session only.
    pub fn is_left_out(record: &CacheRecord) -> bool {
        record.digest.starts_with("random:")
    }

    /// Whether there is a record of this key.
    pub fn probe(&self, key: &str) -> bool {
        self.fault.is_none() && !self.records_of(key).is_empty()
    }

    /// Numbers of the records with this digest, in their order.
    pub fn records_of(&self, key: &str) -> &[u32] {
        let digest = |at: &u32| self.record(*at).map_or("", |r| r.digest.as_str());
        let start = self.order.partition_point(|at| digest(at) < key);
        let rest = self.order.get(start..).unwrap_or_default();
        let count = rest.partition_point(|at| digest(at) == key);
        let found = rest.get(..count).unwrap_or_default();
        if key.starts_with("random:") {
            &[]
        } else {
            found
        }
    }

    /// The layers that a key leads to; nothing where there is no record of it,
    /// or none with a result.
    ///
    /// # Errors
    ///
    /// Where the whole cache is refused; in the format of 2017, where the chain
    /// of this key is broken.
    pub fn lookup(&self, key: &str) -> Result<Option<Found>, CacheConfigError> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let records = self.records_of(key);
        if self.form == CacheForm::Items {
            // The last item of a key is the one that counts.
            return records.last().map_or(Ok(None), |last| self.result(*last));
        }
        let mut best: Option<(u32, (i64, u32))> = None;
        for record in records {
            if let Some(result) = self.best(*record) {
                let age = age(&result.created_at);
                if best.is_none_or(|(_, best)| age > best) {
                    best = Some((*record, age));
                }
            }
        }
        best.map_or(Ok(None), |(record, _)| self.result(record))
    }

    /// Keys that content leads to. In the format of 2017 those that were stored
    /// with this content key; today those of records one of whose inputs takes
    /// the record of this content, or of the checksum that it is made of.
    pub fn content_mapping(&self, key: &str) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        if self.form == CacheForm::Items {
            for (record, content) in self.config.records.iter().zip(&self.content_keys) {
                if !key.is_empty() && content == key {
                    keys.push(record.digest.clone());
                }
            }
            return keys;
        }
        let of_checksum = content_record(key);
        let (given, made) = (self.records_of(key), self.records_of(&of_checksum));
        let is_root = |link: i64| {
            let Ok(number) = u32::try_from(link) else {
                return false;
            };
            let is_named = given.binary_search(&number).or(made.binary_search(&number));
            is_named.is_ok() && self.record(number).is_some_and(|it| it.inputs.is_empty())
        };
        let mut seen = BTreeSet::new();
        for record in &self.config.records {
            let mut inputs = record.inputs.iter().flatten();
            if inputs.any(|input| input.selector.is_empty() && is_root(input.link))
                && seen.insert(record.digest.as_str())
            {
                keys.push(record.digest.clone());
            }
        }
        keys
    }

    /// Records that an operation with these inputs matches: those of its digest
    /// of which each input takes one of the given records, by the selector
    /// given with it. BuildKit's rule for a hit.
    pub fn matches(&self, digest: &str, inputs: &[Vec<(u32, &str)>]) -> Vec<u32> {
        let takes = |record: &CacheRecord| {
            record.inputs.len() == inputs.len()
                && record.inputs.iter().zip(inputs).all(|(own, given)| {
                    own.iter().any(|alternative| {
                        given.iter().any(|(link, selector)| {
                            alternative.link == i64::from(*link)
                                && alternative.selector == *selector
                        })
                    })
                })
        };
        let records = self.records_of(digest).iter().copied();
        records
            .filter(|number| self.record(*number).is_some_and(takes))
            .collect()
    }

    pub(super) fn layer(&self, number: u32) -> Option<&CacheLayer> {
        self.config.layers.get(number as usize)
    }
}

/// The record of content by the digest of its checksums: `H(digest@-1)`.
pub(super) fn content_record(checksum: &str) -> String {
    record(checksum, CONTENT).digest
}

/// Positions in the order of texts; equal ones keep theirs.
pub(super) fn by_text<'t>(count: usize, text: &dyn Fn(usize) -> &'t str) -> Vec<u32> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let mut positions: Vec<u32> = (0..count).collect();
    order::sort(&mut positions, &|left, right| {
        text(left as usize).cmp(text(right as usize))
    });
    positions
}

// Go's zero time where none is written.
pub(super) fn age(created_at: &str) -> (i64, u32) {
    instant(created_at.as_bytes()).unwrap_or_default()
}
