//! What `cargo xtask bench archives` calls native: this core on the libraries that
//! everyone has, zlib-rs and sha2 with the processor's instructions. It stays as it
//! is when the core's own decoder or hashing changes, so that figures of different
//! days can be laid side by side.
//!
//! `baseline ARCHIVE THREADS` verifies every blob and diff ID and applies the layers
//! of the first image; it fails where not all is as promised.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use flate2::bufread::MultiGzDecoder;
use oci_lens::archive::Archive;
use oci_lens::diagnostic::Diagnostics;
use oci_lens::image::Inspection;
use oci_lens::layer::table::EntryTable;
use oci_lens::layer::{ScanJob, ScanKind, TarScan};
use oci_lens::limits::Limits;
use oci_lens::report::Report;
use oci_lens::source::ReadAt;
use oci_lens::tree::{MergedTree, Rules};
use sha2::{Digest, Sha256};
use structured_zstd::decoding::{FrameDecoder, StreamingDecoder};

const READ: usize = 256 << 10;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let (Some(path), Some(threads)) = (words.next(), words.next()) else {
        return Err("baseline ARCHIVE THREADS".into());
    };
    let limits = Limits::default();
    let archive = Archive::open_tar(File::open(&path)?, &limits)?;
    let inspection = Inspection::open(archive, None, limits.clone());
    let file = File::open(&path)?;
    let mut jobs = inspection.jobs();
    // The largest first: what is left at the end is small.
    jobs.sort_by_key(|job| std::cmp::Reverse(job.size));
    let next = AtomicUsize::new(0);
    let tables = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let work = || -> Result<(), Failure> {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (diff_id, table) = scan(&file, job, &limits)?;
                let mut tables = tables.lock().map_err(|_| "a thread has failed")?;
                tables.push((diff_id, Arc::new(table)));
            }
            Ok(())
        };
        let threads: Vec<_> = (0..threads.parse::<usize>()?)
            .map(|_| scope.spawn(work))
            .collect();
        for thread in threads {
            thread.join().map_err(|_| "a thread has failed")??;
        }
        Ok::<(), Failure>(())
    })?;
    let tables = tables.into_inner()?;
    let mut tree = MergedTree::new(Rules::Spec, &limits);
    let report: Report = inspection.report();
    let layers = report.images.first().ok_or("there is no image")?;
    for (layer, wanted) in (0..).zip(&layers.layers) {
        let diff_id = wanted.diff_id.expected.as_ref().ok_or("no diff ID")?;
        let found = tables.iter().find(|(found, _)| found == diff_id);
        let (_, table) = found.ok_or("a layer is missing")?;
        tree.apply(layer, Arc::clone(table), &mut Diagnostics::new(10));
    }
    println!("{} paths", tree.len());
    Ok(())
}

/// Verifies one blob; of a layer, its diff ID and its entries.
fn scan(file: &File, job: &ScanJob, limits: &Limits) -> Result<(String, EntryTable), Failure> {
    let mut stored = Stored {
        file,
        offset: job.offset,
        left: job.size,
        hasher: Sha256::new(),
    };
    let mut found = (String::new(), EntryTable::new());
    if job.kind == ScanKind::Layer {
        let media_type = job.media_type.as_deref().unwrap_or_default();
        found = if media_type.ends_with("gzip") {
            let stored = BufReader::with_capacity(READ, &mut stored);
            unpacked(MultiGzDecoder::new(stored), limits)?
        } else if media_type.ends_with("zstd") {
            let stored = BufReader::with_capacity(READ, &mut stored);
            unpacked(Frames::Between(stored), limits)?
        } else {
            unpacked(&mut stored, limits)?
        };
        if !job.diff_ids.contains(&found.0) {
            return Err(format!("{} is no diff ID that was promised", found.0).into());
        }
    }
    std::io::copy(&mut stored, &mut std::io::sink())?;
    let digest = named(stored.hasher);
    match job.expected.as_ref() == Some(&digest) {
        true => Ok(found),
        false => Err(format!("expected {:?}, but found {digest}", job.expected).into()),
    }
}

/// Diff ID and entries of a layer's tar.
fn unpacked(mut tar: impl Read, limits: &Limits) -> Result<(String, EntryTable), Failure> {
    let mut hasher = Sha256::new();
    let mut scan = TarScan::new(limits, false);
    let mut findings = Diagnostics::new(10);
    let mut bytes = vec![0; READ];
    loop {
        let length = tar.read(&mut bytes)?;
        if length == 0 {
            return Ok((named(hasher), scan.finish(None, &mut findings).0));
        }
        hasher.update(&bytes[..length]);
        scan.push(&bytes[..length], &mut findings);
    }
}

fn named(hasher: Sha256) -> String {
    let hex = hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("sha256:{hex}")
}

/// A blob's bytes, hashed as they are read.
struct Stored<'a> {
    file: &'a File,
    offset: u64,
    left: u64,
    hasher: Sha256,
}

impl Read for Stored<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let length = self.file.read_at(self.offset, &mut bytes[..most])?;
        self.hasher.update(&bytes[..length]);
        self.offset += length as u64;
        self.left -= length as u64;
        Ok(length)
    }
}

/// What the frames of a zstd stream unpack to, one after the other.
enum Frames<R: Read> {
    Between(R),
    Inside(Box<StreamingDecoder<R, FrameDecoder>>),
    Ended,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::Ended) {
                Self::Ended => return Ok(0),
                Self::Between(mut stored) => {
                    if !stored.fill_buf()?.is_empty() {
                        *self = Self::Inside(Box::new(StreamingDecoder::new(stored)));
                    }
                }
                Self::Inside(mut frame) => {
                    let length = frame.read(bytes)?;
                    if length > 0 {
                        *self = Self::Inside(frame);
                        return Ok(length);
                    }
                    *self = Self::Between(frame.into_inner());
                }
            }
        }
    }
}
