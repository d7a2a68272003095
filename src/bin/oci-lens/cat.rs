//! `cat`: one file's content, byte for byte.

use std::ffi::OsString;
use std::io::Write;

use clap::Args;
use oci_lens::image::content::ContentError;
use oci_lens::image::select::select_one;
use oci_lens::report::{EntryPlace, Failure};

use crate::{Choice, Stop, open, scan, status};

/// What `cat` takes.
#[derive(Args)]
pub struct Cat {
    #[command(flatten)]
    choice: Choice,
    /// The file's path in the image; symlinks are followed there
    path: OsString,
    /// The image as it is with this layer on top; 0 is the bottom
    #[arg(long, value_name = "N")]
    layer: Option<u32>,
}

/// Writes the file's content to `output`.
pub fn run(arguments: &Cat, output: &mut impl Write) -> Result<u8, Stop> {
    let choice = &arguments.choice;
    let mut inspection = open::open(&choice.archive)?;
    let report = inspection.report();
    let image = select_one(
        &report.images,
        choice.image.as_deref(),
        choice.platform.as_ref(),
    )?;
    let number = image.number;
    inspection.keep_only(number);
    scan::all(&mut inspection, choice.workers, false);
    let path = arguments.path.as_encoded_bytes();
    let stop = |error: ContentError| Stop::Failure(Failure::from(&error));
    let tree = inspection
        .tree_up_to(number, arguments.layer)
        .map_err(stop)?;
    let no_path = || {
        stop(ContentError::NoPath {
            path: path.to_vec(),
        })
    };
    let node = tree.follow(path).ok_or_else(no_path)?;
    let at = node.content().or(node.written());
    let Some(at) = at.filter(|_| !node.is_directory()) else {
        return Err(stop(ContentError::NotAFile {
            layer: node.layer().unwrap_or_default(),
            path: node.path(),
        }));
    };
    let place = EntryPlace {
        layer: at.layer,
        entry: at.entry,
    };
    let plan = inspection
        .content(number, place, 0, u64::MAX)
        .map_err(stop)?;
    inspection.read_content(&plan, |bytes| output.write_all(bytes))?;
    Ok(status::of_images(&inspection.report(), &[number], true))
}
