//! Layers made to be read in parts, eStargz and zstd:chunked: a file is read from the member or
//! frame near it on.

use oci_lens::archive::Archive;
use oci_lens::image::Inspection;
use oci_lens::image::content::ContentPlan;
use oci_lens::image::reading::Reading;
use oci_lens::layer::Machine;
use oci_lens::limits::Limits;
use oci_lens::report::EntryPlace;

use super::seek::is_start;
use super::stored;
use crate::archive::tars;
use crate::scan::verdict::{gzip, skippable, zstd};
use crate::support::random::Random;
use crate::support::{files, inspect};

/// Stored bytes of one read.
const READ: usize = 4 << 10;

/// Unpacked bytes from one point to the next: starts are points at half of it.
const INTERVAL: u64 = 64 << 10;

/// Bytes of a chunk, of which one begins with each file.
const CHUNK: usize = 16 << 10;

fn limits() -> Limits {
    Limits {
        seek_interval: INTERVAL,
        ..Limits::default()
    }
}

fn opened(archive: Vec<u8>) -> Inspection<Vec<u8>> {
    let limits = limits();
    let archive = Archive::open_tar(archive, &limits).expect("an archive");
    let mut inspection = Inspection::open(archive, None, limits);
    inspect::scan(&mut inspection);
    inspection
}

/// Files of bytes that cannot be packed, so that what is stored is as long as what it unpacks to.
fn noise() -> Vec<Vec<u8>> {
    let mut random = Random::new(5);
    let mut file = |length: usize| (0..length).map(|_| random.byte()).collect();
    (0..60).map(|number| file(number * number * 30)).collect()
}

/// The parts of a tar: of each file its header with the first chunk, further chunks, padding with
/// the last; of the end marker one more.
fn parts(contents: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    for (number, content) in contents.iter().enumerate() {
        let member = tars::member(format!("file-{number}").as_bytes(), b'0', content);
        let (first, rest) = member.split_at(member.len().min(512 + CHUNK));
        parts.push(first.to_vec());
        parts.extend(rest.chunks(CHUNK).map(<[u8]>::to_vec));
    }
    parts.push(vec![0; 1024]);
    parts
}

/// stargz-snapshotter's docs/estargz.md: a gzip member for each part; the TOC, an entry of the tar,
/// in one with the end marker; a footer of 51 bytes, an empty member that says where the TOC begins.
fn estargz(contents: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = parts(contents);
    let end = parts.pop().expect("an end marker");
    let mut layer: Vec<u8> = parts.iter().flat_map(|part| gzip(part)).collect();
    let toc = layer.len();
    let entry = tars::file("stargz.index.json", r#"{"version":1,"entries":[]}"#);
    layer.extend(gzip(&[entry, end].concat()));
    let mut footer = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0".to_vec();
    footer.extend(format!("{toc:016x}STARGZ").bytes());
    footer.extend(b"\x01\0\0\xff\xff\0\0\0\0\0\0\0\0");
    assert_eq!(footer.len(), 51);
    layer.extend(footer);
    layer
}

/// containers/storage's pkg/chunked: a zstd frame for each part, then skippable frames with the
/// manifest, the tar-split data and the footer.
fn zstd_chunked(contents: &[Vec<u8>]) -> Vec<u8> {
    let parts = parts(contents);
    let frames = parts.iter().flat_map(|part| zstd(part));
    frames
        .chain(
            [200, 90, 72]
                .into_iter()
                .flat_map(|length| skippable(0x50, length)),
        )
        .collect()
}

/// What a plan gives, and how many stored bytes are read for it.
fn read(inspection: &Inspection<Vec<u8>>, plan: &ContentPlan) -> (Vec<u8>, usize) {
    let layer = stored(inspection, plan);
    let mut reading = Reading::new(plan.clone(), &limits());
    let (mut output, mut read) = (Vec::new(), 0);
    let mut rest = &layer[..0];
    while !reading.is_done() {
        if rest.is_empty() {
            let from = usize::try_from(reading.stored()).expect("an offset");
            rest = &layer[from..layer.len().min(from + READ)];
            read += rest.len();
            if rest.is_empty() {
                reading.end();
            }
        }
        let taken = reading.push(rest, &mut output).expect("content");
        rest = &rest[taken..];
    }
    (output, read)
}

cases! {
    fn no_more_is_read_than_from_the_start_of_a_part_near_the_file_on() {
        let contents = noise();
        for (name, layer) in [("eStargz", estargz(&contents)), ("zstd:chunked", zstd_chunked(&contents))] {
            let all = layer.len();
            let inspection = opened(tars::docker_save(&[layer]));
            let mut whole = 0;
            for (entry, content) in (0..).zip(&contents) {
                let place = EntryPlace { layer: 0, entry };
                for offset in (0..content.len()).step_by(9_000) {
                    let plan = inspection.content(0, place, offset as u64, 100).expect("a file");
                    let (bytes, read) = read(&inspection, &plan);
                    let expected = &content[offset..content.len().min(offset + 100)];
                    assert!(bytes == expected, "{name}, {entry}: {offset}");
                    // Half of the distance and a part more to the start, of which the wanted bytes
                    // may be the last; and what frames the parts.
                    let most = INTERVAL as usize / 2 + 2 * (CHUNK + 512) + READ + 4_000;
                    assert!(read <= most, "{name}, {entry}: {read} bytes for those at {offset}");
                    whole += usize::from(plan.seek_point.is_none());
                }
            }
            assert!(all > 2_000_000 && whole < 30, "{name}: {whole} from the start of {all}");
        }
    }

    fn real_layers_are_read_in_parts_as_well() {
        let Some(corpus) = files::corpus() else { return };
        for (name, least) in [("alpine-zstd-chunked", 80), ("dive-oci-estargz", 1)] {
            let inspection = opened(files::read_absolute(&format!("{corpus}/{name}/image.tar")));
            let mut files = 0;
            for layer in 0_u32.. {
                let Ok(whole) = inspection.layer_content(0, layer) else { break };
                let (tar, _) = read(&inspection, &whole);
                for entry in 0_u32.. {
                    let place = EntryPlace { layer, entry };
                    let plan = match inspection.content(0, place, 0, u64::MAX) {
                        Ok(plan) => plan,
                        Err(error) if error.code() == "not-a-file" => continue,
                        Err(_) => break,
                    };
                    let (bytes, _) = read(&inspection, &plan);
                    let Some(first) = plan.first() else { continue };
                    let at = usize::try_from(first).expect("an offset");
                    assert!(bytes == tar[at..at + bytes.len()], "{name}: {layer}, {entry}");
                    assert!(first - plan.start.unpacked < INTERVAL, "{name}: {layer}, {entry}");
                    assert!(plan.seek_point.is_none_or(|point| is_start(&point)), "{name}");
                    files += 1;
                }
            }
            assert!(files >= least, "{name}: {files} files");
        }
    }
}
