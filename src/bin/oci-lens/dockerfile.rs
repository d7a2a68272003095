//! `oci-lens dockerfile`: an image's history as a Dockerfile.

use std::io::{self, Write};

use clap::Args;
use oci_lens::image::select::select_one;
use oci_lens::report::Presence;

use crate::open::open;
use crate::{Choice, Stop};

#[derive(Args)]
pub struct DockerfileArguments {
    #[command(flatten)]
    choice: Choice,
    /// One JSON object: lines with their layers, and caveats
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &DockerfileArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let choice = &arguments.choice;
    let inspection = open(&choice.archive)?;
    let report = inspection.report();
    let image = select_one(
        &report.images,
        choice.image.as_deref(),
        choice.platform.as_ref(),
    )?;
    // Without its documents an image has no history to show.
    let code = u8::from(image.presence == Presence::Absent);
    let Some(view) = inspection.dockerfile(image.number) else {
        return Ok(code);
    };
    if arguments.json {
        serde_json::to_writer_pretty(&mut *output, &view).map_err(io::Error::from)?;
        writeln!(output)?;
        return Ok(code);
    }
    writeln!(output, "# made up from the history")?;
    if let Some(base) = &view.base {
        writeln!(
            output,
            "# base: {}",
            oci_lens::diagnostic::escape(base.as_bytes())
        )?;
    }
    if !view.caveats.is_empty() {
        writeln!(output, "# caveats: {}", view.caveats.join(", "))?;
    }
    for line in &view.lines {
        writeln!(output, "{}", line.text)?;
    }
    Ok(code)
}
