//! Every reader of JSON documents on the same bytes.

use oci_lens::buildkit::config_key;
use oci_lens::buildkit::op::Definition;
use oci_lens::buildkit::source::{
    Attributes, BlobSource, GitSource, HttpSource, LocalSource, Manager, Reference, reference,
};
use oci_lens::descriptor::validate_descriptor;
use oci_lens::limits::Limits;
use oci_lens::manifest::docker::{parse_legacy_image, parse_repositories, parse_saved_images};
use oci_lens::manifest::{
    Config, Document, DocumentError, Index, Layout, Manifest, validate_config, validate_index,
    validate_layout, validate_manifest,
};
use oci_lens::platform::Platform;

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

    build(raw);

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

/// The readers of what a build is made of.
fn build(raw: &[u8]) {
    let mut sources = Manager::default();
    sources.register(BlobSource);
    sources.register(GitSource::default());
    sources.register(HttpSource::default());
    sources.register(LocalSource::default());
    if let Ok(definition) = Definition::parse(raw) {
        let _ = definition.solve(&sources, &Platform::new("linux", "amd64", ""));
    }
    let text = String::from_utf8_lossy(raw);
    let value = text.clone().into_owned();
    let names = ["local.includepattern", "http.perm", "http.filename"];
    let attributes: Attributes = names
        .iter()
        .map(|name| ((*name).to_owned(), value.clone()))
        .collect();
    for scheme in ["local", "git", "https", "docker-image+blob"] {
        let _ = sources.identifier(&format!("{scheme}://{text}"), &attributes, None);
        let _ = sources.identifier(&format!("{scheme}://{text}"), &Attributes::new(), None);
    }
    // What is read is written as it can be read again.
    if let Ok(found) = Reference::parse(&text)
        && found.locator.contains('/')
    {
        assert_eq!(Reference::parse(&found.to_string()), Ok(found));
    }
    let _ = reference::in_full(&text);
}
