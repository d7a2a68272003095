//! One layer's entries, written as tar and packed as gzip.

use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::EPOCH;

/// A layer in the making. Paths are written in the order of the calls.
pub struct Layer {
    tar: Builder<Vec<u8>>,
    time: u64,
}

impl Layer {
    /// A layer that was made `hours` after the first one.
    pub fn new(hours: u64) -> Self {
        Self {
            tar: Builder::new(Vec::new()),
            time: EPOCH + hours * 3600,
        }
    }

    pub fn directory(&mut self, path: &str, mode: u32) -> io::Result<&mut Self> {
        self.entry(EntryType::Directory, path, mode, 0, &[])
    }

    pub fn file(&mut self, path: &str, mode: u32, content: &[u8]) -> io::Result<&mut Self> {
        self.entry(EntryType::Regular, path, mode, 0, content)
    }

    pub fn owned(
        &mut self,
        path: &str,
        mode: u32,
        id: u64,
        content: &[u8],
    ) -> io::Result<&mut Self> {
        self.entry(EntryType::Regular, path, mode, id, content)
    }

    pub fn symlink(&mut self, path: &str, target: &str) -> io::Result<&mut Self> {
        self.link(EntryType::Symlink, path, target)
    }

    pub fn hardlink(&mut self, path: &str, target: &str) -> io::Result<&mut Self> {
        self.link(EntryType::Link, path, target)
    }

    /// Hides `name` in `folder` from the layers above.
    pub fn whiteout(&mut self, folder: &str, name: &str) -> io::Result<&mut Self> {
        self.file(&format!("{folder}/.wh.{name}"), 0o644, &[])
    }

    /// Hides all that lower layers have in `folder`.
    pub fn opaque(&mut self, folder: &str) -> io::Result<&mut Self> {
        self.file(&format!("{folder}/.wh..wh..opq"), 0o644, &[])
    }

    /// The tar, and the tar packed as gzip.
    pub fn finish(self) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let tar = self.tar.into_inner()?;
        let mut packer = GzBuilder::new().write(Vec::new(), Compression::new(6));
        packer.write_all(&tar)?;
        Ok((tar, packer.finish()?))
    }

    fn entry(
        &mut self,
        kind: EntryType,
        path: &str,
        mode: u32,
        id: u64,
        content: &[u8],
    ) -> io::Result<&mut Self> {
        let mut header = self.header(kind, mode);
        header.set_uid(id);
        header.set_gid(id);
        header.set_size(content.len() as u64);
        self.tar.append_data(&mut header, path, content)?;
        Ok(self)
    }

    fn link(&mut self, kind: EntryType, path: &str, target: &str) -> io::Result<&mut Self> {
        let mut header = self.header(kind, 0o777);
        self.tar.append_link(&mut header, path, target)?;
        Ok(self)
    }

    fn header(&self, kind: EntryType, mode: u32) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(0);
        header.set_mtime(self.time);
        header
    }
}
