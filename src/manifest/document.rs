//! Image indexes and image manifests, told apart as containerd does.

use std::collections::BTreeMap;

use super::fault::{Faults, Place, describe};
use super::json::{Kind, Value};
use super::read::{Declared, Fields, Need, Unknown};
use super::{DocumentError, Fault, Parsed, judge, parse, shape};
use crate::descriptor::{Descriptor, PlatformRule};
use crate::diagnostic::Severity;
use crate::limits::Limits;
use crate::media_type::{Class, MediaType};

/// What a descriptor in an index leads to.
#[expect(
    clippy::large_enum_variant,
    reason = "few live at a time, and most are manifests"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// Image index, or Docker's manifest list.
    Index(Index),
    /// Image manifest, OCI or Docker schema 2, whatever it is used for.
    Manifest(Manifest),
}

/// An image index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Its own media type, where it says one.
    pub media_type: Option<Declared<MediaType>>,
    /// Artifact type.
    pub artifact_type: Option<Declared<MediaType>>,
    /// What it lists, in its order.
    pub manifests: Vec<Descriptor>,
    /// What it is about.
    pub subject: Option<Box<Descriptor>>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Members that image-spec does not name.
    pub unknown: Unknown,
}

/// An image manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Its own media type, where it says one.
    pub media_type: Option<Declared<MediaType>>,
    /// Artifact type.
    pub artifact_type: Option<Declared<MediaType>>,
    /// Config.
    pub config: Descriptor,
    /// Layers, bottom first; any blobs for an artifact.
    pub layers: Vec<Descriptor>,
    /// What it is about.
    pub subject: Option<Box<Descriptor>>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Members that image-spec does not name.
    pub unknown: Unknown,
}

/// What a manifest is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// A container image.
    Image,
    /// In-toto statements about an image.
    Attestation,
    /// Anything else: its config is no image config.
    Artifact,
}

impl Document {
    /// Reads the document that a descriptor of `media_type` leads to; without a
    /// type, or with one that is not known here, its members tell what it is.
    ///
    /// # Errors
    ///
    /// Where nothing can be shown: not JSON, an index where a manifest is
    /// expected or the other way round, both or neither, Docker schema 1, or a
    /// limit passed. Everything else is a diagnostic.
    pub fn parse(
        raw: impl Into<Box<[u8]>>,
        media_type: Option<&MediaType>,
        limits: &Limits,
    ) -> Result<Parsed<Self>, DocumentError> {
        parse(raw, limits, |value, faults| {
            let expected = media_type.map(MediaType::class);
            match Shape::of(value, expected)?.decide(expected)? {
                Side::Index => Ok(Self::Index(Index::read(value, faults))),
                Side::Manifest => Manifest::read(value, limits, faults).map(Self::Manifest),
            }
        })
    }
}

impl Index {
    /// Reads an image index: `index.json`, or what an index descriptor leads to.
    ///
    /// # Errors
    ///
    /// As [`Document::parse`].
    pub fn parse(
        raw: impl Into<Box<[u8]>>,
        limits: &Limits,
    ) -> Result<Parsed<Self>, DocumentError> {
        parse(raw, limits, Self::read_checked)
    }

    fn read_checked(value: Value<'_>, faults: &mut Faults) -> Result<Self, DocumentError> {
        Shape::of(value, Some(Class::Index))?.decide(Some(Class::Index))?;
        Ok(Self::read(value, faults))
    }

    fn read(value: Value<'_>, faults: &mut Faults) -> Self {
        let root = Place::Root;
        let Some(mut fields) = Fields::open(value, &root, faults) else {
            return Self::default();
        };
        schema_version(&mut fields, faults);
        let mut manifests = Vec::new();
        fields.each(
            "manifests",
            Need::Required,
            faults,
            |value, place, faults| {
                manifests.push(Descriptor::read(
                    value,
                    place,
                    PlatformRule::Complete,
                    faults,
                ));
            },
        );
        Self {
            media_type: fields.media_type("mediaType", Need::Optional, faults),
            artifact_type: fields.media_type("artifactType", Need::Optional, faults),
            manifests,
            subject: subject(&mut fields, faults),
            annotations: fields.text_map("annotations", Need::Optional, faults),
            unknown: fields.unknown(),
        }
    }
}

impl Manifest {
    /// Reads an image manifest.
    ///
    /// # Errors
    ///
    /// As [`Document::parse`].
    pub fn parse(
        raw: impl Into<Box<[u8]>>,
        limits: &Limits,
    ) -> Result<Parsed<Self>, DocumentError> {
        parse(raw, limits, |value, faults| {
            Self::read_checked(value, limits, faults)
        })
    }

    /// What it is used for. BuildKit's attestation manifests have an image
    /// config, or the empty one, and nothing but in-toto layers; manifests from
    /// before Docker 1.10 call their config `application/octet-stream`.
    pub fn kind(&self) -> ManifestKind {
        let class = |descriptor: &Descriptor| descriptor.media_type.valid().map(MediaType::class);
        let layers_are =
            |fits: fn(Class) -> bool| self.layers.iter().all(|l| class(l).is_some_and(fits));
        if !self.layers.is_empty() && layers_are(|class| class == Class::InToto) {
            return ManifestKind::Attestation;
        }
        let old_docker = || {
            self.config.media_type.to_string() == "application/octet-stream"
                && self.artifact_type.is_none()
                && !self.layers.is_empty()
                && layers_are(|class| matches!(class, Class::Layer(_)))
        };
        match class(&self.config) {
            Some(Class::Config) => ManifestKind::Image,
            _ if old_docker() => ManifestKind::Image,
            _ => ManifestKind::Artifact,
        }
    }

    /// Artifact type: its own, or the config's media type (manifest.md,
    /// "Guidelines for Artifact Usage").
    pub fn effective_artifact_type(&self) -> String {
        match &self.artifact_type {
            Some(artifact_type) => artifact_type.to_string(),
            None => self.config.media_type.to_string(),
        }
    }

    fn read_checked(
        value: Value<'_>,
        limits: &Limits,
        faults: &mut Faults,
    ) -> Result<Self, DocumentError> {
        Shape::of(value, Some(Class::Manifest))?.decide(Some(Class::Manifest))?;
        Self::read(value, limits, faults)
    }

    fn read(value: Value<'_>, limits: &Limits, faults: &mut Faults) -> Result<Self, DocumentError> {
        let root = Place::Root;
        let Some(mut fields) = Fields::open(value, &root, faults) else {
            return Ok(Self::default());
        };
        schema_version(&mut fields, faults);
        let typed = PlatformRule::Typed;
        let config = fields
            .take("config", Need::Required, faults)
            .map(|value| Descriptor::read(value, &root.member("config"), typed, faults))
            .unwrap_or_default();
        let mut layers = Vec::new();
        let mut count = 0;
        let listed = fields.each("layers", Need::Required, faults, |value, place, faults| {
            count += 1;
            if count <= limits.layers {
                layers.push(Descriptor::read(value, place, typed, faults));
            }
        });
        if count > limits.layers {
            return Err(DocumentError::Layers {
                limit: limits.layers,
                found: count,
            });
        }
        // manifest.md: at least one, the empty descriptor where there is nothing.
        if listed && count == 0 {
            faults.add(
                Severity::Note,
                "layers-empty",
                &root.member("layers"),
                "at least one layer",
                "an empty array",
            );
        }
        let manifest = Self {
            media_type: fields.media_type("mediaType", Need::Optional, faults),
            artifact_type: fields.media_type("artifactType", Need::Optional, faults),
            config,
            layers,
            subject: subject(&mut fields, faults),
            annotations: fields.text_map("annotations", Need::Optional, faults),
            unknown: fields.unknown(),
        };
        // manifest.md: artifactType MUST be set when the config is the empty one.
        let config = manifest.config.media_type.valid().map(MediaType::class);
        if config == Some(Class::Empty) && manifest.artifact_type.is_none() {
            faults.add(
                Severity::Note,
                "artifact-type-missing",
                &root.member("artifactType"),
                "an artifact type, because the config is empty",
                "nothing",
            );
        }
        Ok(manifest)
    }
}

/// Judges an image index by image-spec.
///
/// # Errors
///
/// The first fault.
pub fn validate_index(raw: &[u8]) -> Result<(), Fault> {
    judge(raw, Index::read_checked)
}

/// Judges an image manifest by image-spec.
///
/// # Errors
///
/// The first fault.
pub fn validate_manifest(raw: &[u8]) -> Result<(), Fault> {
    let limits = Limits::default();
    judge(raw, |value, faults| {
        Manifest::read_checked(value, &limits, faults)
    })
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Index,
    Manifest,
}

// Which members there are and what the document calls itself.
struct Shape {
    manifests: bool,
    config_or_layers: bool,
    own: Option<Class>,
}

impl Shape {
    fn of(value: Value<'_>, expected: Option<Class>) -> Result<Self, DocumentError> {
        if value.kind() != Kind::Object {
            return shape("an image index or an image manifest", value);
        }
        let mut found = Self {
            manifests: false,
            config_or_layers: false,
            own: None,
        };
        let mut schema_one = expected == Some(Class::SchemaOne);
        for (name, member) in value.members() {
            match &*name {
                "manifests" => found.manifests = true,
                "config" | "layers" => found.config_or_layers = true,
                "fsLayers" => schema_one = true,
                "mediaType" => {
                    let text = member.text().unwrap_or_default();
                    found.own = MediaType::parse(&text).ok().map(|own| own.class());
                }
                _ => {}
            }
        }
        schema_one |= found.own == Some(Class::SchemaOne);
        if schema_one {
            return Err(DocumentError::SchemaOne);
        }
        Ok(found)
    }

    // containerd's check against documents that are an index to one tool and a
    // manifest to another (CVE-2021-41190); BuildKit's where no type is given.
    fn decide(&self, expected: Option<Class>) -> Result<Side, DocumentError> {
        match expected {
            Some(Class::Manifest) if self.manifests || self.own == Some(Class::Index) => {
                Err(DocumentError::FoundIndex)
            }
            Some(Class::Manifest) => Ok(Side::Manifest),
            Some(Class::Index) if self.config_or_layers || self.own == Some(Class::Manifest) => {
                Err(DocumentError::FoundManifest)
            }
            Some(Class::Index) => Ok(Side::Index),
            _ => match (self.manifests, self.config_or_layers, self.own) {
                (true, true, _) => Err(DocumentError::Ambiguous),
                (true, false, Some(Class::Manifest)) => Err(DocumentError::FoundIndex),
                (false, true, Some(Class::Index)) => Err(DocumentError::FoundManifest),
                (true, false, _) | (false, false, Some(Class::Index)) => Ok(Side::Index),
                (false, true, _) | (false, false, Some(Class::Manifest)) => Ok(Side::Manifest),
                (false, false, _) => Err(DocumentError::Shape {
                    expected: "an image index or an image manifest",
                    found: "an object with neither manifests nor config and layers".to_owned(),
                }),
            },
        }
    }
}

// image-index.md, manifest.md: MUST be 2.
fn schema_version(fields: &mut Fields<'_, '_>, faults: &mut Faults) {
    if let Some(version) = fields.take("schemaVersion", Need::Required, faults)
        && version.raw() != b"2"
    {
        faults.add(
            Severity::Warning,
            "schema-version",
            &Place::Root.member("schemaVersion"),
            "the number 2",
            describe(version),
        );
    }
}

fn subject(fields: &mut Fields<'_, '_>, faults: &mut Faults) -> Option<Box<Descriptor>> {
    let value = fields.take("subject", Need::Optional, faults)?;
    let place = Place::Root.member("subject");
    let subject = Descriptor::read(value, &place, PlatformRule::Typed, faults);
    (value.kind() == Kind::Object).then(|| Box::new(subject))
}
