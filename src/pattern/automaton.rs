//! A pattern's states, found as they are needed.
//!
//! A state stands for what may come next after everything read so far, so that
//! a folder's state serves all that lies in it. Characters that no set of the
//! pattern tells apart are one class.

use std::collections::HashMap;

use crate::diagnostic::shown;

use super::{
    program::{Assertion, Instruction, Program},
    regex::WORD,
    set::{CharSet, fold},
};

/// Steps through instructions that looking for one text's stretches may take.
const STRETCH_STEPS: usize = 100_000;
/// States kept at a time.
const STATES: usize = 10_000;
/// Instructions in all states kept at a time.
const STATE_INSTRUCTIONS: usize = 4_000_000;

const UNKNOWN: u32 = u32::MAX;
/// The class of a byte that is not shown as it is.
const NOT_PLAIN: usize = usize::MAX;

/// What has been read so far, for [`Automaton::read`]. Told apart by
/// generation: one of an older generation is no state any more.
pub type State = u32;

/// The state after which the pattern is found, whatever comes.
const FOUND: State = 0;
/// The state of nothing read.
const FRESH: State = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Before {
    Nothing,
    Word,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Word,
    Other,
    Nothing,
}

/// A compiled pattern that is looked for anywhere in what is read.
#[derive(Debug, Clone)]
pub struct Automaton {
    program: Program,
    folds: bool,
    classes: Classes,
    /// Whether a class is of characters that make words.
    words: Vec<bool>,
    has_words: bool,
    states: Vec<(Vec<usize>, Before)>,
    ends: Vec<Option<bool>>,
    known: HashMap<(Vec<usize>, Before), State>,
    /// By state, then by class.
    steps: Vec<State>,
    /// By state whether nothing but a slash leads out of it, where that was asked.
    rests: Vec<Option<bool>>,
    held: usize,
    generation: u32,
    closure: Closure,
}

#[derive(Debug, Clone)]
struct Classes {
    ascii: [usize; 128],
    /// By byte, of those that are shown as they are; else [`NOT_PLAIN`].
    plain: [usize; 256],
    /// Where each stretch of one class begins, and that class.
    starts: Vec<(u32, usize)>,
    /// The class of a slash, where it is of nothing else.
    slash: Option<usize>,
    /// By class, then by set, whether the set holds it.
    members: Vec<Vec<bool>>,
}

impl Classes {
    fn new(sets: &[CharSet], word: &CharSet, folds: bool) -> Self {
        let all = || sets.iter().chain([word]);
        let mut bounds: Vec<u32> = all().flat_map(CharSet::bounds).chain([0]).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut known: HashMap<Vec<bool>, usize> = HashMap::new();
        let mut members = Vec::new();
        let mut starts = Vec::with_capacity(bounds.len());
        for bound in bounds {
            let inside: Vec<bool> = all().map(|set| set.contains(bound)).collect();
            let next = members.len();
            let class = *known.entry(inside.clone()).or_insert_with(|| {
                members.push(inside);
                next
            });
            starts.push((bound, class));
        }
        let mut classes = Self {
            ascii: [0; 128],
            plain: [NOT_PLAIN; 256],
            starts,
            slash: None,
            members,
        };
        classes.slash = classes.class_of_one('/');
        for code in 0..128_u8 {
            let character = char::from(code);
            let class = classes.search(if folds { fold(character) } else { character });
            if let Some(slot) = classes.ascii.get_mut(usize::from(code)) {
                *slot = class;
            }
            let is_plain = matches!(code, b' '..=b'~') && code != b'\\';
            if is_plain && let Some(slot) = classes.plain.get_mut(usize::from(code)) {
                *slot = class;
            }
        }
        classes
    }

    fn of(&self, character: char, folds: bool) -> usize {
        match self.ascii.get(character as usize) {
            Some(&class) => class,
            None if folds => self.search(fold(character)),
            None => self.search(character),
        }
    }

    /// The class of a character that is alone in it.
    fn class_of_one(&self, character: char) -> Option<usize> {
        let class = self.search(character);
        let code = u32::from(character);
        let mut stretches = self.starts.iter().filter(|&&(_, of)| of == class);
        let is_start = stretches.next()?.0 == code && stretches.next().is_none();
        let ends = self.starts.iter().any(|&(start, _)| start == code + 1);
        (is_start && ends).then_some(class)
    }

    fn search(&self, character: char) -> usize {
        let code = u32::from(character);
        let after = self.starts.partition_point(|&(start, _)| start <= code);
        let at = after.checked_sub(1).and_then(|at| self.starts.get(at));
        at.map_or(0, |&(_, class)| class)
    }
}

/// Follows jumps up to what takes a character.
#[derive(Debug, Clone, Default)]
struct Closure {
    seen: Vec<u32>,
    stamp: u32,
    stack: Vec<usize>,
    takes: Vec<usize>,
    steps: usize,
}

impl Closure {
    /// Collects in `takes` what can take a character next; true where the
    /// pattern's end is reached without one.
    fn follow(&mut self, program: &Program, from: &[usize], before: Before, after: After) -> bool {
        let instructions = &program.instructions;
        self.seen.resize(instructions.len(), 0);
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.seen.fill(0);
            self.stamp = 1;
        }
        self.takes.clear();
        self.stack.clear();
        self.stack.extend_from_slice(from);
        let mut is_end = false;
        while let Some(at) = self.stack.pop() {
            self.steps = self.steps.saturating_add(1);
            let Some(instruction) = instructions.get(at) else {
                is_end = true;
                continue;
            };
            match self.seen.get_mut(at) {
                Some(seen) if *seen != self.stamp => *seen = self.stamp,
                _ => continue,
            }
            let jump = |by: isize| at.saturating_add_signed(by);
            match *instruction {
                Instruction::Take(_) => self.takes.push(at),
                Instruction::Jump(by) => self.stack.push(jump(by)),
                Instruction::Split(left, right) => self.stack.extend([jump(left), jump(right)]),
                Instruction::Assert(assertion) => {
                    let boundary = (before == Before::Word) != (after == After::Word);
                    let holds = match assertion {
                        Assertion::Start => before == Before::Nothing,
                        Assertion::End => after == After::Nothing,
                        Assertion::WordBoundary => boundary,
                        Assertion::NoWordBoundary => !boundary,
                    };
                    if holds {
                        self.stack.push(jump(1));
                    }
                }
            }
        }
        is_end
    }
}

impl Automaton {
    pub(super) fn new(program: Program, folds: bool) -> Self {
        let word = CharSet::of(&WORD);
        let word = if folds { word.folded() } else { word };
        let classes = Classes::new(&program.sets, &word, folds);
        let has_words = program.instructions.iter().any(|instruction| {
            matches!(
                instruction,
                Instruction::Assert(Assertion::WordBoundary | Assertion::NoWordBoundary)
            )
        });
        let words = classes.members.iter();
        let words = words.map(|inside| inside.last() == Some(&true)).collect();
        let mut automaton = Self {
            program,
            folds,
            classes,
            words,
            has_words,
            states: Vec::new(),
            ends: Vec::new(),
            known: HashMap::new(),
            steps: Vec::new(),
            rests: Vec::new(),
            held: 0,
            generation: 0,
            closure: Closure::default(),
        };
        automaton.forget();
        automaton
    }

    /// The state of nothing read.
    pub const fn fresh(&self) -> State {
        FRESH
    }

    /// Rises when states were forgotten for want of room: those given out
    /// before are to be made anew.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Reads on. The result is of the generation after the call.
    pub fn read(&mut self, state: State, text: &str) -> State {
        let mut state = state;
        for character in text.chars() {
            if state == FOUND {
                break;
            }
            let class = self.classes.of(character, self.folds);
            state = self.step(state, class);
        }
        state
    }

    /// The same of a name's bytes, which hold no slash, as
    /// [`escape`](crate::diagnostic::escape) shows them.
    pub fn read_shown(&mut self, state: State, bytes: &[u8]) -> State {
        let mut state = state;
        // Nearly all names are plain ASCII: all that is left of them here are two
        // look-ups a byte, in the open, as this module is built to be small. Those of
        // the bytes that lead nowhere do not wait for one another.
        let width = self.words.len();
        let mut at = 0;
        while state != FOUND {
            let row = (state as usize).wrapping_mul(width);
            let first = at;
            let (class, next) = loop {
                let Some(&byte) = bytes.get(at) else {
                    return state;
                };
                let Some(&class) = self.classes.plain.get(usize::from(byte)) else {
                    return state;
                };
                if class == NOT_PLAIN {
                    return self.read_odd(state, bytes.get(at..).unwrap_or_default());
                }
                let next = self.steps.get(row.wrapping_add(class)).copied();
                if next != Some(state) {
                    break (class, next);
                }
                // Most names are not what a path's pattern asks for from their first byte on.
                if at == first && self.is_at_rest(state) {
                    return state;
                }
                at = at.wrapping_add(1);
            };
            state = match next {
                Some(known) if known != UNKNOWN => known,
                _ => self.step(state, class),
            };
            at = at.wrapping_add(1);
        }
        state
    }

    /// The same of bytes that are shown as others.
    fn read_odd(&mut self, mut state: State, bytes: &[u8]) -> State {
        shown(bytes, |character| {
            if state != FOUND {
                let class = self.classes.of(character, self.folds);
                state = self.step(state, class);
            }
        });
        state
    }

    /// Whether nothing but a slash leads out of a state.
    fn is_at_rest(&mut self, state: State) -> bool {
        if let Some(Some(known)) = self.rests.get(state as usize) {
            return *known;
        }
        let Some(own) = self.states.get(state as usize).cloned() else {
            return false;
        };
        let slash = self.classes.slash;
        let mut others = (0..self.words.len()).filter(|&class| Some(class) != slash);
        let is_at_rest = others.all(|class| self.successor(&own, class).as_ref() == Some(&own));
        if let Some(slot) = self.rests.get_mut(state as usize) {
            *slot = Some(is_at_rest);
        }
        is_at_rest
    }

    /// Whether what was read up to a state, and nothing more, has the pattern.
    pub fn is_found(&mut self, state: State) -> bool {
        let at = state as usize;
        if let Some(Some(known)) = self.ends.get(at) {
            return *known;
        }
        let Some((from, before)) = self.states.get(at) else {
            return false;
        };
        let is_end = self
            .closure
            .follow(&self.program, from, *before, After::Nothing);
        if let Some(slot) = self.ends.get_mut(at) {
            *slot = Some(is_end);
        }
        is_end
    }

    /// Stretches of `text` from byte `from` on that the pattern matches: the
    /// leftmost, then the longest, as start and length in UTF-16 units. None
    /// where finding them would take too long.
    pub fn stretches(&mut self, text: &str, from: usize) -> Vec<(u32, u32)> {
        let mut stretches = Vec::new();
        self.closure.steps = 0;
        let mut starts = text.char_indices();
        let mut before = Before::Nothing;
        let mut free = 0;
        loop {
            let rest = starts.as_str();
            let start = text.len().saturating_sub(rest.len());
            if start >= free
                && let Some(length) = self.longest(rest, before)
            {
                let end = start.saturating_add(length);
                free = end;
                if let Some(shown) = text.get(start.max(from)..end.max(from))
                    && !shown.is_empty()
                {
                    let lead = text.get(from..start.max(from)).unwrap_or_default();
                    stretches.push((units(lead), units(shown)));
                }
            }
            if self.closure.steps > STRETCH_STEPS {
                return Vec::new();
            }
            let Some((_, character)) = starts.next() else {
                return stretches;
            };
            before = self.before(self.classes.of(character, self.folds));
        }
    }

    /// Length in bytes of the longest match at the start of `text` that is not
    /// empty.
    fn longest(&mut self, text: &str, mut before: Before) -> Option<usize> {
        let mut longest = None;
        let mut from = vec![0];
        for (at, character) in text.char_indices() {
            let class = self.classes.of(character, self.folds);
            let after = self.after(class);
            if self.closure.follow(&self.program, &from, before, after) && at > 0 {
                longest = Some(at);
            }
            self.advance(class, &mut from);
            if from.is_empty() || self.closure.steps > STRETCH_STEPS {
                return longest;
            }
            before = self.before(class);
        }
        let is_end = self
            .closure
            .follow(&self.program, &from, before, After::Nothing);
        if is_end && !text.is_empty() {
            longest = Some(text.len());
        }
        longest
    }

    fn step(&mut self, state: State, class: usize) -> State {
        let width = self.words.len();
        let at = (state as usize).saturating_mul(width).saturating_add(class);
        match self.steps.get(at) {
            Some(&known) if known != UNKNOWN => return known,
            _ => {}
        }
        let Some((from, before)) = self.states.get(state as usize) else {
            return state;
        };
        let from = (from.clone(), *before);
        let next = match self.successor(&from, class) {
            None => FOUND,
            Some((next, before)) => {
                let generation = self.generation;
                let next = self.intern(next, before);
                if self.generation != generation {
                    return next;
                }
                next
            }
        };
        if let Some(slot) = self.steps.get_mut(at) {
            *slot = next;
        }
        next
    }

    /// What a state leads to; nothing where the pattern is found before.
    fn successor(
        &mut self,
        (from, before): &(Vec<usize>, Before),
        class: usize,
    ) -> Option<(Vec<usize>, Before)> {
        let after = self.after(class);
        if self.closure.follow(&self.program, from, *before, after) {
            return None;
        }
        let mut next = Vec::new();
        self.advance(class, &mut next);
        if next.first() != Some(&0) {
            next.insert(0, 0);
        }
        Some((next, self.before(class)))
    }

    /// Replaces `from` by what comes behind the instructions that take `class`.
    fn advance(&mut self, class: usize, from: &mut Vec<usize>) {
        from.clear();
        let Some(members) = self.classes.members.get(class) else {
            return;
        };
        for &at in &self.closure.takes {
            if let Some(Instruction::Take(set)) = self.program.instructions.get(at)
                && members.get(*set) == Some(&true)
            {
                from.push(at.saturating_add(1));
            }
        }
        from.sort_unstable();
        from.dedup();
    }

    fn before(&self, class: usize) -> Before {
        match self.has_words && self.words.get(class) == Some(&true) {
            true => Before::Word,
            false => Before::Other,
        }
    }

    fn after(&self, class: usize) -> After {
        match self.words.get(class) {
            Some(true) => After::Word,
            _ => After::Other,
        }
    }

    fn intern(&mut self, from: Vec<usize>, before: Before) -> State {
        let key = (from, before);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        if self.states.len() >= STATES || self.held >= STATE_INSTRUCTIONS {
            self.forget();
            if let Some(&known) = self.known.get(&key) {
                return known;
            }
        }
        let state = u32::try_from(self.states.len()).unwrap_or(FRESH);
        self.held = self.held.saturating_add(key.0.len());
        self.states.push(key.clone());
        self.ends.push(None);
        self.rests.push(None);
        let steps = self.steps.len().saturating_add(self.words.len());
        self.steps.resize(steps, UNKNOWN);
        self.known.insert(key, state);
        state
    }

    fn forget(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.held = 0;
        self.known.clear();
        self.states = vec![(Vec::new(), Before::Other)];
        self.ends = vec![Some(true)];
        self.rests = vec![Some(true)];
        self.steps = vec![FOUND; self.words.len()];
        self.intern(vec![0], Before::Nothing);
    }
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
