//! What changes blobs: labels, edits, removal, garbage collection.

use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use oci_lens::content::{Class, Ingest, StoreError, now};
use oci_lens::report::{ContentInfo, GcPlan};

use super::{Opened, failure, ingest, labels, list, write_json};
use crate::Stop;

/// What `edit` takes.
#[derive(Args)]
pub struct EditArguments {
    digest: String,
    /// Take the new bytes from a file instead of an editor
    #[arg(long, value_name = "FILE", conflicts_with = "editor")]
    from: Option<PathBuf>,
    /// Command that edits a file, its words parted by spaces; `EDITOR` unless given
    #[arg(long, value_name = "COMMAND")]
    editor: Option<String>,
    /// Refuse bytes that are no JSON
    #[arg(long)]
    validate: bool,
}

/// Removes an ingest.
pub fn abort(opened: &Opened, reference: &str) -> Result<u8, Stop> {
    now(opened.store.status(reference))?;
    now(opened.store.abort(reference))?;
    Ok(0)
}

/// Sets labels and prints what is known then.
pub fn label(
    opened: &Opened,
    digest: &str,
    given: &[(String, String)],
    output: &mut impl Write,
) -> Result<u8, Stop> {
    let paths: Vec<String> = given
        .iter()
        .map(|(key, _)| format!("labels.{key}"))
        .collect();
    let info = now(opened.store.update(digest, &labels(given), &paths))?;
    match opened.json {
        true => write_json(&ContentInfo::from(&info), output)?,
        false => writeln!(output, "{}", list::words(&info.labels))?,
    }
    Ok(0)
}

/// Stores what an editor made of a blob, and prints the digest of that.
pub fn edit(
    opened: &Opened,
    arguments: &EditArguments,
    output: &mut impl Write,
) -> Result<u8, Stop> {
    let info = now(opened.store.info(&arguments.digest))?;
    let read = |path: &PathBuf| {
        let failed = |error| failure("read-failed", format!("{}: {error}", path.display()));
        fs::read(path).map_err(failed)
    };
    let editor = arguments
        .editor
        .clone()
        .or_else(|| std::env::var("EDITOR").ok());
    let bytes = match (&arguments.from, editor) {
        (Some(path), _) => read(path)?,
        (None, Some(editor)) => {
            let folder =
                tempfile::tempdir().map_err(|error| failure("editor-failed", error.to_string()))?;
            let path = folder.path().join("content");
            let mut file = fs::File::create(&path)?;
            opened.read(&arguments.digest, |bytes| Ok(file.write_all(bytes)?))?;
            drop(file);
            let mut words = editor.split_whitespace();
            let program = words
                .next()
                .ok_or_else(|| failure("editor-failed", "no editor is named"))?;
            let status = Command::new(program).args(words).arg(&path).status();
            let status =
                status.map_err(|error| failure("editor-failed", format!("{program}: {error}")))?;
            if !status.success() {
                return Err(failure("editor-failed", format!("{program}: {status}")));
            }
            read(&path)?
        }
        (None, None) => {
            return Err(failure(
                "editor-failed",
                "name an editor with --editor, or a file with --from",
            ));
        }
    };
    if arguments.validate {
        let read = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes);
        read.map_err(|error| failure("json-invalid", error.to_string()))?;
    }
    let reference = format!("edit-{}", arguments.digest);
    let mut writer = now(opened.store.writer(&Ingest {
        reference,
        total: bytes.len() as u64,
        expected: String::new(),
    }))?;
    now(writer.truncate(0))?;
    ingest::pour(&mut Cursor::new(bytes), &mut writer)?;
    let digest = match now(writer.commit(0, "", &info.labels)) {
        Err(StoreError::BlobExists(digest)) => digest,
        digest => digest?,
    };
    writeln!(output, "{digest}")?;
    Ok(0)
}

/// Removes blobs and prints their digests; a status of 1 says that one was not
/// there.
pub fn delete(opened: &Opened, digests: &[String], output: &mut impl Write) -> Result<u8, Stop> {
    let mut code = 0;
    for digest in digests {
        // One whose labels cannot be read can be removed.
        match now(opened.store.look(digest)) {
            Err(error) if error.class() == Class::NotFound => {
                eprintln!("{error}");
                code = 1;
                continue;
            }
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        now(opened.store.delete(digest))?;
        writeln!(output, "{digest}")?;
    }
    Ok(code)
}

/// Tells what no label keeps, and removes it where that was asked for.
pub fn gc(opened: &Opened, yes: bool, output: &mut impl Write) -> Result<u8, Stop> {
    let mut plan = now(opened.store.plan())?;
    if yes {
        plan = now(opened.store.collect(&plan))?;
    }
    let view = GcPlan::from(&plan);
    if opened.json {
        write_json(&view, output)?;
        return Ok(0);
    }
    for blob in &view.remove {
        writeln!(output, "{}\t{}", blob.digest, blob.size)?;
    }
    for ingest in &view.expired {
        writeln!(
            output,
            "ingest {}\t{}",
            ingest.reference.escape_debug(),
            ingest.offset
        )?;
    }
    for unresolved in &view.unresolved {
        eprintln!(
            "note: {} of {} refers to {}, which is not stored",
            unresolved.label.key.escape_debug(),
            unresolved.digest,
            unresolved.label.value.escape_debug()
        );
    }
    let (blobs, kept) = (view.remove.len(), view.keep.len());
    match yes {
        true => eprintln!("{blobs} blobs removed, {} bytes; {kept} kept", view.freed),
        false => eprintln!(
            "{blobs} blobs would go, {} bytes; {kept} stay. --yes removes them",
            view.freed
        ),
    }
    Ok(0)
}
