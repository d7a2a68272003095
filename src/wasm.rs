//! The only file that names wasm_bindgen: the boundary to JavaScript.
//!
//! Every call does a bounded piece of work. Errors are thrown as
//! [`Failure`] objects, never as text.

mod compare;
mod document;

use std::io;

use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FileReaderSync};

use crate::archive::{self, Archive, FolderItem};
use crate::image::Inspection;
use crate::layer::{Decoder, LayerScan, ScanJob, Scanned};
use crate::limits::Limits;
use crate::platform::Platform;
use crate::report::{
    Completed, Compression, Failure, OuterInfo, Reason, Report, RowsView, TreeState,
};
use crate::source::ReadAt;
use crate::tree::MergedTree;
use crate::tree::view::TreeView;

type Thrown = JsValue;

fn thrown(code: &str, message: impl ToString) -> Thrown {
    throw(Failure {
        code: code.to_owned(),
        message: message.to_string(),
        seems: None,
        hints: Vec::new(),
    })
}

fn throw(failure: Failure) -> Thrown {
    give(&failure).map_or_else(|thrown| thrown, JsValue::from)
}

fn give<T: Tsify + serde::Serialize>(value: &T) -> Result<Ts<T>, Thrown>
where
    T::JsType: JsCast,
{
    value
        .into_ts()
        .map_err(|error| JsValue::from_str(&error.to_string()))
}

fn take<T: Tsify + serde::de::DeserializeOwned>(value: &Ts<T>) -> Result<T, Thrown>
where
    T::JsType: Clone,
{
    value.to_rust().map_err(|error| thrown("protocol", error))
}

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
        let failed = |error: JsValue| io::Error::other(format!("{error:?}"));
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

/// Unpacks the compression around a whole archive.
#[wasm_bindgen]
pub struct Unpacker {
    decoder: Decoder,
    consumed: usize,
}

#[wasm_bindgen]
impl Unpacker {
    /// An unpacker that has seen no bytes.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            decoder: Decoder::of_archive(&Limits::default()),
            consumed: 0,
        }
    }

    /// Takes bytes and gives what they unpack to, about 1 MiB at most. What was
    /// not taken, by [`Unpacker::consumed`], is to be pushed again.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        self.consumed = self.decoder.push(bytes, &mut output);
        output
    }

    /// How many bytes the last push took.
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Gives what is left when all bytes were pushed, about 1 MiB at most: call
    /// it until it gives nothing.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        self.decoder.finish(&mut output);
        output
    }

    /// What to tell [`Engine::open_file`] of the stream, which held `size` bytes.
    pub fn outer(&mut self, size: f64) -> Result<Ts<OuterInfo>, Thrown> {
        give(&archive::outer::info(&mut self.decoder, size as u64))
    }
}

/// One opened archive, in the worker that answers for it.
#[wasm_bindgen]
pub struct Engine {
    inspection: Inspection<BlobSource>,
    /// For each image its view, and the layers applied when it was refreshed.
    views: Vec<Option<(usize, TreeView)>>,
}

#[wasm_bindgen]
impl Engine {
    /// Opens a tar. `outer` tells of the compression that was around it.
    ///
    /// # Errors
    ///
    /// A [`Failure`].
    #[wasm_bindgen(js_name = openFile)]
    pub fn open_file(file: Blob, outer: Option<Ts<OuterInfo>>) -> Result<Self, Thrown> {
        let limits = Limits::default();
        let archive = Archive::open_tar(BlobSource::new(file)?, &limits)
            .map_err(|error| throw(Failure::from(&error)))?;
        let outer = outer.as_ref().map(take).transpose()?;
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
            views: Vec::new(),
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

    /// Takes what [`Scan::finish`] gave.
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
        let reason = take(&reason)?;
        give(&self.inspection.fail(job, reason, message))
    }

    /// Puts what was cancelled, or failed on the way, back among the jobs. The
    /// trees of the images that it names are new ones.
    pub fn retry(&mut self) -> Result<Ts<Completed>, Thrown> {
        let changed = self.inspection.retry();
        for image in &changed.images {
            if let Some(view) = self.views.get_mut(*image as usize) {
                *view = None;
            }
        }
        give(&changed)
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

    /// How far an image's merged tree has come.
    #[wasm_bindgen(js_name = treeState)]
    pub fn tree_state(&mut self, image: u32) -> Result<Ts<TreeState>, Thrown> {
        let applied = self.inspection.applied(image).unwrap_or(0);
        let layers = self.inspection.layers(image);
        let (tree, view) = self.view(image)?;
        give(&TreeState {
            rows: count(view.len()),
            applied: count(applied),
            layers: count(layers),
            paths: count(tree.len()),
            matches: count(tree.len()),
            size: String::new(),
            changes: crate::report::ChangeCounts::default(),
        })
    }

    /// A stretch of the visible rows of an image's merged tree.
    pub fn rows(&mut self, image: u32, offset: u32, limit: u32) -> Result<Ts<RowsView>, Thrown> {
        let (tree, view) = self.view(image)?;
        give(&view.rows(tree, offset as usize, limit as usize))
    }

    /// Shows a folder's children among the rows.
    pub fn expand(&mut self, image: u32, node: u32) -> Result<(), Thrown> {
        let (tree, view) = self.view(image)?;
        view.expand(tree, node);
        Ok(())
    }

    /// Hides a folder's children.
    pub fn collapse(&mut self, image: u32, node: u32) -> Result<(), Thrown> {
        let (_, view) = self.view(image)?;
        view.collapse(node);
        Ok(())
    }

    /// Expands every folder down to a depth, 0 being none.
    #[wasm_bindgen(js_name = expandTo)]
    pub fn expand_to(&mut self, image: u32, depth: u32) -> Result<(), Thrown> {
        let (tree, view) = self.view(image)?;
        view.collapse_all(tree);
        view.expand_all(tree, depth);
        Ok(())
    }

    fn view(&mut self, image: u32) -> Result<(&MergedTree, &mut TreeView), Thrown> {
        let missing = || thrown("no-such-image", format!("there is no image {image}"));
        let tree = self.inspection.tree(image).ok_or_else(missing)?;
        let number = image as usize;
        if self.views.len() <= number {
            self.views.resize_with(number + 1, || None);
        }
        let slot = self.views.get_mut(number).ok_or_else(missing)?;
        let applied = self.inspection.applied(image).unwrap_or(0);
        let (seen, view) = slot.get_or_insert_with(|| (applied, TreeView::new(tree)));
        if *seen != applied {
            view.refresh(tree);
            *seen = applied;
        }
        Ok((tree, view))
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// One blob's scan: bytes in, in any cut; verdict and entry table out.
#[wasm_bindgen]
pub struct Scan(LayerScan);

#[wasm_bindgen]
impl Scan {
    /// A scan that has seen no bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(job: Ts<ScanJob>) -> Result<Self, Thrown> {
        Ok(Self(LayerScan::new(&take(&job)?, &Limits::default())))
    }

    /// Takes bytes and returns how many it took: the rest is to be pushed
    /// again.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        self.0.push(bytes)
    }

    /// Bytes taken so far. Exact up to 2^53.
    pub fn stored(&self) -> f64 {
        self.0.stored() as f64
    }

    /// Bytes unpacked so far. Exact up to 2^53.
    pub fn unpacked(&self) -> f64 {
        self.0.unpacked() as f64
    }

    /// The outcome, for [`Engine::complete`].
    pub fn finish(self) -> Result<Vec<u8>, Thrown> {
        self.0
            .finish()
            .to_bytes()
            .map_err(|error| thrown("scan-too-large", error))
    }
}
