//! Folders on disk, and compressed archives made into temporary files.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;

use oci_lens::archive::unpack::{Progress, UnpackError, Unpacked, unpack};
use oci_lens::archive::{Archive, walk};
use oci_lens::limits::Limits;
use oci_lens::report::{Compression, Container, OuterInfo};
use oci_lens::source::ReadAt;

use super::{blobs, codes, tars};
use crate::support::files;

/// A pipe that gives a few bytes at a time.
struct Drip<'a>(&'a [u8], u64);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        let length = (tars::random(self.1) as usize % 900 + 1).min(buffer.len());
        self.0.read(buffer.get_mut(..length).unwrap_or_default())
    }
}

fn fixture(name: &str) -> Vec<u8> {
    files::read(&format!("tests/fixtures/{name}/image.tar"))
}

fn run(bytes: &[u8], limits: &Limits) -> Result<Unpacked, UnpackError> {
    unpack(Drip(bytes, 0), None, limits, |_| ControlFlow::Continue(()))
}

fn opened(unpacked: &Unpacked) -> Archive<&File> {
    let archive = Archive::open_tar(&unpacked.tar, &Limits::default());
    archive.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_compressed_archive_is_unpacked_once_and_opens() {
    let plain = fixture("hello-oci-archive");
    let expected = blobs(&tars::open(&plain));
    for (name, outer) in [
        ("hello-oci-archive", Compression::None),
        ("outer-gzip", Compression::Gzip),
        ("outer-zstd", Compression::Zstd),
    ] {
        let bytes = fixture(name);
        let mut last = Progress {
            read: 0,
            written: 0,
        };
        let unpacked = unpack(Drip(&bytes, 7), None, &Limits::default(), |progress| {
            assert!(progress.read > last.read && progress.written >= last.written);
            last = progress;
            ControlFlow::Continue(())
        });
        let unpacked = unpacked.unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected_info = (outer != Compression::None).then(|| OuterInfo {
            compression: outer,
            size: bytes.len() as u64,
            diagnostics: Vec::new(),
        });
        assert_eq!(unpacked.outer, expected_info, "{name}");
        let archive = opened(&unpacked);
        assert_eq!(
            (last.read, last.written),
            (bytes.len() as u64, archive.size()),
            "{name}"
        );
        let digests = |blobs: &[(String, String, u64, u64)]| {
            let mut digests: Vec<_> = blobs.iter().map(|blob| (blob.0.clone(), blob.3)).collect();
            digests.sort();
            digests
        };
        assert_eq!(digests(&blobs(&archive)), digests(&expected), "{name}");
    }
}

#[test]
fn a_compressed_archive_cut_off_opens_up_to_there() {
    let whole = fixture("outer-gzip");
    let unpacked = run(whole.get(..1900).unwrap_or_default(), &Limits::default());
    let unpacked = unpacked.unwrap_or_else(|error| panic!("{error}"));
    let findings = unpacked.outer.iter().flat_map(|outer| &outer.diagnostics);
    let found: Vec<&str> = findings.map(|finding| finding.code.as_str()).collect();
    assert_eq!(found, ["gzip-truncated"]);
    assert!(unpacked.tar.size() > 1024);
}

#[test]
fn what_cannot_be_unpacked_says_why() {
    let gzip = fixture("outer-gzip");
    let small = Limits {
        unpacked_bytes: 4096,
        ..Limits::default()
    };
    let limits = Limits::default();
    let broken = [b"\x1f\x8b\x08\0\0\0\0\0\0\0".as_slice(), &[0xff; 600]].concat();
    let rows: &[(&[u8], &Limits, &str)] = &[
        (b"", &limits, "empty-file"),
        (b"hello", &limits, "not-an-archive"),
        (b"BZh91AY&SY", &limits, "outer-compression-unsupported"),
        (&broken, &limits, "outer-broken"),
        (&gzip, &small, "limit-unpacked"),
    ];
    for (bytes, limits, code) in rows {
        let error = run(bytes, limits).map(|unpacked| unpacked.tar.size());
        assert_eq!(error.map_err(|error| error.code()), Err(*code));
    }
    let stopped = unpack(gzip.as_slice(), None, &limits, |_| ControlFlow::Break(()));
    assert_eq!(
        stopped.map(|_| ()).map_err(|error| error.code()),
        Err("cancelled")
    );
    let full = UnpackError::Write {
        written: 5,
        source: io::Error::from(io::ErrorKind::StorageFull),
    };
    assert_eq!(full.code(), "disk-full");
}

#[test]
fn a_folder_on_disk_opens_as_its_tar_does() {
    let tar = fixture("hello-docker-archive");
    let archive = tars::open(&tar);
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let unpacked = tar::Archive::new(tar.as_slice()).unpack(folder.path());
    unpacked.unwrap_or_else(|error| panic!("{error}"));
    let items = walk(folder.path(), &Limits::default());
    let items = items.unwrap_or_else(|error| panic!("{error}"));
    let opened = Archive::open_folder(items, &Limits::default());
    let opened = opened.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(opened.container(), Container::Folder);
    assert_eq!(opened.formats(), archive.formats());
    assert_eq!(codes(&opened), codes(&archive));
    for member in archive
        .members()
        .iter()
        .filter(|member| member.location().is_some())
    {
        let cap = 1 << 20;
        let name = archive.name(member);
        assert_eq!(
            opened.read_member(name, cap),
            archive.read_member(name, cap)
        );
    }
    // Through the link that docker save leaves, which is not followed by the walk.
    let link = b"97943eddab6b2a74c86a7aada9a4a0abc78ebba514bdd0e971943435cc593396/layer.tar";
    assert_eq!(
        opened.read_member(link, 1 << 20),
        archive.read_member(link, 1 << 20)
    );
    // A folder that holds the folder, as it is dropped.
    let parent = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let renamed = std::fs::rename(folder.path(), parent.path().join("image"));
    renamed.unwrap_or_else(|error| panic!("{error}"));
    let items = walk(parent.path(), &Limits::default());
    let items = items.unwrap_or_else(|error| panic!("{error}"));
    let opened = Archive::open_folder(items, &Limits::default());
    let opened = opened.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(opened.prefix(), b"image/");
}

#[cfg(unix)]
#[test]
fn a_folder_on_disk_is_never_left() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path();
    let done = (|| {
        std::fs::write(path.join("oci-layout"), "{}")?;
        std::fs::write(path.join("index.json"), "{}")?;
        std::fs::create_dir_all(path.join("blobs/sha256"))?;
        std::os::unix::fs::symlink("..", path.join("blobs/up"))?;
        std::os::unix::fs::symlink("/etc/passwd", path.join("passwd"))?;
        std::os::unix::fs::symlink("/etc", path.join("etc"))
    })();
    done.unwrap_or_else(|error: io::Error| panic!("{error}"));
    let items = walk(path, &Limits::default());
    let items = items.unwrap_or_else(|error| panic!("{error}"));
    let archive = Archive::open_folder(items, &Limits::default());
    let archive = archive.unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<String> = archive
        .members()
        .iter()
        .map(|member| member.path().escape_ascii().to_string())
        .collect();
    let expected = [
        "blobs",
        "blobs/sha256",
        "blobs/up",
        "etc",
        "index.json",
        "oci-layout",
        "passwd",
    ];
    assert_eq!(names, expected);
    for name in [b"passwd".as_slice(), b"etc/passwd"] {
        let error = archive
            .read_member(name, 1 << 20)
            .map_err(|error| error.code());
        assert_eq!(error, Err("link-leads-out"));
    }
}
