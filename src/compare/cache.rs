//! What two images are to a build cache that knows the left one. BuildKit's
//! image source asks twice: by the digest that a reference resolves to, with
//! the platform, and by the chain ID of the config.

use super::Facts;
use super::layer::LayerDifference;
use crate::report::{Annotation, CacheFinding, CacheReason, Field};

/// Everything that applies, in the order of [`CacheReason`].
pub fn findings(
    left: &Facts,
    right: &Facts,
    first_different: Option<usize>,
    layer: Option<&LayerDifference>,
) -> Vec<CacheFinding> {
    let mut findings = Vec::new();
    references(left, right, &mut findings);
    chains(left, right, first_different, &mut findings);
    layers(left, right, first_different, layer, &mut findings);
    findings
}

fn value(key: &str, value: impl ToString) -> Annotation {
    Annotation {
        key: key.to_owned(),
        value: value.to_string(),
    }
}

fn references(left: &Facts, right: &Facts, findings: &mut Vec<CacheFinding>) {
    let mut add = |reason, values| findings.push(CacheFinding { reason, values });
    let platforms = left.platform.as_ref().zip(right.platform.as_ref());
    let same_platform = left.platform == right.platform;
    if let (Some(one), Some(other)) = (&left.reference, &right.reference) {
        if one != other {
            let values = vec![value("left", one), value("right", other)];
            add(CacheReason::ReferenceDiffers, values);
            if let (true, Some(digest)) = (left.digest == right.digest, &left.digest) {
                let mut values = vec![value("manifest", digest)];
                if let Some((one, other)) = left.listed.zip(right.listed) {
                    let counts = [("images", one.0, other.0), ("attestations", one.1, other.1)];
                    let other = counts.iter().filter(|(_, one, other)| one != other);
                    values
                        .extend(other.map(|(key, one, two)| value(key, format!("{one} -> {two}"))));
                }
                add(CacheReason::OnlyIndexDiffers, values);
            }
        } else if same_platform {
            let mut values = vec![value("reference", one)];
            values.extend(left.platform.iter().map(|it| value("platform", it)));
            add(CacheReason::SameReference, values);
        }
    }
    if let Some((one, other)) = platforms.filter(|_| !same_platform) {
        let values = vec![value("left", one), value("right", other)];
        add(CacheReason::PlatformDiffers, values);
    }
}

fn chains(
    left: &Facts,
    right: &Facts,
    first_different: Option<usize>,
    findings: &mut Vec<CacheFinding>,
) {
    let (Some(one), Some(other)) = (&left.config_key, &right.config_key) else {
        return;
    };
    let (reason, values) = if one == other {
        (CacheReason::SameChainId, vec![value("chainId", one)])
    } else {
        let mut values = vec![value("left", one), value("right", other)];
        values.extend(first_different.map(|layer| value("layer", layer)));
        (CacheReason::ChainIdDiffers, values)
    };
    findings.push(CacheFinding { reason, values });
}

fn layers(
    left: &Facts,
    right: &Facts,
    first_different: Option<usize>,
    layer: Option<&LayerDifference>,
    findings: &mut Vec<CacheFinding>,
) {
    let mut add = |reason, values| findings.push(CacheFinding { reason, values });
    let pairs = left.layers.iter().zip(&right.layers);
    let Some(first) = first_different else {
        let other_bytes = pairs
            .enumerate()
            .filter(|(_, (one, other))| {
                let both = one.digest.as_ref().zip(other.digest.as_ref());
                both.is_some_and(|(one, other)| one != other)
            })
            .map(|(position, _)| position.to_string());
        let other_bytes: Vec<String> = other_bytes.collect();
        if !other_bytes.is_empty() {
            let values = vec![value("layers", other_bytes.join(", "))];
            add(CacheReason::Recompressed, values);
        }
        return;
    };
    let (counts, shorter) = (
        (left.layers.len(), right.layers.len()),
        left.layers.len().min(right.layers.len()),
    );
    if first == shorter && shorter > 0 {
        let (side, more) = match counts {
            (one, other) if one < other => ("right", other - one),
            (one, other) => ("left", one - other),
        };
        add(CacheReason::LayersAdded, vec![value(side, more)]);
        return;
    }
    match layer {
        Some(LayerDifference::Metadata(fields)) => {
            let mut values = vec![value("layer", first)];
            let counted = fields
                .iter()
                .map(|(field, entries)| value(name(*field), entries));
            values.extend(counted);
            add(CacheReason::MetadataOnly, values);
        }
        Some(LayerDifference::Content) => {
            add(CacheReason::ContentDiffers, vec![value("layer", first)]);
        }
        Some(LayerDifference::Unknown) | None => {}
    }
}

const fn name(field: Field) -> &'static str {
    match field {
        Field::Type => "type",
        Field::Mode => "mode",
        Field::Uid => "uid",
        Field::Gid => "gid",
        Field::Size => "size",
        Field::Mtime => "mtime",
        Field::LinkName => "link-name",
        Field::Device => "device",
        Field::Xattrs => "xattrs",
        Field::Content => "content",
        Field::Hardlink => "hardlink",
    }
}
