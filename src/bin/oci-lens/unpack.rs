//! `oci-lens unpack --dry-run`: what containerd's unpacking would do.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use clap::Args;
use oci_lens::image::Inspection;
use oci_lens::image::select::select;
use oci_lens::image::unpack::Unpacker;
use oci_lens::layer::ScanJob;
use oci_lens::report::{Annotation, Presence, Reason, UnpackView, UnpackedView};

use crate::open::{Source, open};
use crate::words::word;
use crate::{Choice, Stop, status};

#[derive(Args)]
pub struct UnpackArguments {
    #[command(flatten)]
    choice: Choice,
    /// Write nothing, and tell what would be done
    #[arg(long, required = true)]
    dry_run: bool,
    /// Name of the snapshotter
    #[arg(long, value_name = "NAME", default_value = "overlayfs")]
    snapshotter: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Unpacks the chosen images, all unless some are named, one after the other
/// into the same snapshots.
pub fn run(arguments: &UnpackArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let choice = &arguments.choice;
    let mut inspection = open(&choice.archive)?;
    let report = inspection.report();
    let chosen = select(
        &report.images,
        choice.image.as_deref(),
        choice.platform.as_ref(),
    )?;
    let named = choice.image.is_some() || choice.platform.is_some();
    let present = chosen
        .iter()
        .filter(|image| named || image.presence != Presence::Absent);
    let numbers: Vec<u32> = present.map(|image| image.number).collect();
    let mut unpacker = Unpacker::new(&arguments.snapshotter);
    let mut code = 0;
    for image in numbers {
        let outcome = unpacker.unpack(&mut inspection, image, &mut read, &mut unique);
        if outcome.is_err() {
            code = status::BAD;
        }
    }
    let view = unpacker.view();
    if arguments.json {
        serde_json::to_writer_pretty(&mut *output, &view).map_err(io::Error::from)?;
        writeln!(output)?;
    } else {
        print(&view, output)?;
    }
    Ok(code)
}

fn read(inspection: &mut Inspection<Source>, job: &ScanJob) {
    match inspection.scan(job, |_| true) {
        Ok(scanned) => inspection.complete(scanned),
        Err(error) => inspection.fail(job.job, Reason::ReadFailed, &error.to_string()),
    };
}

/// Nanoseconds of the second, and three random bytes.
fn unique() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanoseconds = now.map_or(0, |now| now.subsec_nanos());
    let random = RandomState::new().hash_one(nanoseconds).to_le_bytes();
    let random = URL_SAFE.encode(random.get(..3).unwrap_or_default());
    format!("{nanoseconds}-{random}")
}

fn print(view: &UnpackView, output: &mut impl Write) -> io::Result<()> {
    for image in &view.images {
        print_image(image, output)?;
    }
    for snapshot in &view.snapshots {
        let state = if snapshot.committed { "" } else { " (active)" };
        writeln!(output, "snapshot {}{state}", snapshot.key)?;
        if let Some(parent) = &snapshot.parent {
            writeln!(output, "  on {parent}")?;
        }
        print_labels(&snapshot.labels, output)?;
    }
    for content in &view.labels {
        writeln!(output, "content {}", content.digest)?;
        print_labels(&content.labels, output)?;
    }
    Ok(())
}

fn print_image(image: &UnpackedView, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "image {}", image.image)?;
    for layer in &image.layers {
        writeln!(
            output,
            "  layer {}: {}, {}",
            layer.layer,
            word(&layer.outcome),
            layer.chain_id
        )?;
        if let Some(key) = &layer.active_key {
            writeln!(output, "    in {key}")?;
        }
    }
    if let Some(failure) = &image.failure {
        writeln!(output, "  {}: {}", failure.code, failure.message)?;
    }
    Ok(())
}

fn print_labels(labels: &[Annotation], output: &mut impl Write) -> io::Result<()> {
    labels
        .iter()
        .try_for_each(|label| writeln!(output, "  {}={}", label.key, label.value))
}
