//! The module that answers for opened archives.
//!
//! It has no decoders: scans are done by another module, and come back as bytes.
//! Every call does a bounded piece of work.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod cache;
mod checksum;
mod compare;
mod content;
mod document;
mod keys;
mod listing;
mod story;
mod trees;

use oci_lens::image::Inspection;
use oci_lens::image::trees::Trees;
use oci_lens::layer::{Arriving, ScanJob};
use oci_lens::platform::Platform;
use oci_lens::report::{Completed, Reason, Report};
use oci_lens::wasm::source::{Bytes, inspect_file, inspect_folder};
use oci_lens::wasm::{Thrown, give, take_word, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// One opened archive, in the worker that answers for it.
#[wasm_bindgen]
pub struct Engine {
    inspection: Inspection<Bytes>,
    trees: Trees,
    arriving: Arriving,
}

#[wasm_bindgen]
impl Engine {
    /// Opens a tar. `outer` is what `Unpacker.outer` gave of the compression around it.
    ///
    /// # Errors
    ///
    /// A [`Failure`].
    #[wasm_bindgen(js_name = openFile)]
    pub fn open_file(file: Bytes, outer: Option<Vec<u8>>) -> Result<Self, Thrown> {
        Ok(Self::of(inspect_file(file, outer.as_deref())?))
    }

    /// Opens the files of a folder, given with their paths in it.
    ///
    /// # Errors
    ///
    /// A [`Failure`].
    #[wasm_bindgen(js_name = openFolder)]
    pub fn open_folder(paths: Vec<String>, files: Vec<Bytes>) -> Result<Self, Thrown> {
        Ok(Self::of(inspect_folder(paths, files)?))
    }

    fn of(inspection: Inspection<Bytes>) -> Self {
        Self {
            inspection,
            trees: Trees::default(),
            arriving: Arriving::default(),
        }
    }

    /// The report as it stands.
    pub fn report(&self) -> Result<Ts<Report>, Thrown> {
        give(&self.inspection.report())
    }

    /// What remains to be scanned, in a good order; of one image's layers alone where it is given.
    pub fn jobs(&self, image: Option<u32>) -> Result<Vec<Ts<ScanJob>>, Thrown> {
        let jobs = match image {
            Some(image) => self.inspection.jobs_of(image),
            None => self.inspection.jobs(),
        };
        jobs.iter().map(give).collect()
    }

    /// The bytes of a job without a source.
    pub fn embedded(&self, job: u32) -> Option<Vec<u8>> {
        self.inspection.embedded(job).map(<[u8]>::to_vec)
    }

    /// Takes what `Scans.takePage` gave of a job.
    #[wasm_bindgen(js_name = putPage)]
    pub fn put_page(&mut self, job: u32, page: &[u8]) -> Result<(), Thrown> {
        let put = self.arriving.put(job, page);
        put.map_err(|error| thrown("protocol", error))
    }

    /// Takes what `Scans.finish` gave.
    pub fn complete(&mut self, scanned: &[u8]) -> Result<Ts<Completed>, Thrown> {
        let scanned = self.arriving.complete(scanned);
        let scanned = scanned.map_err(|error| thrown("protocol", error))?;
        if self.inspection.is_listed(scanned.job) {
            self.trees.keep_expanded(&self.inspection);
        }
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
        self.arriving.leave(job);
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
