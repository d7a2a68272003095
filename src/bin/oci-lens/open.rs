//! An archive from the command line: a tar, a folder, or standard input.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use oci_lens::archive::unpack::unpack;
use oci_lens::archive::{self, Archive, FolderItem};
use oci_lens::image::Inspection;
use oci_lens::limits::Limits;
use oci_lens::report::{Compression, Failure, OuterInfo};
use oci_lens::source::ReadAt;

/// Whatever can be read at random by several threads.
pub type Source = Box<dyn ReadAt + Send + Sync>;

/// Opens what an argument names.
pub fn open(argument: &str) -> Result<Inspection<Source>, Failure> {
    let limits = Limits::default();
    let path = Path::new(argument);
    if argument != "-" && path.is_dir() {
        let items = archive::walk(path, &limits).map_err(|error| failed(argument, &error))?;
        let items = items.into_iter().map(|(name, item)| (name, boxed(item)));
        let archive =
            Archive::open_folder(items, &limits).map_err(|error| Failure::from(&error))?;
        return Ok(Inspection::open(archive, None, limits));
    }
    let (tar, outer) = tar(argument, &limits)?;
    let source: Source = Box::new(tar);
    let archive = Archive::open_tar(source, &limits).map_err(|error| Failure::from(&error))?;
    Ok(Inspection::open(archive, outer, limits))
}

/// The tar itself: in a temporary file where it comes from a pipe, or where
/// something is around it.
fn tar(argument: &str, limits: &Limits) -> Result<(File, Option<OuterInfo>), Failure> {
    let unpacked = if argument == "-" {
        unpack(io::stdin().lock(), None, limits, |_| {
            ControlFlow::Continue(())
        })
    } else {
        let file = File::open(argument).map_err(|error| failed(argument, &error))?;
        let outer = archive::inspect(&file).map_err(|error| Failure::from(&error))?;
        if outer == Compression::None {
            return Ok((file, None));
        }
        unpack(file, None, limits, |_| ControlFlow::Continue(()))
    };
    let unpacked = unpacked.map_err(|error| Failure::from(&error))?;
    Ok((unpacked.tar, unpacked.outer))
}

fn boxed<S: ReadAt + Send + Sync + 'static>(item: FolderItem<S>) -> FolderItem<Source> {
    match item {
        FolderItem::File(file) => FolderItem::File(Box::new(file)),
        FolderItem::Dir => FolderItem::Dir,
        FolderItem::Symlink(target) => FolderItem::Symlink(target),
    }
}

fn failed(name: &str, error: &io::Error) -> Failure {
    Failure {
        code: "read-failed".to_owned(),
        message: format!("{name}: {error}"),
        seems: None,
        hints: Vec::new(),
    }
}
