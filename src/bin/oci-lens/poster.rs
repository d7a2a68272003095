//! What a page shows of an archive before the viewer is loaded.

use std::io::Write;
use std::path::Path;

use clap::Args;
use oci_lens::report::{ImageView, PlatformView, Report};
use serde::Serialize;

use crate::Stop;
use crate::open::open;

const SCHEMA: &str = "oci-lens/poster/v1";

#[derive(Args)]
pub struct PosterArguments {
    /// A tar, a folder, or - for standard input
    archive: String,
    /// What to call it; by default as the file is called
    #[arg(long)]
    name: Option<String>,
}

/// A poster: what can be told of an archive without its layers being read.
#[derive(Serialize)]
struct Poster<'a> {
    schema: &'static str,
    name: &'a str,
    /// Bytes of the archive.
    size: u64,
    images: Vec<PosterImage<'a>>,
}

#[derive(Serialize)]
struct PosterImage<'a> {
    names: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a PlatformView>,
    /// Stored bytes of each layer, the base first.
    layers: Vec<u64>,
}

pub fn run(arguments: &PosterArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let report = open(&arguments.archive)?.report();
    let file = Path::new(&arguments.archive).file_name();
    let file = file.map(|name| name.to_string_lossy().into_owned());
    let name = arguments.name.as_deref().or(file.as_deref());
    let poster = poster(&report, name.unwrap_or(&arguments.archive));
    serde_json::to_writer(&mut *output, &poster).map_err(std::io::Error::from)?;
    writeln!(output)?;
    Ok(0)
}

fn poster<'a>(report: &'a Report, name: &'a str) -> Poster<'a> {
    Poster {
        schema: SCHEMA,
        name,
        size: report.archive.size,
        images: report.images.iter().map(image).collect(),
    }
}

fn image(image: &ImageView) -> PosterImage<'_> {
    let stored = image.layers.iter().map(|layer| {
        let declared = layer.size.as_ref().and_then(|size| size.parse().ok());
        layer.actual_size.or(declared).unwrap_or_default()
    });
    PosterImage {
        names: &image.names,
        platform: image.platform.as_ref(),
        layers: stored.collect(),
    }
}
