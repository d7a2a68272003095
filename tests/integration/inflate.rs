//! Deflate as zlib unpacks it: at every cut, broken, and from every block's start.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use oci_lens_inflate::{Checkpoint, Inflate, Outcome};

use crate::fuzz::targets::inflate::{End, assert_same, reference, unpack};
use crate::support::cuts::RandomCuts;
use crate::support::random::Random;

/// Streams of `test/infcover.c` in zlib 1.3, each with what zlib says to it: how many bytes it makes,
/// or what is wrong.
const ZLIB: [(&str, Result<usize, &str>); 19] = [
    ("1 1 0 fe ff 0", Ok(1)),
    ("3 0", Ok(0)),
    ("5 c0 21 d 0 0 0 80 b0 fe 6d 2f 91 6c", Ok(0)),
    (
        "5 e0 81 91 24 cb b2 2c 49 e2 f 2e 8b 9a 47 56 9f fb fe ec d2 ff 1f",
        Ok(0),
    ),
    ("ed c0 1 1 0 0 0 40 20 ff 57 1b 42 2c 4f", Ok(516)),
    (
        "ed cf c1 b1 2c 47 10 c4 30 fa 6f 35 1d 1 82 59 3d fb be 2e 2a fc f c",
        Ok(518),
    ),
    (
        "ed c0 81 0 0 0 0 80 a0 fd a9 17 a9 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \
         0 0 0 0 0 0 0 0 0 6",
        Ok(38_185),
    ),
    ("0 0 0 0 0", Err("invalid stored block lengths")),
    ("6", Err("invalid block type")),
    ("fc 0 0", Err("too many length or distance symbols")),
    ("4 0 fe ff", Err("invalid code lengths set")),
    ("4 0 24 49 0", Err("invalid bit length repeat")),
    ("4 0 24 e9 ff ff", Err("invalid bit length repeat")),
    (
        "4 0 24 e9 ff 6d",
        Err("invalid code -- missing end-of-block"),
    ),
    (
        "4 80 49 92 24 49 92 24 71 ff ff 93 11 0",
        Err("invalid literal/lengths set"),
    ),
    (
        "4 80 49 92 24 49 92 24 f b4 ff ff c3 84",
        Err("invalid distances set"),
    ),
    (
        "4 c0 81 8 0 0 0 0 20 7f eb b 0 0",
        Err("invalid literal/length code"),
    ),
    ("2 7e ff ff", Err("invalid distance code")),
    (
        "c c0 81 0 0 0 0 0 90 ff 6b 4 0",
        Err("invalid distance too far back"),
    ),
];

/// Words, runs, numbers and noise by turns: literals and matches of all lengths and distances.
fn mixed(length: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes = b"usr/lib/".to_vec();
    while bytes.len() < length {
        let count = 1 + random.below(3000);
        match random.below(5) {
            0 => bytes.extend((0..count).map(|_| random.byte())),
            1 => bytes.extend((0..count).map(|_| random.byte() & random.byte() & random.byte())),
            2 => {
                let period = 1 + random.below(20);
                bytes.extend((0..count).map(|index| (index % period) as u8));
            }
            3 => {
                let from = random.below(bytes.len());
                bytes.extend_from_within(from..bytes.len().min(from + count));
            }
            _ => {
                let words: [&[u8]; 6] =
                    [b"layer ", b"digest ", b"sha256:", b"\n", b"/bin/", b"the "];
                for _ in 0..count / 5 {
                    bytes.extend_from_slice(words[random.below(words.len())]);
                }
            }
        }
    }
    bytes.truncate(length);
    bytes
}

/// A stream with a new block after each part, and bytes of another kind behind it.
fn deflate(parts: &[&[u8]], level: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
    for part in parts {
        encoder.write_all(part).expect("memory can be written");
        encoder.flush().expect("memory can be written");
    }
    let mut stream = encoder.finish().expect("memory can be written");
    stream.extend_from_slice(b"trailer!");
    stream
}

/// Streams of stored, fixed and dynamic blocks.
fn small() -> Vec<Vec<u8>> {
    let bytes = mixed(700, 1);
    let mut streams: Vec<Vec<u8>> = (0..=9)
        .map(|level| deflate(&[&bytes[..150], b"abcabcabcabd", &bytes[150..]], level))
        .collect();
    streams.extend(ZLIB.map(|(stream, _)| zlib(stream)));
    streams
}

fn zlib(stream: &str) -> Vec<u8> {
    let byte = |byte| u8::from_str_radix(byte, 16).expect("hexadecimal");
    stream.split(' ').map(byte).collect()
}

/// Every place where the stream can be taken up again, with the output before and the input behind.
fn checkpoints(stream: &[u8]) -> Vec<(Checkpoint, usize, usize)> {
    let (mut inflate, mut output, mut at) = (Inflate::new(), Vec::new(), 0);
    let mut checkpoints = Vec::new();
    inflate.stop_after(0);
    while let Ok((taken, Outcome::Block)) = inflate.run(&stream[at..], &mut output, usize::MAX) {
        at += taken;
        let checkpoint = inflate.checkpoint().expect("a block begins");
        checkpoints.push((checkpoint, output.len(), at));
        // The same place again would be no progress.
        inflate.stop_after(output.len() as u64 + 1);
    }
    checkpoints
}

cases! {
    fn streams_of_zlibs_own_tests_end_as_there() {
        for (stream, expected) in ZLIB {
            let stream = zlib(stream);
            let actual = unpack(&mut Inflate::new(), [stream.as_slice()].into_iter());
            match expected {
                Ok(length) => {
                    assert_eq!((actual.end, actual.bytes.len()), (End::Stream(stream.len()), length));
                }
                Err(message) => assert_eq!(actual.end, End::Fault, "{message}"),
            }
        }
    }

    fn small_streams_are_the_same_at_every_cut() {
        for stream in small() {
            let expected = reference(&stream);
            let mut inflate = Inflate::new();
            for cut in 0..=stream.len() {
                let (first, second) = stream.split_at(cut);
                inflate.reset();
                assert_same(&unpack(&mut inflate, [first, second].into_iter()), &expected);
                // What is cut off is missing, or was not needed.
                inflate.reset();
                assert_same(&unpack(&mut inflate, [first].into_iter()), &reference(first));
            }
        }
    }

    fn large_streams_are_the_same_at_random_cuts() {
        let bytes = mixed(900_000, 2);
        for level in [0, 1, 4, 6, 9] {
            let stream = deflate(&[&bytes], level);
            let expected = reference(&stream);
            assert_eq!(expected.end, End::Stream(stream.len() - b"trailer!".len()));
            assert!(expected.bytes == bytes);
            for seed in 0..8 {
                assert_same(&unpack(&mut Inflate::new(), RandomCuts::new(&stream, seed)), &expected);
            }
        }
    }

    fn a_broken_bit_ends_it_where_it_ends_zlib() {
        for stream in small() {
            for bit in 0..stream.len() * 8 {
                let mut stream = stream.clone();
                stream[bit / 8] ^= 1 << (bit % 8);
                let expected = reference(&stream);
                assert_same(&unpack(&mut Inflate::new(), stream.chunks(usize::MAX)), &expected);
                assert_same(&unpack(&mut Inflate::new(), stream.chunks(5)), &expected);
            }
        }
    }

    fn every_block_can_be_taken_up_again() {
        let bytes = mixed(600_000, 3);
        let parts: Vec<&[u8]> = bytes.chunks(47_000).collect();
        for level in [0, 1, 6, 9] {
            let stream = deflate(&parts, level);
            let checkpoints = checkpoints(&stream);
            assert!(checkpoints.len() >= parts.len(), "level {level}");
            for (checkpoint, produced, at) in checkpoints {
                assert_eq!(checkpoint.produced, produced as u64);
                let history = &bytes[produced.saturating_sub(32 << 10)..produced];
                assert!(checkpoint.history == history);
                let mut inflate = Inflate::resume(&checkpoint);
                let rest = unpack(&mut inflate, RandomCuts::new(&stream[at..], produced as u64));
                assert_eq!(rest.end, End::Stream(stream.len() - at - b"trailer!".len()));
                assert!(rest.bytes == bytes[produced..]);
            }
        }
    }

    fn a_match_cannot_reach_before_a_checkpoints_history() {
        let bytes = mixed(60_000, 4);
        let again = &bytes[20_000..];
        let stream = deflate(&[&bytes, again], 9);
        let (checkpoint, produced, at) = checkpoints(&stream)
            .into_iter()
            .find(|(_, produced, _)| *produced == bytes.len())
            .expect("a block begins after the first part");
        let mut expected = [&bytes, again].concat().split_off(produced);
        let mut inflate = Inflate::resume(&checkpoint);
        assert!(unpack(&mut inflate, [&stream[at..]].into_iter()).bytes == expected);
        let without = Checkpoint { history: Vec::new(), ..checkpoint };
        let actual = unpack(&mut Inflate::resume(&without), [&stream[at..]].into_iter());
        assert_eq!(actual.end, End::Fault);
        expected.truncate(actual.bytes.len());
        assert!(actual.bytes == expected);
    }
}
