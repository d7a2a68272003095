//! What BuildKit's exporter makes of records: those that match become one, and
//! the config is in an order of its own.
//! BuildKit `cache/remotecache/v1/{chains,utils}.go`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::{Cache, CacheConfig, CacheConfigError, CacheInput, CacheLayer, CacheRecord};
use super::{CacheResult, ResultLayers, ZERO_TIME};
use crate::buildkit::go_json::write_string;

/// Records in the making.
#[derive(Debug, Clone, Default)]
pub struct CacheChains {
    items: Vec<Item>,
    by_digest: BTreeMap<String, Vec<usize>>,
}

/// One alternative of an input of a record that is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The part of the record's result that matters; all of it where empty.
    pub selector: String,
    /// The record, as [`CacheChains::add`] numbered it.
    pub record: usize,
}

/// A result that is added to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteResult {
    /// When it was made.
    pub created_at: String,
    /// Digests of its layers, the bottom first.
    pub blobs: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Item {
    digest: String,
    inputs: Vec<BTreeSet<(String, usize)>>,
    results: Vec<RemoteResult>,
    // The item that this one became part of.
    merged: Option<usize>,
}

impl CacheChains {
    /// The records of a cache, as an importer that exports them again has them.
    ///
    /// # Errors
    ///
    /// Why the importer refuses it.
    pub fn of_cache(cache: &Cache) -> Result<Self, CacheConfigError> {
        if let Some(fault) = cache.fault() {
            return Err(fault.clone());
        }
        let mut chains = Self::default();
        let mut numbers = vec![None; cache.records().len()];
        // What a record takes lies on a lower level.
        for number in cache.graph().by_level() {
            let Some(record) = cache.record(number) else {
                continue;
            };
            let mut inputs = Vec::new();
            for alternatives in &record.inputs {
                let known = alternatives.iter().filter_map(|input| {
                    let record = *numbers.get(usize::try_from(input.link).ok()?)?;
                    Some(Dependency {
                        selector: input.selector.clone(),
                        record: record?,
                    })
                });
                inputs.push(known.collect::<Vec<_>>());
            }
            let mut results = Vec::new();
            for result in &record.results {
                if cache.is_usable(result)? {
                    let layers = cache.chain(result).into_iter();
                    let blobs = layers.filter_map(|layer| cache.layers().get(layer as usize));
                    results.push(RemoteResult {
                        created_at: result.created_at.clone(),
                        blobs: blobs.map(|layer| layer.blob.clone()).collect(),
                    });
                }
            }
            let added = chains.add(&record.digest, &inputs, results)?;
            if let Some(slot) = numbers.get_mut(number as usize) {
                *slot = added;
            }
        }
        Ok(chains)
    }

    /// Adds a record, or its results and inputs to those that it matches. Gives
    /// its number; nothing for one that holds for one session only.
    ///
    /// # Errors
    ///
    /// [`CacheConfigError::EmptyDependency`] for an input without alternatives.
    pub fn add(
        &mut self,
        digest: &str,
        inputs: &[Vec<Dependency>],
        results: Vec<RemoteResult>,
    ) -> Result<Option<usize>, CacheConfigError> {
        if digest.starts_with("random:") {
            return Ok(None);
        }
        if inputs.iter().any(Vec::is_empty) {
            return Err(CacheConfigError::EmptyDependency(digest.to_owned()));
        }
        let wanted: Vec<BTreeSet<(String, usize)>> = inputs
            .iter()
            .map(|input| {
                let own = input.iter();
                own.map(|it| (it.selector.clone(), self.current(it.record)))
                    .collect()
            })
            .collect();
        let known = self.by_digest.get(digest).map_or(&[][..], Vec::as_slice);
        let matching: Vec<usize> = known
            .iter()
            .copied()
            .filter(|at| self.items.get(*at).is_some_and(|item| takes(item, &wanted)))
            .collect();
        let number = match matching.split_first() {
            Some((first, others)) => {
                for other in others {
                    self.merge(*other, *first);
                }
                *first
            }
            None => {
                self.items.push(Item {
                    digest: digest.to_owned(),
                    inputs: vec![BTreeSet::new(); inputs.len()],
                    ..Item::default()
                });
                let number = self.items.len() - 1;
                self.by_digest
                    .entry(digest.to_owned())
                    .or_default()
                    .push(number);
                number
            }
        };
        for (position, alternatives) in wanted.into_iter().enumerate() {
            for (selector, record) in alternatives {
                // One that is made from this record would be a loop.
                if self.leads_to(record, number) {
                    continue;
                }
                let item = self.items.get_mut(number);
                if let Some(input) = item.and_then(|item| item.inputs.get_mut(position)) {
                    input.insert((selector, record));
                }
            }
        }
        if let Some(item) = self.items.get_mut(number) {
            item.results.extend(results);
        }
        Ok(Some(number))
    }

    fn current(&self, mut number: usize) -> usize {
        while let Some(merged) = self.items.get(number).and_then(|item| item.merged) {
            number = merged;
        }
        number
    }

    fn merge(&mut self, from: usize, into: usize) {
        let Some(item) = self.items.get_mut(from) else {
            return;
        };
        let moved = std::mem::take(item);
        item.merged = Some(into);
        if let Some(known) = self.by_digest.get_mut(&moved.digest) {
            known.retain(|number| *number != from);
        }
        for item in &mut self.items {
            for input in &mut item.inputs {
                let old: Vec<_> = input
                    .iter()
                    .filter(|(_, at)| *at == from)
                    .cloned()
                    .collect();
                for (selector, at) in old {
                    input.remove(&(selector.clone(), at));
                    input.insert((selector, into));
                }
            }
        }
        if let Some(item) = self.items.get_mut(into) {
            for (own, more) in item.inputs.iter_mut().zip(moved.inputs) {
                own.extend(more);
            }
            item.results.extend(moved.results);
        }
    }

    // Whether `from` is made from `to`, directly or not.
    fn leads_to(&self, from: usize, to: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(number) = open.pop() {
            if number == to {
                return true;
            }
            if seen.insert(number)
                && let Some(item) = self.items.get(number)
            {
                open.extend(item.inputs.iter().flatten().map(|(_, at)| *at));
            }
        }
        false
    }

    /// The config in its order.
    pub fn config(&self) -> CacheConfig {
        let mut layers = Layers::default();
        let mut tops = vec![None; self.items.len()];
        for (item, top) in self.items.iter().zip(&mut tops) {
            let mut best: Option<&RemoteResult> = None;
            for result in &item.results {
                let age = |result: &RemoteResult| super::cache::age(&result.created_at);
                if best.is_none_or(|best| age(result) > age(best)) {
                    best = Some(result);
                }
            }
            *top = best.and_then(|best| Some((layers.add(&best.blobs)?, best.created_at.clone())));
        }
        let (layers, renumbered) = layers.sorted();

        let mut order: Vec<usize> = (0..self.items.len())
            .filter(|at| {
                self.items
                    .get(*at)
                    .is_some_and(|item| item.merged.is_none())
            })
            .collect();
        order.sort_by(|left, right| self.compare(*left, *right));
        let mut numbers = vec![0_i64; self.items.len()];
        for (position, item) in (0_i64..).zip(&order) {
            if let Some(number) = numbers.get_mut(*item) {
                *number = position;
            }
        }
        let records = order.into_iter().filter_map(|at| {
            let item = self.items.get(at)?;
            let inputs = item.inputs.iter().map(|input| {
                let links = input.iter().map(|(selector, record)| CacheInput {
                    selector: selector.clone(),
                    link: numbers.get(*record).copied().unwrap_or_default(),
                });
                let mut links: Vec<CacheInput> = links.collect();
                links.sort_by_key(|input| input.link);
                links
            });
            let top = tops.get_mut(at)?.take();
            let result = top.and_then(|(top, mut created_at)| {
                if created_at.is_empty() {
                    created_at.push_str(ZERO_TIME);
                }
                Some(CacheResult {
                    layers: ResultLayers::Top(*renumbered.get(top)?),
                    created_at,
                })
            });
            Some(CacheRecord {
                digest: item.digest.clone(),
                inputs: inputs.collect(),
                results: result.into_iter().collect(),
            })
        });
        CacheConfig {
            layers,
            records: records.collect(),
        }
    }

    fn compare(&self, left: usize, right: usize) -> Ordering {
        let (Some(one), Some(other)) = (self.items.get(left), self.items.get(right)) else {
            return left.cmp(&right);
        };
        let inputs = |item: &Item| -> Vec<(usize, Vec<(String, String)>)> {
            let digest = |at: &usize| {
                let item = self.items.get(*at);
                item.map(|item| item.digest.clone()).unwrap_or_default()
            };
            let sorted = item.inputs.iter().map(|input| {
                let links = input.iter();
                let mut links: Vec<(String, String)> = links
                    .map(|(selector, record)| (selector.clone(), digest(record)))
                    .collect();
                links.sort();
                (links.len(), links)
            });
            sorted.collect()
        };
        let digests = one.digest.cmp(&other.digest);
        digests
            .then_with(|| one.inputs.len().cmp(&other.inputs.len()))
            .then_with(|| inputs(one).cmp(&inputs(other)))
    }
}

// By rule 3.4 of the importer: each input takes one of the alternatives.
fn takes(item: &Item, wanted: &[BTreeSet<(String, usize)>]) -> bool {
    item.inputs.len() == wanted.len()
        && item
            .inputs
            .iter()
            .zip(wanted)
            .all(|(own, wanted)| own.iter().any(|input| wanted.contains(input)))
}

#[derive(Default)]
struct Layers {
    all: Vec<CacheLayer>,
    // Position by parent and blob: what has the same chain is one layer.
    known: BTreeMap<(i64, String), i64>,
}

impl Layers {
    // Position of the top one.
    fn add(&mut self, blobs: &[String]) -> Option<usize> {
        let mut parent = -1;
        for blob in blobs {
            let next = i64::try_from(self.all.len()).ok()?;
            let layer = *self.known.entry((parent, blob.clone())).or_insert(next);
            if layer == next {
                self.all.push(CacheLayer {
                    blob: blob.clone(),
                    parent,
                    annotations: None,
                });
            }
            parent = layer;
        }
        usize::try_from(parent).ok()
    }

    // By blob, then by the parent's position before; and where each one went.
    fn sorted(self) -> (Vec<CacheLayer>, Vec<i64>) {
        let mut order: Vec<(usize, CacheLayer)> = self.all.into_iter().enumerate().collect();
        order.sort_by(|(_, one), (_, other)| {
            (&one.blob, one.parent).cmp(&(&other.blob, other.parent))
        });
        let mut renumbered = vec![0_i64; order.len()];
        for (position, (old, _)) in (0_i64..).zip(&order) {
            if let Some(number) = renumbered.get_mut(*old) {
                *number = position;
            }
        }
        let layers = order.into_iter().map(|(_, layer)| {
            let parent = usize::try_from(layer.parent).ok();
            let parent = parent.and_then(|at| renumbered.get(at)).copied();
            CacheLayer {
                parent: parent.unwrap_or(-1),
                ..layer
            }
        });
        (layers.collect(), renumbered)
    }
}

impl CacheConfig {
    /// The config as BuildKit writes it: its digest is that of the config blob.
    pub fn to_json(&self) -> String {
        let mut json = "{".to_owned();
        list(&mut json, "layers", &self.layers, |json, layer| {
            json.push_str("{\"blob\":");
            write_string(json, &layer.blob);
            if layer.parent != 0 {
                json.push_str(&format!(",\"parent\":{}", layer.parent));
            }
            json.push('}');
        });
        list(&mut json, "records", &self.records, |json, record| {
            json.push('{');
            record_results(json, record);
            if !json.ends_with('{') {
                json.push(',');
            }
            json.push_str("\"digest\":");
            write_string(json, &record.digest);
            list(json, "inputs", &record.inputs, |json, input| {
                each(json, input, |json, input| {
                    json.push('{');
                    if !input.selector.is_empty() {
                        json.push_str("\"selector\":");
                        write_string(json, &input.selector);
                        json.push(',');
                    }
                    json.push_str(&format!("\"link\":{}}}", input.link));
                });
            });
            json.push('}');
        });
        json.push('}');
        json
    }
}

fn record_results(json: &mut String, record: &CacheRecord) {
    let is_chain = |result: &&CacheResult| matches!(result.layers, ResultLayers::Chain(_));
    let (chains, tops): (Vec<_>, Vec<_>) = record.results.iter().partition(is_chain);
    list(json, "layers", &tops, write_result);
    list(json, "chains", &chains, write_result);
}

fn write_result(json: &mut String, result: &&CacheResult) {
    match &result.layers {
        ResultLayers::Top(top) => json.push_str(&format!("{{\"layer\":{top}")),
        ResultLayers::Chain(layers) => {
            json.push_str("{\"layers\":");
            each(json, layers, |json, layer| {
                json.push_str(&layer.to_string())
            });
        }
    }
    json.push_str(",\"createdAt\":");
    write_string(json, &result.created_at);
    json.push('}');
}

// A member that is left out where the list is empty.
fn list<T>(json: &mut String, name: &str, items: &[T], item: impl Fn(&mut String, &T)) {
    if items.is_empty() {
        return;
    }
    if !json.ends_with('{') {
        json.push(',');
    }
    json.push_str(&format!("\"{name}\":"));
    each(json, items, item);
}

fn each<T>(json: &mut String, items: &[T], item: impl Fn(&mut String, &T)) {
    let mut separator = '[';
    for value in items {
        json.push(separator);
        item(json, value);
        separator = ',';
    }
    json.push_str(if items.is_empty() { "[]" } else { "]" });
}
