//! The module that keeps blobs: fetched when the store is first looked at.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

mod files;
mod writer;

use std::cell::RefCell;

use js_sys::Uint8Array;
use oci_lens::content::{self, Digested, Ingest, Labels, Plan, Rules, StoreError, archive_blobs};
use oci_lens::limits::Limits;
use oci_lens::report::{
    Annotation, BlobView, ContentChild, ContentChildren, ContentInfo, ContentList, Failure, GcPlan,
    IngestList, IngestStatus,
};
use oci_lens::wasm::{Thrown, give, take, throw};
use tsify::Ts;
use wasm_bindgen::prelude::*;

use files::{Files, Place};
pub use writer::Writer;

fn refused(error: StoreError) -> Thrown {
    throw(Failure::from(&error))
}

fn labels(given: Vec<Ts<Annotation>>) -> Result<Labels, Thrown> {
    let pair = |label: Ts<Annotation>| {
        let Annotation { key, value } = take(&label)?;
        Ok((key, value))
    };
    given.into_iter().map(pair).collect()
}

/// A content store. What it needs it locks: several pages can have the same.
#[wasm_bindgen]
pub struct Store {
    store: RefCell<content::Store<Place>>,
    /// What was shown of the garbage last.
    plan: RefCell<Option<Plan>>,
}

#[wasm_bindgen]
impl Store {
    /// A store over files, or in memory where there are none.
    #[wasm_bindgen(constructor)]
    pub fn new(files: Option<Files>) -> Self {
        let place = Place::new(files);
        Self {
            store: RefCell::new(content::Store::new(place, Rules::Local, Limits::default())),
            plan: RefCell::default(),
        }
    }

    fn store(&self) -> content::Store<Place> {
        self.store.borrow().clone()
    }

    /// Puts the blobs of an opened archive below it, instead of another's.
    #[wasm_bindgen(js_name = setArchive)]
    pub fn set_archive(&self, blobs: Vec<Ts<BlobView>>) -> Result<(), Thrown> {
        let blobs = blobs.iter().map(take).collect::<Result<Vec<_>, _>>()?;
        self.store.borrow_mut().set_lower(archive_blobs(&blobs));
        Ok(())
    }

    /// Blobs that any of the filters matches.
    pub async fn list(&self, filters: Vec<String>) -> Result<Ts<ContentList>, Thrown> {
        let store = self.store();
        let mut filters = store.filters(&filters).map_err(refused)?;
        let found = store.walk(&mut filters).await.map_err(refused)?;
        give(&ContentList {
            blobs: found.iter().map(ContentInfo::from).collect(),
            notes: filters.notes().to_vec(),
        })
    }

    /// What is known of a blob, which may be damaged.
    pub async fn info(&self, digest: String) -> Result<Ts<ContentInfo>, Thrown> {
        let info = self.store().look(&digest).await.map_err(refused)?;
        give(&ContentInfo::from(&info))
    }

    /// Bytes of a stored blob.
    pub async fn read(
        &self,
        digest: String,
        offset: f64,
        length: usize,
    ) -> Result<Uint8Array, Thrown> {
        let bytes = self.store().read_at(&digest, offset as u64, length).await;
        Ok(Uint8Array::from(bytes.map_err(refused)?.as_slice()))
    }

    /// Changes the labels at `paths`, all where there are none.
    pub async fn update(
        &self,
        digest: String,
        given: Vec<Ts<Annotation>>,
        paths: Vec<String>,
    ) -> Result<Ts<ContentInfo>, Thrown> {
        let labels = labels(given)?;
        let info = self.store().update(&digest, &labels, &paths).await;
        give(&ContentInfo::from(&info.map_err(refused)?))
    }

    /// Removes a blob.
    pub async fn delete(&self, digest: String) -> Result<(), Thrown> {
        self.store().delete(&digest).await.map_err(refused)
    }

    /// Opens an ingest, or goes on with it.
    pub async fn writer(
        &self,
        reference: String,
        total: f64,
        expected: String,
    ) -> Result<Writer, Thrown> {
        let ingest = Ingest {
            reference,
            total: total as u64,
            expected,
        };
        let writer = self.store().writer(&ingest).await;
        writer.map(Writer::new).map_err(refused)
    }

    /// All ingests.
    pub async fn ingests(&self) -> Result<Ts<IngestList>, Thrown> {
        let store = self.store();
        let mut all = store.filters::<&str>(&[]).map_err(refused)?;
        let found = store.statuses(&mut all).await.map_err(refused)?;
        give(&IngestList {
            ingests: found.iter().map(IngestStatus::from).collect(),
        })
    }

    /// Removes an ingest.
    pub async fn abort(&self, reference: String) -> Result<(), Thrown> {
        self.store().abort(&reference).await.map_err(refused)
    }

    /// Has a stored blob keep what it lists, and says what that is.
    pub async fn adopt(
        &self,
        digest: String,
        media_type: Option<String>,
        is_root: bool,
    ) -> Result<Ts<ContentChildren>, Thrown> {
        let store = self.store();
        let children = store.adopt(&digest, media_type.as_deref(), is_root).await;
        give(&ContentChildren {
            children: children
                .map_err(refused)?
                .iter()
                .map(ContentChild::from)
                .collect(),
        })
    }

    /// What collecting garbage would do.
    pub async fn plan(&self) -> Result<Ts<GcPlan>, Thrown> {
        let plan = self.store().plan().await.map_err(refused)?;
        let view = give(&GcPlan::from(&plan));
        *self.plan.borrow_mut() = Some(plan);
        view
    }

    /// Removes what was planned last, but for what is kept by now.
    pub async fn collect(&self) -> Result<Ts<GcPlan>, Thrown> {
        let plan = self.plan.borrow_mut().take().unwrap_or_default();
        let done = self.store().collect(&plan).await.map_err(refused)?;
        give(&GcPlan::from(&done))
    }
}

/// Tells whether bytes are those of a digest.
#[wasm_bindgen]
pub struct Verdict(Digested);

#[wasm_bindgen]
impl Verdict {
    /// Of the bytes of this digest.
    #[wasm_bindgen(constructor)]
    pub fn new(digest: &str) -> Self {
        Self(Digested::new(digest))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Throws where they are not.
    pub fn finish(self) -> Result<(), Thrown> {
        match self.0.problem() {
            None => Ok(()),
            Some(problem) => Err(refused(problem)),
        }
    }
}
