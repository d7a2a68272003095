//! Folders of the client, `local://`; BuildKit `source/local`. Their keys hold
//! for one session only: what is in the folder is not part of them.

use std::fmt;

use super::attributes::{self, Attributes};
use super::manager::{Identifier, Source, SourceInstance};
use super::{ImmutableRef, LOCAL_SCHEME, SourceError, SourceKey};
use crate::buildkit::go_json::Object;
use crate::digest::Digest;
use crate::platform::Platform;

/// A folder of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalIdentifier {
    /// The name that the client gives it.
    pub name: String,
    /// `local.session`: the session that has it.
    pub session: String,
    /// `local.includepattern`.
    pub include: Option<Vec<String>>,
    /// `local.excludepatterns`.
    pub exclude: Option<Vec<String>>,
    /// `local.followpaths`.
    pub follow: Option<Vec<String>>,
    /// `local.metadatatransfer`: names and attributes without contents.
    pub metadata_only: bool,
    /// `local.metadatatransferexclude`: contents of these all the same.
    pub metadata_exceptions: Option<Vec<String>>,
}

impl LocalIdentifier {
    /// Reads what follows the scheme, and the attributes.
    ///
    /// # Errors
    ///
    /// [`SourceError::Attribute`].
    pub fn new(name: &str, attributes: &Attributes) -> Result<Self, SourceError> {
        let session = attributes::text(attributes, "local.session");
        // `HINT:SESSION`: the hint becomes part of the name.
        let (name, session) = match session.split_once(':') {
            Some((hint, session)) => (format!("{hint}-{name}"), session.to_owned()),
            None => (name.to_owned(), session),
        };
        Ok(Self {
            name,
            session,
            include: attributes::list(attributes, "local.includepattern")?,
            exclude: attributes::list(attributes, "local.excludepatterns")?,
            follow: attributes::list(attributes, "local.followpaths")?,
            metadata_only: attributes::flag(attributes, "local.metadatatransfer")?,
            metadata_exceptions: attributes::list(attributes, "local.metadatatransferexclude")?,
        })
    }

    fn key(&self, session: &str) -> SourceKey {
        let exceptions = self.metadata_exceptions.as_deref().unwrap_or_default();
        let mut hashed = Object::new()
            .text("SessionID", session)
            .texts("IncludePatterns", self.include.as_deref())
            .texts("ExcludePatterns", self.exclude.as_deref())
            .texts("FollowPaths", self.follow.as_deref());
        if self.metadata_only {
            hashed = hashed.flag("MetadataTransfer", true);
        }
        let hashed = hashed.texts_omitempty("MetadataExceptions", exceptions);
        let preimage = hashed.finish().into_bytes();
        let digest = Digest::sha256(&preimage).to_string();
        let key = format!("session:{}:{digest}", self.name);
        SourceKey::only(key, Some(preimage), Some(digest))
    }
}

impl fmt::Display for LocalIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{LOCAL_SCHEME}://{}", self.name)
    }
}

/// Gives the keys of folders.
#[derive(Debug, Clone, Default)]
pub struct LocalSource {
    /// The session that a build asks where the identifier names none.
    pub session: Option<String>,
}

impl Source for LocalSource {
    fn schemes(&self) -> &'static [&'static str] {
        &[LOCAL_SCHEME]
    }

    fn identifier(
        &self,
        _scheme: &str,
        reference: &str,
        attributes: &Attributes,
        _platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        LocalIdentifier::new(reference, attributes).map(Identifier::Local)
    }

    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError> {
        let Identifier::Local(folder) = identifier else {
            return Err(identifier.no_handler());
        };
        Ok(Box::new(Folder {
            identifier: folder.clone(),
            session: self.session.clone(),
        }))
    }
}

struct Folder {
    identifier: LocalIdentifier,
    session: Option<String>,
}

impl SourceInstance for Folder {
    fn cache_key(&self, _index: u32) -> Result<SourceKey, SourceError> {
        let own = Some(&self.identifier.session).filter(|session| !session.is_empty());
        let session = own.or(self.session.as_ref());
        let session = session.ok_or(SourceError::Missing { what: "a session" })?;
        Ok(self.identifier.key(session))
    }

    fn snapshot(&self) -> Result<Option<Box<dyn ImmutableRef + '_>>, SourceError> {
        Err(SourceError::NoSnapshot {
            scheme: LOCAL_SCHEME,
        })
    }
}
