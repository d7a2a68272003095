//! What makes the content checksums of one path in two images differ: the first
//! path in the order in which they are hashed, and what of it.

use super::paths::Twins;
use crate::buildkit::checksum::{ChecksumError, HeaderField, header_fields, lookup};
use crate::diagnostic::escape;
use crate::digest::Digest;
use crate::limits::Limits;
use crate::report::{
    Change, ChecksumDifference, DifferentField, DifferentPath, NodeType, PathView,
};
use crate::tree::path::EntryPath;
use crate::tree::{MergedTree, NodeRef};

/// A path that is still to be looked at, on one side or on both.
type Pair = (Option<u32>, Option<u32>);

/// Compares what the checksums of `path` in two trees are made of. `twins` tells
/// which entries hold the same content.
pub(super) fn compare(
    (left, right): (&MergedTree, &MergedTree),
    twins: &Twins,
    path: &[u8],
    limits: &Limits,
) -> Result<ChecksumDifference, ChecksumError> {
    let find = |tree| match lookup(tree, path, true, limits) {
        Ok(node) => Ok(Some(node.id())),
        Err(ChecksumError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    };
    let mut pending: Vec<Pair> = match (find(left)?, find(right)?) {
        (None, None) => {
            return Err(ChecksumError::NotFound {
                path: path.to_vec(),
            });
        }
        top => vec![top],
    };
    let mut unknown = 0_u32;
    let mut first = None;
    let mut steps = limits.checksum_steps;
    while let Some((one, other)) = pending.pop() {
        steps = steps.checked_sub(1).ok_or(ChecksumError::Steps {
            limit: limits.checksum_steps,
        })?;
        let one = one.and_then(|id| left.node(id));
        let other = other.and_then(|id| right.node(id));
        let (Some(one), Some(other)) = (one, other) else {
            first = Some(DifferentPath {
                path: PathView::new(&one.or(other).map(|node| node.path()).unwrap_or_default()),
                change: match one.is_some() {
                    true => Change::Removed,
                    false => Change::Added,
                },
                fields: Vec::new(),
                content: None,
            });
            break;
        };
        let fields = fields(&one, &other);
        let content = content(twins, &one, &other);
        if !fields.is_empty() || content == Content::Differs {
            first = Some(DifferentPath {
                path: PathView::new(&one.path()),
                change: Change::Modified,
                fields,
                content: match content {
                    Content::Same => Some(false),
                    Content::Differs => Some(true),
                    Content::Unknown => None,
                },
            });
            break;
        }
        unknown = unknown.saturating_add(u32::from(content == Content::Unknown));
        pending.extend(children(&one, &other).into_iter().rev());
    }
    Ok(ChecksumDifference {
        path: PathView::new(EntryPath::new(path).as_bytes()),
        first,
        unknown,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Same,
    Differs,
    Unknown,
}

fn content(twins: &Twins, left: &NodeRef<'_>, right: &NodeRef<'_>) -> Content {
    let is_file = |node: &NodeRef<'_>| node.node_type() == NodeType::File;
    match (is_file(left), is_file(right)) {
        (false, false) => return Content::Same,
        (true, true) if left.size() != right.size() => return Content::Differs,
        (true, true) if left.size() == 0 => return Content::Same,
        (true, true) if twins.same(left.content(), right.content()) => return Content::Same,
        (true, true) => {}
        // What the other is has no content: its header tells.
        _ => return Content::Differs,
    }
    let digests: (Option<Digest>, Option<Digest>) = (left.digest(), right.digest());
    match digests {
        (Some(one), Some(other)) if one == other => Content::Same,
        (Some(_), Some(_)) => Content::Differs,
        _ => Content::Unknown,
    }
}

// Header fields that are not the same, in the order in which they are hashed.
fn fields(left: &NodeRef<'_>, right: &NodeRef<'_>) -> Vec<DifferentField> {
    let (before, after) = (header_fields(left), header_fields(right));
    if before == after {
        return Vec::new();
    }
    let mut different = Vec::new();
    for field in &before {
        let other = after.iter().find(|other| is_same(field, other));
        if other.is_none_or(|other| other.value != field.value) {
            different.push(DifferentField {
                name: escape(field.name),
                before: Some(escape(&field.value)),
                after: other.map(|other| escape(&other.value)),
            });
        }
    }
    for field in &after {
        if !before.iter().any(|other| is_same(field, other)) {
            different.push(DifferentField {
                name: escape(field.name),
                before: None,
                after: Some(escape(&field.value)),
            });
        }
    }
    different
}

fn is_same(one: &HeaderField<'_>, other: &HeaderField<'_>) -> bool {
    one.name == other.name && one.is_xattr == other.is_xattr
}

// What lies in two folders, by the bytes of the names.
fn children(left: &NodeRef<'_>, right: &NodeRef<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for child in left.children() {
        let other = right.child(child.name()).map(|other| other.id());
        pairs.push((child.name(), (Some(child.id()), other)));
    }
    for child in right.children() {
        if left.child(child.name()).is_none() {
            pairs.push((child.name(), (None, Some(child.id()))));
        }
    }
    pairs.sort_unstable();
    pairs.into_iter().map(|(_, pair)| pair).collect()
}
