//! The one image that a command is about, scanned.

use oci_lens::image::{Inspection, select::select_one};

use crate::open::{Source, open};
use crate::{Choice, Stop, scan, status};

/// An archive of which one image has been read.
pub struct Chosen {
    pub inspection: Inspection<Source>,
    /// Number of the image.
    pub image: u32,
    /// How many layers it has.
    pub layers: usize,
}

impl Chosen {
    /// Opens an archive and scans the image that was chosen, with the digest
    /// of each file's content if `digests` is set.
    pub fn read(choice: &Choice, digests: bool) -> Result<Self, Stop> {
        let mut inspection = open(&choice.archive)?;
        let report = inspection.report();
        let image = select_one(
            &report.images,
            choice.image.as_deref(),
            choice.platform.as_ref(),
        )?;
        let (image, layers) = (image.number, image.layers.len());
        inspection.keep_only(image);
        scan::all(&mut inspection, choice.workers, digests);
        Ok(Self {
            inspection,
            image,
            layers,
        })
    }

    /// The exit status that the image's verification gives.
    pub fn status(&self) -> u8 {
        status::of_images(&self.inspection.report(), &[self.image], true)
    }
}
