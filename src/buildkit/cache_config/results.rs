//! What results lead to: chains of layers, and what is wrong with them.

use super::cache::age;
use super::{Cache, CacheConfigError, CacheLayer, CacheResult, Found, ResultLayers};
use crate::digest::Digest;
use crate::manifest::chain_ids;
use crate::report::{CacheForm, CacheOutcome};

/// What becomes of the chain that ends in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Whole,
    /// A layer of it is not listed: the result is left out.
    Missing,
    Loop,
    /// There is no such parent.
    Parent(i64),
    /// No item describes the parent: 2017.
    Unknown,
}

impl Cache {
    /// The newest result of one record whose layers are all listed.
    ///
    /// # Errors
    ///
    /// What is wrong with its layers.
    pub fn result(&self, number: u32) -> Result<Option<Found>, CacheConfigError> {
        let Some(record) = self.record(number) else {
            return Ok(None);
        };
        for result in &record.results {
            self.is_usable(result)?;
        }
        Ok(self.best(number).map(|result| {
            let layers = self.chain(result);
            let texts = layers.iter().filter_map(|layer| self.layer(*layer));
            let texts: String = texts.map(|layer| layer.blob.as_str()).collect();
            Found {
                record: number,
                created_at: result.created_at.clone(),
                chain_id: self.chain_id(&layers),
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
                match fate.map(|(fate, _)| fate) {
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

    /// Chain ID of layers; nothing where one of them has no diff ID.
    pub fn chain_id(&self, layers: &[u32]) -> Option<String> {
        let ids = layers.iter().map_while(|layer| self.diff_id(*layer));
        let ids: Vec<&str> = ids.collect();
        chain_ids(&ids).pop().filter(|_| ids.len() == layers.len())
    }

    /// What is to become of a result, without the reason.
    pub fn outcome_of(&self, result: &CacheResult) -> CacheOutcome {
        let ResultLayers::Top(top) = &result.layers else {
            return match self.is_usable(result) {
                Ok(true) => CacheOutcome::Usable,
                Ok(false) => CacheOutcome::NotListed,
                Err(_) => CacheOutcome::Broken,
            };
        };
        let position = usize::try_from(*top).ok();
        match position.and_then(|at| self.fates.get(at)) {
            Some((Fate::Whole, _)) => CacheOutcome::Usable,
            Some((Fate::Missing, _)) if self.form == CacheForm::Records => CacheOutcome::NotListed,
            _ => CacheOutcome::Broken,
        }
    }

    /// What becomes of a record.
    pub fn outcome(&self, number: u32) -> CacheOutcome {
        let results = self
            .record(number)
            .map_or(&[][..], |record| &record.results);
        let outcomes = results.iter().map(|result| self.outcome_of(result));
        let rank = |outcome: &CacheOutcome| match outcome {
            CacheOutcome::None => 0,
            CacheOutcome::NotListed => 1,
            CacheOutcome::Broken => 2,
            CacheOutcome::Usable => 3,
        };
        outcomes.max_by_key(rank).unwrap_or(CacheOutcome::None)
    }

    /// The newest result of a record that can be used, of equal ones the first.
    pub fn best(&self, number: u32) -> Option<&CacheResult> {
        let mut best: Option<&CacheResult> = None;
        for result in &self.record(number)?.results {
            if self.outcome_of(result) == CacheOutcome::Usable
                && best.is_none_or(|best| age(&result.created_at) > age(&best.created_at))
            {
                best = Some(result);
            }
        }
        best
    }

    /// The uppermost layer of a result.
    pub fn top(&self, result: &CacheResult) -> Option<u32> {
        let top = match &result.layers {
            ResultLayers::Top(top) => Some(*top),
            ResultLayers::Chain(layers) => layers.last().copied(),
        };
        top.and_then(|top| u32::try_from(top).ok())
    }

    /// How many layers a result has.
    pub fn depth(&self, result: &CacheResult) -> u32 {
        match &result.layers {
            ResultLayers::Chain(layers) => u32::try_from(layers.len()).unwrap_or(u32::MAX),
            ResultLayers::Top(top) => {
                let position = usize::try_from(*top).ok();
                let fate = position.and_then(|at| self.fates.get(at));
                fate.map_or(0, |(_, depth)| *depth)
            }
        }
    }

    // What breaks a chain of 2017: first the walk to the bottom, then the fetch.
    fn broken(&self, result: &CacheResult) -> CacheConfigError {
        let chain = self.chain(result);
        let unknown = chain.iter().find_map(|layer| {
            let at = self.unknown.binary_search_by_key(layer, |(at, _)| *at);
            let (_, parent) = self.unknown.get(at.ok()?)?;
            Some(CacheConfigError::NotFound(parent.clone()))
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

// The chain of each layer, each walked once. Upstream looks for the blob before
// it goes on to the parent: what is above a missing one is missing, loop or not.
pub(super) fn fates(
    form: CacheForm,
    layers: &[CacheLayer],
    places: &[Option<u32>],
    unknown: &[(u32, String)],
) -> Vec<(Fate, u32)> {
    let mut fates: Vec<Option<(Fate, u32)>> = vec![None; layers.len()];
    let mut on_way = vec![false; layers.len()];
    let mut way = Vec::new();
    for start in 0..layers.len() {
        let mut at = start;
        let (mut fate, mut depth) = loop {
            if let Some(Some(fate)) = fates.get(at) {
                break *fate;
            }
            let Some((layer, place)) = layers.get(at).zip(places.get(at)) else {
                break (Fate::Loop, 0);
            };
            if let Some(on_way) = on_way.get_mut(at) {
                if *on_way {
                    break (Fate::Loop, 0);
                }
                *on_way = true;
                way.push(at);
            }
            let number = u32::try_from(at).unwrap_or(u32::MAX);
            let is_unknown = || unknown.binary_search_by_key(&number, |(at, _)| *at).is_ok();
            if form == CacheForm::Items && is_unknown() {
                break (Fate::Unknown, 0);
            }
            if place.is_none() && form == CacheForm::Records {
                break (Fate::Missing, 0);
            }
            if layer.parent == -1 {
                break match place {
                    Some(_) => (Fate::Whole, 0),
                    None => (Fate::Missing, 0),
                };
            }
            match usize::try_from(layer.parent) {
                Ok(parent) if parent < layers.len() => at = parent,
                _ => break (Fate::Parent(layer.parent), 0),
            }
        };
        for at in way.drain(..).rev() {
            // In 2017 a chain is walked whole before its blobs are looked for.
            if fate == Fate::Whole && places.get(at).is_some_and(Option::is_none) {
                fate = Fate::Missing;
            }
            depth += 1;
            if let Some(slot) = fates.get_mut(at) {
                *slot = Some((fate, depth));
            }
        }
    }
    let known = fates.into_iter();
    known.map(|fate| fate.unwrap_or((Fate::Loop, 0))).collect()
}
