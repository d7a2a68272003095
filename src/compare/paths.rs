//! Two merged trees, path by path in byte order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::Facts;
use crate::diagnostic::escape;
use crate::digest::Digest;
use crate::limits::SHOWN_XATTR_BYTES;
use crate::report::{Change, ChangeCounts, Field, FieldChange, NodeType, PathChange, PathView};
use crate::tree::{Cursor, EntryRef, MergedTree, NodeRef};

const NONE: u32 = u32::MAX;

/// A path that differs: its nodes, `NONE` on the side that does not have it.
#[derive(Debug, Clone, Copy)]
struct Row {
    left: u32,
    right: u32,
}

/// One tree on its way through.
#[derive(Debug)]
struct Side {
    cursor: Cursor,
    /// The node that the cursor stands at and that has no answer yet.
    node: Option<u32>,
}

impl Side {
    fn new(tree: &MergedTree) -> Self {
        let mut side = Self {
            cursor: Cursor::default(),
            node: None,
        };
        side.advance(tree);
        side
    }

    fn advance(&mut self, tree: &MergedTree) {
        self.node = self.cursor.advance(tree).map(|node| node.id());
    }
}

/// Which layers of both sides have the same unpacked bytes: those have the
/// same number.
#[derive(Debug, Default)]
pub struct Twins {
    left: Vec<Option<u32>>,
    right: Vec<Option<u32>>,
}

impl Twins {
    pub fn new(left: &Facts, right: &Facts) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut of = |facts: &Facts| {
            let diff_ids = facts.layers.iter().map(|layer| {
                let diff_id = layer.computed_diff_id.clone()?;
                let next = u32::try_from(numbers.len()).ok()?;
                Some(*numbers.entry(diff_id).or_insert(next))
            });
            diff_ids.collect()
        };
        Self {
            left: of(left),
            right: of(right),
        }
    }

    /// Whether two entries are the same entry of the same tar.
    pub(super) fn same(&self, left: Option<EntryRef>, right: Option<EntryRef>) -> bool {
        let number =
            |layers: &[Option<u32>], at: EntryRef| *layers.get(usize::try_from(at.layer).ok()?)?;
        let (Some(left), Some(right)) = (left, right) else {
            return false;
        };
        let (one, other) = (number(&self.left, left), number(&self.right, right));
        left.entry == right.entry && one.is_some() && one == other
    }
}

/// The paths that differ, found a piece at a time.
#[derive(Debug)]
pub struct Paths {
    twins: Twins,
    left: Side,
    right: Side,
    rows: Vec<Row>,
    counts: ChangeCounts,
    /// Paths of which nothing but a content that is not known differs.
    unknown: u32,
    has_unknown: bool,
}

impl Paths {
    pub fn new(twins: Twins, left: &MergedTree, right: &MergedTree) -> Self {
        Self {
            twins,
            left: Side::new(left),
            right: Side::new(right),
            rows: Vec::new(),
            counts: ChangeCounts::default(),
            unknown: 0,
            has_unknown: false,
        }
    }

    pub const fn is_done(&self) -> bool {
        self.left.node.is_none() && self.right.node.is_none()
    }

    pub const fn counts(&self) -> &ChangeCounts {
        &self.counts
    }

    pub const fn unknown(&self) -> u32 {
        self.unknown
    }

    pub const fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Goes on by so many paths.
    pub fn step(&mut self, left: &MergedTree, right: &MergedTree, paths: usize) {
        for _ in 0..paths {
            let order = match (self.left.node, self.right.node) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), Some(_)) => self.left.cursor.path().cmp(self.right.cursor.path()),
            };
            let row = Row {
                left: self.left.node.filter(|_| order.is_le()).unwrap_or(NONE),
                right: self.right.node.filter(|_| order.is_ge()).unwrap_or(NONE),
            };
            self.take(row, left.node(row.left), right.node(row.right));
            if order.is_le() {
                self.left.advance(left);
            }
            if order.is_ge() {
                self.right.advance(right);
            }
        }
    }

    fn take(&mut self, row: Row, left: Option<NodeRef<'_>>, right: Option<NodeRef<'_>>) {
        let differs = match (left, right) {
            (Some(left), Some(right)) => {
                let (changes, unknown) = self.fields(&left, &right);
                self.unknown += u32::from(unknown && changes == 1);
                self.has_unknown |= unknown;
                match changes > 0 {
                    true => self.counts.modified += 1,
                    false => self.counts.unchanged += 1,
                }
                changes > 0
            }
            (Some(_), None) => {
                self.counts.removed += 1;
                true
            }
            _ => {
                self.counts.added += 1;
                true
            }
        };
        if differs {
            self.rows.push(row);
        }
    }

    /// How many fields differ, and whether the content is not known.
    fn fields(&self, left: &NodeRef<'_>, right: &NodeRef<'_>) -> (usize, bool) {
        // Most paths come from layers that both images have.
        if left.is_as_written()
            && right.is_as_written()
            && self.twins.same(left.written(), right.written())
        {
            return (0, false);
        }
        let mut changes = 0;
        let mut unknown = false;
        each_field(&self.twins, left, right, |change| {
            changes += 1;
            unknown |= change.field == Field::Content && change.before.is_none();
        });
        (changes, unknown)
    }

    /// A stretch of the paths that differ.
    pub fn page(
        &self,
        left: &MergedTree,
        right: &MergedTree,
        offset: usize,
        limit: usize,
    ) -> Vec<PathChange> {
        let rows = self.rows.get(offset.min(self.rows.len())..);
        let rows = rows.unwrap_or_default().iter().take(limit);
        rows.map(|row| self.change(left.node(row.left), right.node(row.right)))
            .collect()
    }

    fn change(&self, left: Option<NodeRef<'_>>, right: Option<NodeRef<'_>>) -> PathChange {
        let path = left.or(right).map(|node| node.path()).unwrap_or_default();
        let mut changes = Vec::new();
        if let (Some(left), Some(right)) = (&left, &right) {
            each_field(&self.twins, left, right, |change| changes.push(change));
        }
        let size = |node: NodeRef<'_>| {
            (node.node_type() == NodeType::File).then(|| node.size().to_string())
        };
        PathChange {
            path: PathView::new(&path),
            change: match (&left, &right) {
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
                _ => Change::Modified,
            },
            changes,
            left_layer: left.and_then(|node| node.layer()),
            right_layer: right.and_then(|node| node.layer()),
            left_size: left.and_then(size),
            right_size: right.and_then(size),
        }
    }
}

/// Calls `found` for every field that differs, in the order of [`Field`]. A
/// time that nothing determines differs from none.
fn each_field(
    twins: &Twins,
    left: &NodeRef<'_>,
    right: &NodeRef<'_>,
    mut found: impl FnMut(FieldChange),
) {
    let mut add = |field, before: Option<String>, after: Option<String>| {
        found(FieldChange {
            field,
            before,
            after,
        });
    };
    if left.node_type() != right.node_type() {
        let word = |node: &NodeRef<'_>| Some(node.node_type().name().to_owned());
        add(Field::Type, word(left), word(right));
    }
    if left.mode() != right.mode() {
        let text = |node: &NodeRef<'_>| Some(format!("{:04o}", node.mode()));
        add(Field::Mode, text(left), text(right));
    }
    if left.uid() != right.uid() {
        add(
            Field::Uid,
            Some(left.uid().to_string()),
            Some(right.uid().to_string()),
        );
    }
    if left.gid() != right.gid() {
        add(
            Field::Gid,
            Some(left.gid().to_string()),
            Some(right.gid().to_string()),
        );
    }
    let is_file = |node: &NodeRef<'_>| node.node_type() == NodeType::File;
    let size = |node: &NodeRef<'_>| is_file(node).then(|| node.size());
    if size(left) != size(right) {
        let text = |node: &NodeRef<'_>| size(node).map(|size| size.to_string());
        add(Field::Size, text(left), text(right));
    }
    if let (Some(one), Some(other)) = (left.mtime(), right.mtime())
        && one != other
    {
        add(Field::Mtime, Some(one.to_string()), Some(other.to_string()));
    }
    if left.link_name() != right.link_name() {
        let text = |node: &NodeRef<'_>| node.link_name().map(escape);
        add(Field::LinkName, text(left), text(right));
    }
    if left.device() != right.device() {
        let text = |node: &NodeRef<'_>| {
            let (major, minor) = node.device()?;
            Some(format!("{major}:{minor}"))
        };
        add(Field::Device, text(left), text(right));
    }
    if left.xattrs() != right.xattrs() {
        add(Field::Xattrs, xattrs(left), xattrs(right));
    }
    if is_file(left) && is_file(right) && left.size() == right.size() && left.size() > 0 {
        match (left.digest(), right.digest()) {
            _ if twins.same(left.content(), right.content()) => {}
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                add(Field::Content, Some(one.encoded()), Some(other.encoded()));
            }
            _ => add(Field::Content, None, None),
        }
    } else if is_file(left) && is_file(right) && left.size() != right.size() {
        let digests = [left, right].map(|node| node.digest().as_ref().map(Digest::encoded));
        if let [Some(one), Some(other)] = digests {
            add(Field::Content, Some(one), Some(other));
        }
    }
    let hardlink = |node: &NodeRef<'_>| node.hardlink_to().map(|first| first.path());
    let (one, other) = (hardlink(left), hardlink(right));
    if one != other {
        let text = |path: Option<Vec<u8>>| path.map(|path| escape(&path));
        add(Field::Hardlink, text(one), text(other));
    }
}

/// Lines of `name=value`, escaped, cut where they are long.
fn xattrs(node: &NodeRef<'_>) -> Option<String> {
    let mut lines = Vec::new();
    let (mut bytes, mut more) = (0_usize, 0_usize);
    for (name, value) in node.xattrs() {
        bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
        if bytes > SHOWN_XATTR_BYTES {
            more += 1;
        } else {
            lines.push(format!("{}={}", escape(name), escape(value)));
        }
    }
    lines.extend((more > 0).then(|| format!("and {more} more")));
    (!lines.is_empty()).then(|| lines.join("\n"))
}
