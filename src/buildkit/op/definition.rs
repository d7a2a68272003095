//! Vertices of a whole build, as `buildctl debug dump-llb` prints them: a line
//! of JSON for each, inputs before what depends on them.

use std::collections::BTreeMap;

use super::{CacheMap, Op, OpError, Solved, member, record, source_cache_map};
use crate::buildkit::source::{Manager, SourceKey};
use crate::limits::VERTICES;
use crate::manifest::json::{Json, Kind};
use crate::platform::Platform;

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
    /// An input that is no vertex of the definition has no known records.
    /// Slow keys need contents, and are not among the links.
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
        let later: BTreeMap<&str, usize> = self
            .vertices
            .iter()
            .enumerate()
            .filter_map(|(position, vertex)| Some((vertex.digest.as_deref()?, position)))
            .collect();
        let mut solved: Vec<SolvedVertex> = Vec::with_capacity(self.vertices.len());
        for (position, vertex) in self.vertices.iter().enumerate() {
            let maps = maps(&vertex.op, sources, worker)?;
            let mut inputs = Vec::new();
            for input in &vertex.op.inputs {
                let below = known.get(input.digest.as_str());
                if below.is_none() && later.contains_key(input.digest.as_str()) {
                    return Err(OpError::Graph {
                        digest: input.digest.clone(),
                    });
                }
                let below = below.and_then(|below| solved.get(*below));
                let records = below.map(|below| below.records_of(input.index));
                inputs.push((records.unwrap_or_default(), None));
            }
            let records = maps.iter().map(|(_, map)| Solved::new(map, 0, &inputs));
            let records = records.collect::<Result<Vec<_>, OpError>>()?;
            solved.push(SolvedVertex { maps, records });
            if let Some(digest) = &vertex.digest {
                known.insert(digest, position);
            }
        }
        Ok(solved)
    }
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
    let Some((identifier, attributes)) = op.source() else {
        return Ok(vec![(None, op.cache_map(worker)?)]);
    };
    let platform = op.platform.as_ref();
    let identifier = sources.identifier(identifier, attributes, platform)?;
    let instance = sources.resolve(&identifier)?;
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
