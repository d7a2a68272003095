//! Places inside a packed stream where unpacking can begin.
//!
//! The start of a gzip member or a zstd frame needs nothing of what lies before
//! it. Deflate itself has no index, and every byte may be made of those before
//! it: inside a member, a point is a block's start (RFC 1951 3.2.3) with the
//! 32 KiB that lie before it, taken while the whole stream passes by.

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
    /// None at the start of a member or frame.
    pub(super) inside: Option<InsideMember>,
}

/// What it takes to go on inside a gzip member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InsideMember {
    /// Stored bytes before the member.
    pub(super) member: u64,
    /// What the member unpacked to before the point: how much, and its CRC-32.
    pub(super) produced: u64,
    pub(super) crc: u32,
    /// What of the stored bytes before the point is not used yet.
    pub(super) bits: u8,
    pub(super) bit_count: u8,
    /// Up to 32 KiB of what was unpacked before the point.
    pub(super) history: Vec<u8>,
}

impl SeekPoint {
    /// The start of a member or frame.
    pub(super) const fn of_start(stored: u64, unpacked: u64) -> Self {
        Self {
            stored,
            unpacked,
            inside: None,
        }
    }

    /// Bytes that it takes.
    pub fn memory(&self) -> usize {
        let history = self
            .inside
            .as_ref()
            .map_or(0, |inside| inside.history.len());
        size_of::<Self>() + history
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

    /// Unpacked bytes that lie between it and the point before it, at least. A start costs next to
    /// nothing: where members are short, there is one before a point inside of any is wanted.
    const fn distance(&self, interval: u64) -> u64 {
        match self.inside {
            Some(_) => interval,
            None => interval.div_ceil(2),
        }
    }
}

impl InsideMember {
    /// For a point with so many unpacked bytes before it.
    pub(super) fn checkpoint(&self, unpacked: u64) -> Checkpoint {
        Checkpoint {
            produced: unpacked.min(self.produced),
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
    /// Unpacked bytes from one point to the next, where the next is inside a member.
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

    /// Unpacked bytes after which the next point inside a member is wanted: more than lie before
    /// the last that was offered.
    pub(super) fn next(&self) -> u64 {
        self.last().saturating_add(self.interval)
    }

    /// Takes a point that is far enough from the last. Where there are too many, about every
    /// second one stays.
    pub(super) fn add(&mut self, point: SeekPoint) {
        while self.points.len() >= self.most {
            self.interval = self.interval.saturating_mul(2);
            let (mut last, interval) = (0_u64, self.interval);
            self.points.retain(|point| {
                let is_far = point.unpacked >= last.saturating_add(point.distance(interval));
                if is_far {
                    last = point.unpacked;
                }
                is_far
            });
        }
        if point.unpacked >= self.last().saturating_add(point.distance(self.interval)) {
            self.points.push(point);
        }
    }

    /// Unpacked bytes before the last point.
    fn last(&self) -> u64 {
        self.points.last().map_or(0, |point| point.unpacked)
    }

    pub(super) fn into_vec(self) -> Vec<SeekPoint> {
        self.points
    }
}
