//! Unpacking, against the library that zlib's users move to.

mod sample;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use flate2::{Decompress, FlushDecompress};
use oci_lens_inflate::{Inflate, Outcome};

use sample::Kind;

const BYTES: usize = 16 << 20;
/// What a decoder of layers gives at a time.
const OUTPUT: usize = 256 << 10;

fn main() {
    divan::main();
}

#[divan::bench(args = [Kind::Text, Kind::Code])]
fn own(bencher: Bencher, kind: Kind) {
    let stream = sample::stream(kind, BYTES);
    let mut output = Vec::new();
    bencher.counter(BytesCount::new(BYTES)).bench_local(|| {
        let mut inflate = Inflate::new();
        let mut rest = stream.as_slice();
        loop {
            output.clear();
            let (taken, outcome) = inflate.run(rest, &mut output, OUTPUT).expect("a stream");
            black_box(&output);
            rest = &rest[taken..];
            if outcome == Outcome::End {
                break;
            }
        }
    });
}

#[divan::bench(args = [Kind::Text, Kind::Code])]
fn zlib_rs(bencher: Bencher, kind: Kind) {
    let stream = sample::stream(kind, BYTES);
    let mut output = Vec::with_capacity(OUTPUT);
    bencher.counter(BytesCount::new(BYTES)).bench_local(|| {
        let mut inflate = Decompress::new(false);
        while inflate.total_out() < BYTES as u64 {
            output.clear();
            let rest = &stream[inflate.total_in() as usize..];
            inflate
                .decompress_vec(rest, &mut output, FlushDecompress::None)
                .expect("a stream");
            black_box(&output);
        }
    });
}
