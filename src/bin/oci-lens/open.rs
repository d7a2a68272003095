//! An archive from the command line: a tar, a folder, or standard input.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use oci_lens::archive::{self, Archive, FolderItem};
use oci_lens::image::Inspection;
use oci_lens::layer::Decoder;
use oci_lens::limits::Limits;
use oci_lens::report::{Compression, Failure, OuterInfo};
use oci_lens::source::ReadAt;

/// Whatever can be read at random by several threads.
pub type Source = Box<dyn ReadAt + Send + Sync>;

/// Bytes of one read of what has to be unpacked first.
const READ_BYTES: usize = 1 << 20;

/// Opens what an argument names.
pub fn open(argument: &str) -> Result<Inspection<Source>, Failure> {
    let limits = Limits::default();
    let path = Path::new(argument);
    if argument != "-" && path.is_dir() {
        let items = archive::walk(path, &limits).map_err(|error| failed(argument, &error))?;
        let items = items.into_iter().map(|(name, item)| (name, boxed(item)));
        let archive = Archive::open_folder(items, &limits).map_err(|error| Failure::from(&error))?;
        return Ok(Inspection::open(archive, None, limits));
    }
    let file = match argument {
        "-" => standard_input(),
        _ => File::open(path),
    };
    let file = file.map_err(|error| failed(argument, &error))?;
    let (tar, outer) = unpacked(file, argument, &limits)?;
    let source: Source = Box::new(tar);
    let archive = Archive::open_tar(source, &limits).map_err(|error| Failure::from(&error))?;
    Ok(Inspection::open(archive, outer, limits))
}

fn boxed<S: ReadAt + Send + Sync + 'static>(item: FolderItem<S>) -> FolderItem<Source> {
    match item {
        FolderItem::File(file) => FolderItem::File(Box::new(file)),
        FolderItem::Dir => FolderItem::Dir,
        FolderItem::Symlink(target) => FolderItem::Symlink(target),
    }
}

fn standard_input() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

/// The tar itself, in a temporary file where something is around it.
fn unpacked(
    mut file: File,
    name: &str,
    limits: &Limits,
) -> Result<(File, Option<OuterInfo>), Failure> {
    let outer = archive::inspect(&file).map_err(|error| Failure::from(&error))?;
    if outer == Compression::None {
        return Ok((file, None));
    }
    let mut unpack = || -> io::Result<(File, OuterInfo)> {
        file.rewind()?;
        let mut decoder = Decoder::new(limits);
        let mut tar = tempfile::tempfile()?;
        let mut packed = vec![0; READ_BYTES];
        let mut output = Vec::new();
        loop {
            let read = file.read(&mut packed)?;
            if read == 0 {
                break;
            }
            let mut rest = packed.get(..read).unwrap_or_default();
            while !rest.is_empty() {
                let taken = decoder.push(rest, &mut output);
                rest = rest.get(taken..).unwrap_or_default();
                tar.write_all(&output)?;
                output.clear();
            }
        }
        loop {
            decoder.finish(&mut output);
            if output.is_empty() {
                break;
            }
            tar.write_all(&output)?;
            output.clear();
        }
        let size = file.size();
        Ok((tar, archive::outer::info(&mut decoder, size)))
    };
    let (tar, outer) = unpack().map_err(|error| failed(name, &error))?;
    Ok((tar, Some(outer)))
}

fn failed(name: &str, error: &io::Error) -> Failure {
    Failure {
        code: "read-failed".to_owned(),
        message: format!("{name}: {error}"),
        seems: None,
        hints: Vec::new(),
    }
}
