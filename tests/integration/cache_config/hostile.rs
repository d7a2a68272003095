//! Caches that are made to be hard to read.

use oci_lens::buildkit::cache_config::{
    AnyConfig, Cache, CacheConfig, CacheConfigError, CacheDifference, ListedLayer,
};
use oci_lens::limits::Limits;
use serde_json::{Value, json};

fn read(config: &Value) -> Result<Cache, CacheConfigError> {
    let config = AnyConfig::parse(config.to_string().as_bytes(), &Limits::default())?;
    Ok(config.into_cache(vec![ListedLayer {
        digest: "l".to_owned(),
        ..ListedLayer::default()
    }]))
}

cases! {
    fn more_than_is_read_is_an_error_and_not_cut() {
        let limits = Limits {
            cache_records: 2,
            cache_layers: 2,
            cache_links: 3,
            ..Limits::default()
        };
        let record = json!({ "digest": "d" });
        let links = |count: usize| json!([vec![json!({ "link": 0 }); count]]);
        let rows = [
            (json!({ "records": [record, record] }), None),
            (json!({ "records": [record, record, record] }), Some("records of a cache")),
            (json!({ "layers": [{}, {}] }), None),
            (json!({ "layers": [{}, {}, {}] }), Some("layers of a cache")),
            (json!({ "records": [{ "inputs": links(2) }] }), None),
            (json!({ "records": [{ "inputs": links(3) }] }), Some("links of a cache")),
            (json!({ "Items": [{}, {}, {}] }), Some("items of a cache")),
        ];
        for (config, expected) in rows {
            let found = AnyConfig::parse(config.to_string().as_bytes(), &limits).err();
            let what = found.map(|error| match error {
                CacheConfigError::Limit { what, .. } => what,
                other => panic!("{config}: {other}"),
            });
            assert_eq!(what, expected, "{config}");
        }
    }

    fn names_are_read_in_any_case_and_values_by_their_type() {
        let rows = [
            (r#"{"RECORDS":[{"Digest":"d","INPUTS":[]}]}"#, None),
            (r#"{"records":null,"layers":null}"#, None),
            ("null", None),
            (r#"{"records":[null]}"#, None),
            (r#"{"records":{}}"#, Some("cache-config-shape")),
            (r#"{"records":[{"layers":[{"layer":1.0}]}]}"#, Some("cache-config-shape")),
            (r#"{"records":[{"layers":[{"createdAt":"soon"}]}]}"#, Some("cache-config-shape")),
            (r#"{"layers":[{"parent":9223372036854775808}]}"#, Some("cache-config-shape")),
            ("[]", Some("cache-config-shape")),
            ("{", Some("json-syntax")),
        ];
        for (config, expected) in rows {
            let found = CacheConfig::parse(config.as_bytes(), &Limits::default());
            assert_eq!(found.err().map(|error| error.code()), expected, "{config}");
        }
    }

    fn long_chains_and_loops_take_no_time() {
        let count = 50_000;
        // Each layer on the next one, the last on the first.
        let looping = (0..count).map(|at| json!({ "blob": "l", "parent": (at + 1) % count }));
        let records: Vec<Value> = (0..count)
            .map(|at| json!({ "digest": format!("{at}"), "layers": [{ "layer": at }] }))
            .collect();
        let cache = read(&json!({ "layers": looping.collect::<Vec<_>>(), "records": records }));
        assert_eq!(cache.expect("a cache").fault(), Some(&CacheConfigError::LoopingLayer));

        let chain = (0..count).map(|at| json!({ "blob": "l", "parent": at - 1 }));
        let links = (0..count).map(|at| match at {
            0 => json!({ "digest": "d" }),
            at => json!({ "digest": "d", "inputs": [[{ "link": at - 1 }]],
                "layers": [{ "layer": at }] }),
        });
        let config = json!({
            "layers": chain.collect::<Vec<_>>(), "records": links.collect::<Vec<_>>(),
        });
        let cache = read(&config).expect("a cache");
        assert_eq!(cache.fault(), None);
        assert_eq!(cache.graph().level(49_999), Some(49_999));
        let found = cache.lookup("d").expect("no fault").expect("a result");
        assert_eq!(found.record, 1);
        assert_eq!(cache.depth(cache.best(49_999).expect("a result")), 50_000);
        // All records have one digest: the comparison ends at its limit.
        assert!(CacheDifference::new(&cache, &cache).cut);
    }

    fn a_link_to_what_is_left_out_is_a_loop() {
        let cache = read(&json!({ "records": [
            { "digest": "random:1" }, { "digest": "d", "inputs": [[{ "link": 0 }]] },
        ] }));
        let cache = cache.expect("a cache");
        assert_eq!(cache.fault(), Some(&CacheConfigError::LoopingRecord));
        assert!(!cache.probe("random:1") && !cache.probe("d"));
    }

    fn an_operation_matches_what_takes_its_inputs() {
        let cache = read(&json!({ "records": [
            { "digest": "a" }, { "digest": "b" },
            { "digest": "op", "inputs": [[{ "link": 0 }], [{ "selector": "s", "link": 1 }, { "link": 0 }]] },
        ] }));
        let cache = cache.expect("a cache");
        let rows: [(&[Vec<(u32, &str)>], &[u32]); 6] = [
            (&[vec![(0, "")], vec![(1, "s")]], &[2]),
            (&[vec![(1, ""), (0, "")], vec![(0, "")]], &[2]),
            (&[vec![(0, "")], vec![(1, "")]], &[]),
            (&[vec![(0, "s")], vec![(1, "s")]], &[]),
            (&[vec![(0, "")]], &[]),
            (&[vec![(0, "")], vec![]], &[]),
        ];
        for (inputs, expected) in rows {
            assert_eq!(cache.matches("op", inputs), expected, "{inputs:?}");
        }
        assert_eq!(cache.content_mapping("a"), ["op"]);
        assert_eq!(cache.content_mapping("b"), Vec::<String>::new());
    }
}
