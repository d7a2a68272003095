//! Which images a user means: by number, name, digest or image ID.

use std::fmt;

use crate::platform::{Matcher, Platform};
use crate::report::ImageView;

/// Why a choice does not lead to an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectError {
    /// The archive lists no image at all.
    NoImages,
    /// Nothing fits.
    NoMatch {
        /// What was asked for.
        asked: String,
        /// A line for each image there is.
        images: Vec<String>,
    },
    /// One image is needed, and several fit.
    Several {
        /// A line for each image that fits.
        images: Vec<String>,
    },
}

impl SelectError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoImages => "no-images",
            Self::NoMatch { .. } => "no-such-image",
            Self::Several { .. } => "several-images",
        }
    }
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let images = match self {
            Self::NoImages => return f.write_str("the archive lists no image"),
            Self::NoMatch { asked, images } => {
                write!(f, "no image is {asked}; there are:")?;
                images
            }
            Self::Several { images } => {
                f.write_str("several images; choose one with --image or --platform:")?;
                images
            }
        };
        images.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for SelectError {}

/// The images that `selector` names, those for `platform` among them where one
/// is given. `None` names all.
///
/// A selector is a number as in the report, a reference name as the archive
/// spells it, or a digest: of the manifest, of an index on the way to it, or of
/// the config (the image ID).
///
/// # Errors
///
/// [`SelectError::NoImages`] and [`SelectError::NoMatch`].
pub fn select<'a>(
    images: &'a [ImageView],
    selector: Option<&str>,
    platform: Option<&Platform>,
) -> Result<Vec<&'a ImageView>, SelectError> {
    if images.is_empty() {
        return Err(SelectError::NoImages);
    }
    let named: Vec<&ImageView> = match selector {
        None => images.iter().collect(),
        Some(selector) => images
            .iter()
            .filter(|image| fits(image, selector))
            .collect(),
    };
    let chosen = match platform {
        None => named,
        Some(platform) => best_for(&named, platform),
    };
    if chosen.is_empty() {
        let platform = platform.map(|platform| format!("for {platform}"));
        let selector = selector.map(ToOwned::to_owned);
        let asked: Vec<String> = selector.into_iter().chain(platform).collect();
        return Err(SelectError::NoMatch {
            asked: asked.join(" "),
            images: images.iter().map(line).collect(),
        });
    }
    Ok(chosen)
}

/// The one image that `selector` and `platform` lead to; of several, the one
/// that is in the archive.
///
/// # Errors
///
/// All of [`SelectError`].
pub fn select_one<'a>(
    images: &'a [ImageView],
    selector: Option<&str>,
    platform: Option<&Platform>,
) -> Result<&'a ImageView, SelectError> {
    use crate::report::Presence;

    let chosen = select(images, selector, platform)?;
    let present: Vec<&&ImageView> = chosen
        .iter()
        .filter(|image| image.presence != Presence::Absent)
        .collect();
    match (chosen.as_slice(), present.as_slice()) {
        ([image], _) => Ok(image),
        (_, [image]) => Ok(image),
        _ => Err(SelectError::Several {
            images: chosen.into_iter().map(line).collect(),
        }),
    }
}

fn fits(image: &ImageView, selector: &str) -> bool {
    let is = |text: &Option<String>| text.as_deref() == Some(selector);
    selector.parse() == Ok(image.number)
        || image.names.iter().any(|name| name == selector)
        || is(&image.digest)
        || is(&image.image_id)
        || image.via.iter().any(|digest| digest == selector)
}

/// Those whose platform fits best, as containerd picks from an index.
fn best_for<'a>(images: &[&'a ImageView], wanted: &Platform) -> Vec<&'a ImageView> {
    let matcher = Matcher::new(wanted);
    let rank = |image: &ImageView| {
        let platform = Platform::from(image.platform.as_ref()?);
        matcher.rank(&platform)
    };
    let best = images.iter().filter_map(|image| rank(image)).min();
    images
        .iter()
        .filter(|image| best.is_some() && rank(image) == best)
        .copied()
        .collect()
}

fn line(image: &ImageView) -> String {
    let platform = image
        .platform
        .as_ref()
        .map(|platform| Platform::from(platform).to_string());
    let id = image.digest.clone().or_else(|| image.image_id.clone());
    let words = [Some(image.number.to_string()), id, platform];
    let words = words
        .into_iter()
        .flatten()
        .chain(image.names.iter().cloned());
    words.collect::<Vec<_>>().join("  ")
}
