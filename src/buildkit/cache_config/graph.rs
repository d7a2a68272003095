//! The records as a graph: levels, who takes whom, and a drawing of a part.

use super::{Cache, CacheConfigError, CacheRecord};
use crate::order;

/// Links between records, in both directions.
#[derive(Debug, Clone)]
pub struct Graph {
    // Records that have a link to this one: of record n those from starts[n].
    users: Vec<u32>,
    starts: Vec<u32>,
    levels: Vec<Option<u32>>,
}

/// A record of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphNode {
    /// Number of the record.
    pub record: u32,
    /// Column, from the left: what it takes is left of it.
    pub column: u32,
    /// Row in its column, from the top.
    pub row: u32,
}

impl Graph {
    /// The graph of a config's records; links to nowhere are no links.
    pub(super) fn new(records: &[CacheRecord]) -> Self {
        let count = records.len();
        // A record that takes another twice is one of its users once.
        let mut links: Vec<(u32, u32)> = Vec::new();
        for (number, record) in (0_u32..).zip(records) {
            let mut own: Vec<u32> = targets(record, count).collect();
            order::sort(&mut own, &|left, right| left.cmp(&right));
            own.dedup();
            links.extend(own.into_iter().map(|target| (target, number)));
        }
        let mut starts = vec![0_u32; count + 1];
        for (target, _) in &links {
            if let Some(start) = starts.get_mut(*target as usize + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut users = vec![0; links.len()];
        for (target, user) in links {
            if let Some(at) = next.get_mut(target as usize) {
                if let Some(slot) = users.get_mut(*at as usize) {
                    *slot = user;
                }
                *at += 1;
            }
        }
        let mut graph = Self {
            users,
            starts,
            levels: vec![None; count],
        };
        graph.find_levels(records.len());
        graph
    }

    // The longest way from a root, by taking off what has no links left. Nothing
    // for records of a loop and those above them.
    fn find_levels(&mut self, count: usize) {
        let mut open = vec![0_u32; count];
        for number in 0..count {
            for user in self.users(u32::try_from(number).unwrap_or(u32::MAX)) {
                if let Some(open) = open.get_mut(*user as usize) {
                    *open += 1;
                }
            }
        }
        let mut ready: Vec<(u32, u32)> = (0_u32..)
            .zip(&open)
            .filter(|(_, open)| **open == 0)
            .map(|(number, _)| (number, 0))
            .collect();
        let mut reached = vec![0_u32; count];
        while let Some((number, level)) = ready.pop() {
            if let Some(slot) = self.levels.get_mut(number as usize) {
                *slot = Some(level);
            }
            for position in self.range(number) {
                let Some(&user) = self.users.get(position) else {
                    continue;
                };
                let at = user as usize;
                if let (Some(reached), Some(open)) = (reached.get_mut(at), open.get_mut(at)) {
                    *reached = (*reached).max(level + 1);
                    *open = open.saturating_sub(1);
                    if *open == 0 {
                        ready.push((user, *reached));
                    }
                }
            }
        }
    }

    fn range(&self, record: u32) -> std::ops::Range<usize> {
        let at = |number: usize| self.starts.get(number).map_or(0, |start| *start as usize);
        let number = record as usize;
        at(number)..at(number.saturating_add(1))
    }

    /// Records that take this one, in their order.
    pub fn users(&self, record: u32) -> &[u32] {
        self.users.get(self.range(record)).unwrap_or_default()
    }

    /// How many records lie below this one on the longest way from a root;
    /// nothing for one that is in a loop or above it.
    pub fn level(&self, record: u32) -> Option<u32> {
        self.levels.get(record as usize).copied().flatten()
    }

    /// Records by level, those without one last, each level in their order.
    pub fn by_level(&self) -> Vec<u32> {
        let count = u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        let level = |record| self.level(record).unwrap_or(u32::MAX);
        order::sort(&mut order, &|left, right| level(left).cmp(&level(right)));
        order
    }

    /// A drawing of the records around one, nearest first, or of the lowest
    /// ones where none is given: at most `most` of them.
    pub fn drawing(
        &self,
        records: &[CacheRecord],
        around: Option<u32>,
        most: usize,
    ) -> Vec<GraphNode> {
        let mut chosen = Vec::new();
        let mut is_chosen = vec![false; records.len()];
        let mut choose = |record: u32, chosen: &mut Vec<u32>| {
            if chosen.len() < most
                && let Some(is_chosen) = is_chosen.get_mut(record as usize)
                && !std::mem::replace(is_chosen, true)
            {
                chosen.push(record);
            }
        };
        match around {
            None => {
                for record in self.by_level() {
                    choose(record, &mut chosen);
                }
            }
            Some(around) => {
                choose(around, &mut chosen);
                let mut at = 0;
                while let Some(&record) = chosen.get(at) {
                    at += 1;
                    if chosen.len() >= most {
                        break;
                    }
                    if let Some(own) = records.get(record as usize) {
                        for target in targets(own, records.len()) {
                            choose(target, &mut chosen);
                        }
                    }
                    for user in self.users(record) {
                        choose(*user, &mut chosen);
                    }
                }
            }
        }
        self.lay_out(records, chosen)
    }

    // Columns by level, those that no record is in left out; in each column the
    // records beside the middle of what they take.
    fn lay_out(&self, records: &[CacheRecord], mut chosen: Vec<u32>) -> Vec<GraphNode> {
        let level = |record| self.level(record).unwrap_or(u32::MAX);
        order::sort(&mut chosen, &|left, right| {
            (level(left), left).cmp(&(level(right), right))
        });
        let mut rows = vec![None; records.len()];
        let mut nodes: Vec<GraphNode> = Vec::new();
        let mut column = 0;
        while let Some(first) = chosen.get(nodes.len()).copied() {
            let rest = chosen.get(nodes.len()..).unwrap_or_default();
            let here = rest
                .iter()
                .take_while(|record| level(**record) == level(first));
            let mut here: Vec<u32> = here.copied().collect();
            // Twice the sum over the count, as a number to sort by.
            let middle = |record: u32| {
                let own = records.get(record as usize);
                let taken = own.into_iter().flat_map(|own| targets(own, records.len()));
                let (sum, count) = taken
                    .filter_map(|target| rows.get(target as usize).copied().flatten())
                    .fold((0_u64, 0_u64), |(sum, count), row: u32| {
                        (sum + u64::from(row), count + 1)
                    });
                (sum * 1_000).checked_div(count).unwrap_or(u64::MAX)
            };
            let keys: Vec<(u32, u64)> = here
                .iter()
                .map(|record| (*record, middle(*record)))
                .collect();
            let key = |record: u32| {
                keys.iter()
                    .find(|(at, _)| *at == record)
                    .map(|(_, key)| *key)
            };
            order::sort(&mut here, &|left, right| key(left).cmp(&key(right)));
            for (row, record) in (0_u32..).zip(here) {
                if let Some(slot) = rows.get_mut(record as usize) {
                    *slot = Some(row);
                }
                nodes.push(GraphNode {
                    record,
                    column,
                    row,
                });
            }
            column += 1;
        }
        nodes
    }
}

/// Records that a record takes, those of all its inputs.
pub(super) fn targets(record: &CacheRecord, count: usize) -> impl Iterator<Item = u32> {
    record.inputs.iter().flatten().filter_map(move |input| {
        let target = u32::try_from(input.link).ok()?;
        ((target as usize) < count).then_some(target)
    })
}

/// The first thing that BuildKit's parser stumbles over: records in their
/// order, each one's links before its results.
pub(super) fn first_fault(cache: &Cache) -> Option<CacheConfigError> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        // Also what is left out: a link to it counts as a loop.
        Open,
        Done,
    }
    let records = cache.records();
    let mut states = vec![State::New; records.len()];
    // Record, input, alternative.
    let mut way: Vec<(usize, usize, usize)> = Vec::new();
    for start in 0..records.len() {
        if states.get(start) == Some(&State::New) {
            way.push((start, 0, 0));
        }
        while let Some((number, input, alternative)) = way.pop() {
            let (Some(record), Some(state)) = (records.get(number), states.get_mut(number)) else {
                continue;
            };
            *state = State::Open;
            if let Some(alternatives) = record.inputs.get(input) {
                if alternatives.is_empty() {
                    return Some(CacheConfigError::EmptyInput(number));
                }
                let Some(link) = alternatives.get(alternative).map(|input| input.link) else {
                    way.push((number, input + 1, 0));
                    continue;
                };
                way.push((number, input, alternative + 1));
                let target = usize::try_from(link).ok();
                match target.and_then(|at| Some((at, *states.get(at)?))) {
                    None => return Some(CacheConfigError::RecordId(link)),
                    Some((_, State::Open)) => return Some(CacheConfigError::LoopingRecord),
                    Some((_, State::Done)) => {}
                    Some((at, State::New)) => way.push((at, 0, 0)),
                }
                continue;
            }
            let results = record.results.iter().map(|result| cache.is_usable(result));
            if let Some(error) = results.filter_map(Result::err).next() {
                return Some(error);
            }
            if !Cache::is_left_out(record) {
                *state = State::Done;
            }
        }
    }
    None
}
