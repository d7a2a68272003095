//! CRC-32, against the library that has instructions for it.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use oci_lens_inflate::Crc32;

const BYTES: usize = 16 << 20;

fn main() {
    divan::main();
}

#[divan::bench]
fn own(bencher: Bencher) {
    let bytes = vec![7; BYTES];
    let mut crc = Crc32::new();
    bencher.counter(BytesCount::new(BYTES)).bench_local(|| {
        crc.update(black_box(&bytes));
    });
}

#[divan::bench]
fn crc32fast(bencher: Bencher) {
    let bytes = vec![7; BYTES];
    let mut crc = ::crc32fast::Hasher::new();
    bencher.counter(BytesCount::new(BYTES)).bench_local(|| {
        crc.update(black_box(&bytes));
    });
}
