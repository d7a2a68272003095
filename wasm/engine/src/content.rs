//! Where contents lie: what the other module needs to read them.

use std::ops::Range;

use oci_lens::export::Plan;
use oci_lens::image::content::{ContentError, ContentPlan, StoredBlob};
use oci_lens::layer::{ScanJob, SeekPoint};
use oci_lens::report::{EntryPlace, ExportView, Failure, LayerRange};
use oci_lens::wasm::{Thrown, give, throw, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::Engine;

fn refused(error: ContentError) -> Thrown {
    throw(Failure::from(&error))
}

fn packed<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Thrown> {
    postcard::to_allocvec(value).map_err(|error| thrown("protocol", error))
}

/// Where a blob's stored bytes lie.
#[wasm_bindgen]
pub struct BlobPlace(StoredBlob);

impl BlobPlace {
    pub(crate) const fn of(blob: StoredBlob) -> Self {
        Self(blob)
    }
}

#[wasm_bindgen]
impl BlobPlace {
    /// Number of the blob: that of its job.
    #[wasm_bindgen(getter)]
    pub fn number(&self) -> u32 {
        self.0.number
    }

    /// Which input holds them; none where a document carries them.
    #[wasm_bindgen(getter)]
    pub fn source(&self) -> Option<u32> {
        self.0.source
    }

    /// Where in it they begin.
    #[wasm_bindgen(getter)]
    pub fn offset(&self) -> f64 {
        self.0.offset as f64
    }

    /// How many there are.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.0.size as f64
    }
}

/// What is to be read, and of which blob.
#[wasm_bindgen]
pub struct ReadPlan {
    plan: Vec<u8>,
    blob: StoredBlob,
    size: u64,
    history: Option<Range<u64>>,
}

#[wasm_bindgen]
impl ReadPlan {
    /// For the other module's `Reader`.
    #[wasm_bindgen(getter)]
    pub fn plan(&self) -> Vec<u8> {
        self.plan.clone()
    }

    /// Where the stored bytes lie.
    #[wasm_bindgen(getter)]
    pub fn blob(&self) -> BlobPlace {
        BlobPlace(self.blob)
    }

    /// Bytes of the whole file or tar.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.size as f64
    }

    /// Where among the histories that were taken from the blob's scan that of the plan's seek point
    /// lies, from its first byte to behind its last; none where it needs none.
    #[wasm_bindgen(getter)]
    pub fn history(&self) -> Option<Vec<f64>> {
        let history = self.history.clone()?;
        Some(vec![history.start as f64, history.end as f64])
    }
}

impl ReadPlan {
    fn of(plan: &ContentPlan) -> Result<Self, Thrown> {
        let point = plan.seek_point.as_ref();
        Ok(Self {
            plan: packed(plan)?,
            blob: plan.blob,
            size: plan.size,
            history: point.and_then(SeekPoint::taken_history),
        })
    }
}

/// A tar that is planned: its batches in order.
#[wasm_bindgen]
pub struct TarPlan(Plan);

/// Some entries of a tar.
#[wasm_bindgen]
pub struct TarBatch {
    batch: Vec<u8>,
    blob: Option<StoredBlob>,
}

#[wasm_bindgen]
impl TarBatch {
    /// For the other module's `TarWriter`.
    #[wasm_bindgen(getter)]
    pub fn batch(&self) -> Vec<u8> {
        self.batch.clone()
    }

    /// The layer whose bytes they need, if any.
    #[wasm_bindgen(getter)]
    pub fn blob(&self) -> Option<BlobPlace> {
        self.blob.map(BlobPlace)
    }
}

#[wasm_bindgen]
impl TarPlan {
    /// What the tar holds, and what it does not.
    pub fn view(&self) -> Result<Ts<ExportView>, Thrown> {
        give(self.0.view())
    }

    /// The next entries; nothing after the last.
    pub fn next(&mut self) -> Result<Option<TarBatch>, Thrown> {
        let Some(batch) = self.0.next_batch() else {
            return Ok(None);
        };
        let blob = batch.from.map(|from| from.blob);
        let batch = packed(&batch)?;
        Ok(Some(TarBatch { batch, blob }))
    }
}

#[wasm_bindgen]
impl Engine {
    /// How to read a part of a file's content.
    ///
    /// # Errors
    ///
    /// A `Failure`, here and below.
    pub fn content(
        &self,
        image: u32,
        layer: u32,
        entry: u32,
        offset: f64,
        length: f64,
    ) -> Result<ReadPlan, Thrown> {
        let place = EntryPlace { layer, entry };
        let plan = self
            .inspection
            .content(image, place, offset as u64, length as u64)
            .map_err(refused)?;
        ReadPlan::of(&plan)
    }

    /// How to read a layer's whole tar.
    #[wasm_bindgen(js_name = layerContent)]
    pub fn layer_content(&self, image: u32, layer: u32) -> Result<ReadPlan, Thrown> {
        let plan = self
            .inspection
            .layer_content(image, layer)
            .map_err(refused)?;
        ReadPlan::of(&plan)
    }

    /// What a layer's tar holds.
    #[wasm_bindgen(js_name = layerExportView)]
    pub fn layer_export_view(&self, image: u32, layer: u32) -> Result<Ts<ExportView>, Thrown> {
        give(&self.inspection.layer_export_view(image, layer))
    }

    /// Plans a tar of what lies at a path, and below it, of some layers.
    #[wasm_bindgen(js_name = exportTar)]
    pub fn export_tar(
        &self,
        image: u32,
        first: u32,
        last: Option<u32>,
        path: &[u8],
    ) -> Result<TarPlan, Thrown> {
        let plan = self
            .inspection
            .export(image, LayerRange { first, last }, path);
        plan.map(TarPlan).map_err(refused)
    }

    /// Where the stored bytes of the blob with a digest lie.
    pub fn stored(&self, digest: &str) -> Option<BlobPlace> {
        self.inspection.stored(digest).map(BlobPlace)
    }

    /// What is to be scanned again so that contents of images are known.
    #[wasm_bindgen(js_name = contentJobs)]
    pub fn content_jobs(&self, images: &[u32]) -> Result<Vec<Ts<ScanJob>>, Thrown> {
        self.inspection
            .content_jobs(images)
            .iter()
            .map(give)
            .collect()
    }

    /// Why the contents of a job's blob stay unknown.
    #[wasm_bindgen(js_name = contentsUnread)]
    pub fn contents_unread(&self, job: u32, reason: &str) -> Result<Ts<Failure>, Thrown> {
        give(&self.inspection.contents_unread(job, reason))
    }
}
