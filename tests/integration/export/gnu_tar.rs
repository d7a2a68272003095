//! The tar of each merged root, unpacked by GNU tar as root, against the
//! truth's tree: what is on disk then, field for field.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::process::{Command, Stdio};

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::digest::{Digest, hex};
use oci_lens::report::NodeType;
use oci_lens::tree::dump::TreeLine;

use super::truth::{compare, exported};
use crate::support::files;

// Larger images would take a minute.
const MOST_BYTES: u64 = 5 << 20;

/// Why this cannot be done here.
fn obstacle() -> Option<&'static str> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let version = Command::new("tar").arg("--version").output();
    let is_gnu = version.is_ok_and(|version| version.stdout.starts_with(b"tar (GNU tar)"));
    let is_root = fs::metadata(folder.path()).is_ok_and(|metadata| metadata.uid() == 0);
    match (is_gnu, is_root) {
        (true, true) => None,
        (false, _) => Some("there is no GNU tar"),
        (_, false) => Some("owners can be set by root only"),
    }
}

fn can_make_devices(folder: &Path) -> bool {
    let mut mknod = Command::new("mknod");
    mknod
        .arg(folder.join("device"))
        .args(["c", "1", "3"])
        .stderr(Stdio::null());
    mknod.status().is_ok_and(|status| status.success())
}

fn unpack(tar: &[u8], folder: &Path) {
    let mut command = Command::new("tar");
    command.args([
        "--extract",
        "--preserve-permissions",
        "--same-owner",
        "--numeric-owner",
    ]);
    command.args(["--xattrs", "--xattrs-include=*", "--file=-"]);
    command.env("LC_ALL", "C").current_dir(folder);
    let mut child = command
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("tar starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let tar = tar.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&tar)));
    let output = child.wait_with_output().expect("tar ends");
    writer.join().expect("the writer ends");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

/// What lies in a folder, as lines in the byte order of paths.
fn lines(folder: &Path) -> Vec<TreeLine> {
    let mut paths = BTreeMap::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = fs::symlink_metadata(&path).expect("metadata");
            let name = path
                .strip_prefix(folder)
                .expect("a path below")
                .as_os_str()
                .as_bytes()
                .to_vec();
            if metadata.is_dir() {
                left.push(path);
            }
            paths.insert(name, metadata);
        }
    }
    let mut first: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let line = |(name, metadata): (Vec<u8>, fs::Metadata)| {
        let path = folder.join(std::ffi::OsString::from_vec(name.clone()));
        let shares = (metadata.nlink() > 1 && !metadata.is_dir()).then(|| {
            first
                .entry(metadata.ino())
                .or_insert_with(|| name.clone())
                .clone()
        });
        line(
            &path,
            &name,
            &metadata,
            shares.filter(|first| *first != name),
        )
    };
    paths.into_iter().map(line).collect()
}

fn line(path: &Path, name: &[u8], metadata: &fs::Metadata, shares: Option<Vec<u8>>) -> TreeLine {
    let kind = metadata.file_type();
    let node_type = match () {
        () if kind.is_dir() => NodeType::Dir,
        () if kind.is_symlink() => NodeType::Symlink,
        () if kind.is_char_device() => NodeType::Char,
        () if kind.is_block_device() => NodeType::Block,
        () if kind.is_fifo() => NodeType::Fifo,
        () => NodeType::File,
    };
    let content = kind.is_file().then(|| fs::read(path).expect("a file"));
    let linkname = kind
        .is_symlink()
        .then(|| fs::read_link(path).expect("a target"));
    let linkname = linkname.map(|target| {
        String::from_utf8(target.into_os_string().into_vec()).expect("a target in UTF-8")
    });
    let is_device = kind.is_char_device() || kind.is_block_device();
    let (major, minor) = device(metadata.rdev());
    let (path_text, path_hex) = text(name);
    let (hardlink_to, hardlink_to_hex) = shares.as_deref().map(text).unzip();
    let nanoseconds =
        i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
    TreeLine {
        path: path_text,
        path_hex,
        node_type,
        mode: metadata.mode() & 0o7777,
        uid: metadata.uid().into(),
        gid: metadata.gid().into(),
        size: content.as_ref().map_or(0, |content| content.len() as u64),
        mtime_ns: Some(nanoseconds.to_string()),
        linkname,
        linkname_hex: None,
        hardlink_to,
        hardlink_to_hex: hardlink_to_hex.flatten(),
        major: is_device.then_some(major),
        minor: is_device.then_some(minor),
        xattrs: xattrs(path),
        sha256: content.map(|content| Digest::sha256(&content).encoded()),
        change: None,
        layer: None,
    }
}

// glibc's layout of a device number.
fn device(number: u64) -> (u32, u32) {
    let major = ((number >> 8) & 0xfff) | ((number >> 32) & !0xfff);
    let minor = (number & 0xff) | ((number >> 12) & !0xff);
    let low = |number: u64| u32::try_from(number & 0xffff_ffff).unwrap_or_default();
    (low(major), low(minor))
}

fn xattrs(path: &Path) -> BTreeMap<String, String> {
    let mut names = vec![0; 1 << 16];
    let length = rustix::fs::llistxattr(path, &mut names[..]).expect("names of xattrs");
    names.truncate(length);
    let names = names
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty());
    names
        .map(|name| {
            let mut value = vec![0; 1 << 16];
            let length = rustix::fs::lgetxattr(path, name, &mut value[..]).expect("an xattr");
            value.truncate(length);
            (
                String::from_utf8_lossy(name).into_owned(),
                STANDARD.encode(value),
            )
        })
        .collect()
}

fn text(bytes: &[u8]) -> (String, Option<String>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let is_exact = text.as_bytes() == bytes;
    (text, (!is_exact).then(|| hex(bytes)))
}

fn compare_all(folder: &str) -> usize {
    let mut compared = 0;
    for name in files::list(folder) {
        let archive = format!("{folder}/{name}");
        let size = fs::metadata(format!("{archive}/image.tar"))
            .map_or(u64::MAX, |metadata| metadata.len());
        if size > MOST_BYTES {
            continue;
        }
        for exported in exported(&archive) {
            let target = tempfile::tempdir().expect("a folder can be made");
            let has_devices = exported.expected.iter().any(|line| line.major.is_some());
            let probe = tempfile::tempdir().expect("a folder can be made");
            if has_devices && !can_make_devices(probe.path()) {
                println!(
                    "{}: not unpacked, devices cannot be made here",
                    exported.about
                );
                continue;
            }
            unpack(&exported.tar, target.path());
            let found = lines(target.path());
            compare(
                &exported.about,
                exported.is_merge,
                found,
                &exported.expected,
            );
            compared += 1;
        }
    }
    compared
}

#[test]
fn gnu_tar_unpacks_the_fixtures_to_the_trees_of_the_truth() {
    if let Some(obstacle) = obstacle() {
        println!("not run: {obstacle}");
        return;
    }
    let compared = compare_all(&format!("{}/tests/fixtures", files::root()));
    assert!(compared > 40, "only {compared}");
}

#[test]
fn gnu_tar_unpacks_real_images_to_the_trees_of_the_truth() {
    if let Some(obstacle) = obstacle() {
        println!("not run: {obstacle}");
        return;
    }
    if let Some(corpus) = files::corpus() {
        let compared = compare_all(&corpus);
        assert!(compared > 60, "only {compared}");
    }
}
