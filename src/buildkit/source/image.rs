//! Identifiers of images: `docker-image://` and `oci-layout://`; BuildKit
//! `source/containerimage/identifier.go`. Who has the images is a source of
//! them, such as an opened archive.

use std::fmt;

use super::attributes::{self, Attributes};
use super::{IMAGE_SCHEME, LAYOUT_SCHEME, Reference, SourceError};
use crate::digest::AnyDigest;
use crate::platform::Platform;

/// An image in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageIdentifier {
    /// What refers to it.
    pub reference: Reference,
    /// The platform asked for; the worker's default where there is none.
    pub platform: Option<Platform>,
    /// `image.resolvemode`: default, pull or local. Not part of any key.
    pub resolve_mode: &'static str,
    /// `image.recordtype`: regular, internal or frontend. Not part of any key.
    pub record_type: &'static str,
    /// `image.layerlimit`: how many of its layers, from the bottom.
    pub layer_limit: Option<usize>,
    /// `image.checksum`: what the reference has to resolve to.
    pub checksum: Option<AnyDigest>,
}

/// An image in an OCI layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutIdentifier {
    /// What refers to it.
    pub reference: Reference,
    /// The platform asked for; the worker's default where there is none.
    pub platform: Option<Platform>,
    /// `oci.session`: the client's session that has the layout.
    pub session: String,
    /// `oci.store`: the name of the layout there.
    pub store: String,
    /// `oci.layerlimit`: how many of its layers, from the bottom.
    pub layer_limit: Option<usize>,
}

pub(super) fn reference(text: &str) -> Result<Reference, SourceError> {
    Reference::parse(text).map_err(|error| SourceError::Reference {
        text: text.to_owned(),
        error,
    })
}

pub(super) fn record_type(attributes: &Attributes) -> Result<&'static str, SourceError> {
    let words = ["regular", "internal", "frontend", ""];
    let word = attributes::word(
        attributes,
        "image.recordtype",
        "regular, internal or frontend",
        &words,
    )?;
    Ok(if word.is_empty() { "regular" } else { word })
}

impl ImageIdentifier {
    /// Reads what follows the scheme, and the attributes.
    ///
    /// # Errors
    ///
    /// [`SourceError::Reference`] and [`SourceError::Attribute`].
    pub fn new(
        text: &str,
        attributes: &Attributes,
        platform: Option<&Platform>,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            reference: reference(text)?,
            platform: platform.cloned(),
            resolve_mode: attributes::word(
                attributes,
                "image.resolvemode",
                "default, pull or local",
                &["default", "pull", "local"],
            )?,
            record_type: record_type(attributes)?,
            layer_limit: attributes::layer_limit(attributes, "image.layerlimit")?,
            checksum: attributes::digest(attributes, "image.checksum")?,
        })
    }
}

impl LayoutIdentifier {
    /// Reads what follows the scheme, and the attributes.
    ///
    /// # Errors
    ///
    /// [`SourceError::Reference`] and [`SourceError::Attribute`].
    pub fn new(
        text: &str,
        attributes: &Attributes,
        platform: Option<&Platform>,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            reference: reference(text)?,
            platform: platform.cloned(),
            session: attributes::text(attributes, "oci.session"),
            store: attributes::text(attributes, "oci.store"),
            layer_limit: attributes::layer_limit(attributes, "oci.layerlimit")?,
        })
    }
}

impl fmt::Display for ImageIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{IMAGE_SCHEME}://{}", self.reference)
    }
}

impl fmt::Display for LayoutIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{LAYOUT_SCHEME}://{}", self.reference)
    }
}
