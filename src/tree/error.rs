//! Why an entry could not be applied.

use std::fmt;

use crate::diagnostic::escape;

/// Why an entry could not be applied; the other entries of its layer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyError {
    /// `.wh.`, `.wh..` or `.wh...`: would remove the directory itself or what
    /// holds it.
    WhiteoutName {
        /// The entry's path.
        path: Vec<u8>,
    },
    /// More symlinks on the way than are followed.
    SymlinkLimit {
        /// The path that was being resolved.
        path: Vec<u8>,
        /// How many are followed.
        limit: usize,
    },
    /// Something on the way is neither a directory nor a symlink.
    ParentNotDirectory {
        /// The entry's path.
        path: Vec<u8>,
        /// What stands in the way.
        parent: Vec<u8>,
    },
    /// A hardlink to a path that does not exist at this point.
    HardlinkTarget {
        /// The entry's path.
        path: Vec<u8>,
        /// Its link name.
        target: Vec<u8>,
    },
    /// A hardlink to a directory.
    HardlinkDirectory {
        /// The entry's path.
        path: Vec<u8>,
        /// Its link name.
        target: Vec<u8>,
    },
    /// A symlink without a target.
    SymlinkTarget {
        /// The entry's path.
        path: Vec<u8>,
    },
    /// A device number below 0 or beyond 32 bits.
    DeviceNumber {
        /// The entry's path.
        path: Vec<u8>,
        /// Major and minor number.
        device: (i64, i64),
    },
    /// A type flag that no applier knows.
    Type {
        /// The entry's path.
        path: Vec<u8>,
        /// The flag.
        flag: u8,
    },
    /// An entry for the root that is not a directory.
    Root {
        /// The entry's path as spelled.
        path: Vec<u8>,
    },
    /// A directory whose entry was applied is gone by the end of the layer, so
    /// that its time cannot be set. Only [`Rules::Containerd`](super::Rules).
    DirectoryGone {
        /// The entry's path.
        path: Vec<u8>,
    },
    /// More components than a path may have.
    PathDepth {
        /// The entry's path.
        path: Vec<u8>,
        /// The cap.
        limit: usize,
    },
    /// The tree has no room for another path.
    Nodes {
        /// The entry's path.
        path: Vec<u8>,
        /// The cap.
        limit: usize,
    },
    /// More layers than a tree can tell apart.
    Layers {
        /// Position of the layer.
        layer: u32,
        /// The cap.
        limit: usize,
    },
    /// Resolving the layer's paths took more steps than any real layer needs.
    Work {
        /// The path where the cap was reached.
        path: Vec<u8>,
        /// The cap.
        limit: u64,
    },
}

impl ApplyError {
    /// Stable code in kebab-case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WhiteoutName { .. } => "whiteout-name-invalid",
            Self::SymlinkLimit { .. } => "limit-symlinks",
            Self::ParentNotDirectory { .. } => "parent-not-directory",
            Self::HardlinkTarget { .. } => "hardlink-target-missing",
            Self::HardlinkDirectory { .. } => "hardlink-to-directory",
            Self::SymlinkTarget { .. } => "symlink-target-empty",
            Self::DeviceNumber { .. } => "device-number-invalid",
            Self::Type { .. } => "entry-type-unknown",
            Self::Root { .. } => "root-not-directory",
            Self::DirectoryGone { .. } => "directory-gone",
            Self::PathDepth { .. } => "limit-path-depth",
            Self::Nodes { .. } => "limit-nodes",
            Self::Layers { .. } => "limit-layers",
            Self::Work { .. } => "limit-apply-work",
        }
    }

    /// The entry's path, where one is to blame.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::WhiteoutName { path }
            | Self::SymlinkLimit { path, .. }
            | Self::ParentNotDirectory { path, .. }
            | Self::HardlinkTarget { path, .. }
            | Self::HardlinkDirectory { path, .. }
            | Self::SymlinkTarget { path }
            | Self::DeviceNumber { path, .. }
            | Self::Type { path, .. }
            | Self::Root { path }
            | Self::DirectoryGone { path }
            | Self::PathDepth { path, .. }
            | Self::Nodes { path, .. }
            | Self::Work { path, .. } => Some(path),
            Self::Layers { .. } => None,
        }
    }

    /// Whether the layer's later entries would meet the same cap.
    pub(super) const fn stops(&self) -> bool {
        matches!(self, Self::Layers { .. } | Self::Work { .. })
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape(self.path().unwrap_or_default());
        match self {
            Self::WhiteoutName { .. } => {
                write!(f, "expected a whiteout of a name, but found {path:?}")
            }
            Self::SymlinkLimit { limit, .. } => {
                write!(
                    f,
                    "expected at most {limit} symlinks on the way, but found more at {path:?}"
                )
            }
            Self::ParentNotDirectory { parent, .. } => write!(
                f,
                "expected a directory at {:?} to hold {path:?}, but found something else",
                escape(parent)
            ),
            Self::HardlinkTarget { target, .. } => write!(
                f,
                "expected something at {:?} for the hardlink {path:?}, but found nothing",
                escape(target)
            ),
            Self::HardlinkDirectory { target, .. } => write!(
                f,
                "expected anything but a directory at {:?} for the hardlink {path:?}",
                escape(target)
            ),
            Self::SymlinkTarget { .. } => {
                write!(
                    f,
                    "expected a target of the symlink {path:?}, but found none"
                )
            }
            Self::DeviceNumber {
                device: (major, minor),
                ..
            } => write!(
                f,
                "expected device numbers of 32 bits for {path:?}, but found {major} and {minor}"
            ),
            Self::Type { flag, .. } => write!(
                f,
                "expected a known type flag for {path:?}, but found {:?}",
                escape(&[*flag])
            ),
            Self::Root { .. } => write!(
                f,
                "expected a directory for the root, but found another type at {path:?}"
            ),
            Self::DirectoryGone { .. } => write!(
                f,
                "expected the directory {path:?} at the end of its layer, but it was removed"
            ),
            Self::PathDepth { limit, .. } => {
                write!(
                    f,
                    "expected at most {limit} components, but found more in {path:?}"
                )
            }
            Self::Nodes { limit, .. } => {
                write!(
                    f,
                    "expected at most {limit} paths, but found more at {path:?}"
                )
            }
            Self::Layers { layer, limit } => {
                write!(
                    f,
                    "expected at most {limit} layers, but found layer {layer}"
                )
            }
            Self::Work { limit, .. } => write!(
                f,
                "expected at most {limit} steps to resolve the layer's paths, but {path:?} takes more"
            ),
        }
    }
}

impl std::error::Error for ApplyError {}
