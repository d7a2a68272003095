//! dive's efficiency score, as dive 0.13.1 computes it, oddities included.
//!
//! Source: wagoodman/dive `dive/filetree/efficiency.go` (the score),
//! `file_tree.go` (stacking), `dive/image/analysis.go` (wasted bytes) and
//! `dive/image/docker/image_archive.go` (what of a layer is taken). In short:
//!
//! - Each layer is a tree of its entries' names. Parents without an entry are
//!   in it, without size and type; of a name that is there twice the last entry
//!   counts. Names that begin with `.wh..wh..`, opaque whiteouts above all, are
//!   left out, so that what they hide counts as shown.
//! - Each leaf of each layer adds its size to its path: a hardlink's header
//!   has none. A whiteout is a leaf of the path that it hides. It adds what the
//!   layers below it come to there: for a path whose last entry is a directory
//!   all sizes below it, else nothing. One of a path that is not there ends the
//!   layer, and leaves a path that nothing else names at -1.
//! - The score is the sum of each path's smallest size by the sum of all sizes,
//!   and 1 where there are none. Wasted are all sizes of the paths that two or
//!   more leaves name.
//! - Layers are stacked by name, children before parents, in the order of
//!   names: a file takes a directory's place and leaves what lies in it, and a
//!   parent without an entry takes away the directory's type.

use super::{
    MergedTree,
    arena::{NONE, ROOT},
    names::Names,
    path::{WHITEOUT_PREFIX, split_last},
    resolve::LastParent,
    slots::Slots,
};
use crate::{
    layer::table::{Entry, EntryKind, EntryTable},
    order,
};

/// Names that dive leaves out.
const LEFT_OUT: &[u8] = b".wh..wh..";

/// dive's sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Score {
    /// The smallest sizes of all paths together.
    pub minimum: i128,
    /// All sizes of all paths together.
    pub discovered: u128,
    /// Those of them that paths named more than once have.
    pub wasted: u128,
}

/// What an entry tells of a path.
#[derive(Debug, Clone, Copy, Default)]
struct Payload {
    size: u64,
    is_directory: bool,
}

/// A path, in each of the roles that it has.
#[derive(Debug, Clone, Copy)]
struct Path {
    /// In the layer that is being looked at, if `layer` is its number.
    layer: u32,
    own: Payload,
    layer_child: u32,
    layer_next: u32,
    /// In the stack of the layers below.
    is_stacked: bool,
    is_listed: bool,
    stacked: Payload,
    /// Sizes of the path and all that lies below it in the stack.
    below: u64,
    child: u32,
    next: u32,
    /// Leaves that name it.
    leaves: u32,
    is_named: bool,
    minimum: i64,
    discovered: u128,
}

impl Path {
    const NEW: Self = Self {
        layer: NONE,
        own: Payload {
            size: 0,
            is_directory: false,
        },
        layer_child: NONE,
        layer_next: NONE,
        is_stacked: false,
        is_listed: false,
        stacked: Payload {
            size: 0,
            is_directory: false,
        },
        below: 0,
        child: NONE,
        next: NONE,
        leaves: 0,
        is_named: false,
        minimum: -1,
        discovered: 0,
    };
}

/// There are more paths than are scored.
struct TooMany;

struct Stack {
    names: Names,
    slots: Slots,
    /// Of each path its parent and its name: apart, as lookups need nothing else.
    keys: Vec<(u32, u32)>,
    paths: Vec<Path>,
    limit: usize,
}

impl MergedTree {
    /// dive's score of the layers; none where they have too many paths.
    pub(super) fn dive_score(&self) -> Option<Score> {
        *self.dive.get_or_init(|| self.find_dive_score())
    }

    fn find_dive_score(&self) -> Option<Score> {
        let root = Path {
            is_stacked: true,
            ..Path::NEW
        };
        let mut stack = Stack {
            names: Names::default(),
            slots: Slots::default(),
            keys: vec![(ROOT, NONE)],
            paths: vec![root],
            limit: self.limits.scored_paths,
        };
        let tables = (0_u32..).zip(self.tables.iter().flatten());
        for (layer, table) in tables {
            let in_order = stack.read(layer, table).ok()?;
            if layer == 0 {
                // dive copies the lowest layer, whiteouts and all, and stacks
                // it on its copy.
                for &id in &in_order {
                    stack.put(id);
                }
            }
            stack.count(&in_order).ok()?;
            for &id in &in_order {
                match stack.hidden_name(id) {
                    None => stack.put(id),
                    Some(_) => {
                        if let Some(hidden) = stack.hidden(id) {
                            stack.remove(hidden);
                        }
                    }
                }
            }
        }
        Some(stack.score())
    }
}

impl Stack {
    fn path(&self, id: u32) -> &Path {
        static NEW: Path = Path::NEW;
        self.paths.get(id as usize).unwrap_or(&NEW)
    }

    fn update(&mut self, id: u32, change: impl FnOnce(&mut Path)) {
        if let Some(path) = self.paths.get_mut(id as usize) {
            change(path);
        }
    }

    fn parent(&self, id: u32) -> u32 {
        self.keys.get(id as usize).map_or(ROOT, |key| key.0)
    }

    fn name(&self, id: u32) -> &[u8] {
        let name = self.keys.get(id as usize).map_or(NONE, |key| key.1);
        self.names.get(name)
    }

    fn find(&self, parent: u32, name: &[u8]) -> Option<u32> {
        self.find_at(parent, name, self.slots.hash(parent, name))
    }

    fn find_at(&self, parent: u32, name: &[u8], hash: u64) -> Option<u32> {
        self.slots.find(hash, |id| {
            let key = self.keys.get(id as usize);
            key.is_some_and(|key| key.0 == parent && self.names.get(key.1) == name)
        })
    }

    fn find_or_add(&mut self, parent: u32, name: &[u8]) -> Result<u32, TooMany> {
        let hash = self.slots.hash(parent, name);
        if let Some(id) = self.find_at(parent, name, hash) {
            return Ok(id);
        }
        if self.paths.len() > self.limit.min(Slots::MOST as usize) {
            return Err(TooMany);
        }
        let id = u32::try_from(self.paths.len()).map_err(|_| TooMany)?;
        let name = self.names.add(name).ok_or(TooMany)?;
        self.keys.push((parent, name));
        self.paths.push(Path::NEW);
        let Self {
            keys, names, slots, ..
        } = self;
        slots.insert(hash, id, |slots, id| {
            let (parent, name) = keys.get(id as usize).copied().unwrap_or_default();
            slots.hash(parent, names.get(name))
        });
        Ok(id)
    }

    /// Reads a layer; its paths, children before parents, by name.
    fn read(&mut self, layer: u32, table: &EntryTable) -> Result<Vec<u32>, TooMany> {
        self.update(ROOT, |root| root.layer_child = NONE);
        let mut last = LastParent::default();
        for entry in table.iter() {
            self.read_entry(layer, &entry, &mut last)?;
        }
        let mut in_order = Vec::new();
        // Twice a path is itself; one more is what lies below it.
        let mut steps = vec![ROOT | 1];
        while let Some(step) = steps.pop() {
            let id = step >> 1;
            if step & 1 == 0 {
                in_order.push(id);
                continue;
            }
            let mut children = Vec::new();
            let mut at = self.path(id).layer_child;
            while at != NONE {
                children.push(at);
                at = self.path(at).layer_next;
            }
            order::sort(&mut children, &|left, right| {
                self.name(right).cmp(self.name(left))
            });
            steps.extend(
                children
                    .iter()
                    .flat_map(|child| [child << 1, child << 1 | 1]),
            );
        }
        Ok(in_order)
    }

    fn read_entry(
        &mut self,
        layer: u32,
        entry: &Entry<'_>,
        last: &mut LastParent,
    ) -> Result<(), TooMany> {
        let own = Payload {
            size: entry.size,
            is_directory: entry.kind == EntryKind::Directory,
        };
        let raw = entry.path.to_vec();
        let (parent, name) = split_last(&raw);
        let is_plain = !matches!(name, b"" | b"." | b"..");
        let known = last.get(parent, layer.into()).filter(|_| is_plain);
        let id = if let Some((parent, _)) = known {
            self.read_name(layer, parent, name)?
        } else {
            let mut at = Some(ROOT);
            for name in components(&raw) {
                let Some(parent) = at else { break };
                at = self.read_name(layer, parent, name)?;
            }
            at
        };
        let Some(id) = id.filter(|&id| id != ROOT) else {
            return Ok(());
        };
        self.update(id, |path| path.own = own);
        if is_plain && known.is_none() {
            last.set(parent, self.parent(id), 0, layer.into());
        }
        Ok(())
    }

    /// A name of the layer, added if it is not left out.
    fn read_name(&mut self, layer: u32, parent: u32, name: &[u8]) -> Result<Option<u32>, TooMany> {
        if name.starts_with(LEFT_OUT) {
            return Ok(None);
        }
        let id = self.find_or_add(parent, name)?;
        if self.path(id).layer != layer {
            let first = self.path(parent).layer_child;
            self.update(id, |path| {
                path.layer = layer;
                path.own = Payload::default();
                path.layer_child = NONE;
                path.layer_next = first;
            });
            self.update(parent, |path| path.layer_child = id);
        }
        Ok(Some(id))
    }

    /// The name that a path hides, if it is a whiteout's.
    fn hidden_name(&self, id: u32) -> Option<&[u8]> {
        self.name(id).strip_prefix(WHITEOUT_PREFIX)
    }

    /// The path that a whiteout hides in the stack. One without a name is one
    /// of its own directory.
    fn hidden(&self, whiteout: u32) -> Option<u32> {
        let name = self.hidden_name(whiteout)?;
        let parent = self.parent(whiteout);
        let id = match name {
            b"" => parent,
            name => self.find(parent, name)?,
        };
        self.path(id).is_stacked.then_some(id)
    }

    /// Adds a layer's leaves to their paths.
    fn count(&mut self, in_order: &[u32]) -> Result<(), TooMany> {
        for &id in in_order {
            if self.path(id).layer_child != NONE {
                continue;
            }
            let whiteout = self.hidden_name(id).map(<[u8]>::to_vec);
            let (named, size) = match whiteout {
                None => (id, self.path(id).own.size),
                Some(name) => {
                    let named = self.find_or_add(self.parent(id), &name)?;
                    self.update(named, |path| path.is_named = true);
                    let Some(hidden) = self.hidden(id) else {
                        return Ok(());
                    };
                    let hidden = self.path(hidden);
                    let is_directory = hidden.stacked.is_directory;
                    (named, if is_directory { hidden.below } else { 0 })
                }
            };
            let small = i64::try_from(size).unwrap_or(i64::MAX);
            self.update(named, |path| {
                path.is_named = true;
                path.leaves = path.leaves.saturating_add(1);
                path.discovered = path.discovered.saturating_add(size.into());
                if path.minimum < 0 || small < path.minimum {
                    path.minimum = small;
                }
            });
        }
        Ok(())
    }

    /// Puts a layer's path on the stack.
    fn put(&mut self, id: u32) {
        let mut at = id;
        while !self.path(at).is_stacked {
            let parent = self.parent(at);
            let first = self.path(parent).child;
            let is_listed = self.path(at).is_listed;
            self.update(at, |path| {
                path.is_stacked = true;
                path.is_listed = true;
                if !is_listed {
                    path.next = first;
                }
            });
            if !is_listed {
                self.update(parent, |path| path.child = at);
            }
            at = parent;
        }
        let own = self.path(id).own;
        let before = self.path(id).stacked.size;
        self.update(id, |path| path.stacked = own);
        self.resize(id, before, own.size);
    }

    /// Counts a path's new size, and no longer its old one, in all above it.
    fn resize(&mut self, id: u32, before: u64, after: u64) {
        if before == after {
            return;
        }
        let mut at = id;
        loop {
            self.update(at, |path| {
                path.below = path.below.wrapping_sub(before).wrapping_add(after);
            });
            if at == ROOT {
                return;
            }
            at = self.parent(at);
        }
    }

    /// Takes a path with all that lies below it from the stack.
    fn remove(&mut self, id: u32) {
        if id == ROOT {
            return;
        }
        self.resize(self.parent(id), self.path(id).below, 0);
        self.clear(id);
        // Taken lists are not visited again.
        let mut lists = vec![self.take_children(id)];
        while let Some(mut at) = lists.pop() {
            while at != NONE {
                let next = self.path(at).next;
                self.update(at, |path| {
                    path.is_listed = false;
                    path.next = NONE;
                });
                self.clear(at);
                lists.push(self.take_children(at));
                at = next;
            }
        }
    }

    fn clear(&mut self, id: u32) {
        self.update(id, |path| {
            path.is_stacked = false;
            path.stacked = Payload::default();
            path.below = 0;
        });
    }

    fn take_children(&mut self, id: u32) -> u32 {
        let first = self.path(id).child;
        self.update(id, |path| path.child = NONE);
        first
    }

    fn score(&self) -> Score {
        let mut score = Score::default();
        for path in self.paths.iter().filter(|path| path.is_named) {
            score.minimum = score.minimum.saturating_add(path.minimum.into());
            score.discovered = score.discovered.saturating_add(path.discovered);
            if path.leaves > 1 {
                score.wasted = score.wasted.saturating_add(path.discovered);
            }
        }
        score
    }
}

/// Components as Go's `path.Clean` leaves them: those that lead out of a
/// relative path stay.
fn components(path: &[u8]) -> Vec<&[u8]> {
    let is_absolute = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(&last) if last != b".." => {
                    parts.pop();
                }
                _ if is_absolute => {}
                _ => parts.push(part),
            },
            name => parts.push(name),
        }
    }
    parts
}
