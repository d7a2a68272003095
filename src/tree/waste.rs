//! Views of what is stored and not shown: by path, by layer, and in all.

use std::collections::HashMap;

use super::{
    EntryRef, MergedTree,
    path::EntryPath,
    stored::{Group, Hidden, version},
    version::place,
};
use crate::report::{
    DiveScore, HiddenPage, HiddenView, LayerWaste, PathView, PathWaste, WasteView, WastedCopy,
};

impl MergedTree {
    /// At most `limit` of the entries that are stored and not shown, from
    /// `offset` on. For trees by the Spec rules.
    pub fn hidden_entries(&self, offset: usize, limit: usize) -> HiddenPage {
        let hidden = &self.stored().hidden;
        let start = offset.min(hidden.len());
        let limit = limit.min(self.limits.page_entries);
        let end = start.saturating_add(limit).min(hidden.len());
        let page = hidden.get(start..end).unwrap_or_default();
        HiddenPage {
            total: count(hidden.len()),
            offset: count(start),
            entries: page
                .iter()
                .filter_map(|hidden| self.hidden_view(hidden))
                .collect(),
        }
    }

    /// What the layers store and the tree does not show, of an image that has
    /// `layers` layers. For trees by the Spec rules.
    pub fn waste(&self, layers: usize) -> WasteView {
        let stored = self.stored();
        let (total, wasted) = stored.layers.iter().fold((0_u128, 0_u128), |sums, layer| {
            (
                sums.0.saturating_add(layer.stored),
                sums.1.saturating_add(layer.wasted),
            )
        });
        let is_read = |layer: &u32| self.table(*layer).is_some();
        let layers = (0_u32..).zip(0..layers).map(|(layer, _)| layer);
        let sums = (0_u32..).zip(&stored.layers);
        WasteView {
            total: total.to_string(),
            wasted: wasted.to_string(),
            efficiency: ratio(total.saturating_sub(wasted), total),
            dive: self.dive_score().map(|score| DiveScore {
                efficiency: match u128::try_from(score.minimum) {
                    Ok(minimum) => ratio(minimum, score.discovered),
                    Err(_) => "0.0000".to_owned(),
                },
                wasted: score.wasted.to_string(),
                minimum: score.minimum.to_string(),
                discovered: score.discovered.to_string(),
            }),
            layers: sums
                .filter(|(layer, _)| is_read(layer))
                .map(|(layer, sum)| LayerWaste {
                    layer,
                    stored: sum.stored.to_string(),
                    wasted: sum.wasted.to_string(),
                    entries: sum.files,
                })
                .collect(),
            paths: stored
                .groups
                .iter()
                .take(self.limits.waste_paths)
                .filter_map(|group| self.path_waste(group))
                .collect(),
            path_count: count(stored.groups.len()),
            unread: layers.filter(|layer| !is_read(layer)).collect(),
        }
    }

    fn hidden_view(&self, hidden: &Hidden) -> Option<HiddenView> {
        let (hidden_by, hidden_in, by) = self.hidden_by(hidden);
        Some(HiddenView {
            path: self.path_of(hidden)?,
            entry: self.version(hidden.at)?.view()?,
            hidden_by,
            hidden_in,
            by,
            wasted: hidden.bytes.to_string(),
        })
    }

    fn path_of(&self, hidden: &Hidden) -> Option<PathView> {
        Some(match hidden.node {
            Some(node) => PathView::new(&self.arena.path(node)),
            None => PathView::new(EntryPath::of(self.entry(hidden.at)?.path).as_bytes()),
        })
    }

    fn path_waste(&self, group: &Group) -> Option<PathWaste> {
        let hidden = self.stored().hidden.get(group.start..group.end)?;
        let first = hidden.first()?;
        let nexts = first.node.map(|node| self.nexts(node)).unwrap_or_default();
        let mut wasted = hidden.iter().filter(|hidden| hidden.bytes > 0);
        let copies: Vec<WastedCopy> = wasted
            .by_ref()
            .take(self.limits.waste_copies)
            .map(|hidden| {
                let (hidden_by, hidden_in, _) = self.hidden_by(hidden);
                let next = nexts.get(&hidden.at).copied();
                let same_content = next
                    .and_then(|next| self.version(hidden.at)?.same_digest(&self.version(next)?));
                WastedCopy {
                    place: place(hidden.at),
                    size: hidden.bytes.to_string(),
                    hidden_by,
                    hidden_in,
                    same_content,
                }
            })
            .collect();
        Some(PathWaste {
            path: self.path_of(first)?,
            wasted: group.wasted.to_string(),
            present: first
                .node
                .is_some_and(|node| self.arena.node(node).is_present()),
            more: count(wasted.count()),
            copies,
        })
    }

    /// By version of a node, the version that came next.
    fn nexts(&self, node: u32) -> HashMap<EntryRef, EntryRef> {
        let mut nexts = HashMap::new();
        let mut next = None;
        for (_, event) in self.arena.log_of(node) {
            if let Some(at) = version(&event) {
                nexts.extend(next.map(|next| (at, next)));
                next = Some(at);
            }
        }
        nexts
    }
}

// Cut off, not rounded: 1.0000 says that nothing is wasted.
fn ratio(part: u128, whole: u128) -> String {
    let ten_thousandths = part
        .saturating_mul(10_000)
        .checked_div(whole)
        .unwrap_or(10_000);
    format!(
        "{}.{:04}",
        ten_thousandths / 10_000,
        ten_thousandths % 10_000
    )
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
