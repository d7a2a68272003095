//! `filters.json`, and what it leaves open.

use std::borrow::Cow;
use std::collections::BTreeMap;

use oci_lens::content::{Fields, FilterError, Filters};
use oci_lens::limits::Limits;
use serde::Deserialize;

use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    schema: String,
    #[serde(rename = "source")]
    _source: String,
    corpus: Vec<Object>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    name: String,
    #[serde(default)]
    other: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl Fields for Object {
    fn field(&self, path: &[String]) -> Option<Cow<'_, str>> {
        let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned().into());
        match path.split_first()? {
            (name, []) if name == "name" => some(&self.name),
            (name, []) if name == "other" => some(&self.other),
            (name, key) if name == "labels" => {
                self.labels.get(&key.join(".")).map(|value| value.into())
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    filter: String,
    #[serde(rename = "match")]
    matches: Option<Vec<usize>>,
    error_contains: Option<String>,
}

fn parse(filter: &str) -> Result<Filters, FilterError> {
    Filters::parse(&[filter], &Limits::default())
}

cases! {
    fn filters_match_what_containerd_s_match() {
        let vectors: Vectors = files::vectors("filters");
        assert_eq!(vectors.schema, "filters/1");
        assert_eq!((vectors.corpus.len(), vectors.cases.len()), (9, 26));
        for case in vectors.cases {
            let found = match parse(&case.filter) {
                Ok(mut filter) => {
                    let matching = vectors.corpus.iter().enumerate();
                    let matching = matching.filter(|(_, object)| filter.matches(*object));
                    Ok(matching.map(|(at, _)| at).collect::<Vec<_>>())
                }
                Err(error) => Err(error.to_string()),
            };
            match (found, case.matches, case.error_contains) {
                (Ok(found), Some(expected), None) => assert_eq!(found, expected, "{}", case.filter),
                (Err(error), None, Some(part)) => {
                    assert!(error.contains(&part), "{}: {error}", case.filter);
                }
                (found, ..) => panic!("{}: {found:?}", case.filter),
            }
        }
    }
}

cases! {
    fn a_filter_s_error_names_the_character() {
        for (filter, expected) in [
            ("name==foo,", "expected field or quoted, at character 11"),
            ("ä", "expected field or quoted, at character 1"),
            ("name bar", "expected an operator (\"==\", \"!=\" or \"~=\"), at character 6"),
            ("name=bar", "expected an operator (\"==\", \"!=\" or \"~=\"), at character 5"),
            ("name==", "expected value or quoted, at character 7"),
            ("name ,other", "expected an operator (\"==\", \"!=\" or \"~=\"), at character 6"),
            ("name==b c", "unexpected input, at character 8"),
            ("name==\"b", "quoted literal not terminated, at character 7"),
            ("name==\"\\g\"", "illegal escape sequence, at character 7"),
            ("name==\"\\xaz\"", "illegal escape sequence, at character 7"),
            ("name==\"b\nc\"", "quoted literal not terminated, at character 7"),
            ("name==/b/", "invalid quote encountered: only a regular expression may have it, at character 7"),
        ] {
            let error = parse(filter).map_err(|error| error.to_string());
            assert_eq!(error.err().as_deref(), Some(expected), "{filter}");
        }
        let long = "a".repeat(20_000);
        let error = parse(&long).map_err(|error| error.to_string());
        assert_eq!(error.err().as_deref(), Some("the filter is too long, at character 20001"));
    }
}

cases! {
    fn quotes_are_read_as_go_reads_them() {
        let object = Object {
            name: "a\n\u{7}\"☺A!".to_owned(),
            other: "x/y".to_owned(),
            labels: BTreeMap::new(),
        };
        for filter in [
            r#"name=="a\n\a\"\u263a\x41\041""#,
            r#"name=="a\012\a\"\U0000263aA!""#,
            r"other~=/^x\/y$/",
            "other~=|^x/y$|",
            "other~=\"^x/y$\"",
            "  name,  other",
            "name != b",
        ] {
            let matches = parse(filter).map(|mut filter| filter.matches(&object));
            assert_eq!(matches, Ok(true), "{filter}");
        }
    }
}

cases! {
    fn an_expression_that_cannot_be_read_matches_nothing_and_is_told() {
        let mut filter = parse("name~=[").expect("it is a filter");
        let object = Object { name: "[".to_owned(), other: String::new(), labels: BTreeMap::new() };
        assert!(!filter.matches(&object));
        assert_eq!(filter.notes(), ["\"[\" matches nothing: expected \"]\" for what opens, at character 1"]);
    }
}
