//! Caches that are made to be hard to read.

use oci_lens::buildkit::cache_config::{
    AnyConfig, Cache, CacheConfig, CacheConfigError, CacheDifference, ListedLayer,
};
use oci_lens::limits::Limits;
use serde_json::{Value, json};

use crate::support::caches;
use crate::support::inspect;
use crate::support::layout::Layout;

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

    fn many_manifests_of_one_large_config_are_not_read_without_end() {
        let mut layout = Layout::default();
        let config = json!({ "records": vec![json!({ "digest": "d" }); 40_000] });
        let manifests = (0..5).map(|at| {
            let layer = caches::layer(&mut layout, format!("{at}").as_bytes());
            caches::manifest(&mut layout, &[layer], &config)
        });
        let manifests: Vec<Value> = manifests.collect();
        let inspection = inspect::open(layout.cache_folder(&manifests)).expect("an archive");
        let report = inspection.report();
        let counts: Vec<u32> = report.caches.iter().map(|cache| cache.records).collect();
        assert_eq!(counts, [40_000, 40_000, 0, 0, 0]);
        assert_eq!(report.caches[2].diagnostics[0].code, "limit-cache");
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

    fn the_newest_result_is_found_wherever_its_clock_stood() {
        let made = |times: &[&str]| {
            let results: Vec<Value> = times.iter().enumerate()
                .map(|(layer, time)| json!({ "layer": layer, "createdAt": time }))
                .collect();
            let cache = read(&json!({
                "layers": vec![json!({ "blob": "l", "parent": -1 }); times.len()],
                "records": [{ "digest": "d", "layers": results }],
            }));
            cache.expect("a cache").lookup("d").expect("no fault").expect("a result").layers
        };
        let rows: [(&[&str], u32); 7] = [
            (&["2024-01-02T03:04:05Z", "2024-01-02T03:04:06Z"], 1),
            (&["2024-01-02T03:04:05+02:00", "2024-01-02T02:00:00Z"], 1),
            (&["2024-01-02T03:04:05.1Z", "2024-01-02T03:04:05.09Z"], 0),
            (&["2024-03-01T00:00:00Z", "2024-02-29T23:59:59-00:01"], 1),
            (&["2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z"], 1),
            (&["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"], 1),
            // Of equal ones the first.
            (&["2024-01-02T03:04:05Z", "2024-01-02T05:04:05+02:00"], 0),
        ];
        for (times, expected) in rows {
            assert_eq!(made(times), [expected], "{times:?}");
        }
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
        type Row<'a> = (&'a [Vec<(u32, &'a str)>], &'a [u32]);
        let rows: [Row; 6] = [
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
