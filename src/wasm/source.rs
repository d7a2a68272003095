//! What a page gives to be opened: files, read as they are needed.

use std::io;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FileReaderSync};

use crate::archive::{self, Archive, FolderItem};
use crate::image::Inspection;
use crate::limits::Limits;
use crate::report::Failure;
use crate::source::ReadAt;

use super::{Thrown, throw, thrown};

/// Bytes of a [`Blob`] or file, read synchronously: workers only.
pub struct BlobSource {
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
        let bytes = Uint8Array::new(&bytes);
        let length = bytes.length() as usize;
        match buffer.get_mut(..length) {
            Some(target) => bytes.copy_to(target),
            None => return Err(io::Error::other("a slice came back longer than asked for")),
        }
        Ok(length)
    }
}

/// Opens a tar. `outer` is what `Unpacker.outer` gave of the compression around it.
///
/// # Errors
///
/// A [`Failure`].
pub fn inspect_file(file: Blob, outer: Option<&[u8]>) -> Result<Inspection<BlobSource>, Thrown> {
    let limits = Limits::default();
    let archive = Archive::open_tar(BlobSource::new(file)?, &limits)
        .map_err(|error| throw(Failure::from(&error)))?;
    let outer = outer.map(archive::outer::from_bytes).transpose();
    let outer = outer.map_err(|error| thrown("protocol", error))?;
    Ok(Inspection::open(archive, outer, limits))
}

/// Opens the files of a folder, given with their paths in it.
///
/// # Errors
///
/// A [`Failure`].
pub fn inspect_folder(
    paths: Vec<String>,
    files: Vec<Blob>,
) -> Result<Inspection<BlobSource>, Thrown> {
    let limits = Limits::default();
    let mut items = Vec::with_capacity(paths.len());
    for (path, file) in paths.into_iter().zip(files) {
        items.push((path.into_bytes(), FolderItem::File(BlobSource::new(file)?)));
    }
    let archive =
        Archive::open_folder(items, &limits).map_err(|error| throw(Failure::from(&error)))?;
    Ok(Inspection::open(archive, None, limits))
}
