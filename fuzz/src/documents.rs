//! Every reader of JSON documents on the same bytes.

use oci_lens::buildkit::config_key;
use oci_lens::descriptor::validate_descriptor;
use oci_lens::limits::Limits;
use oci_lens::manifest::docker::{parse_legacy_image, parse_repositories, parse_saved_images};
use oci_lens::manifest::{
    Config, Document, DocumentError, Index, Layout, Manifest, validate_config, validate_index,
    validate_layout, validate_manifest,
};

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(raw: &[u8]) {
    let limits = Limits::default();
    let _ = validate_descriptor(raw);
    let _ = Document::parse(raw, None, &limits);
    let _ = parse_saved_images(raw, &limits);
    let _ = parse_repositories(raw, &limits);
    let _ = parse_legacy_image(raw, &limits);
    for limit in [None, Some(1)] {
        let _ = config_key(raw, limit);
    }

    // What the specification accepts, the lenient reader takes too.
    if validate_index(raw).is_ok() {
        assert!(Index::parse(raw, &limits).is_ok());
    }
    if validate_manifest(raw).is_ok() {
        assert!(Manifest::parse(raw, &limits).is_ok());
    }
    if validate_config(raw).is_ok() {
        assert!(Config::parse(raw, &limits).is_ok());
    }
    let layout = Layout::parse(raw, &limits);
    if validate_layout(raw).is_ok() {
        assert!(layout.is_ok());
    }

    // An independent reader finds the same syntax, save where Go is more
    // lenient: surrogates, large numbers, other bytes than UTF-8, depth.
    if serde_json::from_slice::<serde_json::Value>(raw).is_ok() {
        assert!(!matches!(layout, Err(DocumentError::Json(_))));
    }
}
