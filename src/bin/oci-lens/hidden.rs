//! `oci-lens hidden`: entries that are stored and not shown.

use std::io::{self, Write};

use oci_lens::limits::PAGE_ENTRIES;
use oci_lens::report::HiddenView;

use crate::chosen::Chosen;
use crate::words::cause;
use crate::{Choice, Stop};

/// Prints every hidden entry, as a JSON line each or for reading.
pub fn run(choice: &Choice, json: bool, output: &mut impl Write) -> Result<u8, Stop> {
    let chosen = Chosen::read(choice, true)?;
    let Some(tree) = chosen.inspection.tree(chosen.image) else {
        return Ok(chosen.status());
    };
    let mut at = 0;
    loop {
        let page = tree.hidden_entries(at, PAGE_ENTRIES);
        if page.entries.is_empty() {
            return Ok(chosen.status());
        }
        at += page.entries.len();
        for hidden in &page.entries {
            if json {
                serde_json::to_writer(&mut *output, hidden).map_err(io::Error::from)?;
                writeln!(output)?;
            } else {
                print(hidden, output)?;
            }
        }
    }
}

fn print(hidden: &HiddenView, output: &mut impl Write) -> io::Result<()> {
    let by = hidden.by.as_ref().map(|by| format!(" /{}", by.path));
    writeln!(
        output,
        "{:>12} {} /{}: layer {}, hidden in layer {}, {}{}",
        hidden.wasted,
        hidden.entry.mode_text,
        hidden.path.path,
        hidden.entry.place.layer,
        hidden.hidden_in,
        cause(hidden.hidden_by),
        by.unwrap_or_default(),
    )
}
