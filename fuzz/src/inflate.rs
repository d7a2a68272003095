//! Any bytes as a deflate stream: what zlib-rs makes of them, however they are cut and wherever they
//! are taken up again.

use std::iter::once;

use flate2::{Decompress, FlushDecompress, Status};
use oci_lens_inflate::{Checkpoint, Inflate, Outcome};

/// Output after which both stop: a byte can stand for a thousand.
const LIMIT: usize = 1 << 20;

/// What a stream unpacks to, and how that ends.
#[derive(Debug, PartialEq, Eq)]
pub struct Unpacked {
    pub bytes: Vec<u8>,
    pub end: End,
}

#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// Of the stream, after so many bytes of input.
    Stream(usize),
    /// Of the input, inside the stream.
    Input,
    Fault,
    Limit,
}

/// Takes any bytes; panics where what comes of them is not the reference's.
pub fn run(bytes: &[u8]) {
    let expected = reference(bytes);
    let mut inflate = Inflate::new();
    for cut in [usize::MAX, 1, 97] {
        inflate.reset();
        assert_same(&unpack(&mut inflate, bytes.chunks(cut)), &expected);
    }
    resumed(bytes, &expected);
    hostile(bytes);
}

/// Says less than both outputs where they differ.
pub fn assert_same(actual: &Unpacked, expected: &Unpacked) {
    assert_eq!(actual.end, expected.end);
    assert!(actual.bytes == expected.bytes, "other bytes");
}

/// What zlib-rs makes of a stream.
pub fn reference(bytes: &[u8]) -> Unpacked {
    let mut inflate = Decompress::new(false);
    let mut output = Vec::with_capacity(LIMIT);
    let end = loop {
        let before = (inflate.total_in(), output.len());
        let rest = &bytes[inflate.total_in() as usize..];
        match inflate.decompress_vec(rest, &mut output, FlushDecompress::None) {
            _ if output.len() == LIMIT => break End::Limit,
            Ok(Status::StreamEnd) => break End::Stream(inflate.total_in() as usize),
            Ok(_) if before == (inflate.total_in(), output.len()) => break End::Input,
            Ok(_) => {}
            Err(_) => break End::Fault,
        }
    };
    Unpacked { bytes: output, end }
}

/// Unpacks a stream that comes in pieces.
pub fn unpack<'a>(inflate: &mut Inflate, pieces: impl Iterator<Item = &'a [u8]>) -> Unpacked {
    let mut bytes = Vec::new();
    let mut end = End::Input;
    let mut before = 0;
    for mut piece in pieces {
        let length = piece.len();
        while end == End::Input && bytes.len() < LIMIT {
            let Ok((taken, outcome)) = inflate.run(piece, &mut bytes, LIMIT) else {
                assert!(inflate.run(piece, &mut bytes, LIMIT).is_err());
                end = End::Fault;
                break;
            };
            piece = &piece[taken..];
            match outcome {
                Outcome::Input => {
                    assert!(piece.is_empty());
                    break;
                }
                Outcome::End => end = End::Stream(before + length - piece.len()),
                Outcome::Output => {}
                Outcome::Block => panic!("no block was asked for"),
            }
        }
        before += length;
    }
    assert!(bytes.len() < LIMIT + 259);
    // At the limit, one may know already how it goes on, and the other not.
    if bytes.len() >= LIMIT {
        end = End::Limit;
    }
    bytes.truncate(LIMIT);
    Unpacked { bytes, end }
}

/// From some block starts on, the rest is the same.
fn resumed(bytes: &[u8], expected: &Unpacked) {
    let every = expected.bytes.len() as u64 / 3;
    let mut inflate = Inflate::new();
    let mut output = Vec::new();
    let mut at = 0;
    inflate.stop_after(every);
    while let Ok((taken, Outcome::Block)) = inflate.run(&bytes[at..], &mut output, LIMIT) {
        at += taken;
        assert_eq!(inflate.produced(), output.len() as u64);
        let checkpoint = inflate.checkpoint().expect("a block begins here");
        let mut rest = unpack(&mut Inflate::resume(&checkpoint), once(&bytes[at..]));
        if let End::Stream(taken) = &mut rest.end {
            *taken += at;
        }
        let start = output.len().min(LIMIT);
        // What lies beyond the limit from the start does not from here.
        let length = rest.bytes.len().min(LIMIT - start);
        assert!(
            rest.bytes[..length] == expected.bytes[start..],
            "other bytes"
        );
        if expected.end != End::Limit {
            assert_eq!(rest.end, expected.end);
        }
        inflate.stop_after(output.len() as u64 + every + 1);
    }
}

/// A checkpoint of any bytes leads to an answer.
fn hostile(bytes: &[u8]) {
    let (history, rest) = bytes.split_at(bytes.len() / 2);
    let checkpoint = Checkpoint {
        produced: bytes.len() as u64,
        bits: bytes.first().copied().unwrap_or_default(),
        bit_count: bytes.last().copied().unwrap_or_default(),
        history: history.to_vec(),
    };
    unpack(&mut Inflate::resume(&checkpoint), once(rest));
}
