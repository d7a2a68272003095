//! Digests of objects and folders, from the contents' digests up.

use std::collections::HashMap;

use super::header::header;
use super::lookup::Steps;
use super::select::sorted;
use super::{ChecksumError, Contents, Record};
use crate::digest::{Algorithm, Digest, Hasher};
use crate::report::{NodeType, RecordKind};
use crate::tree::{MergedTree, NodeRef};

/// The first byte of names that BuildKit hashes twice: what it passes over of a
/// folder ends before them.
const TWICE: u8 = 0xff;

/// What goes into a digest of several records: all bytes hashed, in order.
#[derive(Debug)]
pub(super) struct Sum<'a> {
    hasher: Hasher,
    records: Option<&'a mut Vec<Record>>,
}

impl<'a> Sum<'a> {
    pub fn new(records: Option<&'a mut Vec<Record>>) -> Self {
        Self {
            hasher: Hasher::new(Algorithm::Sha256),
            records,
        }
    }

    pub fn add(&mut self, record: Record) {
        let mut key = record.path.clone();
        for byte in &mut key {
            if *byte == b'/' {
                *byte = 0;
            }
        }
        self.hasher.update(if key.is_empty() { &[0] } else { &key });
        self.hasher.update(record.digest.to_string().as_bytes());
        if let Some(records) = &mut self.records {
            records.push(record);
        }
    }

    pub fn finish(self) -> Digest {
        self.hasher.finish()
    }
}

/// Digests over a tree, whose contents' digests are given.
pub(super) struct Digests<'a> {
    pub tree: &'a MergedTree,
    pub contents: &'a Contents,
    pub steps: Steps,
}

/// A folder under way.
struct Folder<'a> {
    node: u32,
    /// What is still to come, the next one last.
    children: Vec<u32>,
    sum: Sum<'a>,
    twice: Vec<(u32, Digest)>,
}

impl<'a> Digests<'a> {
    /// The digest of a node alone: of a folder, that of its header.
    pub fn object(&self, node: &NodeRef<'_>) -> Result<Digest, ChecksumError> {
        if node.node_type() == NodeType::File && node.size() > 0 {
            let known = self.contents.digest(node);
            return known.ok_or_else(|| ChecksumError::Content { path: node.path() });
        }
        Ok(Digest::sha256(&header(node)))
    }

    /// The digest of a node with all that lies in it. What it is made of goes
    /// to `records`.
    pub fn whole(
        &mut self,
        node: &NodeRef<'_>,
        records: &mut Vec<Record>,
    ) -> Result<Digest, ChecksumError> {
        if !node.is_directory() {
            return self.object(node);
        }
        let mut open = vec![self.open(node, Some(records))?];
        let mut twice: HashMap<u32, Vec<(u32, Digest)>> = HashMap::new();
        loop {
            self.steps.take()?;
            let Some(folder) = open.last_mut() else {
                return Err(ChecksumError::NotFound { path: node.path() });
            };
            let Some(child) = folder.children.pop() else {
                let Some(folder) = open.pop() else { continue };
                let digest = folder.sum.finish();
                if !folder.twice.is_empty() {
                    twice.insert(folder.node, folder.twice);
                }
                match open.last_mut() {
                    None => return Ok(digest),
                    Some(parent) => self.close(parent, folder.node, digest, &twice)?,
                }
                continue;
            };
            let Some(child) = self.tree.node(child) else {
                continue;
            };
            if child.is_directory() {
                open.push(self.open(&child, None)?);
            } else {
                let digest = self.object(&child)?;
                add(folder, &child, digest);
            }
        }
    }

    fn open<'r>(
        &self,
        node: &NodeRef<'_>,
        records: Option<&'r mut Vec<Record>>,
    ) -> Result<Folder<'r>, ChecksumError> {
        let mut sum = Sum::new(records);
        sum.add(Record {
            path: Vec::new(),
            node: node.id(),
            kind: RecordKind::Header,
            digest: self.object(node)?,
        });
        let mut children = sorted(node);
        children.reverse();
        Ok(Folder {
            node: node.id(),
            children,
            sum,
            twice: Vec::new(),
        })
    }

    // Adds a folder that is done to the one that holds it, and behind it those
    // of its children that are not passed over.
    fn close(
        &mut self,
        parent: &mut Folder<'_>,
        id: u32,
        digest: Digest,
        twice: &HashMap<u32, Vec<(u32, Digest)>>,
    ) -> Result<(), ChecksumError> {
        let Some(node) = self.tree.node(id) else {
            return Ok(());
        };
        add(parent, &node, digest);
        let below = |id: u32, path: &[u8]| {
            let children = twice.get(&id).map(Vec::as_slice).unwrap_or_default();
            let children = children.iter().rev();
            children
                .map(|(child, digest)| (*child, *digest, path.to_vec()))
                .collect::<Vec<_>>()
        };
        let mut pending = below(id, &[b"/", node.name()].concat());
        while let Some((child, digest, above)) = pending.pop() {
            self.steps.take()?;
            let Some(child) = self.tree.node(child) else {
                continue;
            };
            let path = [above.as_slice(), b"/", child.name()].concat();
            pending.extend(below(child.id(), &path));
            parent.sum.add(Record {
                path,
                node: child.id(),
                kind: kind(&child),
                digest,
            });
        }
        Ok(())
    }
}

fn add(folder: &mut Folder<'_>, child: &NodeRef<'_>, digest: Digest) {
    if child.name().first() == Some(&TWICE) {
        folder.twice.push((child.id(), digest));
    }
    folder.sum.add(Record {
        path: [b"/", child.name()].concat(),
        node: child.id(),
        kind: kind(child),
        digest,
    });
}

fn kind(node: &NodeRef<'_>) -> RecordKind {
    match node.is_directory() {
        true => RecordKind::Folder,
        false => RecordKind::Object,
    }
}
