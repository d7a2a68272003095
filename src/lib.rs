//! The same code runs in the browser and natively. Input is read at random
//! only through [`source::ReadAt`]; layers are scanned by a push state machine
//! that does no I/O, so that files, network streams and several layers at once
//! all take the same way.
#![doc = include_str!("../README.md")]

pub mod archive;
pub mod attestation;
pub mod buildkit;
mod bytes;
pub mod compare;
pub mod content;
pub mod describe;
pub mod descriptor;
pub mod diagnostic;
pub mod digest;
pub mod export;
pub mod forms;
pub mod image;
pub mod layer;
pub mod limits;
pub mod manifest;
pub mod media_type;
mod order;
pub mod pattern;
pub mod platform;
pub mod report;
pub mod source;
pub mod tree;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub mod wasm;
