//! Exported tars: read back by the core and, natively, unpacked by GNU tar.

#[cfg(target_os = "linux")]
mod gnu_tar;
mod parts;
mod truth;

use oci_lens::export::{Plan, Pour};
use oci_lens::image::Inspection;
use oci_lens::layer::Machine;
use oci_lens::limits::Limits;
use oci_lens::report::LayerRange;

use crate::support::cuts::RandomCuts;

const ALL: LayerRange = LayerRange {
    first: 0,
    last: None,
};

/// A plan's tar, the layers pushed in pieces cut at random. No layer may be
/// begun twice.
fn pour(inspection: &Inspection<Vec<u8>>, plan: &mut Plan, seed: u64) -> Vec<u8> {
    let mut machine = Pour::new(&Limits::default());
    let mut output = Vec::new();
    let mut layers = Vec::new();
    while let Some(batch) = plan.next_batch() {
        let from = batch.from;
        machine.take(batch);
        if let Some(from) = from
            && layers.last() != Some(&from.layer)
        {
            assert!(!layers.contains(&from.layer), "layer {} again", from.layer);
            layers.push(from.layer);
        }
        let stored = from.map_or(&[][..], |from| stored(inspection, from.blob));
        let rest = stored.get(usize::try_from(machine.stored()).expect("an offset")..);
        for mut piece in RandomCuts::new(rest.unwrap_or_default(), seed) {
            while !piece.is_empty() && !machine.is_done() {
                let before = output.len();
                let taken = machine.push(piece, &mut output).expect("it can be read");
                assert!(output.len() - before <= 4 << 20, "a call did too much");
                piece = &piece[taken..];
            }
        }
        if !machine.is_done() {
            machine.end();
        }
        while !machine.is_done() {
            machine.push(&[], &mut output).expect("it can be read");
        }
    }
    assert_eq!(layers, plan.view().layers);
    output
}

fn stored(inspection: &Inspection<Vec<u8>>, blob: oci_lens::image::content::StoredBlob) -> &[u8] {
    match blob.source {
        None => inspection.embedded(blob.number).expect("embedded bytes"),
        Some(source) => {
            let source = &inspection.archive().sources()[source as usize];
            let start = usize::try_from(blob.offset).expect("an offset");
            &source[start..start + usize::try_from(blob.size).expect("a size")]
        }
    }
}

/// A part of an image as a tar.
fn export(inspection: &Inspection<Vec<u8>>, image: u32, range: LayerRange, path: &str) -> Vec<u8> {
    let plan = inspection.export(image, range, path.as_bytes());
    pour(inspection, &mut plan.expect("a plan"), 11)
}
