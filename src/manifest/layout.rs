//! The file `oci-layout`; image-spec `image-layout.md`.

use super::fault::{Fault, Faults, Place, quote};
use super::json::{Kind, Value};
use super::read::{Fields, Need, Unknown};
use super::{DocumentError, Parsed, judge, parse, shape};
use crate::diagnostic::Severity;
use crate::limits::Limits;

/// The one version of the layout that there is.
pub const LAYOUT_VERSION: &str = "1.0.0";

/// The file `oci-layout`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// `imageLayoutVersion`.
    pub version: Option<String>,
    /// Other members, which are allowed.
    pub unknown: Unknown,
}

impl Layout {
    /// Reads `oci-layout`. Another version than [`LAYOUT_VERSION`] is a diagnostic.
    ///
    /// # Errors
    ///
    /// Not JSON, no object, or too large.
    pub fn parse(
        raw: impl Into<Box<[u8]>>,
        limits: &Limits,
    ) -> Result<Parsed<Self>, DocumentError> {
        parse(raw, limits, Self::read)
    }

    fn read(value: Value<'_>, faults: &mut Faults) -> Result<Self, DocumentError> {
        if value.kind() != Kind::Object {
            return shape("an object with imageLayoutVersion", value);
        }
        let root = Place::Root;
        let Some(mut fields) = Fields::open(value, &root, faults) else {
            return Ok(Self::default());
        };
        let version = fields.text("imageLayoutVersion", Need::Required, faults);
        if let Some(version) = &version
            && version != LAYOUT_VERSION
        {
            faults.add(
                Severity::Warning,
                "layout-version",
                &root.member("imageLayoutVersion"),
                quote(LAYOUT_VERSION),
                quote(version),
            );
        }
        Ok(Self {
            version,
            unknown: fields.unknown(),
        })
    }
}

/// Judges `oci-layout` by image-spec.
///
/// # Errors
///
/// The first fault.
pub fn validate_layout(raw: &[u8]) -> Result<(), Fault> {
    judge(raw, Layout::read)
}
