//! Platforms: image-spec `image-index.md`, and how containerd normalises,
//! writes and matches them, which BuildKit's cache keys depend on.

use std::cmp::Ordering;
use std::fmt;

use crate::manifest::fault::{Faults, Place};
use crate::manifest::json::Value;
use crate::manifest::read::{Fields, Need};
use crate::order;

/// What an empty operating system is normalised to: containerd takes its
/// host's, and BuildKit's daemon runs on this one.
pub const DAEMON_OS: &str = "linux";

/// A platform. An empty text is the same as none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Platform {
    /// Operating system, as Go's GOOS.
    pub os: String,
    /// Processor architecture, as Go's GOARCH.
    pub architecture: String,
    /// Variant of the architecture.
    pub variant: String,
    /// Version of the operating system.
    pub os_version: String,
    /// Features of the operating system.
    pub os_features: Vec<String>,
}

/// The text is not `os[(version+feature…)]/architecture[/variant]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformError {
    /// The part that does not fit.
    pub part: String,
}

impl PlatformError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        "platform-invalid"
    }
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = crate::diagnostic::escape(self.part.as_bytes());
        write!(
            f,
            "expected a platform of the form os/architecture[/variant], but found \"{part}\""
        )
    }
}

impl std::error::Error for PlatformError {}

impl Platform {
    /// A platform of these three, the last of which may be empty.
    pub fn new(os: &str, architecture: &str, variant: &str) -> Self {
        Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            ..Self::default()
        }
    }

    /// Reads a specifier and normalises it. Unlike containerd's `Parse`, both
    /// operating system and architecture have to be there: nothing here has a
    /// host to take the other from.
    ///
    /// # Errors
    ///
    /// [`PlatformError`] names the part that does not fit.
    pub fn parse(specifier: &str) -> Result<Self, PlatformError> {
        let refuse = |part: &str| PlatformError {
            part: part.to_owned(),
        };
        let mut parts = specifier.split('/');
        let (Some(os), Some(architecture), variant, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refuse(specifier));
        };
        let word = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        };
        for part in std::iter::once(architecture).chain(variant) {
            if !word(part) {
                return Err(refuse(part));
            }
        }
        let mut platform = Self::new("", architecture, variant.unwrap_or_default());
        let name = match os.strip_suffix(')').and_then(|os| os.split_once('(')) {
            None => os,
            Some((name, options)) => {
                let mut options = options.split('+').map(decode_option);
                let version = options.next().flatten();
                platform.os_version = version.ok_or_else(|| refuse(os))?;
                for feature in options {
                    platform
                        .os_features
                        .push(feature.ok_or_else(|| refuse(os))?);
                }
                name
            }
        };
        if !word(name) || name.contains('.') {
            return Err(refuse(os));
        }
        name.clone_into(&mut platform.os);
        Ok(platform.normalized())
    }

    /// The same platform under its canonical names (containerd `platforms.Normalize`).
    #[must_use]
    pub fn normalized(&self) -> Self {
        let mut os = lower(&self.os);
        if os.is_empty() {
            DAEMON_OS.clone_into(&mut os);
        }
        if os == "macos" {
            "darwin".clone_into(&mut os);
        }
        let (architecture, variant) = (lower(&self.architecture), lower(&self.variant));
        let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
            ("i386", _) => ("386", ""),
            ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
            ("x86_64" | "x86-64", variant) => ("amd64", variant),
            ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
            ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
            ("aarch64", variant) => ("arm64", variant),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "" | "7") => ("arm", "v7"),
            ("arm", "5") => ("arm", "v5"),
            ("arm", "6") => ("arm", "v6"),
            ("arm", "8") => ("arm", "v8"),
            other => other,
        };
        let mut os_features = order::sorted(self.os_features.clone());
        os_features.dedup();
        Self {
            os,
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            os_version: self.os_version.clone(),
            os_features,
        }
    }

    pub(crate) fn read(
        value: Value<'_>,
        place: &Place<'_>,
        need: Need,
        faults: &mut Faults,
    ) -> Option<Self> {
        let mut fields = Fields::open(value, place, faults)?;
        Some(Self::of_fields(&mut fields, need, faults))
    }

    // The members lie in a `platform` object and, in a config, beside the others.
    pub(crate) fn of_fields(fields: &mut Fields<'_, '_>, need: Need, faults: &mut Faults) -> Self {
        let mut text = |name, need| fields.text(name, need, faults).unwrap_or_default();
        Self {
            architecture: text("architecture", need),
            os: text("os", need),
            variant: text("variant", Need::Optional),
            os_version: text("os.version", Need::Optional),
            os_features: fields.texts("os.features", Need::Optional, faults),
        }
    }
}

impl fmt::Display for Platform {
    /// `os/architecture[/variant]`, or `unknown` without an operating system.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.os.is_empty() {
            return f.write_str("unknown");
        }
        f.write_str(&self.os)?;
        for part in [&self.architecture, &self.variant] {
            if !part.is_empty() {
                write!(f, "/{part}")?;
            }
        }
        Ok(())
    }
}

/// Which platforms an asked-for one takes, and which of them it likes best
/// (containerd `platforms.Only`).
#[derive(Debug, Clone)]
pub struct Matcher {
    // Best first.
    accepted: Vec<Platform>,
}

/// Highest version in a variant for which lower ones are tried; today's
/// highest is 9. Keeps `v4000000000` from making a list of that length.
const HIGHEST_VERSION: u32 = 99;

impl Matcher {
    /// Takes `wanted` itself, then compatible lower variants, then the 32-bit
    /// architecture that the processor also runs.
    pub fn new(wanted: &Platform) -> Self {
        let wanted = wanted.normalized();
        let like = |architecture: &str, variant: String| Platform {
            architecture: architecture.to_owned(),
            variant,
            ..wanted.clone()
        };
        let mut accepted = vec![wanted.clone()];
        match wanted.architecture.as_str() {
            "amd64" => {
                accepted.extend(lower_versions(&wanted.variant, 1).map(|v| like("amd64", v)));
                accepted.push(like("386", String::new()));
            }
            "arm" => accepted.extend(lower_versions(&wanted.variant, 5).map(|v| like("arm", v))),
            "arm64" => {
                let variant = match wanted.variant.as_str() {
                    "" => "v8",
                    variant => variant,
                };
                accepted.extend(
                    lower_arm64(variant)
                        .into_iter()
                        .map(|variant| like("arm64", variant)),
                );
                let dotted = variant.starts_with("v8.") || variant.starts_with("v9.");
                let variant = if dotted { "v8" } else { variant };
                accepted.push(like("arm", variant.to_owned()));
                accepted.extend(lower_versions(variant, 5).map(|v| like("arm", v)));
            }
            _ => {}
        }
        for platform in &mut accepted {
            *platform = platform.normalized();
        }
        Self { accepted }
    }

    /// How well `platform` fits: 0 is best, nothing is not at all.
    pub fn rank(&self, platform: &Platform) -> Option<usize> {
        let platform = platform.normalized();
        self.accepted
            .iter()
            .position(|accepted| takes(accepted, &platform))
    }

    /// Whether it takes `platform`.
    pub fn matches(&self, platform: &Platform) -> bool {
        self.rank(platform).is_some()
    }

    /// Orders two platforms, the better one first; one that does not fit is last.
    pub fn compare(&self, one: &Platform, other: &Platform) -> Ordering {
        let rank = |platform| self.rank(platform).unwrap_or(usize::MAX);
        rank(one).cmp(&rank(other))
    }
}

// Both normalised.
fn takes(accepted: &Platform, platform: &Platform) -> bool {
    accepted.os == platform.os
        && accepted.architecture == platform.architecture
        && accepted.variant == platform.variant
        && (accepted.os != "windows" || windows_runs(&accepted.os_version, &platform.os_version))
        && platform
            .os_features
            .iter()
            .all(|feature| accepted.os_features.contains(feature))
}

// containerd counts down from what is asked for, itself left out.
fn lower_versions(variant: &str, lowest: u32) -> impl Iterator<Item = String> + use<> {
    let version = version(variant).unwrap_or(0);
    (lowest..version).rev().map(|version| format!("v{version}"))
}

fn version(variant: &str) -> Option<u32> {
    let digits = variant.strip_prefix('v').unwrap_or(variant);
    digits
        .parse()
        .ok()
        .filter(|version| *version <= HIGHEST_VERSION)
}

// Armv9.x has everything of Armv8.(x+5).
fn lower_arm64(variant: &str) -> Vec<String> {
    let (major, minor) = variant.split_once('.').unwrap_or((variant, ""));
    let Some(major) = version(major).filter(|major| *major >= 8) else {
        return Vec::new();
    };
    // containerd reads the minor version from four characters only: `v8.2`.
    let mut minor = match variant.len() {
        4 => minor.parse().unwrap_or(0),
        _ => 0,
    };
    let dotted = |major, minor| match minor {
        0 => format!("v{major}"),
        _ => format!("v{major}.{minor}"),
    };
    let mut lower = Vec::new();
    let mut major = major;
    if major == 9 {
        lower.extend((0..minor).rev().map(|minor| dotted(9, minor)));
        minor += 5;
        major = 8;
        lower.push(dotted(8, minor));
    }
    lower.extend((0..minor).rev().map(|minor| dotted(major, minor)));
    lower
}

/// Build of Windows Server 2022, from which on a host also runs images of
/// builds between it and its own.
const WINDOWS_2022: u16 = 20348;

fn windows_runs(host: &str, image: &str) -> bool {
    let Some(host) = windows_version(host) else {
        return true;
    };
    if image.is_empty() {
        return true;
    }
    let image = windows_version(image).unwrap_or_default();
    (host.0, host.1) == (image.0, image.1)
        && if host.2 < WINDOWS_2022 {
            host.2 == image.2
        } else {
            (WINDOWS_2022..=host.2).contains(&image.2)
        }
}

// Major, minor and build; nothing for less, or for all zero.
fn windows_version(text: &str) -> Option<(u8, u8, u16)> {
    let mut parts = text.split('.');
    let version = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    (version != (0, 0, 0)).then_some(version)
}

// Go's strings.ToLower goes character by character and gives one for each.
fn lower(text: &str) -> String {
    text.chars()
        .filter_map(|character| character.to_lowercase().next())
        .collect()
}

// `[A-Za-z0-9_.%-]*`, percent-decoded.
fn decode_option(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            byte if byte.is_ascii_alphanumeric() || b"_.-".contains(&byte) => bytes.push(byte),
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}
