//! Places inside a gzip stream where unpacking can begin.
//!
//! Deflate has no index, and every byte may be made of those before it: a point
//! is a block's start (RFC 1951 3.2.3) with the 32 KiB that lie before it, taken
//! while the whole stream passes by.

use oci_lens_inflate::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// Where a stream was, and what it takes to go on from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeekPoint {
    /// Stored bytes before it.
    pub stored: u64,
    /// Unpacked bytes before it.
    pub unpacked: u64,
    /// Stored bytes before its gzip member.
    pub(super) member: u64,
    /// What the member unpacked to before it: how much, and its CRC-32.
    pub(super) produced: u64,
    pub(super) crc: u32,
    /// What of the stored bytes before it is not used yet.
    pub(super) bits: u8,
    pub(super) bit_count: u8,
    /// Up to 32 KiB of what was unpacked before it.
    pub(super) history: Vec<u8>,
}

impl SeekPoint {
    /// Bytes that it takes.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.history.len()
    }

    /// As many points of a layer as there is room for, about as far apart.
    pub fn within(points: Vec<Self>, room: usize) -> Vec<Self> {
        let all: usize = points.iter().map(Self::memory).sum();
        let largest = points.iter().map(Self::memory).max().unwrap_or_default();
        if all <= room {
            return points;
        }
        let Some(step) = points.len().checked_div(room / largest.max(1)) else {
            return Vec::new();
        };
        // So that they are no more than fit.
        points.into_iter().skip(step).step_by(step + 1).collect()
    }

    /// Stored and unpacked bytes before it; no real stream is so long that sums with them overflow.
    pub(in crate::layer) fn offsets(&self) -> (u64, u64) {
        const FARTHEST: u64 = 1 << 62;
        (self.stored.min(FARTHEST), self.unpacked.min(FARTHEST))
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            produced: self.offsets().1.min(self.produced),
            bits: self.bits,
            bit_count: self.bit_count,
            history: self.history.clone(),
        }
    }
}

/// The points of a stream that passes by: a bounded number of them, however
/// long it becomes.
#[derive(Debug)]
pub(super) struct SeekPoints {
    points: Vec<SeekPoint>,
    most: usize,
    /// Unpacked bytes from one point to the next, at least.
    interval: u64,
}

impl SeekPoints {
    /// None yet; nothing to take them with where none are allowed.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        (limits.seek_points > 0).then(|| Self {
            points: Vec::new(),
            most: limits.seek_points,
            interval: limits.seek_interval.max(1),
        })
    }

    /// Unpacked bytes after which the next point is wanted: more than lie before the last that was
    /// offered.
    pub(super) fn next(&self) -> u64 {
        let last = self.points.last().map_or(0, |point| point.unpacked);
        last.saturating_add(self.interval)
    }

    /// Takes a point. Where there are too many, about every second one stays.
    pub(super) fn add(&mut self, point: SeekPoint) {
        while self.points.len() >= self.most {
            self.interval = self.interval.saturating_mul(2);
            let (mut next, interval) = (self.interval, self.interval);
            self.points.retain(|point| {
                let is_far = point.unpacked >= next;
                if is_far {
                    next = point.unpacked.saturating_add(interval);
                }
                is_far
            });
        }
        if point.unpacked >= self.next() {
            self.points.push(point);
        }
    }

    pub(super) fn into_vec(self) -> Vec<SeekPoint> {
        self.points
    }
}
