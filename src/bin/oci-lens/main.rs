//! The native command: the same core and the same report as the page.

mod cache;
mod cache_key;
mod cat;
mod checksum;
mod chosen;
mod compare;
mod content;
mod dockerfile;
mod export;
mod hidden;
mod open;
mod paths;
mod poster;
mod scan;
mod status;
mod story;
mod tree;
mod unpack;
mod waste;
mod words;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use oci_lens::forms::markdown;
use oci_lens::image::export::ReadError;
use oci_lens::image::select::{SelectError, select};
use oci_lens::platform::{Platform, PlatformError};
use oci_lens::report::{Failure, Report};

use crate::open::open;

/// Look into OCI and Docker image archives.
#[derive(Parser)]
#[command(version, about, after_help = STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const STATUS: &str = "\
Exit status:
  0  everything present is verified and every chosen image is complete
  1  something does not match, or a chosen image is incomplete
  2  the archive cannot be read, or the arguments are wrong
  3  something could not be checked

compare: 0 when nothing differs, 1 when something does, 2 when not all can be compared
cache: 0 when a key is found, nothing differs, BuildKit imports it; 1 when not";

#[derive(Subcommand)]
enum Command {
    /// Print everything that is known of an archive
    Report {
        #[command(flatten)]
        choice: Choice,
        /// All of it as JSON, or a summary in Markdown
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Print an image's merged tree: a line for each path, in byte order
    Tree {
        #[command(flatten)]
        choice: Choice,
        #[command(flatten)]
        shown: tree::Shown,
    },
    /// Print what each layer did to a path, and what links to it
    Story {
        #[command(flatten)]
        choice: Choice,
        /// The path, of an entry that is hidden now, too
        path: OsString,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print how many bytes an image's layers store that it does not show
    Waste {
        #[command(flatten)]
        choice: Choice,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print every entry that an image's layers store and that it does not show
    Hidden {
        #[command(flatten)]
        choice: Choice,
        /// Print a JSON line for each
        #[arg(long)]
        json: bool,
    },
    /// Print the paths of an image's merged tree, in byte order
    Paths(paths::PathsArguments),
    /// Print a Dockerfile made up from an image's history
    Dockerfile(dockerfile::DockerfileArguments),
    /// Compare two images: documents, history, layers, build cache, paths
    Compare(compare::CompareArguments),
    /// Print BuildKit's content checksum of a path: what COPY is cached by
    Checksum(checksum::ChecksumArguments),
    /// Print what BuildKit and containerd know an image, a source or a build by,
    /// with the bytes that each name is the SHA-256 of
    CacheKey(cache_key::CacheKeyArguments),
    /// Tell what unpacking images into snapshots would do
    Unpack(unpack::UnpackArguments),
    /// Write the content of one file of an image to standard output
    Cat(cat::Cat),
    /// Write a tar of an image's merged tree, of a path in it, or of one layer
    Export(export::Export),
    /// Look into build caches, as `--cache-to` exports them
    #[command(subcommand)]
    Cache(cache::CacheCommand),
    /// Keep blobs in a content store with containerd's rules
    Content(content::ContentArguments),
    /// Print what a page with the element shows of an archive until the viewer is loaded
    Poster(poster::PosterArguments),
    /// Print the JSON Schema of the report
    Schema,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Markdown,
}

#[derive(Args)]
struct Choice {
    /// A tar, a folder, or - for standard input
    archive: String,
    /// Number, name, manifest digest or image ID
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// Platform, as os/arch[/variant]
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
    /// Threads that scan layers; as many as there are processors unless given
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,
}

fn platform(text: &str) -> Result<Platform, PlatformError> {
    Platform::parse(text)
}

/// What ends a command early.
enum Stop {
    Failure(Failure),
    Select(SelectError),
    Output(io::Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Output(error) => Self::Output(error),
            error => Self::Failure(Failure::from(&error)),
        }
    }
}

impl From<SelectError> for Stop {
    fn from(error: SelectError) -> Self {
        Self::Select(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = BufWriter::new(io::stdout().lock());
    let outcome = match &arguments.command {
        Command::Report { choice, format } => report(choice, *format, &mut output),
        Command::Tree { choice, shown } => tree::run(choice, shown, &mut output),
        Command::Story { choice, path, json } => story::run(choice, path, *json, &mut output),
        Command::Waste { choice, json } => waste::run(choice, *json, &mut output),
        Command::Hidden { choice, json } => hidden::run(choice, *json, &mut output),
        Command::Paths(arguments) => paths::run(arguments, &mut output),
        Command::Dockerfile(arguments) => dockerfile::run(arguments, &mut output),
        Command::Compare(arguments) => compare::run(arguments, &mut output),
        Command::Checksum(arguments) => checksum::run(arguments, &mut output),
        Command::CacheKey(arguments) => cache_key::run(arguments, &mut output),
        Command::Unpack(arguments) => unpack::run(arguments, &mut output),
        Command::Cat(arguments) => cat::run(arguments, &mut output),
        Command::Export(arguments) => export::run(arguments, &mut output),
        Command::Poster(arguments) => poster::run(arguments, &mut output),
        Command::Cache(command) => cache::run(command, &mut output),
        Command::Content(arguments) => content::run(arguments, &mut output),
        Command::Schema => schema(&mut output),
    };
    match outcome.and_then(|code| Ok(output.flush().map(|()| code)?)) {
        Ok(code) => ExitCode::from(code),
        Err(stop) => ExitCode::from(explain(stop)),
    }
}

fn explain(stop: Stop) -> u8 {
    match stop {
        // Whoever read the output has seen enough.
        Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Stop::Output(error) => {
            eprintln!("error: output-failed: {error}");
            2
        }
        Stop::Select(error) => {
            eprintln!("error: {}: {error}", error.code());
            2
        }
        Stop::Failure(failure) => {
            eprintln!("error: {}: {}", failure.code, failure.message);
            if let Some(seems) = failure.seems {
                eprintln!("it seems to be {seems}");
            }
            if !failure.hints.is_empty() {
                eprintln!("archives that open are made by, for example:");
            }
            for hint in failure.hints {
                eprintln!("  {hint}");
            }
            2
        }
    }
}

fn report(choice: &Choice, format: Format, output: &mut impl Write) -> Result<u8, Stop> {
    let mut inspection = open(&choice.archive)?;
    let chosen: Vec<u32> = {
        let report = inspection.report();
        let chosen = select(
            &report.images,
            choice.image.as_deref(),
            choice.platform.as_ref(),
        );
        match chosen {
            Ok(images) => images.iter().map(|image| image.number).collect(),
            // An archive without images is still worth a report.
            Err(SelectError::NoImages) => Vec::new(),
            Err(error) => return Err(error.into()),
        }
    };
    if let Some(platform) = &choice.platform {
        for image in &chosen {
            inspection.choose_platform(*image, platform);
        }
    }
    scan::all(&mut inspection, choice.workers, false);
    let mut report = inspection.report();
    let named = choice.image.is_some() || choice.platform.is_some();
    let code = status::of_report(&report, &chosen, named);
    if named {
        report.images.retain(|image| chosen.contains(&image.number));
    }
    match format {
        Format::Markdown => output.write_all(markdown(&report, None).as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *output, &report).map_err(io::Error::from)?;
            writeln!(output)?;
        }
    }
    Ok(code)
}

fn schema(output: &mut impl Write) -> Result<u8, Stop> {
    let schema = schemars::schema_for!(Report);
    serde_json::to_writer_pretty(&mut *output, &schema).map_err(io::Error::from)?;
    writeln!(output)?;
    Ok(0)
}
