//! The native command: the same core and the same report as the page.

mod cat;
mod export;
mod open;
mod scan;
mod status;

use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use oci_lens::image::export::ReadError;
use oci_lens::image::select::{SelectError, select, select_one};
use oci_lens::platform::{Platform, PlatformError};
use oci_lens::report::{Failure, Report};
use oci_lens::tree::dump;

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
  3  something could not be checked";

#[derive(Subcommand)]
enum Command {
    /// Print everything that is known of an archive, as JSON
    Report {
        #[command(flatten)]
        choice: Choice,
    },
    /// Print an image's merged tree: a JSON line for each path, in byte order
    Tree {
        #[command(flatten)]
        choice: Choice,
        /// Only this layer's own entries; 0 is the bottom
        #[arg(long, value_name = "N")]
        layer: Option<u32>,
        /// Add the SHA-256 of each file's content
        #[arg(long)]
        digests: bool,
    },
    /// Write the content of one file of an image to standard output
    Cat(cat::Cat),
    /// Write a tar of an image's merged tree, of a path in it, or of one layer
    Export(export::Export),
    /// Print the JSON Schema of the report
    Schema,
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
        Command::Report { choice } => report(choice, &mut output),
        Command::Tree {
            choice,
            layer,
            digests,
        } => tree(choice, *layer, *digests, &mut output),
        Command::Cat(arguments) => cat::run(arguments, &mut output),
        Command::Export(arguments) => export::run(arguments, &mut output),
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

fn report(choice: &Choice, output: &mut impl Write) -> Result<u8, Stop> {
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
    serde_json::to_writer_pretty(&mut *output, &report).map_err(io::Error::from)?;
    writeln!(output)?;
    Ok(code)
}

fn tree(
    choice: &Choice,
    layer: Option<u32>,
    digests: bool,
    output: &mut impl Write,
) -> Result<u8, Stop> {
    let mut inspection = open(&choice.archive)?;
    let report = inspection.report();
    let image = select_one(
        &report.images,
        choice.image.as_deref(),
        choice.platform.as_ref(),
    )?;
    let (number, layers) = (image.number, image.layers.len());
    inspection.keep_only(number);
    scan::all(&mut inspection, choice.workers, digests);
    let layer_tree;
    let tree = match layer {
        None => inspection.tree(number),
        Some(layer) => {
            layer_tree = inspection.layer_tree(number, layer);
            layer_tree.as_ref()
        }
    };
    let Some(tree) = tree else {
        return Err(Stop::Failure(no_such_layer(layers)));
    };
    dump::dump(tree, |line| -> io::Result<()> {
        serde_json::to_writer(&mut *output, &line)?;
        writeln!(output)
    })?;
    let report = inspection.report();
    Ok(status::of_images(&report, &[number], true))
}

fn no_such_layer(layers: usize) -> Failure {
    Failure {
        code: "no-such-layer".to_owned(),
        message: format!("the layer was not read; the image has {layers}, counted from 0"),
        seems: None,
        hints: Vec::new(),
    }
}

fn schema(output: &mut impl Write) -> Result<u8, Stop> {
    let schema = schemars::schema_for!(Report);
    serde_json::to_writer_pretty(&mut *output, &schema).map_err(io::Error::from)?;
    writeln!(output)?;
    Ok(0)
}
