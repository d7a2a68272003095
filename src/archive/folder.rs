//! A folder as an archive: files that are already apart.

use super::error::Ending;
use super::member::{Location, Member, MemberKind, clean};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, escape};
use crate::limits::Limits;
use crate::source::ReadAt;

/// What stands under one path of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderItem<S> {
    /// A file with its bytes.
    File(S),
    /// A folder.
    Dir,
    /// A symlink with its target, not followed by whoever lists.
    Symlink(Vec<u8>),
}

/// A folder's files as members.
pub(super) struct Listed<S> {
    pub(super) sources: Vec<S>,
    pub(super) members: Vec<Member>,
    pub(super) ending: Ending,
    pub(super) size: u64,
}

pub(super) fn list<S: ReadAt>(
    items: impl IntoIterator<Item = (Vec<u8>, FolderItem<S>)>,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Listed<S> {
    let mut listed = Listed {
        sources: Vec::new(),
        members: Vec::new(),
        ending: Ending::Marker,
        size: 0,
    };
    let mut name_bytes = 0_usize;
    for (raw, item) in items {
        name_bytes = name_bytes.saturating_add(raw.len());
        let stop = if listed.members.len() >= limits.members {
            Some(Ending::Members {
                offset: listed.size,
            })
        } else if name_bytes > limits.member_name_bytes {
            Some(Ending::Names {
                offset: listed.size,
            })
        } else {
            None
        };
        if let Some(ending) = stop {
            diagnostics.push(ending.diagnostic());
            listed.ending = ending;
            break;
        }
        let Some(path) = clean(&raw) else {
            diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    "member-leads-out",
                    "a file's name leads out of the folder",
                )
                .blob(escape(&raw)),
            );
            continue;
        };
        let source = u32::try_from(listed.sources.len()).unwrap_or(u32::MAX);
        let (kind, size) = match item {
            FolderItem::Dir => (MemberKind::Dir, 0),
            FolderItem::Symlink(target) => {
                let target = target.into();
                (MemberKind::Symlink { target }, 0)
            }
            FolderItem::File(file) => {
                let size = file.size();
                listed.sources.push(file);
                listed.size = listed.size.saturating_add(size);
                (MemberKind::File, size)
            }
        };
        listed.members.push(Member {
            path: path.into(),
            kind,
            location: Location {
                source,
                offset: 0,
                size,
                available: size,
            },
            leads_out: false,
        });
    }
    listed
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::{LazyFile, walk};

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    use super::FolderItem;
    use crate::limits::Limits;
    use crate::source::ReadAt;

    /// A file that is open only while it is read: a layout may hold more blobs
    /// than a process may have files open.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct LazyFile {
        path: PathBuf,
        size: u64,
    }

    impl ReadAt for LazyFile {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            File::open(&self.path)?.read_at(offset, buffer)
        }
    }

    /// Lists a folder, in byte order of the paths. Symlinks are listed, not
    /// followed; one item more than the cap on members is listed at most.
    ///
    /// # Errors
    ///
    /// Where the folder, one in it, or a file's size cannot be read.
    pub fn walk(root: &Path, limits: &Limits) -> io::Result<Vec<(Vec<u8>, FolderItem<LazyFile>)>> {
        let mut items = Vec::new();
        let mut folders = vec![(root.to_path_buf(), Vec::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                if items.len() > limits.members {
                    return Ok(items);
                }
                let entry = entry?;
                let kind = entry.file_type()?;
                let mut name = prefix.clone();
                name.extend_from_slice(&bytes(entry.file_name()));
                let item = if kind.is_dir() {
                    let mut inner = name.clone();
                    inner.push(b'/');
                    folders.push((entry.path(), inner));
                    FolderItem::Dir
                } else if kind.is_symlink() {
                    FolderItem::Symlink(bytes(fs::read_link(entry.path())?.into_os_string()))
                } else if kind.is_file() {
                    FolderItem::File(LazyFile {
                        size: entry.metadata()?.len(),
                        path: entry.path(),
                    })
                } else {
                    // A socket, pipe or device is nobody's blob, and reading it may block.
                    continue;
                };
                items.push((name, item));
            }
        }
        items.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(items)
    }

    #[cfg(unix)]
    fn bytes(name: std::ffi::OsString) -> Vec<u8> {
        std::os::unix::ffi::OsStringExt::into_vec(name)
    }

    #[cfg(not(unix))]
    fn bytes(name: std::ffi::OsString) -> Vec<u8> {
        name.to_string_lossy().replace('\\', "/").into_bytes()
    }
}
