//! Where a store keeps its files: memory, a folder, a browser's private file
//! system.
//!
//! A browser opens, moves and locks only while others go on, so that these are
//! futures; what an open file does is done at once. Memory and folders never
//! wait: [`now`] runs what is asked of them.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::time::Time;

/// Size and last change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// In bytes.
    pub size: u64,
    /// When it was last written to.
    pub modified: Time,
}

/// A tree of files; names are relative, their parts parted by `/`.
pub trait Backend: Clone {
    /// A file that is open for writing.
    type File: File;
    /// Holds a lock until it is dropped, or until whoever has it dies.
    type Guard;

    /// The time.
    fn now(&self) -> Time;

    /// Names in a folder, in byte order; none of a folder that is not there.
    fn list(&self, folder: &str) -> impl Future<Output = io::Result<Vec<String>>>;

    /// Size and age of a file; nothing where there is none.
    fn stat(&self, name: &str) -> impl Future<Output = io::Result<Option<Stat>>>;

    /// Bytes from an offset, as many as asked for or up to the file's end;
    /// nothing where there is no file.
    fn read(
        &self,
        name: &str,
        offset: u64,
        length: usize,
    ) -> impl Future<Output = io::Result<Option<Vec<u8>>>>;

    /// Replaces a small file, or makes it, with the folders that it needs.
    fn write(&self, name: &str, bytes: &[u8]) -> impl Future<Output = io::Result<()>>;

    /// Opens a file, or makes it, with the folders that it needs.
    fn open(&self, name: &str) -> impl Future<Output = io::Result<Self::File>>;

    /// Moves a file that is not open, with the folders that it needs.
    fn rename(&self, from: &str, to: &str) -> impl Future<Output = io::Result<()>>;

    /// Removes a file, or a folder with all that is in it, if it is there.
    fn remove(&self, name: &str) -> impl Future<Output = io::Result<()>>;

    /// Takes a lock, waiting for whoever has it.
    fn lock(&self, name: &str) -> impl Future<Output = io::Result<Self::Guard>>;

    /// Takes a lock; nothing where someone else has it.
    fn try_lock(&self, name: &str) -> impl Future<Output = io::Result<Option<Self::Guard>>>;

    /// Whether someone has a lock, oneself included.
    fn is_locked(&self, name: &str) -> impl Future<Output = io::Result<bool>>;
}

/// An open file; dropping it closes it.
pub trait File {
    /// Bytes that it has.
    fn size(&mut self) -> io::Result<u64>;

    /// Reads into `buffer` from `offset`; returns 0 only at the end.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all of `bytes`.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts it off.
    fn truncate(&mut self, size: u64) -> io::Result<()>;

    /// Has everything written really written.
    fn flush(&mut self) -> io::Result<()>;
}

/// Runs what never waits for long: anything asked of memory or of a folder.
pub fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}
