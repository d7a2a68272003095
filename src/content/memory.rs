//! A store's files in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::backend::{Backend, File, Stat};
use super::time::Time;

type Bytes = Arc<Mutex<Vec<u8>>>;

#[derive(Debug, Default)]
struct Files {
    files: BTreeMap<String, (Bytes, Time)>,
    locks: BTreeSet<String>,
}

/// Files in memory; clones are of the same ones.
#[derive(Debug, Clone)]
pub struct Memory {
    files: Arc<Mutex<Files>>,
    clock: fn() -> Time,
}

impl Memory {
    /// Without files.
    pub fn new(clock: fn() -> Time) -> Self {
        Self {
            files: Arc::default(),
            clock,
        }
    }

    fn take(&self, name: &str) -> Option<Lock> {
        let is_free = hold(&self.files).locks.insert(name.to_owned());
        is_free.then(|| Lock {
            files: Arc::clone(&self.files),
            name: name.to_owned(),
        })
    }

    fn find(&self, name: &str) -> Option<(Bytes, Time)> {
        let files = hold(&self.files);
        let (bytes, modified) = files.files.get(name)?;
        Some((Arc::clone(bytes), *modified))
    }
}

/// What a panic elsewhere left is as good as what stands in a file.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A lock in memory.
#[derive(Debug)]
pub struct Lock {
    files: Arc<Mutex<Files>>,
    name: String,
}

impl Drop for Lock {
    fn drop(&mut self) {
        hold(&self.files).locks.remove(&self.name);
    }
}

impl Backend for Memory {
    type File = MemoryFile;
    type Guard = Lock;

    fn now(&self) -> Time {
        (self.clock)()
    }

    async fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let files = hold(&self.files);
        let inside = files
            .files
            .keys()
            .filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/'));
        let names: BTreeSet<&str> = inside
            .map(|name| name.split_once('/').map_or(name, |(first, _)| first))
            .collect();
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    async fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        Ok(self.find(name).map(|(bytes, modified)| Stat {
            size: hold(&bytes).len() as u64,
            modified,
        }))
    }

    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        let Some((bytes, _)) = self.find(name) else {
            return Ok(None);
        };
        let bytes = hold(&bytes);
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default();
        Ok(Some(rest.get(..length).unwrap_or(rest).to_vec()))
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let file = (Arc::new(Mutex::new(bytes.to_vec())), self.now());
        hold(&self.files).files.insert(name.to_owned(), file);
        Ok(())
    }

    async fn open(&self, name: &str) -> io::Result<MemoryFile> {
        let now = self.now();
        let mut files = hold(&self.files);
        let (bytes, _) = files
            .files
            .entry(name.to_owned())
            .or_insert_with(|| (Bytes::default(), now));
        Ok(MemoryFile(Arc::clone(bytes)))
    }

    async fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = hold(&self.files);
        let file = files.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        files.files.insert(to.to_owned(), file);
        Ok(())
    }

    async fn remove(&self, name: &str) -> io::Result<()> {
        let inside = format!("{name}/");
        hold(&self.files)
            .files
            .retain(|file, _| file != name && !file.starts_with(&inside));
        Ok(())
    }

    async fn lock(&self, name: &str) -> io::Result<Lock> {
        // Nobody waits: nothing that takes a lock is left half done.
        self.take(name)
            .ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    async fn try_lock(&self, name: &str) -> io::Result<Option<Lock>> {
        Ok(self.take(name))
    }

    async fn is_locked(&self, name: &str) -> io::Result<bool> {
        Ok(hold(&self.files).locks.contains(name))
    }
}

/// A file in memory.
#[derive(Debug)]
pub struct MemoryFile(Bytes);

impl File for MemoryFile {
    fn size(&mut self) -> io::Result<u64> {
        Ok(hold(&self.0).len() as u64)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        crate::source::ReadAt::read_at(hold(&self.0).as_slice(), offset, buffer)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = hold(&self.0);
        let at = usize::try_from(offset).map_err(|_| io::ErrorKind::StorageFull)?;
        let end = at
            .checked_add(bytes.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        let more = end.saturating_sub(file.len());
        file.try_reserve(more)
            .map_err(|_| io::ErrorKind::StorageFull)?;
        let end_before = file.len();
        file.resize(end.max(end_before), 0);
        for (to, from) in file.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
        Ok(())
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        let mut file = hold(&self.0);
        file.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
