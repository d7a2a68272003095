//! Git repositories, `git://`; BuildKit `source/git`. Their keys are plain
//! texts around a commit.

use std::fmt;

use super::attributes::{self, Attributes};
use super::http::percent_decoded;
use super::manager::{Identifier, Source, SourceInstance};
use super::{GIT_SCHEME, ImmutableRef, SourceError, SourceKey};
use crate::platform::Platform;

/// A git repository at some ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitIdentifier {
    /// URL of the repository.
    pub remote: String,
    /// Branch, tag or commit; empty for the repository's default branch.
    pub reference: String,
    /// Folder in the repository; empty for all of it.
    pub subdir: String,
    /// `git.keepgitdir`: whether `.git` stays.
    pub keep_git_dir: bool,
    /// `git.skipsubmodules`.
    pub skip_submodules: bool,
    /// `git.mtime`: `checkout` or `commit`.
    pub mtime: &'static str,
    /// `git.checkoutbundle`: whether a bundle is given instead of a checkout.
    pub checkout_bundle: bool,
    /// `git.checksum`: the commit that the ref has to be, or its beginning.
    pub checksum: String,
}

/// Where a repository's ref led.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitRemote {
    /// Object ID of the ref: of a commit, or of an annotated tag.
    pub object: String,
    /// The commit of an annotated tag.
    pub tagged_commit: Option<String>,
    /// The whole name of the ref, such as `refs/heads/main`.
    pub reference: String,
}

impl GitIdentifier {
    /// Reads what follows the scheme, and the attributes.
    ///
    /// # Errors
    ///
    /// [`SourceError::Identifier`] and [`SourceError::Attribute`].
    pub fn new(text: &str, attributes: &Attributes) -> Result<Self, SourceError> {
        let full = attributes::text(attributes, "git.fullurl");
        let named = if is_transport(text) {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let (remote, fragment) = named.split_once('#').unwrap_or((&named, ""));
        let (reference, subdir) = fragment.split_once(':').unwrap_or((fragment, ""));
        let malformed = |text: &str| SourceError::Identifier {
            text: text.to_owned(),
        };
        let decoded = |text: &str| match is_implicit_ssh(&named) {
            true => text.to_owned(),
            false => percent_decoded(text),
        };
        let host = remote.split_once("://").map_or(remote, |(_, rest)| rest);
        if host.trim_matches('/').is_empty() || remote.contains(char::is_control) {
            return Err(malformed(text));
        }
        let subdir = decoded(subdir);
        let is_root = subdir.split('/').all(|part| matches!(part, "" | "."));
        let remote = if full.is_empty() { remote } else { &full };
        Ok(Self {
            remote: remote.to_owned(),
            reference: decoded(reference),
            subdir: if is_root { String::new() } else { subdir },
            keep_git_dir: attributes::text(attributes, "git.keepgitdir") == "true",
            skip_submodules: attributes::flag(attributes, "git.skipsubmodules")?,
            mtime: attributes::word(
                attributes,
                "git.mtime",
                "checkout or commit",
                &["checkout", "commit"],
            )?,
            checkout_bundle: attributes::flag(attributes, "git.checkoutbundle")?,
            checksum: attributes::text(attributes, "git.checksum"),
        })
    }

    fn key(&self, commit: &str, reference: &str) -> SourceKey {
        let mut key = commit.to_owned();
        if self.keep_git_dir {
            key.push_str(".git");
            if !reference.is_empty() {
                key.push('#');
                key.push_str(reference);
            }
        }
        if !self.subdir.is_empty() {
            key.push(':');
            key.push_str(&self.subdir);
        }
        if self.skip_submodules {
            key.push_str("(skip-submodules)");
        }
        if self.mtime != "checkout" {
            key.push_str("(mtime=");
            key.push_str(self.mtime);
            key.push(')');
        }
        if self.checkout_bundle {
            key.push_str("(bundle)");
        }
        SourceKey::only(key, None, None)
    }
}

impl fmt::Display for GitIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remote = self.remote.strip_prefix("https://").unwrap_or(&self.remote);
        write!(f, "{GIT_SCHEME}://{remote}")?;
        match (self.reference.as_str(), self.subdir.as_str()) {
            ("", "") => Ok(()),
            (reference, "") => write!(f, "#{reference}"),
            (reference, subdir) => write!(f, "#{reference}:{subdir}"),
        }
    }
}

fn is_transport(text: &str) -> bool {
    let schemes = ["http://", "https://", "git://", "ssh://"];
    schemes.iter().any(|scheme| text.starts_with(scheme)) || is_implicit_ssh(text)
}

/// `user@host:path`, which is no URL.
fn is_implicit_ssh(text: &str) -> bool {
    let Some((user, rest)) = text.split_once('@') else {
        return false;
    };
    let word = |text: &str, more: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    word(user, b"-_.")
        && rest
            .split_once(':')
            .is_some_and(|(host, path)| word(host, b"-.") && !path.is_empty())
}

/// SHA-1 or SHA-256, in lower-case hex.
fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Gives the keys of git repositories.
#[derive(Debug, Clone, Default)]
pub struct GitSource {
    /// Where the ref led, for a ref that is no commit.
    pub remote: Option<GitRemote>,
}

impl Source for GitSource {
    fn schemes(&self) -> &'static [&'static str] {
        &[GIT_SCHEME]
    }

    fn identifier(
        &self,
        _scheme: &str,
        reference: &str,
        attributes: &Attributes,
        _platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        GitIdentifier::new(reference, attributes).map(Identifier::Git)
    }

    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError> {
        let Identifier::Git(repository) = identifier else {
            return Err(identifier.no_handler());
        };
        Ok(Box::new(Repository {
            identifier: repository.clone(),
            remote: self.remote.clone(),
        }))
    }
}

struct Repository {
    identifier: GitIdentifier,
    remote: Option<GitRemote>,
}

impl SourceInstance for Repository {
    fn cache_key(&self, _index: u32) -> Result<SourceKey, SourceError> {
        let id = &self.identifier;
        // A whole commit is taken without asking the repository.
        let own = is_object_id(&id.reference).then(|| GitRemote {
            object: id.reference.clone(),
            ..GitRemote::default()
        });
        let what = "the commit of the ref";
        let remote = own.or_else(|| self.remote.clone());
        let remote = remote.ok_or(SourceError::Missing { what })?;
        if !is_object_id(&remote.object) {
            return Err(SourceError::Missing { what });
        }
        let tagged = remote.tagged_commit.as_ref();
        let expected = &id.checksum;
        let fits = |object: &String| object.starts_with(expected.as_str());
        if !fits(&remote.object) && !tagged.is_some_and(fits) {
            return Err(SourceError::Checksum {
                reference: id.to_string(),
                expected: expected.clone(),
                actual: remote.object,
            });
        }
        // Without .git a tag and its commit give the same files.
        let commit = tagged.filter(|_| !id.keep_git_dir);
        let mut key = id.key(commit.unwrap_or(&remote.object), &remote.reference);
        key.pin = Some(remote.object.clone());
        Ok(key)
    }

    fn snapshot(&self) -> Result<Option<Box<dyn ImmutableRef + '_>>, SourceError> {
        Err(SourceError::NoSnapshot { scheme: GIT_SCHEME })
    }
}
