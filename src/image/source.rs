//! The images of an opened archive as BuildKit's image source gives them:
//! resolved from a reference, with cache keys and a snapshot. BuildKit
//! `source/containerimage`, containerd `images.Manifest`.
//!
//! The archive stands for the registry or the layout that a daemon would ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::buildkit::cache_key::{config_key, manifest_key};
use crate::buildkit::checksum::Query;
use crate::buildkit::source::{
    Attributes, DescHandler, IMAGE_SCHEME, Identifier, ImageIdentifier, ImmutableRef,
    LAYOUT_SCHEME, LayoutIdentifier, RefLayer, Reference, Source, SourceError, SourceInstance,
    SourceKey, TreeUnavailable, reference,
};
use crate::descriptor::Descriptor;
use crate::digest::{AnyDigest, Digest};
use crate::layer::ScanJob;
use crate::manifest::chain_ids;
use crate::platform::{Matcher, Platform};
use crate::report::{EntryRole, Failure, LayerRange};
use crate::source::ReadAt;
use crate::tree::{MergedTree, Rules};

use super::Inspection;
use super::checksum::ImageChecksumError;
use super::model::{Image, IndexNode};
use super::oci::names_of;

/// Annotation and label that says what a layer unpacks to.
pub const UNCOMPRESSED: &str = "containerd.io/uncompressed";

/// The images of an archive, for `docker-image://` and `oci-layout://`.
#[derive(Debug)]
pub struct ImageSource<'a, S> {
    inspection: &'a Inspection<S>,
    platform: Option<Platform>,
}

impl<'a, S: ReadAt> ImageSource<'a, S> {
    /// A source of these images. `platform` is what a worker's default would
    /// be; without it, a reference that leads to one image alone is for that
    /// image's.
    pub fn new(inspection: &'a Inspection<S>, platform: Option<&Platform>) -> Self {
        Self {
            inspection,
            platform: platform.map(Platform::normalized),
        }
    }

    fn instance(
        &self,
        identifier: &Identifier,
        reference: &Reference,
        platform: Option<&Platform>,
        checksum: Option<&AnyDigest>,
        layer_limit: Option<usize>,
    ) -> Result<ImageInstance<'a, S>, SourceError> {
        let platform = platform.cloned().or_else(|| self.platform.clone());
        let found = self
            .inspection
            .resolve(reference, platform.as_ref(), identifier.scheme())?;
        if let (Some(expected), Some(actual)) = (checksum, &found.digest)
            && expected != actual
        {
            return Err(SourceError::Checksum {
                reference: reference.to_string(),
                expected: expected.to_string(),
                actual: actual.to_string(),
            });
        }
        Ok(ImageInstance {
            inspection: self.inspection,
            reference: identifier.to_string(),
            layer_limit,
            found,
        })
    }
}

impl<S: ReadAt> Source for ImageSource<'_, S> {
    fn schemes(&self) -> &'static [&'static str] {
        &[IMAGE_SCHEME, LAYOUT_SCHEME]
    }

    fn identifier(
        &self,
        scheme: &str,
        reference: &str,
        attributes: &Attributes,
        platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        match scheme {
            LAYOUT_SCHEME => {
                LayoutIdentifier::new(reference, attributes, platform).map(Identifier::Layout)
            }
            _ => ImageIdentifier::new(reference, attributes, platform).map(Identifier::Image),
        }
    }

    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError> {
        let instance = match identifier {
            Identifier::Image(image) => self.instance(
                identifier,
                &image.reference,
                image.platform.as_ref(),
                image.checksum.as_ref(),
                image.layer_limit,
            ),
            Identifier::Layout(image) => self.instance(
                identifier,
                &image.reference,
                image.platform.as_ref(),
                None,
                image.layer_limit,
            ),
            other => Err(other.no_handler()),
        };
        Ok(Box::new(instance?))
    }
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The digest that the reference resolves to: of an index where it names
    /// one. Nothing for an image that only `manifest.json` lists.
    pub digest: Option<AnyDigest>,
    /// Number of the image that was picked for the platform.
    pub image: u32,
    /// The platform that it was picked for.
    pub platform: Platform,
}

impl<S: ReadAt> Inspection<S> {
    /// Resolves a reference by digest, name or tag, and picks the manifest for
    /// a platform. Without a platform, the reference has to lead to one image.
    ///
    /// # Errors
    ///
    /// Says why there is no image.
    pub fn resolve(
        &self,
        reference: &Reference,
        platform: Option<&Platform>,
        scheme: &str,
    ) -> Result<Resolved, SourceError> {
        let text = reference.to_string();
        let digest = reference.digest().map_err(|error| SourceError::Digest {
            text: text.clone(),
            error,
        })?;
        let roots = match &digest {
            Some(digest) => vec![self.root_of(digest)],
            None => self.roots_named(reference, scheme),
        };
        let mut roots: Vec<Root<'_>> = roots.into_iter().flatten().collect();
        if roots.is_empty() {
            return Err(SourceError::NotFound { reference: text });
        }
        // The same name may be of several images, each for a platform.
        if roots.len() > 1 {
            let platform = platform.ok_or(SourceError::Missing { what: "a platform" })?;
            let matcher = Matcher::new(platform);
            roots.retain(|root| root.rank(self, &matcher).is_some());
            roots.sort_by_key(|root| root.rank(self, &matcher));
        }
        match (roots.into_iter().next(), platform) {
            (Some(root), _) => self.pick(root, platform, &text),
            (None, Some(platform)) => Err(SourceError::Platform {
                reference: text,
                platform: Box::new(platform.clone()),
            }),
            (None, None) => Err(SourceError::NotFound { reference: text }),
        }
    }

    fn pick(
        &self,
        root: Root<'_>,
        platform: Option<&Platform>,
        reference: &str,
    ) -> Result<Resolved, SourceError> {
        let position = match root.leads_to {
            // A manifest that is referred to itself is not held to a platform.
            Target::Image(position) => Some(position),
            Target::Index(index) => match platform {
                Some(platform) => self.pick_from(index, &Matcher::new(platform)),
                None => match self.images_below(index).as_slice() {
                    [only] => Some(*only),
                    [] => None,
                    _ => return Err(SourceError::Missing { what: "a platform" }),
                },
            },
            Target::Other => {
                return Err(SourceError::NotAnImage {
                    reference: reference.to_owned(),
                });
            }
        };
        let nothing = || match platform {
            Some(platform) => SourceError::Platform {
                reference: reference.to_owned(),
                platform: Box::new(platform.clone()),
            },
            None => SourceError::NotAnImage {
                reference: reference.to_owned(),
            },
        };
        let position = position.ok_or_else(nothing)?;
        let image = self.images.get(position).ok_or_else(nothing)?;
        let own = || image.effective_platform().map(|(platform, _)| platform);
        let platform = platform.map(Platform::normalized).or_else(own);
        Ok(Resolved {
            digest: root.digest,
            image: u32::try_from(position).unwrap_or(u32::MAX),
            platform: platform.ok_or(SourceError::Missing { what: "a platform" })?,
        })
    }

    /// The image that containerd takes from an index: of the entries whose
    /// platform fits, or that have none, the best one alone, index by index.
    fn pick_from(&self, index: &IndexNode, matcher: &Matcher) -> Option<usize> {
        let mut index = index;
        for _ in 0..=self.limits.index_depth {
            let fitting = index.entries.iter().filter_map(|entry| {
                let rank = match &entry.descriptor.platform {
                    Some(platform) => matcher.rank(platform)?,
                    // After all that say what they are for.
                    None => usize::MAX,
                };
                Some((rank, entry))
            });
            let (rank, entry) = fitting.min_by_key(|(rank, _)| *rank)?;
            if let Some(position) = entry.image {
                let image = self.images.get(position)?;
                let fits = || {
                    matcher
                        .matches(image.platform.as_ref()?)
                        .then_some(position)
                };
                return if rank < usize::MAX {
                    Some(position)
                } else {
                    fits()
                };
            }
            index = self.index_of(&entry.descriptor)?;
        }
        None
    }

    fn images_below(&self, index: &IndexNode) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = vec![index];
        for _ in 0..self.limits.documents {
            let Some(index) = open.pop() else {
                break;
            };
            for entry in &index.entries {
                match (entry.image, entry.role) {
                    (Some(image), _) if !found.contains(&image) => found.push(image),
                    (None, EntryRole::Index) => open.extend(self.index_of(&entry.descriptor)),
                    _ => {}
                }
            }
        }
        found
    }

    /// The index that a descriptor leads to; `index.json` itself is none.
    fn index_of(&self, descriptor: &Descriptor) -> Option<&IndexNode> {
        let digest = descriptor.digest.valid()?;
        let mut indexes = self.indexes.iter().skip(1);
        indexes
            .find(|index| index.descriptor.as_ref().and_then(|d| d.digest.valid()) == Some(digest))
    }

    fn root_of(&self, digest: &AnyDigest) -> Option<Root<'_>> {
        let has_digest = |descriptor: &Descriptor| descriptor.digest.valid() == Some(digest);
        let entries = self.indexes.iter().flat_map(|index| &index.entries);
        let entry = entries
            .into_iter()
            .find(|entry| has_digest(&entry.descriptor))?;
        Some(self.root(&entry.descriptor, entry.image))
    }

    fn root<'i>(&'i self, descriptor: &'i Descriptor, image: Option<usize>) -> Root<'i> {
        let leads_to = match (image, self.index_of(descriptor)) {
            (Some(image), _) => Target::Image(image),
            (None, Some(index)) => Target::Index(index),
            (None, None) => Target::Other,
        };
        Root {
            digest: descriptor.digest.valid().cloned(),
            platform: descriptor.platform.as_ref(),
            leads_to,
        }
    }

    /// What has the name in `index.json`, else in `manifest.json`.
    fn roots_named(&self, wanted: &Reference, scheme: &str) -> Vec<Option<Root<'_>>> {
        let full = reference::in_full(&wanted.to_string());
        let is_full = |name: &String| reference::in_full(name) == full;
        // A name without host and path is a tag of whatever the layout is of.
        let is_tag = |name: &String| name == wanted.tag();
        let entries = self.indexes.first().map(|index| index.entries.as_slice());
        let entries = entries.unwrap_or_default();
        let by = |fits: &dyn Fn(&String) -> bool| -> Vec<Option<Root<'_>>> {
            let named = entries
                .iter()
                .filter(|entry| names_of(&entry.descriptor).iter().any(fits));
            named
                .map(|entry| Some(self.root(&entry.descriptor, entry.image)))
                .collect()
        };
        let mut found = by(&is_full);
        if found.is_empty() || scheme == LAYOUT_SCHEME {
            let tagged = by(&is_tag);
            found = if tagged.is_empty() { found } else { tagged };
        }
        if found.is_empty() {
            let images = self.images.iter().enumerate();
            let named = images
                .filter(|(_, image)| image.manifest.is_none() && image.names.iter().any(is_full));
            found.extend(named.map(|(position, image)| {
                Some(Root {
                    digest: None,
                    platform: image.platform.as_ref(),
                    leads_to: Target::Image(position),
                })
            }));
        }
        found
    }
}

/// What a reference may lead to first.
struct Root<'i> {
    digest: Option<AnyDigest>,
    platform: Option<&'i Platform>,
    leads_to: Target<'i>,
}

enum Target<'i> {
    Image(usize),
    Index(&'i IndexNode),
    Other,
}

impl Root<'_> {
    fn rank<S>(&self, inspection: &Inspection<S>, matcher: &Matcher) -> Option<usize> {
        let own = match self.leads_to {
            Target::Image(position) => inspection
                .images
                .get(position)
                .and_then(|image| image.platform.as_ref()),
            // Tells by its own entries.
            Target::Index(_) => return Some(usize::MAX),
            Target::Other => None,
        };
        self.platform
            .or(own)
            .and_then(|platform| matcher.rank(platform))
    }
}

/// One image of an archive, as the solver asks for it.
#[derive(Debug)]
pub struct ImageInstance<'a, S> {
    inspection: &'a Inspection<S>,
    reference: String,
    layer_limit: Option<usize>,
    found: Resolved,
}

impl<'a, S: ReadAt> ImageInstance<'a, S> {
    /// The instance of an image that is found already.
    pub fn new(inspection: &'a Inspection<S>, found: Resolved, layer_limit: Option<usize>) -> Self {
        let digest = found.digest.as_ref().map(ToString::to_string);
        Self {
            inspection,
            reference: digest.unwrap_or_default(),
            layer_limit,
            found,
        }
    }

    /// What the reference leads to.
    pub const fn resolved(&self) -> &Resolved {
        &self.found
    }

    fn image(&self) -> Option<&'a Image> {
        self.inspection.image(self.found.image)
    }

    /// Layers with their diff IDs, as many as the limit says.
    fn layers(&self) -> Result<Vec<RefLayer>, SourceError> {
        let Some(image) = self.image() else {
            return Ok(Vec::new());
        };
        let config = image.config.as_ref();
        let config = config.ok_or(SourceError::Missing { what: "the config" })?;
        let diff_ids = config.diff_id_texts();
        if diff_ids.len() != image.layers.len() {
            return Err(SourceError::Layers {
                layers: image.layers.len(),
                diff_ids: diff_ids.len(),
            });
        }
        let chain = chain_ids(&diff_ids);
        let blobs = image.layers.iter().map(|layer| {
            let blob = self.inspection.blobs.get(layer.blob);
            blob.and_then(|blob| blob.view().digest).unwrap_or_default()
        });
        let layers = blobs
            .zip(diff_ids)
            .zip(chain)
            .map(|((digest, diff_id), chain_id)| RefLayer {
                digest,
                diff_id,
                chain_id,
            });
        Ok(layers
            .take(self.layer_limit.unwrap_or(usize::MAX))
            .collect())
    }

    fn handlers(&self, layers: &[RefLayer]) -> Vec<DescHandler> {
        let described = self.image().map(|image| image.layers.as_slice());
        let described = described.unwrap_or_default().iter().zip(layers);
        let handlers = described.map(|(layer, known)| {
            let descriptor = layer.descriptor.as_ref();
            let own = descriptor.map(|descriptor| descriptor.annotations.clone());
            let mut annotations: BTreeMap<String, String> = own.unwrap_or_default();
            annotations.insert(UNCOMPRESSED.to_owned(), known.diff_id.clone());
            DescHandler {
                digest: known.digest.clone(),
                media_type: descriptor
                    .map(|descriptor| descriptor.media_type.to_string())
                    .unwrap_or_default(),
                size: descriptor.and_then(|descriptor| descriptor.size),
                annotations,
                reference: self.reference.clone(),
            }
        });
        handlers.collect()
    }
}

impl<S: ReadAt> SourceInstance for ImageInstance<'_, S> {
    fn cache_key(&self, index: u32) -> Result<SourceKey, SourceError> {
        let raw = self.image().and_then(|image| image.config_raw.as_deref());
        // Checked before any key is given, as far as the config can be read.
        let of_config = raw
            .map(|config| config_key(config, self.layer_limit))
            .transpose()?;
        let layers = self.layers();
        if let (Err(error @ SourceError::Layers { .. }), 1..) = (&layers, index) {
            return Err(error.clone());
        }
        let options = layers.map(|layers| self.handlers(&layers));
        let manifest = || -> Result<(String, Option<Vec<u8>>), SourceError> {
            let digest = self.found.digest.as_ref().ok_or(SourceError::NoManifest)?;
            let key = manifest_key(digest, &self.found.platform, self.layer_limit);
            Ok((key.key.to_string(), Some(key.preimage.into_bytes())))
        };
        let (key, preimage) = match (index, of_config) {
            (0, _) => manifest()?,
            (_, None) => return Err(SourceError::Missing { what: "the config" }),
            (_, Some(None)) => manifest()?,
            (_, Some(Some(key))) => (key.key, key.preimage),
        };
        Ok(SourceKey {
            key,
            preimage,
            pin: self.found.digest.as_ref().map(ToString::to_string),
            options: options.unwrap_or_default(),
            done: index > 0,
        })
    }

    fn snapshot(&self) -> Result<Option<Box<dyn ImmutableRef + '_>>, SourceError> {
        let layers = self.layers()?;
        Ok(match layers.is_empty() {
            true => None,
            false => Some(Box::new(ImageRef {
                inspection: self.inspection,
                image: self.found.image,
                layers,
            })),
        })
    }

    fn checksums(&self, queries: &[Query]) -> Option<Result<Vec<Digest>, Failure>> {
        Some(self.read_checksums(queries))
    }
}

impl<S: ReadAt> ImageInstance<'_, S> {
    fn read_checksums(&self, queries: &[Query]) -> Result<Vec<Digest>, Failure> {
        let refused = |error: ImageChecksumError| Failure::from(&error);
        let (inspection, image) = (self.inspection, self.found.image);
        let limit = self.layer_limit.and_then(|limit| u32::try_from(limit).ok());
        let range = LayerRange {
            first: 0,
            last: limit.map(|limit| limit.saturating_sub(1)),
        };
        let tree = match limit {
            Some(0) => None,
            _ => inspection.containerd_tree(image, range).map_err(refused)?,
        };
        let tree = tree.map(Arc::new);
        let checksum = |query| {
            let plan = inspection.checksum(image, tree.clone(), query);
            let mut plan = plan.map_err(refused)?;
            let read = inspection.read_checksum(&mut plan);
            read.map_err(|error| Failure::from(&error))?;
            plan.digest().map_err(|error| refused(error.into()))
        };
        queries.iter().map(checksum).collect()
    }
}

/// The lowest layers of an image of an archive.
struct ImageRef<'a, S> {
    inspection: &'a Inspection<S>,
    image: u32,
    layers: Vec<RefLayer>,
}

impl<S: ReadAt> ImmutableRef for ImageRef<'_, S> {
    fn layers(&self) -> &[RefLayer] {
        &self.layers
    }

    fn parent(&self) -> Option<Box<dyn ImmutableRef + '_>> {
        let (_, below) = self.layers.split_last()?;
        (!below.is_empty()).then(|| {
            Box::new(ImageRef {
                inspection: self.inspection,
                image: self.image,
                layers: below.to_vec(),
            }) as Box<dyn ImmutableRef + '_>
        })
    }

    fn jobs(&self) -> Vec<ScanJob> {
        let image = self.inspection.image(self.image);
        let layers = image
            .map(|image| image.layers.as_slice())
            .unwrap_or_default();
        let mut jobs: Vec<ScanJob> = Vec::new();
        for layer in layers.iter().take(self.layers.len()) {
            let blob = self.inspection.blobs.get(layer.blob);
            let blob = blob.filter(|blob| !blob.is_settled());
            if let Some(job) = blob.and_then(|blob| blob.job(layer.blob))
                && !jobs.iter().any(|known| known.job == job.job)
            {
                jobs.push(job);
            }
        }
        jobs
    }

    fn tree(&self, rules: Rules) -> Result<MergedTree, TreeUnavailable> {
        let (tree, unread) = self
            .inspection
            .tree_by(self.image, self.layers.len(), rules);
        match unread.is_empty() {
            true => Ok(tree),
            false => Err(TreeUnavailable { layers: unread }),
        }
    }
}
