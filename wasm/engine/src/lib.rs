//! The module that a page starts with: opens archives and answers for them.
//!
//! It has no decoders: scans are done by the other module, and come back as bytes.
//! Every call does a bounded piece of work.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod cache;
mod compare;
mod content;
mod document;
mod story;
mod trees;

use std::io;

use oci_lens::archive::{self, Archive, FolderItem};
use oci_lens::image::Inspection;
use oci_lens::image::trees::Trees;
use oci_lens::layer::{ScanJob, Scanned};
use oci_lens::limits::Limits;
use oci_lens::platform::Platform;
use oci_lens::report::{Completed, Compression, Failure, Reason, Report};
use oci_lens::source::ReadAt;
use oci_lens::wasm::{Thrown, give, take_word, throw, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FileReaderSync};

/// Version of the core: both ends of a worker compare it.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Bytes of a [`Blob`] or file, read synchronously: workers only.
struct BlobSource {
    blob: Blob,
    reader: FileReaderSync,
}

impl BlobSource {
    fn new(blob: Blob) -> Result<Self, Thrown> {
        let reader = FileReaderSync::new()?;
        Ok(Self { blob, reader })
    }
}

impl ReadAt for BlobSource {
    fn size(&self) -> u64 {
        // A whole number below 2^53, by the File API.
        self.blob.size() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let end = offset.saturating_add(buffer.len() as u64).min(self.size());
        let failed = |error: JsValue| {
            let text = error.dyn_ref().map(js_sys::Error::to_string);
            io::Error::other(text.map_or_else(String::new, String::from))
        };
        let slice = self
            .blob
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .map_err(failed)?;
        let bytes = self.reader.read_as_array_buffer(&slice).map_err(failed)?;
        let bytes = js_sys::Uint8Array::new(&bytes);
        let length = bytes.length() as usize;
        match buffer.get_mut(..length) {
            Some(target) => bytes.copy_to(target),
            None => return Err(io::Error::other("a slice came back longer than asked for")),
        }
        Ok(length)
    }
}

/// How many first bytes of a file [`sniff`] needs to see.
#[wasm_bindgen(js_name = sniffBytes)]
pub fn sniff_bytes() -> usize {
    archive::SNIFF_BYTES
}

/// Compression around a whole archive, by its first bytes.
///
/// # Errors
///
/// A [`Failure`] for a file that is no archive: it says what it seems to be.
#[wasm_bindgen]
pub fn sniff(head: &[u8]) -> Result<Ts<Compression>, Thrown> {
    let outer = archive::sniff(head)
        .outer()
        .map_err(|error| throw(Failure::from(&error)))?;
    give(&outer)
}

/// One opened archive, in the worker that answers for it.
#[wasm_bindgen]
pub struct Engine {
    inspection: Inspection<BlobSource>,
    trees: Trees,
}

#[wasm_bindgen]
impl Engine {
    /// Opens a tar. `outer` is what `Unpacker.outer` gave of the compression around it.
    ///
    /// # Errors
    ///
    /// A [`Failure`].
    #[wasm_bindgen(js_name = openFile)]
    pub fn open_file(file: Blob, outer: Option<Vec<u8>>) -> Result<Self, Thrown> {
        let limits = Limits::default();
        let archive = Archive::open_tar(BlobSource::new(file)?, &limits)
            .map_err(|error| throw(Failure::from(&error)))?;
        let outer = outer.as_deref().map(archive::outer::from_bytes).transpose();
        let outer = outer.map_err(|error| thrown("protocol", error))?;
        Ok(Self::of(Inspection::open(archive, outer, limits)))
    }

    /// Opens the files of a folder, given with their paths in it.
    ///
    /// # Errors
    ///
    /// A [`Failure`].
    #[wasm_bindgen(js_name = openFolder)]
    pub fn open_folder(paths: Vec<String>, files: Vec<Blob>) -> Result<Self, Thrown> {
        let limits = Limits::default();
        let mut items = Vec::with_capacity(paths.len());
        for (path, file) in paths.into_iter().zip(files) {
            items.push((path.into_bytes(), FolderItem::File(BlobSource::new(file)?)));
        }
        let archive =
            Archive::open_folder(items, &limits).map_err(|error| throw(Failure::from(&error)))?;
        Ok(Self::of(Inspection::open(archive, None, limits)))
    }

    fn of(inspection: Inspection<BlobSource>) -> Self {
        Self {
            inspection,
            trees: Trees::default(),
        }
    }

    /// The report as it stands.
    pub fn report(&self) -> Result<Ts<Report>, Thrown> {
        give(&self.inspection.report())
    }

    /// What remains to be scanned, in a good order.
    pub fn jobs(&self) -> Result<Vec<Ts<ScanJob>>, Thrown> {
        self.inspection.jobs().iter().map(give).collect()
    }

    /// The bytes of a job without a source.
    pub fn embedded(&self, job: u32) -> Option<Vec<u8>> {
        self.inspection.embedded(job).map(<[u8]>::to_vec)
    }

    /// Takes what `Scan.finish` gave.
    pub fn complete(&mut self, scanned: &[u8]) -> Result<Ts<Completed>, Thrown> {
        let scanned = Scanned::from_bytes(scanned).map_err(|error| thrown("protocol", error))?;
        give(&self.inspection.complete(scanned))
    }

    /// Notes that a job will not come to its end.
    pub fn fail(
        &mut self,
        job: u32,
        reason: Ts<Reason>,
        message: &str,
    ) -> Result<Ts<Completed>, Thrown> {
        let reason = take_word(&reason)?;
        give(&self.inspection.fail(job, reason, message))
    }

    /// Puts what was cancelled, or failed on the way, back among the jobs. The
    /// trees of the images that it names are new ones, whose nodes are others.
    pub fn retry(&mut self) -> Result<Ts<Completed>, Thrown> {
        self.trees.keep_expanded(&self.inspection);
        give(&self.inspection.retry())
    }

    /// Takes the user's choice of an image's platform, for its cache keys.
    ///
    /// # Errors
    ///
    /// A [`Failure`] for a text that is no platform.
    #[wasm_bindgen(js_name = setPlatform)]
    pub fn set_platform(&mut self, image: u32, platform: &str) -> Result<Ts<Report>, Thrown> {
        let platform = Platform::parse(platform).map_err(|error| thrown(error.code(), error))?;
        self.inspection.choose_platform(image, &platform);
        self.report()
    }
}
