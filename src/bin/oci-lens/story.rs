//! `oci-lens story`: what each layer did to one path.

use std::ffi::OsString;
use std::io::{self, Write};

use oci_lens::report::{EntryView, Failure, PathView, StoryStep, StoryView};

use crate::chosen::Chosen;
use crate::words::{cause, word};
use crate::{Choice, Stop};

/// Prints the story of a path, as JSON or for reading.
pub fn run(
    choice: &Choice,
    path: &OsString,
    json: bool,
    output: &mut impl Write,
) -> Result<u8, Stop> {
    let chosen = Chosen::read(choice, true)?;
    let story = chosen
        .inspection
        .tree(chosen.image)
        .map(|tree| tree.story(path.as_encoded_bytes()))
        .filter(|story| story.present || !story.steps.is_empty());
    let Some(story) = story else {
        return Err(Stop::Failure(Failure {
            code: "no-such-path".to_owned(),
            message: format!("no layer that was read has {:?}", path.to_string_lossy()),
            seems: None,
            hints: Vec::new(),
        }));
    };
    if json {
        serde_json::to_writer_pretty(&mut *output, &story).map_err(io::Error::from)?;
        writeln!(output)?;
    } else {
        print(&story, output)?;
    }
    Ok(chosen.status())
}

fn print(story: &StoryView, output: &mut impl Write) -> io::Result<()> {
    let gone = if story.present { "" } else { " (hidden)" };
    writeln!(output, "/{}{gone}", story.path.path)?;
    for step in &story.steps {
        print_step(step, output)?;
    }
    if story.more_steps > 0 {
        writeln!(output, "  and {} more steps", story.more_steps)?;
    }
    if let Some(below) = &story.below {
        writeln!(
            output,
            "below it: {} paths, {} bytes",
            below.paths, below.size
        )?;
    }
    let resolves = match story.resolves {
        Some(false) => ", where nothing is",
        _ => "",
    };
    print_paths("leads to", &story.follows, resolves, output)?;
    print_paths("same file as", &story.hardlinks, "", output)?;
    print_paths("pointed at by", &story.pointed_at_by, "", output)?;
    if story.more > 0 {
        writeln!(output, "and {} more paths", story.more)?;
    }
    if story.unfollowed > 0 {
        writeln!(output, "{} symlinks were not followed", story.unfollowed)?;
    }
    Ok(())
}

fn print_step(step: &StoryStep, output: &mut impl Write) -> io::Result<()> {
    write!(output, "  layer {}: {}", step.layer, word(&step.event))?;
    if let Some(found) = step.hidden_by {
        write!(output, ", {}", cause(found))?;
    }
    if let Some(by) = &step.by {
        write!(output, " /{}", by.path)?;
    }
    if let Some(entry) = &step.entry {
        print_entry(entry, output)?;
    }
    writeln!(output)?;
    for change in &step.changes {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "none".to_owned());
        let (before, after) = (side(&change.before), side(&change.after));
        let field = word(&change.field);
        // Xattrs are a line each.
        let (before, after) = (before.replace('\n', ", "), after.replace('\n', ", "));
        writeln!(output, "    {field}: {before} -> {after}")?;
    }
    Ok(())
}

fn print_entry(entry: &EntryView, output: &mut impl Write) -> io::Result<()> {
    let EntryView {
        mode_text,
        uid,
        gid,
        size,
        ..
    } = entry;
    write!(output, ", {mode_text} {uid}:{gid} {size} bytes")?;
    if let Some(target) = &entry.link_name {
        write!(output, " -> {target}")?;
    }
    if let Some(target) = &entry.hardlink_to {
        write!(output, ", hardlink to /{}", target.path)?;
    }
    if let Some(sha256) = &entry.sha256 {
        write!(output, ", sha256:{sha256}")?;
    }
    Ok(())
}

fn print_paths(
    title: &str,
    paths: &[PathView],
    end: &str,
    output: &mut impl Write,
) -> io::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let paths: Vec<String> = paths.iter().map(|path| format!("/{}", path.path)).collect();
    writeln!(output, "{title}: {}{end}", paths.join(", "))
}
