//! `content`: a content store in a folder, over an archive's blobs.

mod change;
mod ingest;
mod keep;
mod list;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use oci_lens::content::{Folder, Labels, Rules, Store, StoreError, archive_blobs};
use oci_lens::image::Inspection;
use oci_lens::limits::Limits;
use oci_lens::report::Failure;
use serde::Serialize;

use crate::Stop;
use crate::open::{self, Source};

/// What `content` takes.
#[derive(Args)]
pub struct ContentArguments {
    /// Folder of the store: blobs/, ingest/ and labels/, as containerd lays them out
    #[arg(
        long,
        value_name = "DIR",
        global = true,
        default_value = "oci-lens-content"
    )]
    store: PathBuf,
    /// An archive whose blobs show below the store, read-only
    #[arg(long, value_name = "ARCHIVE", global = true)]
    archive: Option<String>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List blobs
    #[command(visible_alias = "ls")]
    List {
        /// Print digests only
        #[arg(short, long, conflicts_with = "json")]
        quiet: bool,
        /// As containerd's: labels.KEY, digest; ==, !=, ~=; a comma for and; several for or
        filters: Vec<String>,
    },
    /// Write a blob's bytes to standard output
    Get { digest: String },
    /// Print what is known of a blob
    Info { digest: String },
    /// Store standard input, or a file; goes on where an ingest was cut off
    Ingest(ingest::IngestArguments),
    /// List ingests that are not committed
    Active {
        /// Of the name
        pattern: Option<String>,
    },
    /// Remove an ingest
    Abort {
        #[arg(value_name = "REF")]
        reference: String,
    },
    /// Set labels of a blob; without a value they go
    Label {
        digest: String,
        #[arg(value_name = "KEY=VALUE", required = true, value_parser = label)]
        labels: Vec<(String, String)>,
    },
    /// Store a blob's bytes anew as an editor leaves them, with its labels
    Edit(change::EditArguments),
    /// Remove blobs
    #[command(visible_aliases = ["del", "remove", "rm"])]
    Delete {
        #[arg(required = true)]
        digests: Vec<String>,
    },
    /// Store an image of the archive, or all, with labels that keep it
    Keep {
        /// Number, name, manifest digest or image ID; all images unless given
        #[arg(long, value_name = "IMAGE")]
        image: Option<String>,
    },
    /// Tell what no label keeps
    Gc {
        /// Remove it
        #[arg(long)]
        yes: bool,
    },
}

/// A key and a value.
fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

fn labels(labels: &[(String, String)]) -> Labels {
    labels.iter().cloned().collect()
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failure(Failure::from(&error))
    }
}

/// A store, and the archive below it.
struct Opened {
    store: Store<Folder>,
    below: Option<Inspection<Source>>,
    json: bool,
}

/// Runs one of the commands.
pub fn run(arguments: &ContentArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let folder = Folder::new(&arguments.store);
    let mut opened = Opened {
        store: Store::new(folder, Rules::Local, Limits::default()),
        below: None,
        json: arguments.json,
    };
    if let Some(archive) = &arguments.archive {
        let below = open::open(archive)?;
        opened.store.set_lower(archive_blobs(&below.report().blobs));
        opened.below = Some(below);
    }
    match &arguments.command {
        Command::List { quiet, filters } => list::blobs(&opened, *quiet, filters, output),
        Command::Get { digest } => list::get(&opened, digest, output),
        Command::Info { digest } => list::info(&opened, digest, output),
        Command::Ingest(arguments) => ingest::run(&opened, arguments, output),
        Command::Active { pattern } => list::active(&opened, pattern.as_deref(), output),
        Command::Abort { reference } => change::abort(&opened, reference),
        Command::Label { digest, labels } => change::label(&opened, digest, labels, output),
        Command::Edit(arguments) => change::edit(&opened, arguments, output),
        Command::Delete { digests } => change::delete(&opened, digests, output),
        Command::Keep { image } => keep::run(&opened, image.as_deref(), output),
        Command::Gc { yes } => change::gc(&opened, *yes, output),
    }
}

fn write_json(value: &impl Serialize, output: &mut impl Write) -> Result<(), Stop> {
    serde_json::to_writer_pretty(&mut *output, value).map_err(io::Error::from)?;
    Ok(writeln!(output)?)
}

fn failure(code: &str, message: impl Into<String>) -> Stop {
    Stop::Failure(Failure {
        code: code.to_owned(),
        message: message.into(),
        seems: None,
        hints: Vec::new(),
    })
}
