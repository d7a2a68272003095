//! The digests of a scan's streams, computed here or elsewhere.

use std::collections::BTreeMap;

use oci_lens_sha256::{Sha256, advance};

use crate::digest::{Algorithm, Digest, Hasher};

/// Where the streams of scans are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashing {
    /// By the scan that reads them.
    Here,
    /// By [`Hashers`], which may be in another thread: their bytes are to be taken from the
    /// scans, and their digests to be brought back.
    Elsewhere,
}

/// One stream of a scan: its stored bytes, or what they unpack to.
pub(super) struct Stream {
    algorithm: Algorithm,
    state: State,
}

enum State {
    Here(Hasher),
    Elsewhere(Vec<u8>),
    Digested(Digest),
}

impl Stream {
    pub(super) fn new(algorithm: Algorithm, hashing: Hashing) -> Self {
        let state = match hashing {
            Hashing::Here => State::Here(Hasher::new(algorithm)),
            Hashing::Elsewhere => State::Elsewhere(Vec::new()),
        };
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

/// Hashers of the streams of scans that are elsewhere, by numbers. Where SHA-256 is faster of
/// several streams than of one, it is computed of all together.
#[derive(Debug, Default)]
pub struct Hashers(BTreeMap<u32, Hasher>);

impl Hashers {
    /// Begins the stream of a number.
    pub fn begin(&mut self, number: u32, algorithm: Algorithm) {
        self.0.insert(number, Hasher::new(algorithm));
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
        let mut streams: Vec<_> = self.0.values_mut().filter_map(Hasher::holding).collect();
        advance(&mut streams);
    }

    /// Ends a stream; its digest, if there was one of that number.
    pub fn finish(&mut self, number: u32) -> Option<Digest> {
        self.0.remove(&number).map(Hasher::finish)
    }
}
