//! containerd's content store: blobs under their digests, with labels, and
//! ingests that become blobs when they are committed.
//!
//! Its interface, errors and layout of files are those of `core/content` and
//! `plugins/content/local`; [`Rules::Metadata`] answers as the namespaced store
//! over it does. Leases and namespaces are not there. Where the reference keeps
//! old bytes behind new ones when an ingest begins anew, they are cut off.

mod adopt;
mod backend;
mod children;
mod digested;
mod error;
mod filter;
#[cfg(not(target_arch = "wasm32"))]
mod folder;
mod gc;
mod memory;
mod record;
mod store;
mod time;
mod view;
mod writer;

pub use adopt::{Child, archive_blobs};
pub use backend::{Backend, File, Stat, now};
pub use children::{child_labels, children};
pub use digested::Digested;
pub use error::{Class, StoreError};
pub use filter::{Fields, FilterError, Filters, Problem};
#[cfg(not(target_arch = "wasm32"))]
pub use folder::Folder;
pub use gc::{Kept, Plan, Unresolved};
pub use memory::Memory;
pub use store::{Blobs, GC_ROOT, Info, Labels, Rules, Status, Store};
pub use time::Time;
pub use writer::{Ingest, Writer};
