//! Four streams at a time, against one after the other by the library.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use oci_lens_sha256::{HELD_BYTES, Sha256, advance};

const BYTES: usize = HELD_BYTES;

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2, 3, 4, 8])]
fn lanes(bencher: Bencher, count: usize) {
    let bytes = vec![7; BYTES];
    let mut streams = vec![Sha256::new(); count];
    bencher
        .counter(BytesCount::new(count * BYTES))
        .bench_local(|| {
            for stream in &mut streams {
                stream.hold(&bytes);
            }
            advance(&mut streams.iter_mut().collect::<Vec<_>>());
            black_box(&streams);
        });
}

#[divan::bench]
fn single(bencher: Bencher) {
    let bytes = vec![7; BYTES];
    let mut stream = Sha256::new();
    bencher.counter(BytesCount::new(BYTES)).bench_local(|| {
        stream.update(&bytes);
        black_box(&stream);
    });
}
