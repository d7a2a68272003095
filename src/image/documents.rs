//! What single documents of the archive tell, when they are asked for.

use crate::manifest::dockerfile::{Origin, dockerfile};
use crate::report::DockerfileView;
use crate::source::ReadAt;

use super::Inspection;

impl<S: ReadAt> Inspection<S> {
    /// A Dockerfile made up from an image's history.
    pub fn dockerfile(&self, image: u32) -> Option<DockerfileView> {
        let image = self.image(image)?;
        Some(dockerfile(&Origin {
            history: &image.history,
            layers: image.layers.len(),
            config: image.config.as_ref(),
            annotations: &image.annotations,
        }))
    }
}
