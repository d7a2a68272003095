//! What is asked of one build cache: stretches of its records and layers, one
//! record, a drawing, and the answers to a key.

use crate::buildkit::cache_config::{Cache, CacheInput, CacheResult, ZERO_TIME};
use crate::limits::{CACHE_DRAWN, CACHE_LISTED, PAGE_ENTRIES};
use crate::report::{
    CacheAnswer, CacheChoice, CacheGraphEdge, CacheGraphNode, CacheGraphView, CacheLayerPage,
    CacheLayerRow, CacheLink, CacheOutcome, CacheRecordPage, CacheRecordRow, CacheRecordView,
    CacheResultView, Reason, Status, Verification,
};
use crate::source::ReadAt;

use super::Inspection;

/// Which records are wanted.
#[derive(Debug, Clone)]
pub struct CacheQuery<'q> {
    /// Of which kind.
    pub choice: CacheChoice,
    /// A part of the digest; empty for any.
    pub text: &'q str,
    /// A layer that the result ends in.
    pub layer: Option<u32>,
}

impl<S: ReadAt> Inspection<S> {
    /// A cache by its number; nothing where there is none, or it was not read.
    pub fn cache(&self, number: u32) -> Option<&Cache> {
        self.caches.get(number as usize)?.cache.as_ref()
    }

    /// Records by level, and on each level in the config's order.
    pub fn cache_records(
        &self,
        number: u32,
        query: &CacheQuery<'_>,
        offset: u32,
        limit: u32,
    ) -> Option<CacheRecordPage> {
        let cache = self.cache(number)?;
        let wanted = |at: &u32| {
            let Some(record) = cache.record(*at) else {
                return false;
            };
            let is_chosen = match query.choice {
                CacheChoice::All => true,
                CacheChoice::WithoutResult => cache.best(*at).is_none(),
                CacheChoice::Roots => record.inputs.is_empty(),
                CacheChoice::Ends => cache.graph().users(*at).is_empty(),
            };
            let top = || cache.best(*at).and_then(|result| cache.top(result));
            let ends_in = |layer| top() == Some(layer);
            is_chosen && record.digest.contains(query.text) && query.layer.is_none_or(ends_in)
        };
        let order = cache.graph().by_level();
        let found: Vec<u32> = order.into_iter().filter(wanted).collect();
        let limit = (limit as usize).min(PAGE_ENTRIES);
        let rows = found.iter().skip(offset as usize).take(limit);
        Some(CacheRecordPage {
            total: count(found.len()),
            offset,
            records: rows.filter_map(|at| row(cache, *at)).collect(),
        })
    }

    /// All of one record.
    pub fn cache_record(&self, number: u32, record: u32) -> Option<CacheRecordView> {
        let cache = self.cache(number)?;
        let own = cache.record(record)?;
        let mut left = CACHE_LISTED;
        let inputs = own.inputs.iter().take(CACHE_LISTED).map(|alternatives| {
            let shown = alternatives.len().min(left);
            left -= shown;
            let links = alternatives.iter().take(shown);
            links.filter_map(|input| link(cache, input)).collect()
        });
        let inputs: Vec<Vec<CacheLink>> = inputs.collect();
        let users = cache.graph().users(record).iter().take(CACHE_LISTED);
        let users = users.filter_map(|user| {
            let selector = cache.record(*user).and_then(|user| {
                let mut inputs = user.inputs.iter().flatten();
                let input = inputs.find(|input| input.link == i64::from(record))?;
                Some(input.selector.clone())
            });
            Some(CacheLink {
                selector: selector.filter(|selector| !selector.is_empty()),
                ..plain_link(cache, *user)?
            })
        });
        let results = own.results.iter().take(CACHE_LISTED);
        Some(CacheRecordView {
            row: row(cache, record)?,
            inputs,
            users: users.collect(),
            results: results
                .map(|result| self.cache_result(cache, result))
                .collect(),
        })
    }

    /// Layers in the config's order.
    pub fn cache_layers(&self, number: u32, offset: u32, limit: u32) -> Option<CacheLayerPage> {
        let cache = self.cache(number)?;
        let mut ends = vec![0; cache.layers().len()];
        for (record, _) in (0_u32..).zip(cache.records()) {
            let top = cache.best(record).and_then(|result| cache.top(result));
            if let Some(end) = top.and_then(|top| ends.get_mut(top as usize)) {
                *end += 1;
            }
        }
        let limit = limit.min(count(PAGE_ENTRIES));
        let numbers = offset..offset.saturating_add(limit).min(count(ends.len()));
        let layers = numbers.filter_map(|layer| {
            let records = ends.get(layer as usize).copied().unwrap_or_default();
            Some(CacheLayerRow {
                records,
                ..self.cache_layer(cache, layer)?
            })
        });
        Some(CacheLayerPage {
            total: count(ends.len()),
            offset,
            layers: layers.collect(),
        })
    }

    /// A drawing of the records around one, or of the lowest ones.
    pub fn cache_graph(&self, number: u32, around: Option<u32>) -> Option<CacheGraphView> {
        let cache = self.cache(number)?;
        let records = cache.records();
        let drawn = cache.graph().drawing(records, around, CACHE_DRAWN);
        let is_drawn = |record: u32| drawn.iter().any(|node| node.record == record);
        let mut edges: Vec<CacheGraphEdge> = Vec::new();
        for node in &drawn {
            let inputs = cache.record(node.record).map_or(&[][..], |own| &own.inputs);
            for (input, alternatives) in (0..).zip(inputs) {
                for alternative in alternatives {
                    let target = u32::try_from(alternative.link).ok();
                    let Some(to) = target.filter(|to| is_drawn(*to)) else {
                        continue;
                    };
                    if edges.len() < CACHE_LISTED {
                        edges.push(CacheGraphEdge {
                            from: node.record,
                            to,
                            input,
                        });
                    }
                }
            }
        }
        let nodes = drawn.iter().filter_map(|node| {
            Some(CacheGraphNode {
                record: row(cache, node.record)?,
                column: node.column,
                row: node.row,
            })
        });
        Some(CacheGraphView {
            nodes: nodes.collect(),
            edges,
            whole: drawn.len() == records.len(),
        })
    }

    /// What the importer answers to a key.
    pub fn cache_answer(&self, number: u32, key: &str) -> Option<CacheAnswer> {
        let cache = self.cache(number)?;
        let found = cache.lookup(key);
        let refused = found.as_ref().err().map(ToString::to_string);
        let result = found.ok().flatten().and_then(|found| {
            let mut results = cache.record(found.record)?.results.iter();
            let result = results.find(|result| {
                result.created_at == found.created_at && cache.chain(result) == found.layers
            })?;
            Some(self.cache_result(cache, result))
        });
        let records = cache.records_of(key).iter().take(CACHE_LISTED);
        let mut content_mapping = cache.content_mapping(key);
        content_mapping.truncate(CACHE_LISTED);
        Some(CacheAnswer {
            key: key.to_owned(),
            probe: cache.probe(key),
            records: records.filter_map(|at| row(cache, *at)).collect(),
            result,
            refused,
            content_mapping,
        })
    }

    fn cache_result(&self, cache: &Cache, result: &CacheResult) -> CacheResultView {
        let chain = cache.chain(result);
        let outcome = cache.outcome_of(result);
        let problem = cache.is_usable(result).err();
        let problem = problem.map(|error| error.to_string());
        let chain_id = (outcome == CacheOutcome::Usable)
            .then(|| cache.chain_id(&chain))
            .flatten();
        let shown = chain.iter().take(CACHE_LISTED);
        // The same diff IDs are the same chain ID.
        let image = chain_id.as_ref().and_then(|_| {
            let has_it = |image: &super::Image| {
                let mut pairs = image.layers.iter().zip(&chain);
                image.layers.len() == chain.len()
                    && pairs.all(|(own, at)| own.diff_id.as_deref() == cache.diff_id(*at))
            };
            u32::try_from(self.images.iter().position(has_it)?).ok()
        });
        CacheResultView {
            created_at: Some(result.created_at.clone())
                .filter(|text| !text.is_empty() && text != ZERO_TIME),
            outcome,
            problem,
            layers: shown
                .filter_map(|layer| self.cache_layer(cache, *layer))
                .collect(),
            more_layers: count(chain.len().saturating_sub(CACHE_LISTED)),
            chain_id,
            image,
        }
    }

    fn cache_layer(&self, cache: &Cache, number: u32) -> Option<CacheLayerRow> {
        let layer = cache.layers().get(number as usize)?;
        let listed = cache.listed(number);
        let own = layer.annotations.as_ref();
        let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
        let blob = self.cache_blob(&layer.blob);
        let missing = |reason: Option<Reason>, expected: Option<&str>| Verification {
            status: match reason {
                Some(_) => Status::NotChecked,
                None => Status::Missing,
            },
            reason,
            expected: expected.map(ToOwned::to_owned),
            computed: None,
        };
        let diff_id = cache.diff_id(number);
        Some(CacheLayerRow {
            number,
            blob: layer.blob.clone(),
            parent: u32::try_from(layer.parent).ok(),
            listed: listed.is_some(),
            media_type: listed
                .and_then(|listed| filled(&listed.media_type))
                .or_else(|| filled(&own?.media_type)),
            size: match listed.and_then(|listed| listed.size) {
                Some(size) => Some(size.to_string()),
                None => own
                    .filter(|own| own.size > 0)
                    .map(|own| own.size.to_string()),
            },
            created_at: listed
                .and_then(|listed| listed.created_at.clone())
                .or_else(|| filled(&own?.created_at)),
            description: listed.and_then(|listed| listed.description.clone()),
            verification: blob.map_or_else(
                || missing(None, Some(&layer.blob)),
                |blob| blob.verification.clone(),
            ),
            diff_id: blob.map_or_else(
                || missing(Some(Reason::BlobMissing), diff_id),
                |blob| blob.diff_id(diff_id),
            ),
            records: 0,
        })
    }
}

/// A record in short.
pub(crate) fn row(cache: &Cache, number: u32) -> Option<CacheRecordRow> {
    let record = cache.record(number)?;
    let best = cache.best(number);
    Some(CacheRecordRow {
        number,
        digest: record.digest.clone(),
        level: cache.graph().level(number),
        inputs: count(record.inputs.len()),
        users: count(cache.graph().users(number).len()),
        outcome: cache.outcome(number),
        layers: best.map_or(0, |best| cache.depth(best)),
    })
}

fn link(cache: &Cache, input: &CacheInput) -> Option<CacheLink> {
    let selector = Some(input.selector.clone()).filter(|selector| !selector.is_empty());
    let record = u32::try_from(input.link).ok()?;
    Some(CacheLink {
        selector,
        ..plain_link(cache, record)?
    })
}

fn plain_link(cache: &Cache, number: u32) -> Option<CacheLink> {
    let record = cache.record(number)?;
    Some(CacheLink {
        record: number,
        digest: record.digest.clone(),
        selector: None,
        outcome: cache.outcome(number),
    })
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
