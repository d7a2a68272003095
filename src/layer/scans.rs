//! Several scans side by side in one thread.

use std::collections::BTreeMap;

use oci_lens_sha256::advance;

use super::hashing::{Hashing, Stream};
use super::{LayerScan, ScanJob};
use crate::digest::{Algorithm, Digest};
use crate::limits::Limits;

/// Scans under way, by numbers. Where SHA-256 is faster of several streams than of one, it is
/// computed of all together; what comes of a scan does not depend on those beside it.
pub struct LayerScans {
    scans: BTreeMap<u32, LayerScan>,
    next: u32,
    limits: Limits,
    hashing: Hashing,
}

impl LayerScans {
    /// No scan yet; the limits are those of each by itself.
    pub const fn new(limits: Limits, hashing: Hashing) -> Self {
        Self {
            scans: BTreeMap::new(),
            next: 0,
            limits,
            hashing,
        }
    }

    /// Begins a scan; returns its number.
    pub fn begin(&mut self, job: &ScanJob) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let scan = LayerScan::with_hashing(job, &self.limits, self.hashing);
        self.scans.insert(number, scan);
        number
    }

    /// Pushes bytes into a scan, as [`LayerScan::push`] does. Of a number that is none, all
    /// are taken.
    pub fn push(&mut self, number: u32, bytes: &[u8]) -> usize {
        let streams = self.scans.values_mut().flat_map(LayerScan::streams);
        let has_company = streams.filter_map(Stream::holding).nth(1).is_some();
        let Some(scan) = self.scans.get_mut(&number) else {
            return bytes.len();
        };
        if !has_company {
            return scan.push(bytes);
        }
        let taken = scan.push_held(bytes);
        let streams = self.scans.values_mut().flat_map(LayerScan::streams);
        let mut streams: Vec<_> = streams.filter_map(Stream::holding).collect();
        advance(&mut streams);
        taken
    }

    /// A scan under way.
    pub fn get(&self, number: u32) -> Option<&LayerScan> {
        self.scans.get(&number)
    }

    /// The algorithms of a scan's streams, in the order that they are numbered in.
    pub fn algorithms(&mut self, number: u32) -> Vec<Algorithm> {
        self.streams(number)
            .map(|stream| stream.algorithm())
            .collect()
    }

    /// Gives the bytes of a stream that are to be hashed elsewhere, up to as many as are wanted,
    /// and forgets them; none where there are fewer than `least`.
    pub fn take_held<T>(
        &mut self,
        (number, stream): (u32, usize),
        least: usize,
        most: usize,
        give: impl FnOnce(&[u8]) -> T,
    ) -> Option<T> {
        let held = self.streams(number).nth(stream)?.held()?;
        if held.is_empty() || held.len() < least {
            return None;
        }
        let length = held.len().min(most);
        let given = give(held.get(..length)?);
        held.drain(..length);
        Some(given)
    }

    /// Notes that a scan has all bytes: what it still held back in order to unpack it is there
    /// to be hashed.
    pub fn end(&mut self, number: u32) {
        if let Some(scan) = self.scans.get_mut(&number) {
            scan.end();
        }
    }

    /// Takes the digest of a stream that was hashed elsewhere.
    pub fn set_digest(&mut self, (number, stream): (u32, usize), digest: Digest) {
        if let Some(stream) = self.streams(number).nth(stream) {
            stream.set_digest(digest);
        }
    }

    /// Takes a scan out, with [`LayerScan::finish`] to follow or without.
    pub fn remove(&mut self, number: u32) -> Option<LayerScan> {
        self.scans.remove(&number)
    }

    fn streams(&mut self, number: u32) -> impl Iterator<Item = &mut Stream> {
        let scan = self.scans.get_mut(&number);
        scan.into_iter().flat_map(LayerScan::streams)
    }
}
