//! Several scans side by side in one thread.

use std::collections::BTreeMap;

use oci_lens_sha256::{Midstate, advance};

use super::hashing::Stream;
use super::table::TablePage;
use super::{LayerScan, ScanJob};
use crate::digest::Digest;
use crate::limits::Limits;

/// Scans under way, by numbers. Where SHA-256 is faster of several streams than of one, it is
/// computed of all together; what comes of a scan does not depend on those beside it.
pub struct LayerScans {
    scans: BTreeMap<u32, LayerScan>,
    next: u32,
    limits: Limits,
}

impl LayerScans {
    /// No scan yet; the limits are those of each by itself.
    pub const fn new(limits: Limits) -> Self {
        Self {
            scans: BTreeMap::new(),
            next: 0,
            limits,
        }
    }

    /// Begins a scan; returns its number.
    pub fn begin(&mut self, job: &ScanJob) -> u32 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let scan = LayerScan::new(job, &self.limits);
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

    /// How many streams a scan has.
    pub fn stream_count(&mut self, number: u32) -> usize {
        self.streams(number).count()
    }

    /// From now on a stream is hashed elsewhere, by [`Hashers`](super::Hashers), which may be in
    /// another thread, from what is known of it: its bytes are to be taken from here, and its
    /// digest to be brought back. None where it stays.
    pub fn hash_elsewhere(&mut self, (number, stream): (u32, usize)) -> Option<Midstate> {
        self.streams(number).nth(stream)?.leave_here()
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

    /// Takes a page of a scan's table, if one is complete.
    pub fn take_page(&mut self, number: u32) -> Option<TablePage> {
        self.scans.get_mut(&number)?.take_page()
    }

    /// Takes the histories of a scan's seek points, as [`LayerScan::take_histories`] does.
    pub fn take_histories(&mut self, number: u32, least: usize) -> Option<Vec<u8>> {
        self.scans.get_mut(&number)?.take_histories(least)
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
