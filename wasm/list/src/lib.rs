//! The module that a page starts with: says what an archive holds, and no more.
//!
//! What it says is the first report of the engine, by the same code: a page has
//! its list while the larger module is still on its way.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use oci_lens::archive;
use oci_lens::report::{Compression, Failure, Report};
use oci_lens::wasm::source::{Bytes, inspect_file, inspect_folder};
use oci_lens::wasm::{Thrown, give, throw};
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// Version of the core: both ends of a worker compare it.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
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

/// The first report of a tar. `outer` is what `Unpacker.outer` gave of the compression around it.
///
/// # Errors
///
/// A [`Failure`].
#[wasm_bindgen(js_name = listFile)]
pub fn list_file(file: Bytes, outer: Option<Vec<u8>>) -> Result<Ts<Report>, Thrown> {
    give(&inspect_file(file, outer.as_deref())?.report())
}

/// The first report of a folder's files, given with their paths in it.
///
/// # Errors
///
/// A [`Failure`].
#[wasm_bindgen(js_name = listFolder)]
pub fn list_folder(paths: Vec<String>, files: Vec<Bytes>) -> Result<Ts<Report>, Thrown> {
    give(&inspect_folder(paths, files)?.report())
}
