//! BuildKit's content checksum, by which the solver tells the files of a copy or
//! a mount from others: `cache/contenthash`, over a tree as containerd's applier
//! leaves it ([`Rules::Containerd`](crate::tree::Rules)).
//!
//! Every header is known before a byte of content is read: a [`Checksum`] names
//! the files whose [`header`] and content are to be hashed, takes those digests
//! in [`Contents`], and gives the [`Outcome`].

mod digests;
mod header;
mod lookup;
mod patterns;
mod select;

use std::collections::{HashMap, HashSet};
use std::fmt;

pub use header::{HeaderField, header, header_fields};

use crate::diagnostic::escape;
use crate::digest::Digest;
use crate::limits::Limits;
use crate::report::{ChecksumKind, Failure, NodeType, RecordKind};
use crate::tree::{MergedTree, NodeRef};
use digests::{Digests, Sum};
use lookup::{Steps, clean, find};
use select::{Chosen, select};

/// What a checksum is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The path; with a slash at the end, patterns leave the folder itself out.
    pub path: Vec<u8>,
    /// Whether a symlink at the end of a path is followed. Those on the way
    /// always are.
    pub follow_links: bool,
    /// Whether `*`, `?` and `[` in the path are wildcards.
    pub wildcard: bool,
    /// Patterns as in `.dockerignore`: what fits none is left out, if there
    /// are any.
    pub include: Vec<String>,
    /// Patterns of what is left out.
    pub exclude: Vec<String>,
    /// Paths that must be among those that wildcard and patterns choose.
    pub required: Vec<Vec<u8>>,
}

/// Why there is no checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChecksumError {
    /// Nothing lies at a path, or a link leads nowhere.
    NotFound {
        /// The path, with a slash before it.
        path: Vec<u8>,
    },
    /// More symlinks on the way than BuildKit follows.
    TooManyLinks {
        /// The path that was being resolved.
        path: Vec<u8>,
        /// How many are followed.
        limit: usize,
    },
    /// A pattern that Go's matchers refuse, or that passes a cap.
    Pattern {
        /// The pattern.
        pattern: String,
    },
    /// The digest of a file's content was not given.
    Content {
        /// The file.
        path: Vec<u8>,
    },
    /// More work than is done for one checksum.
    Steps {
        /// The cap.
        limit: u64,
    },
}

impl ChecksumError {
    fn pattern(pattern: &str) -> Self {
        Self::Pattern {
            pattern: pattern.to_owned(),
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "no-such-path",
            Self::TooManyLinks { .. } => "limit-symlinks",
            Self::Pattern { .. } => "pattern-invalid",
            Self::Content { .. } => "content-unknown",
            Self::Steps { .. } => "limit-checksum-steps",
        }
    }
}

impl fmt::Display for ChecksumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { path } => write!(f, "{:?}: not found", escape(path)),
            Self::TooManyLinks { path, limit } => write!(
                f,
                "{:?}: too many links: more than {limit} on the way",
                escape(path)
            ),
            Self::Pattern { pattern } => {
                write!(
                    f,
                    "syntax error in pattern {:?}",
                    escape(pattern.as_bytes())
                )
            }
            Self::Content { path } => write!(f, "the content of {:?} was not read", escape(path)),
            Self::Steps { limit } => write!(f, "the checksum takes more than {limit} steps"),
        }
    }
}

impl std::error::Error for ChecksumError {}

impl From<&ChecksumError> for Failure {
    fn from(error: &ChecksumError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            seems: None,
            hints: Vec::new(),
        }
    }
}

/// Digests of files, each over header and content.
#[derive(Debug, Default)]
pub struct Contents {
    digests: HashMap<FileKey, Digest>,
}

/// A path of its own, or what several share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum FileKey {
    Path(u32),
    Shared(u32),
}

impl FileKey {
    fn of(node: &NodeRef<'_>) -> Self {
        node.file_id()
            .map_or_else(|| Self::Path(node.id()), Self::Shared)
    }
}

impl Contents {
    /// Takes the SHA-256 of a file's header and content.
    pub fn insert(&mut self, node: &NodeRef<'_>, digest: Digest) {
        self.digests.insert(FileKey::of(node), digest);
    }

    fn digest(&self, node: &NodeRef<'_>) -> Option<Digest> {
        self.digests.get(&FileKey::of(node)).copied()
    }
}

/// A part of what was hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What is hashed before the digest's text, each slash as a zero byte;
    /// where it is empty, one zero byte.
    pub path: Vec<u8>,
    /// What it is of.
    pub node: u32,
    /// Which of its digests.
    pub kind: RecordKind,
    /// That digest.
    pub digest: Digest,
}

/// A checksum and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The checksum.
    pub digest: Digest,
    /// What it was made of.
    pub kind: ChecksumKind,
    /// The one node that it is of; none where several were chosen.
    pub node: Option<u32>,
    /// The records whose paths and digests were hashed; none for one object.
    pub records: Vec<Record>,
}

/// A checksum of which all is known but the contents.
#[derive(Debug)]
pub struct Checksum {
    shape: Shape,
    files: Vec<u32>,
    limits: Limits,
}

#[derive(Debug)]
enum Shape {
    /// One node with all that lies in it, or its header alone.
    Node { node: u32, is_header: bool },
    /// Nothing was chosen.
    Nothing,
    /// Several, each path without the base.
    Several(Vec<Chosen>),
}

impl Checksum {
    /// Finds out what a checksum is of. Nothing is hashed yet.
    ///
    /// # Errors
    ///
    /// [`ChecksumError`].
    pub fn new(tree: &MergedTree, query: &Query, limits: &Limits) -> Result<Self, ChecksumError> {
        let mut steps = Steps::new(limits.checksum_steps);
        let shape = Shape::new(tree, query, limits, &mut steps)?;
        let tops: Vec<(u32, bool)> = match &shape {
            Shape::Nothing => Vec::new(),
            Shape::Node { node, is_header } => vec![(*node, !is_header)],
            Shape::Several(chosen) => {
                let tops = chosen.iter();
                tops.map(|chosen| (chosen.node, chosen.is_followed))
                    .collect()
            }
        };
        Ok(Self {
            files: files(tree, tops, &mut steps)?,
            shape,
            limits: limits.clone(),
        })
    }

    /// The checksum of an image without layers, which has no tree.
    ///
    /// # Errors
    ///
    /// [`ChecksumError::NotFound`] for all but the root.
    pub fn of_nothing(query: &Query, limits: &Limits) -> Result<Self, ChecksumError> {
        let path = clean(&query.path);
        if !path.is_empty() {
            return Err(ChecksumError::NotFound { path });
        }
        Ok(Self {
            shape: Shape::Nothing,
            files: Vec::new(),
            limits: limits.clone(),
        })
    }

    /// The files whose header and content are to be hashed, each once: of
    /// several paths that share one, any. Empty files are not among them.
    pub fn files(&self) -> &[u32] {
        &self.files
    }

    /// Hashes what it is made of.
    ///
    /// # Errors
    ///
    /// [`ChecksumError::Content`] for a file that `contents` does not have.
    pub fn finish(&self, tree: &MergedTree, contents: &Contents) -> Result<Outcome, ChecksumError> {
        let mut digests = Digests {
            tree,
            contents,
            steps: Steps::new(self.limits.checksum_steps),
        };
        let mut records = Vec::new();
        let chosen = match &self.shape {
            Shape::Nothing => {
                return Ok(Outcome {
                    digest: Digest::sha256(&[]),
                    kind: ChecksumKind::Nothing,
                    node: None,
                    records,
                });
            }
            Shape::Node { node, is_header } => {
                let node = present(tree, *node)?;
                let digest = match is_header {
                    true => digests.object(&node)?,
                    false => digests.whole(&node, &mut records)?,
                };
                return Ok(Outcome {
                    digest,
                    kind: match node.is_directory() && !is_header {
                        true => ChecksumKind::Folder,
                        false => ChecksumKind::Object,
                    },
                    node: Some(node.id()),
                    records,
                });
            }
            Shape::Several(chosen) => chosen,
        };
        let mut sum = Sum::new(Some(&mut records));
        for chosen in chosen {
            let node = present(tree, chosen.node)?;
            let (kind, digest) = match (chosen.is_followed, node.is_directory()) {
                (true, _) => (RecordKind::Followed, digests.whole(&node, &mut Vec::new())?),
                (false, true) => (RecordKind::Header, digests.object(&node)?),
                (false, false) => (RecordKind::Object, digests.object(&node)?),
            };
            sum.add(Record {
                path: chosen.path.clone(),
                node: chosen.node,
                kind,
                digest,
            });
        }
        let digest = sum.finish();
        Ok(Outcome {
            digest,
            kind: ChecksumKind::Selection,
            node: None,
            records,
        })
    }
}

/// What a checksum of a path is of, its links followed; one at its end if
/// `follow_links` says so.
///
/// # Errors
///
/// [`ChecksumError`].
pub fn lookup<'a>(
    tree: &'a MergedTree,
    path: &[u8],
    follow_links: bool,
    limits: &Limits,
) -> Result<NodeRef<'a>, ChecksumError> {
    let mut steps = Steps::new(limits.checksum_steps);
    look_up(tree, path, follow_links, limits, &mut steps)
}

fn look_up<'a>(
    tree: &'a MergedTree,
    path: &[u8],
    follow_links: bool,
    limits: &Limits,
    steps: &mut Steps,
) -> Result<NodeRef<'a>, ChecksumError> {
    let path = clean(path);
    let found = find(tree, &path, follow_links, limits.symlinks, steps)?;
    found.ok_or(ChecksumError::NotFound { path })
}

impl Shape {
    fn new(
        tree: &MergedTree,
        query: &Query,
        limits: &Limits,
        steps: &mut Steps,
    ) -> Result<Self, ChecksumError> {
        if !query.wildcard && query.include.is_empty() && query.exclude.is_empty() {
            let found = look_up(tree, &query.path, query.follow_links, limits, steps)?;
            return Ok(Self::Node {
                node: found.id(),
                is_header: false,
            });
        }
        let mut selection = select(tree, query, limits, steps)?;
        let name = |path: &[u8]| crate::tree::path::EntryPath::new(path).name().to_vec();
        Ok(match selection.chosen.as_slice() {
            [] => Self::Nothing,
            [one] if name(&one.path) == name(&query.path) => Self::Node {
                node: one.node,
                is_header: !one.is_followed,
            },
            _ => {
                for chosen in &mut selection.chosen {
                    let length = selection.base.len().min(chosen.path.len());
                    chosen.path.drain(..length);
                }
                Self::Several(selection.chosen)
            }
        })
    }
}

fn present(tree: &MergedTree, node: u32) -> Result<NodeRef<'_>, ChecksumError> {
    let missing = ChecksumError::NotFound { path: Vec::new() };
    tree.node(node).ok_or(missing)
}

// The files at some nodes and, where told, below them.
fn files(
    tree: &MergedTree,
    tops: Vec<(u32, bool)>,
    steps: &mut Steps,
) -> Result<Vec<u32>, ChecksumError> {
    let mut files = Vec::new();
    let mut seen = HashSet::new();
    for (top, is_whole) in tops {
        let mut stack = vec![top];
        while let Some(id) = stack.pop() {
            steps.take()?;
            let node = present(tree, id)?;
            if is_whole {
                stack.extend(node.children().map(|child| child.id()));
            }
            let is_file = node.node_type() == NodeType::File && node.size() > 0;
            if is_file && seen.insert(FileKey::of(&node)) {
                files.push(id);
            }
        }
    }
    Ok(files)
}
