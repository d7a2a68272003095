//! Scans on several threads. The result does not depend on how many.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use oci_lens::image::Inspection;
use oci_lens::layer::ScanJob;
use oci_lens::report::Reason;

use crate::open::Source;

/// Runs every job that is left, with the digest of each file's content if
/// `digests` is set.
pub fn all(inspection: &mut Inspection<Source>, workers: Option<NonZeroUsize>, digests: bool) {
    let mut jobs = inspection.jobs();
    for job in &mut jobs {
        job.content_digests = digests;
    }
    run(inspection, &jobs, workers);
}

/// Runs some jobs.
pub fn run(inspection: &mut Inspection<Source>, jobs: &[ScanJob], workers: Option<NonZeroUsize>) {
    let workers = workers
        .or_else(|| thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
        .min(jobs.len());
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    let inspected = &*inspection;
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = inspected.scan(job, |_| true);
            let mut done = done.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            done.push((job.job, outcome));
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let mut done = done
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(job, _)| *job);
    for (job, outcome) in done {
        match outcome {
            Ok(scanned) => inspection.complete(scanned),
            Err(error) => {
                let message = error.to_string();
                inspection.fail(job, Reason::ReadFailed, &message)
            }
        };
    }
}
