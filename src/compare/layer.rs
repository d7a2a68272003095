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
    /// Where the two are written in another order.
    orders: Option<(Sorting, Sorting)>,
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
        if let Some((left, right)) = &mut self.orders
            && !(left.step(&self.left, entries) && right.step(&self.right, entries))
        {
            return None;
        }
        for _ in 0..entries {
            let Some((left, right)) = self.pair() else {
                return Some(match self.unknown {
                    true => LayerDifference::Unknown,
                    false => LayerDifference::Metadata(std::mem::take(&mut self.fields)),
                });
            };
            let same_path =
                left.path == right.path || EntryPath::of(left.path) == EntryPath::of(right.path);
            if !same_path && self.orders.is_none() {
                // Written in another order: by path from the beginning.
                self.orders = Some((Sorting::new(&self.left), Sorting::new(&self.right)));
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
                usize::try_from(*left.sorted.get(self.at)?).ok()?,
                usize::try_from(*right.sorted.get(self.at)?).ok()?,
            ),
        };
        self.left.entry(left).zip(self.right.entry(right))
    }
}

/// A table's positions being sorted by path, bottom up: runs are merged two by
/// two, and each step does so many positions. Entries of one path stay in the
/// archive's order.
#[derive(Debug)]
struct Sorting {
    sorted: Vec<u32>,
    merged: Vec<u32>,
    /// Length of the runs that are sorted.
    run: usize,
    /// How much of the second of the two runs in hand is merged.
    taken: usize,
}

impl Sorting {
    fn new(table: &EntryTable) -> Self {
        Self {
            sorted: (0..u32::try_from(table.len()).unwrap_or(u32::MAX)).collect(),
            merged: Vec::new(),
            run: 1,
            taken: 0,
        }
    }

    /// Whether it is done.
    fn step(&mut self, table: &EntryTable, positions: usize) -> bool {
        for _ in 0..positions {
            if self.run >= self.sorted.len() {
                return true;
            }
            self.merge_one(table);
            if self.merged.len() == self.sorted.len() {
                std::mem::swap(&mut self.sorted, &mut self.merged);
                self.merged.clear();
                self.run = self.run.saturating_mul(2);
            }
        }
        false
    }

    fn merge_one(&mut self, table: &EntryTable) {
        let done = self.merged.len();
        let in_pair = done % self.run.saturating_mul(2);
        let start = done - in_pair;
        if in_pair == 0 {
            self.taken = 0;
        }
        let middle = start.saturating_add(self.run).min(self.sorted.len());
        let end = middle.saturating_add(self.run).min(self.sorted.len());
        let at = |run: usize, end: usize| self.sorted.get(run).filter(|_| run < end).copied();
        let left = at(start + (in_pair - self.taken), middle);
        let right = at(middle + self.taken, end);
        let path = |at: u32| usize::try_from(at).ok().and_then(|at| table.path(at));
        let is_right = match (left, right) {
            (Some(left), Some(right)) => {
                path(right).map(EntryPath::of) < path(left).map(EntryPath::of)
            }
            (left, _) => left.is_none(),
        };
        self.taken += usize::from(is_right);
        self.merged.extend(if is_right { right } else { left });
    }
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
