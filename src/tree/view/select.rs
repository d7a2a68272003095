//! What a query selects, and what leads there.

use super::{SELECTED, facts::Facts, shows};
use crate::{
    limits::Limits,
    pattern::{Automaton, PatternError, Scope, compile},
    report::{Change, PathPattern},
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

/// Marks in `flags` what is selected; how many nodes are.
pub(super) fn select(
    tree: &MergedTree,
    facts: &Facts,
    matcher: Option<&mut Matcher>,
    changes: &[Change],
    flags: &mut [u8],
) -> u32 {
    for flags in &mut *flags {
        *flags &= !SELECTED;
    }
    let mut set = |id: u32, flag: u8| {
        if let Some(flags) = flags.get_mut(id as usize) {
            *flags |= flag;
        }
    };
    let mut count = 0_u32;
    let mut found = |id: u32, change: Change| {
        if shows(changes, change) {
            set(id, SELECTED);
            count = count.saturating_add(1);
        }
    };
    let nodes = || tree.arena.ids().filter(|&id| id != ROOT);
    let nodes = nodes().filter_map(|id| Some((id, facts.change(tree, id)?)));
    match matcher {
        None => nodes.for_each(|(id, change)| found(id, change)),
        Some(matcher) if matcher.scope == Scope::Name => {
            let mut names = Names::new(tree, &mut matcher.automaton);
            for (id, change) in nodes {
                if shows(changes, change) && names.is_found(id) {
                    found(id, change);
                }
            }
        }
        Some(matcher) => {
            let mut paths = Paths::new(tree, &mut matcher.automaton, matcher.scope);
            for (id, change) in nodes {
                if paths.is_found(id) {
                    found(id, change);
                }
            }
        }
    }
    count
}

/// Looks at each distinct name once.
struct Names<'a> {
    tree: &'a MergedTree,
    automaton: &'a mut Automaton,
    known: Vec<Option<bool>>,
}

impl<'a> Names<'a> {
    fn new(tree: &'a MergedTree, automaton: &'a mut Automaton) -> Self {
        Self {
            tree,
            automaton,
            known: vec![None; tree.arena.names.len()],
        }
    }

    fn is_found(&mut self, id: u32) -> bool {
        let name = self.tree.arena.node(id).name;
        if let Some(&Some(known)) = self.known.get(name as usize) {
            return known;
        }
        let fresh = self.automaton.fresh();
        let state = self.automaton.read_shown(fresh, self.tree.arena.name(id));
        let is_found = self.automaton.is_found(state);
        if let Some(known) = self.known.get_mut(name as usize) {
            *known = Some(is_found);
        }
        is_found
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
        let state = self.read(id);
        self.automaton.is_found(state)
    }

    fn read(&mut self, id: u32) -> u32 {
        let parent = self.tree.arena.node(id).parent;
        let mut state = self.automaton.fresh();
        if parent == ROOT {
            if self.is_rooted {
                state = self.automaton.read(state, "/");
            }
        } else {
            let known = self.states.get(parent as usize).copied();
            state = match known.filter(|&state| state != NONE) {
                Some(known) => known,
                None => {
                    if self.is_rooted {
                        state = self.automaton.read(state, "/");
                    }
                    let path = self.tree.arena.path(parent);
                    self.automaton.read_shown(state, &path)
                }
            };
            state = self.automaton.read(state, "/");
        }
        state = self.automaton.read_shown(state, self.tree.arena.name(id));
        if self.generation != self.automaton.generation() {
            self.generation = self.automaton.generation();
            self.states.fill(NONE);
        }
        if let Some(slot) = self.states.get_mut(id as usize) {
            *slot = state;
        }
        state
    }
}
