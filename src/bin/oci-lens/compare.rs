//! `oci-lens compare`: two images, of one archive or of two.

use std::ffi::OsString;
use std::io::Write;

use clap::Args;
use oci_lens::compare::Comparison;
use oci_lens::diagnostic::escape;
use oci_lens::image::Inspection;
use oci_lens::image::select::select_one;
use oci_lens::limits::Limits;
use oci_lens::platform::Platform;
use oci_lens::report::{
    Change, ChecksumDifference, CompareView, Failure, HistoryView, ImageView, LayerPair,
    PathChange, Presence, Report, ValueChange,
};

use crate::open::{Source, open};
use crate::{Stop, platform, scan, status};

/// Nothing differs.
const SAME: u8 = 0;
/// Something does.
const DIFFERENT: u8 = 1;
/// Not everything could be compared, and nothing that was differs.
const INCOMPLETE: u8 = 2;
/// Paths that are asked for at a time.
const PAGE: u32 = 1_000;

#[derive(Args)]
pub struct CompareArguments {
    /// A tar, a folder, or - for standard input
    left: String,
    /// Another, or the same for two of its images
    right: String,
    /// Number, name, manifest digest or image ID in the first archive
    #[arg(long, value_name = "IMAGE")]
    image_a: Option<String>,
    /// The same in the second one
    #[arg(long, value_name = "IMAGE")]
    image_b: Option<String>,
    /// Platform of both images, as os/arch[/variant]
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
    /// Compare only BuildKit's content checksums of this path: what makes them differ first
    #[arg(long, value_name = "PATH")]
    checksum: Option<OsString>,
    /// JSON lines: the comparison, then one for each path that differs
    #[arg(long)]
    json: bool,
    /// Threads that scan layers; as many as there are processors unless given
    #[arg(long, value_name = "N")]
    workers: Option<std::num::NonZeroUsize>,
}

pub fn run(arguments: &CompareArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let (left, image) = scanned(arguments, &arguments.left, arguments.image_a.as_deref())?;
    let (right, other) = scanned(arguments, &arguments.right, arguments.image_b.as_deref())?;
    let reports = (left.report(), right.report());
    let Some(mut comparison) = Comparison::new(&left, image, &right, other) else {
        return Ok(INCOMPLETE);
    };
    if let Some(path) = &arguments.checksum {
        let limits = Limits::default();
        let difference = comparison.checksum(&left, &right, path.as_encoded_bytes(), &limits);
        let difference = difference.map_err(|error| Failure::from(&error))?;
        if arguments.json {
            serde_json::to_writer(&mut *output, &difference).map_err(std::io::Error::from)?;
            writeln!(output)?;
        } else {
            write_checksum(&difference, output)?;
        }
        return Ok(match (&difference.first, difference.unknown) {
            (Some(_), _) => DIFFERENT,
            (None, 0) => SAME,
            (None, _) => INCOMPLETE,
        });
    }
    while comparison.step(&left, &right) {}
    let view = comparison.view();
    let images = (image_of(&reports.0, image), image_of(&reports.1, other));
    if arguments.json {
        serde_json::to_writer(&mut *output, &view).map_err(std::io::Error::from)?;
        writeln!(output)?;
    } else if let (Some(one), Some(other)) = images {
        documents(&view, one, other, output)?;
        // Where an image has no checksums, its verification says why.
        if let Ok(root) = comparison.checksum(&left, &right, b"/", &Limits::default()) {
            write_checksum(&root, output)?;
        }
    }
    let mut offset = 0;
    loop {
        let page = comparison.paths(&left, &right, offset, PAGE);
        if page.paths.is_empty() {
            break;
        }
        offset += u32::try_from(page.paths.len()).unwrap_or(u32::MAX);
        for path in &page.paths {
            if arguments.json {
                serde_json::to_writer(&mut *output, path).map_err(std::io::Error::from)?;
                writeln!(output)?;
            } else {
                write_path(path, output)?;
            }
        }
    }
    if offset > 0 || differs(&view) {
        return Ok(DIFFERENT);
    }
    let is_whole = |report: &Report, image: u32| {
        let whole = image_of(report, image).map(|image| image.presence);
        whole == Some(Presence::Complete) && status::of_images(report, &[image], true) != 3
    };
    let all = is_whole(&reports.0, image) && is_whole(&reports.1, other);
    Ok(if all { SAME } else { INCOMPLETE })
}

fn scanned(
    arguments: &CompareArguments,
    archive: &str,
    selector: Option<&str>,
) -> Result<(Inspection<Source>, u32), Stop> {
    let mut inspection = open(archive)?;
    let report = inspection.report();
    let number = select_one(&report.images, selector, arguments.platform.as_ref())?.number;
    inspection.keep_only(number);
    scan::all(&mut inspection, arguments.workers, true);
    Ok((inspection, number))
}

fn image_of(report: &Report, number: u32) -> Option<&ImageView> {
    report.images.iter().find(|image| image.number == number)
}

fn differs(view: &CompareView) -> bool {
    let history = view
        .history
        .iter()
        .any(|pair| pair.change != Change::Unchanged);
    let layers = view.layers.iter().any(|pair| !pair.same_diff_id);
    history || layers || !view.manifest.is_empty() || !view.config.is_empty()
}

fn documents(
    view: &CompareView,
    left: &ImageView,
    right: &ImageView,
    output: &mut impl Write,
) -> Result<(), Stop> {
    values("manifest", &view.manifest, output)?;
    values("config", &view.config, output)?;
    if view.more_values > 0 {
        writeln!(output, "and {} more values", view.more_values)?;
    }
    let changed = view
        .history
        .iter()
        .filter(|pair| pair.change != Change::Unchanged);
    for (position, pair) in changed.enumerate() {
        if position == 0 {
            writeln!(output, "history")?;
        }
        let entry = |image: &ImageView, at: Option<u32>| {
            let entry = image.history.get(usize::try_from(at?).ok()?)?;
            Some(command(entry))
        };
        let (one, other) = (entry(left, pair.left), entry(right, pair.right));
        let text = match (one, other) {
            (Some(one), Some(other)) if one != other => format!("{one} -> {other}"),
            (one, other) => other.or(one).unwrap_or_default(),
        };
        let fields = pair.changes.iter().map(|change| change.at.as_str());
        let fields = fields.collect::<Vec<_>>().join(",");
        writeln!(output, "  {} {text}  {fields}", letter(pair.change))?;
    }
    layers(&view.layers, output)?;
    for finding in &view.cache {
        let reason = serde_json::to_value(finding.reason).map_err(std::io::Error::from)?;
        let values = finding.values.iter();
        let values =
            values.map(|value| format!("  {}={}", value.key, escape(value.value.as_bytes())));
        let reason = reason.as_str().unwrap_or_default();
        writeln!(output, "cache {reason}{}", values.collect::<String>())?;
    }
    if let Some(counts) = &view.tree {
        writeln!(
            output,
            "paths {} added, {} modified, {} removed, {} unchanged",
            counts.added, counts.modified, counts.removed, counts.unchanged
        )?;
    }
    Ok(())
}

fn values(name: &str, changes: &[ValueChange], output: &mut impl Write) -> Result<(), Stop> {
    if !changes.is_empty() {
        writeln!(output, "{name}")?;
    }
    for change in changes {
        let sides = [&change.before, &change.after].into_iter().flatten();
        let sides = sides
            .map(|value| escape(value.as_bytes()))
            .collect::<Vec<_>>();
        writeln!(
            output,
            "  {} {}  {}",
            letter(change.change),
            change.at,
            sides.join(" -> ")
        )?;
    }
    Ok(())
}

fn layers(pairs: &[LayerPair], output: &mut impl Write) -> Result<(), Stop> {
    let different = pairs.iter().filter(|pair| !pair.same_diff_id);
    for (position, pair) in different.enumerate() {
        if position == 0 {
            writeln!(output, "layers")?;
        }
        match (pair.left, pair.right) {
            (Some(left), Some(right)) => writeln!(output, "  M {left} {right}")?,
            (Some(left), None) => writeln!(output, "  D {left}")?,
            (_, right) => writeln!(output, "  A {}", right.unwrap_or_default())?,
        }
    }
    Ok(())
}

fn command(entry: &HistoryView) -> String {
    let text = match &entry.command {
        Some(command) => format!("{} {}", command.instruction, command.arguments),
        None => entry.comment.clone().unwrap_or_default(),
    };
    escape(text.trim().as_bytes())
}

fn write_path(path: &PathChange, output: &mut impl Write) -> Result<(), Stop> {
    write!(output, "{} {}", letter(path.change), path.path.path)?;
    for change in &path.changes {
        let field = serde_json::to_value(change.field).map_err(std::io::Error::from)?;
        write!(output, "  {}", field.as_str().unwrap_or_default())?;
        if let (Some(before), Some(after)) = (&change.before, &change.after) {
            let one_line = |text: &str| text.replace('\n', " ");
            write!(output, "={}->{}", one_line(before), one_line(after))?;
        }
    }
    writeln!(output)?;
    Ok(())
}

fn write_checksum(difference: &ChecksumDifference, output: &mut impl Write) -> Result<(), Stop> {
    write!(output, "checksum /{}", difference.path.path)?;
    let unknown = difference.unknown;
    let Some(first) = &difference.first else {
        match unknown {
            0 => writeln!(output, " same")?,
            _ => writeln!(output, " not known: {unknown} contents were not read")?,
        }
        return Ok(());
    };
    write!(
        output,
        " differs first: {} {}",
        letter(first.change),
        first.path.path
    )?;
    for field in &first.fields {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        write!(
            output,
            "  {}={}->{}",
            field.name,
            side(&field.before),
            side(&field.after)
        )?;
    }
    if first.content == Some(true) {
        write!(output, "  content")?;
    }
    if unknown > 0 {
        write!(output, "  ({unknown} contents before it were not read)")?;
    }
    writeln!(output)?;
    Ok(())
}

const fn letter(change: Change) -> char {
    match change {
        Change::Unchanged => ' ',
        Change::Added => 'A',
        Change::Modified => 'M',
        Change::Removed => 'D',
    }
}
