//! What the layers store and the tree does not show, and why.
//!
//! Every version of a path ends with the event after it. A file's bytes are
//! stored once, by its own entry, and shown as long as any path of its hardlink
//! group shows them: they end with the last of those.

use super::{
    EntryRef, EventKind, MergedTree, PathEvent,
    arena::{NONE, ROOT},
    path::EntryPath,
    spec::Meaning,
};
use crate::{
    layer::table::EntryKind,
    order,
    report::{HiddenBy, PathView},
};

/// An entry that is stored and not shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hidden {
    pub at: EntryRef,
    /// The node that it was a version of; none where it was of no path.
    pub node: Option<u32>,
    /// The event that hid it, by its number in the log.
    end: Option<u32>,
    /// Bytes that it stores.
    pub bytes: u64,
}

/// A path's stretch of the hidden entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub start: usize,
    pub end: usize,
    pub wasted: u128,
}

/// What a layer stores.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LayerSum {
    pub stored: u128,
    pub wasted: u128,
    pub files: u32,
}

/// What a tree's layers store and do not show.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    /// By path and layer; those of no path come last, in the same order.
    pub hidden: Vec<Hidden>,
    /// Paths that waste bytes, most first.
    pub groups: Vec<Group>,
    pub layers: Vec<LayerSum>,
}

/// What becomes of each entry: of no path, shown, or ended by an event, whose
/// number plus one it is. The latest counts.
const OF_NO_PATH: u32 = 0;
const SHOWN: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Fate {
    end: u32,
    node: u32,
}

struct Fates(Vec<Vec<Fate>>);

impl Fates {
    fn note(&mut self, at: EntryRef, end: u32) {
        if let Some(fate) = self.of(at) {
            fate.end = fate.end.max(end);
        }
    }

    fn of(&mut self, at: EntryRef) -> Option<&mut Fate> {
        self.0
            .get_mut(at.layer as usize)?
            .get_mut(at.entry as usize)
    }
}

impl MergedTree {
    pub(super) fn stored(&self) -> &Stored {
        self.stored.get_or_init(|| self.find_stored())
    }

    fn find_stored(&self) -> Stored {
        let mut stored = Stored {
            hidden: Vec::new(),
            groups: Vec::new(),
            layers: vec![LayerSum::default(); self.tables.len()],
        };
        let mut pathless = Vec::new();
        let fates = self.fates();
        for ((layer, sum), fates) in (0_u32..).zip(&mut stored.layers).zip(&fates.0) {
            for (entry, &Fate { end, node }) in (0_u32..).zip(fates) {
                let at = EntryRef { layer, entry };
                let Some(found) = self.entry(at) else {
                    continue;
                };
                let bytes = match found.kind {
                    EntryKind::File => found.stored_size,
                    _ => 0,
                };
                sum.stored = sum.stored.saturating_add(bytes.into());
                let is_path = node != NONE;
                let path = EntryPath::of(found.path);
                let is_shown = end == SHOWN
                    || !is_path && bytes == 0 && !matches!(Meaning::of(&path), Meaning::Addition);
                if is_shown {
                    continue;
                }
                if bytes > 0 {
                    sum.wasted = sum.wasted.saturating_add(bytes.into());
                    sum.files = sum.files.saturating_add(1);
                }
                let hidden = Hidden {
                    at,
                    node: is_path.then_some(node),
                    end: end.checked_sub(1),
                    bytes,
                };
                match is_path {
                    true => stored.hidden.push(hidden),
                    false => pathless.push(hidden),
                }
            }
        }
        let ranks = self.ranks(&stored.hidden);
        let rank = |hidden: &Hidden| ranks.get(hidden.node.unwrap_or(NONE) as usize).copied();
        stored.hidden = sorted(&stored.hidden, &|left, right| rank(left).cmp(&rank(right)));
        let path = |hidden: &Hidden| self.entry(hidden.at).map(|entry| EntryPath::of(entry.path));
        let pathless = sorted(&pathless, &|left, right| path(left).cmp(&path(right)));
        let groups = grouped(&stored.hidden, 0, &|left, right| left.node == right.node);
        let others = grouped(&pathless, stored.hidden.len(), &|left, right| {
            path(left) == path(right)
        });
        let groups: Vec<Group> = groups
            .into_iter()
            .chain(others)
            .filter(|group| group.wasted > 0)
            .collect();
        stored.groups = sorted(&groups, &|left, right| right.wasted.cmp(&left.wasted));
        stored.hidden.extend(pathless);
        stored
    }

    fn fates(&self) -> Fates {
        let empty = Fate {
            end: OF_NO_PATH,
            node: NONE,
        };
        let lengths = self
            .tables
            .iter()
            .map(|table| table.as_ref().map_or(0, |table| table.len()));
        let mut fates = Fates(lengths.map(|length| vec![empty; length]).collect());
        for id in self.arena.ids() {
            let mut after: Option<(u32, PathEvent)> = None;
            for (number, event) in self.arena.log_of(id) {
                if let Some(at) = version(&event) {
                    let end = match after {
                        None => SHOWN,
                        // A directory stays, whatever its attributes.
                        Some((_, after)) if self.stays_directory(at, &after) => SHOWN,
                        Some((number, _)) => number.saturating_add(1),
                    };
                    fates.note(at, end);
                    if let Some(fate) = fates.of(at) {
                        fate.node = id;
                    }
                    if let Some(&content) = self.shared.get(&at) {
                        fates.note(content, end);
                    }
                }
                after = number.map(|number| (number, event));
            }
        }
        fates
    }

    fn stays_directory(&self, at: EntryRef, after: &PathEvent) -> bool {
        let is_directory = |at: EntryRef| {
            let entry = self.entry(at);
            entry.is_some_and(|entry| entry.kind == EntryKind::Directory)
        };
        after.kind == EventKind::Changed
            && is_directory(at)
            && version(after).is_some_and(is_directory)
    }

    /// By node, the position of its path among those of all nodes given and
    /// of what holds them, in byte order.
    fn ranks(&self, hidden: &[Hidden]) -> Vec<u32> {
        let arena = &self.arena;
        let mut ranks = vec![NONE; arena.ids().count()];
        let mut ids = Vec::new();
        for hidden in hidden {
            let mut at = hidden.node.unwrap_or(ROOT);
            while let Some(rank) = ranks.get_mut(at as usize).filter(|rank| **rank == NONE) {
                *rank = 0;
                if at == ROOT {
                    break;
                }
                ids.push(at);
                at = arena.node(at).parent;
            }
        }
        // Parents' children lie together: a node is shown before what lies
        // below it, though not always right before it, as in `Walk`.
        order::sort(&mut ids, &|left, right| {
            arena.node(left).parent.cmp(&arena.node(right).parent)
        });
        let children = |parent: u32| {
            let start = ids.partition_point(|&id| arena.node(id).parent < parent);
            let after = ids.get(start..).unwrap_or_default();
            let length = after.partition_point(|&id| arena.node(id).parent == parent);
            after.get(..length).unwrap_or_default()
        };
        // Twice a node is itself; one more is what lies below it.
        let mut next = 0_u32;
        let mut stack = vec![ROOT | 1];
        while let Some(step) = stack.pop() {
            let id = step >> 1;
            if step & 1 == 0 {
                next = next.saturating_add(1);
                if let Some(rank) = ranks.get_mut(id as usize) {
                    *rank = next;
                }
                continue;
            }
            let mut steps = Vec::new();
            for &child in children(id) {
                steps.push(child << 1);
                if !children(child).is_empty() {
                    steps.push(child << 1 | 1);
                }
            }
            let key = |step: u32| {
                let slash: &[u8] = if step & 1 == 0 { b"" } else { b"/" };
                arena.name(step >> 1).iter().chain(slash)
            };
            order::sort(&mut steps, &|left, right| key(right).cmp(key(left)));
            stack.append(&mut steps);
        }
        ranks
    }

    /// Why an entry is hidden, the layer that hid it, and by which entry.
    pub(super) fn hidden_by(&self, hidden: &Hidden) -> (HiddenBy, u32, Option<PathView>) {
        if let Some(event) = hidden.end.and_then(|end| self.arena.logged(end)) {
            let (cause, by) = self.cause(&event);
            return (cause, event.layer, by);
        }
        let entry = self.entry(hidden.at);
        let is_addition = entry.is_some_and(|entry| {
            matches!(Meaning::of(&EntryPath::of(entry.path)), Meaning::Addition)
        });
        let cause = match is_addition {
            true => HiddenBy::NotApplied,
            false => HiddenBy::Marker,
        };
        (cause, hidden.at.layer, None)
    }

    /// Why an event ended what was there, and by which entry.
    pub(super) fn cause(&self, event: &PathEvent) -> (HiddenBy, Option<PathView>) {
        let entry = event.entry.and_then(|entry| {
            self.entry(EntryRef {
                layer: event.layer,
                entry,
            })
        });
        let path = entry.as_ref().map(|entry| EntryPath::of(entry.path));
        let cause = match (event.kind, path.as_ref().map(Meaning::of)) {
            (EventKind::Changed | EventKind::Made | EventKind::Implied, _) => HiddenBy::Replaced,
            (_, Some(Meaning::Opaque)) => HiddenBy::OpaqueWhiteout,
            (EventKind::Hidden, _) => HiddenBy::Whiteout,
            (EventKind::HiddenBelow, Some(Meaning::Whiteout(_))) => HiddenBy::ParentWhiteout,
            (EventKind::HiddenBelow, _) => HiddenBy::ParentReplaced,
        };
        (cause, path.map(|path| PathView::new(path.as_bytes())))
    }
}

/// The entry that an event made a version of.
pub(super) fn version(event: &PathEvent) -> Option<EntryRef> {
    let makes = matches!(event.kind, EventKind::Made | EventKind::Changed);
    let entry = event.entry.filter(|_| makes)?;
    Some(EntryRef {
        layer: event.layer,
        entry,
    })
}

fn sorted<T: Copy>(items: &[T], compare: &dyn Fn(&T, &T) -> std::cmp::Ordering) -> Vec<T> {
    let mut positions: Vec<u32> = (0_u32..).zip(items).map(|(at, _)| at).collect();
    order::sort(&mut positions, &|left, right| match (
        items.get(left as usize),
        items.get(right as usize),
    ) {
        (Some(left), Some(right)) => compare(left, right),
        _ => std::cmp::Ordering::Equal,
    });
    let sorted = positions.iter().filter_map(|&at| items.get(at as usize));
    sorted.copied().collect()
}

fn grouped(hidden: &[Hidden], first: usize, same: &dyn Fn(&Hidden, &Hidden) -> bool) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut before: Option<&Hidden> = None;
    for (at, hidden) in (first..).zip(hidden) {
        let joins = before.is_some_and(|before| same(before, hidden));
        match groups.last_mut().filter(|_| joins) {
            Some(group) => {
                group.end = at.saturating_add(1);
                group.wasted = group.wasted.saturating_add(hidden.bytes.into());
            }
            None => groups.push(Group {
                start: at,
                end: at.saturating_add(1),
                wasted: hidden.bytes.into(),
            }),
        }
        before = Some(hidden);
    }
    groups
}
