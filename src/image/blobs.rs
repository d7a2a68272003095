//! Every blob of an archive: who refers to it, where its bytes lie, and what
//! they gave.

use std::collections::HashMap;
use std::sync::Arc;

use super::listings::Listing;
use crate::descriptor::Descriptor;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::{AnyDigest, Digest};
use crate::layer::table::EntryTable;
use crate::layer::toc::mismatch;
use crate::layer::{ScanJob, ScanKind, Scanned, SeekPoint};
use crate::report::{
    BlobReference, BlobView, Compression, EntryCounts, Reason, Role, Status, Verification,
};

/// Position in [`Blobs`]; also the number of the blob's scan job.
pub type BlobNumber = usize;

const SCAN_FAILED: &str = "scan-failed";

/// Where a blob's bytes lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a source of the archive.
    Archive {
        /// Which source.
        source: u32,
        /// Where it begins.
        offset: u64,
        /// How many bytes are there.
        size: u64,
    },
    /// In the `data` of a descriptor.
    Embedded(Vec<u8>),
    /// Nowhere in this archive.
    Absent,
}

/// What unpacking a layer gave.
#[derive(Debug, Clone)]
pub struct Unpacked {
    /// Compression as found.
    pub compression: Option<Compression>,
    /// Its diff ID under each algorithm that was asked for; empty where the
    /// stream did not end cleanly.
    pub diff_ids: Vec<Digest>,
    /// Why there is no diff ID.
    pub reason: Option<Reason>,
    /// Bytes unpacked.
    pub size: u64,
    /// Entries by kind.
    pub counts: EntryCounts,
    /// The entries.
    pub table: Arc<EntryTable>,
    /// Where unpacking can begin but at the start, in the order of the bytes.
    pub seek_points: Vec<SeekPoint>,
    /// Whether the digests of their contents were asked for.
    pub has_contents: bool,
}

/// One blob.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Its digest, where anything states it.
    pub digest: Option<AnyDigest>,
    /// The archive member that holds it.
    pub member: Option<String>,
    /// Where its bytes lie.
    pub place: Place,
    /// Sizes that descriptors declare; more than one when they disagree.
    pub declared: Vec<u64>,
    /// Media type of the first descriptor.
    pub media_type: Option<String>,
    /// Who refers to it.
    pub references: Vec<BlobReference>,
    /// How it is scanned; `None` when its bytes were hashed when it was opened.
    pub scan: Option<ScanKind>,
    /// Diff IDs that configs expect of it.
    pub diff_ids: Vec<String>,
    /// Size and digest against the bytes.
    pub verification: Verification,
    /// What unpacking it gave, where it is a layer that was scanned.
    pub unpacked: Option<Unpacked>,
    /// What its table of contents says, until unpacking it tells.
    pub listing: Option<Listing>,
    /// Findings about it, but for those of its scan.
    pub diagnostics: Vec<Diagnostic>,
    /// What its scan found.
    pub found: Vec<Diagnostic>,
}

impl Blob {
    /// Whether its bytes are here.
    pub fn is_present(&self) -> bool {
        self.place != Place::Absent
    }

    /// How many bytes are here.
    pub fn actual_size(&self) -> Option<u64> {
        match &self.place {
            Place::Archive { size, .. } => Some(*size),
            Place::Embedded(data) => Some(data.len() as u64),
            Place::Absent => None,
        }
    }

    /// Whether nothing more will become known of it.
    pub fn is_settled(&self) -> bool {
        self.verification.reason != Some(Reason::Pending)
    }

    /// The diff ID that the bytes gave, under the algorithm of `expected`.
    pub fn diff_id(&self, expected: Option<&str>) -> Verification {
        let expected_text = expected.map(ToOwned::to_owned);
        let not_checked = |reason, computed: Option<&Digest>| Verification {
            status: Status::NotChecked,
            reason: Some(reason),
            expected: expected_text.clone(),
            computed: computed.map(ToString::to_string),
        };
        let Some(unpacked) = &self.unpacked else {
            let reason = match (self.verification.status, self.verification.reason) {
                (Status::Missing, _) => Reason::BlobMissing,
                (_, Some(reason)) => reason,
                _ => Reason::Encrypted,
            };
            return not_checked(reason, None);
        };
        let first = unpacked.diff_ids.first();
        if first.is_none() {
            let reason = unpacked.reason.unwrap_or(Reason::DecompressionFailed);
            return not_checked(reason, None);
        }
        let Some(expected) = expected else {
            return not_checked(Reason::NothingExpected, first);
        };
        match AnyDigest::parse(expected) {
            Err(_) => not_checked(Reason::InvalidDigest, first),
            Ok(AnyDigest::Unregistered(_)) => not_checked(Reason::UnknownAlgorithm, first),
            Ok(AnyDigest::Known(expected)) => {
                let computed = unpacked
                    .diff_ids
                    .iter()
                    .find(|digest| digest.algorithm() == expected.algorithm());
                match computed {
                    None => not_checked(Reason::UnknownAlgorithm, first),
                    Some(computed) => Verification {
                        status: if *computed == expected {
                            Status::Verified
                        } else {
                            Status::Mismatch
                        },
                        reason: None,
                        expected: expected_text,
                        computed: Some(computed.to_string()),
                    },
                }
            }
        }
    }

    /// The job that scans its bytes, where one is needed.
    pub fn job(&self, number: BlobNumber) -> Option<ScanJob> {
        match &self.place {
            Place::Archive {
                source,
                offset,
                size,
            } => self.job_at(number, Some(*source), *offset, *size),
            Place::Embedded(data) => self.job_at(number, None, 0, data.len() as u64),
            Place::Absent => None,
        }
    }

    fn job_at(
        &self,
        number: BlobNumber,
        source: Option<u32>,
        offset: u64,
        size: u64,
    ) -> Option<ScanJob> {
        Some(ScanJob {
            job: u32::try_from(number).ok()?,
            source,
            offset,
            size,
            kind: self.scan?,
            media_type: self.media_type.clone(),
            expected: self.digest.as_ref().map(ToString::to_string),
            expected_size: self.declared.first().map(ToString::to_string),
            diff_ids: self.diff_ids.clone(),
            content_digests: false,
        })
    }

    /// Takes what a scan found.
    pub fn complete(&mut self, scanned: Scanned) {
        self.verification = scanned.verification;
        self.found = scanned.diagnostics;
        if self.scan == Some(ScanKind::Layer) {
            self.unpacked = Some(Unpacked {
                compression: scanned.compression,
                diff_ids: scanned.diff_ids,
                reason: scanned.diff_reason,
                size: scanned.unpacked_size,
                counts: scanned.counts,
                table: Arc::new(scanned.table),
                seek_points: scanned.seek_points,
                has_contents: scanned.has_contents,
            });
        }
        self.judge_undeclared();
    }

    /// Compares what a scan found with what the table of contents has said until now, and leaves
    /// that. Whether trees can go on with the scan's table; none where nothing was listed.
    pub fn compare_listing(&mut self) -> Option<bool> {
        let listing = self.listing.take()?;
        let tar = &self.unpacked.as_ref()?.table;
        let finding = mismatch(listing.toc.format, &listing.table, tar);
        let is_same = finding.is_none() && listing.table.len() == tar.len();
        let name = self.name();
        self.diagnostics
            .extend(finding.map(|finding| finding.blob(name)));
        Some(is_same)
    }

    // A docker-save layer has no digest of its own: what vouches for its bytes
    // is the diff ID that the config expects of them.
    fn judge_undeclared(&mut self) {
        if self.digest.is_some() || self.diff_ids.is_empty() {
            return;
        }
        let verdicts: Vec<Verification> = self
            .diff_ids
            .iter()
            .map(|expected| self.diff_id(Some(expected)))
            .collect();
        if let Some(worst) = verdicts.into_iter().max_by_key(|verdict| verdict.status) {
            self.verification.status = worst.status;
            self.verification.reason = worst.reason;
        }
    }

    /// Notes that it will not be scanned to its end. Of a second scan, nothing:
    /// what the first one found stands.
    pub fn fail(&mut self, reason: Reason, message: &str) {
        if self.unpacked.is_some() {
            return;
        }
        self.verification = Verification {
            status: Status::NotChecked,
            reason: Some(reason),
            expected: self.digest.as_ref().map(ToString::to_string),
            computed: None,
        };
        if reason != Reason::Cancelled {
            let name = self.name();
            self.found
                .push(Diagnostic::new(Severity::Error, SCAN_FAILED, message.to_owned()).blob(name));
        }
    }

    /// Whether it was given up for a reason that may not hold a second time.
    pub fn can_be_retried(&self) -> bool {
        self.scan.is_some()
            && matches!(
                self.verification.reason,
                Some(Reason::Cancelled | Reason::WorkerFailed | Reason::ReadFailed)
            )
    }

    /// Takes back that it was given up.
    pub fn retry(&mut self) {
        self.verification.reason = Some(Reason::Pending);
        self.found.retain(|finding| finding.code != SCAN_FAILED);
    }

    /// What to call it in a finding.
    pub fn name(&self) -> String {
        let digest = self.digest.as_ref().map(ToString::to_string);
        digest.or_else(|| self.member.clone()).unwrap_or_default()
    }

    fn refer(&mut self, descriptor: &Descriptor, document: &str, role: Role) {
        let reference = BlobReference {
            document: document.to_owned(),
            role,
        };
        if !self.references.contains(&reference) {
            self.references.push(reference);
        }
        if let Some(size) = descriptor.size
            && !self.declared.contains(&size)
        {
            if let Some(first) = self.declared.first() {
                let finding = Diagnostic::new(
                    Severity::Error,
                    "sizes-disagree",
                    "descriptors declare different sizes for one blob",
                );
                let finding = finding.blob(&descriptor.digest).expected(first, size);
                self.diagnostics.push(finding);
            }
            self.declared.push(size);
        }
        if self.media_type.is_none() {
            self.media_type = Some(descriptor.media_type.to_string());
        }
    }

    /// Judges it by all of its bytes, which then need no scan.
    pub fn judge(&mut self, bytes: &[u8]) {
        self.scan = None;
        let expected = self.digest.as_ref();
        let computed = match expected {
            Some(AnyDigest::Known(digest)) => Some(Digest::of(digest.algorithm(), bytes)),
            Some(AnyDigest::Unregistered(_)) => None,
            None => Some(Digest::sha256(bytes)),
        };
        // Size before digest: image-spec descriptor.md, "Verification".
        let size_differs = self.declared.iter().any(|size| *size != bytes.len() as u64);
        let (status, reason) = match (expected, &computed) {
            _ if size_differs => (Status::Mismatch, None),
            (Some(AnyDigest::Unregistered(_)), _) => {
                (Status::NotChecked, Some(Reason::UnknownAlgorithm))
            }
            (None, _) => (Status::NotChecked, Some(Reason::NothingExpected)),
            (Some(expected), computed) if expected.known() == computed.as_ref() => {
                (Status::Verified, None)
            }
            _ => (Status::Mismatch, None),
        };
        self.verification = Verification {
            status,
            reason,
            expected: expected.map(ToString::to_string),
            computed: computed.map(|digest| digest.to_string()),
        };
    }

    /// How the report shows it.
    pub fn view(&self) -> BlobView {
        let stated = self.digest.as_ref().map(ToString::to_string);
        BlobView {
            digest: stated.or_else(|| self.verification.computed.clone()),
            member: self.member.clone(),
            size: self.declared.first().map(ToString::to_string),
            actual_size: self.actual_size(),
            media_type: self.media_type.clone(),
            verification: self.verification.clone(),
            referenced_by: self.references.clone(),
            diagnostics: [self.diagnostics.as_slice(), &self.found].concat(),
        }
    }
}

/// All blobs of an archive, by number, digest and member.
#[derive(Debug, Default)]
pub struct Blobs {
    blobs: Vec<Blob>,
    by_digest: HashMap<AnyDigest, BlobNumber>,
    by_member: HashMap<String, BlobNumber>,
}

impl Blobs {
    /// Adds a blob that the archive holds under its digest or a plain name.
    pub fn add(
        &mut self,
        digest: Option<AnyDigest>,
        member: Option<String>,
        place: Place,
    ) -> BlobNumber {
        let number = self.blobs.len();
        if let Some(digest) = &digest {
            self.by_digest.insert(digest.clone(), number);
        }
        if let Some(member) = &member {
            self.by_member.insert(member.clone(), number);
        }
        let absent = place == Place::Absent;
        self.blobs.push(Blob {
            verification: Verification {
                status: if absent {
                    Status::Missing
                } else {
                    Status::NotChecked
                },
                reason: (!absent).then_some(Reason::Pending),
                expected: digest.as_ref().map(ToString::to_string),
                computed: None,
            },
            digest,
            member,
            place,
            declared: Vec::new(),
            media_type: None,
            references: Vec::new(),
            scan: Some(ScanKind::Blob),
            diff_ids: Vec::new(),
            unpacked: None,
            listing: None,
            diagnostics: Vec::new(),
            found: Vec::new(),
        });
        number
    }

    /// The blob that a descriptor leads to, added as absent or embedded where
    /// the archive does not hold it.
    pub fn refer(&mut self, descriptor: &Descriptor, document: &str, role: Role) -> BlobNumber {
        let known = descriptor
            .digest
            .valid()
            .and_then(|digest| self.of_digest(digest));
        let number = known.unwrap_or_else(|| {
            let place = match &descriptor.data {
                Some(data) => Place::Embedded(data.to_vec()),
                None => Place::Absent,
            };
            let number = self.add(descriptor.digest.valid().cloned(), None, place);
            if descriptor.digest.valid().is_none()
                && let Some(blob) = self.blobs.get_mut(number)
            {
                blob.scan = None;
                blob.verification = Verification {
                    status: Status::NotChecked,
                    reason: Some(Reason::InvalidDigest),
                    expected: Some(descriptor.digest.to_string()),
                    computed: None,
                };
            }
            number
        });
        if let Some(blob) = self.blobs.get_mut(number) {
            blob.refer(descriptor, document, role);
        }
        number
    }

    /// The blob held by a member, if it is known.
    pub fn of_member(&self, member: &str) -> Option<BlobNumber> {
        self.by_member.get(member).copied()
    }

    /// The blob with a digest.
    pub fn of_digest(&self, digest: &AnyDigest) -> Option<BlobNumber> {
        self.by_digest.get(digest).copied()
    }

    /// The blob with a number.
    pub fn get(&self, number: BlobNumber) -> Option<&Blob> {
        self.blobs.get(number)
    }

    /// The blob with a number, to be changed.
    pub fn get_mut(&mut self, number: BlobNumber) -> Option<&mut Blob> {
        self.blobs.get_mut(number)
    }

    /// All blobs: those of the archive in its order, then missing ones.
    pub fn iter(&self) -> impl Iterator<Item = (BlobNumber, &Blob)> {
        self.blobs.iter().enumerate()
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Blob> {
        self.blobs.iter_mut()
    }
}
