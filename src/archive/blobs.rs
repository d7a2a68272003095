//! The blob directory: `blobs/ALGORITHM/ENCODED`.

use std::cmp::Ordering;

use super::links::{self, LinkError};
use super::member::{Location, Member, MemberKind, Names};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, escape};
use crate::digest::AnyDigest;
use crate::limits::Limits;
use crate::order;

const FOLDER: &[u8] = b"blobs/";

/// A file that is named by a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The digest in its name.
    pub digest: AnyDigest,
    /// The member's name, without the leading folder.
    pub name: Box<str>,
    /// Where its bytes lie, links followed.
    pub location: Location,
}

/// Blobs in the order in which their bytes lie, found by digest.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    all: Vec<Blob>,
    // Positions in `all` in the order of the digests.
    order: Vec<u32>,
}

impl Blobs {
    pub(super) fn all(&self) -> &[Blob] {
        &self.all
    }

    pub(super) fn find(&self, digest: &AnyDigest) -> Option<&Blob> {
        let blob = |position: u32| self.all.get(usize::try_from(position).ok()?);
        let found = self
            .order
            .binary_search_by(|&position| {
                blob(position).map(|blob| &blob.digest).cmp(&Some(digest))
            })
            .ok()?;
        blob(*self.order.get(found)?)
    }
}

/// Collects what lies under `blobs/`, with findings about what is no blob.
pub(super) fn collect(
    names: &Names,
    prefix: &[u8],
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Blobs {
    let folder = [prefix, FOLDER].concat();
    let mut lookups = limits.link_lookups;
    let mut all = Vec::new();
    for member in names.from(&folder) {
        let Some(name) = member.path().strip_prefix(folder.as_slice()) else {
            break;
        };
        // The folder of an algorithm, or a link that stands for it.
        if !name.contains(&b'/') && *member.kind() != MemberKind::File {
            continue;
        }
        let finding = |severity, code, message: String| {
            Diagnostic::new(severity, code, message).blob(escape(archive_name(member, prefix)))
        };
        let digest = match digest(name) {
            Ok(digest) => digest,
            Err(why) => {
                let message = format!("a file under blobs/ is not named by a digest: {why}");
                diagnostics.push(finding(Severity::Warning, "blob-name", message));
                continue;
            }
        };
        match locate(names, member, limits, &mut lookups) {
            Ok(Some(location)) => all.push(Blob {
                digest,
                name: String::from_utf8_lossy(archive_name(member, prefix)).into(),
                location,
            }),
            Ok(None) => diagnostics.push(finding(
                Severity::Error,
                "blob-not-a-file",
                format!("expected a file for {digest}, but found something else"),
            )),
            Err(error) => diagnostics.push(finding(
                Severity::Error,
                error.code(),
                format!("{digest} is a link that cannot be followed: {error}"),
            )),
        }
    }
    let all = by_location(all);
    let order = sorted(&all, &|a, b| a.digest.cmp(&b.digest));
    Blobs { all, order }
}

fn by_location(blobs: Vec<Blob>) -> Vec<Blob> {
    let key = |blob: &Blob| (blob.location.source, blob.location.offset);
    let order = sorted(&blobs, &|a, b| key(a).cmp(&key(b)));
    let mut blobs: Vec<Option<Blob>> = blobs.into_iter().map(Some).collect();
    let taken = |position: u32| blobs.get_mut(usize::try_from(position).ok()?)?.take();
    order.into_iter().filter_map(taken).collect()
}

// Positions in the order of what lies there.
fn sorted(blobs: &[Blob], compare: &dyn Fn(&Blob, &Blob) -> Ordering) -> Vec<u32> {
    let count = u32::try_from(blobs.len()).unwrap_or(u32::MAX);
    let mut order: Vec<u32> = (0..count).collect();
    let blob = |position: u32| blobs.get(usize::try_from(position).ok()?);
    order::sort(&mut order, &|a, b| match (blob(a), blob(b)) {
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    order
}

fn archive_name<'m>(member: &'m Member, prefix: &[u8]) -> &'m [u8] {
    member.path().strip_prefix(prefix).unwrap_or(member.path())
}

fn locate(
    names: &Names,
    member: &Member,
    limits: &Limits,
    lookups: &mut usize,
) -> Result<Option<Location>, LinkError> {
    if !matches!(
        member.kind(),
        MemberKind::Symlink { .. } | MemberKind::Hardlink { .. }
    ) {
        return Ok(member.location());
    }
    let path = member.path().to_vec();
    links::resolve(names, path, limits.symlinks, lookups).map(Member::location)
}

// image-spec image-layout.md, "Blobs": blobs/<alg>/<encoded> for alg:encoded.
fn digest(name: &[u8]) -> Result<AnyDigest, String> {
    let text = std::str::from_utf8(name).map_err(|_| "it is not UTF-8".to_owned())?;
    let (algorithm, encoded) = text
        .split_once('/')
        .ok_or_else(|| "it lies in no folder of an algorithm".to_owned())?;
    AnyDigest::parse(&format!("{algorithm}:{encoded}")).map_err(|error| error.to_string())
}
