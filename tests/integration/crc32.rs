//! CRC-32 as crc32fast has it: of every length, at every cut, after any bytes.

use oci_lens_inflate::Crc32;

use crate::support::cuts::RandomCuts;
use crate::support::random::Random;

/// More than the quotient's window and two blocks, and no multiple of a word.
const LENGTH: usize = 700;

/// The check value of "CRC-32/ISO-HDLC" in the catalogue of parametrised CRC algorithms.
const CHECK: (&[u8], u32) = (b"123456789", 0xcbf4_3926);

/// Bytes of which each kind leaves other parts of the division idle.
fn messages(length: usize) -> [Vec<u8>; 5] {
    let mut random = Random::new(12);
    let mut last = vec![0; length];
    last[length - 1] = 1;
    [
        (0..length).map(|_| random.byte()).collect(),
        (0..length).map(|at| (at % 251) as u8).collect(),
        vec![0; length],
        vec![0xff; length],
        last,
    ]
}

/// After bytes that have this CRC-32.
fn expected(initial: u32, bytes: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new_with_initial(initial);
    crc.update(bytes);
    crc.finalize()
}

fn actual<'a>(initial: u32, pieces: impl IntoIterator<Item = &'a [u8]>) -> u32 {
    let mut crc = Crc32::new_with_initial(initial);
    for piece in pieces {
        crc.update(piece);
    }
    crc.finalize()
}

cases! {
    fn the_catalogues_check_value_holds() {
        let (message, expected) = CHECK;
        assert_eq!(actual(0, [message]), expected);
        assert_eq!(Crc32::new().finalize(), 0);
    }

    fn every_length_after_any_bytes() {
        for message in messages(LENGTH) {
            for length in 0..=LENGTH {
                let message = &message[..length];
                for initial in [0, 1, u32::MAX, 0x8000_0000, 0x2144_df1c, 0x1234_5678] {
                    assert_eq!(actual(initial, [message]), expected(initial, message), "{length}");
                }
            }
        }
    }

    fn every_cut() {
        for message in messages(LENGTH) {
            let whole = expected(0, &message);
            for cut in 0..=LENGTH {
                let (first, second) = message.split_at(cut);
                assert_eq!(actual(0, [first, second]), whole, "{cut}");
                assert_eq!(actual(expected(0, first), [second]), whole, "{cut}");
            }
            for size in 1..=LENGTH {
                assert_eq!(actual(0, message.chunks(size)), whole, "{size}");
            }
        }
    }

    fn large_messages_at_random_cuts_and_asked_on_the_way() {
        for (message, seed) in messages(3 << 20).into_iter().zip(0..) {
            let mut own = Crc32::new();
            let mut library = crc32fast::Hasher::new();
            for piece in RandomCuts::new(&message, seed) {
                own.update(piece);
                library.update(piece);
                assert_eq!(own.clone().finalize(), library.clone().finalize());
            }
            assert_eq!(actual(0, [message.as_slice()]), expected(0, &message));
        }
    }

    fn another_message_begins_anew() {
        let [message, ..] = messages(LENGTH);
        let mut crc = Crc32::new_with_initial(7);
        crc.update(&message);
        crc.reset();
        crc.update(&message);
        assert_eq!(crc.finalize(), expected(0, &message));
    }
}
