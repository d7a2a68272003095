//! Whether bytes that are passed on are those of their digest.

use super::error::StoreError;
use crate::digest::{Digest, Hasher};

/// Sees all bytes of a blob.
#[derive(Debug, Clone)]
pub struct Digested(Option<(Digest, Hasher)>);

impl Digested {
    /// Of the blob with this digest; for text that is none nothing is judged.
    pub fn new(digest: &str) -> Self {
        let digest = Digest::parse(digest).ok();
        Self(digest.map(|digest| (digest, Hasher::new(digest.algorithm()))))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        if let Some((_, hasher)) = &mut self.0 {
            hasher.update(bytes);
        }
    }

    /// What is wrong with them, now that all were seen.
    pub fn problem(self) -> Option<StoreError> {
        let (expected, hasher) = self.0?;
        let actual = hasher.finish();
        (actual != expected).then(|| StoreError::Mismatch {
            expected: expected.into(),
            actual: actual.into(),
        })
    }
}
