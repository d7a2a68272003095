//! Two images, of one archive or of two: documents, layers, build cache, paths.
//!
//! A comparison keeps no borrow of either archive: it is given both for each
//! piece of work, and begins the paths anew where a tree has become another.

mod align;
mod cache;
mod checksum;
mod history;
mod layer;
mod paths;
mod values;

use crate::image::Inspection;
use crate::image::checksum::ImageChecksumError;
use crate::limits::{ALIGN_CELLS, Limits};
use crate::manifest::history::HistoryEntry;
use crate::report::{
    CacheFinding, ChecksumDifference, CompareView, LayerPair, LayerRange, PathChanges,
};
use crate::source::ReadAt;
use crate::tree::{MergedTree, Rules};

use align::{Pair, align};
use layer::{LayerCompare, LayerDifference};
use paths::{Paths, Twins};

/// Paths or entries that are compared in one step: some ten milliseconds.
pub const STEP: usize = 40_000;

/// What images are compared by, trees aside.
#[derive(Debug)]
pub(crate) struct Facts {
    /// What a reference to it resolves to: the outermost index, or the manifest.
    pub reference: Option<String>,
    /// Digest of the manifest.
    pub digest: Option<String>,
    /// Digest of the config.
    pub image_id: Option<String>,
    /// Images and attestations that the index lists which it is referred to by.
    pub listed: Option<(usize, usize)>,
    /// The platform that it is asked for by, normalised.
    pub platform: Option<String>,
    /// The manifest's exact bytes.
    pub manifest: Option<Vec<u8>>,
    /// The config's exact bytes.
    pub config: Option<Vec<u8>>,
    /// BuildKit's key of the config.
    pub config_key: Option<String>,
    /// History, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Layers, bottom first.
    pub layers: Vec<LayerFacts>,
}

/// What layers are compared by.
#[derive(Debug)]
pub(crate) struct LayerFacts {
    /// Digest of the stored bytes.
    pub digest: Option<String>,
    /// Diff ID as the config has it, or else as computed.
    pub diff_id: Option<String>,
    /// Diff ID that the bytes gave.
    pub computed_diff_id: Option<String>,
    /// Chain ID up to this layer.
    pub chain_id: Option<String>,
}

/// Tells a tree from what it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TreeStamp {
    /// How often it was made anew.
    pub generation: u32,
    /// How often a second scan told more of its layers.
    pub renewals: u32,
    /// Layers applied.
    pub applied: usize,
    /// Whether those are all.
    pub is_whole: bool,
}

/// The comparison of two images.
#[derive(Debug)]
pub struct Comparison {
    left: u32,
    right: u32,
    stamps: Option<(TreeStamp, TreeStamp)>,
    paths: Option<Paths>,
    layer: Option<LayerCompare>,
    difference: Option<LayerDifference>,
    /// All but paths and what the first different layer tells.
    documents: Documents,
}

#[derive(Debug)]
struct Documents {
    view: CompareView,
    facts: (Facts, Facts),
}

impl Comparison {
    /// Compares an image of `left` with one of `right`, their paths left for
    /// [`Comparison::step`]. `None` where there is no such image.
    pub fn new<L: ReadAt, R: ReadAt>(
        left: &Inspection<L>,
        image: u32,
        right: &Inspection<R>,
        other: u32,
    ) -> Option<Self> {
        Some(Self {
            left: image,
            right: other,
            stamps: None,
            paths: None,
            layer: None,
            difference: None,
            documents: Documents::new(left.facts(image)?, right.facts(other)?),
        })
    }

    /// Does a bounded piece of work on the paths; whether there is more to do
    /// now. Trees that are not whole yet are waited for, one that has changed
    /// is begun anew.
    pub fn step<L: ReadAt, R: ReadAt>(
        &mut self,
        left: &Inspection<L>,
        right: &Inspection<R>,
    ) -> bool {
        let stamps = left.tree_stamp(self.left).zip(right.tree_stamp(self.right));
        if self.stamps != stamps {
            self.stamps = stamps;
            self.restart(left, right);
        }
        if let Some(layer) = &mut self.layer {
            if let Some(difference) = layer.step(STEP) {
                self.difference = Some(difference);
                self.layer = None;
            }
            return true;
        }
        let (Some(paths), Some(left), Some(right)) = (
            &mut self.paths,
            left.tree(self.left),
            right.tree(self.right),
        ) else {
            return false;
        };
        paths.step(left, right, STEP);
        !paths.is_done()
    }

    fn restart<L: ReadAt, R: ReadAt>(&mut self, left: &Inspection<L>, right: &Inspection<R>) {
        self.paths = None;
        self.layer = None;
        self.difference = None;
        let facts = left.facts(self.left).zip(right.facts(self.right));
        if let Some((one, other)) = facts {
            self.documents = Documents::new(one, other);
        }
        let is_whole = self
            .stamps
            .is_some_and(|(one, other)| one.is_whole && other.is_whole);
        if !is_whole {
            return;
        }
        let (one, other) = &self.documents.facts;
        if let Some(first) = self.documents.first_different() {
            let tables = left
                .layer_table(self.left, first)
                .zip(right.layer_table(self.right, first));
            self.layer = tables.map(|(one, other)| LayerCompare::new(one, other));
        }
        if let (Some(left), Some(right)) = (left.tree(self.left), right.tree(self.right)) {
            self.paths = Some(Paths::new(Twins::new(one, other), left, right));
        }
    }

    /// What is known of the two images now.
    pub fn view(&self) -> CompareView {
        let mut view = self.documents.view.clone();
        let (left, right) = &self.documents.facts;
        let first = self.documents.first_different();
        view.cache = cache::findings(left, right, first, self.difference.as_ref());
        if let Some(paths) = self.paths.as_ref().filter(|paths| paths.is_done()) {
            view.tree = Some(paths.counts().clone());
            view.contents_unknown = paths.unknown();
            view.contents_compared = !paths.has_unknown();
        }
        view
    }

    /// A stretch of the paths that differ, as far as they are known.
    pub fn paths<L: ReadAt, R: ReadAt>(
        &self,
        left: &Inspection<L>,
        right: &Inspection<R>,
        offset: u32,
        limit: u32,
    ) -> PathChanges {
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let stamps = left.tree_stamp(self.left).zip(right.tree_stamp(self.right));
        let trees = left.tree(self.left).zip(right.tree(self.right));
        let found = self.paths.as_ref().filter(|_| self.stamps == stamps);
        let (total, paths) = match (found, trees) {
            (Some(paths), Some((left, right))) => (
                paths.len(),
                paths.page(left, right, size(offset), size(limit)),
            ),
            _ => (0, Vec::new()),
        };
        PathChanges {
            total: u32::try_from(total).unwrap_or(u32::MAX),
            offset,
            paths,
        }
    }
}

impl Comparison {
    /// What makes the content checksums of a path differ, its links followed.
    /// Contents are known as far as they were read.
    ///
    /// # Errors
    ///
    /// [`ImageChecksumError`] where one of the images has no checksums, and where
    /// neither has the path.
    pub fn checksum<L: ReadAt, R: ReadAt>(
        &self,
        left: &Inspection<L>,
        right: &Inspection<R>,
        path: &[u8],
        limits: &Limits,
    ) -> Result<ChecksumDifference, ImageChecksumError> {
        let all = LayerRange {
            first: 0,
            last: None,
        };
        let one = left.containerd_tree(self.left, all)?;
        let other = right.containerd_tree(self.right, all)?;
        // An image without layers has a root and nothing in it.
        let empty = || MergedTree::new(Rules::Containerd, limits);
        let trees = (&one.unwrap_or_else(empty), &other.unwrap_or_else(empty));
        let (one, other) = &self.documents.facts;
        let difference = checksum::compare(trees, &Twins::new(one, other), path, limits)?;
        Ok(difference)
    }
}

impl Documents {
    fn new(left: Facts, right: Facts) -> Self {
        let manifest = match (&left.manifest, &right.manifest) {
            (Some(one), Some(other)) => values::compare(one, other, &[]),
            _ => values::Values::default(),
        };
        let config = match (&left.config, &right.config) {
            (Some(one), Some(other)) => values::compare(one, other, &["rootfs", "history"]),
            _ => values::Values::default(),
        };
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let view = CompareView {
            same_manifest: same(&left.digest, &right.digest),
            same_config: same(&left.image_id, &right.image_id),
            manifest: manifest.changes,
            more_values: manifest.more.saturating_add(config.more),
            config: config.changes,
            history: history::compare(&left.history, &right.history),
            layers: layers(&left, &right),
            first_different_layer: first_different(&left, &right)
                .and_then(|layer| u32::try_from(layer).ok()),
            cache: Vec::new(),
            tree: None,
            contents_compared: false,
            contents_unknown: 0,
        };
        Self {
            view,
            facts: (left, right),
        }
    }

    fn first_different(&self) -> Option<usize> {
        let (left, right) = &self.facts;
        first_different(left, right)
    }
}

/// What two images are to a build cache, as far as documents tell.
pub(crate) fn image_findings(left: &Facts, right: &Facts) -> Vec<CacheFinding> {
    cache::findings(left, right, first_different(left, right), None)
}

fn first_different(left: &Facts, right: &Facts) -> Option<usize> {
    let pairs = left.layers.iter().zip(&right.layers);
    let same = pairs.take_while(|(one, other)| same_diff_id(one, other));
    let same = same.count();
    (same < left.layers.len().max(right.layers.len())).then_some(same)
}

fn same_diff_id(one: &LayerFacts, other: &LayerFacts) -> bool {
    one.diff_id.is_some() && one.diff_id == other.diff_id
}

fn layers(left: &Facts, right: &Facts) -> Vec<LayerPair> {
    let diff_ids = |facts: &Facts| -> Vec<Option<String>> {
        facts
            .layers
            .iter()
            .map(|layer| layer.diff_id.clone())
            .collect()
    };
    let pairs = align(&diff_ids(left), &diff_ids(right), ALIGN_CELLS, |_, _| true);
    let number = |position: usize| u32::try_from(position).ok();
    pairs
        .into_iter()
        .map(|pair| match pair {
            Pair::Left(l) => (number(l), None, None),
            Pair::Right(r) => (None, number(r), None),
            Pair::Same(l, r) | Pair::Differs(l, r) => (
                number(l),
                number(r),
                left.layers.get(l).zip(right.layers.get(r)),
            ),
        })
        .map(|(left, right, both)| LayerPair {
            left,
            right,
            same_digest: both
                .is_some_and(|(one, other)| one.digest.is_some() && one.digest == other.digest),
            same_diff_id: both.is_some_and(|(one, other)| same_diff_id(one, other)),
            same_chain_id: both.is_some_and(|(one, other)| {
                one.chain_id.is_some() && one.chain_id == other.chain_id
            }),
        })
        .collect()
}
