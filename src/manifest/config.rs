//! Image configs; image-spec `config.md`, and Docker's, which it came from.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fault::{Fault, Faults, Place, quote};
use super::history::HistoryEntry;
use super::json::{Kind, Value};
use super::read::{Declared, Fields, Need, Unknown, text};
use super::{DocumentError, Parsed, judge, parse, shape};
use crate::buildkit::cache_config::{CacheConfigError, INLINE_MEMBER};
use crate::descriptor::declared_digest;
use crate::diagnostic::Severity;
use crate::digest::AnyDigest;
use crate::limits::Limits;
use crate::platform::Platform;

/// An image config.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The platform, as the config has it.
    pub platform: Platform,
    /// When the image was made.
    pub created: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// Diff IDs, bottom first. Their texts are what chain IDs are made of,
    /// whether they are digests or not.
    pub diff_ids: Vec<Declared<AnyDigest>>,
    /// How containers of the image are to be run.
    pub runtime: Runtime,
    /// History, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Members that image-spec does not name; Docker has several.
    pub unknown: Unknown,
}

/// How containers of an image are to be run: the member `config`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runtime {
    /// `User`.
    pub user: Option<String>,
    /// Keys of `ExposedPorts`.
    pub exposed_ports: Vec<String>,
    /// `Env`: `NAME=VALUE` each.
    pub env: Vec<String>,
    /// `Entrypoint`.
    pub entrypoint: Vec<String>,
    /// `Cmd`.
    pub cmd: Vec<String>,
    /// Keys of `Volumes`.
    pub volumes: Vec<String>,
    /// `WorkingDir`.
    pub working_dir: Option<String>,
    /// `Labels`.
    pub labels: BTreeMap<String, String>,
    /// `StopSignal`.
    pub stop_signal: Option<String>,
    /// `ArgsEscaped`, for Windows.
    pub args_escaped: Option<bool>,
    /// Members that image-spec does not name, such as `Healthcheck`.
    pub unknown: Unknown,
}

impl Config {
    /// Reads an image config.
    ///
    /// # Errors
    ///
    /// Not JSON, no object, or a limit passed. Everything else is a diagnostic.
    pub fn parse(
        raw: impl Into<Box<[u8]>>,
        limits: &Limits,
    ) -> Result<Parsed<Self>, DocumentError> {
        parse(raw, limits, |value, faults| {
            Self::read(value, limits, faults)
        })
    }

    /// The diff IDs' texts.
    pub fn diff_id_texts(&self) -> Vec<String> {
        self.diff_ids.iter().map(ToString::to_string).collect()
    }

    /// The records of the build cache that it carries, decoded from base64;
    /// nothing where it carries none, an error for what is no base64.
    pub fn inline_cache(&self) -> Option<Result<Vec<u8>, CacheConfigError>> {
        let spelled = self.unknown.get(INLINE_MEMBER)?;
        // Go takes null for no bytes.
        if &**spelled == "null" {
            return None;
        }
        let text = spelled
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        // Go leaves line breaks in base64 out; in JSON they are escapes.
        let text = text.map(|text| text.replace("\\n", "").replace("\\r", ""));
        let decoded = text.and_then(|text| STANDARD.decode(text).ok());
        Some(decoded.ok_or(CacheConfigError::Encoding))
    }

    fn read(value: Value<'_>, limits: &Limits, faults: &mut Faults) -> Result<Self, DocumentError> {
        if value.kind() != Kind::Object {
            return shape("an image config", value);
        }
        let root = Place::Root;
        let Some(mut fields) = Fields::open(value, &root, faults) else {
            return Ok(Self::default());
        };
        let mut config = Self {
            platform: Platform::of_fields(&mut fields, Need::Required, faults),
            created: fields.time("created", faults),
            author: fields.text("author", Need::Optional, faults),
            ..Self::default()
        };
        if let Some(value) = fields.take("rootfs", Need::Required, faults) {
            config.diff_ids = root_fs(value, &root.member("rootfs"), limits, faults)?;
        }
        if let Some(value) = fields.take("config", Need::Optional, faults) {
            config.runtime = Runtime::read(value, &root.member("config"), Need::Optional, faults);
        }
        fields.each("history", Need::Optional, faults, |value, place, faults| {
            config
                .history
                .push(HistoryEntry::read(value, place, faults));
        });
        config.unknown = fields.unknown();
        Ok(config)
    }
}

fn root_fs(
    value: Value<'_>,
    place: &Place<'_>,
    limits: &Limits,
    faults: &mut Faults,
) -> Result<Vec<Declared<AnyDigest>>, DocumentError> {
    let mut diff_ids = Vec::new();
    let Some(mut fields) = Fields::open(value, place, faults) else {
        return Ok(diff_ids);
    };
    // config.md: MUST be `layers`.
    if let Some(kind) = fields.text("type", Need::Required, faults)
        && kind != "layers"
    {
        let place = place.member("type");
        let expected = quote("layers");
        faults.add(
            Severity::Warning,
            "rootfs-type",
            &place,
            expected,
            quote(&kind),
        );
    }
    let mut count = 0;
    fields.each(
        "diff_ids",
        Need::Required,
        faults,
        |value, place, faults| {
            count += 1;
            if count <= limits.layers {
                // One that is no text still counts, so that the others keep their layers.
                let text = text(value, place, faults).unwrap_or_default();
                diff_ids.push(diff_id(text, place, faults));
            }
        },
    );
    if count > limits.layers {
        return Err(DocumentError::Layers {
            limit: limits.layers,
            found: count,
        });
    }
    Ok(diff_ids)
}

// image-spec's schema asks for a string only, so that a bad digest is no fault.
fn diff_id(text: String, place: &Place<'_>, faults: &mut Faults) -> Declared<AnyDigest> {
    let mut aside = Faults::new(&Limits::default());
    let diff_id = declared_digest(text, place, Severity::Warning, &mut aside);
    for remark in aside.into_diagnostics() {
        faults.remark(remark);
    }
    diff_id
}

impl Runtime {
    // Docker writes null for what is empty; image-spec's schema names it for
    // four members only, so that `need` says how the others take it.
    pub(super) fn read(
        value: Value<'_>,
        place: &Place<'_>,
        need: Need,
        faults: &mut Faults,
    ) -> Self {
        let Some(mut fields) = Fields::open(value, place, faults) else {
            return Self::default();
        };
        let runtime = Self {
            user: fields.text("User", need, faults),
            exposed_ports: fields.key_set("ExposedPorts", need, faults),
            env: fields.texts("Env", need, faults),
            entrypoint: fields.texts("Entrypoint", Need::Nullable, faults),
            cmd: fields.texts("Cmd", Need::Nullable, faults),
            volumes: fields.key_set("Volumes", Need::Nullable, faults),
            working_dir: fields.text("WorkingDir", need, faults),
            labels: fields.text_map("Labels", Need::Nullable, faults),
            stop_signal: fields.text("StopSignal", need, faults),
            args_escaped: fields.flag("ArgsEscaped", faults),
            unknown: fields.unknown(),
        };
        // config.md: entries are in the format VARNAME=VARVALUE.
        for (position, entry) in runtime.env.iter().enumerate() {
            if entry
                .split_once('=')
                .is_none_or(|(name, _)| name.is_empty())
            {
                faults.add(
                    Severity::Warning,
                    "env-invalid",
                    &place.member("Env").item(position),
                    "NAME=VALUE",
                    quote(entry),
                );
            }
        }
        runtime
    }
}

/// Judges an image config by image-spec.
///
/// # Errors
///
/// The first fault.
pub fn validate_config(raw: &[u8]) -> Result<(), Fault> {
    let limits = Limits::default();
    judge(raw, |value, faults| Config::read(value, &limits, faults))
}
