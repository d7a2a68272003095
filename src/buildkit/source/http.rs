//! Files by HTTP, `http://` and `https://`; BuildKit `source/http`.

use std::fmt;

use super::attributes::{self, Attributes};
use super::manager::{Identifier, Source, SourceInstance};
use super::{HTTP_SCHEME, HTTPS_SCHEME, ImmutableRef, SourceError, SourceKey};
use crate::buildkit::go_json::Object;
use crate::digest::{AnyDigest, Digest};
use crate::platform::Platform;

const HEADER_PREFIX: &str = "http.header.";
/// The only header fields that an op may set.
const HEADERS: [&str; 2] = ["Accept", "User-Agent"];
/// What a file is called for which no name is found.
const UNNAMED: &str = "download";

/// What the file of a source is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileAttributes {
    /// `http.filename`: its name; found otherwise where it is empty.
    pub name: String,
    /// `http.perm`: its mode.
    pub mode: i64,
    /// `http.uid`: its owner.
    pub uid: i64,
    /// `http.gid`: its group.
    pub gid: i64,
}

impl FileAttributes {
    pub(super) fn new(attributes: &Attributes) -> Result<Self, SourceError> {
        Ok(Self {
            name: attributes::text(attributes, "http.filename"),
            mode: attributes::integer(attributes, "http.perm")?,
            uid: attributes::integer(attributes, "http.uid")?,
            gid: attributes::integer(attributes, "http.gid")?,
        })
    }
}

/// A file by HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpIdentifier {
    /// The whole URL.
    pub url: String,
    /// Whether by HTTPS.
    pub tls: bool,
    /// `http.checksum`: digest of the content. Without it a daemon has to ask
    /// the server for the key.
    pub checksum: Option<AnyDigest>,
    /// What the file is to be.
    pub file: FileAttributes,
    /// `http.authheadersecret`: name of the secret that goes along.
    pub auth_header_secret: String,
    /// Header fields set by the op, sorted by name.
    pub headers: Vec<(String, String)>,
}

impl HttpIdentifier {
    /// Reads what follows the scheme, and the attributes.
    ///
    /// # Errors
    ///
    /// [`SourceError::Attribute`].
    pub fn new(reference: &str, tls: bool, attributes: &Attributes) -> Result<Self, SourceError> {
        let scheme = if tls { HTTPS_SCHEME } else { HTTP_SCHEME };
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in attributes {
            let Some(name) = name.strip_prefix(HEADER_PREFIX) else {
                continue;
            };
            let known = HEADERS
                .iter()
                .find(|known| known.eq_ignore_ascii_case(name));
            headers.extend(known.map(|known| ((*known).to_owned(), value.clone())));
        }
        headers.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Self {
            url: format!("{scheme}://{reference}"),
            tls,
            checksum: attributes::digest(attributes, "http.checksum")?,
            file: FileAttributes::new(attributes)?,
            auth_header_secret: attributes::text(attributes, "http.authheadersecret"),
            headers,
        })
    }

    fn key(&self, response: &HttpResponse) -> SourceKey {
        let checksum = response.digest.to_string();
        let name = file_name(&self.url, &self.file.name, response.file_name.as_deref());
        let modified = response.last_modified.as_deref().unwrap_or_default();
        let mut hashed = Object::new()
            .text("Filename", &name)
            .number("Perm", self.file.mode)
            .number("UID", self.file.uid)
            .number("GID", self.file.gid)
            .text("Checksum", &checksum)
            .text_omitempty("LastModTime", modified)
            .text_omitempty("AuthHeaderSecret", &self.auth_header_secret);
        if !self.headers.is_empty() {
            let fields = self
                .headers
                .iter()
                .map(|(name, value)| Object::new().text("Name", name).text("Value", value));
            hashed = hashed.objects("Header", fields);
        }
        let preimage = hashed.finish().into_bytes();
        let key = Digest::sha256(&preimage).to_string();
        SourceKey::only(key, Some(preimage), Some(checksum))
    }
}

impl fmt::Display for HttpIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Digest of the content.
    pub digest: AnyDigest,
    /// `Last-Modified`, in the form of HTTP.
    pub last_modified: Option<String>,
    /// The name in `Content-Disposition`.
    pub file_name: Option<String>,
}

/// Name of the file: the op's, the server's, or the last part of the URL's path.
fn file_name(url: &str, own: &str, served: Option<&str>) -> String {
    if !own.is_empty() {
        return safe(own);
    }
    if let Some(served) = served.filter(|name| !name.is_empty() && !name.ends_with('/')) {
        return safe(served);
    }
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let last = path.trim_end_matches('/').rsplit('/').next();
    safe(&percent_decoded(last.unwrap_or_default()))
}

/// The last part of a path, where it can be a file's name.
fn safe(name: &str) -> String {
    let last = name.trim().rsplit('/').next().unwrap_or_default();
    match last {
        "" | "." | ".." => UNNAMED.to_owned(),
        last if last.chars().any(char::is_control) => UNNAMED.to_owned(),
        last => last.to_owned(),
    }
}

/// Each `%` and two hexadecimal digits as the byte that they stand for.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        if *first == b'%'
            && let [high, low, after @ ..] = after
            && let (Some(high), Some(low)) = (digit(high), digit(low))
            && let Ok(byte) = u8::try_from(high * 16 + low)
        {
            bytes.push(byte);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Gives the keys of files by HTTP.
#[derive(Debug, Clone, Default)]
pub struct HttpSource {
    /// What the server answered, for files whose op has no checksum.
    pub response: Option<HttpResponse>,
}

impl Source for HttpSource {
    fn schemes(&self) -> &'static [&'static str] {
        &[HTTP_SCHEME, HTTPS_SCHEME]
    }

    fn identifier(
        &self,
        scheme: &str,
        reference: &str,
        attributes: &Attributes,
        _platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        let tls = scheme == HTTPS_SCHEME;
        HttpIdentifier::new(reference, tls, attributes).map(Identifier::Http)
    }

    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError> {
        let Identifier::Http(file) = identifier else {
            return Err(identifier.no_handler());
        };
        Ok(Box::new(File {
            identifier: file.clone(),
            response: self.response.clone(),
        }))
    }
}

struct File {
    identifier: HttpIdentifier,
    response: Option<HttpResponse>,
}

impl SourceInstance for File {
    fn cache_key(&self, _index: u32) -> Result<SourceKey, SourceError> {
        // With a checksum nothing is asked of the server for the key.
        let pinned = self.identifier.checksum.clone().map(|digest| HttpResponse {
            digest,
            last_modified: None,
            file_name: None,
        });
        let response = pinned.or_else(|| self.response.clone());
        let what = "the digest of the content";
        let response = response.ok_or(SourceError::Missing { what })?;
        Ok(self.identifier.key(&response))
    }

    fn snapshot(&self) -> Result<Option<Box<dyn ImmutableRef + '_>>, SourceError> {
        Err(SourceError::NoSnapshot {
            scheme: Identifier::Http(self.identifier.clone()).scheme(),
        })
    }
}
