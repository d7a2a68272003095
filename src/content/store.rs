//! The store itself: what containerd's `content.Store` offers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::backend::Backend;
use super::error::StoreError;
use super::filter::{Fields, Filters};
use super::record::Record;
use super::time::Time;
use super::writer::{Ingest, Writer};
use crate::digest::{Digest, DigestError};
use crate::limits::Limits;

/// Labels by key.
pub type Labels = BTreeMap<String, String>;

/// Blobs with their sizes that lie below a store, in an opened archive: they
/// can be listed, and never changed.
pub type Blobs = BTreeMap<Digest, u64>;

/// Whatever has this label is kept, with all that it refers to.
pub const GC_ROOT: &str = "containerd.io/gc.root";

pub(super) const BLOBS: &str = "blobs";
pub(super) const RECORDS: &str = "labels";
pub(super) const INGESTS: &str = "ingest";
/// Held while blobs or labels change.
pub(super) const STORE_LOCK: &str = "store";

// containerd core/metadata: len(key) + len(value) of one label.
const METADATA_LABEL_BYTES: usize = 4_096;

/// Whose answers a store gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rules {
    /// Those of containerd's local store with a label store.
    #[default]
    Local,
    /// Those of the metadata store over it.
    Metadata,
}

/// What is known of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Its digest.
    pub digest: Digest,
    /// Its bytes.
    pub size: u64,
    /// When it was stored; nothing of a blob below the store.
    pub created: Option<Time>,
    /// When its labels were last changed.
    pub updated: Option<Time>,
    /// Its labels.
    pub labels: Labels,
    /// Whether it lies below the store only.
    pub read_only: bool,
    /// Whether its record cannot be read: labels and times are not known then,
    /// and stand here as if another program had put the blob there.
    pub damaged: bool,
}

impl Fields for Info {
    // containerd core/content AdaptInfo: digest and labels; size is none.
    fn field(&self, path: &[String]) -> Option<Cow<'_, str>> {
        match path.split_first() {
            Some((name, [])) if name == "digest" => Some(Cow::Owned(self.digest.to_string())),
            Some((name, key)) if name == "labels" => self
                .labels
                .get(&key.join("."))
                .map(|value| value.as_str().into()),
            _ => None,
        }
    }
}

/// How far an ingest has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub reference: String,
    /// Bytes there are.
    pub offset: u64,
    /// Bytes there will be; 0 where that is not known.
    pub total: u64,
    /// Digest that they should have, as it was given; empty where none was.
    pub expected: String,
    /// When it began.
    pub started: Time,
    /// When something last came.
    pub updated: Time,
    /// Whether a writer has it open.
    pub active: bool,
}

impl Fields for Status {
    fn field(&self, path: &[String]) -> Option<Cow<'_, str>> {
        match path {
            [name] if name == "ref" => Some(self.reference.as_str().into()),
            _ => None,
        }
    }
}

/// A content store; clones are of the same one.
#[derive(Debug, Clone)]
pub struct Store<B> {
    pub(super) backend: B,
    pub(super) rules: Rules,
    pub(super) lower: Blobs,
    pub(super) limits: Limits,
}

impl<B: Backend> Store<B> {
    /// A store over what a backend holds.
    pub fn new(backend: B, rules: Rules, limits: Limits) -> Self {
        Self {
            backend,
            rules,
            lower: Blobs::new(),
            limits,
        }
    }

    /// Puts blobs below it, instead of those that were there.
    pub fn set_lower(&mut self, lower: Blobs) {
        self.lower = lower;
    }

    /// Where its files lie.
    pub const fn backend(&self) -> &B {
        &self.backend
    }

    /// What is known of a blob.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoBlob`], [`StoreError::Digest`] for text that is none,
    /// [`StoreError::Damaged`], or the medium's.
    pub async fn info(&self, digest: &str) -> Result<Info, StoreError> {
        let info = self.look(digest).await?;
        match info.damaged {
            true => Err(StoreError::Damaged(info.digest.to_string())),
            false => Ok(info),
        }
    }

    /// What is known of a blob, which may be damaged.
    ///
    /// # Errors
    ///
    /// As [`info`](Self::info), without the damage.
    pub async fn look(&self, digest: &str) -> Result<Info, StoreError> {
        let digest = self.digest(digest)?;
        let found = self.find(&digest).await?;
        found.ok_or_else(|| StoreError::NoBlob(digest.to_string()))
    }

    /// All blobs that a filter matches, by digest; of several filters, any;
    /// without one, all. A damaged one is matched as if it had no labels.
    ///
    /// # Errors
    ///
    /// [`StoreError::Filter`], or the medium's.
    pub async fn walk(&self, filters: &mut Filters) -> Result<Vec<Info>, StoreError> {
        let mut digests: Vec<Digest> = self.lower.keys().copied().collect();
        for algorithm in self.backend.list(BLOBS).await? {
            for encoded in self.backend.list(&format!("{BLOBS}/{algorithm}")).await? {
                // Whatever else lies there is no blob.
                digests.extend(Digest::parse(&format!("{algorithm}:{encoded}")));
            }
        }
        digests.sort_unstable();
        digests.dedup();
        let mut found = Vec::new();
        for digest in digests {
            // One that is gone by now is none.
            found.extend(self.find(&digest).await?);
        }
        found.retain(|info| filters.matches(info));
        Ok(found)
    }

    /// Reads filters.
    ///
    /// # Errors
    ///
    /// [`StoreError::Filter`].
    pub fn filters<T: AsRef<str>>(&self, filters: &[T]) -> Result<Filters, StoreError> {
        Ok(Filters::parse(filters, &self.limits)?)
    }

    /// Changes labels: those of `paths`, as `labels.KEY`, where any are named,
    /// else all. A label without a value goes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Field`] for a path of anything else, after which nothing
    /// has changed; [`StoreError::NoBlob`], [`StoreError::Digest`],
    /// [`StoreError::ReadOnly`], [`StoreError::LongLabel`],
    /// [`StoreError::Damaged`], or the medium's.
    pub async fn update<T: AsRef<str>>(
        &self,
        digest: &str,
        labels: &Labels,
        paths: &[T],
    ) -> Result<Info, StoreError> {
        let digest = self.digest(digest)?;
        let _guard = self.backend.lock(STORE_LOCK).await?;
        let mut info = self.info(&digest.to_string()).await?;
        if info.read_only {
            return Err(StoreError::ReadOnly(digest));
        }
        if paths.is_empty() {
            info.labels.clone_from(labels);
        }
        for path in paths {
            match path.as_ref().strip_prefix("labels.") {
                Some(key) => {
                    let value = labels.get(key).cloned().unwrap_or_default();
                    info.labels.insert(key.to_owned(), value);
                }
                None if path.as_ref() == "labels" => info.labels.clone_from(labels),
                None => return Err(StoreError::Field(path.as_ref().to_owned())),
            }
        }
        info.labels.retain(|_, value| !value.is_empty());
        self.check(&info.labels)?;
        let updated = self.backend.now();
        info.updated = Some(updated);
        let record = Record::new(
            info.created.unwrap_or(updated),
            updated,
            info.labels.clone(),
        );
        self.write_record(&digest, &record).await?;
        Ok(info)
    }

    /// Removes a blob.
    ///
    /// # Errors
    ///
    /// [`StoreError::Digest`]; [`StoreError::ReadOnly`] for one that lies below
    /// the store only; [`StoreError::NoBlob`] by the metadata store's rules, by
    /// the local store's an absent blob is no error; or the medium's.
    pub async fn delete(&self, digest: &str) -> Result<(), StoreError> {
        let digest = self.digest(digest)?;
        let _guard = self.backend.lock(STORE_LOCK).await?;
        if !self.is_stored(&digest).await? {
            return match self.rules {
                _ if self.lower.contains_key(&digest) => Err(StoreError::ReadOnly(digest)),
                Rules::Local => Ok(()),
                Rules::Metadata => Err(StoreError::NoBlob(digest.to_string())),
            };
        }
        self.remove(&digest).await
    }

    /// Bytes of a stored blob from an offset: as many as asked for, or up to
    /// its end. Blobs below the store are read by whoever put them there.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoBlob`], [`StoreError::Digest`], or the medium's.
    pub async fn read_at(
        &self,
        digest: &str,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StoreError> {
        let digest = self.digest(digest)?;
        let bytes = self.backend.read(&blob(&digest), offset, length).await?;
        bytes.ok_or_else(|| StoreError::NoBlob(digest.to_string()))
    }

    /// Opens an ingest, or goes on with it where it was left.
    ///
    /// # Errors
    ///
    /// [`StoreError::EmptyRef`], [`StoreError::LongRef`],
    /// [`StoreError::RefLocked`], [`StoreError::BlobExists`] where the expected
    /// digest is stored, [`StoreError::Digest`], or the medium's.
    pub async fn writer(&self, ingest: &Ingest) -> Result<Writer<B>, StoreError> {
        Writer::open(self, ingest).await
    }

    /// How far an ingest has come.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoIngest`], or the medium's.
    pub async fn status(&self, reference: &str) -> Result<Status, StoreError> {
        let found = self.read_status(&folder(reference)).await?;
        found.ok_or_else(|| StoreError::NoIngest(reference.to_owned()))
    }

    /// All ingests that a filter matches, by name.
    ///
    /// # Errors
    ///
    /// The medium's.
    pub async fn statuses(&self, filters: &mut Filters) -> Result<Vec<Status>, StoreError> {
        let mut statuses = Vec::new();
        for name in self.backend.list(INGESTS).await? {
            statuses.extend(self.read_status(&format!("{INGESTS}/{name}")).await?);
        }
        statuses.retain(|status| filters.matches(status));
        statuses.sort_unstable_by(|a, b| a.reference.cmp(&b.reference));
        Ok(statuses)
    }

    /// Removes an ingest.
    ///
    /// # Errors
    ///
    /// [`StoreError::RefLocked`] for one that a writer has open;
    /// [`StoreError::NoIngest`] by the metadata store's rules, by the local
    /// store's an absent ingest is no error; or the medium's.
    pub async fn abort(&self, reference: &str) -> Result<(), StoreError> {
        let folder = folder(reference);
        let Some(_guard) = self.backend.try_lock(&folder).await? else {
            return Err(StoreError::RefLocked(reference.to_owned()));
        };
        if self.rules == Rules::Metadata && self.read_status(&folder).await?.is_none() {
            return Err(StoreError::NoIngest(reference.to_owned()));
        }
        Ok(self.backend.remove(&folder).await?)
    }

    /// A digest that was given as text.
    pub(super) fn digest(&self, text: &str) -> Result<Digest, StoreError> {
        Digest::parse(text).map_err(|error: DigestError| match self.rules {
            Rules::Local => StoreError::Digest {
                text: text.chars().take(200).collect(),
                error,
            },
            Rules::Metadata => StoreError::NoBlob(text.chars().take(200).collect()),
        })
    }

    /// Whether labels are within the caps.
    pub(super) fn check(&self, labels: &Labels) -> Result<(), StoreError> {
        let of = |(key, value): (&String, &String)| key.len().saturating_add(value.len());
        if self.rules == Rules::Metadata {
            let long = labels
                .iter()
                .find(|label| of(*label) > METADATA_LABEL_BYTES);
            if let Some(label) = long {
                return Err(StoreError::LongLabel {
                    key: label.0.clone(),
                    limit: METADATA_LABEL_BYTES,
                    found: of(label),
                });
            }
        }
        let found = labels.iter().map(of).fold(0, usize::saturating_add);
        if found > self.limits.labels_bytes {
            return Err(StoreError::LongLabel {
                key: String::new(),
                limit: self.limits.labels_bytes,
                found,
            });
        }
        Ok(())
    }

    pub(super) async fn is_stored(&self, digest: &Digest) -> Result<bool, StoreError> {
        Ok(self.backend.stat(&blob(digest)).await?.is_some())
    }

    async fn find(&self, digest: &Digest) -> Result<Option<Info>, StoreError> {
        let Some(stat) = self.backend.stat(&blob(digest)).await? else {
            return Ok(self.lower.get(digest).map(|size| Info {
                digest: *digest,
                size: *size,
                created: None,
                updated: None,
                labels: Labels::new(),
                read_only: true,
                damaged: false,
            }));
        };
        let limit = self.limits.labels_bytes.saturating_mul(2);
        let written = self.backend.read(&record(digest), 0, limit).await?;
        let read = written.as_deref().map(Record::read);
        let damaged = read == Some(None);
        // Without a record, another program put the blob there.
        let record = read
            .flatten()
            .unwrap_or_else(|| Record::new(stat.modified, stat.modified, Labels::new()));
        Ok(Some(Info {
            digest: *digest,
            size: stat.size,
            created: Some(record.created()),
            updated: Some(record.updated()),
            labels: record.labels,
            read_only: false,
            damaged,
        }))
    }

    pub(super) async fn write_record(
        &self,
        digest: &Digest,
        content: &Record,
    ) -> Result<(), StoreError> {
        let bytes = content
            .bytes()
            .ok_or_else(|| StoreError::Damaged(digest.to_string()))?;
        Ok(self.backend.write(&record(digest), &bytes).await?)
    }

    /// Removes a blob while the store is locked.
    pub(super) async fn remove(&self, digest: &Digest) -> Result<(), StoreError> {
        self.backend.remove(&blob(digest)).await?;
        Ok(self.backend.remove(&record(digest)).await?)
    }

    pub(super) async fn read_status(&self, folder: &str) -> Result<Option<Status>, StoreError> {
        let limit = self.limits.ref_bytes;
        let read = async |name: &str| -> Result<Option<String>, StoreError> {
            let bytes = self
                .backend
                .read(&format!("{folder}/{name}"), 0, limit)
                .await?;
            Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        };
        let Some(reference) = read("ref").await? else {
            // Not begun, or over.
            return Ok(None);
        };
        let data = self.backend.stat(&format!("{folder}/data")).await?;
        let modified = data.map(|stat| stat.modified).unwrap_or_default();
        let time = |text: Option<String>| text.and_then(|text| Time::parse(&text));
        let total = read("total").await?;
        Ok(Some(Status {
            reference,
            offset: data.map_or(0, |stat| stat.size),
            total: total.and_then(|text| text.trim().parse().ok()).unwrap_or(0),
            expected: read("expected").await?.unwrap_or_default(),
            started: time(read("startedat").await?).unwrap_or(modified),
            updated: time(read("updatedat").await?).unwrap_or(modified),
            active: self.backend.is_locked(folder).await?,
        }))
    }
}

/// Where a blob's bytes lie.
pub(super) fn blob(digest: &Digest) -> String {
    format!("{BLOBS}/{}/{}", digest.algorithm().name(), digest.encoded())
}

/// Where a blob's labels and times lie.
pub(super) fn record(digest: &Digest) -> String {
    format!(
        "{RECORDS}/{}/{}",
        digest.algorithm().name(),
        digest.encoded()
    )
}

/// Where an ingest's files lie; also the name of its lock.
pub(super) fn folder(reference: &str) -> String {
    format!(
        "{INGESTS}/{}",
        Digest::sha256(reference.as_bytes()).encoded()
    )
}
