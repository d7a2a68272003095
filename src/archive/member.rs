//! Members and their names.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, escape};

/// One member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub(super) path: Box<[u8]>,
    pub(super) kind: MemberKind,
    pub(super) location: Location,
    pub(super) leads_out: bool,
}

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberKind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
    /// A symlink; the target is relative to the link's folder.
    Symlink {
        /// The link name as stored.
        target: Box<[u8]>,
    },
    /// A hardlink; the target is a member's path.
    Hardlink {
        /// The link name as stored.
        target: Box<[u8]>,
    },
    /// Anything else, by the tar's type: a device, a sparse file (`S`).
    Other {
        /// The type flag.
        flag: u8,
    },
}

/// Where bytes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Position in [`Archive::sources`](super::Archive::sources).
    pub source: u32,
    /// Offset of the first byte in that source.
    pub offset: u64,
    /// Bytes that the archive says there are.
    pub size: u64,
    /// Bytes that are there: fewer than `size` where the archive is cut off.
    pub available: u64,
}

impl Member {
    /// The path in the archive, leading folder included, without `./`, doubled
    /// or outer slashes; `.` for the root itself.
    pub const fn path(&self) -> &[u8] {
        &self.path
    }

    /// What it is.
    pub const fn kind(&self) -> &MemberKind {
        &self.kind
    }

    /// Where its bytes lie; nothing but a file has any.
    pub fn location(&self) -> Option<Location> {
        (self.kind == MemberKind::File).then_some(self.location)
    }

    /// Where its data starts in its source, whatever it is.
    pub const fn data_offset(&self) -> u64 {
        self.location.offset
    }

    /// Bytes of data; 0 for everything that has none.
    pub const fn size(&self) -> u64 {
        self.location.size
    }

    /// Whether the archive ends before the member does.
    pub const fn is_truncated(&self) -> bool {
        self.location.available < self.location.size
    }
}

/// A path without `.`, doubled, leading and trailing slashes, `..` taken back
/// as text; `.` for the root. None where it leads out of the archive.
pub(super) fn clean(path: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return Some(b".".to_vec());
    }
    Some(parts.join(&b'/'))
}

/// The folder that a path lies in, without its slash; empty at the top.
pub(super) fn parent(path: &[u8]) -> &[u8] {
    path.iter()
        .rposition(|&byte| byte == b'/')
        .and_then(|slash| path.get(..slash))
        .unwrap_or_default()
}

/// Members, found by path.
#[derive(Debug, Default)]
pub(super) struct Names {
    members: Vec<Member>,
    // Positions in `members` in the byte order of their paths, each path once:
    // half the memory of a map that owns its keys.
    order: Vec<u32>,
}

impl Names {
    pub(super) fn new(members: Vec<Member>, diagnostics: &mut Diagnostics) -> Self {
        let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        let path = |position: u32| at(&members, position).map(Member::path);
        order.retain(|&position| at(&members, position).is_some_and(|member| !member.leads_out));
        crate::order::sort(&mut order, &|a, b| path(a).cmp(&path(b)));
        // POSIX pax, "append": of several members of one name the last counts.
        order.dedup_by(|later, kept| {
            let (Some(second), Some(first)) = (at(&members, *later), at(&members, *kept)) else {
                return false;
            };
            if first.path != second.path {
                return false;
            }
            if (&first.kind, &second.kind) != (&MemberKind::Dir, &MemberKind::Dir) {
                diagnostics.push(
                    Diagnostic::new(
                        Severity::Warning,
                        "member-duplicate",
                        format!(
                            "the archive holds {} more than once; the last one counts",
                            escape(&first.path)
                        ),
                    )
                    .blob(escape(&first.path))
                    .offset(second.location.offset),
                );
            }
            *kept = *later;
            true
        });
        Self { members, order }
    }

    pub(super) fn all(&self) -> &[Member] {
        &self.members
    }

    pub(super) fn find(&self, path: &[u8]) -> Option<&Member> {
        let member = |position: u32| at(&self.members, position);
        let found = self
            .order
            .binary_search_by(|&position| member(position).map(Member::path).cmp(&Some(path)))
            .ok()?;
        member(*self.order.get(found)?)
    }

    /// Members by path, each path once, in byte order, from `path` on.
    pub(super) fn from<'n>(&'n self, path: &[u8]) -> impl Iterator<Item = &'n Member> {
        let start = self.order.partition_point(|&position| {
            at(&self.members, position).is_some_and(|member| member.path() < path)
        });
        self.order
            .get(start..)
            .unwrap_or_default()
            .iter()
            .filter_map(|&position| at(&self.members, position))
    }
}

fn at(members: &[Member], position: u32) -> Option<&Member> {
    members.get(usize::try_from(position).ok()?)
}
