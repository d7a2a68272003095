//! `content ingest`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::Args;
use oci_lens::content::{Class, Folder, Ingest, StoreError, Writer, now};

use super::{Opened, failure, label, labels};
use crate::Stop;
use crate::content::list::PIECE;

/// What `ingest` takes.
#[derive(Args)]
pub struct IngestArguments {
    /// Name under which the ingest can be gone on with
    #[arg(value_name = "REF")]
    reference: String,
    /// A file; standard input unless given. Of the same bytes, those that are there are skipped
    file: Option<PathBuf>,
    /// Bytes that there have to be
    #[arg(long, value_name = "N", default_value_t = 0)]
    expected_size: u64,
    /// Digest that they have to have
    #[arg(long, value_name = "DIGEST", default_value = "")]
    expected_digest: String,
    /// A label of the blob; `containerd.io/gc.root=1` keeps it
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
}

/// Stores the bytes and prints their digest.
pub fn run(
    opened: &Opened,
    arguments: &IngestArguments,
    output: &mut impl Write,
) -> Result<u8, Stop> {
    let mut writer = now(opened.store.writer(&Ingest {
        reference: arguments.reference.clone(),
        total: arguments.expected_size,
        expected: arguments.expected_digest.clone(),
    }))?;
    let mut input: Box<dyn Read> = match &arguments.file {
        None => Box::new(io::stdin().lock()),
        Some(path) => Box::new(
            File::open(path)
                .map_err(|error| failure("read-failed", format!("{}: {error}", path.display())))?,
        ),
    };
    let there = writer.status().offset;
    if there > 0 {
        eprintln!("going on at byte {there}");
        let skipped = io::copy(&mut input.by_ref().take(there), &mut io::sink());
        let skipped = skipped.map_err(|error| failure("read-failed", error.to_string()))?;
        if skipped < there {
            let message =
                format!("expected at least {there} bytes, which are there, but found {skipped}");
            return Err(failure("out-of-range", message));
        }
    }
    pour(&mut input, &mut writer)?;
    let labels = labels(&arguments.labels);
    let committed =
        now(writer.commit(arguments.expected_size, &arguments.expected_digest, &labels));
    let digest = match committed {
        Ok(digest) => digest,
        Err(error) => {
            // All bytes came: going on with them makes nothing right.
            if matches!(error, StoreError::Size { .. } | StoreError::Mismatch { .. }) {
                now(opened.store.abort(&arguments.reference))?;
            }
            if error.class() == Class::AlreadyExists {
                eprintln!("{error}");
                return Ok(0);
            }
            return Err(error.into());
        }
    };
    writeln!(output, "{digest}")?;
    Ok(0)
}

/// Writes all that comes.
pub fn pour(input: &mut impl Read, writer: &mut Writer<Folder>) -> Result<(), Stop> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = match input.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(|error| failure("read-failed", error.to_string()))?,
        };
        match piece.get(..read) {
            None | Some([]) => return Ok(()),
            Some(bytes) => now(writer.write(bytes))?,
        }
    }
}
