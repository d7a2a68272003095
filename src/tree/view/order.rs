//! The order of siblings.

use super::facts::Facts;
use crate::{
    report::SortKey,
    tree::{MergedTree, NodeRef, arena::NONE},
};

/// Sorts what lies in one directory. Names decide where a column does not.
pub(super) fn sort(
    tree: &MergedTree,
    facts: &mut Facts,
    children: &mut Vec<u32>,
    sort: SortKey,
    descending: bool,
) {
    let keys: Vec<(u128, u32)> = children
        .iter()
        .map(|&id| {
            let key = match sort {
                SortKey::Name => name_key(tree.arena.name(id), descending),
                SortKey::Size => facts.total(tree, id).into(),
                _ => facts.shown(tree, id).map_or(0, |node| key(&node, sort)),
            };
            if sort == SortKey::Name {
                let is_directory = facts
                    .shown(tree, id)
                    .is_some_and(|node| node.is_directory());
                return (key | u128::from(!is_directory) << 64, id);
            }
            (if descending { !key } else { key }, id)
        })
        .collect();
    let mut positions: Vec<u32> = (0..super::count(keys.len())).collect();
    let at = |position: u32| keys.get(position as usize).copied().unwrap_or((0, NONE));
    crate::order::sort(&mut positions, &|left, right| {
        let ((left, left_id), (right, right_id)) = (at(left), at(right));
        left.cmp(&right).then_with(|| {
            let order = tree.arena.name(left_id).cmp(tree.arena.name(right_id));
            match sort {
                SortKey::Name if descending => order.reverse(),
                _ => order,
            }
        })
    });
    *children = positions
        .into_iter()
        .map(|position| at(position).1)
        .collect();
}

/// The first bytes of a name: most comparisons need no more.
fn name_key(name: &[u8], descending: bool) -> u128 {
    let mut first = [0; 8];
    for (slot, byte) in first.iter_mut().zip(name) {
        *slot = *byte;
    }
    let key = u64::from_be_bytes(first);
    u128::from(if descending { !key } else { key })
}

fn key(node: &NodeRef<'_>, sort: SortKey) -> u128 {
    match sort {
        SortKey::Name | SortKey::Size => 0,
        SortKey::Mode => node.mode().into(),
        SortKey::Owner => u128::from(node.uid()) << 64 | u128::from(node.gid()),
        // The earliest come first, and before them what has no time.
        SortKey::Modified => node
            .mtime()
            .map_or(0, |time| time.cast_unsigned() ^ (1 << 127)),
        SortKey::Layer => node.layer().map_or(0, |layer| u128::from(layer) + 1),
    }
}
