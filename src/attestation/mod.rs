//! What attestations say: in-toto statements, plain or inside a DSSE envelope,
//! and package lists that stand alone. Bytes in, view out; no signature is
//! checked.
//!
//! in-toto `spec/v0.1.0/statement.md` and `spec/v1/statement.md`, DSSE
//! `envelope.md`, Sigstore's bundles for the envelope inside of them.

mod cyclonedx;
mod provenance;
mod spdx;

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::limits::{self, Limits};
use crate::manifest::DocumentError;
use crate::manifest::json::{Json, Kind, Value};
use crate::report::{PackageView, StatementDetail, SubjectView};

/// Why a document is not read as an attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttestationError {
    /// It is not read at all.
    Document(DocumentError),
    /// The envelope's payload is no base64.
    Payload,
    /// JSON, but no attestation that is known here.
    Unknown,
}

impl AttestationError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Document(error) => error.code(),
            Self::Payload => "envelope-payload",
            Self::Unknown => "not-an-attestation",
        }
    }
}

impl fmt::Display for AttestationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(error) => error.fmt(f),
            Self::Payload => f.write_str("expected a payload in base64, but found something else"),
            Self::Unknown => f.write_str(
                "expected an in-toto statement, SPDX or CycloneDX, but found other JSON",
            ),
        }
    }
}

impl std::error::Error for AttestationError {}

/// Reads an attestation.
///
/// # Errors
///
/// [`AttestationError`]. Members that are missing or of another type than
/// their specification says are left empty.
pub fn read(raw: &[u8], limits: &Limits) -> Result<StatementDetail, AttestationError> {
    let json = parse(raw, limits)?;
    let root = json.root();
    // Sigstore `sigstore_bundle.proto`: the envelope is one of its members.
    let envelope = member(root, "dsseEnvelope").unwrap_or(root);
    let Some(payload) = text(envelope, "payload") else {
        return statement(root);
    };
    let payload = decode(&payload).ok_or(AttestationError::Payload)?;
    let inner = parse(&payload, limits)?;
    let mut detail = statement(inner.root())?;
    detail.signatures = Some(count(items(envelope, "signatures")));
    Ok(detail)
}

fn parse<'a>(raw: &'a [u8], limits: &Limits) -> Result<Json<'a>, AttestationError> {
    let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    let limit = limits.document_bytes;
    if size > limit {
        let error = DocumentError::Size { limit, found: size };
        return Err(AttestationError::Document(error));
    }
    Json::parse(raw).map_err(|error| AttestationError::Document(DocumentError::Json(error)))
}

// DSSE envelope.md: "MAY be encoded in standard or URL-safe", padded or not.
fn decode(payload: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .find_map(|alphabet| {
            let engine = GeneralPurpose::new(alphabet, config);
            engine.decode(payload).ok()
        })
}

fn statement(root: Value<'_>) -> Result<StatementDetail, AttestationError> {
    let Some(statement_type) = text(root, "_type") else {
        let packages = spdx::read(root).or_else(|| cyclonedx::read(root));
        return Ok(StatementDetail {
            statement_type: String::new(),
            predicate_type: String::new(),
            subjects: Vec::new(),
            more_subjects: 0,
            signatures: None,
            packages: Some(packages.ok_or(AttestationError::Unknown)?),
            provenance: None,
        });
    };
    let predicate_type = owned(root, "predicateType");
    let predicate = member(root, "predicate").filter(|value| value.kind() == Kind::Object);
    let packages = predicate.and_then(|value| spdx::read(value).or_else(|| cyclonedx::read(value)));
    let provenance = predicate.and_then(|value| provenance::read(&predicate_type, value));
    let (subjects, more_subjects) = cut(items(root, "subject"), limits::SUBJECTS, |subject| {
        resource(subject, &["name", "uri"])
    });
    Ok(StatementDetail {
        statement_type: statement_type.into_owned(),
        predicate_type,
        subjects,
        more_subjects,
        signatures: None,
        packages,
        provenance,
    })
}

/// A subject, material or dependency: the first of `names` that it has, and a
/// digest for each algorithm.
fn resource(value: Value<'_>, names: &[&str]) -> SubjectView {
    let name = names.iter().find_map(|name| filled(value, name));
    let digests = member(value, "digest").into_iter().flat_map(Value::members);
    SubjectView {
        name: name.unwrap_or_default(),
        digests: digests
            .filter_map(|(algorithm, digest)| Some(format!("{algorithm}:{}", digest.text()?)))
            .take(limits::SUBJECT_DIGESTS)
            .collect(),
    }
}

/// Packages by name and version, and how many are left out.
fn sorted(mut packages: Vec<PackageView>) -> Vec<PackageView> {
    packages.sort_by(|left, right| {
        (&left.name, &left.version, &left.purl).cmp(&(&right.name, &right.version, &right.purl))
    });
    packages
}

/// The type of a package URL, purl-spec: `pkg:type/…`.
fn purl_type(purl: &str) -> Option<String> {
    let (kind, _) = purl.strip_prefix("pkg:")?.split_once('/')?;
    (!kind.is_empty()).then(|| kind.to_ascii_lowercase())
}

/// At most `limit` of the items, and how many more there are.
fn cut<'j, T>(
    items: impl Iterator<Item = Value<'j>>,
    limit: usize,
    read: impl FnMut(Value<'j>) -> T,
) -> (Vec<T>, u32) {
    let mut items = items;
    let taken: Vec<T> = items.by_ref().take(limit).map(read).collect();
    (taken, count(items))
}

fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// A member, of several of one name the last, as Go reads them.
fn member<'j>(value: Value<'j>, name: &str) -> Option<Value<'j>> {
    let members = value.members().filter(|(found, _)| found == name);
    members.map(|(_, value)| value).last()
}

fn text<'j>(value: Value<'j>, name: &str) -> Option<Cow<'j, str>> {
    member(value, name)?.text()
}

fn owned(value: Value<'_>, name: &str) -> String {
    text(value, name).map(Cow::into_owned).unwrap_or_default()
}

/// A member's text, where it is not empty.
fn filled(value: Value<'_>, name: &str) -> Option<String> {
    Some(owned(value, name)).filter(|text| !text.is_empty())
}

fn items<'j>(value: Value<'j>, name: &str) -> impl Iterator<Item = Value<'j>> {
    member(value, name).into_iter().flat_map(Value::items)
}
