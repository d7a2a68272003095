//! Two build caches, of one archive or of two, and the images beside them.

use crate::buildkit::cache_config::{Cache, CacheDifference, Items, LayerSizes, Unmatched};
use crate::buildkit::{root_record, source_op_digest};
use crate::compare::{Facts, image_findings};
use crate::limits::CACHE_CHANGES;
use crate::report::{
    CacheBase, CacheChange, CacheCompareView, CacheForm, CacheKeyView, CacheMiss, CacheRebuilt,
    CacheSide,
};
use crate::source::ReadAt;

use super::Inspection;
use super::cache_pages::row;

/// What an image is to a build cache that it may be the base of.
#[derive(Debug)]
pub struct BaseImage {
    number: u32,
    keys: Vec<CacheKeyView>,
    facts: Facts,
}

impl<S: ReadAt> Inspection<S> {
    /// An image as the base of builds; nothing where there is no such image.
    pub fn base_image(&self, number: u32) -> Option<BaseImage> {
        let image = self.image(number)?;
        Some(BaseImage {
            number,
            keys: image.cache_keys(&mut Vec::new()),
            facts: self.facts(number)?,
        })
    }

    /// Compares a cache with one of `right`; `images` are those beside them, on
    /// the left and on the right. Nothing where there is no such cache.
    pub fn compare_caches<R: ReadAt>(
        &self,
        cache: u32,
        right: &Inspection<R>,
        other: u32,
        images: (Option<&BaseImage>, Option<&BaseImage>),
    ) -> Option<CacheCompareView> {
        let (one, two) = (self.cache(cache)?, right.cache(other)?);
        let difference = CacheDifference::new(one, two);
        let (one_sizes, two_sizes) = (one.layer_sizes(), two.layer_sizes());
        let config = |node: Option<&super::CacheNode>| node.map(|node| node.config.clone());
        let same_config =
            config(self.caches.get(cache as usize)) == config(right.caches.get(other as usize));
        let shared: Vec<u64> = two_sizes
            .iter()
            .filter(|(blob, _)| one_sizes.contains_key(*blob))
            .map(|(_, size)| *size)
            .collect();
        let mut bases = Vec::new();
        if let Some(image) = images.0 {
            bases.extend(cache_bases(image, true, one, two));
        }
        if let Some(image) = images.1 {
            bases.extend(cache_bases(image, false, one, two));
        }
        let pair = images.0.zip(images.1);
        let rebuilt = difference.rebuilt.iter().take(CACHE_CHANGES);
        let rebuilt = rebuilt.filter_map(|(left, right, layer)| {
            Some(CacheRebuilt {
                left: row(one, *left)?,
                right: row(two, *right)?,
                first_layer: *layer,
            })
        });
        Some(CacheCompareView {
            same_config,
            matched: count(difference.matched.len()),
            other_layers: count(difference.rebuilt.len()),
            left: side(one, &difference.left, &one_sizes, &two_sizes),
            right: side(two, &difference.right, &two_sizes, &one_sizes),
            rebuilt: rebuilt.collect(),
            shared_layers: count(shared.len()),
            shared_bytes: sum(shared.into_iter()),
            bases,
            images: pair.map_or_else(Vec::new, |(left, right)| {
                image_findings(&left.facts, &right.facts)
            }),
            cut: difference.cut,
        })
    }
}

// The keys that a build on an image begins with, and which cache has them.
fn cache_bases(image: &BaseImage, is_left: bool, one: &Cache, two: &Cache) -> Vec<CacheBase> {
    let bases = image.keys.iter().map(|key| {
        // In 2017 the source's key was the digest of the manifest.
        let record = |form| match form {
            CacheForm::Records => root_record(&source_op_digest(&key.key), 0),
            CacheForm::Items => {
                let digest = key.reference.as_ref().unwrap_or(&key.key);
                Items::source_key(&source_op_digest(digest))
            }
        };
        let has = |cache: &Cache| cache.probe(&record(cache.form()));
        CacheBase {
            is_left,
            image: image.number,
            index: key.index,
            record: record(if is_left { one.form() } else { two.form() }),
            in_left: has(one),
            in_right: has(two),
            reference: key.reference.clone(),
            key: key.key.clone(),
        }
    });
    bases.collect()
}

fn side(
    cache: &Cache,
    unmatched: &[Unmatched],
    sizes: &LayerSizes<'_>,
    others: &LayerSizes<'_>,
) -> CacheSide {
    let changes = |is_later: bool| -> Vec<CacheChange> {
        let wanted = unmatched
            .iter()
            .filter(|change| (change.miss == CacheMiss::Follows) == is_later);
        let changes = wanted.take(CACHE_CHANGES).filter_map(|change| {
            Some(CacheChange {
                record: row(cache, change.record)?,
                miss: change.miss,
                inputs: change.inputs.clone(),
            })
        });
        changes.collect()
    };
    let records = cache.records().iter();
    let alone = sizes.iter().filter(|(blob, _)| !others.contains_key(*blob));
    let alone: Vec<u64> = alone.map(|(_, size)| *size).collect();
    CacheSide {
        records: count(records.filter(|it| !Cache::is_left_out(it)).count()),
        only: count(unmatched.len()),
        first: changes(false),
        later: changes(true),
        layers: count(alone.len()),
        bytes: sum(alone.into_iter()),
    }
}

fn sum(mut sizes: impl Iterator<Item = u64>) -> String {
    let sum = sizes.try_fold(0_u64, u64::checked_add);
    sum.unwrap_or(u64::MAX).to_string()
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
