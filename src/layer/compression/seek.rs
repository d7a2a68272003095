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

    /// Leaves out points of a layer that are not so far from the last one that stays; returns the
    /// bytes that those take which stay.
    pub fn thin(points: &mut Vec<Self>, interval: u64) -> usize {
        let (mut last, mut memory) = (0, 0);
        points.retain(|point| {
            let is_far = point.is_far(last, interval);
            if is_far {
                last = point.offsets().1;
                memory += point.memory();
            }
            is_far
        });
        points.shrink_to_fit();
        memory
    }

    /// Stored and unpacked bytes before it; no real stream is so long that sums with them overflow.
    pub(in crate::layer) fn offsets(&self) -> (u64, u64) {
        const FARTHEST: u64 = 1 << 62;
        (self.stored.min(FARTHEST), self.unpacked.min(FARTHEST))
    }

    /// Whether enough lies between it and the point before it, which is at `last`. A start costs
    /// next to nothing, and half is enough: so there is one before a point inside of a member is
    /// wanted, where members are short.
    fn is_far(&self, last: u64, interval: u64) -> bool {
        let distance = match self.inside {
            Some(_) => interval,
            None => interval.div_ceil(2),
        };
        self.offsets().1 >= last.saturating_add(distance)
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
    /// Bytes that they take, and may take.
    memory: usize,
    most: usize,
    /// Unpacked bytes from one point to the next, where the next is inside a member.
    interval: u64,
}

impl SeekPoints {
    /// None yet; nothing to take them with where none are allowed.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        (limits.seek_layer_bytes > 0).then(|| Self {
            points: Vec::new(),
            memory: 0,
            most: limits.seek_layer_bytes,
            interval: limits.seek_interval.max(1),
        })
    }

    /// Unpacked bytes after which the next point inside a member is wanted: more than lie before
    /// the last that was offered.
    pub(super) fn next(&self) -> u64 {
        self.last().saturating_add(self.interval)
    }

    /// Takes a point that is far enough from the last. Where they take too much, about every
    /// second one stays.
    pub(super) fn add(&mut self, point: SeekPoint) {
        if !point.is_far(self.last(), self.interval) {
            return;
        }
        self.memory += point.memory();
        self.points.push(point);
        while self.memory > self.most {
            self.interval = self.interval.saturating_mul(2);
            self.memory = SeekPoint::thin(&mut self.points, self.interval);
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
