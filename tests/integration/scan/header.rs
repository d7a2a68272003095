//! Header blocks, whose fields are read several bytes at a time: as if it were one by one.

use oci_lens::diagnostic::Diagnostics;
use oci_lens::layer::TarScan;
use oci_lens::layer::table::EntryTable;
use oci_lens::limits::Limits;

use crate::support::random::Random;

const BLOCK: usize = 512;

cases! {
    fn octal_numbers_are_those_that_their_digits_say() {
        let mut random = Random::new(5);
        let mut numbers = 0;
        for _ in 0..20_000 {
            let mut block = block();
            let (uid, mtime) = (octal_field(&mut random, 8), octal_field(&mut random, 12));
            block[108..116].copy_from_slice(&uid);
            block[136..148].copy_from_slice(&mtime);
            let sum = sum(&block, i64::from);
            let (table, _) = read(&mut block, sum);
            let entry = table.entry(0).expect("an entry");
            let expected = (number(&uid).unwrap_or(0), number(&mtime).unwrap_or(0));
            let found = (entry.uid, u64::try_from(entry.mtime.seconds).expect("not negative"));
            assert_eq!(found, expected, "{} {}", uid.escape_ascii(), mtime.escape_ascii());
            numbers += usize::from(found.0 > 0);
        }
        assert!(numbers > 5_000, "{numbers} of 20,000 fields are numbers");
    }

    fn checksums_count_bytes_as_unsigned_or_as_signed() {
        let mut random = Random::new(6);
        for round in 0..500 {
            let mut block = block();
            for byte in &mut block[157..257] {
                // The largest sum there can be, and others.
                *byte = if round == 0 { 0xff } else { random.byte() };
            }
            for byte in &mut block[265..329] {
                *byte = if round == 0 { 0xff } else { random.byte() };
            }
            let sums = [sum(&block, i64::from), sum(&block, |byte| i64::from(byte.cast_signed()))];
            // A negative one cannot be stated.
            for sum in sums.into_iter().filter(|&sum| sum > 0) {
                assert_eq!(read(&mut block, sum).0.len(), 1, "{sum} of {sums:?}");
                for wrong in [sum - 1, sum + 1, sum ^ 0x100] {
                    let (table, codes) = read(&mut block, wrong);
                    assert_eq!((table.len(), codes.as_slice()), (0, &["tar-not-a-tar".to_owned()][..]));
                }
            }
        }
    }
}

/// The header of an empty file, but for its checksum.
fn block() -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..4].copy_from_slice(b"file");
    block[124..136].copy_from_slice(b"00000000000\0");
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    block
}

/// The entries of a tar of this header, and the codes of what was found.
fn read(block: &mut [u8; BLOCK], sum: i64) -> (EntryTable, Vec<String>) {
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut findings = Diagnostics::new(10);
    let mut scan = TarScan::new(&Limits::default(), false);
    scan.push(block.as_slice(), &mut findings);
    scan.push(&[0; 2 * BLOCK], &mut findings);
    let (table, _) = scan.finish(None, &mut findings);
    let codes = findings.into_vec().into_iter();
    (table, codes.map(|found| found.code.to_string()).collect())
}

/// As POSIX says it, a byte at a time: the checksum's own eight count as spaces.
fn sum(block: &[u8; BLOCK], value: impl Fn(u8) -> i64) -> i64 {
    let bytes = block.iter().enumerate();
    bytes
        .map(|(at, &byte)| value(if (148..156).contains(&at) { b' ' } else { byte }))
        .sum()
}

/// Digits, mostly up to an end as writers make it.
fn octal_field(random: &mut Random, length: usize) -> Vec<u8> {
    const OTHER: &[u8] = b"\0\0 089/x\xb0\xb8";
    let before = [0, 0, 0, 1, 2][random.below(5)];
    let digits = random.below(length + 1);
    let mut field: Vec<u8> = (0..length)
        .map(|at| match at {
            _ if at < before => b" \0"[random.below(2)],
            _ if at < before + digits => b'0' + random.byte() % 8,
            _ => OTHER[random.below(2)],
        })
        .collect();
    if random.below(3) == 0 {
        // The first byte would make it a number of another kind.
        field[1 + random.below(length - 1)] = OTHER[random.below(OTHER.len())];
    }
    field
}

/// Octal digits between spaces and NULs; after a NUL behind them, nothing counts.
fn number(field: &[u8]) -> Option<u64> {
    let text = field.iter().copied();
    let text: Vec<u8> = text
        .skip_while(|byte| matches!(byte, b' ' | 0))
        .take_while(|&byte| byte != 0)
        .collect();
    let digits = text.trim_ascii_end();
    digits.iter().try_fold(0, |value, byte| match byte {
        b'0'..=b'7' => Some(value * 8 + u64::from(byte - b'0')),
        _ => None,
    })
}
