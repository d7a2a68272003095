//! `cat`: one file's content, byte for byte, or what it is.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;
use oci_lens::describe::describe;
use oci_lens::image::content::ContentError;
use oci_lens::report::{ContentView, EntryPlace, Failure, PathView};
use serde::Serialize;

use crate::chosen::Chosen;
use crate::{Choice, Stop};

/// First bytes that tell what a file is.
const DESCRIBED_BYTES: u64 = 64 * 1024;

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
    /// Instead of the content, tell as JSON what it is and where it lies
    #[arg(long)]
    json: bool,
}

/// What is told of a file instead of its content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    path: PathView,
    place: EntryPlace,
    /// Bytes of the content.
    size: u64,
    digest: Option<String>,
    #[serde(flatten)]
    content: ContentView,
}

/// Writes the file's content to `output`.
pub fn run(arguments: &Cat, output: &mut impl Write) -> Result<u8, Stop> {
    let chosen = Chosen::read(&arguments.choice, arguments.json)?;
    let (inspection, number) = (&chosen.inspection, chosen.image);
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
    let length = if arguments.json {
        DESCRIBED_BYTES
    } else {
        u64::MAX
    };
    let plan = inspection.content(number, place, 0, length).map_err(stop)?;
    if !arguments.json {
        inspection.read_content(&plan, |bytes| output.write_all(bytes))?;
        return Ok(chosen.status());
    }
    let mut head = Vec::new();
    inspection.read_content(&plan, |bytes| {
        head.extend_from_slice(bytes);
        Ok(())
    })?;
    let path = node.path();
    let told = Told {
        content: describe(&head, &String::from_utf8_lossy(&path)),
        path: PathView::new(&path),
        place,
        size: node.size(),
        digest: node.digest().map(|digest| digest.to_string()),
    };
    serde_json::to_writer_pretty(&mut *output, &told).map_err(io::Error::from)?;
    writeln!(output)?;
    Ok(chosen.status())
}
