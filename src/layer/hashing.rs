//! The digests of a scan's streams, computed here or elsewhere.

use std::collections::BTreeMap;

use oci_lens_sha256::{Midstate, Sha256, advance};

use crate::digest::{Algorithm, Digest, Hasher};

/// One stream of a scan: its stored bytes, or what they unpack to.
pub(super) struct Stream {
    algorithm: Algorithm,
    state: State,
}

enum State {
    Here(Hasher),
    // In another thread, by `Hashers`: bytes that are to be brought there.
    Elsewhere(Vec<u8>),
    Digested(Digest),
}

impl Stream {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        let state = State::Here(Hasher::new(algorithm));
        Self { algorithm, state }
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Here(hasher) => hasher.update(bytes),
            State::Elsewhere(held) => held.extend_from_slice(bytes),
            State::Digested(_) => {}
        }
    }

    /// Takes bytes that may wait for those of other streams.
    pub(super) fn hold(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Here(hasher) => hasher.hold(bytes),
            State::Elsewhere(_) | State::Digested(_) => self.update(bytes),
        }
    }

    pub(super) const fn holding(&mut self) -> Option<&mut Sha256> {
        match &mut self.state {
            State::Here(hasher) => hasher.holding(),
            State::Elsewhere(_) | State::Digested(_) => None,
        }
    }

    /// From now on it is hashed elsewhere, from what is known so far; nothing where it cannot be.
    pub(super) fn leave_here(&mut self) -> Option<Midstate> {
        let State::Here(hasher) = &mut self.state else {
            return None;
        };
        let (known, held) = hasher.holding().map(std::mem::take)?.into_parts();
        self.state = State::Elsewhere(held);
        Some(known)
    }

    /// The bytes that are to be hashed elsewhere.
    pub(super) const fn held(&mut self) -> Option<&mut Vec<u8>> {
        match &mut self.state {
            State::Elsewhere(held) => Some(held),
            State::Here(_) | State::Digested(_) => None,
        }
    }

    /// Notes what its bytes, all of which were taken, are elsewhere found to be.
    pub(super) fn set_digest(&mut self, digest: Digest) {
        let is_awaited = self.held().is_some_and(|held| held.is_empty());
        if is_awaited && digest.algorithm() == self.algorithm {
            self.state = State::Digested(digest);
        }
    }

    /// Its digest, unless that was never brought back.
    pub(super) fn finish(self) -> Option<Digest> {
        match self.state {
            State::Here(hasher) => Some(hasher.finish()),
            State::Digested(digest) => Some(digest),
            State::Elsewhere(_) => None,
        }
    }
}

/// SHA-256 of the streams of scans that are elsewhere, by numbers: of several together, which is
/// faster than one after the other.
#[derive(Debug, Default)]
pub struct Hashers(BTreeMap<u32, Sha256>);

impl Hashers {
    /// Goes on with the stream of a number, from what is known of it.
    pub fn begin(&mut self, number: u32, known: Midstate) {
        self.0.insert(number, Sha256::resumed(known));
    }

    /// Takes the next bytes of a stream.
    pub fn push(&mut self, number: u32, bytes: &[u8]) {
        let has_company = self.0.len() > 1;
        let Some(hasher) = self.0.get_mut(&number) else {
            return;
        };
        if !has_company {
            hasher.update(bytes);
            return;
        }
        hasher.hold(bytes);
        let mut streams: Vec<_> = self.0.values_mut().collect();
        advance(&mut streams);
    }

    /// Ends a stream; its digest, if there was one of that number.
    pub fn finish(&mut self, number: u32) -> Option<Digest> {
        let ended = self.0.remove(&number)?;
        Some(Digest::from_slice(Algorithm::Sha256, &ended.finish()))
    }
}
