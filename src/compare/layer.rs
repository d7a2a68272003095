//! Two layers, entry by entry: whether only metadata differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::layer::table::{Entry, EntryTable};
use crate::report::Field;
use crate::tree::path::EntryPath;

/// How two layers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerDifference {
    /// The same paths with the same contents. How many entries differ in which
    /// field; none where only the order of the entries, or the tar, differs.
    Metadata(BTreeMap<Field, u32>),
    /// Other paths or contents.
    Content,
    /// The same paths, but contents of files of the same size are not known.
    Unknown,
}

/// The comparison of two layers, a piece at a time.
#[derive(Debug)]
pub struct LayerCompare {
    left: Arc<EntryTable>,
    right: Arc<EntryTable>,
    orders: Option<(Vec<u32>, Vec<u32>)>,
    at: usize,
    unknown: bool,
    fields: BTreeMap<Field, u32>,
}

impl LayerCompare {
    pub const fn new(left: Arc<EntryTable>, right: Arc<EntryTable>) -> Self {
        Self {
            left,
            right,
            orders: None,
            at: 0,
            unknown: false,
            fields: BTreeMap::new(),
        }
    }

    /// Compares so many entries; the difference once it is known.
    pub fn step(&mut self, entries: usize) -> Option<LayerDifference> {
        if self.left.len() != self.right.len() {
            return Some(LayerDifference::Content);
        }
        for _ in 0..entries {
            let Some((left, right)) = self.pair() else {
                return Some(match self.unknown {
                    true => LayerDifference::Unknown,
                    false => LayerDifference::Metadata(std::mem::take(&mut self.fields)),
                });
            };
            let same_path = EntryPath::new(left.path) == EntryPath::new(right.path);
            if !same_path && self.orders.is_none() {
                // Written in another order: by path from the beginning.
                self.orders = Some((order(&self.left), order(&self.right)));
                (self.at, self.unknown) = (0, false);
                self.fields.clear();
                return None;
            }
            if !same_path || !same_content(&left, &right) {
                return Some(LayerDifference::Content);
            }
            let is_known = left.content.is_some() && right.content.is_some();
            let is_unknown = left.size > 0 && !is_known;
            let differing = metadata(&left, &right);
            self.unknown |= is_unknown;
            for field in differing {
                *self.fields.entry(field).or_default() += 1;
            }
            self.at += 1;
        }
        None
    }

    fn pair(&self) -> Option<(Entry<'_>, Entry<'_>)> {
        let (left, right) = match &self.orders {
            None => (self.at, self.at),
            Some((left, right)) => (
                usize::try_from(*left.get(self.at)?).ok()?,
                usize::try_from(*right.get(self.at)?).ok()?,
            ),
        };
        self.left.entry(left).zip(self.right.entry(right))
    }
}

// Entries of one path stay in the archive's order.
fn order(table: &EntryTable) -> Vec<u32> {
    let paths: Vec<EntryPath<'_>> = table.paths().map(EntryPath::new).collect();
    let mut order: Vec<u32> = (0..u32::try_from(paths.len()).unwrap_or(u32::MAX)).collect();
    order.sort_by(|left, right| {
        let path = |at: &u32| paths.get(usize::try_from(*at).unwrap_or(usize::MAX));
        path(left).cmp(&path(right))
    });
    order
}

// A content that is not known is no other content.
fn same_content(left: &Entry<'_>, right: &Entry<'_>) -> bool {
    let differs = match (&left.content, &right.content) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    !differs
        && left.kind == right.kind
        && left.link_name == right.link_name
        && left.size == right.size
        && left.device == right.device
}

fn metadata(left: &Entry<'_>, right: &Entry<'_>) -> impl Iterator<Item = Field> + use<> {
    let fields = [
        (Field::Mode, left.mode != right.mode),
        (Field::Uid, left.uid != right.uid),
        (Field::Gid, left.gid != right.gid),
        (Field::Mtime, left.mtime != right.mtime),
        (Field::Xattrs, left.xattrs != right.xattrs),
    ];
    fields
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
}
