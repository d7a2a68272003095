//! History entries side by side.

use super::align::{Pair, align};
use crate::limits::ALIGN_CELLS;
use crate::manifest::command::command;
use crate::manifest::history::HistoryEntry;
use crate::manifest::quoted;
use crate::report::{Change, HistoryPair, ValueChange};

/// Aligns entries by what they did; of the rest, those belong together that are
/// the same instruction.
pub fn compare(left: &[HistoryEntry], right: &[HistoryEntry]) -> Vec<HistoryPair> {
    let did = |entry: &HistoryEntry| (entry.created_by.clone(), entry.empty_layer);
    let (left_did, right_did): (Vec<_>, Vec<_>) = (
        left.iter().map(did).collect(),
        right.iter().map(did).collect(),
    );
    let instruction = |entry: &HistoryEntry| command(entry).map(|command| command.instruction);
    let (left_kind, right_kind): (Vec<_>, Vec<_>) = (
        left.iter().map(instruction).collect(),
        right.iter().map(instruction).collect(),
    );
    let fits = |l: usize, r: usize| left_kind.get(l) == right_kind.get(r);
    let pairs = align(&left_did, &right_did, ALIGN_CELLS, fits);
    pairs
        .into_iter()
        .map(|pair| match pair {
            Pair::Same(l, r) | Pair::Differs(l, r) => both(left.get(l), right.get(r), l, r),
            Pair::Left(l) => HistoryPair {
                change: Change::Removed,
                left: u32::try_from(l).ok(),
                right: None,
                changes: Vec::new(),
            },
            Pair::Right(r) => HistoryPair {
                change: Change::Added,
                left: None,
                right: u32::try_from(r).ok(),
                changes: Vec::new(),
            },
        })
        .collect()
}

fn both(
    left: Option<&HistoryEntry>,
    right: Option<&HistoryEntry>,
    at_left: usize,
    at_right: usize,
) -> HistoryPair {
    let mut changes = Vec::new();
    if let (Some(left), Some(right)) = (left, right) {
        fields(left, right, &mut changes);
    }
    HistoryPair {
        change: match changes.is_empty() {
            true => Change::Unchanged,
            false => Change::Modified,
        },
        left: u32::try_from(at_left).ok(),
        right: u32::try_from(at_right).ok(),
        changes,
    }
}

fn fields(left: &HistoryEntry, right: &HistoryEntry, changes: &mut Vec<ValueChange>) {
    let text = |text: &Option<String>| text.as_deref().map(quoted::string);
    let flag = |flag: bool| flag.then(|| "true".to_owned());
    let mut add = |at: &str, before: Option<String>, after: Option<String>| {
        if before == after {
            return;
        }
        changes.push(ValueChange {
            at: at.to_owned(),
            change: match (&before, &after) {
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
                _ => Change::Modified,
            },
            before,
            after,
        });
    };
    add("created", text(&left.created), text(&right.created));
    add(
        "created_by",
        text(&left.created_by),
        text(&right.created_by),
    );
    add("author", text(&left.author), text(&right.author));
    add("comment", text(&left.comment), text(&right.comment));
    add(
        "empty_layer",
        flag(left.empty_layer),
        flag(right.empty_layer),
    );
    let names = left.unknown.keys().chain(right.unknown.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    for name in names {
        let value = |entry: &HistoryEntry| entry.unknown.get(name).map(ToString::to_string);
        add(name, value(left), value(right));
    }
}
