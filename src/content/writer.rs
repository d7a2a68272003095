//! One ingest that is open: bytes in, in any cut; a blob out.

use super::backend::{Backend, File};
use super::error::StoreError;
use super::record::Record;
use super::store::{Labels, Rules, STORE_LOCK, Status, Store, blob, folder};
use super::time::Time;
use crate::digest::{Algorithm, Digest, Hasher};

/// Bytes that are read at a time to be hashed again.
const PIECE: usize = 1 << 20;
/// Time between two notes of when something last came.
const NOTE_MILLIS: u64 = 1_000;

/// What is to come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingest {
    /// Name under which it can be gone on with.
    pub reference: String,
    /// Bytes that there will be; 0 where that is not known.
    pub total: u64,
    /// Digest that they should have; empty where none is known.
    pub expected: String,
}

/// An ingest that is open. It is locked until it is dropped, closed or
/// committed; what it has is kept until then and after.
#[derive(Debug)]
pub struct Writer<B: Backend> {
    store: Store<B>,
    folder: String,
    status: Status,
    noted: Time,
    hasher: Hasher,
    committed: Option<Digest>,
    open: Option<(B::File, B::Guard)>,
}

impl<B: Backend> Writer<B> {
    pub(super) async fn open(store: &Store<B>, ingest: &Ingest) -> Result<Self, StoreError> {
        let limit = store.limits.ref_bytes;
        match ingest.reference.len() {
            0 => return Err(StoreError::EmptyRef),
            found if found > limit => return Err(StoreError::LongRef { limit, found }),
            _ => {}
        }
        let expected = match (ingest.expected.as_str(), store.rules) {
            ("", _) => None,
            (text, Rules::Local) => Some(store.digest(text)?),
            (text, Rules::Metadata) => store.digest(text).ok(),
        };
        let folder = folder(&ingest.reference);
        let locked = store.backend.try_lock(&folder).await?;
        let guard = locked.ok_or_else(|| StoreError::RefLocked(ingest.reference.clone()))?;
        if let Some(expected) = expected
            && store.is_stored(&expected).await?
        {
            return Err(StoreError::BlobExists(expected));
        }
        let before = store.read_status(&folder).await?;
        let now = store.backend.now();
        // containerd recreates an ingest whose total turns out to be another.
        let keeps = |before: &Status| {
            ingest.total == 0 || before.total == 0 || before.total == ingest.total
        };
        let is_new = before.is_none();
        let kept = before.filter(keeps);
        let mut file = store.backend.open(&format!("{folder}/data")).await?;
        if kept.is_none() {
            file.truncate(0)?;
        }
        let mut status = kept.unwrap_or_else(|| Status {
            reference: ingest.reference.clone(),
            offset: 0,
            total: 0,
            expected: String::new(),
            started: now,
            updated: now,
            active: true,
        });
        status.active = true;
        status.offset = file.size()?;
        let mut notes = Vec::new();
        if ingest.total > 0 && status.total != ingest.total {
            status.total = ingest.total;
            notes.push(("total", ingest.total.to_string()));
        }
        if !ingest.expected.is_empty() && status.expected != ingest.expected {
            status.expected.clone_from(&ingest.expected);
            notes.push(("expected", ingest.expected.clone()));
        }
        if status.started == now {
            notes.push(("startedat", now.to_string()));
            notes.push(("updatedat", now.to_string()));
        }
        if is_new {
            notes.push(("ref", ingest.reference.clone()));
        }
        for (name, text) in notes {
            let name = format!("{folder}/{name}");
            store.backend.write(&name, text.as_bytes()).await?;
        }
        let algorithm = match store.rules {
            // The metadata store does not tell the one below what it expects.
            Rules::Metadata => Algorithm::Sha256,
            Rules::Local => Digest::parse(&status.expected)
                .map_or(Algorithm::Sha256, |digest| digest.algorithm()),
        };
        let hasher = hash(&mut file, algorithm)?;
        Ok(Self {
            store: store.clone(),
            folder,
            noted: status.updated,
            status,
            hasher,
            committed: None,
            open: Some((file, guard)),
        })
    }

    /// How far it has come.
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// Digest of the bytes so far; of the blob, once it is committed.
    pub fn digest(&self) -> Digest {
        self.committed
            .unwrap_or_else(|| self.hasher.clone().finish())
    }

    fn closed(&self) -> StoreError {
        StoreError::Closed(self.status.reference.clone())
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Closed`], or the medium's; then nothing of them counts.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let closed = self.closed();
        let (file, _) = self.open.as_mut().ok_or(closed)?;
        if let Err(error) = file.write_at(self.status.offset, bytes) {
            // What came of it is not what was hashed.
            file.truncate(self.status.offset)?;
            return Err(error.into());
        }
        self.hasher.update(bytes);
        self.status.offset = self.status.offset.saturating_add(bytes.len() as u64);
        self.status.updated = self.store.backend.now();
        if self.noted.until(self.status.updated) >= NOTE_MILLIS {
            self.note().await?;
        }
        Ok(())
    }

    /// Takes bytes that begin at an offset, which has to be the end of what is
    /// there: so nobody writes the same ones twice.
    ///
    /// # Errors
    ///
    /// [`StoreError::Offset`], and those of [`Writer::write`].
    pub async fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        if self.open.is_some() && offset != self.status.offset {
            return Err(StoreError::Offset {
                expected: self.status.offset,
                found: offset,
            });
        }
        self.write(bytes).await
    }

    /// Begins anew: `size` can be nothing but 0.
    ///
    /// # Errors
    ///
    /// [`StoreError::Truncate`], [`StoreError::Closed`], or the medium's.
    pub async fn truncate(&mut self, size: u64) -> Result<(), StoreError> {
        let closed = self.closed();
        let (file, _) = self.open.as_mut().ok_or(closed)?;
        if size != 0 {
            return Err(StoreError::Truncate(size));
        }
        file.truncate(0)?;
        self.hasher = Hasher::new(self.digest().algorithm());
        self.status.offset = 0;
        self.status.updated = self.store.backend.now();
        self.note().await
    }

    async fn note(&mut self) -> Result<(), StoreError> {
        self.noted = self.status.updated;
        let name = format!("{}/updatedat", self.folder);
        let text = self.noted.to_string();
        Ok(self.store.backend.write(&name, text.as_bytes()).await?)
    }

    /// Unlocks the ingest and keeps what it has. Harmless twice, and after a
    /// commit.
    ///
    /// # Errors
    ///
    /// The medium's.
    pub async fn close(&mut self) -> Result<(), StoreError> {
        if let Some((file, _)) = &mut self.open {
            file.flush()?;
            if self.noted != self.status.updated {
                self.note().await?;
            }
        }
        self.release();
        Ok(())
    }

    /// The file first: whoever gets the lock may open it.
    fn release(&mut self) {
        if let Some((file, guard)) = self.open.take() {
            drop(file);
            drop(guard);
        }
        self.status.active = false;
    }

    /// Makes a blob of what is there. A `size` of 0 and an empty digest are not
    /// checked. Afterwards the writer is closed, whatever came of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Size`] and [`StoreError::Mismatch`], after which the
    /// ingest is kept; [`StoreError::BlobExists`], after which it is gone;
    /// [`StoreError::Digest`] and [`StoreError::LongLabel`], after which the
    /// writer is still open; [`StoreError::Closed`], or the medium's.
    pub async fn commit(
        &mut self,
        size: u64,
        expected: &str,
        labels: &Labels,
    ) -> Result<Digest, StoreError> {
        if self.open.is_none() {
            return Err(self.closed());
        }
        self.store.check(labels)?;
        let expected = match expected {
            "" => None,
            text => Some(Digest::parse(text).map_err(|error| StoreError::Digest {
                text: text.chars().take(200).collect(),
                error,
            })?),
        };
        let digest = self.judge(size, expected);
        let outcome = match digest {
            Ok(digest) => self.finish(digest, labels).await.map(|()| digest),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(digest) => self.committed = Some(digest),
            Err(_) => self.release(),
        }
        outcome
    }

    /// Digest of what is there, if that is what it should be.
    fn judge(&mut self, size: u64, expected: Option<Digest>) -> Result<Digest, StoreError> {
        let closed = self.closed();
        let (file, _) = self.open.as_mut().ok_or(closed)?;
        file.flush()?;
        if size > 0 && size != self.status.offset {
            return Err(StoreError::Size {
                expected: size,
                actual: self.status.offset,
            });
        }
        let mut actual = self.hasher.clone().finish();
        let Some(expected) = expected else {
            return Ok(actual);
        };
        if actual.algorithm() != expected.algorithm() {
            actual = hash(file, expected.algorithm())?.finish();
        }
        match actual == expected {
            true => Ok(actual),
            false => Err(StoreError::Mismatch {
                expected: expected.into(),
                actual: actual.into(),
            }),
        }
    }

    async fn finish(&mut self, digest: Digest, labels: &Labels) -> Result<(), StoreError> {
        let backend = self.store.backend.clone();
        let _guard = backend.lock(STORE_LOCK).await?;
        let Some((file, ingest)) = self.open.take() else {
            return Err(self.closed());
        };
        // An open file can be neither moved nor removed everywhere.
        drop(file);
        let exists = self.store.is_stored(&digest).await?;
        if !exists {
            let now = backend.now();
            let mut labels = labels.clone();
            labels.retain(|_, value| !value.is_empty());
            // Before the bytes: a blob without its labels would be garbage.
            let record = Record::new(now, now, labels);
            self.store.write_record(&digest, &record).await?;
            let data = format!("{}/data", self.folder);
            backend.rename(&data, &blob(&digest)).await?;
        }
        backend.remove(&self.folder).await?;
        self.status.active = false;
        drop(ingest);
        match exists {
            true => Err(StoreError::BlobExists(digest)),
            false => Ok(()),
        }
    }
}

/// A hasher that has seen a whole file.
fn hash<F: File>(file: &mut F, algorithm: Algorithm) -> Result<Hasher, StoreError> {
    let mut hasher = Hasher::new(algorithm);
    let mut piece = vec![0; PIECE];
    let mut offset = 0u64;
    loop {
        let read = file.read_at(offset, &mut piece)?;
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(hasher);
        };
        hasher.update(bytes);
        offset = offset.saturating_add(read as u64);
    }
}
