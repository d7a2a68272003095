//! Digests of streams that are hashed side by side: each is what `sha256sum` prints.

use oci_lens::digest::hex;
use oci_lens_sha256::{Sha256, advance};
use sha2::Digest;

use crate::support::random::Random;

/// FIPS 180-4's own examples, by NIST: "SHA-256 examples", and the million times "a" of FIPS 180-2 B.3.
const EXAMPLES: [(&str, usize, &str); 4] = [
    (
        "",
        1,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    (
        "abc",
        1,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    (
        "a",
        1_000_000,
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ),
];

cases! {
    fn examples_of_the_standard_hold() {
        let all = EXAMPLES.map(|(text, times, _)| text.repeat(times));
        let mut streams = vec![Sha256::new(); 8];
        for (number, stream) in streams.iter_mut().enumerate() {
            stream.hold(all[number % all.len()].as_bytes());
        }
        advance(&mut streams.iter_mut().collect::<Vec<_>>());
        for (number, stream) in streams.into_iter().enumerate() {
            assert_eq!(hex(&stream.finish()), EXAMPLES[number % all.len()].2);
        }
    }

    // Every number of streams, of lengths around that of a block, of a pass and of what is held.
    fn company_changes_no_digest() {
        let mut random = Random::new(11);
        let content: Vec<u8> = (0..3 << 20).map(|_| random.byte()).collect();
        let lengths = [0, 1, 55, 56, 63, 64, 65, 4095, 4096, 65_535, 65_536, 65_601, 1 << 20, (2 << 20) + 7];
        for count in 1..=9 {
            let mut streams = vec![(Sha256::new(), sha2::Sha256::new()); count];
            for round in 0..12 {
                for (own, library) in &mut streams {
                    let length = lengths[random.below(lengths.len())];
                    let start = random.below(content.len() - length);
                    let piece = &content[start..start + length];
                    library.update(piece);
                    if random.below(5) == 0 {
                        own.update(piece);
                    } else {
                        own.hold(piece);
                    }
                }
                if round % 3 != 0 {
                    advance(&mut streams.iter_mut().map(|(own, _)| own).collect::<Vec<_>>());
                }
            }
            for (own, library) in streams {
                assert_eq!(own.finish(), <[u8; 32]>::from(library.finalize()), "{count}");
            }
        }
    }
}
