//! Chain IDs: image-spec `config.md`, "Layer ChainID".

use crate::digest::Digest;

/// The chain ID of every prefix of `diff_ids`, bottom first. The first is the
/// diff ID itself. Texts are taken as they are, as image-spec's own `identity`
/// package takes them.
pub fn chain_ids(diff_ids: &[impl AsRef<str>]) -> Vec<String> {
    let mut chain: Vec<String> = Vec::with_capacity(diff_ids.len());
    for diff_id in diff_ids {
        let diff_id = diff_id.as_ref();
        chain.push(match chain.last() {
            None => diff_id.to_owned(),
            Some(below) => Digest::sha256(step(below, diff_id).as_bytes()).to_string(),
        });
    }
    chain
}

/// The text whose SHA-256 is the chain ID of `diff_id` on top of `below`.
pub fn step(below: &str, diff_id: &str) -> String {
    format!("{below} {diff_id}")
}
