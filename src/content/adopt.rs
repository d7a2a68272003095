//! Blobs of an archive that a store keeps.

use super::backend::Backend;
use super::children::{child_labels, children};
use super::error::StoreError;
use super::store::{Blobs, GC_ROOT, Store};
use crate::digest::Digest;
use crate::report::{BlobView, Status};

/// What a manifest or an index lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its digest.
    pub digest: Digest,
    /// The media type that is declared of it.
    pub media_type: Option<String>,
}

/// Blobs of a report whose bytes are there and whose digest can be computed.
pub fn archive_blobs(blobs: &[BlobView]) -> Blobs {
    let present = blobs
        .iter()
        .filter(|blob| blob.verification.status != Status::Missing);
    present
        .filter_map(|blob| {
            let digest = Digest::parse(blob.digest.as_deref()?).ok()?;
            Some((digest, blob.actual_size?))
        })
        .collect()
}

impl<B: Backend> Store<B> {
    /// Has a stored blob keep what it lists, by the labels that containerd sets
    /// on manifests and indexes, and says what that is. As a root it is kept
    /// itself; the media type is the one that is declared of it.
    ///
    /// Whoever keeps an image begins at the top: so nothing of it is garbage at
    /// any time.
    ///
    /// # Errors
    ///
    /// Those of [`Store::update`].
    pub async fn adopt(
        &self,
        digest: &str,
        media_type: Option<&str>,
        is_root: bool,
    ) -> Result<Vec<Child>, StoreError> {
        let info = self.info(digest).await?;
        let mut listed = Vec::new();
        let length = usize::try_from(info.size).unwrap_or(usize::MAX);
        if info.size <= self.limits.document_bytes && may_list(media_type) {
            let document = self.read_at(digest, 0, length).await?;
            listed = children(&document, media_type, &self.limits);
        }
        let mut labels = child_labels(&listed);
        if is_root && !info.labels.contains_key(GC_ROOT) {
            labels.insert(GC_ROOT.to_owned(), self.backend.now().to_string());
        }
        if !labels.is_empty() {
            let paths: Vec<String> = labels.keys().map(|key| format!("labels.{key}")).collect();
            self.update(digest, &labels, &paths).await?;
        }
        let child = |descriptor: &crate::descriptor::Descriptor| {
            Some(Child {
                digest: *descriptor.known_digest()?,
                media_type: descriptor
                    .media_type
                    .valid()
                    .map(|media_type| media_type.as_str().to_owned()),
            })
        };
        Ok(listed.iter().filter_map(child).collect())
    }
}

/// Nothing is looked for in what says that it is no document of that kind.
fn may_list(media_type: Option<&str>) -> bool {
    use crate::media_type::{Class, MediaType};
    let class = media_type
        .and_then(|text| MediaType::parse(text).ok())
        .map(|media_type| media_type.class());
    matches!(class, None | Some(Class::Index | Class::Manifest))
}
