//! The format of 2017: items that describe blobs, keys, or both.
//! BuildKit `cache/cacheimport/{export,import}.go`, 2017-10-12 to 2018-04-13.

use super::config::Reader;
use super::{Cache, CacheConfig, CacheConfigError, CacheLayer, CacheRecord, CacheResult};
use super::{LayerAnnotations, ListedLayer, ResultLayers};
use crate::buildkit::go_decode::{items, members, set};
use crate::buildkit::go_json::write_string;
use crate::digest::Digest;
use crate::limits::Limits;
use crate::manifest::json::Json;

/// All items of a config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Items(pub Vec<Item>);

/// One item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Digest of the layer's blob; empty where the item is a key alone.
    pub blobsum: String,
    /// Key; empty where the item describes a blob alone.
    pub cache_key: String,
    /// Key by content; empty where there is none.
    pub content_key: String,
    /// Digest of the blob below; empty at the bottom.
    pub parent: String,
    /// Diff ID of the blob.
    pub diff_id: String,
}

impl Items {
    /// Reads a config blob; nothing where it is not of this format.
    ///
    /// # Errors
    ///
    /// What Go refuses, and a limit passed.
    pub fn parse(raw: &[u8], limits: &Limits) -> Result<Option<Self>, CacheConfigError> {
        let json = Json::parse(raw).map_err(CacheConfigError::Json)?;
        let (mut is_other, mut found) = (false, None);
        let mut reader = Reader::new(limits);
        let read = members(json.root(), |name, value| match name {
            "LAYERS" | "RECORDS" => {
                is_other = true;
                Ok(())
            }
            "ITEMS" => {
                let list = found.insert(Vec::new());
                items(value, |value| {
                    reader.check(list.len(), limits.cache_records, "items of a cache")?;
                    let mut item = Item::default();
                    members(value, |name, value| match name {
                        "BLOBSUM" => set(value, &mut item.blobsum),
                        "CACHEKEY" => set(value, &mut item.cache_key),
                        "CONTENTKEY" => set(value, &mut item.content_key),
                        "PARENT" => set(value, &mut item.parent),
                        "DIFFID" => set(value, &mut item.diff_id),
                        _ => Ok(()),
                    })?;
                    list.push(item);
                    Ok(())
                })
            }
            _ => Ok(()),
        });
        if is_other || found.is_none() {
            return Ok(None);
        }
        reader.finish(read)?;
        Ok(found.map(Self))
    }

    /// The solver's key of a vertex without inputs, by its operation's digest.
    pub fn vertex_key(op_digest: &str) -> String {
        let mut preimage = "{\"Inputs\":[],\"CacheKey\":".to_owned();
        write_string(&mut preimage, op_digest);
        preimage.push('}');
        Digest::sha256(preimage.as_bytes()).to_string()
    }

    /// The key under which the first output of such a vertex was exported, as
    /// that of an image's source.
    pub fn source_key(op_digest: &str) -> String {
        let key = format!("{}.0", Self::vertex_key(op_digest));
        Digest::sha256(key.as_bytes()).to_string()
    }

    /// The cache: a record for each key, a layer for each blob. Of two items for
    /// one blob the last one counts.
    pub fn into_cache(self, listed: Vec<ListedLayer>) -> Cache {
        let described: Vec<&Item> = self.0.iter().filter(|i| !i.blobsum.is_empty()).collect();
        let order = super::cache::by_text(described.len(), &|at| {
            described.get(at).map_or("", |item| item.blobsum.as_str())
        });
        // Of equal ones the last, in the order of their digests.
        let mut blobs: Vec<&Item> = Vec::new();
        for position in order {
            let Some(&item) = described.get(position as usize) else {
                continue;
            };
            match blobs.last_mut() {
                Some(last) if last.blobsum == item.blobsum => *last = item,
                _ => blobs.push(item),
            }
        }
        let position = |blob: &str| {
            let found = blobs.binary_search_by(|item| item.blobsum.as_str().cmp(blob));
            found.ok().and_then(|at| i64::try_from(at).ok())
        };
        let (mut layers, mut unknown) = (Vec::new(), Vec::new());
        for (number, item) in (0..).zip(&blobs) {
            let parent = match item.parent.is_empty() {
                true => Some(-1),
                false => position(&item.parent),
            };
            if parent.is_none() {
                unknown.push((number, item.parent.clone()));
            }
            layers.push(CacheLayer {
                blob: item.blobsum.clone(),
                parent: parent.unwrap_or(-1),
                annotations: Some(LayerAnnotations {
                    diff_id: item.diff_id.clone(),
                    ..LayerAnnotations::default()
                }),
            });
        }
        let (mut records, mut content_keys) = (Vec::new(), Vec::new());
        for item in self.0.iter().filter(|item| !item.cache_key.is_empty()) {
            let top = position(&item.blobsum).map(|top| CacheResult {
                layers: ResultLayers::Top(top),
                created_at: String::new(),
            });
            records.push(CacheRecord {
                digest: item.cache_key.clone(),
                inputs: Vec::new(),
                results: top.into_iter().collect(),
            });
            content_keys.push(item.content_key.clone());
        }
        Cache::of_items(
            CacheConfig { layers, records },
            listed,
            unknown,
            content_keys,
        )
    }
}
