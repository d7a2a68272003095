//! What kind of image archive the members make, and under which folder.

use super::error::{Ending, OpenError};
use super::member::{Location, Member, MemberKind, parent};
use super::{Archive, links};
use crate::diagnostic::{Diagnostic, Severity, escape};
use crate::order;
use crate::report::ArchiveFormat;
use crate::source::ReadAt;

/// Members that an error names.
const LISTED: usize = 8;
/// Bytes of a document that tell an object from a list.
const PROBE: usize = 64;

/// Format and leading folder.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) prefix: Vec<u8>,
    pub(super) formats: Vec<ArchiveFormat>,
    pub(super) legacy: bool,
}

/// Finds the formats, at the top or else in the one folder that leads all names.
pub(super) fn layout<S: ReadAt>(
    archive: &Archive<S>,
    ending: Ending,
) -> Result<(Layout, Vec<Diagnostic>), OpenError> {
    let signs = Signs::at(archive, b"");
    if signs.is_image() {
        return Ok(signs.into_layout(Vec::new(), Vec::new()));
    }
    let mut found: Option<(Vec<u8>, Signs)> = None;
    let mut findings = Vec::new();
    for folder in folders(archive) {
        let signs = Signs::at(archive, &folder);
        let (folder_name, other) = (escape(&folder), found.is_some());
        if !signs.is_image() || !(signs.oci_layout || leads_all(archive, &folder)) {
            continue;
        }
        if other {
            findings.push(
                Diagnostic::new(
                    Severity::Warning,
                    "several-layouts",
                    "the archive holds another image layout in a folder of its own; \
                     only the first one is opened",
                )
                .blob(folder_name),
            );
        } else {
            found = Some((folder, signs));
        }
    }
    match found {
        Some((prefix, signs)) => Ok(signs.into_layout(prefix, findings)),
        None => Err(no_image(archive, ending)),
    }
}

/// The layer's ID, where `name` is the `json` of a layer in a legacy archive.
pub(super) fn legacy_id(name: &[u8]) -> Option<&[u8]> {
    let id = name.strip_suffix(b"/json")?;
    (!id.is_empty() && !id.contains(&b'/')).then_some(id)
}

// Layer IDs before Docker 1.10 are 64 hex digits; tools that write legacy
// archives of their own take other names, and list them in `repositories`.
fn is_docker_id(id: &[u8]) -> bool {
    id.len() == 64
        && id
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

// Which of the documents that make an image archive are there.
#[derive(Default)]
struct Signs {
    oci_layout: bool,
    index: bool,
    manifest: bool,
    legacy: bool,
}

impl Signs {
    fn at<S: ReadAt>(archive: &Archive<S>, prefix: &[u8]) -> Self {
        let file = |name: &[u8]| file(archive, &[prefix, name].concat());
        let blobs = archive
            .names
            .from(&[prefix, b"blobs/"].concat())
            .next()
            .is_some_and(|member| member.path().starts_with(&[prefix, b"blobs/"].concat()));
        let oci_layout = file(b"oci-layout").is_some();
        // A web site has an index.json and a manifest.json too: an object by
        // the first name, no list by the second, and no blobs.
        let index = file(b"index.json").is_some_and(|location| {
            oci_layout || blobs || starts_with(archive, &location, b"\"schemaVersion\"")
        });
        let manifest = file(b"manifest.json")
            .is_some_and(|location| blobs || !starts_with(archive, &location, b"{"));
        let legacy = !(manifest || index || oci_layout) && prefix.is_empty() && {
            let listed = file(b"repositories").is_some();
            let mut ids = archive.names.all().iter();
            ids.any(|member| legacy_id(member.path()).is_some_and(|id| listed || is_docker_id(id)))
        };
        Self {
            oci_layout,
            index,
            manifest,
            legacy,
        }
    }

    const fn is_image(&self) -> bool {
        self.oci_layout || self.index || self.manifest || self.legacy
    }

    fn into_layout(
        self,
        prefix: Vec<u8>,
        mut findings: Vec<Diagnostic>,
    ) -> (Layout, Vec<Diagnostic>) {
        let mut formats = Vec::new();
        if self.oci_layout || self.index {
            formats.push(ArchiveFormat::OciLayout);
        }
        if self.manifest || self.legacy {
            formats.push(ArchiveFormat::DockerSave);
        }
        // image-spec image-layout.md: both must exist. Cache folders of
        // BuildKit and some tools' layouts have no oci-layout.
        if self.index && !self.oci_layout {
            findings.push(
                Diagnostic::new(
                    Severity::Warning,
                    "oci-layout-missing",
                    "there is an index.json, but no oci-layout beside it",
                )
                .blob("oci-layout"),
            );
        }
        if self.oci_layout && !self.index {
            findings.push(
                Diagnostic::new(
                    Severity::Error,
                    "index-json-missing",
                    "there is an oci-layout, but no index.json beside it",
                )
                .blob("index.json"),
            );
        }
        let layout = Layout {
            prefix,
            formats,
            legacy: self.legacy,
        };
        (layout, findings)
    }
}

fn file<S: ReadAt>(archive: &Archive<S>, path: &[u8]) -> Option<Location> {
    let mut lookups = usize::MAX;
    links::resolve(&archive.names, path.to_vec(), archive.links, &mut lookups)
        .ok()?
        .location()
}

// Whether the document's first bytes, white space aside, are or hold `sign`.
fn starts_with<S: ReadAt>(archive: &Archive<S>, location: &Location, sign: &[u8]) -> bool {
    let Some(source) = archive.source(location) else {
        return false;
    };
    let length = usize::try_from(location.available)
        .unwrap_or(PROBE)
        .min(PROBE);
    let Ok(head) = source.read_up_to(location.offset, length) else {
        return false;
    };
    match sign {
        [_] => head.trim_ascii_start().starts_with(sign),
        _ => head.windows(sign.len()).any(|part| part == sign),
    }
}

// The folders at the top that hold a document of an image archive, with their
// slash, in the order of their names.
fn folders<S>(archive: &Archive<S>) -> Vec<Vec<u8>> {
    let mut folders = Vec::new();
    for member in archive.names.all() {
        let folder = parent(member.path());
        if folder.is_empty() || folder.contains(&b'/') {
            continue;
        }
        let name = member.path().strip_prefix(folder).unwrap_or_default();
        if matches!(name, b"/oci-layout" | b"/index.json" | b"/manifest.json") {
            folders.push([folder, b"/"].concat());
        }
    }
    let mut folders = order::sorted(folders);
    folders.dedup();
    folders
}

// macOS adds a `._` file of attributes beside everything it packs.
fn leads_all<S>(archive: &Archive<S>, folder: &[u8]) -> bool {
    let name = folder.strip_suffix(b"/").unwrap_or(folder);
    archive.names.all().iter().all(|member| {
        let path = member.path();
        path.starts_with(folder)
            || path == name
            || path == b"."
            || path.starts_with(b"._")
            || path.starts_with(b"__MACOSX")
            || path == b".DS_Store"
    })
}

fn no_image<S>(archive: &Archive<S>, ending: Ending) -> OpenError {
    let all = archive.names.all();
    let members = all
        .iter()
        .take(LISTED)
        .map(|member| escape(member.path()))
        .collect();
    let count = all.len();
    if ending.is_early() {
        return OpenError::Broken {
            ending,
            members,
            count,
        };
    }
    OpenError::NoImage {
        seems: seems(all),
        members,
        count,
    }
}

fn seems(all: &[Member]) -> Option<&'static str> {
    let base = |member: &Member| {
        let path = member.path();
        let folder = parent(path);
        let name = path.strip_prefix(folder).unwrap_or(path);
        name.starts_with(b".wh.") || name.starts_with(b"/.wh.")
    };
    let top = |name: &[u8]| {
        all.iter().any(|member| {
            member
                .path()
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        })
    };
    // Filesystem Hierarchy Standard 3.0, section 3: what every root holds.
    let folders: [&[u8]; 8] = [
        b"bin", b"dev", b"etc", b"lib", b"proc", b"sbin", b"usr", b"var",
    ];
    let root = folders.iter().filter(|folder| top(folder)).count();
    let only_file = match all {
        [member] => *member.kind() == MemberKind::File,
        _ => false,
    };
    if all.is_empty() {
        Some("an empty tar")
    } else if all.iter().any(base) {
        Some("one layer of an image, with whiteouts, without the image around it")
    } else if top(b".dockerenv") || root >= 4 {
        Some("a root filesystem, as `docker export` writes it, or one layer of an image")
    } else if top(b"blobs") {
        Some("the blobs of an OCI layout without its index.json")
    } else if only_file {
        Some("a tar of a single file")
    } else {
        Some("a tar of other files")
    }
}
