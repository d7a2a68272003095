//! Documents as the report shows them.

use std::collections::BTreeMap;

use super::command::command;
use super::config::Runtime;
use super::history::HistoryEntry;
use crate::descriptor::Descriptor;
use crate::platform::Platform;
use crate::report::{Annotation, DescriptorView, HistoryView, PlatformView, RuntimeView};

impl From<&Descriptor> for DescriptorView {
    fn from(descriptor: &Descriptor) -> Self {
        Self {
            media_type: descriptor.media_type.to_string(),
            digest: descriptor.digest.to_string(),
            size: descriptor.size.map(|size| size.to_string()),
            artifact_type: descriptor.artifact_type.as_ref().map(ToString::to_string),
            platform: descriptor.platform.as_ref().map(PlatformView::from),
            annotations: annotations(&descriptor.annotations),
            urls: descriptor.urls.clone(),
            embedded: descriptor.data.is_some(),
        }
    }
}

impl From<&Platform> for PlatformView {
    fn from(platform: &Platform) -> Self {
        let optional = |text: &String| (!text.is_empty()).then(|| text.clone());
        Self {
            os: platform.os.clone(),
            architecture: platform.architecture.clone(),
            variant: optional(&platform.variant),
            os_version: optional(&platform.os_version),
            os_features: platform.os_features.clone(),
        }
    }
}

impl From<&PlatformView> for Platform {
    fn from(view: &PlatformView) -> Self {
        Self {
            os: view.os.clone(),
            architecture: view.architecture.clone(),
            variant: view.variant.clone().unwrap_or_default(),
            os_version: view.os_version.clone().unwrap_or_default(),
            os_features: view.os_features.clone(),
        }
    }
}

impl HistoryView {
    /// An entry with the position of the layer that it made.
    pub fn new(entry: &HistoryEntry, layer: Option<usize>) -> Self {
        Self {
            created_by: entry.created_by.clone(),
            command: command(entry),
            created: entry.created.clone(),
            author: entry.author.clone(),
            comment: entry.comment.clone(),
            empty_layer: entry.empty_layer,
            layer: layer.and_then(|layer| u32::try_from(layer).ok()),
        }
    }
}

impl From<&Runtime> for RuntimeView {
    fn from(runtime: &Runtime) -> Self {
        Self {
            user: runtime.user.clone(),
            entrypoint: runtime.entrypoint.clone(),
            cmd: runtime.cmd.clone(),
            working_dir: runtime.working_dir.clone(),
            env: runtime.env.clone(),
            exposed_ports: runtime.exposed_ports.clone(),
            volumes: runtime.volumes.clone(),
            labels: annotations(&runtime.labels),
            stop_signal: runtime.stop_signal.clone(),
        }
    }
}

/// Annotations as a list, sorted by key.
pub fn annotations(annotations: &BTreeMap<String, String>) -> Vec<Annotation> {
    annotations
        .iter()
        .map(|(key, value)| Annotation {
            key: key.clone(),
            value: value.clone(),
        })
        .collect()
}
