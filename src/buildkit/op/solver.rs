//! Records of the solver, as cache exports name them: `solver/cachemanager.go`,
//! `solver/edge.go`, `solver/exporter.go`.

use super::{CacheMap, OpError};
use crate::digest::Digest;

/// Output number in the record of a slow key.
pub const CONTENT: i64 = -1;

/// The digest of a record, and the bytes that it is of. A record has no digest
/// of its inputs: those are links beside it. A random digest stays as it is and
/// is never exported.
pub fn record(op_digest: &str, output: i64) -> Record {
    if op_digest.starts_with("random:") {
        return Record {
            digest: op_digest.to_owned(),
            preimage: None,
        };
    }
    let preimage = format!("{op_digest}@{output}");
    Record {
        digest: Digest::sha256(preimage.as_bytes()).to_string(),
        preimage: Some(preimage),
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its digest; `random:…` for one that holds for one session only.
    pub digest: String,
    /// The bytes whose SHA-256 it is.
    pub preimage: Option<String>,
}

/// The key that the content of an input gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowKey {
    /// Digest of the content checksums.
    pub digest: String,
    /// The checksums, joined by zero bytes: the bytes whose SHA-256 it is.
    pub preimage: String,
    /// Its record, to which links have no selector.
    pub record: Record,
}

/// The slow key of an input of which these are the content checksums, one for
/// each selected path, or one of the root.
pub fn slow_key(checksums: &[String]) -> SlowKey {
    let (digest, preimage) = super::selector(checksums);
    SlowKey {
        record: record(&digest, CONTENT),
        digest,
        preimage,
    }
}

/// One of the records that an input of a record may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Selector of the link; empty for all of the input, and for a slow key.
    pub selector: String,
    /// Digest of the record.
    pub record: String,
}

/// A vertex's record for one output, with what it links to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solved {
    /// The record.
    pub record: Record,
    /// By input: the records that it may be, of which one has to match.
    pub inputs: Vec<Vec<Alternative>>,
}

impl Solved {
    /// The record of an op's output. By input: the records that are known of
    /// it, and its slow key where there is one.
    ///
    /// # Errors
    ///
    /// [`OpError::Input`] where the inputs are not as many as the op's.
    pub fn new(
        map: &CacheMap,
        output: u32,
        inputs: &[(Vec<String>, Option<SlowKey>)],
    ) -> Result<Self, OpError> {
        if inputs.len() != map.dependencies.len() {
            return Err(OpError::Input {
                index: i64::try_from(inputs.len()).unwrap_or(i64::MAX),
                inputs: map.dependencies.len(),
            });
        }
        let inputs = map.dependencies.iter().zip(inputs);
        let inputs = inputs.map(|(dependency, (records, slow))| {
            let by_definition = records.iter().map(|record| Alternative {
                selector: dependency.selector.clone(),
                record: record.clone(),
            });
            let slow = slow.iter().filter(|_| dependency.content.is_some());
            let by_content = slow.map(|slow| Alternative {
                selector: String::new(),
                record: slow.record.digest.clone(),
            });
            by_definition.chain(by_content).collect()
        });
        Ok(Self {
            record: record(&map.digest, output.into()),
            inputs: inputs.collect(),
        })
    }
}
