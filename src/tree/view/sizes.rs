//! Bytes of directories with all that lies below them, and maps of these.

use super::{
    count,
    facts::{Facts, at},
};
use crate::{
    diagnostic::escape,
    limits::{SIZE_CHILDREN, SIZE_NODES},
    report::{Change, NodeType, SizeView},
    tree::{
        MergedTree, NodeRef,
        arena::{Arena, NONE, ROOT},
    },
};

/// Bytes by node. Removed nodes have those of what was removed with them.
pub(super) fn totals(tree: &MergedTree, facts: &Facts) -> Vec<u64> {
    let present = tree.arena.ids().filter_map(|id| tree.node(id));
    let mut totals = sums(tree, present);
    let removed: Vec<NodeRef<'_>> = facts
        .removed()
        .filter_map(|id| facts.shown(tree, id))
        .collect();
    if !removed.is_empty() {
        let sums = sums(tree, removed.into_iter());
        for id in facts.removed() {
            if let Some(total) = totals.get_mut(id as usize) {
                *total = at(&sums, id);
            }
        }
    }
    totals
}

/// Adds the files' sizes up, in every directory each hardlink group once.
fn sums<'a>(tree: &MergedTree, nodes: impl Iterator<Item = NodeRef<'a>>) -> Vec<u64> {
    let arena = &tree.arena;
    // Signed, as what is counted twice below is taken off above before that
    // is added up; and wide, as headers can claim any size.
    let mut sums = vec![0_i128; arena.ids().count()];
    let mut add = |id: u32, size: i128| {
        if let Some(sum) = sums.get_mut(id as usize) {
            *sum = sum.saturating_add(size);
        }
    };
    let mut links = Vec::new();
    for node in nodes {
        let size = node.size();
        if size == 0 {
            continue;
        }
        add(node.id(), size.into());
        if let Some(inode) = node.inode_number() {
            links.push((inode, node.id(), size));
        }
    }
    if !links.is_empty() {
        let places = Places::new(arena);
        let mut links: Vec<(u32, u32, u32, u64)> = links
            .into_iter()
            .map(|(inode, id, size)| (inode, at(&places.order, id), id, size))
            .collect();
        links.sort_unstable();
        // Two paths of a file that follow each other are counted twice from
        // where they meet.
        for pair in links.windows(2) {
            if let [(inode, _, left, size), (other, _, right, _)] = *pair
                && inode == other
            {
                add(places.meet(arena, left, right), -i128::from(size));
            }
        }
    }
    for id in arena.ids().rev().filter(|&id| id != ROOT) {
        let sum = at(&sums, id);
        if sum != 0
            && let Some(above) = sums.get_mut(arena.node(id).parent as usize)
        {
            *above = above.saturating_add(sum);
        }
    }
    let narrow = |sum: i128| u64::try_from(sum.max(0)).unwrap_or(u64::MAX);
    sums.into_iter().map(narrow).collect()
}

/// Where nodes lie, for finding where two of them meet: in steps that grow with
/// the logarithm of their depth, as a hostile tree is as deep as it can be.
struct Places {
    /// Rank in a walk in which directories come before what they hold.
    order: Vec<u32>,
    depth: Vec<u32>,
    /// A node some way up: one step, or as far as two equal jumps.
    jump: Vec<u32>,
}

impl Places {
    fn new(arena: &Arena) -> Self {
        let length = arena.ids().count();
        let mut below = vec![1_u32; length];
        for id in arena.ids().rev().filter(|&id| id != ROOT) {
            let own = at(&below, id);
            if let Some(above) = below.get_mut(arena.node(id).parent as usize) {
                *above = above.saturating_add(own);
            }
        }
        let mut order = vec![0; length];
        let mut depth = vec![0_u32; length];
        let mut jump = vec![ROOT; length];
        // Rank of the next that is found in a directory.
        let mut next = vec![1_u32; length];
        for id in arena.ids().filter(|&id| id != ROOT) {
            let parent = arena.node(id).parent;
            let rank = at(&next, parent);
            let far = at(&jump, parent);
            let farther = at(&jump, far);
            let (here, there) = (at(&depth, parent), at(&depth, far));
            let is_even = here.saturating_sub(there) == there.saturating_sub(at(&depth, farther));
            put(&mut next, parent, rank.saturating_add(at(&below, id)));
            put(&mut next, id, rank.saturating_add(1));
            put(&mut order, id, rank);
            put(&mut depth, id, here.saturating_add(1));
            put(&mut jump, id, if is_even { farther } else { parent });
        }
        Self { order, depth, jump }
    }

    /// The deepest directory above both, or one that is both.
    fn meet(&self, arena: &Arena, mut left: u32, mut right: u32) -> u32 {
        if at(&self.depth, left) < at(&self.depth, right) {
            std::mem::swap(&mut left, &mut right);
        }
        let level = at(&self.depth, right);
        while at(&self.depth, left) > level {
            let far = at(&self.jump, left);
            left = if at(&self.depth, far) >= level {
                far
            } else {
                arena.node(left).parent
            };
        }
        while left != right {
            let (far_left, far_right) = (at(&self.jump, left), at(&self.jump, right));
            (left, right) = if far_left == far_right {
                (arena.node(left).parent, arena.node(right).parent)
            } else {
                (far_left, far_right)
            };
        }
        left
    }
}

fn put(values: &mut [u32], id: u32, value: u32) {
    if let Some(slot) = values.get_mut(id as usize) {
        *slot = value;
    }
}

/// The map of a node: the largest of what lies in each directory.
pub(super) fn map(tree: &MergedTree, facts: &mut Facts, node: u32, depth: u32) -> SizeView {
    let mut views = vec![(rectangle(tree, facts, node), NONE)];
    let mut level = vec![0_usize];
    for _ in 0..depth {
        let mut next = Vec::new();
        for above in std::mem::take(&mut level) {
            let Some((view, _)) = views.get(above) else {
                continue;
            };
            let mut children: Vec<(u64, u32)> = tree
                .arena
                .children(view.node)
                .map(|id| (facts.total(tree, id), id))
                .collect();
            let room = SIZE_NODES.saturating_sub(views.len()).min(SIZE_CHILDREN);
            let kept = largest(tree, &mut children, room);
            let rest = children.get(kept..).unwrap_or_default();
            let more_size = rest.iter().map(|&(size, _)| u128::from(size)).sum::<u128>();
            let more = count(rest.len());
            if let Some((view, _)) = views.get_mut(above) {
                view.more = more;
                view.more_size = more_size.to_string();
            }
            for &(_, id) in children.get(..kept).unwrap_or_default() {
                next.push(views.len());
                let rectangle = rectangle(tree, facts, id);
                views.push((rectangle, count(above)));
            }
        }
        level = next;
    }
    // What lies in something comes after it: from the end, all that a view
    // holds is there before it is put into another.
    while views.len() > 1 {
        if let Some((mut view, above)) = views.pop() {
            view.children.reverse();
            if let Some((above, _)) = views.get_mut(above as usize) {
                above.children.push(view);
            }
        }
    }
    let Some((mut whole, _)) = views.pop() else {
        return rectangle(tree, facts, node);
    };
    whole.children.reverse();
    whole
}

/// Puts the largest first, by name where sizes are the same, and tells how many
/// are to be shown: none that is empty.
fn largest(tree: &MergedTree, children: &mut [(u64, u32)], room: usize) -> usize {
    let mut positions: Vec<u32> = (0..count(children.len())).collect();
    let of = |position: u32| children.get(position as usize).copied();
    crate::order::sort(&mut positions, &|left, right| {
        let (left, right) = (
            of(left).unwrap_or((0, ROOT)),
            of(right).unwrap_or((0, ROOT)),
        );
        let names = || tree.arena.name(left.1).cmp(tree.arena.name(right.1));
        right.0.cmp(&left.0).then_with(names)
    });
    let sorted: Vec<(u64, u32)> = positions.into_iter().filter_map(of).collect();
    children.copy_from_slice(&sorted);
    let filled = children.partition_point(|&(size, _)| size > 0);
    filled.min(room)
}

fn rectangle(tree: &MergedTree, facts: &mut Facts, id: u32) -> SizeView {
    let node = NodeRef::new(tree, id);
    SizeView {
        node: id,
        name: escape(node.name()),
        path: escape(&node.path()),
        size: facts.total(tree, id).to_string(),
        expandable: node.node_type() == NodeType::Dir && node.has_children(),
        layer: node.layer(),
        change: facts.change(tree, id).unwrap_or(Change::Unchanged),
        children: Vec::new(),
        more: 0,
        more_size: "0".to_owned(),
    }
}
