//! What was opened, as members by name and blobs by digest: where each lies,
//! nothing copied, nothing verified.
//!
//! image-spec `image-layout.md`, and the archives of `docker save` in all
//! their forms. Only the headers of the outer tar are read. Documents are
//! parsed in [`crate::manifest`], layers in [`crate::layer`].

mod blobs;
mod detect;
mod error;
mod folder;
mod links;
mod member;
pub mod outer;
mod pax;
mod sniff;
mod tar_index;
#[cfg(feature = "cli")]
pub mod unpack;
mod window;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::digest::AnyDigest;
use crate::limits::Limits;
use crate::report::{ArchiveFormat, Compression, Container};
use crate::source::ReadAt;

pub use blobs::Blob;
pub use error::{Ending, Hint, MAKE_ARCHIVE, MemberError, OpenError};
pub use folder::FolderItem;
#[cfg(not(target_arch = "wasm32"))]
pub use folder::{LazyFile, walk};
pub use links::LinkError;
pub use member::{Location, Member, MemberKind};
pub use sniff::{SNIFF_BYTES, Sniffed, Unsupported, sniff};

use blobs::Blobs;
use detect::Layout;
use member::Names;

/// An image archive: one tar, or the files of a folder.
#[derive(Debug)]
pub struct Archive<S> {
    sources: Vec<S>,
    container: Container,
    names: Names,
    layout: Layout,
    blobs: Blobs,
    diagnostics: Diagnostics,
    size: u64,
    links: usize,
}

/// What a file is, before it is opened: a tar as it stands, or one that has to
/// be unpacked first.
///
/// # Errors
///
/// [`OpenError`] for a file that is neither, saying what it seems to be.
pub fn inspect<S: ReadAt + ?Sized>(source: &S) -> Result<Compression, OpenError> {
    let head = source
        .read_up_to(0, SNIFF_BYTES)
        .map_err(|error| OpenError::read_failed(0, &error))?;
    sniff(&head).outer()
}

impl<S: ReadAt> Archive<S> {
    /// Opens a tar, reading its headers only. Damage after the first header is
    /// a finding: the members before it are kept.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where this is no tar, or a tar that holds no image.
    pub fn open_tar(source: S, limits: &Limits) -> Result<Self, OpenError> {
        match inspect(&source)? {
            Compression::None => {}
            outer => return Err(OpenError::OuterCompressed { outer }),
        }
        let mut diagnostics = Diagnostics::new(limits.diagnostics);
        let index = tar_index::read(&source, limits, &mut diagnostics);
        let size = source.size();
        Self::build(
            vec![source],
            Container::Tar,
            index.members,
            index.ending,
            size,
            limits,
            diagnostics,
        )
    }

    /// Opens the files of a folder, named by their paths in it; the folder's
    /// own name may lead all of them.
    ///
    /// # Errors
    ///
    /// [`OpenError::NoImage`] where the files are no image.
    pub fn open_folder(
        items: impl IntoIterator<Item = (Vec<u8>, FolderItem<S>)>,
        limits: &Limits,
    ) -> Result<Self, OpenError> {
        let mut diagnostics = Diagnostics::new(limits.diagnostics);
        let listed = folder::list(items, limits, &mut diagnostics);
        Self::build(
            listed.sources,
            Container::Folder,
            listed.members,
            listed.ending,
            listed.size,
            limits,
            diagnostics,
        )
    }

    fn build(
        sources: Vec<S>,
        container: Container,
        members: Vec<Member>,
        ending: Ending,
        size: u64,
        limits: &Limits,
        mut diagnostics: Diagnostics,
    ) -> Result<Self, OpenError> {
        let names = Names::new(members, &mut diagnostics);
        let mut archive = Self {
            sources,
            container,
            names,
            layout: Layout::default(),
            blobs: Blobs::default(),
            diagnostics,
            size,
            links: limits.symlinks,
        };
        let (layout, findings) = detect::layout(&archive, ending)?;
        archive.layout = layout;
        for finding in findings {
            archive.diagnostics.push(finding);
        }
        archive.blobs = blobs::collect(
            &archive.names,
            &archive.layout.prefix,
            limits,
            &mut archive.diagnostics,
        );
        Ok(archive)
    }

    /// A tar or a folder.
    pub const fn container(&self) -> Container {
        self.container
    }

    /// The formats found, an OCI layout first; never empty.
    pub fn formats(&self) -> &[ArchiveFormat] {
        &self.layout.formats
    }

    /// Whether this is a `docker save` archive from before `manifest.json`:
    /// a folder with `json` and `layer.tar` for each layer.
    pub const fn is_legacy(&self) -> bool {
        self.layout.legacy
    }

    /// The folders of a legacy archive that hold a `json`, in the archive's order.
    pub fn legacy_ids(&self) -> impl Iterator<Item = &[u8]> {
        let legacy = self.layout.legacy;
        self.names
            .all()
            .iter()
            .filter(move |_| legacy)
            .filter_map(|member| detect::legacy_id(self.name(member)))
    }

    /// The one folder that leads all of the image's names, with its slash;
    /// empty where none does.
    pub fn prefix(&self) -> &[u8] {
        &self.layout.prefix
    }

    /// Bytes of the tar, or of all files of the folder.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What the members lie in: one source for a tar, one a file for a folder.
    pub fn sources(&self) -> &[S] {
        &self.sources
    }

    /// Every member in the archive's order, also those that a later one replaces.
    pub fn members(&self) -> &[Member] {
        self.names.all()
    }

    /// A member's name without the leading folder.
    pub fn name<'m>(&self, member: &'m Member) -> &'m [u8] {
        let path = member.path();
        path.strip_prefix(self.prefix()).unwrap_or(path)
    }

    /// The member of this name, links followed inside the archive. Of several
    /// members of one name the last counts, as when a tar is unpacked.
    ///
    /// # Errors
    ///
    /// [`LinkError`]: there is none, or its link leads nowhere.
    pub fn resolve(&self, name: &[u8]) -> Result<&Member, LinkError> {
        let mut path = self.prefix().to_vec();
        path.extend_from_slice(name);
        let path = member::clean(&path).ok_or(LinkError::LeadsOut)?;
        let mut lookups = usize::MAX;
        links::resolve(&self.names, path, self.links, &mut lookups)
    }

    /// The member of this name, links followed, where there is one.
    pub fn member(&self, name: &[u8]) -> Option<&Member> {
        self.resolve(name).ok()
    }

    /// Every file under `blobs/` that is named by a digest, in the order
    /// in which their bytes lie.
    pub fn blobs(&self) -> &[Blob] {
        self.blobs.all()
    }

    /// Where the blob of this digest lies. That its bytes are what the name
    /// says is not known before they were read.
    pub fn blob(&self, digest: &AnyDigest) -> Option<&Blob> {
        self.blobs.find(digest)
    }

    /// Reads a document whole.
    ///
    /// # Errors
    ///
    /// [`MemberError`]: not there, not a file, larger than `cap` bytes, cut
    /// off by the end of the archive, or not readable.
    pub fn read_member(&self, name: &[u8], cap: u64) -> Result<Vec<u8>, MemberError> {
        let member = self.resolve(name).map_err(MemberError::Link)?;
        let location = member.location().ok_or(MemberError::NotAFile)?;
        self.read_location(&location, cap)
    }

    /// Reads a blob or member whole, where it lies.
    ///
    /// # Errors
    ///
    /// As [`Archive::read_member`].
    pub fn read_location(&self, location: &Location, cap: u64) -> Result<Vec<u8>, MemberError> {
        if location.size > cap {
            return Err(MemberError::TooLarge {
                size: location.size,
                cap,
            });
        }
        let cut = |available| MemberError::Truncated {
            expected: location.size,
            available,
        };
        if location.available < location.size {
            return Err(cut(location.available));
        }
        let length = usize::try_from(location.size).map_err(|_| MemberError::TooLarge {
            size: location.size,
            cap,
        })?;
        let source = self.source(location).ok_or(MemberError::NotAFile)?;
        let bytes = source
            .read_up_to(location.offset, length)
            .map_err(|error| MemberError::Read {
                offset: location.offset,
                message: error.to_string(),
            })?;
        if bytes.len() < length {
            return Err(cut(bytes.len() as u64));
        }
        Ok(bytes)
    }

    /// The source that a location lies in.
    pub fn source(&self, location: &Location) -> Option<&S> {
        self.sources.get(usize::try_from(location.source).ok()?)
    }

    /// What was odd about the archive itself.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.kept()
    }

    /// What was odd about the archive itself, with the count of what was not kept.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics).into_vec()
    }
}
