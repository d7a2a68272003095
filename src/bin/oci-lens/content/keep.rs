//! `content keep`: images of the archive, stored with labels that keep them.

use std::collections::BTreeSet;
use std::io::Write;

use oci_lens::content::{Child, Class, Ingest, Labels, StoreError, now};
use oci_lens::digest::Digest;
use oci_lens::image::select::{select, select_one};
use oci_lens::report::ImageView;

use super::{Opened, failure};
use crate::Stop;

/// Stores images and prints a line for each blob that is new.
pub fn run(opened: &Opened, image: Option<&str>, output: &mut impl Write) -> Result<u8, Stop> {
    let Some(below) = &opened.below else {
        return Err(failure("no-archive", "name the archive with --archive"));
    };
    let report = below.report();
    let images: Vec<&ImageView> = match image {
        Some(image) => vec![select_one(&report.images, Some(image), None)?],
        None => select(&report.images, None, None)?,
    };
    let mut code = 0;
    for image in images {
        let root = image
            .digest
            .as_deref()
            .and_then(|text| Digest::parse(text).ok());
        let Some(root) = root else {
            eprintln!("image {} has no manifest to keep it by", image.number);
            code = 1;
            continue;
        };
        let mut next = vec![(
            Child {
                digest: root,
                media_type: None,
            },
            true,
        )];
        let mut seen = BTreeSet::new();
        while let Some((child, is_root)) = next.pop() {
            if !seen.insert(child.digest) {
                continue;
            }
            match keep(opened, &child, is_root, output)? {
                Some(children) => {
                    next.extend(children.into_iter().rev().map(|child| (child, false)));
                }
                None => {
                    eprintln!("{} is not in the archive", child.digest);
                    code = 1;
                }
            }
        }
    }
    Ok(code)
}

/// Stores one blob, and says what it lists; nothing where it is nowhere.
fn keep(
    opened: &Opened,
    child: &Child,
    is_root: bool,
    output: &mut impl Write,
) -> Result<Option<Vec<Child>>, Stop> {
    let digest = child.digest.to_string();
    let info = match now(opened.store.info(&digest)) {
        Err(error) if error.class() == Class::NotFound => return Ok(None),
        info => info?,
    };
    if info.read_only {
        let reference = format!("keep-{digest}");
        let mut writer = now(opened.store.writer(&Ingest {
            reference: reference.clone(),
            total: info.size,
            expected: digest.clone(),
        }))?;
        now(writer.truncate(0))?;
        opened.read(&digest, |bytes| Ok(now(writer.write(bytes))?))?;
        match now(writer.commit(info.size, &digest, &Labels::new())) {
            Ok(_) => writeln!(output, "{digest}\t{}", info.size)?,
            Err(StoreError::BlobExists(_)) => {}
            Err(error) => {
                now(opened.store.abort(&reference))?;
                return Err(error.into());
            }
        }
    }
    let children = opened
        .store
        .adopt(&digest, child.media_type.as_deref(), is_root);
    Ok(Some(now(children)?))
}
