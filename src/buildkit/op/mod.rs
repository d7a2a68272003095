//! Vertices of a build as BuildKit's solver sees them: what an op's digest is
//! made of, which inputs it depends on and by which selectors. BuildKit
//! `solver/pb`, `solver/llbsolver/ops`.
//!
//! Ops are read from the JSON that `buildctl debug dump-llb` prints. A member
//! that is not known here is an error: a digest without it would be wrong.

mod definition;
mod exec;
mod file;
mod message;
mod schema;
mod solver;
mod view;

use std::fmt;

pub use definition::{Definition, SolvedVertex, Vertex};
pub use solver::{Alternative, CONTENT, Record, SlowKey, Solved, record, slow_key};

use super::checksum::Query;
use super::go_json::Object;
use super::source::{Attributes, SourceError};
use crate::diagnostic::escape;
use crate::digest::Digest;
use crate::manifest::JsonError;
use crate::manifest::json::{Kind, Value};
use crate::platform::Platform;
use message::Message;

/// Why there is no cache map of an op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpError {
    /// The text is not JSON.
    Json(JsonError),
    /// A member is not known here.
    Unknown {
        /// The message that has it.
        message: &'static str,
        /// Its name.
        member: String,
    },
    /// A member, or the whole message, is of another type.
    Type {
        /// The message.
        message: &'static str,
        /// The member's name; empty for the message itself.
        member: String,
        /// What it has to be.
        expected: &'static str,
    },
    /// An op of a kind that has no cache map here.
    Kind,
    /// An index of an input that the op does not have.
    Input {
        /// The index.
        index: i64,
        /// How many inputs there are.
        inputs: usize,
    },
    /// A mount asks for a content cache that is not safe.
    ContentCache {
        /// Where it is mounted.
        dest: String,
    },
    /// An input refers to a vertex that is not there, or leads back to itself.
    Graph {
        /// Digest of the vertex.
        digest: String,
    },
    /// More vertices than are read.
    Vertices {
        /// The cap.
        limit: usize,
    },
    /// A source gives no key.
    Source(SourceError),
}

impl OpError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Unknown { .. } => "op-member-unknown",
            Self::Type { .. } => "op-member-type",
            Self::Kind => "op-kind",
            Self::Input { .. } => "op-input",
            Self::ContentCache { .. } => "op-content-cache",
            Self::Graph { .. } => "op-graph",
            Self::Vertices { .. } => "limit-vertices",
            Self::Source(error) => error.code(),
        }
    }
}

impl fmt::Display for OpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("\"{}\"", escape(text.as_bytes()));
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Unknown { message, member } => {
                write!(
                    f,
                    "{message} has a member that is not known here: {}",
                    quoted(member)
                )
            }
            Self::Type {
                message,
                member,
                expected,
            } if member.is_empty() => write!(f, "{message}: expected {expected}"),
            Self::Type {
                message,
                member,
                expected,
            } => write!(f, "{message}.{member}: expected {expected}"),
            Self::Kind => f.write_str("expected an op of kind exec, source, file, merge or diff"),
            Self::Input { index, inputs } => {
                write!(
                    f,
                    "expected the index of one of {inputs} inputs, but found {index}"
                )
            }
            Self::ContentCache { dest } => {
                write!(f, "invalid mount cache content at {}", quoted(dest))
            }
            Self::Graph { digest } => write!(
                f,
                "expected a vertex of digest {} that does not lead back to itself",
                quoted(digest)
            ),
            Self::Vertices { limit } => write!(f, "expected at most {limit} vertices"),
            Self::Source(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpError {}

impl From<SourceError> for OpError {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

/// An edge to a vertex that an op depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpInput {
    /// Digest of the vertex: SHA-256 of the op's protobuf bytes.
    pub digest: String,
    /// Which of its outputs.
    pub index: u32,
}

/// One vertex's op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// What it depends on.
    pub inputs: Vec<OpInput>,
    /// The platform it is for; the worker's where there is none.
    pub platform: Option<Platform>,
    kind: OpKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum OpKind {
    Exec(Message),
    File(Message),
    Merge(Message),
    Diff(Message),
    Source {
        identifier: String,
        attributes: Attributes,
    },
}

/// A path of an input whose content a slow key is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathSelector {
    /// The path.
    pub path: String,
    /// Whether a symlink there is followed.
    pub follow_links: bool,
    /// Whether it is a pattern.
    pub wildcard: bool,
    /// Patterns of which a path has to match one.
    pub include: Vec<String>,
    /// Patterns of which it may match none.
    pub exclude: Vec<String>,
    /// Paths that have to be there.
    pub required: Vec<String>,
}

impl From<&PathSelector> for Query {
    /// As the solver asks for it.
    fn from(selector: &PathSelector) -> Self {
        let required = selector.required.iter();
        Self {
            path: joined(&selector.path).into_bytes(),
            follow_links: selector.follow_links,
            wildcard: selector.wildcard,
            include: selector.include.clone(),
            exclude: selector.exclude.clone(),
            required: required.map(|path| path.clone().into_bytes()).collect(),
        }
    }
}

/// How an op depends on one of its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependency {
    /// What of the input matters, as a digest; empty for all of it.
    pub selector: String,
    /// The bytes whose SHA-256 the selector is.
    pub preimage: Option<String>,
    /// The paths whose content a slow key is made of, none being the whole
    /// root; nothing where the solver makes no slow key.
    pub content: Option<Vec<PathSelector>>,
}

/// What the solver knows an op by: BuildKit's `CacheMap`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheMap {
    /// The op's digest; `random:…` where it holds for one session only.
    pub digest: String,
    /// The bytes whose SHA-256 it is.
    pub preimage: String,
    /// Its inputs, in the op's order.
    pub dependencies: Vec<Dependency>,
}

impl Op {
    /// Reads an op: alone, or as `dump-llb` wraps it.
    ///
    /// # Errors
    ///
    /// Says what is not known here or of another type.
    pub fn parse(text: &[u8]) -> Result<Self, OpError> {
        Ok(Vertex::parse(text)?.op)
    }

    fn read(value: Value<'_>) -> Result<Self, OpError> {
        // The attributes of a source are a map, which no schema has.
        let source = member(value, "Op").and_then(|kind| member(kind, "source"));
        if let Some(source) = source.filter(|source| source.kind() == Kind::Object) {
            return Self::read_source(value, source);
        }
        let message = Message::read(value, &schema::OP)?;
        let kind = message.message("Op").and_then(Message::set);
        let kind = match kind {
            Some(("exec", exec)) => OpKind::Exec(exec.clone()),
            Some(("file", file)) => OpKind::File(file.clone()),
            Some(("merge", merge)) => OpKind::Merge(merge.clone()),
            Some(("diff", diff)) => OpKind::Diff(diff.clone()),
            _ => return Err(OpError::Kind),
        };
        let inputs = message.messages("inputs").iter().map(|input| {
            let index = input.integer("index");
            Ok(OpInput {
                digest: input.text("digest").to_owned(),
                index: u32::try_from(index).map_err(|_| OpError::Input { index, inputs: 0 })?,
            })
        });
        Ok(Self {
            inputs: inputs.collect::<Result<_, OpError>>()?,
            platform: message.message("platform").map(platform),
            kind,
        })
    }

    fn read_source(value: Value<'_>, source: Value<'_>) -> Result<Self, OpError> {
        let mut identifier = String::new();
        let mut attributes = Attributes::new();
        let wrong = |member: &str, expected| OpError::Type {
            message: "SourceOp",
            member: member.to_owned(),
            expected,
        };
        for (name, value) in source.members() {
            match &*name {
                "identifier" => {
                    let text = value.text().ok_or_else(|| wrong(&name, "a string"))?;
                    identifier = text.into_owned();
                }
                "attrs" => {
                    for (name, value) in value.members() {
                        let text = value.text().ok_or_else(|| wrong(&name, "a string"))?;
                        attributes.insert(name.into_owned(), text.into_owned());
                    }
                }
                _ => {
                    return Err(OpError::Unknown {
                        message: "SourceOp",
                        member: name.into_owned(),
                    });
                }
            }
        }
        let of = member(value, "platform");
        let of = of
            .map(|value| Message::read(value, &schema::PLATFORM))
            .transpose()?;
        Ok(Self {
            inputs: Vec::new(),
            platform: of.as_ref().map(platform),
            kind: OpKind::Source {
                identifier,
                attributes,
            },
        })
    }

    /// Identifier and attributes of a source op.
    pub fn source(&self) -> Option<(&str, &Attributes)> {
        match &self.kind {
            OpKind::Source {
                identifier,
                attributes,
            } => Some((identifier, attributes)),
            _ => None,
        }
    }

    /// The kind's name.
    pub const fn kind(&self) -> &'static str {
        match &self.kind {
            OpKind::Exec(_) => "exec",
            OpKind::File(_) => "file",
            OpKind::Merge(_) => "merge",
            OpKind::Diff(_) => "diff",
            OpKind::Source { .. } => "source",
        }
    }

    /// The cache map of an op that is no source. `worker` is the platform of
    /// the worker, for ops without one.
    ///
    /// # Errors
    ///
    /// Where BuildKit says that the op is invalid, and [`OpError::Kind`] for a
    /// source: its cache map depends on the key, see [`source_cache_map`].
    pub fn cache_map(&self, worker: &Platform) -> Result<CacheMap, OpError> {
        let inputs = self.inputs.len();
        match &self.kind {
            OpKind::Exec(exec) => {
                let platform = self.platform.as_ref().unwrap_or(worker).normalized();
                exec::cache_map(exec, &platform, inputs)
            }
            OpKind::File(file) => file::cache_map(file, inputs),
            OpKind::Merge(merge) => Ok(plain("buildkit.merge.v0", "Merge", merge, inputs)),
            OpKind::Diff(diff) => Ok(plain("buildkit.diff.v0", "Diff", diff, inputs)),
            OpKind::Source { .. } => Err(OpError::Kind),
        }
    }
}

/// The cache map of a source op whose source has this key.
pub fn source_cache_map(key: &str) -> CacheMap {
    CacheMap {
        digest: super::source_op_digest(key),
        preimage: super::cache_key::source_op_preimage(key),
        dependencies: Vec::new(),
    }
}

/// An op whose digest is of all that it has, and that selects nothing.
fn plain(kind: &str, name: &str, message: &Message, inputs: usize) -> CacheMap {
    let hashed = Object::new()
        .text("Type", kind)
        .object(name, message.write());
    let preimage = hashed.finish();
    CacheMap {
        digest: Digest::sha256(preimage.as_bytes()).to_string(),
        preimage,
        dependencies: vec![Dependency::default(); inputs],
    }
}

fn platform(message: &Message) -> Platform {
    Platform {
        os: message.text("OS").to_owned(),
        architecture: message.text("Architecture").to_owned(),
        variant: message.text("Variant").to_owned(),
        os_version: message.text("OSVersion").to_owned(),
        os_features: message.texts("OSFeatures").to_vec(),
    }
}

fn member<'j>(value: Value<'j>, name: &str) -> Option<Value<'j>> {
    let mut members = value.members();
    members.find_map(|(known, value)| (known == name).then_some(value))
}

/// Paths without those that lie inside another one, sorted.
fn outermost(paths: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut paths: Vec<String> = paths.into_iter().collect();
    if paths.len() <= 1 {
        return paths;
    }
    paths = crate::order::sorted(paths);
    paths.dedup();
    let lies_inside = |path: &String| {
        path.match_indices('/').any(|(at, _)| {
            // A path above, written with a slash at its end or without.
            let above = [path.get(..at), path.get(..=at)];
            let mut above = above.into_iter().flatten().filter(|above| above != path);
            above.any(|above| {
                let known = paths.binary_search_by(|known| known.as_str().cmp(above));
                known.is_ok()
            })
        })
    };
    paths
        .iter()
        .filter(|path| !lies_inside(path))
        .cloned()
        .collect()
}

/// A selector of these parts, joined by zero bytes, and its digest.
fn selector(parts: &[String]) -> (String, String) {
    let preimage = parts.join("\0");
    (Digest::sha256(preimage.as_bytes()).to_string(), preimage)
}

/// Go's `path.Join("/", path)`.
fn joined(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
