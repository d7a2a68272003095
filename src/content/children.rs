//! The labels by which a manifest or an index keeps what it lists from being
//! collected, as containerd's `ChildGCLabels` and `SetChildrenMappedLabels` name
//! them.

use std::collections::BTreeMap;

use super::store::Labels;
use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::limits::Limits;
use crate::manifest::Document;
use crate::media_type::{Class, MediaType};

/// What a manifest or an index lists: the config first, then layers; or
/// manifests. Nothing for bytes that are neither.
pub fn children(document: &[u8], media_type: Option<&str>, limits: &Limits) -> Vec<Descriptor> {
    let media_type = media_type.and_then(|text| MediaType::parse(text).ok());
    let Ok(parsed) = Document::parse(document, media_type.as_ref(), limits) else {
        return Vec::new();
    };
    match parsed.value {
        Document::Index(index) => index.manifests,
        Document::Manifest(manifest) => {
            let mut all = vec![manifest.config];
            all.extend(manifest.layers);
            all
        }
    }
}

/// A label for each child whose digest can be known.
pub fn child_labels(children: &[Descriptor]) -> Labels {
    let mut labels = Labels::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for child in children {
        let Some(digest) = child.known_digest() else {
            continue;
        };
        let key = key(child.media_type.valid().map(MediaType::class));
        let count = counts.entry(key).or_default();
        // A key that ends in a dot always has a number, another from the second on.
        let number = match *count {
            0 if !key.ends_with('.') => String::new(),
            count => count.to_string(),
        };
        *count += 1;
        labels.insert(format!("{key}{number}"), digest.to_string());
    }
    labels
}

const fn key(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Index | Class::Manifest | Class::SchemaOne) => {
            "containerd.io/gc.ref.content.m."
        }
        Some(Class::Config) => "containerd.io/gc.ref.content.config",
        Some(Class::Layer(_)) => "containerd.io/gc.ref.content.l.",
        _ => "containerd.io/gc.ref.content.",
    }
}

/// Digests that labels refer to, each with its label's key.
pub(super) fn refers(labels: &Labels) -> impl Iterator<Item = (&str, Option<Digest>, &str)> {
    digests(labels, "containerd.io/gc.ref.content")
}

/// Digests by which labels say that their blob is referred to.
pub(super) fn referred(labels: &Labels) -> impl Iterator<Item = (&str, Option<Digest>, &str)> {
    digests(labels, "containerd.io/gc.bref.content")
}

fn digests<'a>(
    labels: &'a Labels,
    prefix: &'static str,
) -> impl Iterator<Item = (&'a str, Option<Digest>, &'a str)> {
    let is_one = move |key: &str| {
        let rest = key.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    };
    labels
        .iter()
        .filter(move |(key, _)| is_one(key))
        .map(|(key, value)| (key.as_str(), Digest::parse(value).ok(), value.as_str()))
}
