//! The exit status: what a script may conclude.

use oci_lens::report::{ImageView, Presence, Report, Status, StatusCounts};

/// Everything present is verified, every chosen image complete.
const GOOD: u8 = 0;
/// A mismatch, or a chosen image that is not complete.
pub const BAD: u8 = 1;
/// Something could not be checked.
const UNCHECKED: u8 = 3;

/// Exit status of a report on a whole archive. `chosen` are numbers of images;
/// unless they were `named`, those wholly absent do not count.
pub fn of_report(report: &Report, chosen: &[u32], named: bool) -> u8 {
    let totals = [&report.totals.blobs, &report.totals.diff_ids];
    let any = |count: fn(&StatusCounts) -> u32| totals.into_iter().any(|counts| count(counts) > 0);
    let images = of_images(report, chosen, named);
    if images == BAD || any(|counts| counts.mismatch) {
        BAD
    } else if images == UNCHECKED || any(|counts| counts.not_checked) {
        UNCHECKED
    } else {
        GOOD
    }
}

/// Exit status of the chosen images alone.
pub fn of_images(report: &Report, chosen: &[u32], named: bool) -> u8 {
    let is_chosen = |image: &&ImageView| chosen.contains(&image.number);
    let chosen: Vec<&ImageView> = report.images.iter().filter(is_chosen).collect();
    let present: Vec<&ImageView> = chosen
        .iter()
        .filter(|image| named || image.presence != Presence::Absent)
        .copied()
        .collect();
    let statuses = |image: &ImageView| {
        let documents = [&image.manifest, &image.config].into_iter().flatten();
        let layers = image
            .layers
            .iter()
            .flat_map(|layer| [&layer.verification, &layer.diff_id]);
        let verdicts: Vec<Status> = documents
            .chain(layers)
            .map(|verdict| verdict.status)
            .collect();
        verdicts
    };
    let has = |status: Status| {
        present
            .iter()
            .any(|image| statuses(image).contains(&status))
    };
    let none_here = present.is_empty() && !chosen.is_empty();
    let incomplete = present
        .iter()
        .any(|image| image.presence != Presence::Complete);
    if none_here || incomplete || has(Status::Mismatch) || has(Status::Missing) {
        BAD
    } else if has(Status::NotChecked) {
        UNCHECKED
    } else {
        GOOD
    }
}
