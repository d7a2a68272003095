//! One layer: its compression, its tar entries, its digest and its diff ID,
//! found in a single pass over bytes that are pushed in.
//!
//! image-spec `layer.md`. What an entry does to the layers below is not
//! decided here but in the tree.

pub mod compression;
mod entry;
pub mod extract;
mod hashing;
mod page;
pub mod pieces;
mod read;
pub mod scan;
pub mod scanned;
mod scans;
mod sums;
pub mod table;
mod tar;
pub mod toc;

pub use compression::{Decoder, SeekPoint};
pub use extract::{Extract, ExtractError, Part, Start};
pub use hashing::Hashers;
pub use oci_lens_sha256::Midstate;
pub use pieces::Piece;
pub use read::{FeedError, Machine, feed, scan};
pub use scan::{LayerScan, ScanJob, ScanKind};
pub use scanned::{Arriving, Scanned};
pub use scans::LayerScans;
pub use sums::{SumError, SumItem, Sums};
pub use tar::TarScan;
