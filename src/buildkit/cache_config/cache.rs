//! A cache as BuildKit's importer holds it: asked for keys, it answers with
//! layer chains.

use super::graph::{self, Graph};
use super::{CREATED_AT, DESCRIPTION, DIFF_ID};
use super::{CacheConfig, CacheConfigError, CacheLayer, CacheRecord, CacheResult, ResultLayers};
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::manifest::chain_ids;
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

/// What becomes of the chain that ends in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    /// A layer of it is not listed: the result is left out.
    Missing,
    Loop,
    /// There is no such parent.
    Parent(i64),
    /// No item describes the parent: 2017.
    Unknown,
}

/// A cache config with the layers listed beside it.
#[derive(Debug, Clone)]
pub struct Cache {
    form: CacheForm,
    config: CacheConfig,
    listed: Vec<ListedLayer>,
    // By layer, the position in `listed`.
    places: Vec<Option<u32>>,
    fates: Vec<Fate>,
    // Positions of the records in the order of their digests.
    order: Vec<u32>,
    graph: Graph,
    // Parents that no item describes, by layer: 2017.
    unknown: Vec<(u32, String)>,
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
        let mut best: Option<Found> = None;
        for record in records {
            if let Some(found) = self.result(*record)? {
                let newer = |best: &Found| age(&found.created_at) > age(&best.created_at);
                if best.as_ref().is_none_or(newer) {
                    best = Some(found);
                }
            }
        }
        Ok(best)
    }

    /// The newest result of one record whose layers are all listed.
    ///
    /// # Errors
    ///
    /// What is wrong with its layers.
    pub fn result(&self, number: u32) -> Result<Option<Found>, CacheConfigError> {
        let Some(record) = self.record(number) else {
            return Ok(None);
        };
        let mut best: Option<&CacheResult> = None;
        for result in &record.results {
            if self.is_usable(result)?
                && best.is_none_or(|best| age(&result.created_at) > age(&best.created_at))
            {
                best = Some(result);
            }
        }
        Ok(best.map(|result| {
            let layers = self.chain(result);
            let ids = layers.iter().map_while(|layer| self.diff_id(*layer));
            let ids: Vec<&str> = ids.collect();
            let is_known = ids.len() == layers.len();
            let texts = layers.iter().filter_map(|layer| self.layer(*layer));
            let texts: String = texts.map(|layer| layer.blob.as_str()).collect();
            Found {
                record: number,
                created_at: result.created_at.clone(),
                chain_id: chain_ids(&ids).pop().filter(|_| is_known),
                id: Digest::sha256(texts.as_bytes()).to_string(),
                layers,
            }
        }))
    }

    /// Whether all layers of a result are listed: one that lacks a layer is left
    /// out, and that is no error.
    ///
    /// # Errors
    ///
    /// What is wrong with its layers.
    pub fn is_usable(&self, result: &CacheResult) -> Result<bool, CacheConfigError> {
        match &result.layers {
            ResultLayers::Top(top) => {
                let position = usize::try_from(*top).ok();
                let fate = position.and_then(|at| self.fates.get(at));
                match fate {
                    None => Err(CacheConfigError::LayerIndex(*top)),
                    Some(Fate::Whole) => Ok(true),
                    Some(Fate::Loop) => Err(CacheConfigError::LoopingLayer),
                    Some(Fate::Parent(parent)) => Err(CacheConfigError::LayerIndex(*parent)),
                    Some(Fate::Missing) if self.form == CacheForm::Records => Ok(false),
                    Some(Fate::Missing | Fate::Unknown) => Err(self.broken(result)),
                }
            }
            ResultLayers::Chain(layers) => {
                for number in layers {
                    let position = usize::try_from(*number).ok();
                    match position.and_then(|at| self.places.get(at)) {
                        None => return Err(CacheConfigError::LayerIndex(*number)),
                        Some(None) => return Ok(false),
                        Some(Some(_)) => {}
                    }
                }
                Ok(true)
            }
        }
    }

    /// Numbers of the layers of a result, the bottom first, as far as they are
    /// there: a loop is gone through once.
    pub fn chain(&self, result: &CacheResult) -> Vec<u32> {
        let number = |at: i64| {
            u32::try_from(at)
                .ok()
                .filter(|at| self.layer(*at).is_some())
        };
        let mut chain = Vec::new();
        match &result.layers {
            ResultLayers::Chain(layers) => chain.extend(layers.iter().copied().filter_map(number)),
            ResultLayers::Top(top) => {
                let mut next = number(*top);
                while let Some(layer) = next.filter(|_| chain.len() < self.config.layers.len()) {
                    chain.push(layer);
                    next = self.layer(layer).and_then(|layer| number(layer.parent));
                }
                chain.reverse();
            }
        }
        chain
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
        let roots = self
            .records_of(key)
            .iter()
            .chain(self.records_of(&of_checksum));
        for root in roots.filter(|at| self.record(**at).is_some_and(|r| r.inputs.is_empty())) {
            for user in self.graph.users(*root) {
                let Some(record) = self.record(*user) else {
                    continue;
                };
                let takes = |input: &super::CacheInput| {
                    input.selector.is_empty() && input.link == i64::from(*root)
                };
                if record.inputs.iter().flatten().any(takes) && !keys.contains(&record.digest) {
                    keys.push(record.digest.clone());
                }
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

    fn layer(&self, number: u32) -> Option<&CacheLayer> {
        self.config.layers.get(number as usize)
    }

    // What breaks a chain of 2017: first the walk to the bottom, then the fetch.
    fn broken(&self, result: &CacheResult) -> CacheConfigError {
        let chain = self.chain(result);
        let unknown = chain.iter().find_map(|layer| {
            let found = self.unknown.iter().find(|(number, _)| number == layer);
            found.map(|(_, parent)| CacheConfigError::NotFound(parent.clone()))
        });
        let not_listed = chain.iter().find_map(|layer| {
            let blob = self.layer(*layer).filter(|_| self.listed(*layer).is_none());
            blob.map(|layer| CacheConfigError::NotListed(layer.blob.clone()))
        });
        unknown
            .or(not_listed)
            .unwrap_or(CacheConfigError::LoopingLayer)
    }
}

/// The record of content by the digest of its checksums: `H(digest@-1)`.
pub(super) fn content_record(checksum: &str) -> String {
    Digest::sha256(format!("{checksum}@-1").as_bytes()).to_string()
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

// The chain of each layer, each walked once. Upstream looks for the blob before
// it goes on to the parent: what is above a missing one is missing, loop or not.
fn fates(
    form: CacheForm,
    layers: &[CacheLayer],
    places: &[Option<u32>],
    unknown: &[(u32, String)],
) -> Vec<Fate> {
    let mut fates: Vec<Option<Fate>> = vec![None; layers.len()];
    let mut on_way = vec![false; layers.len()];
    let mut way = Vec::new();
    for start in 0..layers.len() {
        let mut at = start;
        let fate = loop {
            if let Some(Some(fate)) = fates.get(at) {
                break *fate;
            }
            let Some((layer, place)) = layers.get(at).zip(places.get(at)) else {
                break Fate::Loop;
            };
            if let Some(on_way) = on_way.get_mut(at) {
                if *on_way {
                    break Fate::Loop;
                }
                *on_way = true;
                way.push(at);
            }
            let is_unknown = || unknown.iter().any(|(number, _)| *number as usize == at);
            if form == CacheForm::Items && is_unknown() {
                break Fate::Unknown;
            }
            if place.is_none() && form == CacheForm::Records {
                break Fate::Missing;
            }
            if layer.parent == -1 {
                break if place.is_some() {
                    Fate::Whole
                } else {
                    Fate::Missing
                };
            }
            match usize::try_from(layer.parent) {
                Ok(parent) if parent < layers.len() => at = parent,
                _ => break Fate::Parent(layer.parent),
            }
        };
        let mut fate = fate;
        for at in way.drain(..).rev() {
            // In 2017 a chain is walked whole before its blobs are looked for.
            if fate == Fate::Whole && places.get(at).is_some_and(Option::is_none) {
                fate = Fate::Missing;
            }
            if let Some(slot) = fates.get_mut(at) {
                *slot = Some(fate);
            }
        }
    }
    fates
        .into_iter()
        .map(|fate| fate.unwrap_or(Fate::Loop))
        .collect()
}
