//! Data made on the spot that packs about as files of an image do.

use std::io::Write as _;

/// What is packed.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Sources, scripts, documentation: two fifths of it, mostly matches.
    Text,
    /// Programs and libraries: half of it, literals and short matches.
    Code,
}

/// Raw deflate of so many bytes, as `gzip -6` packs a layer.
pub fn stream(kind: Kind, length: usize) -> Vec<u8> {
    let bytes = bytes(kind, length);
    let level = flate2::Compression::new(6);
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(&bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// So many bytes as they are unpacked.
pub fn bytes(kind: Kind, length: usize) -> Vec<u8> {
    match kind {
        Kind::Text => text(length),
        Kind::Code => code(length),
    }
}

/// Marsaglia's xorshift: the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % bound
    }

    /// Small numbers often, large ones seldom, as words and instructions are used.
    fn skewed(&mut self, bound: usize) -> usize {
        let share = self.below(1 << 16) as f64 / 65_536.0;
        ((bound as f64).powf(share) - 1.0) as usize
    }
}

fn text(length: usize) -> Vec<u8> {
    let mut random = Random(1);
    let words: Vec<Vec<u8>> = (0..8000)
        .map(|_| {
            let length = 2 + random.below(4) + random.below(6);
            let letters = b"etaoinsrhldcumfpgwybvkxjqz_";
            (0..length)
                .map(|_| letters[random.skewed(letters.len())])
                .collect()
        })
        .collect();
    let mut bytes = Vec::with_capacity(length + 100);
    while bytes.len() < length {
        for _ in 0..random.below(4) {
            bytes.extend_from_slice(b"    ");
        }
        for _ in 0..1 + random.below(9) {
            bytes.extend_from_slice(&words[random.skewed(words.len())]);
            let marks: [&[u8]; 8] = [b" ", b", ", b"(", b" = ", b".", b"/", b") ", b": "];
            bytes.extend_from_slice(marks[random.skewed(marks.len())]);
        }
        bytes.push(b'\n');
    }
    bytes.truncate(length);
    bytes
}

fn code(length: usize) -> Vec<u8> {
    let mut random = Random(2);
    let instructions: Vec<Vec<u8>> = (0..3000)
        .map(|_| {
            (0..2 + random.below(5))
                .map(|_| random.skewed(256) as u8)
                .collect()
        })
        .collect();
    let mut bytes = Vec::with_capacity(length + 100);
    while bytes.len() < length {
        for _ in 0..random.below(400) {
            bytes.extend_from_slice(&instructions[random.skewed(instructions.len())]);
            if random.below(3) == 0 {
                bytes.extend_from_slice(&(random.skewed(1 << 20) as u32).to_le_bytes());
            }
        }
        // A table of addresses, and what is left of a page.
        let first = random.below(1 << 24) as u64;
        for index in 0..random.below(40) as u64 {
            bytes.extend_from_slice(&(first + index * 16).to_le_bytes());
        }
        bytes.resize(bytes.len() + random.below(64), 0);
    }
    bytes.truncate(length);
    bytes
}
