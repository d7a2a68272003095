//! Places inside a packed stream where unpacking can begin.
//!
//! The start of a gzip member or a zstd frame needs nothing of what lies before
//! it. Inside one every byte may be made of those before it: there a point is a
//! block's start with its history, what was unpacked before it as far as blocks
//! may refer to it. That is 32 KiB of deflate (RFC 1951 3.2.3), and a window of
//! zstd (RFC 8878 3.1.1.1.2), taken while the whole stream passes by. Histories
//! may be kept elsewhere than points.

use std::ops::Range;

use oci_lens_inflate::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// How much farther apart points inside of a zstd frame are than those inside of a gzip member, at
/// least: each takes a window, and unpacking is faster.
const FRAME_INTERVALS: u64 = 8;
/// Bytes of its window for which a point is an interval farther from the last: a sixteenth of an
/// interval by default. To hand over 262 MB of histories for 1 GB, of windows of 8 MiB that lay
/// 32 MiB apart, made a scan take up to a quarter longer.
const INTERVAL_WINDOW_BYTES: u64 = 256 << 10;

/// Where a stream was, and what it takes to go on from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeekPoint {
    /// Stored bytes before it.
    pub stored: u64,
    /// Unpacked bytes before it.
    pub unpacked: u64,
    /// None at the start of a member or frame.
    pub(super) inside: Option<Inside>,
}

/// What it takes to go on inside a member or frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inside {
    pub(super) of: InsideOf,
    pub(super) history: History,
}

/// What was unpacked before a point, as far as what follows may refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum History {
    Here(Vec<u8>),
    /// Where among those that were taken: see [`SeekPoints::take_histories`].
    Taken(Range<u64>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum InsideOf {
    Member(InsideMember),
    Frame(InsideFrame),
}

/// What it takes to go on inside a gzip member, beside up to 32 KiB of history.
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
}

/// What it takes to go on inside a zstd frame, beside its window as history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InsideFrame {
    /// Stored bytes before the frame.
    pub(super) frame: u64,
    pub(super) window: u64,
    pub(super) has_checksum: bool,
    /// Tables and offsets: a dictionary without its content.
    pub(super) dictionary: Vec<u8>,
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
        let dictionary = match self.inside.as_ref().map(|inside| &inside.of) {
            None | Some(InsideOf::Member(_)) => 0,
            Some(InsideOf::Frame(frame)) => frame.dictionary.len(),
        };
        size_of::<Self>() + dictionary + self.held()
    }

    /// Bytes of its history, if that is here.
    fn held(&self) -> usize {
        match self.inside.as_ref().map(|inside| &inside.history) {
            None | Some(History::Taken(_)) => 0,
            Some(History::Here(bytes)) => bytes.len(),
        }
    }

    /// Where its history lies among those of its layer, if it was taken out of it.
    pub fn taken_history(&self) -> Option<Range<u64>> {
        match &self.inside.as_ref()?.history {
            History::Here(_) => None,
            History::Taken(range) => Some(range.clone()),
        }
    }

    /// Brings its history back.
    pub fn put_history(&mut self, history: Vec<u8>) {
        if let Some(inside) = &mut self.inside {
            inside.history = History::Here(history);
        }
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
        let distance = match self.inside.as_ref().map(|inside| &inside.of) {
            None => interval.div_ceil(2),
            Some(InsideOf::Member(_)) => interval,
            Some(InsideOf::Frame(frame)) => in_frames(interval, frame.window),
        };
        self.offsets().1 >= last.saturating_add(distance)
    }
}

/// How far points inside of zstd frames lie apart, which take such a window each.
fn in_frames(interval: u64, window: u64) -> u64 {
    interval.saturating_mul(FRAME_INTERVALS.max(window / INTERVAL_WINDOW_BYTES))
}

impl InsideMember {
    /// For a point with so many unpacked bytes before it, and these of them.
    pub(super) fn checkpoint(&self, unpacked: u64, history: &[u8]) -> Checkpoint {
        Checkpoint {
            produced: unpacked.min(self.produced),
            bits: self.bits,
            bit_count: self.bit_count,
            history: history.to_vec(),
        }
    }
}

/// The points of a stream that passes by: a bounded number of them, however
/// long it becomes.
#[derive(Debug)]
pub(super) struct SeekPoints {
    points: Vec<SeekPoint>,
    /// Bytes that they take, and may take; and those of them that are histories.
    memory: usize,
    most: usize,
    held: usize,
    /// Bytes of histories that were taken before.
    taken: u64,
    /// Unpacked bytes from one point to the next, where the next is inside a member.
    interval: u64,
    /// The largest window of a frame that points are noted inside of.
    pub(super) window_bytes: u64,
}

impl SeekPoints {
    /// None yet; nothing to take them with where none are allowed.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        (limits.seek_layer_bytes > 0).then(|| Self {
            points: Vec::new(),
            memory: 0,
            most: limits.seek_layer_bytes,
            held: 0,
            taken: 0,
            interval: limits.seek_interval.max(1),
            window_bytes: limits.seek_window_bytes,
        })
    }

    /// Unpacked bytes after which the next point inside a member is wanted: more than lie before
    /// the last that was offered.
    pub(super) fn next(&self) -> u64 {
        self.last().saturating_add(self.interval)
    }

    /// The same for a point inside a frame with such a window.
    pub(super) fn next_in_frame(&self, window: u64) -> u64 {
        let distance = in_frames(self.interval, window);
        self.last().saturating_add(distance)
    }

    /// Takes a point that is far enough from the last. Where they take too much, about every
    /// second one stays.
    pub(super) fn add(&mut self, point: SeekPoint) {
        if !point.is_far(self.last(), self.interval) {
            return;
        }
        self.memory += point.memory();
        self.held += point.held();
        self.points.push(point);
        while self.memory > self.most {
            self.interval = self.interval.saturating_mul(2);
            self.memory = SeekPoint::thin(&mut self.points, self.interval);
            self.held = self.points.iter().map(SeekPoint::held).sum();
        }
    }

    /// Takes the histories out of all points so far, one after the other, for whoever keeps them
    /// elsewhere. None where they are fewer than `least` bytes, or none at all.
    pub(super) fn take_histories(&mut self, least: usize) -> Option<Vec<u8>> {
        if self.held < least.max(1) {
            return None;
        }
        let is_taken = |point: &SeekPoint| point.taken_history().is_some();
        let first = self
            .points
            .iter()
            .rposition(is_taken)
            .map_or(0, |at| at + 1);
        let mut all = Vec::new();
        let points = self.points.iter_mut().skip(first);
        for history in points.filter_map(|point| Some(&mut point.inside.as_mut()?.history)) {
            if let History::Here(bytes) = history {
                let from = self.taken + all.len() as u64;
                // One by itself, a window say, is not copied.
                match all.is_empty() {
                    true => all = std::mem::take(bytes),
                    false => all.extend_from_slice(bytes),
                }
                *history = History::Taken(from..self.taken + all.len() as u64);
            }
        }
        self.taken += all.len() as u64;
        self.memory -= self.held;
        self.held = 0;
        Some(all)
    }

    /// Unpacked bytes before the last point.
    fn last(&self) -> u64 {
        self.points.last().map_or(0, |point| point.unpacked)
    }

    pub(super) fn into_vec(self) -> Vec<SeekPoint> {
        self.points
    }
}
