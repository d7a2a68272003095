//! What a query selects, and what leads there.

use super::{HIGHLIGHTED, LEADS, SELECTED, facts::Facts, shows};
use crate::{
    limits::Limits,
    pattern::{Automaton, PatternError, Scope, compile},
    report::{Change, PathPattern, PatternKind},
    tree::{
        MergedTree,
        arena::{NONE, ROOT},
    },
};

#[derive(Debug, Clone)]
pub(super) struct Matcher {
    automaton: Automaton,
    scope: Scope,
}

impl Matcher {
    pub fn new(pattern: &PathPattern, limits: &Limits) -> Result<Self, PatternError> {
        let (automaton, scope) = compile(pattern, limits)?;
        Ok(Self { automaton, scope })
    }

    /// Stretches of a name as shown that the pattern matches, in UTF-16 units.
    pub fn stretches(&mut self, name: &str, path: &str) -> Vec<(u32, u32)> {
        let rooted;
        let (text, is_path) = match self.scope {
            Scope::Name => (name, false),
            Scope::Path => (path, true),
            Scope::RootedPath => {
                rooted = format!("/{path}");
                (rooted.as_str(), true)
            }
        };
        let from = if is_path {
            text.len().saturating_sub(name.len())
        } else {
            0
        };
        self.automaton.stretches(text, from)
    }
}

/// Marks in `flags`, one for each node, what is selected; how many nodes are.
/// With `narrows`, only what was selected can be.
pub(super) fn select(
    tree: &MergedTree,
    facts: &Facts,
    matcher: Option<&mut Matcher>,
    changes: &[Change],
    narrows: bool,
    flags: &mut [u8],
) -> u32 {
    let mut finder = match matcher {
        None => Finder::All,
        Some(matcher) => Finder::new(tree, matcher),
    };
    let mut count = 0_u32;
    for (flags, id) in flags.iter_mut().zip(ROOT..).skip(1) {
        let is_asked = match narrows {
            true => *flags & SELECTED != 0,
            false => facts
                .change(tree, id)
                .is_some_and(|change| shows(changes, change)),
        };
        *flags &= !SELECTED;
        if is_asked && finder.is_found(id) {
            *flags |= SELECTED;
            count = count.saturating_add(1);
        }
    }
    count
}

/// Marks in `flags`, one for each node, what shows and is matched, and all that
/// holds such a node.
pub(super) fn highlight(
    tree: &MergedTree,
    facts: &Facts,
    matcher: &mut Matcher,
    changes: &[Change],
    flags: &mut [u8],
) {
    let mut finder = Finder::new(tree, matcher);
    for (flags, id) in flags.iter_mut().zip(ROOT..).skip(1) {
        let change = facts.change(tree, id);
        if change.is_some_and(|change| shows(changes, change)) && finder.is_found(id) {
            *flags |= HIGHLIGHTED;
        }
    }
    // What holds a node comes before it.
    for id in tree.arena.ids().rev().filter(|&id| id != ROOT) {
        if super::facts::at(flags, id) & (HIGHLIGHTED | LEADS) != 0
            && let Some(above) = flags.get_mut(tree.arena.node(id).parent as usize)
        {
            *above |= LEADS;
        }
    }
}

/// Whether a pattern finds nothing that another does not, being more of its
/// text: as when it is typed.
pub(super) fn narrows(pattern: &PathPattern, before: &PathPattern) -> bool {
    let is_text = |pattern: &PathPattern| pattern.kind == PatternKind::Text;
    // What of a path is looked at.
    let scope = |pattern: &PathPattern| {
        let text = pattern.pattern.as_str();
        (text.starts_with('/'), text.contains('/'))
    };
    is_text(pattern)
        && is_text(before)
        && !before.pattern.is_empty()
        && pattern.case_sensitive == before.case_sensitive
        && scope(pattern) == scope(before)
        && pattern.pattern.contains(&before.pattern)
}

enum Finder<'a> {
    All,
    Names(Names<'a>),
    Paths(Paths<'a>),
}

impl<'a> Finder<'a> {
    fn new(tree: &'a MergedTree, matcher: &'a mut Matcher) -> Self {
        let automaton = &mut matcher.automaton;
        match matcher.scope {
            Scope::Name => Self::Names(Names { tree, automaton }),
            scope => Self::Paths(Paths::new(tree, automaton, scope)),
        }
    }

    fn is_found(&mut self, id: u32) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.is_found(id),
            Self::Paths(paths) => paths.is_found(id),
        }
    }
}

/// Looks at names alone.
struct Names<'a> {
    tree: &'a MergedTree,
    automaton: &'a mut Automaton,
}

impl Names<'_> {
    fn is_found(&mut self, id: u32) -> bool {
        let fresh = self.automaton.fresh();
        let state = self.automaton.read_shown(fresh, self.tree.arena.name(id));
        self.automaton.is_found(state)
    }
}

/// Reads each name once, from where its directory's path ended.
struct Paths<'a> {
    tree: &'a MergedTree,
    automaton: &'a mut Automaton,
    is_rooted: bool,
    /// By node the automaton's state behind its path, or [`NONE`].
    states: Vec<u32>,
    generation: u32,
}

impl<'a> Paths<'a> {
    fn new(tree: &'a MergedTree, automaton: &'a mut Automaton, scope: Scope) -> Self {
        Self {
            tree,
            generation: automaton.generation(),
            automaton,
            is_rooted: scope == Scope::RootedPath,
            states: vec![NONE; tree.arena.ids().count()],
        }
    }

    fn is_found(&mut self, id: u32) -> bool {
        let inside = self.inside(self.tree.arena.node(id).parent);
        let state = self.automaton.read_shown(inside, self.tree.arena.name(id));
        self.keep(id, state);
        self.automaton.is_found(state)
    }

    /// The state in which the names in a directory are read.
    fn inside(&mut self, directory: u32) -> u32 {
        let known = self.states.get(directory as usize).copied();
        let state = match known.filter(|&state| state != NONE) {
            Some(known) => known,
            None => {
                let mut state = self.automaton.fresh();
                if self.is_rooted {
                    state = self.automaton.read(state, "/");
                }
                if directory == ROOT {
                    return state;
                }
                let path = self.tree.arena.path(directory);
                for (depth, name) in path.split(|byte| *byte == b'/').enumerate() {
                    if depth > 0 {
                        state = self.automaton.read(state, "/");
                    }
                    state = self.automaton.read_shown(state, name);
                }
                self.keep(directory, state);
                state
            }
        };
        self.automaton.read(state, "/")
    }

    /// Keeps the state behind a node's path, and none that has been forgotten.
    fn keep(&mut self, id: u32, state: u32) {
        if self.generation != self.automaton.generation() {
            self.generation = self.automaton.generation();
            self.states.fill(NONE);
        }
        if let Some(slot) = self.states.get_mut(id as usize) {
            *slot = state;
        }
    }
}
