//! Contents under way, and readers that go on where they stopped.
//!
//! A compressed layer can only be unpacked from its start or a seek point. A
//! reader that has given what was wanted of it is kept, so that what lies behind
//! that is read without unpacking anything twice.

use super::content::{ContentError, ContentPlan};
use crate::digest::{Algorithm, Digest, Hasher};
use crate::layer::{Extract, ExtractError, Machine, Start};
use crate::limits::{KEPT_READERS, Limits};

/// One content under way: stored bytes in, in any cut, its bytes out.
pub struct Reading {
    plan: ContentPlan,
    extract: Extract,
    hasher: Option<Hasher>,
    /// Digest of what it gave, where that was compared.
    digest: Option<Digest>,
    has_failed: bool,
}

impl Reading {
    /// The content that a plan says, read from the plan's own start; from the layer's where the
    /// seek point there is without its history.
    pub fn new(plan: ContentPlan, limits: &Limits) -> Self {
        let extract = match &plan.seek_point {
            Some(point) if point.taken_history().is_none() => Extract::resume(point, limits),
            Some(_) => Extract::new(Start::default(), limits),
            None if plan.is_listed => Extract::of_packed(plan.start, limits),
            None => Extract::new(plan.start, limits),
        };
        Self::by(plan, extract)
    }

    fn by(plan: ContentPlan, mut extract: Extract) -> Self {
        for part in &plan.parts {
            extract.want(part.clone());
        }
        let expected = plan.expected.as_ref();
        Self {
            hasher: expected.map(|digest| Hasher::new(digest.algorithm())),
            plan,
            extract,
            digest: None,
            has_failed: false,
        }
    }

    /// The same, with the digest of what it gives.
    #[must_use]
    pub fn with_digest(self) -> Self {
        Self {
            hasher: Some(Hasher::new(Algorithm::Sha256)),
            ..self
        }
    }

    /// SHA-256 of what it gave; none where that was not asked for, and a second
    /// time.
    pub fn digest(&mut self) -> Option<Digest> {
        let digest = self.hasher.take().map(Hasher::finish);
        digest.or_else(|| self.digest.take())
    }

    // Compares what it gave with what was stated, once that is all.
    fn compare(&mut self) -> Result<(), ContentError> {
        let plan = &self.plan;
        let Some(expected) = plan.expected.as_ref().filter(|_| self.extract.is_done()) else {
            return Ok(());
        };
        let Some(computed) = self.hasher.take().map(Hasher::finish) else {
            return Ok(());
        };
        if computed == *expected {
            self.digest = Some(computed);
            return Ok(());
        }
        self.has_failed = true;
        Err(ContentError::Mismatch {
            layer: plan.layer,
            path: plan.path.clone(),
            expected: (*expected).into(),
            computed: computed.into(),
        })
    }

    /// Bytes that its layer's decoder has given, those of earlier contents
    /// included.
    pub const fn unpacked(&self) -> u64 {
        self.extract.unpacked()
    }
}

impl Machine for Reading {
    type Error = ContentError;

    fn stored(&self) -> u64 {
        self.extract.stored()
    }

    fn is_done(&self) -> bool {
        self.extract.is_done()
    }

    fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<usize, ContentError> {
        let start = output.len();
        let taken = self.extract.push(bytes, output);
        if let Some(hasher) = &mut self.hasher {
            hasher.update(output.get(start..).unwrap_or_default());
        }
        let taken = taken.map_err(|error: ExtractError| {
            self.has_failed = true;
            self.plan.failed(error)
        })?;
        self.compare()?;
        Ok(taken)
    }

    fn end(&mut self) {
        self.extract.end();
    }
}

/// The readers of one archive's layers that can go on.
pub struct Readers {
    limits: Limits,
    // By the number of their layer's blob, and whether it is listed; the one used last at the end.
    kept: Vec<((u32, bool), Extract)>,
}

impl Readers {
    /// None yet.
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            kept: Vec::new(),
        }
    }

    /// Reads what a plan says: with the reader that is the nearest before it,
    /// from the plan's own start where that is nearer.
    pub fn open(&mut self, plan: ContentPlan) -> Reading {
        let kept = self.nearest(&plan).map(|at| self.kept.remove(at).1);
        match kept {
            Some(extract) => Reading::by(plan, extract),
            None => Reading::new(plan, &self.limits),
        }
    }

    /// Keeps the reader of a content that was read, or given up, to go on with.
    pub fn keep(&mut self, reading: Reading) {
        let Reading {
            plan,
            mut extract,
            has_failed,
            ..
        } = reading;
        // In a plain layer, and at the start of any, a new one is as good.
        if has_failed || plan.start.is_plain || extract.unpacked() == 0 {
            return;
        }
        extract.forget();
        if self.kept.len() >= KEPT_READERS {
            self.kept.remove(0);
        }
        self.kept.push((plan.layer_key(), extract));
    }

    /// Whether a plan's seek point is what is read from, and its history lies elsewhere.
    pub fn wants_history(&self, plan: &ContentPlan) -> bool {
        let point = plan.seek_point.as_ref();
        point.is_some_and(|point| point.taken_history().is_some()) && self.nearest(plan).is_none()
    }

    fn nearest(&self, plan: &ContentPlan) -> Option<usize> {
        if plan.start.is_plain {
            return None;
        }
        let reach = plan.start.unpacked..=plan.first()?;
        let kept = self.kept.iter().enumerate();
        kept.filter(|(_, (layer, _))| *layer == plan.layer_key())
            .filter(|(_, (_, extract))| reach.contains(&extract.offset()))
            .max_by_key(|(_, (_, extract))| extract.offset())
            .map(|(at, _)| at)
    }
}
