//! Two JSON documents, value by value. Numbers are compared by their text, the
//! order of members does not matter, items of arrays are aligned.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use super::align::{Pair, align};
use crate::diagnostic::escape;
use crate::limits::{ALIGN_CELLS, VALUE_CHANGE_BYTES, VALUE_CHANGES};
use crate::manifest::json::{Json, Kind, Value};
use crate::manifest::pretty::compact;
use crate::manifest::quoted;
use crate::report::{Change, ValueChange};

/// Levels that are looked into; what lies deeper is one value. Comparing a
/// level costs all of its text.
const DEPTH: usize = 32;

/// What differs, and how much of it is left out.
#[derive(Debug, Default)]
pub struct Values {
    pub changes: Vec<ValueChange>,
    pub more: u32,
    bytes: usize,
}

/// Where a value lies: its container, and its name or position there.
struct Place {
    parent: usize,
    depth: usize,
    step: Step,
}

enum Step {
    Root,
    Member(String),
    Item(usize),
}

/// Two values still to be compared, or a finding whose turn has not come.
enum Task<'j> {
    Both(Value<'j>, Value<'j>, usize),
    Found(Option<Value<'j>>, Option<Value<'j>>, usize),
}

/// Compares two documents but for the members of the root that are named.
/// Where one is no JSON, all that can be said is whether they are the same.
pub fn compare(left: &[u8], right: &[u8], without: &[&str]) -> Values {
    let mut values = Values::default();
    if left == right {
        return values;
    }
    let (Ok(left), Ok(right)) = (Json::parse(left), Json::parse(right)) else {
        values.changes.push(ValueChange {
            at: String::new(),
            change: Change::Modified,
            before: None,
            after: None,
        });
        return values;
    };
    let mut walk = Walk {
        places: vec![Place {
            parent: 0,
            depth: 0,
            step: Step::Root,
        }],
        tasks: vec![Task::Both(left.root(), right.root(), 0)],
    };
    while let Some(task) = walk.tasks.pop() {
        match task {
            Task::Found(left, right, place) => values.add(left, right, || walk.at(place)),
            Task::Both(left, right, place) => {
                let skipped = if place == 0 { without } else { &[] };
                walk.both(left, right, place, skipped);
            }
        }
    }
    values
}

impl Values {
    fn add(
        &mut self,
        left: Option<Value<'_>>,
        right: Option<Value<'_>>,
        at: impl FnOnce() -> String,
    ) {
        let length = |value: Option<Value<'_>>| value.map_or(0, |value| value.raw().len());
        let bytes = self.bytes + length(left) + length(right);
        if self.changes.len() >= VALUE_CHANGES || bytes > VALUE_CHANGE_BYTES {
            self.more = self.more.saturating_add(1);
            return;
        }
        let at = at();
        self.bytes = bytes + at.len();
        self.changes.push(ValueChange {
            at,
            change: match (left, right) {
                (None, _) => Change::Added,
                (_, None) => Change::Removed,
                _ => Change::Modified,
            },
            before: left.map(|value| compact(value.raw())),
            after: right.map(|value| compact(value.raw())),
        });
    }
}

struct Walk<'j> {
    places: Vec<Place>,
    /// The next one last.
    tasks: Vec<Task<'j>>,
}

impl<'j> Walk<'j> {
    fn both(&mut self, left: Value<'j>, right: Value<'j>, place: usize, without: &[&str]) {
        let same = left.raw() == right.raw() && without.is_empty();
        if same {
            return;
        }
        let start = self.tasks.len();
        let is_deep = self.places.get(place).is_none_or(|at| at.depth >= DEPTH);
        match (left.kind(), right.kind()) {
            _ if is_deep && compact(left.raw()) == compact(right.raw()) => {}
            _ if is_deep => self.tasks.push(Task::Found(Some(left), Some(right), place)),
            (Kind::Object, Kind::Object) => self.objects(left, right, place, without),
            (Kind::Array, Kind::Array) => self.arrays(left, right, place),
            (Kind::Text, Kind::Text) if left.text() == right.text() => {}
            _ => self.tasks.push(Task::Found(Some(left), Some(right), place)),
        }
        // Tasks are taken from the end.
        self.tasks.get_mut(start..).unwrap_or_default().reverse();
    }

    /// Of several members of one name the first belongs to the first.
    fn objects(&mut self, left: Value<'j>, right: Value<'j>, parent: usize, without: &[&str]) {
        let mut partners: HashMap<String, VecDeque<Value<'j>>> = HashMap::new();
        let mut taken: HashMap<String, usize> = HashMap::new();
        let kept = |name: &str| !without.contains(&name);
        for (name, value) in right.members().filter(|(name, _)| kept(name)) {
            let partners = partners.entry(name.into_owned()).or_default();
            partners.push_back(value);
        }
        for (name, value) in left.members().filter(|(name, _)| kept(name)) {
            let partner = partners
                .get_mut(name.as_ref())
                .and_then(VecDeque::pop_front);
            let place = self.place(parent, Step::Member(name.clone().into_owned()));
            self.tasks.push(match partner {
                Some(partner) => {
                    *taken.entry(name.into_owned()).or_default() += 1;
                    Task::Both(value, partner, place)
                }
                None => Task::Found(Some(value), None, place),
            });
        }
        // Those that are left, in the order of the right.
        for (name, value) in right.members().filter(|(name, _)| kept(name)) {
            match taken.get_mut(name.as_ref()) {
                Some(taken) if *taken > 0 => *taken -= 1,
                _ => {
                    let place = self.place(parent, Step::Member(name.into_owned()));
                    self.tasks.push(Task::Found(None, Some(value), place));
                }
            }
        }
    }

    fn arrays(&mut self, left: Value<'j>, right: Value<'j>, parent: usize) {
        let (left, right): (Vec<_>, Vec<_>) = (left.items().collect(), right.items().collect());
        let mut numbers = HashMap::new();
        let mut number = |value: &Value<'j>| {
            let next = numbers.len();
            *numbers.entry(compact(value.raw())).or_insert(next)
        };
        let left_keys: Vec<usize> = left.iter().map(&mut number).collect();
        let right_keys: Vec<usize> = right.iter().map(&mut number).collect();
        for pair in align(&left_keys, &right_keys, ALIGN_CELLS, |_, _| true) {
            let (task_left, task_right, position) = match pair {
                Pair::Same(..) => continue,
                Pair::Differs(l, r) => (left.get(l), right.get(r), l),
                Pair::Left(l) => (left.get(l), None, l),
                Pair::Right(r) => (None, right.get(r), r),
            };
            let place = self.place(parent, Step::Item(position));
            self.tasks
                .push(match (task_left.copied(), task_right.copied()) {
                    (Some(left), Some(right)) => Task::Both(left, right, place),
                    (left, right) => Task::Found(left, right, place),
                });
        }
    }

    fn place(&mut self, parent: usize, step: Step) -> usize {
        let depth = self.places.get(parent).map_or(0, |parent| parent.depth + 1);
        self.places.push(Place {
            parent,
            depth,
            step,
        });
        self.places.len() - 1
    }

    /// `config.Labels["a.b"][2]`.
    fn at(&self, place: usize) -> String {
        let mut steps = Vec::new();
        let mut at = place;
        while let Some(place) = self.places.get(at).filter(|_| at != 0) {
            steps.push(&place.step);
            at = place.parent;
        }
        let mut text = String::new();
        for step in steps.into_iter().rev() {
            // Writing to a text does not fail.
            let _ = match step {
                Step::Root => Ok(()),
                Step::Item(position) => write!(text, "[{position}]"),
                Step::Member(name) if is_plain(name) => {
                    let dot = if text.is_empty() { "" } else { "." };
                    write!(text, "{dot}{name}")
                }
                Step::Member(name) => {
                    write!(text, "[{}]", quoted::string(&escape(name.as_bytes())))
                }
            };
        }
        text
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
