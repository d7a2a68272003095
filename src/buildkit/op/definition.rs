//! Vertices of a whole build, as `buildctl debug dump-llb` prints them: a line
//! of JSON for each, inputs before what depends on them.

use std::collections::BTreeMap;

use super::{
    CacheMap, Op, OpError, PathSelector, SlowKey, Solved, member, record, slow_key,
    source_cache_map,
};
use crate::buildkit::checksum::Query;
use crate::buildkit::source::{Manager, SourceInstance, SourceKey};
use crate::layer::ScanJob;
use crate::limits::VERTICES;
use crate::manifest::json::{Json, Kind};
use crate::platform::Platform;
use crate::report::Failure;

/// An op with the digest that other ops refer to it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vertex {
    /// Digest of the op's protobuf bytes; nothing for an op alone.
    pub digest: Option<String>,
    /// The op.
    pub op: Op,
}

impl Vertex {
    pub(super) fn parse(text: &[u8]) -> Result<Self, OpError> {
        let json = Json::parse(text).map_err(OpError::Json)?;
        let root = json.root();
        // An op's own member `Op` has the kinds, a wrapper's has an op.
        let wrapped = member(root, "Op").filter(|op| member(*op, "Op").is_some());
        let digest = wrapped.and_then(|_| member(root, "Digest")?.text());
        let value = wrapped.unwrap_or(root);
        // The last vertex of a definition only names the result.
        let is_result = member(value, "Op")
            .is_some_and(|kind| kind.kind() == Kind::Object && kind.members().next().is_none());
        if is_result {
            return Err(OpError::Kind);
        }
        Ok(Self {
            digest: digest.map(|digest| digest.into_owned()),
            op: Op::read(value)?,
        })
    }
}

/// The vertices of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    /// In the order of the text.
    pub vertices: Vec<Vertex>,
}

/// What the solver knows of a vertex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolvedVertex {
    /// The cache maps: one for each key of a source, else one.
    pub maps: Vec<(Option<SourceKey>, CacheMap)>,
    /// The records of its first output, in the order of the maps.
    pub records: Vec<Solved>,
    /// By input: its slow key, or why it has none; nothing where the solver
    /// makes none, or where it is not known what the input holds.
    pub slow: Vec<Option<Result<SlowKey, Failure>>>,
}

impl Definition {
    /// Reads one op, or a line for each vertex. A vertex without an op, which
    /// only names the result, is left out.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the first vertex that cannot be read.
    pub fn parse(text: &[u8]) -> Result<Self, OpError> {
        let whole = Vertex::parse(text);
        if let Ok(vertex) = whole {
            return Ok(Self {
                vertices: vec![vertex],
            });
        }
        let lines = text.split(|byte| *byte == b'\n');
        let mut lines = lines
            .filter(|line| !line.trim_ascii().is_empty())
            .peekable();
        let first_is_whole = lines.peek().is_some_and(|line| Json::parse(line).is_ok());
        if !first_is_whole {
            return whole.map(|vertex| Self {
                vertices: vec![vertex],
            });
        }
        let mut vertices = Vec::new();
        for line in lines {
            if vertices.len() == VERTICES {
                return Err(OpError::Vertices { limit: VERTICES });
            }
            match Vertex::parse(line) {
                Ok(vertex) => vertices.push(vertex),
                Err(OpError::Kind) => {}
                Err(error) => return Err(error),
            }
        }
        match vertices.is_empty() {
            true => Err(OpError::Kind),
            false => Ok(Self { vertices }),
        }
    }

    /// Derives cache maps and records of all vertices, in their order. Sources
    /// are asked of `sources`; `worker` is the platform of the worker.
    ///
    /// An input that is no vertex of the definition has no known records. Slow
    /// keys are made of the contents of sources that are known here, once what
    /// [`jobs`](Self::jobs) names is scanned.
    ///
    /// # Errors
    ///
    /// [`OpError::Graph`] where an input is a vertex that comes later; what a
    /// source or an op says.
    pub fn solve(
        &self,
        sources: &Manager<'_>,
        worker: &Platform,
    ) -> Result<Vec<SolvedVertex>, OpError> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let all = self.by_digest();
        let mut solved: Vec<SolvedVertex> = Vec::with_capacity(self.vertices.len());
        for (position, vertex) in self.vertices.iter().enumerate() {
            let maps = maps(&vertex.op, sources, worker)?;
            let mut inputs = Vec::new();
            for input in &vertex.op.inputs {
                let below = known.get(input.digest.as_str());
                if below.is_none() && all.contains_key(input.digest.as_str()) {
                    return Err(OpError::Graph {
                        digest: input.digest.clone(),
                    });
                }
                let below = below.and_then(|below| solved.get(*below));
                let records = below.map(|below| below.records_of(input.index));
                inputs.push((records.unwrap_or_default(), None));
            }
            let mut slow = vec![None; inputs.len()];
            for (input, source, paths) in contents(&vertex.op, &maps, &all) {
                let key = slow_key_of(source, paths, sources)?;
                if let (Some((_, known)), Some(Ok(key))) = (inputs.get_mut(input), &key) {
                    *known = Some(key.clone());
                }
                if let Some(slot) = slow.get_mut(input) {
                    *slot = key;
                }
            }
            let records = maps.iter().map(|(_, map)| Solved::new(map, 0, &inputs));
            let records = records.collect::<Result<Vec<_>, OpError>>()?;
            solved.push(SolvedVertex {
                maps,
                records,
                slow,
            });
            if let Some(digest) = &vertex.digest {
                known.insert(digest, position);
            }
        }
        Ok(solved)
    }

    /// What is to be scanned before [`solve`](Self::solve) can tell slow keys.
    ///
    /// # Errors
    ///
    /// What a source or an op says.
    pub fn jobs(&self, sources: &Manager<'_>, worker: &Platform) -> Result<Vec<ScanJob>, OpError> {
        let mut jobs: BTreeMap<u32, ScanJob> = BTreeMap::new();
        let all = self.by_digest();
        for vertex in &self.vertices {
            let maps = maps(&vertex.op, sources, worker)?;
            for (_, source, _) in contents(&vertex.op, &maps, &all) {
                let Some(instance) = instance(source, sources)? else {
                    continue;
                };
                // Without a snapshot, the checksum says why.
                let snapshot = instance.snapshot().ok().flatten();
                let found = snapshot.map(|snapshot| snapshot.jobs());
                jobs.extend(found.into_iter().flatten().map(|job| (job.job, job)));
            }
        }
        Ok(jobs.into_values().collect())
    }

    /// The vertices that others can refer to.
    fn by_digest(&self) -> BTreeMap<&str, &Vertex> {
        let vertices = self.vertices.iter();
        vertices
            .filter_map(|vertex| Some((vertex.digest.as_deref()?, vertex)))
            .collect()
    }
}

/// The inputs of an op that are sources, and whose content gives a slow key:
/// each with its position and the paths that are selected.
fn contents<'d>(
    op: &'d Op,
    maps: &'d [(Option<SourceKey>, CacheMap)],
    all: &BTreeMap<&str, &'d Vertex>,
) -> Vec<(usize, &'d Op, &'d [PathSelector])> {
    let dependencies = maps.first().map(|(_, map)| map.dependencies.as_slice());
    let inputs = op.inputs.iter().zip(dependencies.unwrap_or_default());
    let contents = inputs
        .enumerate()
        .filter_map(|(position, (input, dependency))| {
            let paths = dependency.content.as_deref()?;
            let below = &all.get(input.digest.as_str())?.op;
            below.source()?;
            Some((position, below, paths))
        });
    contents.collect()
}

/// The slow key of a source's tree; nothing where it is not known what it holds.
fn slow_key_of(
    source: &Op,
    paths: &[PathSelector],
    sources: &Manager<'_>,
) -> Result<Option<Result<SlowKey, Failure>>, OpError> {
    // Without a path, all of it is meant.
    let root = [PathSelector::default()];
    let paths = if paths.is_empty() { &root } else { paths };
    let queries: Vec<Query> = paths.iter().map(Query::from).collect();
    let instance = instance(source, sources)?;
    let checksums = instance.and_then(|instance| instance.checksums(&queries));
    Ok(checksums.map(|checksums| {
        let checksums = checksums?;
        let texts: Vec<String> = checksums.iter().map(ToString::to_string).collect();
        Ok(slow_key(&texts))
    }))
}

/// What a source op leads to; nothing for another op.
fn instance<'s>(
    op: &Op,
    sources: &'s Manager<'_>,
) -> Result<Option<Box<dyn SourceInstance + 's>>, OpError> {
    let Some((identifier, attributes)) = op.source() else {
        return Ok(None);
    };
    let identifier = sources.identifier(identifier, attributes, op.platform.as_ref())?;
    Ok(Some(sources.resolve(&identifier)?))
}

impl SolvedVertex {
    fn records_of(&self, output: u32) -> Vec<String> {
        let digests = self
            .maps
            .iter()
            .map(|(_, map)| record(&map.digest, output.into()).digest);
        digests.collect()
    }
}

/// The cache map of an op; of a source, one for each key until one is the last.
fn maps(
    op: &Op,
    sources: &Manager<'_>,
    worker: &Platform,
) -> Result<Vec<(Option<SourceKey>, CacheMap)>, OpError> {
    let Some(instance) = instance(op, sources)? else {
        return Ok(vec![(None, op.cache_map(worker)?)]);
    };
    let mut maps = Vec::new();
    // Two phases are all that any source has.
    for index in 0..2 {
        let key = instance.cache_key(index)?;
        let (map, done) = (source_cache_map(&key.key), key.done);
        maps.push((Some(key), map));
        if done {
            break;
        }
    }
    Ok(maps)
}
