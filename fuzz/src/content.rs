//! Any bytes as a filter, as a time, and as the files that a store wrote down: refused or read.

use oci_lens::content::{Backend, Ingest, Labels, Memory, Rules, Store, Time, now};
use oci_lens::digest::Digest;
use oci_lens::limits::Limits;

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Some(time) = Time::parse(line) {
            assert_eq!(Time::parse(&time.to_string()), Some(time), "{line}");
        }
    }
    let memory = Memory::new(|| Time(1_767_323_045_000));
    let digest = Digest::sha256(b"blob");
    let ingest = format!("ingest/{}", Digest::sha256(b"ref").encoded());
    let files: [(String, &[u8]); 8] = [
        (format!("blobs/sha256/{}", digest.encoded()), b"blob"),
        (format!("labels/sha256/{}", digest.encoded()), bytes),
        (format!("{ingest}/ref"), b"ref"),
        (format!("{ingest}/data"), bytes),
        (format!("{ingest}/total"), bytes),
        (format!("{ingest}/expected"), bytes),
        (format!("{ingest}/startedat"), bytes),
        (format!("{ingest}/updatedat"), bytes),
    ];
    for (name, content) in &files {
        now(memory.write(name, content)).expect("memory does not fail");
    }
    let store = Store::new(memory, Rules::Local, Limits::default());
    let info = now(store.info(&digest.to_string()));
    if let Ok(mut filters) = store.filters(&[text.as_ref()]) {
        match now(store.walk(&mut filters)) {
            Ok(found) => assert!(found.len() <= 1),
            Err(_) => assert!(info.is_err()),
        }
        now(store.statuses(&mut filters)).expect("whatever an ingest wrote down is read");
    }
    let mut writer = now(store.writer(&Ingest {
        reference: "ref".to_owned(),
        ..Ingest::default()
    }))
    .expect("an ingest can be gone on with");
    let committed = now(writer.commit(0, "", &Labels::new())).expect("nothing was expected");
    let stored = now(store.read_at(&committed.to_string(), 0, bytes.len()));
    assert_eq!(stored.expect("it is stored"), bytes);
}
