//! `oci-lens checksum`: what BuildKit tells a copied path from others by.

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::Arc;

use clap::Args;
use oci_lens::buildkit::checksum::Query;
use oci_lens::image::checksum::ImageChecksumError;
use oci_lens::report::{Failure, LayerRange};

use crate::chosen::Chosen;
use crate::{Choice, Stop};

/// What `checksum` takes.
#[derive(Args)]
pub struct ChecksumArguments {
    #[command(flatten)]
    choice: Choice,
    /// The path in the image; with a slash at its end, patterns leave the folder itself out
    path: OsString,
    /// Only this layer and those above it, on an empty folder
    #[arg(long, value_name = "N", default_value_t = 0)]
    first: u32,
    /// Without the layers above this one; 0 is the bottom
    #[arg(long, value_name = "N")]
    last: Option<u32>,
    /// Only what fits a pattern as in .dockerignore; several times for several
    #[arg(long, value_name = "PATTERN")]
    include: Vec<String>,
    /// Without what fits a pattern as in .dockerignore; several times for several
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Take *, ? and [ in the path as wildcards
    #[arg(long)]
    wildcard: bool,
    /// Follow a symlink at the path's end, as COPY does
    #[arg(long)]
    follow: bool,
    /// Print JSON, with all bytes that were hashed but the contents
    #[arg(long)]
    json: bool,
}

/// Writes the checksum to `output`.
pub fn run(arguments: &ChecksumArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let chosen = Chosen::read(&arguments.choice, false)?;
    let stop = |error: ImageChecksumError| Stop::Failure(Failure::from(&error));
    let range = LayerRange {
        first: arguments.first,
        last: arguments.last,
    };
    let query = Query {
        path: arguments.path.as_encoded_bytes().to_vec(),
        follow_links: arguments.follow,
        wildcard: arguments.wildcard,
        include: arguments.include.clone(),
        exclude: arguments.exclude.clone(),
        required: Vec::new(),
    };
    let tree = chosen.inspection.containerd_tree(chosen.image, range);
    let tree = tree.map_err(stop)?.map(Arc::new);
    let plan = chosen.inspection.checksum(chosen.image, tree, &query);
    let mut plan = plan.map_err(stop)?;
    chosen.inspection.read_checksum(&mut plan)?;
    let view = plan.view(usize::MAX).map_err(|error| stop(error.into()))?;
    if arguments.json {
        serde_json::to_writer_pretty(&mut *output, &view).map_err(io::Error::from)?;
        writeln!(output)?;
    } else {
        writeln!(output, "{}  /{}", view.digest, view.path.path)?;
    }
    Ok(chosen.status())
}
