//! Two caches: which records of one a build that made the other would find,
//! by BuildKit's rule for a hit, and which are the first that it would not.

use std::collections::BTreeMap;

use super::{Cache, CacheRecord};
use crate::limits::CACHE_PAIRS;
use crate::report::CacheMiss;

/// What two caches have in common, and what not.
#[derive(Debug, Clone, Default)]
pub struct CacheDifference {
    /// Pairs of records, left and right: of several counterparts the first.
    pub matched: Vec<(u32, u32)>,
    /// Records of the left one without a counterpart, lower levels first.
    pub left: Vec<Unmatched>,
    /// Records of the right one without a counterpart.
    pub right: Vec<Unmatched>,
    /// Pairs whose results have other layers, with the first layer that differs.
    pub rebuilt: Vec<(u32, u32, u32)>,
    /// Whether a limit ended the work early.
    pub cut: bool,
}

/// A record without a counterpart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Its number.
    pub record: u32,
    /// Why it has none.
    pub miss: CacheMiss,
    /// The inputs that do not match.
    pub inputs: Vec<u32>,
}

/// Declared sizes of the blobs of a cache's layers.
pub type LayerSizes<'c> = BTreeMap<&'c str, u64>;

struct Search<'c> {
    left: &'c Cache,
    right: &'c Cache,
    // By record of the right one, its counterparts; and the other way.
    to_left: Vec<Vec<u32>>,
    to_right: Vec<Vec<u32>>,
    budget: u64,
}

impl CacheDifference {
    /// Compares two caches.
    pub fn new(left: &Cache, right: &Cache) -> Self {
        let mut search = Search {
            left,
            right,
            to_left: vec![Vec::new(); right.records().len()],
            to_right: vec![Vec::new(); left.records().len()],
            budget: CACHE_PAIRS,
        };
        let order = right.graph().by_level();
        for record in &order {
            search.find(*record);
        }
        let mut difference = Self::default();
        for number in order {
            let first = search
                .to_left
                .get(number as usize)
                .and_then(|to| to.first());
            if let Some(first) = first {
                difference.matched.push((*first, number));
            }
        }
        difference.left = unmatched(left, right, &search.to_right);
        difference.right = unmatched(right, left, &search.to_left);
        for (one, other) in &difference.matched {
            if let Some(layer) = search.first_other_layer(*one, *other) {
                difference.rebuilt.push((*one, *other, layer));
            }
        }
        difference.cut = search.budget == 0;
        difference
    }
}

impl Search<'_> {
    // Finds the counterparts of a record whose inputs have theirs already.
    fn find(&mut self, number: u32) {
        let Some(record) = self.right.record(number) else {
            return;
        };
        let mut found = Vec::new();
        for candidate in self.left.records_of(&record.digest) {
            let Some(other) = self.left.record(*candidate) else {
                continue;
            };
            if other.inputs.len() != record.inputs.len() || !self.spend(1) {
                continue;
            }
            if (0..record.inputs.len()).all(|input| self.takes_same(record, other, input)) {
                found.push(*candidate);
            }
        }
        for left in &found {
            if let Some(to_right) = self.to_right.get_mut(*left as usize) {
                to_right.push(number);
            }
        }
        if let Some(to_left) = self.to_left.get_mut(number as usize) {
            *to_left = found;
        }
    }

    // Whether an alternative of one's input is also one of the other's.
    fn takes_same(&mut self, right: &CacheRecord, left: &CacheRecord, input: usize) -> bool {
        let (Some(own), Some(theirs)) = (right.inputs.get(input), left.inputs.get(input)) else {
            return false;
        };
        for alternative in own {
            let link = usize::try_from(alternative.link).ok();
            let known = link.and_then(|link| self.to_left.get(link));
            let cost = known.map_or(0, Vec::len).max(1) * theirs.len();
            let is_same = known.is_some_and(|known| {
                theirs.iter().any(|other| {
                    let link = u32::try_from(other.link);
                    other.selector == alternative.selector
                        && link.is_ok_and(|link| known.contains(&link))
                })
            });
            if is_same {
                return true;
            }
            if !self.spend(cost) {
                return false;
            }
        }
        false
    }

    fn spend(&mut self, cost: usize) -> bool {
        let cost = u64::try_from(cost).unwrap_or(u64::MAX);
        self.budget = self.budget.saturating_sub(cost);
        self.budget > 0
    }

    fn first_other_layer(&mut self, left: u32, right: u32) -> Option<u32> {
        let (one, other) = (self.left.best(left)?, self.right.best(right)?);
        let depth = self.left.depth(one).max(self.right.depth(other));
        if !self.spend(depth as usize) {
            return None;
        }
        let (one, other) = (self.left.chain(one), self.right.chain(other));
        let blob = |cache: &Cache, layer: Option<&u32>| {
            let layer = cache.layers().get(*layer? as usize)?;
            Some(layer.blob.clone())
        };
        let differs = (0..one.len().max(other.len()))
            .find(|at| blob(self.left, one.get(*at)) != blob(self.right, other.get(*at)));
        u32::try_from(differs?).ok()
    }
}

// Records of `own` without a counterpart in `other`.
fn unmatched(own: &Cache, other: &Cache, counterparts: &[Vec<u32>]) -> Vec<Unmatched> {
    let has_one = |link: i64| {
        let link = usize::try_from(link).ok();
        link.and_then(|link| counterparts.get(link))
            .is_some_and(|found| !found.is_empty())
    };
    let mut found = Vec::new();
    for number in own.graph().by_level() {
        let Some(record) = own.record(number).filter(|it| !Cache::is_left_out(it)) else {
            continue;
        };
        if has_one(i64::from(number)) {
            continue;
        }
        let lost = (0..).zip(&record.inputs).filter(|(_, alternatives)| {
            let mut links = alternatives.iter().map(|input| input.link);
            !links.any(has_one)
        });
        let lost: Vec<u32> = lost.map(|(input, _)| input).collect();
        let same_digest = other.records_of(&record.digest);
        let (miss, inputs) = if !lost.is_empty() {
            (CacheMiss::Follows, lost)
        } else if same_digest.is_empty() {
            (CacheMiss::Digest, Vec::new())
        } else {
            (CacheMiss::Inputs, Vec::new())
        };
        found.push(Unmatched {
            record: number,
            miss,
            inputs,
        });
    }
    found
}

impl Cache {
    /// Declared sizes of its layers' blobs, each once.
    pub fn layer_sizes(&self) -> LayerSizes<'_> {
        let layers = (0..).zip(self.layers());
        let sizes = layers.map(|(number, layer)| {
            let own = layer.annotations.as_ref();
            let own = own.and_then(|own| u64::try_from(own.size).ok());
            let listed = self.listed(number).and_then(|listed| listed.size);
            (layer.blob.as_str(), listed.or(own).unwrap_or_default())
        });
        sizes.collect()
    }
}
