//! A merged tree, or a part of it, written as a tar.
//!
//! POSIX pax (IEEE Std 1003.1, pax, "pax Interchange Format"), deterministic:
//! the same tree gives the same bytes. The order lets each layer be unpacked
//! once and nothing be kept: files as they lie in the layers, each followed by
//! its hardlinks; then directories depth first, each followed by what in it has
//! no content. Readers make the directories above a file as needed, and give
//! them owner, mode and time when their own entries come; GNU tar would give
//! a directory that came first its time before the files are in it.

mod header;
mod plan;
mod pour;

pub use plan::{Batch, Item, LayerAt, Plan};
pub use pour::Pour;
