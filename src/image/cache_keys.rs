//! The keys under which BuildKit would look an image up, for every digest that
//! it can be referred to by.

use crate::buildkit::cache_key::{config_key, image_source_keys};
use crate::diagnostic::{Diagnostic, Severity};
use crate::platform::Platform;
use crate::report::{CacheKeyKind, CacheKeyView, PlatformSource, PlatformView};

use super::model::Image;

impl Image {
    /// The platform that BuildKit would be asked for, and where it was read:
    /// the user's choice, else the index entry's, else the config's.
    pub(super) fn effective_platform(&self) -> Option<(Platform, PlatformSource)> {
        let chosen = self.chosen_platform.clone();
        let listed = self
            .manifest
            .as_ref()
            .and_then(|(descriptor, _)| descriptor.platform.clone());
        let known =
            |platform: &Platform| !platform.os.is_empty() || !platform.architecture.is_empty();
        let config = self.platform.clone().filter(known);
        chosen
            .map(|platform| (platform, PlatformSource::Chosen))
            .or(listed.map(|platform| (platform, PlatformSource::Descriptor)))
            .or(config.map(|platform| (platform, PlatformSource::Config)))
            .map(|(platform, source)| (platform.normalized(), source))
    }

    /// Both keys for each reference; for an image that nothing but
    /// `manifest.json` lists, the config's key alone.
    pub(super) fn cache_keys(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<CacheKeyView> {
        let (Some(config), Some((platform, _))) = (&self.config_raw, self.effective_platform())
        else {
            return Vec::new();
        };
        let mut keys = Vec::new();
        let mut refused = None;
        for reference in &self.references {
            let (first, second) = image_source_keys(reference, &platform, config, None);
            keys.push(CacheKeyView::from(&first));
            match second {
                Ok(key) => keys.push(CacheKeyView::from(&key)),
                Err(error) => refused = Some(error),
            }
        }
        if self.references.is_empty() {
            match config_key(config, None) {
                Ok(key) => keys.extend(key.map(|key| CacheKeyView {
                    kind: CacheKeyKind::Config,
                    index: 1,
                    done: true,
                    reference: None,
                    platform: PlatformView::from(&platform),
                    key: key.key,
                    preimage: key.preimage.and_then(|bytes| String::from_utf8(bytes).ok()),
                })),
                Err(error) => refused = Some(error),
            }
        }
        if let Some(error) = refused {
            diagnostics.push(Diagnostic::new(
                Severity::Warning,
                error.code(),
                error.to_string(),
            ));
        }
        keys
    }
}
