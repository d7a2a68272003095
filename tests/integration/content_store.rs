//! The content store: containerd's filters, steps and garbage.

mod filters;
mod garbage;
mod more;
mod steps;

use std::sync::atomic::{AtomicU64, Ordering};

use oci_lens::content::{Backend, Ingest, Memory, Rules, Store, StoreError, Time, Writer, now};
use oci_lens::limits::Limits;

/// 2026-01-02T03:04:05Z, and a second more with each look.
fn clock() -> Time {
    static LOOKS: AtomicU64 = AtomicU64::new(1_767_323_045);
    Time(LOOKS.fetch_add(1, Ordering::Relaxed) * 1_000)
}

fn memory() -> Memory {
    Memory::new(clock)
}

fn store<B: Backend>(backend: B) -> Store<B> {
    Store::new(backend, Rules::Local, Limits::default())
}

fn open<B: Backend>(store: &Store<B>, reference: &str) -> Result<Writer<B>, StoreError> {
    now(store.writer(&Ingest {
        reference: reference.to_owned(),
        ..Ingest::default()
    }))
}

/// Stores a blob and says its digest.
fn put<B: Backend>(store: &Store<B>, content: &[u8], labels: &[(&str, &str)]) -> String {
    let mut writer = open(store, "put").expect("nobody else puts");
    now(writer.write(content)).expect("there is room");
    let labels = labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let digest = now(writer.commit(0, "", &labels)).expect("it is new");
    digest.to_string()
}
