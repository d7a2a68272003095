//! `oci-lens paths`: every path of an image's merged tree.

use std::io::Write;

use clap::Args;
use oci_lens::diagnostic::escape;
use oci_lens::forms::csv::Export;
use oci_lens::image::select::select_one;
use oci_lens::report::{Failure, LayerRange};

use crate::open::open;
use crate::{Choice, Stop, scan, status};

/// Paths of one piece of CSV.
const PIECE: usize = 10_000;

#[derive(Args)]
pub struct PathsArguments {
    #[command(flatten)]
    choice: Choice,
    /// CSV by RFC 4180, with a header line
    #[arg(long)]
    csv: bool,
    /// CSV: add the SHA-256 of each file's content
    #[arg(long, requires = "csv")]
    digests: bool,
    /// CSV: only what this layer and those above it made or changed
    #[arg(long, value_name = "N", default_value_t = 0, requires = "csv")]
    first: u32,
    /// CSV: without the layers above this one
    #[arg(long, value_name = "N", requires = "csv")]
    last: Option<u32>,
}

pub fn run(arguments: &PathsArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let choice = &arguments.choice;
    let mut inspection = open(&choice.archive)?;
    let report = inspection.report();
    let number = select_one(
        &report.images,
        choice.image.as_deref(),
        choice.platform.as_ref(),
    )?
    .number;
    inspection.keep_only(number);
    scan::all(&mut inspection, choice.workers, arguments.digests);
    if arguments.csv {
        let range = LayerRange {
            first: arguments.first,
            last: arguments.last,
        };
        let export = Export::new(&inspection, number, range);
        let mut export = export.map_err(|error| {
            Stop::Failure(Failure {
                code: error.code().to_owned(),
                message: error.to_string(),
                seems: None,
                hints: Vec::new(),
            })
        })?;
        while let Ok(Some(piece)) = export.next_piece(&inspection, PIECE) {
            output.write_all(piece.as_bytes())?;
        }
    } else if let Some(tree) = inspection.tree(number) {
        let mut walk = tree.walk();
        while let Some((path, _node)) = walk.next_node() {
            writeln!(output, "{}", escape(path))?;
        }
    }
    Ok(status::of_images(&inspection.report(), &[number], true))
}
