//! References as containerd parses them, `host/path[:tag][@digest]`: containerd
//! `pkg/reference`. And the same name in full, as Docker's client writes it.

use std::fmt;

use crate::digest::{AnyDigest, DigestError};

/// A reference to an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Host and path.
    pub locator: String,
    /// A tag, `@` and a digest, or both; never empty.
    pub object: String,
}

/// Why a text is not a [`Reference`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceError {
    /// A scheme, a character that no URL has, or a component `..`.
    Invalid,
    /// There is no host in front.
    HostRequired,
    /// There is neither tag nor digest.
    ObjectRequired,
}

impl ReferenceError {
    /// Stable code for reports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "reference-invalid",
            Self::HostRequired => "reference-host-required",
            Self::ObjectRequired => "reference-object-required",
        }
    }
}

impl fmt::Display for ReferenceError {
    /// containerd's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "invalid reference",
            Self::HostRequired => "hostname required",
            Self::ObjectRequired => "object required",
        })
    }
}

impl std::error::Error for ReferenceError {}

impl Reference {
    /// Reads a reference. Nothing is filled in.
    ///
    /// # Errors
    ///
    /// [`ReferenceError`] says which part is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let odd = |byte: u8| byte <= b' ' || byte == 0x7f || b"?#%\\\"<>^`{|}".contains(&byte);
        if text.contains("://") || text.bytes().any(odd) {
            return Err(ReferenceError::Invalid);
        }
        // The host ends at the first slash; a colon before it is a port's.
        let (host, path) = match text.find('/') {
            Some(slash) => text.split_at(slash),
            None => (text, ""),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        if host.is_empty() {
            return Err(ReferenceError::HostRequired);
        }
        let port = host.rsplit_once(':').map_or("", |(_, port)| port);
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ReferenceError::Invalid);
        }
        let (path, object) = match path.find([':', '@']) {
            Some(at) => {
                let (path, object) = path.split_at(at);
                (path, object.strip_prefix(':').unwrap_or(object))
            }
            None => (path, ""),
        };
        if path.split('/').any(|part| part == "..") {
            return Err(ReferenceError::Invalid);
        }
        if object.is_empty() {
            return Err(ReferenceError::ObjectRequired);
        }
        let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
        let parts: Vec<&str> = std::iter::once(host).chain(parts).collect();
        Ok(Self {
            locator: parts.join("/"),
            object: object.to_owned(),
        })
    }

    /// The tag; empty where there is none.
    pub fn tag(&self) -> &str {
        self.object
            .split_once('@')
            .map_or(&self.object, |(tag, _)| tag)
    }

    /// The digest, where there is one.
    ///
    /// # Errors
    ///
    /// [`DigestError`] where what follows the `@` is none.
    pub fn digest(&self) -> Result<Option<AnyDigest>, DigestError> {
        match self.object.split_once('@') {
            Some((_, digest)) => AnyDigest::parse(digest).map(Some),
            None => Ok(None),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.object.starts_with('@') {
            ""
        } else {
            ":"
        };
        write!(f, "{}{separator}{}", self.locator, self.object)
    }
}

/// A name in full, as Docker's client sends it: `docker.io/` and `library/` in
/// front of short ones, `:latest` behind those without tag and digest.
pub fn in_full(name: &str) -> String {
    let (rest, digest) = match name.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (name, None),
    };
    let is_host =
        |part: &str| part.contains(['.', ':']) || part == "localhost" || part != lower(part);
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) if is_host(host) => (host, path),
        _ => ("docker.io", rest),
    };
    let host = if host == "index.docker.io" {
        "docker.io"
    } else {
        host
    };
    let library = match host == "docker.io" && !path.contains('/') {
        true => "library/",
        false => "",
    };
    let tag = match (digest, path.rsplit_once('/').map_or(path, |(_, last)| last)) {
        (None, last) if !last.contains(':') => ":latest",
        _ => "",
    };
    let digest = digest.map_or_else(String::new, |digest| format!("@{digest}"));
    format!("{host}/{library}{path}{tag}{digest}")
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}
