//! Configs of build caches: read, asked for every key, compared and written again.

use oci_lens::buildkit::cache_config::{
    AnyConfig, Cache, CacheChains, CacheConfig, CacheDifference, ListedLayer,
};
use oci_lens::limits::Limits;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(raw: &[u8]) {
    let limits = Limits::default();
    let inline = CacheConfig::parse_inline(raw, &["a".to_owned(), "b".to_owned()], &limits);
    if let Ok(config) = inline {
        ask(&Cache::new(config, Vec::new()));
    }
    let Ok(config) = AnyConfig::parse(raw, &limits) else {
        return;
    };
    // With all its layers, and without every third.
    let whole = config.clone().into_cache(Vec::new());
    let listed = whole.layers().iter().map(|layer| ListedLayer {
        digest: layer.blob.clone(),
        ..ListedLayer::default()
    });
    let listed: Vec<ListedLayer> = listed.collect();
    let some = listed.iter().enumerate().filter(|(at, _)| at % 3 != 0);
    let some: Vec<ListedLayer> = some.map(|(_, layer)| layer.clone()).collect();
    let (all, some) = (config.clone().into_cache(listed), config.into_cache(some));
    for cache in [&whole, &all, &some] {
        ask(cache);
    }
    let difference = CacheDifference::new(&all, &some);
    if all.fault().is_none() {
        assert!(difference.left.is_empty() && difference.right.is_empty());
    }
}

fn ask(cache: &Cache) {
    let count = u32::try_from(cache.records().len()).unwrap_or(u32::MAX);
    for record in (0..count).take(64) {
        let digest = &cache.records()[record as usize].digest;
        if let (true, Ok(Some(found))) = (cache.probe(digest), cache.lookup(digest)) {
            assert!(
                found
                    .layers
                    .iter()
                    .all(|layer| cache.listed(*layer).is_some())
            );
        }
        let _ = cache.content_mapping(digest);
        let drawing = cache.graph().drawing(cache.records(), Some(record), 20);
        assert!(drawing.len() <= 20 && drawing.iter().any(|node| node.record == record));
    }
    if cache.records().len() <= 64
        && let Ok(chains) = CacheChains::of_cache(cache)
    {
        let json = chains.config().to_json();
        let read = CacheConfig::parse(json.as_bytes(), &Limits::default());
        assert_eq!(read.as_ref(), Ok(&chains.config()), "{json}");
    }
}
