//! The tar inside a layer, parsed from pushed bytes into an entry table.
//!
//! Dialects: Version 7, ustar, star, GNU (long names, sparse files), PAX. Where
//! they leave a choice, Go's `archive/tar` decides, since the tools that unpack
//! layers are built on it. Nothing is judged here that depends on other entries.

mod draft;
mod header;
mod mapped;
mod parser;
mod pax;
mod sparse;
mod sum;

pub use parser::TarScan;
