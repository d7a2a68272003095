//! The report's shape: its JSON Schema is a golden.

#[cfg(all(feature = "schema", not(target_arch = "wasm32")))]
use crate::support::files;

/// `oci-lens schema` writes it; a change of it shows in review.
#[cfg(all(feature = "schema", not(target_arch = "wasm32")))]
#[test]
fn the_schema_is_the_golden() {
    let schema = schemars::schema_for!(oci_lens::report::Report);
    let schema = serde_json::to_value(schema).expect("a schema is JSON");
    let golden: serde_json::Value = files::read_json("docs/report.schema.json");
    assert!(
        golden == schema,
        "docs/report.schema.json is not what `oci-lens schema` prints"
    );
}
