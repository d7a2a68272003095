//! What of a store leaves the core.

use super::adopt::Child;
use super::error::StoreError;
use super::gc::{Kept, Plan, Unresolved};
use super::store::{Info, Status};
use crate::manifest::annotations;
use crate::report::{
    Annotation, ContentChild, ContentInfo, GcKept, GcPlan, GcUnresolved, IngestStatus,
};

impl From<&Info> for ContentInfo {
    fn from(info: &Info) -> Self {
        Self {
            digest: info.digest.to_string(),
            size: info.size,
            created: info.created.map(|time| time.to_string()),
            updated: info.updated.map(|time| time.to_string()),
            labels: annotations(&info.labels),
            read_only: info.read_only,
            problem: info
                .damaged
                .then(|| StoreError::Damaged(info.digest.to_string()).to_string()),
        }
    }
}

impl From<&Status> for IngestStatus {
    fn from(status: &Status) -> Self {
        Self {
            reference: status.reference.clone(),
            offset: status.offset,
            total: status.total,
            expected: Some(status.expected.clone()).filter(|expected| !expected.is_empty()),
            started: status.started.to_string(),
            updated: status.updated.to_string(),
            active: status.active,
        }
    }
}

impl From<&Kept> for GcKept {
    fn from(Kept { info, by }: &Kept) -> Self {
        Self {
            blob: info.into(),
            by: by.as_ref().map(|(digest, _)| digest.to_string()),
            label: by.as_ref().map(|(_, label)| label.clone()),
        }
    }
}

impl From<&Unresolved> for GcUnresolved {
    fn from(unresolved: &Unresolved) -> Self {
        Self {
            digest: unresolved.digest.to_string(),
            label: Annotation {
                key: unresolved.label.clone(),
                value: unresolved.value.clone(),
            },
        }
    }
}

impl From<&Plan> for GcPlan {
    fn from(plan: &Plan) -> Self {
        Self {
            keep: plan.keep.iter().map(GcKept::from).collect(),
            remove: plan.remove.iter().map(ContentInfo::from).collect(),
            expired: plan.expired.iter().map(IngestStatus::from).collect(),
            unresolved: plan.unresolved.iter().map(GcUnresolved::from).collect(),
            freed: plan.freed(),
        }
    }
}

impl From<&Child> for ContentChild {
    fn from(child: &Child) -> Self {
        Self {
            digest: child.digest.to_string(),
            media_type: child.media_type.clone(),
        }
    }
}
