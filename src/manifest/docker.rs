//! The files of `docker save` archives: `manifest.json`, `repositories` and
//! the `json` of each layer's folder. By Docker's image specification 1.0 to
//! 1.2 and what moby reads and writes today. Members of the archive that they
//! name are looked up elsewhere.

use std::collections::BTreeMap;

use super::config::Runtime;
use super::fault::{Faults, Place};
use super::json::{Kind, Value};
use super::read::{Fields, Need, Unknown};
use super::{DocumentError, Parsed, parse, shape};
use crate::descriptor::{Descriptor, PlatformRule};
use crate::limits::Limits;
use crate::platform::Platform;

/// One item of `manifest.json`: an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedImage {
    /// Name of the member that holds the config.
    pub config: String,
    /// Reference names.
    pub repo_tags: Vec<String>,
    /// Names of the members that hold the layers, bottom first.
    pub layers: Vec<String>,
    /// Image ID of the image that it was built on.
    pub parent: Option<String>,
    /// Descriptors of layers that are kept elsewhere, by diff ID.
    pub layer_sources: BTreeMap<String, Descriptor>,
    /// Members that moby does not name.
    pub unknown: Unknown,
}

/// `repositories`: by name and tag, the ID of the topmost layer's folder.
pub type Repositories = BTreeMap<String, BTreeMap<String, String>>;

/// The `json` of a layer's folder: an image of Docker before 1.10.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegacyImage {
    /// Its ID, which is the folder's name.
    pub id: Option<String>,
    /// ID of the image that it is built on.
    pub parent: Option<String>,
    /// When it was made.
    pub created: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// Platform.
    pub platform: Platform,
    /// How its containers are to be run.
    pub runtime: Runtime,
    /// How the container was run that it was made from: its `Cmd` is the step.
    pub container: Runtime,
    /// Whether the step changed no file.
    pub throwaway: bool,
    /// Other members.
    pub unknown: Unknown,
}

/// Reads `manifest.json`.
///
/// # Errors
///
/// Not JSON, no array (moby: cannot be null, but can be `[]`), or a limit passed.
pub fn parse_saved_images(
    raw: impl Into<Box<[u8]>>,
    limits: &Limits,
) -> Result<Parsed<Vec<SavedImage>>, DocumentError> {
    parse(raw, limits, |value, faults| {
        if value.kind() != Kind::Array {
            return shape("an array of images", value);
        }
        let root = Place::Root;
        value
            .items()
            .enumerate()
            .map(|(position, item)| SavedImage::read(item, &root.item(position), limits, faults))
            .collect()
    })
}

/// Reads `repositories`.
///
/// # Errors
///
/// Not JSON, no object, or too large.
pub fn parse_repositories(
    raw: impl Into<Box<[u8]>>,
    limits: &Limits,
) -> Result<Parsed<Repositories>, DocumentError> {
    parse(raw, limits, |value, faults| {
        if value.kind() != Kind::Object {
            return shape("an object of repositories", value);
        }
        let mut repositories = Repositories::new();
        let root = Place::Root;
        if let Some(mut fields) = Fields::open(value, &root, faults) {
            for name in fields.names() {
                let tags = fields.text_map(&name, Need::Optional, faults);
                repositories.insert(name, tags);
            }
        }
        Ok(repositories)
    })
}

/// Reads the `json` of a layer's folder.
///
/// # Errors
///
/// Not JSON, no object, or too large.
pub fn parse_legacy_image(
    raw: impl Into<Box<[u8]>>,
    limits: &Limits,
) -> Result<Parsed<LegacyImage>, DocumentError> {
    parse(raw, limits, |value, faults| {
        if value.kind() != Kind::Object {
            return shape("an image of Docker's first format", value);
        }
        Ok(LegacyImage::read(value, faults))
    })
}

impl SavedImage {
    fn read(
        value: Value<'_>,
        place: &Place<'_>,
        limits: &Limits,
        faults: &mut Faults,
    ) -> Result<Self, DocumentError> {
        let Some(mut fields) = Fields::open(value, place, faults) else {
            return Ok(Self::default());
        };
        let mut layer_sources = BTreeMap::new();
        fields.map(
            "LayerSources",
            Need::Nullable,
            faults,
            |diff_id, value, place, faults| {
                let source = Descriptor::read(value, place, PlatformRule::Typed, faults);
                layer_sources.insert(diff_id.into_owned(), source);
            },
        );
        let layers = fields.texts("Layers", Need::Nullable, faults);
        if layers.len() > limits.layers {
            return Err(DocumentError::Layers {
                limit: limits.layers,
                found: layers.len(),
            });
        }
        Ok(Self {
            config: fields
                .text("Config", Need::Required, faults)
                .unwrap_or_default(),
            repo_tags: fields.texts("RepoTags", Need::Nullable, faults),
            layers,
            parent: fields.text("Parent", Need::Nullable, faults),
            layer_sources,
            unknown: fields.unknown(),
        })
    }
}

impl LegacyImage {
    fn read(value: Value<'_>, faults: &mut Faults) -> Self {
        let root = Place::Root;
        let Some(mut fields) = Fields::open(value, &root, faults) else {
            return Self::default();
        };
        let mut runtime = |name, faults: &mut Faults| {
            let value = fields.take(name, Need::Nullable, faults)?;
            Some(Runtime::read(
                value,
                &root.member(name),
                Need::Nullable,
                faults,
            ))
        };
        let (of_image, container) = (
            runtime("config", faults).unwrap_or_default(),
            runtime("container_config", faults).unwrap_or_default(),
        );
        Self {
            id: fields.text("id", Need::Nullable, faults),
            parent: fields.text("parent", Need::Nullable, faults),
            created: fields.time("created", faults),
            author: fields.text("author", Need::Nullable, faults),
            comment: fields.text("comment", Need::Nullable, faults),
            platform: Platform::of_fields(&mut fields, Need::Optional, faults),
            runtime: of_image,
            container,
            throwaway: fields.flag("throwaway", faults).unwrap_or(false),
            unknown: fields.unknown(),
        }
    }
}
