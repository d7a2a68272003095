//! Everything that is known of one path: what each layer did to it, what links
//! to it, and what it comes to.

use super::{
    EventKind, MergedTree, links::PathList, path::EntryPath, stored::version, version::Version,
};
use crate::report::{BelowView, EntryView, NodeType, PathView, StoryEvent, StoryStep, StoryView};

impl MergedTree {
    /// The story of a path, of one at which nothing lies any more, too. Where
    /// no layer ever named it, that of the path to which symlinks above its
    /// last component lead; without steps if there is none. For trees by the
    /// Spec rules.
    pub fn story(&self, path: &[u8]) -> StoryView {
        let Some(id) = self.named(path) else {
            return StoryView {
                path: PathView::new(EntryPath::new(path).as_bytes()),
                steps: Vec::new(),
                more_steps: 0,
                present: false,
                now: None,
                follows: Vec::new(),
                resolves: None,
                hardlinks: Vec::new(),
                pointed_at_by: Vec::new(),
                more: 0,
                unfollowed: 0,
                below: None,
            };
        };
        let node = *self.arena.node(id);
        let present = node.is_present();
        let (steps, more_steps) = self.steps(id);
        let (follows, resolves) = match present && node.kind == NodeType::Symlink {
            true => {
                let (follows, resolves) = self.follows(id);
                (follows, Some(resolves))
            }
            false => (PathList::default(), None),
        };
        let hardlinks = self.hardlinks_of(id);
        let (pointed_at_by, unfollowed) = match present {
            true => (self.pointed_at_by(id), self.links().unfollowed),
            false => (PathList::default(), 0),
        };
        let below = (present && node.kind == NodeType::Dir).then(|| {
            let (paths, size) = self.below(id);
            BelowView {
                paths,
                size: size.to_string(),
            }
        });
        StoryView {
            path: PathView::new(&self.arena.path(id)),
            steps,
            more_steps,
            present,
            now: self.now(id),
            resolves,
            more: follows
                .more
                .saturating_add(hardlinks.more)
                .saturating_add(pointed_at_by.more),
            follows: follows.paths,
            hardlinks: hardlinks.paths,
            pointed_at_by: pointed_at_by.paths,
            unfollowed,
            below,
        }
    }

    fn now(&self, id: u32) -> Option<EntryView> {
        let node = self.arena.node(id);
        let written = node.written().filter(|_| node.is_present())?;
        self.version(written)?.view()
    }

    /// What each layer did to a node, oldest first, and how many later steps
    /// are left out.
    fn steps(&self, id: u32) -> (Vec<StoryStep>, u32) {
        let events = self.arena.events(id);
        let shown = events.len().min(self.limits.story_steps);
        let more = u32::try_from(events.len().saturating_sub(shown)).unwrap_or(u32::MAX);
        let mut steps = Vec::with_capacity(shown);
        let mut before: Option<Version<'_>> = None;
        let mut is_hidden = false;
        for event in events.iter().take(shown) {
            let hides = matches!(event.kind, EventKind::Hidden | EventKind::HiddenBelow);
            let mut step = StoryStep {
                layer: event.layer,
                event: StoryEvent::Hidden,
                entry: None,
                changes: Vec::new(),
                hidden_by: None,
                by: None,
            };
            if hides {
                let (cause, by) = self.cause(event);
                step.hidden_by = Some(cause);
                step.by = by;
            } else {
                let after = match version(event) {
                    Some(at) => self.version(at),
                    None => Some(Version::implied()),
                };
                if let (Some(before), Some(after)) = (&before, &after) {
                    step.changes = after.changes(before);
                }
                step.entry = after.as_ref().and_then(Version::view);
                step.event = match (&before, &after) {
                    _ if event.kind == EventKind::Implied => StoryEvent::Implied,
                    (None, _) | (_, None) => StoryEvent::Made,
                    _ if is_hidden => StoryEvent::Restored,
                    (Some(before), Some(after)) if !after.same_content(before) => {
                        StoryEvent::Replaced
                    }
                    _ if step.changes.is_empty() => StoryEvent::Rewritten,
                    _ => StoryEvent::Attributes,
                };
                before = after;
            }
            is_hidden = hides;
            steps.push(step);
        }
        (steps, more)
    }
}
