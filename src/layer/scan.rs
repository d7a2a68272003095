//! The scan of one blob: pushed bytes in; verdict, diff ID and entries out.

use serde::{Deserialize, Serialize};

use super::compression::{Decoder, OUTPUT_BYTES};
use super::hashing::Stream;
use super::scanned::{Scanned, Unpacked};
use super::table::TablePage;
use super::tar::TarScan;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::digest::{Algorithm, AnyDigest, Digest, DigestError};
use crate::limits::Limits;
use crate::report::{Compression, Reason, Status, Verification};

/// Unpacked bytes after which [`LayerScan::push`] returns: what a caller that
/// also answers to a Cancel waits for.
const CALL_BYTES: usize = 256 << 10;

/// What a blob is scanned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum ScanKind {
    /// A layer: unpacked, its diff IDs computed and its entries listed.
    Layer,
    /// Anything else: only its digest is computed.
    Blob,
}

/// One blob to be scanned: where it lies, and what is promised about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ScanJob {
    /// Identifies the job among those of its archive.
    pub job: u32,
    /// Which of the archive's inputs holds the bytes: 0 for a tar, a file of
    /// its own in a folder; none where a document carries them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<u32>,
    /// Where in it the stored bytes begin.
    pub offset: u64,
    /// How many stored bytes there are.
    pub size: u64,
    /// What to scan for.
    pub kind: ScanKind,
    /// Media type as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Digest as declared, whatever its form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Size as declared, decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_size: Option<String>,
    /// Diff IDs as configs declare them: usually one, several where images
    /// disagree. Their algorithms are computed; SHA-256 where there are none.
    pub diff_ids: Vec<String>,
    /// Whether each file's content is hashed too.
    pub content_digests: bool,
}

/// How a stream takes bytes: at once, or beside other streams.
type Hash = fn(&mut Stream, &[u8]);

/// A scan under way.
pub struct LayerScan {
    job: ScanJob,
    expected: Option<Result<AnyDigest, DigestError>>,
    blob: Option<Stream>,
    stored: u64,
    layer: Option<Layer>,
    has_ended: bool,
    diagnostics: usize,
}

struct Layer {
    decoder: Decoder,
    output: Vec<u8>,
    // One for each algorithm that a promised diff ID has.
    streams: Vec<Stream>,
    // That of the stored bytes: where these are the unpacked ones, they are hashed once.
    blob: Option<Algorithm>,
    unpacked: u64,
    unpacked_limit: u64,
    tar: TarScan,
    findings: Diagnostics,
}

impl LayerScan {
    /// A scan that has seen no bytes.
    pub fn new(job: &ScanJob, limits: &Limits) -> Self {
        let expected = job.expected.as_deref().map(AnyDigest::parse);
        let algorithm = match &expected {
            Some(Ok(AnyDigest::Known(digest))) => Some(digest.algorithm()),
            Some(Ok(AnyDigest::Unregistered(_)) | Err(_)) => None,
            // Then the digest found is the blob's only name.
            None => Some(Algorithm::Sha256),
        };
        let layer = (job.kind == ScanKind::Layer).then(|| Layer {
            decoder: Decoder::new(limits).with_seek_points(limits),
            output: Vec::new(),
            streams: algorithms(&job.diff_ids)
                .into_iter()
                .map(Stream::new)
                .collect(),
            blob: algorithm,
            unpacked: 0,
            unpacked_limit: limits.unpacked_bytes,
            tar: TarScan::new(limits, job.content_digests),
            findings: Diagnostics::new(limits.diagnostics),
        });
        Self {
            job: job.clone(),
            expected,
            blob: algorithm.map(Stream::new),
            stored: 0,
            layer,
            has_ended: false,
            diagnostics: limits.diagnostics,
        }
    }

    /// Takes bytes from the front of `bytes`; returns how many. It stops early
    /// after about 256 KiB of unpacked output, so that no input can hold a call:
    /// call it again with the rest.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        self.push_with(bytes, Stream::update)
    }

    /// The same, to be hashed beside the bytes of other scans: [`LayerScan::holding`].
    pub(super) fn push_held(&mut self, bytes: &[u8]) -> usize {
        self.push_with(bytes, Stream::hold)
    }

    /// The stored bytes as a stream, then the unpacked ones, once for each algorithm.
    pub(super) fn streams(&mut self) -> impl Iterator<Item = &mut Stream> {
        let layer = self.layer.iter_mut().flat_map(|layer| &mut layer.streams);
        self.blob.iter_mut().chain(layer)
    }

    fn push_with(&mut self, bytes: &[u8], hash: Hash) -> usize {
        let mut at = 0;
        let mut unpacked = 0;
        while unpacked < CALL_BYTES {
            let rest = bytes.get(at..).unwrap_or_default();
            let (taken, new) = match &mut self.layer {
                Some(layer) => layer.push(rest, hash),
                None => (rest.get(..CALL_BYTES).unwrap_or(rest).len(), 0),
            };
            if let Some(blob) = &mut self.blob {
                hash(blob, rest.get(..taken).unwrap_or_default());
            }
            self.stored += taken as u64;
            at += taken;
            unpacked += new;
            if taken == 0 && new == 0 {
                break;
            }
        }
        at
    }

    /// Takes all of `bytes`, however much they unpack to.
    pub fn push_all(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let taken = self.push(bytes);
            bytes = bytes.get(taken..).unwrap_or_default();
        }
    }

    /// Stored bytes taken so far.
    pub const fn stored(&self) -> u64 {
        self.stored
    }

    /// Unpacked bytes so far.
    pub fn unpacked(&self) -> u64 {
        self.layer.as_ref().map_or(0, |layer| layer.unpacked)
    }

    /// Takes it that there are no more bytes.
    pub(super) fn end(&mut self) {
        if let Some(layer) = &mut self.layer
            && !self.has_ended
        {
            layer.end();
        }
        self.has_ended = true;
    }

    /// Takes a page of the layer's table, if one is complete.
    pub fn take_page(&mut self) -> Option<TablePage> {
        self.layer.as_mut()?.tar.take_page()
    }

    /// Takes the histories of the layer's seek points so far, for whoever keeps them elsewhere:
    /// [`Decoder::take_histories`].
    pub fn take_histories(&mut self, least: usize) -> Option<Vec<u8>> {
        self.layer.as_mut()?.decoder.take_histories(least)
    }

    /// The result, after the last byte was pushed; of a blob that was cut
    /// short, the result says what is missing.
    pub fn finish(mut self) -> Scanned {
        self.end();
        let mut findings = Diagnostics::new(self.diagnostics);
        let computed = self.blob.and_then(Stream::finish);
        let verification = judge(
            &self.job,
            &self.expected,
            computed,
            self.stored,
            &mut findings,
        );
        let verified = verification.status == Status::Verified;
        let unpacked = match self.layer {
            Some(layer) => layer.finish(&self.job, computed, verified, &mut findings),
            None => Unpacked::default(),
        };
        let mut diagnostics = findings.into_vec();
        if let Some(expected) = &self.job.expected {
            for diagnostic in &mut diagnostics {
                diagnostic.blob.get_or_insert_with(|| expected.clone());
            }
        }
        Scanned::new(&self.job, verification, self.stored, unpacked, diagnostics)
    }
}

impl Layer {
    // Bytes taken, and bytes that they unpacked to.
    fn push(&mut self, bytes: &[u8], hash: Hash) -> (usize, usize) {
        if self.decoder.passes_through() {
            let now = bytes.get(..OUTPUT_BYTES).unwrap_or(bytes);
            self.take(now, hash);
            return (now.len(), now.len());
        }
        let mut output = std::mem::take(&mut self.output);
        output.clear();
        let taken = self.decoder.push(bytes, &mut output);
        self.take(&output, hash);
        let new = output.len();
        self.output = output;
        (taken, new)
    }

    fn take(&mut self, unpacked: &[u8], hash: Hash) {
        if unpacked.is_empty() || self.decoder.failure() == Some(Reason::Limit) {
            return;
        }
        let left = self.unpacked_limit - self.unpacked;
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        // Up to the limit exactly, so that it falls in one place for any cut.
        let within = unpacked.get(..left).unwrap_or(unpacked);
        self.unpacked += within.len() as u64;
        for stream in &mut self.streams {
            if !(self.decoder.passes_through() && Some(stream.algorithm()) == self.blob) {
                hash(stream, within);
            }
        }
        self.tar.push(within, &mut self.findings);
        if within.len() < unpacked.len() {
            self.decoder.stop(Reason::Limit);
            self.findings.push(
                Diagnostic::new(
                    Severity::Error,
                    "limit-unpacked-bytes",
                    "the layer unpacks to more bytes than the limit",
                )
                .expected(self.unpacked_limit, "more"),
            );
        }
    }

    fn end(&mut self) {
        loop {
            let mut output = std::mem::take(&mut self.output);
            output.clear();
            self.decoder.finish(&mut output);
            self.take(&output, Stream::update);
            let done = output.is_empty();
            self.output = output;
            if done {
                break;
            }
        }
    }

    fn finish(
        mut self,
        job: &ScanJob,
        blob: Option<Digest>,
        verified: bool,
        findings: &mut Diagnostics,
    ) -> Unpacked {
        let compression = self.decoder.compression();
        if let Some(disagreement) = disagreement(job.media_type.as_deref(), compression) {
            findings.push(disagreement);
        }
        let mut reason = self.decoder.failure();
        for finding in self.decoder.take_diagnostics() {
            findings.push(finding);
        }
        let digest = |stream: Stream| match compression {
            Some(Compression::None) if Some(stream.algorithm()) == self.blob => blob,
            _ => stream.finish(),
        };
        let mut diff_ids: Vec<Digest> = self.streams.into_iter().filter_map(digest).collect();
        // RFC 1952 2.3.1, CRC32 and ISIZE: a wrong trailer outweighs everything
        // but a digest before and a diff ID after unpacking that both hold.
        let vouched = || {
            let promised = job.diff_ids.iter().filter_map(|id| Digest::parse(id).ok());
            verified && promised.into_iter().any(|id| diff_ids.contains(&id))
        };
        if reason.is_none() && self.decoder.is_doubtful() && !vouched() {
            reason = Some(Reason::DecompressionFailed);
        }
        let seek_points = self.decoder.take_seek_points();
        let (table, counts) = self.tar.finish(reason, &mut self.findings);
        for finding in self.findings.into_vec() {
            findings.push(finding);
        }
        if reason.is_some() {
            diff_ids.clear();
        }
        Unpacked {
            compression,
            diff_ids,
            diff_reason: reason,
            size: self.unpacked,
            counts,
            table,
            seek_points,
        }
    }
}

// Those that promised diff IDs have, each once.
fn algorithms(diff_ids: &[String]) -> Vec<Algorithm> {
    let mut algorithms: Vec<Algorithm> = diff_ids
        .iter()
        .filter_map(|id| Digest::parse(id).ok())
        .map(|digest| digest.algorithm())
        .collect();
    algorithms.sort_unstable();
    algorithms.dedup();
    if algorithms.is_empty() {
        algorithms.push(Algorithm::Sha256);
    }
    algorithms
}

// image-spec descriptor.md, "Verification": the size before the digest.
fn judge(
    job: &ScanJob,
    expected: &Option<Result<AnyDigest, DigestError>>,
    computed: Option<Digest>,
    stored: u64,
    findings: &mut Diagnostics,
) -> Verification {
    let mut verification = Verification {
        status: Status::NotChecked,
        reason: None,
        expected: job.expected.clone(),
        computed: computed.map(|digest| digest.to_string()),
    };
    if let Some(size) = &job.expected_size
        && size.parse() != Ok(stored)
    {
        findings.push(
            Diagnostic::new(
                Severity::Error,
                "blob-size-mismatch",
                format!("expected {size} bytes, but found {stored}"),
            )
            .expected(size, stored),
        );
        verification.status = Status::Mismatch;
        return verification;
    }
    match expected {
        None => verification.reason = Some(Reason::NothingExpected),
        Some(Err(_)) => verification.reason = Some(Reason::InvalidDigest),
        Some(Ok(AnyDigest::Unregistered(_))) => {
            verification.reason = Some(Reason::UnknownAlgorithm);
        }
        Some(Ok(AnyDigest::Known(expected))) => match computed {
            Some(computed) if computed == *expected => verification.status = Status::Verified,
            Some(computed) => {
                findings.push(
                    Diagnostic::new(
                        Severity::Error,
                        "blob-digest-mismatch",
                        format!("expected {expected}, but found {computed}"),
                    )
                    .expected(expected, computed),
                );
                verification.status = Status::Mismatch;
            }
            None => verification.reason = Some(Reason::NothingExpected),
        },
    }
    verification
}

// containerd sniffs whatever the media type says; others believe it.
fn disagreement(media_type: Option<&str>, found: Option<Compression>) -> Option<Diagnostic> {
    let media_type = media_type?;
    let found = found?;
    let expected = promised(media_type)?;
    (expected != found).then(|| {
        Diagnostic::new(
            Severity::Warning,
            "media-type-disagrees",
            format!(
                "the media type {media_type} promises {}, but the bytes are {}",
                name(expected),
                name(found)
            ),
        )
        .expected(name(expected), name(found))
    })
}

// image-spec media-types.md; Docker's own types end in `.tar.gzip`. Its plain
// `.diff.tar` promises nothing: containerd takes any compression there.
fn promised(media_type: &str) -> Option<Compression> {
    if media_type.ends_with("+gzip") || media_type.ends_with(".tar.gzip") {
        Some(Compression::Gzip)
    } else if media_type.ends_with("+zstd") || media_type.ends_with(".tar.zstd") {
        Some(Compression::Zstd)
    } else if media_type.starts_with("application/vnd.oci.") && media_type.ends_with(".tar") {
        Some(Compression::None)
    } else {
        None
    }
}

const fn name(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "no compression",
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
        Compression::Xz => "xz",
    }
}
