//! Contents of files, read out of stored layers.

mod frames;
mod members;
mod places;
mod ranges;
mod readers;
mod seek;
mod truth;

use oci_lens::digest::Digest;
use oci_lens::image::Inspection;
use oci_lens::image::content::{ContentError, ContentPlan};
use oci_lens::image::reading::Reading;
use oci_lens::layer::Machine;
use oci_lens::limits::Limits;
use oci_lens::report::EntryPlace;

use crate::support::cuts::RandomCuts;

/// The stored bytes of a plan's layer.
pub fn stored<'a>(inspection: &'a Inspection<Vec<u8>>, plan: &ContentPlan) -> &'a [u8] {
    let blob = plan.blob;
    let Some(source) = blob.source else {
        return inspection.embedded(blob.number).expect("embedded bytes");
    };
    let source = &inspection.archive().sources()[source as usize];
    let start = usize::try_from(blob.offset).expect("an offset");
    &source[start..start + usize::try_from(blob.size).expect("a size")]
}

/// Pushes what a machine still needs of a layer, cut at random, until it is
/// done.
pub fn run<M: Machine>(machine: &mut M, layer: &[u8], seed: u64) -> Result<Vec<u8>, M::Error> {
    let mut output = Vec::new();
    let from = usize::try_from(machine.stored()).expect("an offset");
    for mut piece in RandomCuts::new(&layer[from..], seed) {
        while !piece.is_empty() && !machine.is_done() {
            let before = output.len();
            let taken = machine.push(piece, &mut output)?;
            assert!(output.len() - before <= 2 << 20, "a call did too much");
            piece = &piece[taken..];
        }
        if machine.is_done() {
            return Ok(output);
        }
    }
    machine.end();
    while !machine.is_done() {
        machine.push(&[], &mut output)?;
    }
    Ok(output)
}

/// What a plan gives.
fn read(inspection: &Inspection<Vec<u8>>, plan: &ContentPlan) -> Result<Vec<u8>, ContentError> {
    let layer = stored(inspection, plan);
    let mut reading = Reading::new(plan.clone(), &Limits::default());
    run(&mut reading, layer, plan.size.wrapping_add(1).max(1))
}

/// A file's whole content, or the code of why there is none.
pub fn content(
    inspection: &Inspection<Vec<u8>>,
    image: u32,
    place: EntryPlace,
) -> Result<Vec<u8>, &'static str> {
    let code = |error: ContentError| error.code();
    let plan = inspection.content(image, place, 0, u64::MAX);
    let plan = plan.map_err(code)?;
    let bytes = read(inspection, &plan).map_err(code)?;
    assert_eq!(bytes.len() as u64, plan.size, "{plan:?}");
    Ok(bytes)
}

fn sha256(bytes: &[u8]) -> String {
    Digest::sha256(bytes).encoded()
}
