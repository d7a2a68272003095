//! `export`: a layer, a folder or the whole merged tree as a tar.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use oci_lens::image::Inspection;
use oci_lens::image::content::ContentError;
use oci_lens::image::select::select_one;
use oci_lens::report::{ExportView, Failure, LayerRange};

use crate::open::{self, Source};
use crate::{Choice, Stop, scan, status};

/// What `export` takes.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    choice: Choice,
    /// A path in the image; all of it unless given
    path: Option<OsString>,
    /// This layer's own tar instead, as it is; 0 is the bottom
    #[arg(long, value_name = "N", conflicts_with = "path")]
    layer: Option<u32>,
    /// Write the tar to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Tell what the tar holds as JSON: on standard output where the tar goes to a file
    #[arg(long)]
    json: bool,
}

/// Writes the tar, and says what is in it.
pub fn run(arguments: &Export, output: &mut impl Write) -> Result<u8, Stop> {
    let choice = &arguments.choice;
    if arguments.output.is_none() && io::stdout().is_terminal() {
        return Err(Stop::Failure(failure(
            "output-is-terminal",
            "a tar is not for a terminal; name a file with --output",
        )));
    }
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
    let view = match &arguments.output {
        None => write(&inspection, number, arguments, output)?,
        Some(path) => {
            let name = path.display();
            let file = File::create(path);
            let file = file.map_err(|error| failure("output-failed", &format!("{name}: {error}")));
            let mut file = BufWriter::new(file?);
            let view = write(&inspection, number, arguments, &mut file)?;
            file.flush()?;
            view
        }
    };
    match (arguments.json, &arguments.output) {
        (false, _) => tell(&view),
        (true, None) => eprintln!("{}", json(&view)?),
        (true, Some(_)) => writeln!(output, "{}", json(&view)?)?,
    }
    let code = status::of_images(&inspection.report(), &[number], true);
    Ok(if view.left_out_count > 0 {
        status::BAD
    } else {
        code
    })
}

fn write(
    inspection: &Inspection<Source>,
    image: u32,
    arguments: &Export,
    output: &mut impl Write,
) -> Result<ExportView, Stop> {
    let stop = |error: ContentError| Stop::Failure(Failure::from(&error));
    if let Some(layer) = arguments.layer {
        let plan = inspection.layer_content(image, layer).map_err(stop)?;
        inspection.read_content(&plan, |bytes| output.write_all(bytes))?;
        return Ok(inspection.layer_export_view(image, layer));
    }
    let path = arguments.path.as_deref().unwrap_or_default();
    let range = LayerRange {
        first: 0,
        last: None,
    };
    let mut plan = inspection
        .export(image, range, path.as_encoded_bytes())
        .map_err(stop)?;
    inspection.read_export(&mut plan, |bytes| output.write_all(bytes))?;
    Ok(plan.view().clone())
}

fn json(view: &ExportView) -> Result<String, Stop> {
    Ok(serde_json::to_string(view).map_err(io::Error::from)?)
}

fn tell(view: &ExportView) {
    let ExportView {
        paths,
        files,
        bytes,
        ..
    } = view;
    eprintln!("{paths} paths, {files} files, {bytes} bytes of content");
    for layer in &view.unread {
        eprintln!("warning: layer-unread: layer {layer} is not here");
    }
    for left_out in &view.left_out {
        eprintln!(
            "warning: {}: {} was left out",
            left_out.code, left_out.path.path
        );
    }
    let named = u32::try_from(view.left_out.len()).unwrap_or(u32::MAX);
    if view.left_out_count > named {
        eprintln!(
            "warning: {} more files were left out",
            view.left_out_count - named
        );
    }
}

fn failure(code: &str, message: &str) -> Failure {
    Failure {
        code: code.to_owned(),
        message: message.to_owned(),
        seems: None,
        hints: Vec::new(),
    }
}
