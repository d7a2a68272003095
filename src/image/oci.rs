//! OCI layouts: from `index.json` through nested indexes to images, artifacts
//! and attestations; image-spec `image-layout.md` and `image-index.md`.

use crate::descriptor::{CONTAINERD_NAME, Descriptor, REF_NAME};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::{AnyDigest, Digest};
use crate::manifest::{
    Config, Document, Index, Layout, Manifest, ManifestKind, Parsed, annotations,
};
use crate::media_type::{Class, MediaType};
use crate::report::{EntryRole, Role};
use crate::source::ReadAt;

use super::Inspection;
use super::blobs::{Blob, BlobNumber};
use super::model::{Artifact, Attestation, Image, ImageLayer, IndexEntry, IndexNode};
use super::read::unreadable;

const LAYOUT: &[u8] = b"oci-layout";
const ROOT: &str = "index.json";

/// Largest blob of an unknown media type that is read to see what it is:
/// what BuildKit and registries accept as a manifest.
const UNKNOWN_DOCUMENT_BYTES: u64 = 4 << 20;

/// An index entry still to be followed.
struct Step {
    /// Position of the index that lists it.
    index: usize,
    /// Position of the entry in that index.
    entry: usize,
    /// Digests of the indexes on the way to it, `index.json` left out.
    via: Vec<AnyDigest>,
    /// Names on the way to it.
    names: Vec<String>,
}

impl<S: ReadAt> Inspection<S> {
    pub(super) fn read_oci_layout(&mut self) {
        self.read_layout_file();
        let raw = match self
            .archive
            .read_member(ROOT.as_bytes(), self.limits.document_bytes)
        {
            Ok(raw) => raw,
            Err(error) => return self.note(error.diagnostic(ROOT.as_bytes())),
        };
        let digest = Digest::sha256(&raw).to_string();
        match Index::parse(raw, &self.limits) {
            Ok(parsed) => {
                let node = index_node(parsed, ROOT, digest);
                let steps = self.add_index(node, &[], &[]);
                self.follow(steps);
            }
            Err(error) => self.note(unreadable(&error, ROOT)),
        }
    }

    fn read_layout_file(&mut self) {
        if self.archive.member(LAYOUT).is_none() {
            return;
        }
        match self.archive.read_member(LAYOUT, self.limits.document_bytes) {
            Ok(raw) => match Layout::parse(raw, &self.limits) {
                Ok(layout) => {
                    self.layout_version = layout.value.version;
                    for finding in layout.diagnostics {
                        self.note(finding.blob("oci-layout"));
                    }
                }
                Err(error) => self.note(unreadable(&error, "oci-layout")),
            },
            Err(error) => self.note(error.diagnostic(LAYOUT)),
        }
    }

    /// Adds an index and gives its entries as steps, in reverse: the first is
    /// taken first from the end.
    fn add_index(&mut self, node: IndexNode, via: &[AnyDigest], names: &[String]) -> Vec<Step> {
        let index = self.indexes.len();
        let steps = node.entries.iter().enumerate().map(|(entry, _)| Step {
            index,
            entry,
            via: via.to_vec(),
            names: names.to_vec(),
        });
        let steps = steps.rev().collect();
        self.indexes.push(node);
        steps
    }

    /// Follows index entries, depth first and in the documents' order, without
    /// recursion.
    fn follow(&mut self, mut steps: Vec<Step>) {
        let mut documents = 0;
        while let Some(step) = steps.pop() {
            documents += 1;
            if documents > self.limits.documents {
                let cap = self.limits.documents;
                return self.note(
                    Diagnostic::new(
                        Severity::Error,
                        "limit-documents",
                        "the archive lists more documents than are read",
                    )
                    .expected(format!("at most {cap}"), "more"),
                );
            }
            let Some(node) = self.indexes.get(step.index) else {
                continue;
            };
            let document = if step.index == 0 { ROOT } else { &node.digest }.to_owned();
            let Some(descriptor) = node.entries.get(step.entry).map(|e| e.descriptor.clone())
            else {
                continue;
            };
            let (role, image, more) = self.follow_one(&step, descriptor, &document);
            if let Some(node) = self.indexes.get_mut(step.index)
                && let Some(entry) = node.entries.get_mut(step.entry)
            {
                entry.role = role;
                entry.image = image;
            }
            steps.extend(more);
        }
    }

    fn follow_one(
        &mut self,
        step: &Step,
        descriptor: Descriptor,
        document: &str,
    ) -> (EntryRole, Option<usize>, Vec<Step>) {
        // The entries of a cache's index are what a manifest has beside each other.
        let class = descriptor.media_type.valid().map(MediaType::class);
        let (role, part) = match class {
            Some(Class::Layer(_)) => (Role::Layer, Some(EntryRole::Layer)),
            Some(Class::CacheConfig) => (Role::Config, Some(EntryRole::CacheConfig)),
            _ => (Role::Manifest, None),
        };
        let number = self.blobs.refer(&descriptor, document, role);
        if let Some(part) = part {
            return (part, None, Vec::new());
        }
        let mut names = step.names.clone();
        for name in names_of(&descriptor) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match class {
            Some(Class::Index | Class::Manifest) | None => {}
            // Some tools write a wrong media type; the document itself tells.
            Some(Class::Other) if self.may_be_document(number) => {}
            Some(_) => return (EntryRole::Unknown, None, Vec::new()),
        }
        let cycle = descriptor
            .digest
            .valid()
            .is_some_and(|digest| step.via.contains(digest));
        if cycle || step.via.len() >= self.limits.index_depth {
            let finding = if cycle {
                Diagnostic::new(
                    Severity::Error,
                    "index-cycle",
                    "the index lists one that leads to it",
                )
            } else {
                let cap = self.limits.index_depth;
                Diagnostic::new(
                    Severity::Error,
                    "limit-index-depth",
                    "indexes are nested too deeply",
                )
                .expected(format!("at most {cap}"), step.via.len() + 1)
            };
            self.note_on_index(step.index, finding.blob(&descriptor.digest));
            return (EntryRole::Index, None, Vec::new());
        }
        let expected = expected_role(&descriptor);
        let Some(raw) = self.read_document(number) else {
            let image = (expected == EntryRole::Image)
                .then(|| self.add_image(absent_image(descriptor, number), names, &step.via));
            return (expected, image, Vec::new());
        };
        match Document::parse(raw, descriptor.media_type.valid(), &self.limits) {
            Err(_) if expected == EntryRole::Unknown => (expected, None, Vec::new()),
            Err(error) => {
                let finding = unreadable(&error, &descriptor.digest);
                if expected == EntryRole::Image {
                    let mut image = absent_image(descriptor, number);
                    image.diagnostics.push(finding);
                    return (
                        expected,
                        Some(self.add_image(image, names, &step.via)),
                        Vec::new(),
                    );
                }
                self.note_on_index(step.index, finding);
                (expected, None, Vec::new())
            }
            Ok(parsed) => self.add_document(step, descriptor, number, names, parsed),
        }
    }

    fn add_document(
        &mut self,
        step: &Step,
        descriptor: Descriptor,
        number: BlobNumber,
        names: Vec<String>,
        parsed: Parsed<Document>,
    ) -> (EntryRole, Option<usize>, Vec<Step>) {
        let Parsed {
            value,
            raw,
            digest,
            diagnostics,
        } = parsed;
        match value {
            Document::Index(index) => {
                let mut via = step.via.clone();
                via.extend(descriptor.digest.valid().cloned());
                let mut node = index_node(
                    Parsed {
                        value: index,
                        raw,
                        digest,
                        diagnostics,
                    },
                    &descriptor.digest.to_string(),
                    descriptor.digest.to_string(),
                );
                node.parent = self
                    .indexes
                    .get(step.index)
                    .map(|parent| parent.digest.clone());
                node.names = names_of(&descriptor);
                node.descriptor = Some(descriptor);
                node.blob = Some(number);
                let steps = self.add_index(node, &via, &names);
                (EntryRole::Index, None, steps)
            }
            Document::Manifest(manifest) => {
                let place = descriptor.digest.to_string();
                let findings = diagnostics.into_iter().map(|finding| finding.blob(&place));
                let findings: Vec<Diagnostic> = findings.collect();
                let is_attestation =
                    descriptor.attests().is_some() || manifest.kind() == ManifestKind::Attestation;
                if is_attestation {
                    self.add_attestation(descriptor, number, manifest, findings);
                    return (EntryRole::Attestation, None, Vec::new());
                }
                if manifest.kind() == ManifestKind::Artifact {
                    self.add_artifact(descriptor, number, manifest, findings);
                    return (EntryRole::Artifact, None, Vec::new());
                }
                let image = self.read_image(descriptor, number, manifest, findings);
                let image = self.add_image(image, names, &step.via);
                (EntryRole::Image, Some(image), Vec::new())
            }
        }
    }

    /// Whether a blob of an unknown media type is small enough to look into.
    fn may_be_document(&self, number: BlobNumber) -> bool {
        let size = self.blobs.get(number).and_then(Blob::actual_size);
        size.is_some_and(|size| size <= UNKNOWN_DOCUMENT_BYTES)
    }

    fn read_image(
        &mut self,
        descriptor: Descriptor,
        number: BlobNumber,
        manifest: Manifest,
        diagnostics: Vec<Diagnostic>,
    ) -> Image {
        let document = descriptor.digest.to_string();
        let config_blob = self.blobs.refer(&manifest.config, &document, Role::Config);
        self.refer_subject(manifest.subject.as_deref(), &document);
        let mut image = Image {
            is_read: true,
            annotations: annotations(&manifest.annotations),
            manifest: Some((descriptor, number)),
            config_descriptor: Some(manifest.config),
            config_blob: Some(config_blob),
            diagnostics,
            ..Image::default()
        };
        for layer in manifest.layers {
            let blob = self.blobs.refer(&layer, &document, Role::Layer);
            image.layers.push(ImageLayer::new(blob, Some(layer)));
        }
        self.read_config(&mut image);
        image
    }

    /// Reads the config of an image, whose blob it knows already.
    pub(super) fn read_config(&mut self, image: &mut Image) {
        let Some(number) = image.config_blob else {
            return;
        };
        let Some(raw) = self.read_document(number) else {
            return;
        };
        let name = self
            .blobs
            .get(number)
            .map(|blob| blob.name())
            .unwrap_or_default();
        image.config_digest = Some(Digest::sha256(&raw));
        image.config_raw = Some(raw.clone().into());
        match Config::parse(raw, &self.limits) {
            Err(error) => image.diagnostics.push(unreadable(&error, name)),
            Ok(parsed) => {
                let findings = parsed
                    .diagnostics
                    .into_iter()
                    .map(|finding| finding.blob(&name));
                image.diagnostics.extend(findings);
                image.take_config(parsed.value);
            }
        }
    }

    fn add_attestation(
        &mut self,
        descriptor: Descriptor,
        blob: BlobNumber,
        manifest: Manifest,
        diagnostics: Vec<Diagnostic>,
    ) {
        let document = descriptor.digest.to_string();
        self.refer_parts(&manifest, &document);
        let stated = descriptor.attests().map(ToOwned::to_owned);
        let subject = manifest
            .subject
            .as_ref()
            .map(|subject| subject.digest.to_string());
        self.attestations.push(Attestation {
            subject: stated.filter(|subject| !subject.is_empty()).or(subject),
            descriptor,
            blob,
            statements: manifest.layers,
            diagnostics,
        });
    }

    fn add_artifact(
        &mut self,
        descriptor: Descriptor,
        blob: BlobNumber,
        manifest: Manifest,
        diagnostics: Vec<Diagnostic>,
    ) {
        let document = descriptor.digest.to_string();
        self.refer_parts(&manifest, &document);
        self.artifacts.push(Artifact {
            artifact_type: Some(manifest.effective_artifact_type()),
            subject: manifest
                .subject
                .as_ref()
                .map(|subject| subject.digest.to_string()),
            annotations: annotations(&manifest.annotations),
            descriptor,
            blob,
            config: Some(manifest.config),
            layers: manifest.layers,
            diagnostics,
        });
    }

    fn refer_parts(&mut self, manifest: &Manifest, document: &str) {
        self.blobs.refer(&manifest.config, document, Role::Config);
        for layer in &manifest.layers {
            self.blobs.refer(layer, document, Role::Layer);
        }
        self.refer_subject(manifest.subject.as_deref(), document);
    }

    // A subject may lie anywhere, and often does not lie here: that it is not
    // in the archive makes nothing incomplete.
    fn refer_subject(&mut self, subject: Option<&Descriptor>, document: &str) {
        if let Some(subject) = subject
            && let Some(digest) = subject.digest.valid()
            && self.blobs.of_digest(digest).is_some()
        {
            self.blobs.refer(subject, document, Role::Subject);
        }
    }

    /// Adds an image, or its names to the one that is there already: the same
    /// manifest may be listed under several names and in several indexes.
    fn add_image(&mut self, mut image: Image, names: Vec<String>, via: &[AnyDigest]) -> usize {
        let manifest = image.manifest.as_ref();
        let digest = manifest.and_then(|(descriptor, _)| descriptor.digest.valid().cloned());
        let key = manifest.map(|(descriptor, blob)| (*blob, descriptor.platform.clone()));
        image.references = digest
            .into_iter()
            .chain(via.iter().rev().cloned())
            .collect();
        let same = self.images.iter_mut().enumerate().find(|(_, known)| {
            let known = known.manifest.as_ref();
            key.is_some() && known.map(|(d, blob)| (*blob, d.platform.clone())) == key
        });
        if let Some((position, known)) = same {
            add_new(&mut known.names, names);
            add_new(&mut known.references, image.references);
            return position;
        }
        image.names = names;
        image.via = via.iter().map(ToString::to_string).collect();
        self.images.push(image);
        self.images.len() - 1
    }

    fn note_on_index(&mut self, index: usize, finding: Diagnostic) {
        match self.indexes.get_mut(index) {
            Some(node) if node.diagnostics.len() < self.limits.diagnostics => {
                node.diagnostics.push(finding);
            }
            _ => self.note(finding),
        }
    }
}

impl ImageLayer {
    /// A layer whose diff ID is not known yet.
    pub(super) fn new(blob: BlobNumber, descriptor: Option<Descriptor>) -> Self {
        let layer_type = descriptor
            .as_ref()
            .and_then(|descriptor| descriptor.media_type.valid()?.layer());
        Self {
            blob,
            descriptor,
            diff_id: None,
            is_encrypted: layer_type.as_ref().is_some_and(|layer| layer.encrypted),
            is_foreign: layer_type.is_some_and(|layer| layer.foreign),
            is_listed: false,
        }
    }
}

impl Image {
    /// Takes what the config says: platform, history and diff IDs.
    pub(super) fn take_config(&mut self, config: Config) {
        let diff_ids = config.diff_id_texts();
        if diff_ids.len() != self.layers.len() {
            self.diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    "diff-id-count",
                    "mismatched image rootfs and manifest layers",
                )
                .expected(
                    format!("{} diff IDs, one for each layer", self.layers.len()),
                    diff_ids.len(),
                ),
            );
        }
        for (layer, diff_id) in self.layers.iter_mut().zip(diff_ids) {
            layer.diff_id = Some(diff_id);
        }
        self.history = config.history.clone();
        self.platform = Some(config.platform.clone());
        self.created = config.created.clone();
        self.config = Some(config);
    }
}

fn absent_image(descriptor: Descriptor, number: BlobNumber) -> Image {
    Image {
        manifest: Some((descriptor, number)),
        ..Image::default()
    }
}

fn expected_role(descriptor: &Descriptor) -> EntryRole {
    if descriptor.attests().is_some() {
        return EntryRole::Attestation;
    }
    match descriptor.media_type.valid().map(MediaType::class) {
        Some(Class::Index) => EntryRole::Index,
        Some(Class::Manifest) if descriptor.artifact_type.is_some() => EntryRole::Artifact,
        Some(Class::Manifest) => EntryRole::Image,
        _ => EntryRole::Unknown,
    }
}

/// The names that an index entry gives: the whole one first, and the reference
/// name unless it is only that name's tag.
pub(super) fn names_of(descriptor: &Descriptor) -> Vec<String> {
    let whole = descriptor.annotations.get(CONTAINERD_NAME);
    let reference = descriptor.annotations.get(REF_NAME);
    let is_tag_of_whole = |name: &&String| {
        whole.is_some_and(|whole| whole == *name || whole.ends_with(&format!(":{name}")))
    };
    let reference = reference.filter(|name| !is_tag_of_whole(name));
    whole.into_iter().chain(reference).cloned().collect()
}

fn index_node(parsed: Parsed<Index>, place: &str, digest: String) -> IndexNode {
    let findings = parsed.diagnostics.into_iter();
    IndexNode {
        digest,
        parent: None,
        names: Vec::new(),
        descriptor: None,
        blob: None,
        annotations: annotations(&parsed.value.annotations),
        diagnostics: findings.map(|finding| finding.blob(place)).collect(),
        entries: parsed
            .value
            .manifests
            .into_iter()
            .map(|descriptor| IndexEntry {
                role: EntryRole::Unknown,
                image: None,
                descriptor,
            })
            .collect(),
    }
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}
