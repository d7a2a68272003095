//! Several scans side by side in one thread.

use std::collections::BTreeMap;

use super::{LayerScan, ScanJob};
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
        self.scans.insert(number, LayerScan::new(job, &self.limits));
        number
    }

    /// Pushes bytes into a scan, as [`LayerScan::push`] does. Of a number that is none, all
    /// are taken.
    pub fn push(&mut self, number: u32, bytes: &[u8]) -> usize {
        let has_company = self.scans.len() > 1;
        let Some(scan) = self.scans.get_mut(&number) else {
            return bytes.len();
        };
        if !has_company {
            return scan.push(bytes);
        }
        let taken = scan.push_held(bytes);
        let mut streams: Vec<_> = self
            .scans
            .values_mut()
            .flat_map(LayerScan::holding)
            .collect();
        oci_lens_sha256::advance(&mut streams);
        taken
    }

    /// A scan under way.
    pub fn get(&self, number: u32) -> Option<&LayerScan> {
        self.scans.get(&number)
    }

    /// Ends a scan, with [`LayerScan::finish`] to follow or without.
    pub fn end(&mut self, number: u32) -> Option<LayerScan> {
        self.scans.remove(&number)
    }
}
