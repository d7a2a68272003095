//! What a page gives to be opened: bytes, read as they are needed.

use std::io;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::archive::{self, Archive, FolderItem};
use crate::image::Inspection;
use crate::limits::Limits;
use crate::report::Failure;
use crate::source::ReadAt;

use super::{Thrown, throw, thrown};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"
/** Bytes that are read synchronously; `read` throws for those that are not at hand. */
export interface Bytes {
  readonly size: number;
  read: (offset: number, length: number) => Uint8Array;
}
";

#[wasm_bindgen]
extern "C" {
    /// Bytes that the page gives: of a file, or of what a server has.
    #[wasm_bindgen(typescript_type = "Bytes")]
    pub type Bytes;

    #[wasm_bindgen(method, getter, js_name = size)]
    fn length(this: &Bytes) -> f64;

    #[wasm_bindgen(method, catch)]
    fn read(this: &Bytes, offset: f64, length: f64) -> Result<Uint8Array, JsValue>;
}

impl ReadAt for Bytes {
    fn size(&self) -> u64 {
        // A whole number below 2^53: the size of a file or of an answer.
        self.length() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.size().saturating_sub(offset).min(buffer.len() as u64);
        let bytes = self.read(offset as f64, length as f64).map_err(|error| {
            let text = error.dyn_ref().map(js_sys::Error::to_string);
            io::Error::other(text.map_or_else(String::new, String::from))
        })?;
        let length = bytes.length() as usize;
        match buffer.get_mut(..length) {
            Some(target) => bytes.copy_to(target),
            None => return Err(io::Error::other("more bytes came back than were asked for")),
        }
        Ok(length)
    }
}

/// Opens a tar. `outer` is what `Unpacker.outer` gave of the compression around it.
///
/// # Errors
///
/// A [`Failure`].
pub fn inspect_file(file: Bytes, outer: Option<&[u8]>) -> Result<Inspection<Bytes>, Thrown> {
    let limits = Limits::default();
    let archive = Archive::open_tar(file, &limits).map_err(|error| throw(Failure::from(&error)))?;
    let outer = outer.map(archive::outer::from_bytes).transpose();
    let outer = outer.map_err(|error| thrown("protocol", error))?;
    Ok(Inspection::open(archive, outer, limits))
}

/// Opens the files of a folder, given with their paths in it.
///
/// # Errors
///
/// A [`Failure`].
pub fn inspect_folder(paths: Vec<String>, files: Vec<Bytes>) -> Result<Inspection<Bytes>, Thrown> {
    let limits = Limits::default();
    let mut items = Vec::with_capacity(paths.len());
    for (path, file) in paths.into_iter().zip(files) {
        items.push((path.into_bytes(), FolderItem::File(file)));
    }
    let archive =
        Archive::open_folder(items, &limits).map_err(|error| throw(Failure::from(&error)))?;
    Ok(Inspection::open(archive, None, limits))
}
