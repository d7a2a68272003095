//! Descriptors: media type, digest and size; image-spec `descriptor.md`.
//!
//! Own types and not `oci-spec`'s: those refuse a whole document for one bad
//! digest, drop members they do not know, drop the order and the text of what
//! they read, and (0.10) look for a descriptor's `os.version` and `os.features`
//! under other names, which changes a Windows image's cache key. They also
//! bring the `regex` engine along.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::{AnyDigest, Digest};
use crate::limits::Limits;
use crate::manifest::fault::{Fault, Faults, Place, describe, quote};
use crate::manifest::json::{Json, Kind, Value};
use crate::manifest::read::{Declared, Fields, Need, Unknown, text, wrong_type};
use crate::manifest::syntax_fault;
use crate::media_type::MediaType;
use crate::platform::Platform;

/// Says that an index entry is a BuildKit attestation manifest.
pub const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
/// Digest of the manifest that an attestation manifest is about.
pub const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";
/// Predicate type of an in-toto layer.
pub const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";
/// Reference name of an entry of `index.json`: a tag, or a whole name.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// Whole name, as containerd and moby write it.
pub const CONTAINERD_NAME: &str = "io.containerd.image.name";

/// A descriptor, as its document has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Media type of the content.
    pub media_type: Declared<MediaType>,
    /// Digest of the content.
    pub digest: Declared<AnyDigest>,
    /// Size of the content in bytes; absent where none is declared, or none
    /// from 0 to 2^63 − 1.
    pub size: Option<u64>,
    /// Where else the content may be had. Never fetched.
    pub urls: Vec<String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// The content itself, where it is embedded and has this size and digest.
    pub data: Option<Box<[u8]>>,
    /// Type of the artifact that it leads to.
    pub artifact_type: Option<Declared<MediaType>>,
    /// Platform, in an index.
    pub platform: Option<Platform>,
    /// Members that image-spec does not name.
    pub unknown: Unknown,
}

impl Descriptor {
    /// The digest, where it can be computed here.
    pub fn known_digest(&self) -> Option<&Digest> {
        self.digest.valid()?.known()
    }

    /// What a BuildKit attestation manifest is about, as its index entry says:
    /// nothing where the entry is no attestation, an empty text where it does
    /// not name its subject.
    pub fn attests(&self) -> Option<&str> {
        let kind = self.annotations.get(REFERENCE_TYPE)?;
        let subject = || self.annotations.get(REFERENCE_DIGEST).map(String::as_str);
        (kind == "attestation-manifest").then(|| subject().unwrap_or_default())
    }

    /// Predicate type of an in-toto statement, from its annotation.
    pub fn predicate_type(&self) -> Option<&str> {
        self.annotations.get(PREDICATE_TYPE).map(String::as_str)
    }

    pub(crate) fn read(
        value: Value<'_>,
        place: &Place<'_>,
        platform: PlatformRule,
        faults: &mut Faults,
    ) -> Self {
        let Some(mut fields) = Fields::open(value, place, faults) else {
            return Self::default();
        };
        let mut descriptor = Self {
            media_type: fields
                .media_type("mediaType", Need::Required, faults)
                .unwrap_or_default(),
            digest: read_digest(&mut fields, place, faults),
            size: read_size(&mut fields, place, faults),
            urls: Vec::new(),
            annotations: fields.text_map("annotations", Need::Optional, faults),
            data: None,
            artifact_type: fields.media_type("artifactType", Need::Optional, faults),
            platform: None,
            unknown: Unknown::new(),
        };
        fields.each("urls", Need::Optional, faults, |value, place, faults| {
            let Some(url) = text(value, place, faults) else {
                return;
            };
            if !is_uri(&url) {
                faults.add(
                    Severity::Warning,
                    "url-invalid",
                    place,
                    "a URI of RFC 3986",
                    quote(&url),
                );
            }
            descriptor.urls.push(url);
        });
        if let Some(value) = fields.take("platform", Need::Optional, faults) {
            let place = place.member("platform");
            descriptor.platform = Platform::read(value, &place, platform.need(), faults);
        }
        if let Some(value) = fields.take("data", Need::Optional, faults) {
            descriptor.data = descriptor.embedded(value, &place.member("data"), faults);
        }
        descriptor.unknown = fields.unknown();
        descriptor
    }

    // descriptor.md, "Embedded Content": the decoded data MUST be the content.
    fn embedded(
        &self,
        value: Value<'_>,
        place: &Place<'_>,
        faults: &mut Faults,
    ) -> Option<Box<[u8]>> {
        let encoded = text(value, place, faults)?;
        let Ok(data) = STANDARD.decode(&encoded) else {
            faults.add(
                Severity::Warning,
                "data-encoding",
                place,
                "base64 with padding",
                quote(&encoded),
            );
            return None;
        };
        let length = u64::try_from(data.len()).ok();
        if let Some(size) = self.size
            && length != Some(size)
        {
            let found = format!("{} bytes", data.len());
            faults.add(
                Severity::Warning,
                "data-mismatch",
                place,
                format!("{size} bytes"),
                found,
            );
            return None;
        }
        match &self.digest {
            Declared::Valid(AnyDigest::Known(digest)) => {
                let computed = Digest::of(digest.algorithm(), &data);
                if computed != *digest {
                    faults.add(
                        Severity::Warning,
                        "data-mismatch",
                        place,
                        digest.to_string(),
                        computed.to_string(),
                    );
                    return None;
                }
                self.size.map(|_| data.into())
            }
            Declared::Valid(AnyDigest::Unregistered(_)) => {
                faults.remark(Diagnostic::new(
                    Severity::Note,
                    "data-not-checked",
                    format!("{place}: embedded content is not used, because its digest cannot be computed here"),
                ));
                None
            }
            Declared::Invalid(_) => None,
        }
    }
}

/// Judges a descriptor by image-spec.
///
/// # Errors
///
/// The first fault.
pub fn validate_descriptor(raw: &[u8]) -> Result<(), Fault> {
    let json = Json::parse(raw).map_err(|error| syntax_fault(&error))?;
    let mut faults = Faults::new(&Limits::default());
    crate::manifest::check_utf8(&json, &mut faults);
    Descriptor::read(json.root(), &Place::Root, PlatformRule::Typed, &mut faults);
    faults.into_judgement()
}

/// What a descriptor's platform has to have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PlatformRule {
    /// In an index: `architecture` and `os`.
    Complete,
    /// Elsewhere: nothing, of the right types.
    Typed,
}

impl PlatformRule {
    const fn need(self) -> Need {
        match self {
            Self::Complete => Need::Required,
            Self::Typed => Need::Optional,
        }
    }
}

fn read_digest(
    fields: &mut Fields<'_, '_>,
    place: &Place<'_>,
    faults: &mut Faults,
) -> Declared<AnyDigest> {
    let Some(text) = fields.text("digest", Need::Required, faults) else {
        return Declared::default();
    };
    declared_digest(text, &place.member("digest"), Severity::Error, faults)
}

pub(crate) fn declared_digest(
    text: String,
    place: &Place<'_>,
    severity: Severity,
    faults: &mut Faults,
) -> Declared<AnyDigest> {
    match AnyDigest::parse(&text) {
        Ok(digest) => Declared::Valid(digest),
        Err(error) => {
            let expected = "a digest of the form algorithm:encoded";
            faults.add(severity, error.code(), place, expected, quote(&text));
            Declared::Invalid(text.into())
        }
    }
}

// descriptor.md: an int64 in bytes. Go reads neither `1.0` nor `1e3` into one.
fn read_size(fields: &mut Fields<'_, '_>, place: &Place<'_>, faults: &mut Faults) -> Option<u64> {
    const EXPECTED: &str = "an integer from 0 to 9223372036854775807";
    let value = fields.take("size", Need::Required, faults)?;
    let place = place.member("size");
    if value.kind() != Kind::Number {
        return wrong_type(value, &place, EXPECTED, faults);
    }
    let number = std::str::from_utf8(value.raw())
        .ok()
        .and_then(|text| text.parse::<i64>().ok())
        .and_then(|size| u64::try_from(size).ok());
    if number.is_none() {
        faults.add(
            Severity::Error,
            "size-invalid",
            &place,
            EXPECTED,
            describe(value),
        );
    }
    number
}

// RFC 3986 section 3: a scheme, a colon, and nothing but the characters of section 2.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut rest = rest.bytes();
    let mut fits = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    while let Some(byte) = rest.next() {
        fits &= match byte {
            b'%' => (0..2).all(|_| rest.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            byte => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
    }
    fits
}
