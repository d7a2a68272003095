//! A store's files in a folder, as containerd lays them out, so that its own
//! store can be read.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::backend::{Backend, File, Stat};
use super::time::Time;

/// Lock files.
const LOCKS: &str = "locks";

/// Files in a folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: Arc<Path>,
}

impl Folder {
    /// A folder; it is made when something is first written.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into().into(),
        }
    }

    /// Where a file lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn with_folders(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(path)
    }

    fn lock_file(&self, name: &str) -> io::Result<(PathBuf, fs::File)> {
        let path = self.with_folders(&format!("{LOCKS}/{}", name.replace('/', "-")))?;
        let mut options = OpenOptions::new();
        let file = options
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        Ok((path, file))
    }
}

/// A lock on a file of its own, which is gone with it.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    _file: fs::File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before it is unlocked. What is left is an empty file.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a file that was locked is still the one that others would lock.
fn is_at(file: &fs::File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        match (file.metadata(), fs::metadata(path)) {
            (Ok(locked), Ok(there)) => id(locked) == id(there),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        file.metadata().is_ok() && path.exists()
    }
}

fn time(time: io::Result<SystemTime>) -> Time {
    let since = time
        .ok()
        .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    let millis = since.map(|since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
    Time(millis.unwrap_or_default())
}

fn unless_absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Backend for Folder {
    type File = fs::File;
    type Guard = Lock;

    fn now(&self) -> Time {
        time(Ok(SystemTime::now()))
    }

    async fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        if let Some(entries) = unless_absent(fs::read_dir(self.path(folder)))? {
            for entry in entries {
                // A name that is no text is none of ours.
                names.extend(entry?.file_name().into_string());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    async fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        let metadata = unless_absent(fs::metadata(self.path(name)))?;
        Ok(metadata.filter(fs::Metadata::is_file).map(|metadata| Stat {
            size: metadata.len(),
            modified: time(metadata.modified()),
        }))
    }

    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        let Some(mut file) = unless_absent(fs::File::open(self.path(name)))? else {
            return Ok(None);
        };
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let path = self.with_folders(name)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let draft = path.with_extension(format!("{}-{number}.new", std::process::id()));
        let written = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, &path));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written
    }

    async fn open(&self, name: &str) -> io::Result<fs::File> {
        let path = self.with_folders(name)?;
        let mut options = OpenOptions::new();
        options
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
    }

    async fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let path = self.with_folders(to)?;
        fs::rename(self.path(from), &path)?;
        // Blobs are never written again. Elsewhere such a file could not be removed.
        #[cfg(unix)]
        {
            let mut permissions = fs::metadata(&path)?.permissions();
            permissions.set_readonly(true);
            fs::set_permissions(&path, permissions)?;
        }
        Ok(())
    }

    async fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name);
        let removed = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(error) => Err(error),
        };
        unless_absent(removed).map(|_| ())
    }

    async fn lock(&self, name: &str) -> io::Result<Lock> {
        loop {
            let (path, file) = self.lock_file(name)?;
            file.lock()?;
            if is_at(&file, &path) {
                return Ok(Lock { path, _file: file });
            }
        }
    }

    async fn try_lock(&self, name: &str) -> io::Result<Option<Lock>> {
        loop {
            let (path, file) = self.lock_file(name)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Some(Lock { path, _file: file })),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    async fn is_locked(&self, name: &str) -> io::Result<bool> {
        let path = self.path(&format!("{LOCKS}/{}", name.replace('/', "-")));
        let Some(file) = unless_absent(fs::File::open(path))? else {
            return Ok(false);
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl File for fs::File {
    fn size(&mut self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.seek(SeekFrom::Start(offset))?;
        self.read(buffer)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.write_all(bytes)
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}
