//! Any bytes as a message that comes in pieces: its CRC-32 is the library's after each of them.

use oci_lens_inflate::Crc32;

/// Four bytes say what came before. Of the others, each tells how long a piece comes next.
pub fn run(bytes: &[u8]) {
    let Some((initial, bytes)) = bytes.split_first_chunk() else {
        return;
    };
    let initial = u32::from_le_bytes(*initial);
    let mut own = Crc32::new_with_initial(initial);
    let mut library = crc32fast::Hasher::new_with_initial(initial);
    let content: Vec<u8> = bytes.iter().cycle().take(1 << 13).copied().collect();
    for (at, &step) in bytes.iter().enumerate() {
        let length = usize::from(step).pow(2) / 16;
        let piece = content.get(at % 4096..).unwrap_or_default();
        let piece = piece.get(..length).unwrap_or(piece);
        own.update(piece);
        library.update(piece);
        assert_eq!(own.clone().finalize(), library.clone().finalize());
    }
    own.reset();
    own.update(&content);
    assert_eq!(own.finalize(), crc32fast::hash(&content));
}
