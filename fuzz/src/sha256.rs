//! Any bytes as streams that are hashed side by side: each digest is the library's.

use oci_lens_sha256::{Midstate, Sha256, advance};
use sha2::Digest;

/// Streams at most: some more than there are lanes.
const STREAMS: usize = 9;

/// Each byte tells of one step: which stream goes on, how, and by how many bytes.
pub fn run(bytes: &[u8]) {
    let mut streams: [_; STREAMS] = std::array::from_fn(|_| (Sha256::new(), sha2::Sha256::new()));
    let content: Vec<u8> = bytes.iter().cycle().take(1 << 14).copied().collect();
    for (at, &step) in bytes.iter().enumerate() {
        let stream = at.wrapping_mul(usize::from(step | 1)) % STREAMS;
        let (own, library) = &mut streams[stream];
        let length = usize::from(step).pow(2) / 4;
        let piece = content.get(at % 1024..).unwrap_or_default();
        let piece = piece.get(..length).unwrap_or(piece);
        library.update(piece);
        if step % 16 == 1 {
            own.update(piece);
        } else {
            own.hold(piece);
        }
        if step % 16 == 9 {
            let (known, held) = std::mem::take(own).into_parts();
            *own = Sha256::resumed(Midstate::from_bytes(&known.to_bytes()));
            own.update(&held);
        }
        if step % 4 == 0 {
            let mut all: Vec<_> = streams.iter_mut().map(|(own, _)| own).collect();
            advance(&mut all);
        }
    }
    for (own, library) in streams {
        assert_eq!(own.finish(), <[u8; 32]>::from(library.finalize()));
    }
}
