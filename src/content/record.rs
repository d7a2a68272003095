//! What is written down of a blob besides its bytes.

use serde::{Deserialize, Serialize};

use super::store::Labels;
use super::time::Time;

/// Of the form that is written; another is not read.
const VERSION: u8 = 1;

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u8,
    created: u64,
    updated: u64,
    pub labels: Labels,
}

impl Record {
    pub const fn new(created: Time, updated: Time, labels: Labels) -> Self {
        Self {
            version: VERSION,
            created: created.0,
            updated: updated.0,
            labels,
        }
    }

    pub const fn created(&self) -> Time {
        Time(self.created)
    }

    pub const fn updated(&self) -> Time {
        Time(self.updated)
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
        let record: Self = postcard::from_bytes(bytes).ok()?;
        (record.version == VERSION).then_some(record)
    }

    pub fn bytes(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(self).ok()
    }
}
