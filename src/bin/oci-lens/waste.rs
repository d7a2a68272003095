//! `oci-lens waste`: bytes that the layers store and the image does not show.

use std::io::{self, Write};

use oci_lens::report::{PathWaste, WasteView};

use crate::chosen::Chosen;
use crate::words::cause;
use crate::{Choice, Stop};

/// Prints what an image wastes, as JSON or for reading.
pub fn run(choice: &Choice, json: bool, output: &mut impl Write) -> Result<u8, Stop> {
    let chosen = Chosen::read(choice, true)?;
    if let Some(tree) = chosen.inspection.tree(chosen.image) {
        let waste = tree.waste(chosen.layers);
        if json {
            serde_json::to_writer_pretty(&mut *output, &waste).map_err(io::Error::from)?;
            writeln!(output)?;
        } else {
            print(&waste, output)?;
        }
    }
    Ok(chosen.status())
}

fn print(waste: &WasteView, output: &mut impl Write) -> io::Result<()> {
    let WasteView {
        total,
        wasted,
        efficiency,
        ..
    } = waste;
    writeln!(
        output,
        "{wasted} of {total} bytes are not shown: efficiency {efficiency}"
    )?;
    if let Some(dive) = &waste.dive {
        let (efficiency, wasted) = (&dive.efficiency, &dive.wasted);
        writeln!(
            output,
            "by dive's definition: efficiency {efficiency}, {wasted} bytes wasted"
        )?;
    }
    for layer in &waste.layers {
        let (number, stored, wasted) = (layer.layer, &layer.stored, &layer.wasted);
        writeln!(
            output,
            "layer {number}: {wasted} of {stored} bytes, {} files",
            layer.entries
        )?;
    }
    for layer in &waste.unread {
        writeln!(output, "layer {layer}: not read")?;
    }
    for path in &waste.paths {
        print_path(path, output)?;
    }
    let listed = u32::try_from(waste.paths.len()).unwrap_or(u32::MAX);
    match waste.path_count.saturating_sub(listed) {
        0 => Ok(()),
        more => writeln!(output, "and {more} more paths"),
    }
}

fn print_path(path: &PathWaste, output: &mut impl Write) -> io::Result<()> {
    let gone = if path.present { "" } else { " (hidden)" };
    writeln!(output, "{:>12} /{}{gone}", path.wasted, path.path.path)?;
    for copy in &path.copies {
        let same = match copy.same_content {
            Some(true) => ", with the same content",
            Some(false) | None => "",
        };
        writeln!(
            output,
            "{:>12}   layer {}, in layer {} {}{same}",
            copy.size,
            copy.place.layer,
            copy.hidden_in,
            cause(copy.hidden_by).trim_end_matches(" by"),
        )?;
    }
    match path.more {
        0 => Ok(()),
        more => writeln!(output, "{:>12}   and {more} more copies", ""),
    }
}
