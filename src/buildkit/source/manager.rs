//! The manager of sources: finds the one of an identifier's scheme.

use std::fmt;

use super::attributes::Attributes;
use super::{
    BlobIdentifier, GIT_SCHEME, GitIdentifier, HTTP_SCHEME, HTTPS_SCHEME, HttpIdentifier,
    IMAGE_SCHEME, ImageIdentifier, ImmutableRef, LAYOUT_SCHEME, LOCAL_SCHEME, LayoutIdentifier,
    LocalIdentifier, SourceError, SourceKey,
};
use crate::buildkit::checksum::Query;
use crate::digest::Digest;
use crate::platform::Platform;
use crate::report::Failure;

/// What a source op asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// An image in a registry.
    Image(ImageIdentifier),
    /// An image in an OCI layout.
    Layout(LayoutIdentifier),
    /// A single blob in a registry or an OCI layout.
    Blob(BlobIdentifier),
    /// A folder of the client.
    Local(LocalIdentifier),
    /// A git repository.
    Git(GitIdentifier),
    /// A file by HTTP.
    Http(HttpIdentifier),
}

impl Identifier {
    /// The scheme, by which a source is found.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Image(_) => IMAGE_SCHEME,
            Self::Layout(_) => LAYOUT_SCHEME,
            Self::Blob(blob) => blob.scheme,
            Self::Local(_) => LOCAL_SCHEME,
            Self::Git(_) => GIT_SCHEME,
            Self::Http(file) if file.tls => HTTPS_SCHEME,
            Self::Http(_) => HTTP_SCHEME,
        }
    }

    /// Says that a source does not take it.
    pub fn no_handler(&self) -> SourceError {
        SourceError::NoHandler {
            scheme: self.scheme().to_owned(),
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(image) => image.fmt(f),
            Self::Layout(image) => image.fmt(f),
            Self::Blob(blob) => blob.fmt(f),
            Self::Local(folder) => folder.fmt(f),
            Self::Git(repository) => repository.fmt(f),
            Self::Http(file) => file.fmt(f),
        }
    }
}

/// Where identifiers of some schemes lead.
pub trait Source {
    /// The schemes that it takes.
    fn schemes(&self) -> &'static [&'static str];

    /// Reads an identifier: what follows the scheme, and the op's attributes.
    ///
    /// # Errors
    ///
    /// Says what is malformed.
    fn identifier(
        &self,
        scheme: &str,
        reference: &str,
        attributes: &Attributes,
        platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError>;

    /// Finds what an identifier means.
    ///
    /// # Errors
    ///
    /// Says why there is nothing.
    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError>;
}

/// What an identifier resolved to.
pub trait SourceInstance {
    /// The key that the solver gets for an index, from 0. It asks on until a
    /// key is `done`.
    ///
    /// # Errors
    ///
    /// Says why there is no key; later calls say the same.
    fn cache_key(&self, index: u32) -> Result<SourceKey, SourceError>;

    /// The tree that the source gives, which nobody changes any more; nothing
    /// for an image without layers.
    ///
    /// # Errors
    ///
    /// Says why there is none.
    fn snapshot(&self) -> Result<Option<Box<dyn ImmutableRef + '_>>, SourceError>;

    /// BuildKit's content checksums in that tree, one for each query; nothing
    /// where it is not known here what the tree holds.
    ///
    /// # Errors
    ///
    /// Says why there is none: BuildKit fails the build then.
    fn checksums(&self, _queries: &[Query]) -> Option<Result<Vec<Digest>, Failure>> {
        None
    }
}

/// Sources by scheme. One that is registered later takes the place of an
/// earlier one of the same scheme.
#[derive(Default)]
pub struct Manager<'s> {
    sources: Vec<Box<dyn Source + 's>>,
}

impl fmt::Debug for Manager<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.sources.iter().map(|source| source.schemes()))
            .finish()
    }
}

impl<'s> Manager<'s> {
    /// Registers a source for its schemes.
    pub fn register(&mut self, source: impl Source + 's) {
        self.sources.push(Box::new(source));
    }

    fn of_scheme(&self, scheme: &str) -> Result<&(dyn Source + 's), SourceError> {
        let mut newest_first = self.sources.iter().rev();
        let found = newest_first.find(|source| source.schemes().contains(&scheme));
        match found {
            Some(source) => Ok(source.as_ref()),
            None => Err(SourceError::NoHandler {
                scheme: scheme.to_owned(),
            }),
        }
    }

    /// Reads the identifier of a source op.
    ///
    /// # Errors
    ///
    /// [`SourceError::Identifier`], [`SourceError::NoHandler`], and what the
    /// source says.
    pub fn identifier(
        &self,
        identifier: &str,
        attributes: &Attributes,
        platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        let Some((scheme, reference)) = identifier.split_once("://") else {
            return Err(SourceError::Identifier {
                text: identifier.to_owned(),
            });
        };
        let source = self.of_scheme(scheme)?;
        // BuildKit's loader normalises an op's platform before a source sees it.
        let platform = platform.map(Platform::normalized);
        source.identifier(scheme, reference, attributes, platform.as_ref())
    }

    /// Finds what an identifier means.
    ///
    /// # Errors
    ///
    /// [`SourceError::NoHandler`], and what the source says.
    pub fn resolve(
        &self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + '_>, SourceError> {
        self.of_scheme(identifier.scheme())?.resolve(identifier)
    }
}
