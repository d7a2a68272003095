//! Links inside an archive: followed as text, never out of it, never on the host.

use std::fmt;

use super::member::{Member, MemberKind, Names, clean, parent};

/// Why a name leads to no member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkError {
    /// The archive holds no such member.
    NotFound,
    /// A link on the way has no target in the archive.
    TargetMissing,
    /// The name or a link on the way leads out of the archive.
    LeadsOut,
    /// More links than anybody follows: most likely a loop.
    TooManyLinks {
        /// The number of links that were followed.
        followed: usize,
    },
    /// The archive's links take more work than any real archive's.
    Limit,
}

impl LinkError {
    /// Stable code for reports.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "member-missing",
            Self::TargetMissing => "link-target-missing",
            Self::LeadsOut => "link-leads-out",
            Self::TooManyLinks { .. } => "link-loop",
            Self::Limit => "limit-link-lookups",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("the archive holds no member of this name"),
            Self::TargetMissing => f.write_str("the link's target is not in the archive"),
            Self::LeadsOut => f.write_str("the link leads out of the archive"),
            Self::TooManyLinks { followed } => {
                write!(f, "gave up after {followed} links, as in a loop")
            }
            Self::Limit => f.write_str("the archive's links take too many lookups"),
        }
    }
}

impl std::error::Error for LinkError {}

/// Follows links from a clean `path`. Each search for a name takes one of
/// `lookups`, which bounds the work over many calls.
///
/// A `..` in a target is taken back as text, as containerd's importer does it:
/// tools that write archives link to plain folders only.
pub(super) fn resolve<'n>(
    names: &'n Names,
    path: Vec<u8>,
    cap: usize,
    lookups: &mut usize,
) -> Result<&'n Member, LinkError> {
    let mut current = path;
    let mut followed = 0;
    loop {
        let member = find(names, &current, lookups)?;
        let next = match member.map(|member| (member, member.kind())) {
            Some((_, MemberKind::Symlink { target })) => relative(parent(&current), target, b""),
            // POSIX ustar: a hardlink's target is a member's name, from the root.
            Some((_, MemberKind::Hardlink { target })) => clean(target),
            Some((member, _)) => return Ok(member),
            None => match linked_folder(names, &current, lookups)? {
                Some((folder, target)) => {
                    let rest = current.get(folder.len()..).unwrap_or_default();
                    relative(parent(folder), target, rest)
                }
                None if followed > 0 => return Err(LinkError::TargetMissing),
                None => return Err(LinkError::NotFound),
            },
        };
        current = next.ok_or(LinkError::LeadsOut)?;
        followed += 1;
        if followed > cap {
            return Err(LinkError::TooManyLinks { followed: cap });
        }
    }
}

fn find<'n>(
    names: &'n Names,
    path: &[u8],
    lookups: &mut usize,
) -> Result<Option<&'n Member>, LinkError> {
    *lookups = lookups.checked_sub(1).ok_or(LinkError::Limit)?;
    Ok(names.find(path))
}

// A folder that is a symlink, and its target.
type Linked<'p, 'n> = (&'p [u8], &'n [u8]);

// The first folder on the way to `path` that is a symlink.
fn linked_folder<'n, 'p>(
    names: &'n Names,
    path: &'p [u8],
    lookups: &mut usize,
) -> Result<Option<Linked<'p, 'n>>, LinkError> {
    for (slash, _) in path.iter().enumerate().filter(|&(_, &byte)| byte == b'/') {
        let folder = path.get(..slash).unwrap_or_default();
        if let Some(MemberKind::Symlink { target }) =
            find(names, folder, lookups)?.map(Member::kind)
        {
            return Ok(Some((folder, target)));
        }
    }
    Ok(None)
}

// None for an absolute target: the archive is no root filesystem, so that the
// target is a place on somebody's host.
fn relative(folder: &[u8], target: &[u8], rest: &[u8]) -> Option<Vec<u8>> {
    if target.starts_with(b"/") {
        return None;
    }
    clean(&[folder, b"/", target, b"/", rest].concat())
}
