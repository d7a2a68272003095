//! The fuzz targets on mutated fixtures: each of them runs on every machine, in every test run.
//! Longer with more rounds: `OCI_LENS_FUZZ_ROUNDS`.

#[path = "../../fuzz/src/lib.rs"]
pub mod targets;

use oci_lens::archive::Archive;
use oci_lens::limits::Limits;

use crate::scan::verdict::{gzip, zstd};
use crate::support::files;
use crate::support::inspect;
use crate::support::random::Random;

/// Rounds of a target, where the environment says nothing else.
const ROUNDS: u64 = 300;

/// Longer inputs would make a round of the slowest target take seconds.
const LONGEST: usize = 48 << 10;

/// Bytes that mean something to one of the formats, or are the edge of a number.
const TELLING: [&[u8]; 16] = [
    b"\0",
    b"\xff",
    b"/",
    b"..",
    b"\0\0\0\0\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x80\0\0\0",
    b"\x7f",
    b"7777777",
    b"ustar",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b".wh.",
    b"{}",
    b"[\"\"]",
    b"-1",
];

/// Says which input was at fault, since a panic of the core does not.
struct Round<'a>(&'a str, u64);

impl Drop for Round<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            files::say(&format!("fuzz target {}: round {}", self.0, self.1));
        }
    }
}

/// Runs a target on the seeds as they are, then on mutations of them.
fn fuzz(name: &str, seeds: &[Vec<u8>], run: fn(&[u8])) {
    assert!(!seeds.is_empty(), "{name} has no seeds");
    for seed in seeds {
        run(seed);
    }
    let rounds = files::variable("OCI_LENS_FUZZ_ROUNDS");
    let rounds = rounds
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    for round in 0..rounds {
        let mut random = Random::new(round);
        let input = mutated(seeds, &mut random);
        let _round = Round(name, round);
        run(&input);
    }
}

fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = at + random.below(bytes.len() - at + 1).min(600);
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                let part = other[from..].iter().copied().take(600);
                bytes.splice(at..end, part);
            }
            4 | 5 => {
                let telling = TELLING[random.below(TELLING.len())];
                for (to, from) in bytes[at..].iter_mut().zip(telling) {
                    *to = *from;
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Small archives of the fixtures, and those that are broken on purpose.
fn archives() -> Vec<Vec<u8>> {
    let names = files::list(&format!("{}/tests/fixtures", files::root()));
    let read = |name: &String| files::read(&format!("tests/fixtures/{name}/image.tar"));
    names
        .iter()
        .map(read)
        .filter(|bytes| bytes.len() <= LONGEST)
        .collect()
}

/// Every blob of the archives, as it is stored.
fn blobs() -> Vec<Vec<u8>> {
    let mut blobs = Vec::new();
    for archive in archives() {
        let Ok(opened) = Archive::open_tar(archive.as_slice(), &Limits::default()) else {
            continue;
        };
        for blob in opened.blobs() {
            let start = usize::try_from(blob.location.offset).expect("in memory");
            let length = usize::try_from(blob.location.available).expect("in memory");
            blobs.push(archive[start..start + length].to_vec());
        }
    }
    blobs.sort();
    blobs.dedup();
    blobs
}

/// The tars of layers again, in many gzip members and in many zstd frames.
fn in_parts() -> Vec<Vec<u8>> {
    let parts = |pack: fn(&[u8]) -> Vec<u8>| {
        let packed = move |tar: Vec<u8>| tar.chunks(700).flat_map(pack).collect::<Vec<u8>>();
        tars().into_iter().map(packed)
    };
    let packed = parts(gzip).chain(parts(zstd));
    packed.filter(|layer| layer.len() <= LONGEST).collect()
}

/// A tar in single frames, with many blocks each.
fn frames() -> Vec<Vec<u8>> {
    let names = files::list(&format!("{}/tests/vectors/zstd-frames", files::root()));
    let read = |name: &String| files::read(&format!("tests/vectors/zstd-frames/{name}"));
    names.iter().map(read).collect()
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'{')
}

fn layers() -> Vec<Vec<u8>> {
    blobs().into_iter().filter(|blob| !is_json(blob)).collect()
}

/// The deflate streams of layers: what is behind a gzip header without options.
fn streams() -> Vec<Vec<u8>> {
    let packed = layers().into_iter();
    let packed = packed.filter(|layer| layer.starts_with(b"\x1f\x8b\x08\0"));
    packed.map(|layer| layer[10..].to_vec()).collect()
}

fn tars() -> Vec<Vec<u8>> {
    let unpacked = layers().into_iter().map(|layer| inspect::unpack(&layer).0);
    unpacked.filter(|tar| tar.len() <= LONGEST).collect()
}

cases! {
    fn layers_that_meet_are_applied() {
        let mut random = Random::new(7);
        let seeds: Vec<Vec<u8>> = (1..40)
            .map(|length| (0..length * 9).map(|_| random.byte()).collect())
            .collect();
        fuzz("apply", &seeds, targets::apply::run);
    }

    fn archives_open_or_are_refused() {
        fuzz("archive", &archives(), targets::archive::run);
    }

    fn what_a_store_wrote_down_is_read_or_refused() {
        let record = [1, 100, 100, 1, 1, b'k', 1, b'v'].to_vec();
        let seeds = [
            "labels.\"containerd.io/gc.root\"==x,digest~=/^sha256:\\x61/",
            "a.|b|~=|c{1,2}|,d!=\"\\u0041\\101\"",
            "2026-01-02T03:04:05.678+02:30\n1970-01-01T00:00:00Z",
            "1234",
        ];
        let mut seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
        seeds.push(record);
        fuzz("content", &seeds, targets::content::run);
    }

    fn contents_and_tars_are_alike_however_they_are_read() {
        let seeds = [layers(), tars(), in_parts(), frames()].concat();
        fuzz("contents", &seeds, targets::contents::run);
    }

    fn caches_answer_or_are_refused() {
        let vectors: serde_json::Value = files::vectors("cache_config");
        let current = &vectors["current"];
        let parse = current["parse"].as_array().expect("a list").iter().map(|case| &case["config"]);
        let marshal = current["marshal"].as_array().expect("a list").iter();
        let marshal = marshal.map(|case| &case["expect_config_json"]);
        let others = [&vectors["legacy_2017"]["config_json"]];
        let seeds = parse.chain(marshal).chain(others).map(|config| {
            config.as_str().expect("a text").as_bytes().to_vec()
        });
        fuzz("cache_config", &seeds.collect::<Vec<_>>(), targets::cache_config::run);
    }

    fn checksums_of_pieces_are_the_librarys() {
        let mut random = Random::new(5);
        let seeds: Vec<Vec<u8>> = (1..20)
            .map(|length| (0..length * 10).map(|_| random.byte()).collect())
            .collect();
        fuzz("crc32", &seeds, targets::crc32::run);
    }

    fn documents_are_read_or_refused() {
        let documents: Vec<Vec<u8>> = blobs().into_iter().filter(|blob| is_json(blob)).collect();
        fuzz("documents", &documents, targets::documents::run);
    }

    fn deflate_is_unpacked_as_the_library_does() {
        fuzz("inflate", &streams(), targets::inflate::run);
    }

    fn layers_scan_alike_in_all_cuts() {
        fuzz("scan", &[layers(), in_parts()].concat(), targets::scan::run);
    }

    fn streams_hashed_side_by_side_have_their_own_digests() {
        let mut random = Random::new(3);
        let seeds: Vec<Vec<u8>> = (1..20)
            .map(|length| (0..length * 40).map(|_| random.byte()).collect())
            .collect();
        fuzz("sha256", &seeds, targets::sha256::run);
    }

    fn tars_with_right_checksums_are_read() {
        fuzz("tar", &tars(), targets::tar::run);
    }

    fn tables_of_contents_list_or_are_refused() {
        let entries = [
            r#"{"type":"dir","name":"d/","mode":493,"modtime":"2024-01-02T03:04:05.5Z"}"#,
            r#"{"type":"reg","name":"d/f","size":3,"offset":1,"innerOffset":0,"xattrs":{"a":"YQ=="}}"#,
            r#"{"type":"reg","name":"g","size":6,"offset":20,"chunkSize":3},{"type":"chunk","offset":24,"chunkOffset":3}"#,
            r#"{"type":"hardlink","name":"h","linkName":"g"},{"type":"char","name":"c","devMajor":1}"#,
        ];
        let seeds = (1..=entries.len()).map(|count| {
            format!(r#"{{"version":1,"entries":[{}]}}"#, entries[..count].join(",")).into_bytes()
        });
        fuzz("toc", &seeds.collect::<Vec<_>>(), targets::toc::run);
    }

    fn scans_are_transferred_or_refused() {
        let scans: Vec<Vec<u8>> = tars().iter().map(|tar| targets::scan::transferred(tar)).collect();
        fuzz("transfer", &scans, targets::transfer::run);
    }
}
