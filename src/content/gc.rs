//! What no label keeps: planned first, then removed.

use std::collections::{BTreeMap, VecDeque};

use super::backend::Backend;
use super::children::{referred, refers};
use super::error::StoreError;
use super::filter::Filters;
use super::store::{GC_ROOT, Info, STORE_LOCK, Status, Store};
use super::time::Time;
use crate::digest::Digest;

// containerd core/metadata: an ingest that nobody goes on with is gone after a day.
const EXPIRES_MILLIS: u64 = 24 * 3_600 * 1_000;

/// A blob that stays, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The blob.
    pub info: Info,
    /// What refers to it, and by which label; nothing for a root.
    pub by: Option<(Digest, String)>,
}

/// A label that refers to nothing that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The blob that has it.
    pub digest: Digest,
    /// Its key.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// What collecting would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Blobs that stay.
    pub keep: Vec<Kept>,
    /// Blobs that go.
    pub remove: Vec<Info>,
    /// Ingests that go: nobody has written to them for a day.
    pub expired: Vec<Status>,
    /// Labels that refer to nothing that is stored.
    pub unresolved: Vec<Unresolved>,
}

impl Plan {
    /// Bytes that go.
    pub fn freed(&self) -> u64 {
        let blobs = self.remove.iter().map(|info| info.size);
        let ingests = self.expired.iter().map(|status| status.offset);
        blobs.chain(ingests).fold(0, u64::saturating_add)
    }
}

impl<B: Backend> Store<B> {
    /// What collecting would do now. Blobs below the store are no part of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownLabels`] where a blob is damaged, or the medium's.
    pub async fn plan(&self) -> Result<Plan, StoreError> {
        let all = self.labelled().await?;
        let now = self.backend.now();
        let ingests = self.statuses(&mut Filters::default()).await?;
        Ok(Plan {
            expired: ingests
                .into_iter()
                .filter(|status| is_expired(status, now))
                .collect(),
            ..mark(all)
        })
    }

    /// Removes what was planned, but for what is kept by now. Says what went.
    ///
    /// # Errors
    ///
    /// As [`plan`](Self::plan); what was removed until then is gone.
    pub async fn collect(&self, plan: &Plan) -> Result<Plan, StoreError> {
        let mut done = Plan::default();
        {
            let _guard = self.backend.lock(STORE_LOCK).await?;
            let now = mark(self.labelled().await?);
            for info in now.remove {
                if plan
                    .remove
                    .iter()
                    .any(|planned| planned.digest == info.digest)
                {
                    self.remove(&info.digest).await?;
                    done.remove.push(info);
                }
            }
            done.keep = now.keep;
            done.unresolved = now.unresolved;
        }
        for planned in &plan.expired {
            match self.expire(&planned.reference).await {
                Ok(status) => done.expired.extend(status),
                // Someone goes on with it.
                Err(StoreError::RefLocked(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// All blobs, whose labels are all known: those of a damaged one might keep any.
    async fn labelled(&self) -> Result<Vec<Info>, StoreError> {
        let all = self.walk(&mut Filters::default()).await?;
        let mut damaged = all.iter().filter(|info| info.damaged);
        match damaged.next() {
            None => Ok(all),
            Some(first) => Err(StoreError::UnknownLabels {
                digest: Box::new(first.digest),
                more: damaged.count(),
            }),
        }
    }

    async fn expire(&self, reference: &str) -> Result<Option<Status>, StoreError> {
        let status = match self.status(reference).await {
            Err(StoreError::NoIngest(_)) => return Ok(None),
            status => status?,
        };
        if !is_expired(&status, self.backend.now()) {
            return Ok(None);
        }
        self.abort(reference).await?;
        Ok(Some(status))
    }
}

fn is_expired(status: &Status, now: Time) -> bool {
    !status.active && status.updated.until(now) > EXPIRES_MILLIS
}

fn mark(all: Vec<Info>) -> Plan {
    let below = all.iter().filter(|info| info.read_only);
    let below: Vec<Digest> = below.map(|info| info.digest).collect();
    let mut rest: BTreeMap<Digest, Info> = all
        .into_iter()
        .filter(|info| !info.read_only)
        .map(|info| (info.digest, info))
        .collect();
    let mut unresolved = Vec::new();
    // What a label names as keeping its own blob, turned round.
    let mut backward: BTreeMap<Digest, Vec<(Digest, String)>> = BTreeMap::new();
    let mut roots = Vec::new();
    for info in rest.values() {
        if info.labels.contains_key(GC_ROOT) {
            roots.push(info.digest);
        }
        for (label, by, _) in referred(&info.labels) {
            if let Some(by) = by {
                let to = (info.digest, label.to_owned());
                backward.entry(by).or_default().push(to);
            }
        }
        for (label, digest, value) in refers(&info.labels) {
            let is_there = |digest: &Digest| rest.contains_key(digest) || below.contains(digest);
            if !digest.as_ref().is_some_and(is_there) {
                unresolved.push(Unresolved {
                    digest: info.digest,
                    label: label.to_owned(),
                    value: value.to_owned(),
                });
            }
        }
    }
    let mut keep = Vec::new();
    let mut next: VecDeque<(Digest, Option<(Digest, String)>)> =
        roots.into_iter().map(|root| (root, None)).collect();
    while let Some((digest, by)) = next.pop_front() {
        let Some(info) = rest.remove(&digest) else {
            continue;
        };
        for (label, to, _) in refers(&info.labels) {
            next.extend(to.map(|to| (to, Some((digest, label.to_owned())))));
        }
        let backward = backward.remove(&digest).unwrap_or_default();
        next.extend(
            backward
                .into_iter()
                .map(|(to, label)| (to, Some((digest, label)))),
        );
        keep.push(Kept { info, by });
    }
    keep.sort_unstable_by_key(|kept| kept.info.digest);
    Plan {
        keep,
        remove: rest.into_values().collect(),
        expired: Vec::new(),
        unresolved,
    }
}
