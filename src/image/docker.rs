//! docker-save archives: `manifest.json`, and the older folders without it.

use std::collections::BTreeMap;

use crate::descriptor::Descriptor;
use crate::diagnostic::{Diagnostic, Severity, escape};
use crate::digest::{AnyDigest, Digest};
use crate::manifest::docker::{
    LegacyImage, SavedImage, parse_legacy_image, parse_repositories, parse_saved_images,
};
use crate::manifest::history::HistoryEntry;
use crate::report::{BlobReference, Role};
use crate::source::ReadAt;

use super::Inspection;
use super::blobs::{BlobNumber, Place};
use super::model::{Image, ImageLayer};
use super::read::unreadable;

const MANIFEST: &str = "manifest.json";
const REPOSITORIES: &str = "repositories";

impl<S: ReadAt> Inspection<S> {
    pub(super) fn read_docker_save(&mut self) {
        if self.archive.is_legacy() {
            return self.read_legacy();
        }
        let raw = match self
            .archive
            .read_member(MANIFEST.as_bytes(), self.limits.document_bytes)
        {
            Ok(raw) => raw,
            Err(error) => return self.note(error.diagnostic(MANIFEST.as_bytes())),
        };
        match parse_saved_images(raw, &self.limits) {
            Err(error) => self.note(unreadable(&error, MANIFEST)),
            Ok(parsed) => {
                for finding in parsed.diagnostics {
                    self.note(finding.blob(MANIFEST));
                }
                for saved in parsed.value {
                    self.add_saved(saved);
                }
            }
        }
    }

    fn add_saved(&mut self, saved: SavedImage) {
        let config = self.member_blob(&saved.config, Role::Config, MANIFEST);
        let layers: Vec<BlobNumber> = saved
            .layers
            .iter()
            .map(|name| self.member_blob(name, Role::Layer, MANIFEST))
            .collect();
        // A hybrid lists the same image in index.json, with more to show.
        let same = self.images.iter_mut().find(|image| {
            image.config_blob == Some(config)
                && image
                    .layers
                    .iter()
                    .map(|layer| layer.blob)
                    .eq(layers.iter().copied())
        });
        if let Some(image) = same {
            for name in saved.repo_tags {
                if !image.names.contains(&name) {
                    image.names.push(name);
                }
            }
            return;
        }
        let mut image = Image {
            names: saved.repo_tags,
            is_read: true,
            config_blob: Some(config),
            ..Image::default()
        };
        let layers = layers.into_iter().map(|blob| ImageLayer::new(blob, None));
        image.layers.extend(layers);
        self.read_config(&mut image);
        self.describe_layers(&mut image, &saved.layer_sources);
        self.images.push(image);
    }

    // `LayerSources`: descriptors by diff ID, of layers that are kept elsewhere
    // or were compressed where they came from.
    fn describe_layers(&mut self, image: &mut Image, sources: &BTreeMap<String, Descriptor>) {
        for layer in &mut image.layers {
            let source = layer
                .diff_id
                .as_ref()
                .and_then(|diff_id| sources.get(diff_id));
            if let Some(source) = source {
                let described = ImageLayer::new(layer.blob, Some(source.clone()));
                layer.is_foreign = described.is_foreign;
                layer.descriptor = described.descriptor;
            }
        }
    }

    /// The blob that a member is: under its own digest where its name tells
    /// one, else as a blob that nothing states the digest of.
    fn member_blob(&mut self, name: &str, role: Role, document: &str) -> BlobNumber {
        let path = name.as_bytes();
        let found = self.archive.member(path);
        let member = found.map_or_else(|| escape(path), |member| escape(self.archive.name(member)));
        let place = found.and_then(|member| member.location());
        let number = self.blobs.of_member(&member).unwrap_or_else(|| {
            let digest = match role {
                Role::Config => digest_of_name(name),
                _ => None,
            };
            let place = place.map_or(Place::Absent, |location| Place::Archive {
                source: location.source,
                offset: location.offset,
                size: location.available,
            });
            self.blobs.add(digest, Some(member), place)
        });
        if let Some(blob) = self.blobs.get_mut(number) {
            let reference = BlobReference {
                document: document.to_owned(),
                role,
            };
            if !blob.references.contains(&reference) {
                blob.references.push(reference);
            }
        }
        number
    }

    /// Images of the first format: a folder for each layer, whose `json` names
    /// its parent, and names for the top ones.
    fn read_legacy(&mut self) {
        let folders = self.legacy_folders();
        let names = self.legacy_names();
        let parents: Vec<&String> = folders.values().filter_map(|f| f.parent.as_ref()).collect();
        let tops: Vec<String> = folders
            .keys()
            .filter(|id| names.contains_key(*id) || !parents.contains(id))
            .cloned()
            .collect();
        for top in tops {
            let chain = self.legacy_chain(&top, &folders);
            let mut image = Image {
                names: names.get(&top).cloned().unwrap_or_default(),
                is_read: true,
                ..Image::default()
            };
            for (id, folder) in chain.iter().rev() {
                let layer = format!("{id}/layer.tar");
                let blob = self.member_blob(&layer, Role::Layer, REPOSITORIES);
                image.layers.push(ImageLayer::new(blob, None));
                image.history.push(HistoryEntry {
                    created: folder.created.clone(),
                    created_by: Some(folder.container.cmd.join(" ")).filter(|cmd| !cmd.is_empty()),
                    author: folder.author.clone(),
                    comment: folder.comment.clone(),
                    ..HistoryEntry::default()
                });
            }
            if let Some((_, folder)) = chain.first() {
                image.platform = Some(folder.platform.clone());
                image.created = folder.created.clone();
            }
            self.images.push(image);
        }
    }

    fn legacy_folders(&mut self) -> BTreeMap<String, LegacyImage> {
        let ids: Vec<Vec<u8>> = self.archive.legacy_ids().map(<[u8]>::to_vec).collect();
        let mut folders = BTreeMap::new();
        for id in ids.into_iter().take(self.limits.documents) {
            let id = escape(&id);
            let name = format!("{id}/json");
            let raw = self
                .archive
                .read_member(name.as_bytes(), self.limits.document_bytes);
            match raw {
                Err(error) => self.note(error.diagnostic(name.as_bytes())),
                Ok(raw) => match parse_legacy_image(raw, &self.limits) {
                    Err(error) => self.note(unreadable(&error, &name)),
                    Ok(parsed) => {
                        for finding in parsed.diagnostics {
                            self.note(finding.blob(&name));
                        }
                        folders.insert(id, parsed.value);
                    }
                },
            }
        }
        folders
    }

    /// Names by the ID of the folder that they are given to.
    fn legacy_names(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        if self.archive.member(REPOSITORIES.as_bytes()).is_none() {
            return names;
        }
        let raw = self
            .archive
            .read_member(REPOSITORIES.as_bytes(), self.limits.document_bytes);
        match raw {
            Err(error) => self.note(error.diagnostic(REPOSITORIES.as_bytes())),
            Ok(raw) => match parse_repositories(raw, &self.limits) {
                Err(error) => self.note(unreadable(&error, REPOSITORIES)),
                Ok(parsed) => {
                    for (repository, tags) in parsed.value {
                        for (tag, id) in tags {
                            let name = format!("{repository}:{tag}");
                            names.entry(id).or_default().push(name);
                        }
                    }
                }
            },
        }
        names
    }

    /// The folders from `top` down to the bottom.
    fn legacy_chain<'f>(
        &mut self,
        top: &str,
        folders: &'f BTreeMap<String, LegacyImage>,
    ) -> Vec<(&'f String, &'f LegacyImage)> {
        let mut chain: Vec<(&String, &LegacyImage)> = Vec::new();
        let mut next = folders.get_key_value(top);
        while let Some((id, folder)) = next {
            let is_cycle = chain.iter().any(|(known, _)| *known == id);
            if is_cycle || chain.len() >= self.limits.layers {
                let code = if is_cycle {
                    "parent-cycle"
                } else {
                    "limit-layers"
                };
                self.note(
                    Diagnostic::new(
                        Severity::Error,
                        code,
                        "the layers' parents do not come to an end",
                    )
                    .blob(id),
                );
                break;
            }
            chain.push((id, folder));
            next = folder.parent.as_ref().and_then(|parent| {
                let found = folders.get_key_value(parent);
                if found.is_none() {
                    self.note(
                        Diagnostic::new(
                            Severity::Error,
                            "parent-missing",
                            "a layer's parent is not in the archive",
                        )
                        .blob(parent),
                    );
                }
                found
            });
        }
        chain
    }
}

/// The digest that a config's name promises: `<hex>.json`, or a blob's path.
fn digest_of_name(name: &str) -> Option<AnyDigest> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let encoded = name.strip_suffix(".json").unwrap_or(name);
    Digest::parse(&format!("sha256:{encoded}"))
        .ok()
        .map(AnyDigest::Known)
}
