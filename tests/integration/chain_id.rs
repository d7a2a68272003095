//! `chainid.json`.

use oci_lens::manifest::chain_ids;
use serde::Deserialize;

use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    diff_ids: Vec<String>,
    chain_ids: Vec<String>,
    chain_id: String,
    source: String,
}

cases! {
    fn chain_ids_follow_the_recursion() {
        let cases: Vec<Case> = files::cases("chainid");
        assert_eq!(cases.len(), 9);
        for case in cases {
            let place = format!("{} from {}", case.name, case.source);
            let chain = chain_ids(&case.diff_ids);
            assert_eq!(chain, case.chain_ids, "{place}");
            assert_eq!(chain.last().map_or("", String::as_str), case.chain_id, "{place}");
        }
    }
}
