//! Content checksums: what is to be read for them, and what they come to.

use std::sync::Arc;

use oci_lens::buildkit::checksum::{ChecksumError, Query};
use oci_lens::image::checksum::{self, ImageChecksumError, SumBatch};
use oci_lens::image::content::StoredBlob;
use oci_lens::limits::{CHECKSUM_RECORDS, Limits};
use oci_lens::report::{ChecksumDifference, ChecksumView, Failure, LayerRange};
use oci_lens::wasm::{Thrown, give, throw, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;
use super::compare::Comparison;

fn refused(error: ImageChecksumError) -> Thrown {
    throw(Failure::from(&error))
}

/// A checksum under way: its batches in order, their digests back.
#[wasm_bindgen]
pub struct ChecksumPlan(checksum::ChecksumPlan);

/// Some files that one layer holds, and where that layer's stored bytes lie.
#[wasm_bindgen]
pub struct ChecksumBatch {
    batch: SumBatch,
}

impl ChecksumBatch {
    const fn blob(&self) -> &StoredBlob {
        &self.batch.from.blob
    }
}

#[wasm_bindgen]
impl ChecksumBatch {
    /// For the other module's `ContentSums`.
    pub fn packed(&self) -> Result<Vec<u8>, Thrown> {
        postcard::to_allocvec(&self.batch).map_err(|error| thrown("protocol", error))
    }

    /// Number of the layer's blob: that of its job.
    #[wasm_bindgen(getter)]
    pub fn number(&self) -> u32 {
        self.blob().number
    }

    /// Which input holds its bytes; none where a document carries them.
    #[wasm_bindgen(getter)]
    pub fn source(&self) -> Option<u32> {
        self.blob().source
    }

    /// Where in it they begin.
    #[wasm_bindgen(getter)]
    pub fn offset(&self) -> f64 {
        self.blob().offset as f64
    }

    /// How many there are.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.blob().size as f64
    }
}

#[wasm_bindgen]
impl ChecksumPlan {
    /// Stored bytes of the layers that are to be read, at most.
    pub fn stored(&self) -> f64 {
        self.0.stored() as f64
    }

    /// The next files; nothing after the last.
    pub fn next(&mut self) -> Option<ChecksumBatch> {
        let batch = self.0.next_batch()?;
        Some(ChecksumBatch { batch })
    }

    /// Takes the digests of files, in order.
    pub fn take(&mut self, digests: &[u8]) {
        self.0.take(digests);
    }

    /// What it comes to, once all digests were taken.
    ///
    /// # Errors
    ///
    /// A `Failure`, here and below.
    pub fn view(&self) -> Result<Ts<ChecksumView>, Thrown> {
        let view = self.0.view(CHECKSUM_RECORDS);
        give(&view.map_err(|error: ChecksumError| throw(Failure::from(&error)))?)
    }
}

#[wasm_bindgen]
impl Engine {
    /// Plans the checksum of a path in the layers of a range. `include` and
    /// `exclude` have a pattern in each line.
    #[allow(clippy::too_many_arguments)]
    pub fn checksum(
        &self,
        image: u32,
        first: u32,
        last: Option<u32>,
        path: &[u8],
        follow: bool,
        include: &str,
        exclude: &str,
    ) -> Result<ChecksumPlan, Thrown> {
        let patterns = |text: &str| text.lines().map(str::to_owned).collect();
        let query = Query {
            path: path.to_vec(),
            follow_links: follow,
            include: patterns(include),
            exclude: patterns(exclude),
            ..Query::default()
        };
        let tree = self
            .inspection
            .containerd_tree(image, LayerRange { first, last })
            .map_err(refused)?;
        let plan = self.inspection.checksum(image, tree.map(Arc::new), &query);
        plan.map(ChecksumPlan).map_err(refused)
    }
}

#[wasm_bindgen]
impl Comparison {
    /// What makes the checksums of a path in both images differ.
    pub fn checksum(
        &self,
        left: &Engine,
        right: &Engine,
        path: &[u8],
    ) -> Result<Ts<ChecksumDifference>, Thrown> {
        let limits = Limits::default();
        let found = self
            .0
            .checksum(&left.inspection, &right.inspection, path, &limits);
        give(&found.map_err(refused)?)
    }
}
