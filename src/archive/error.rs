//! Why something is no image archive, what it seems to be, and how one is made.

use std::fmt;
use std::io;

use super::links::LinkError;
use crate::diagnostic::{Diagnostic, Severity, escape};
use crate::report::{Compression, Failure};

/// How the reading of an archive's headers ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With the end marker, or with the last file of a folder.
    Marker,
    /// After the last member, without the end marker.
    NoMarker {
        /// Bytes read.
        offset: u64,
    },
    /// Inside a header.
    CutHeader {
        /// Where the header starts.
        offset: u64,
    },
    /// Inside a member's data.
    CutMember {
        /// Where the member's header starts.
        offset: u64,
    },
    /// With a block that is no header.
    BadHeader {
        /// Where the block starts.
        offset: u64,
    },
    /// With a PAX header or GNU long name that is too large to be one.
    Header {
        /// Where its header starts.
        offset: u64,
        /// The size it states.
        size: u64,
    },
    /// At the cap on members.
    Members {
        /// Where the first member that is left out starts.
        offset: u64,
    },
    /// At the cap on the sum of all names.
    Names {
        /// Where the first member that is left out starts.
        offset: u64,
    },
    /// The source could not be read.
    Failed {
        /// The place that could not be read.
        offset: u64,
        /// What the medium says.
        message: String,
    },
}

impl Ending {
    pub(super) fn failed(offset: u64, error: &io::Error) -> Self {
        Self::Failed {
            offset,
            message: error.to_string(),
        }
    }

    /// Whether members that the archive once had may not have been seen.
    pub const fn is_early(&self) -> bool {
        !matches!(self, Self::Marker | Self::NoMarker { .. })
    }

    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Marker => "tar-end",
            Self::NoMarker { .. } => "tar-no-end-marker",
            Self::CutHeader { .. } | Self::CutMember { .. } => "tar-truncated",
            Self::BadHeader { .. } => "tar-bad-header",
            Self::Header { .. } => "limit-tar-header",
            Self::Members { .. } => "limit-members",
            Self::Names { .. } => "limit-member-names",
            Self::Failed { .. } => "read-failed",
        }
    }

    const fn offset(&self) -> Option<u64> {
        match self {
            Self::Marker => None,
            Self::NoMarker { offset }
            | Self::CutHeader { offset }
            | Self::CutMember { offset }
            | Self::BadHeader { offset }
            | Self::Header { offset, .. }
            | Self::Members { offset }
            | Self::Names { offset }
            | Self::Failed { offset, .. } => Some(*offset),
        }
    }

    pub(super) fn diagnostic(&self) -> Diagnostic {
        let severity = if self.is_early() {
            Severity::Error
        } else {
            Severity::Note
        };
        let finding = Diagnostic::new(severity, self.code(), self.to_string());
        match self.offset() {
            Some(offset) => finding.offset(offset),
            None => finding,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marker => f.write_str("the archive ends with its end marker"),
            Self::NoMarker { offset } => {
                write!(f, "the tar ends at byte {offset} without an end marker")
            }
            Self::CutHeader { offset } => write!(
                f,
                "the tar is cut off inside the header at byte {offset}; \
                 members after it are not seen"
            ),
            Self::CutMember { offset } => write!(
                f,
                "the tar is cut off inside the member at byte {offset}; \
                 members after it are not seen"
            ),
            Self::BadHeader { offset } => write!(
                f,
                "expected a tar header at byte {offset}, but found other bytes; \
                 members after it are not seen"
            ),
            Self::Header { offset, size } => write!(
                f,
                "the extension header at byte {offset} states {size} bytes, \
                 more than any has; members after it are not seen"
            ),
            Self::Members { offset } => write!(
                f,
                "the archive holds too many members; those from byte {offset} on are not seen"
            ),
            Self::Names { offset } => write!(
                f,
                "the members' names take too much memory; \
                 members from byte {offset} on are not seen"
            ),
            Self::Failed { offset, message } => {
                write!(f, "could not read at byte {offset}: {message}")
            }
        }
    }
}

/// A command that makes an archive which opens here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// What it starts from.
    pub from: &'static str,
    /// The command; capitals stand for what the user fills in.
    pub command: &'static str,
}

/// The commands that make an image archive.
pub const MAKE_ARCHIVE: &[Hint] = &[
    Hint {
        from: "an image in Docker",
        command: "docker save --output image.tar IMAGE",
    },
    Hint {
        from: "a Dockerfile",
        command: "docker buildx build --output type=oci,dest=image.tar FOLDER",
    },
    Hint {
        from: "an image in Podman",
        command: "podman save --format oci-archive --output image.tar IMAGE",
    },
    Hint {
        from: "an image in a registry",
        command: "skopeo copy docker://IMAGE oci-archive:image.tar",
    },
    Hint {
        from: "an image in a registry",
        command: "crane pull --format=oci IMAGE FOLDER",
    },
    Hint {
        from: "an image in a registry",
        command: "regctl image export IMAGE image.tar",
    },
];

/// Why something could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// There are no bytes.
    Empty,
    /// The bytes are no archive that could hold an image.
    NotAnArchive {
        /// What they seem to be.
        seems: Option<&'static str>,
    },
    /// Packed in a way that is not unpacked here.
    Unsupported {
        /// What it seems to be.
        seems: &'static str,
        /// The command that unpacks it.
        command: &'static str,
    },
    /// A compressed file was opened as a tar; it is to be unpacked first.
    OuterCompressed {
        /// By what it is compressed.
        outer: Compression,
    },
    /// A tar or folder without `index.json`, `manifest.json` or `repositories`.
    NoImage {
        /// What it seems to be.
        seems: Option<&'static str>,
        /// The first members, odd bytes escaped.
        members: Vec<String>,
        /// The number of all members.
        count: usize,
    },
    /// As [`OpenError::NoImage`], where the archive could not be read to its
    /// end: what makes it an image may have been in the rest.
    Broken {
        /// How the reading ended.
        ending: Ending,
        /// The first members, odd bytes escaped.
        members: Vec<String>,
        /// The number of members before the end.
        count: usize,
    },
}

impl OpenError {
    pub(super) fn read_failed(offset: u64, error: &io::Error) -> Self {
        Self::Broken {
            ending: Ending::failed(offset, error),
            members: Vec::new(),
            count: 0,
        }
    }

    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty-file",
            Self::NotAnArchive { .. } => "not-an-archive",
            Self::Unsupported { .. } => "outer-compression-unsupported",
            Self::OuterCompressed { .. } => "outer-compressed",
            Self::NoImage { .. } => "no-image",
            Self::Broken { ending, .. } => ending.code(),
        }
    }

    /// What the file seems to be, where that can be told.
    pub const fn seems(&self) -> Option<&'static str> {
        match self {
            Self::Empty => Some("an empty file"),
            Self::NotAnArchive { seems } | Self::NoImage { seems, .. } => *seems,
            Self::Unsupported { seems, .. } => Some(seems),
            Self::OuterCompressed { outer } => Some(match outer {
                Compression::None => "a tar",
                Compression::Gzip => "a gzip file",
                Compression::Zstd => "a zstd file",
                Compression::Xz => "an xz file",
            }),
            Self::Broken { .. } => None,
        }
    }

    /// The commands that help: the one that unpacks the file, or those that
    /// make an image archive.
    pub fn hints(&self) -> Vec<Hint> {
        match self {
            Self::Unsupported { command, .. } => vec![Hint {
                from: "this file",
                command,
            }],
            _ => MAKE_ARCHIVE.to_vec(),
        }
    }

    /// The first members of what was opened, odd bytes escaped.
    pub fn members(&self) -> &[String] {
        match self {
            Self::NoImage { members, .. } | Self::Broken { members, .. } => members,
            _ => &[],
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXPECTED: &str = "expected an OCI layout or a docker-save archive";
        match self {
            Self::Empty => write!(f, "{EXPECTED}, but found an empty file"),
            Self::NotAnArchive { seems: Some(seems) } => {
                write!(f, "{EXPECTED}, but found what seems to be {seems}")
            }
            Self::NotAnArchive { seems: None } => {
                write!(f, "{EXPECTED}, but found a file of an unknown kind")
            }
            Self::Unsupported { seems, command } => write!(
                f,
                "{EXPECTED}, but found what seems to be {seems}, \
                 which is not unpacked here; unpack it with `{command}`"
            ),
            Self::OuterCompressed { outer } => write!(
                f,
                "expected a tar, but found a file compressed with {}",
                outer.name()
            ),
            Self::NoImage {
                seems,
                members,
                count,
            } => {
                f.write_str(
                    "expected index.json, manifest.json or repositories among the members, \
                     but found none",
                )?;
                if let Some(seems) = seems {
                    write!(f, "; this seems to be {seems}")?;
                }
                list(f, members, *count)
            }
            Self::Broken {
                ending,
                members,
                count,
            } => {
                write!(f, "{ending}; no index.json or manifest.json was found")?;
                list(f, members, *count)
            }
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, members: &[String], count: usize) -> fmt::Result {
    match count.saturating_sub(members.len()) {
        _ if members.is_empty() => f.write_str("; there are no members"),
        0 => write!(f, "; its members: {}", members.join(", ")),
        more => write!(f, "; its members: {} and {more} more", members.join(", ")),
    }
}

impl std::error::Error for OpenError {}

/// Why a member could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberError {
    /// It was not found.
    Link(LinkError),
    /// It is a folder, a device or a sparse file.
    NotAFile,
    /// It is larger than what is read whole.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The cap in bytes.
        cap: u64,
    },
    /// The archive ends inside it.
    Truncated {
        /// Its size in bytes.
        expected: u64,
        /// Bytes that are there.
        available: u64,
    },
    /// The source could not be read.
    Read {
        /// The place that could not be read.
        offset: u64,
        /// What the medium says.
        message: String,
    },
}

impl MemberError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Link(error) => error.code(),
            Self::NotAFile => "member-not-a-file",
            Self::TooLarge { .. } => "limit-document",
            Self::Truncated { .. } => "member-truncated",
            Self::Read { .. } => "read-failed",
        }
    }

    /// What the error is about a member of this name.
    pub fn diagnostic(&self, name: &[u8]) -> Diagnostic {
        let finding =
            Diagnostic::new(Severity::Error, self.code(), self.to_string()).blob(escape(name));
        match self {
            Self::TooLarge { size, cap } => finding.expected(format!("at most {cap}"), size),
            Self::Truncated {
                expected,
                available,
            } => finding.expected(expected, available),
            Self::Read { offset, .. } => finding.offset(*offset),
            Self::Link(_) | Self::NotAFile => finding,
        }
    }
}

impl fmt::Display for MemberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(error) => fmt::Display::fmt(error, f),
            Self::NotAFile => f.write_str("expected a file, but found something else"),
            Self::TooLarge { size, cap } => {
                write!(f, "expected at most {cap} bytes, but found {size}")
            }
            Self::Truncated {
                expected,
                available,
            } => write!(
                f,
                "expected {expected} bytes, but the archive ends after {available}"
            ),
            Self::Read { offset, message } => {
                write!(f, "could not read at byte {offset}: {message}")
            }
        }
    }
}

impl std::error::Error for MemberError {}

impl From<&OpenError> for Failure {
    fn from(error: &OpenError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            seems: error.seems().map(ToOwned::to_owned),
            hints: error
                .hints()
                .iter()
                .map(|hint| hint.command.to_owned())
                .collect(),
        }
    }
}
