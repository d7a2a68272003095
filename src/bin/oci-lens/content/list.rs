//! What is there: blobs, their bytes, ingests.

use std::io::Write;

use oci_lens::content::{Backend, Digested, Info, Labels, Time, now};
use oci_lens::report::{ContentInfo, ContentList, IngestStatus};

use super::{Opened, write_json};
use crate::Stop;

/// Bytes that are read at a time.
pub const PIECE: usize = 1 << 20;

/// Writes a list of blobs.
pub fn blobs(
    opened: &Opened,
    quiet: bool,
    filters: &[String],
    output: &mut impl Write,
) -> Result<u8, Stop> {
    let mut filters = opened.store.filters(filters)?;
    let found = now(opened.store.walk(&mut filters))?;
    if opened.json {
        let list = ContentList {
            blobs: found.iter().map(ContentInfo::from).collect(),
            notes: filters.notes().to_vec(),
        };
        write_json(&list, output)?;
        return Ok(0);
    }
    for note in filters.notes() {
        eprintln!("note: {note}");
    }
    if quiet {
        for info in &found {
            writeln!(output, "{}", info.digest)?;
        }
        return Ok(0);
    }
    let time = opened.store.backend().now();
    writeln!(output, "DIGEST\tSIZE\tAGE\tLABELS")?;
    for info in &found {
        line(info, time, output)?;
    }
    for problem in found
        .iter()
        .filter_map(|info| ContentInfo::from(info).problem)
    {
        eprintln!("note: {problem}");
    }
    Ok(0)
}

fn line(info: &Info, time: Time, output: &mut impl Write) -> Result<(), Stop> {
    let age = match info.created {
        Some(created) => age(created.until(time)),
        None => "archive".to_owned(),
    };
    let labels = match info.damaged {
        true => "(not readable)".to_owned(),
        false => words(&info.labels),
    };
    Ok(writeln!(
        output,
        "{}\t{}\t{age}\t{labels}",
        info.digest, info.size
    )?)
}

/// As `ctr` writes them.
pub fn words(labels: &Labels) -> String {
    let words: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{}={}", key.escape_debug(), value.escape_debug()))
        .collect();
    match words.is_empty() {
        true => "-".to_owned(),
        false => words.join(","),
    }
}

fn age(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (count, unit) = match seconds {
        0..60 => (seconds, "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        _ => (seconds / 86_400, "d"),
    };
    format!("{count} {unit}")
}

/// Writes what is known of a blob.
pub fn info(opened: &Opened, digest: &str, output: &mut impl Write) -> Result<u8, Stop> {
    let info = now(opened.store.info(digest))?;
    let view = ContentInfo::from(&info);
    if opened.json {
        write_json(&view, output)?;
        return Ok(0);
    }
    writeln!(output, "digest\t{}", view.digest)?;
    writeln!(output, "size\t{}", view.size)?;
    writeln!(
        output,
        "created\t{}",
        view.created.as_deref().unwrap_or("-")
    )?;
    writeln!(
        output,
        "updated\t{}",
        view.updated.as_deref().unwrap_or("-")
    )?;
    writeln!(output, "labels\t{}", words(&info.labels))?;
    if view.read_only {
        writeln!(output, "of the archive, read-only")?;
    }
    Ok(0)
}

/// Writes a blob's bytes; a status of 1 says that they are not what the digest
/// is of.
pub fn get(opened: &Opened, digest: &str, output: &mut impl Write) -> Result<u8, Stop> {
    let mut digested = Digested::new(digest);
    opened.read(digest, |bytes| {
        digested.update(bytes);
        Ok(output.write_all(bytes)?)
    })?;
    match digested.problem() {
        None => Ok(0),
        Some(problem) => {
            eprintln!("mismatch: {problem}");
            Ok(1)
        }
    }
}

/// Writes a list of ingests.
pub fn active(opened: &Opened, pattern: Option<&str>, output: &mut impl Write) -> Result<u8, Stop> {
    // containerd's command takes an expression, its store a filter.
    let filter: Vec<String> = pattern
        .map(|pattern| format!("ref~={:?}", pattern))
        .into_iter()
        .collect();
    let mut filters = opened.store.filters(&filter)?;
    for note in filters.notes() {
        eprintln!("note: {note}");
    }
    let found = now(opened.store.statuses(&mut filters))?;
    if opened.json {
        let list: Vec<IngestStatus> = found.iter().map(IngestStatus::from).collect();
        write_json(&list, output)?;
        return Ok(0);
    }
    let time = opened.store.backend().now();
    writeln!(output, "REF\tSIZE\tTOTAL\tAGE")?;
    for status in &found {
        let total = match status.total {
            0 => "-".to_owned(),
            total => total.to_string(),
        };
        let age = age(status.started.until(time));
        writeln!(
            output,
            "{}\t{}\t{total}\t{age}",
            status.reference.escape_debug(),
            status.offset
        )?;
    }
    Ok(0)
}

impl Opened {
    /// Passes on a blob's bytes, from the store or from the archive below it.
    pub fn read(
        &self,
        digest: &str,
        mut sink: impl FnMut(&[u8]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let info = now(self.store.info(digest))?;
        let below = self.below.as_ref().filter(|_| info.read_only);
        let mut offset = 0;
        let stored = below.and_then(|below| Some((below, below.stored(digest)?)));
        let mut buffer = vec![0; PIECE];
        while offset < info.size {
            let length = match &stored {
                None => {
                    let bytes = now(self.store.read_at(digest, offset, PIECE))?;
                    sink(&bytes)?;
                    bytes.len()
                }
                Some((below, blob)) => {
                    let read = below.read_stored(blob, offset, &mut buffer);
                    let read = read.map_err(|error| {
                        super::failure("read-failed", format!("the archive: {error}"))
                    })?;
                    sink(buffer.get(..read).unwrap_or_default())?;
                    read
                }
            };
            if length == 0 {
                break;
            }
            offset = offset.saturating_add(length as u64);
        }
        Ok(())
    }
}
