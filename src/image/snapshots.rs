//! Snapshots in memory, with the names, states and errors of containerd's
//! `core/snapshots`. They refer to the tables of layers; nothing is written.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::escape;
use crate::layer::table::EntryTable;

/// Why a snapshotter refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotError {
    /// There is no snapshot of this key.
    NotFound {
        /// The key.
        key: String,
    },
    /// There is one of this key already.
    AlreadyExists {
        /// The key.
        key: String,
    },
    /// It is committed, or has to be.
    FailedPrecondition {
        /// The key.
        key: String,
        /// What it has to be.
        expected: &'static str,
    },
}

impl SnapshotError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "snapshot-not-found",
            Self::AlreadyExists { .. } => "snapshot-exists",
            Self::FailedPrecondition { .. } => "snapshot-failed-precondition",
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |key: &str| escape(key.as_bytes());
        match self {
            Self::NotFound { key } => write!(f, "snapshot {}: not found", escaped(key)),
            Self::AlreadyExists { key } => write!(f, "snapshot {}: already exists", escaped(key)),
            Self::FailedPrecondition { key, expected } => {
                write!(f, "snapshot {}: expected {expected}", escaped(key))
            }
        }
    }
}

impl std::error::Error for SnapshotError {}

/// One snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Whether it is committed; else it is active, and layers go into it.
    pub committed: bool,
    /// Key of the snapshot below; empty for the lowest.
    pub parent: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The tables of the layers that are in it, bottom first.
    pub tables: Vec<Arc<EntryTable>>,
}

/// A snapshotter that keeps snapshots in memory.
#[derive(Debug, Clone)]
pub struct Snapshots {
    name: String,
    by_key: BTreeMap<String, Snapshot>,
}

impl Snapshots {
    /// A snapshotter of this name without snapshots.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            by_key: BTreeMap::new(),
        }
    }

    /// Name of the snapshotter, such as `overlayfs`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All snapshots, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Snapshot)> {
        self.by_key
            .iter()
            .map(|(key, snapshot)| (key.as_str(), snapshot))
    }

    /// A snapshot.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::NotFound`].
    pub fn stat(&self, key: &str) -> Result<&Snapshot, SnapshotError> {
        let not_found = || SnapshotError::NotFound {
            key: key.to_owned(),
        };
        self.by_key.get(key).ok_or_else(not_found)
    }

    /// Makes an active snapshot on top of a committed one, or of nothing.
    ///
    /// # Errors
    ///
    /// Each of [`SnapshotError`]: of the key, or of the parent.
    pub fn prepare(
        &mut self,
        key: &str,
        parent: &str,
        labels: BTreeMap<String, String>,
    ) -> Result<(), SnapshotError> {
        let mut tables = Vec::new();
        if !parent.is_empty() {
            let below = self.stat(parent)?;
            if !below.committed {
                return Err(SnapshotError::FailedPrecondition {
                    key: parent.to_owned(),
                    expected: "a committed snapshot as parent",
                });
            }
            tables.clone_from(&below.tables);
        }
        self.vacant(key)?;
        let snapshot = Snapshot {
            committed: false,
            parent: parent.to_owned(),
            labels,
            tables,
        };
        self.by_key.insert(key.to_owned(), snapshot);
        Ok(())
    }

    /// Puts a layer into an active snapshot.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::NotFound`] and [`SnapshotError::FailedPrecondition`].
    pub fn apply(&mut self, key: &str, table: Arc<EntryTable>) -> Result<(), SnapshotError> {
        self.active(key)?.tables.push(table);
        Ok(())
    }

    /// Commits an active snapshot under a name, which is its key from then on.
    /// Labels are those given now.
    ///
    /// # Errors
    ///
    /// Each of [`SnapshotError`]; the active snapshot is still there then.
    pub fn commit(
        &mut self,
        name: &str,
        key: &str,
        labels: BTreeMap<String, String>,
    ) -> Result<(), SnapshotError> {
        self.vacant(name)?;
        let active = self.active(key)?.clone();
        self.by_key.remove(key);
        let committed = Snapshot {
            committed: true,
            labels,
            ..active
        };
        self.by_key.insert(name.to_owned(), committed);
        Ok(())
    }

    /// Removes a snapshot that none is on top of.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::NotFound`] and [`SnapshotError::FailedPrecondition`].
    pub fn remove(&mut self, key: &str) -> Result<(), SnapshotError> {
        self.stat(key)?;
        if self.by_key.values().any(|snapshot| snapshot.parent == key) {
            return Err(SnapshotError::FailedPrecondition {
                key: key.to_owned(),
                expected: "a snapshot without children",
            });
        }
        self.by_key.remove(key);
        Ok(())
    }

    fn vacant(&self, key: &str) -> Result<(), SnapshotError> {
        match self.by_key.contains_key(key) {
            true => Err(SnapshotError::AlreadyExists {
                key: key.to_owned(),
            }),
            false => Ok(()),
        }
    }

    fn active(&mut self, key: &str) -> Result<&mut Snapshot, SnapshotError> {
        match self.by_key.get_mut(key) {
            None => Err(SnapshotError::NotFound {
                key: key.to_owned(),
            }),
            Some(snapshot) if snapshot.committed => Err(SnapshotError::FailedPrecondition {
                key: key.to_owned(),
                expected: "an active snapshot",
            }),
            Some(snapshot) => Ok(snapshot),
        }
    }
}
