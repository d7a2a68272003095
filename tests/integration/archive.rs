//! Archive formats and what is wrong with some.

mod hostile;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod native;
mod sniffing;
pub mod tars;

use std::io;

use oci_lens::archive::{Archive, FolderItem, MemberKind, inspect};
use oci_lens::digest::AnyDigest;
use oci_lens::limits::Limits;
use oci_lens::report::{ArchiveFormat, Compression};
use oci_lens::source::ReadAt;
use serde::Deserialize;

use crate::support::{files, inspect as archives};

// Only what is compared here; the truth holds the images too.
#[derive(Deserialize)]
struct Truth {
    file: TruthFile,
    members: Vec<TruthMember>,
    member_count: usize,
    format: Vec<String>,
    prefix: String,
    #[serde(default)]
    blob_count: usize,
}

#[derive(Deserialize)]
struct TruthFile {
    size: u64,
    outer_compression: String,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct TruthMember {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    size: u64,
    offset: u64,
    linkname: Option<String>,
}

impl Truth {
    fn formats(&self) -> Vec<ArchiveFormat> {
        self.format
            .iter()
            .map(|format| match format.as_str() {
                "oci-layout" => ArchiveFormat::OciLayout,
                "docker-archive" | "docker-v1" => ArchiveFormat::DockerSave,
                other => panic!("unknown format {other}"),
            })
            .collect()
    }
}

/// Reads as short as a medium may: a new, seeded length each time.
struct ShortReads<'a>(&'a [u8], u64);

impl ReadAt for ShortReads<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match self.1 {
            0 => 1,
            seed => tars::random(seed ^ offset) as usize % 700 + 1,
        };
        let length = length.min(buffer.len());
        let part = buffer.get_mut(..length).unwrap_or_default();
        self.0.read_at(offset, part)
    }
}

fn fixtures() -> Vec<String> {
    let folder = format!("{}/tests/fixtures", files::root());
    let names = files::list(&folder);
    assert_eq!(names.len(), 34);
    names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

fn truth(folder: &str) -> Truth {
    let plain = format!("{folder}/truth.json");
    let bytes = if files::exists(&plain) {
        files::read_absolute(&plain)
    } else {
        archives::unpack(&files::read_absolute(&format!("{plain}.gz"))).0
    };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{folder}: {error}"))
}

// As the truth tells them: the path without `./` and slashes around it.
fn members<S: ReadAt>(archive: &Archive<S>) -> Vec<TruthMember> {
    archive
        .members()
        .iter()
        .map(|member| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (kind, linkname) = match member.kind() {
                MemberKind::File => ("file", None),
                MemberKind::Dir => ("dir", None),
                MemberKind::Symlink { target } => ("symlink", Some(text(target))),
                MemberKind::Hardlink { target } => ("hardlink", Some(text(target))),
                MemberKind::Other { .. } => ("other", None),
            };
            TruthMember {
                name: text(member.path()),
                kind: kind.to_owned(),
                size: member.size(),
                offset: member.data_offset(),
                linkname,
            }
        })
        .collect()
}

fn normalised(members: &[TruthMember]) -> Vec<TruthMember> {
    members
        .iter()
        .map(|member| TruthMember {
            name: match member.name.strip_prefix("./") {
                Some(name) => name.to_owned(),
                None => member.name.clone(),
            },
            kind: member.kind.clone(),
            linkname: member.linkname.clone(),
            ..*member
        })
        .collect()
}

fn blobs<S: ReadAt>(archive: &Archive<S>) -> Vec<(String, String, u64, u64)> {
    archive
        .blobs()
        .iter()
        .map(|blob| {
            let location = blob.location;
            (
                blob.digest.to_string(),
                blob.name.to_string(),
                location.offset,
                location.size,
            )
        })
        .collect()
}

fn codes<S: ReadAt>(archive: &Archive<S>) -> Vec<&str> {
    let found = archive.diagnostics().iter();
    found.map(|finding| finding.code.as_str()).collect()
}

// The archive's tar, or why the file is not opened as one.
fn outer(folder: &str, truth: &Truth) -> Vec<u8> {
    let bytes = files::read_absolute(&format!("{folder}/image.tar"));
    assert_eq!(bytes.len() as u64, truth.file.size, "{folder}");
    let found = inspect(&bytes).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let name = format!("{found:?}").to_lowercase();
    assert_eq!(name, truth.file.outer_compression, "{folder}");
    match found {
        Compression::None => bytes,
        _ => archives::unpack(&bytes).0,
    }
}

fn check(folder: &str) {
    let truth = truth(folder);
    let tar = outer(folder, &truth);
    assert_eq!(truth.members.len(), truth.member_count, "{folder}");
    let archive = match Archive::open_tar(tar.as_slice(), &Limits::default()) {
        Ok(archive) => archive,
        Err(error) => {
            assert_eq!(truth.formats(), [], "{folder}: {error}");
            let listed: Vec<String> = normalised(&truth.members)
                .into_iter()
                .map(|member| member.name)
                .take(8)
                .collect();
            return assert_eq!(error.members(), listed, "{folder}");
        }
    };
    assert_eq!(members(&archive), normalised(&truth.members), "{folder}");
    assert_eq!(archive.formats(), truth.formats(), "{folder}");
    assert_eq!(archive.prefix(), truth.prefix.as_bytes(), "{folder}");
    assert_eq!(
        archive.is_legacy(),
        truth.format == ["docker-v1"],
        "{folder}"
    );
    assert_eq!(
        archive.legacy_ids().count() > 0,
        archive.is_legacy(),
        "{folder}"
    );
    // The truth counts every file in an algorithm's folder, macOS's `._` too.
    let misnamed = archive.diagnostics().iter().filter(|finding| {
        let name = finding.blob.as_deref().unwrap_or_default();
        finding.code == "blob-name" && name.split('/').count() == 3
    });
    let count = archive.blobs().len() + misnamed.count();
    assert_eq!(count, truth.blob_count, "{folder}");
    for blob in archive.blobs() {
        assert_eq!(archive.blob(&blob.digest), Some(blob), "{folder}");
        assert_eq!(blob.location.available, blob.location.size, "{folder}");
    }
    for seed in 0..4 {
        let short = Archive::open_tar(ShortReads(&tar, seed), &Limits::default());
        let short = short.unwrap_or_else(|error| panic!("{folder}: {error}"));
        assert_eq!(
            short.members(),
            archive.members(),
            "{folder} by short reads {seed}"
        );
        assert_eq!(
            short.blobs(),
            archive.blobs(),
            "{folder} by short reads {seed}"
        );
        assert_eq!(short.diagnostics(), archive.diagnostics(), "{folder}");
    }
    check_as_folder(folder, &archive, &tar);
}

// What the tar unpacks to, read as a folder, holds the same blobs.
fn check_as_folder(folder: &str, archive: &Archive<&[u8]>, tar: &[u8]) {
    let items = archive.members().iter().filter_map(|member| {
        let item = match member.kind() {
            MemberKind::Dir => FolderItem::Dir,
            MemberKind::Symlink { target } => FolderItem::Symlink(target.to_vec()),
            MemberKind::File => FolderItem::File(tars::slice(tar, member.location()?)),
            MemberKind::Hardlink { target } => {
                let target = archive.member(target)?;
                FolderItem::File(tars::slice(tar, target.location()?))
            }
            MemberKind::Other { .. } => return None,
        };
        Some((member.path().to_vec(), item))
    });
    let opened = Archive::open_folder(items, &Limits::default());
    let opened = opened.unwrap_or_else(|error| panic!("{folder}: {error}"));
    assert_eq!(opened.formats(), archive.formats(), "{folder}");
    assert_eq!(opened.prefix(), archive.prefix(), "{folder}");
    assert_eq!(opened.blobs().len(), archive.blobs().len(), "{folder}");
    for blob in opened.blobs() {
        let in_tar = archive.blob(&blob.digest);
        let read = |read: Result<Vec<u8>, _>| read.unwrap_or_else(|error| panic!("{error}"));
        let expected = in_tar.map(|blob| read(archive.read_location(&blob.location, 1 << 30)));
        let found = read(opened.read_location(&blob.location, 1 << 30));
        assert!(expected == Some(found), "{folder}: {}", blob.digest);
    }
}

cases! {
    fn fixtures_are_listed_as_their_truth_says() {
        for folder in fixtures() {
            check(&folder);
        }
    }

    fn real_archives_are_listed_as_their_truth_says() {
        let Some(corpus) = files::corpus() else { return };
        let mut checked = 0;
        for name in files::list(&corpus) {
            let folder = format!("{corpus}/{name}");
            if files::exists(&format!("{folder}/image.tar")) {
                check(&folder);
                checked += 1;
            }
        }
        assert!(checked >= 76, "only {checked} archives");
    }

    fn a_docker_save_layer_is_found_through_its_link() {
        let tar = files::read("tests/fixtures/hello-docker-archive/image.tar");
        let archive = tars::open(&tar);
        let link = b"97943eddab6b2a74c86a7aada9a4a0abc78ebba514bdd0e971943435cc593396/layer.tar";
        let layer = b"9ae5607b3f78e56acd00a7b900cf3ef8fa8ac5e52fa8275e727dcb46c82d5280.tar";
        let name = archive.member(link).map(|member| archive.name(member));
        assert_eq!(name, Some(layer.as_slice()));
    }

    fn documents_are_read_below_the_leading_folder() {
        let limit = Limits::default().document_bytes;
        for name in ["outer-subdir", "outer-dotslash", "hello-oci-archive"] {
            let tar = files::read(&format!("tests/fixtures/{name}/image.tar"));
            let archive = tars::open(&tar);
            let document = archive.read_member(b"oci-layout", limit);
            let document = document.map(|bytes| bytes.trim_ascii_end().to_vec());
            assert_eq!(document, Ok(br#"{"imageLayoutVersion": "1.0.0"}"#.to_vec()), "{name}");
        }
    }

    fn every_kind_of_image_archive_is_told_by_its_documents() {
        use ArchiveFormat::{DockerSave, OciLayout};
        let blob = tars::blob_name(b"x");
        let blob = blob.as_str();
        let id = "c47412cb682fcf4ae43f536a788069f78552f928a55eeb09ba1455e0f9a2306e/json";
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a [ArchiveFormat], &'a str, bool, &'a [&'a str]);
        let rows: &[Row] = &[
            (&[("oci-layout", "{}"), ("index.json", "{}")], &[OciLayout], "", false, &[]),
            (&[("index.json", "{}"), (blob, "x")], &[OciLayout], "", false, &["oci-layout-missing"]),
            (&[("index.json", "{\"schemaVersion\":2}")], &[OciLayout], "", false, &["oci-layout-missing"]),
            (&[("oci-layout", "{}")], &[OciLayout], "", false, &["index-json-missing"]),
            (&[("manifest.json", "[]")], &[DockerSave], "", false, &[]),
            (&[("manifest.json", "null")], &[DockerSave], "", false, &[]),
            (&[(id, "{}"), ("repositories", "{}")], &[DockerSave], "", true, &[]),
            (&[(id, "{}")], &[DockerSave], "", true, &[]),
            (&[("a/json", "{}"), ("repositories", "{}")], &[DockerSave], "", true, &[]),
            (&[("oci-layout", "{}"), ("index.json", "{}"), ("manifest.json", "[]")],
                &[OciLayout, DockerSave], "", false, &[]),
            (&[("./oci-layout", "{}"), ("./index.json", "{}")], &[OciLayout], "", false, &[]),
            (&[("/oci-layout", "{}"), ("/index.json", "{}")], &[OciLayout], "", false, &[]),
            (&[("my/oci-layout", "{}"), ("my/index.json", "{}")], &[OciLayout], "my/", false, &[]),
            (&[("./my/manifest.json", "[]"), ("._my", "")], &[DockerSave], "my/", false, &[]),
            (&[("read.me", ""), ("a/oci-layout", "{}"), ("a/index.json", "{}"), ("b/oci-layout", "{}")],
                &[OciLayout], "a/", false, &["several-layouts"]),
        ];
        for (members, formats, prefix, legacy, findings) in rows {
            let tar = tars::of_files(members);
            let archive = tars::open(&tar);
            assert_eq!(archive.formats(), *formats, "{members:?}");
            assert_eq!(archive.prefix(), prefix.as_bytes(), "{members:?}");
            assert_eq!(archive.is_legacy(), *legacy, "{members:?}");
            assert_eq!(&codes(&archive), findings, "{members:?}");
        }
    }

    fn a_tar_without_an_image_says_what_it_seems_to_be() {
        let root = [("bin/sh", ""), ("etc/passwd", ""), ("usr/bin/env", ""), ("var/log/x", "")];
        let rows: &[(&[(&str, &str)], &str)] = &[
            (&root, "a root filesystem, as `docker export` writes it, or one layer of an image"),
            (&[(".dockerenv", ""), ("app", "")],
                "a root filesystem, as `docker export` writes it, or one layer of an image"),
            (&[("etc/.wh.passwd", "")],
                "one layer of an image, with whiteouts, without the image around it"),
            (&[("blobs/sha256/x", "")], "the blobs of an OCI layout without its index.json"),
            (&[("a", "")], "a tar of a single file"),
            (&[("a", ""), ("b", "")], "a tar of other files"),
            // A web site's own files of these names.
            (&[("index.json", "{\"pages\":[]}"), ("index.html", "")], "a tar of other files"),
            (&[("manifest.json", "{\"name\":\"app\"}"), ("b", "")], "a tar of other files"),
            (&[("repositories", ""), ("b", "")], "a tar of other files"),
        ];
        for (members, seems) in rows {
            let tar = tars::of_files(members);
            let error = tars::error(&tar);
            assert_eq!((error.code(), error.seems()), ("no-image", Some(*seems)), "{members:?}");
            let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
            assert_eq!(error.members(), names, "{members:?}");
            assert_eq!(error.hints().len(), 6, "{members:?}");
        }
        assert_eq!(
            tars::error(&tars::of_files(&[("a", ""), ("b", "")])).to_string(),
            "expected index.json, manifest.json or repositories among the members, but found \
             none; this seems to be a tar of other files; its members: a, b",
        );
    }

    fn blobs_are_named_by_digests_and_nothing_else_is_one() {
        let (good, other) = (tars::blob_name(b"x"), "blobs/sha999/abc");
        let tar = tars::of_files(&[
            ("oci-layout", "{}"), ("index.json", "{}"), (&good, "x"), (other, "yy"),
            ("blobs/sha256/abc", ""), ("blobs/.DS_Store", ""), ("blobs/sha256/a/b", ""),
        ]);
        let archive = tars::open(&tar);
        let names: Vec<(&str, u64)> = archive
            .blobs()
            .iter()
            .map(|blob| (&*blob.name, blob.location.size))
            .collect();
        assert_eq!(names, [(good.as_str(), 1), (other, 2)]);
        let findings: Vec<(&str, &str)> = archive
            .diagnostics()
            .iter()
            .map(|finding| (finding.code.as_str(), finding.blob.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(findings, [
            ("blob-name", "blobs/.DS_Store"),
            ("blob-name", "blobs/sha256/a/b"),
            ("blob-name", "blobs/sha256/abc"),
        ]);
        let unknown = AnyDigest::parse("sha999:abc");
        let unknown = unknown.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(archive.blob(&unknown).map(|blob| &*blob.name), Some(other));
        assert_eq!(blobs(&archive).len(), 2);
    }
}
