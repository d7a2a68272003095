//! One row, in full.

use super::{HIGHLIGHTED, SELECTED, TreeView, rows::Row};
use crate::{
    diagnostic::escape,
    digest::hex,
    report::{Change, EntryPlace, NodeType, RowView},
    tree::{MergedTree, NodeRef},
};

impl TreeView {
    pub(super) fn view(&mut self, tree: &MergedTree, row: Row) -> RowView {
        let id = row.node;
        let node = self.facts.shown(tree, id);
        let node = node.unwrap_or_else(|| NodeRef::new(tree, id));
        let name = escape(node.name());
        let path = node.path();
        let shown = escape(&path);
        let exact = shown.as_bytes() == path;
        let expandable = self.is_expandable(id);
        let expanded = expandable && self.is_open(id);
        let matcher = self.matcher.as_mut();
        let matcher = matcher.filter(|_| super::facts::at(&self.flags, id) & SELECTED != 0);
        let matches = matcher.map(|matcher| matcher.stretches(&name, &shown));
        RowView {
            node: id,
            level: row.level,
            position: row.position,
            siblings: row.siblings,
            name,
            path: shown,
            path_hex: (!exact).then(|| hex(&path)),
            node_type: node.node_type(),
            mode: node.mode(),
            mode_text: mode_text(node.node_type(), node.mode()),
            uid: node.uid(),
            gid: node.gid(),
            size: node.size().to_string(),
            total_size: self.facts.total(tree, id).to_string(),
            change: self.facts.change(tree, id).unwrap_or(Change::Unchanged),
            matches: matches.unwrap_or_default(),
            content: (node.node_type() == NodeType::File)
                .then(|| node.content())
                .flatten()
                .map(|at| EntryPlace {
                    layer: at.layer,
                    entry: at.entry,
                }),
            mtime_ns: node.mtime().map(|mtime| mtime.to_string()),
            layer: node.layer(),
            link_name: node.link_name().map(escape),
            hardlink_to: node.hardlink_to().map(|first| escape(&first.path())),
            device: node.device(),
            expandable,
            expanded,
            holds: (expandable && !expanded && self.part.is_some()).then(|| self.holds(tree, id)),
            highlighted: self.has(id, HIGHLIGHTED),
        }
    }
}

/// A mode as `ls` writes it, with the letter of the type.
pub fn mode_text(node_type: NodeType, mode: u32) -> String {
    let letter = match node_type {
        NodeType::File => '-',
        NodeType::Dir => 'd',
        NodeType::Symlink => 'l',
        NodeType::Char => 'c',
        NodeType::Block => 'b',
        NodeType::Fifo => 'p',
    };
    // Each triple's own bits, and the special bit that shares its last letter.
    let triples = [
        (6, 0o4000, 's', 'S'),
        (3, 0o2000, 's', 'S'),
        (0, 0o1000, 't', 'T'),
    ];
    let mut text = String::from(letter);
    for (shift, special, with, without) in triples {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, false) => 'x',
            (false, false) => '-',
            (true, true) => with,
            (false, true) => without,
        });
    }
    text
}
