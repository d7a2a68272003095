//! Files that are no image archive, by their first bytes.

use oci_lens::archive::{
    MAKE_ARCHIVE, OpenError, SNIFF_BYTES, Sniffed, Unsupported, inspect, sniff,
};

use super::tars;

fn at(offset: usize, magic: &[u8]) -> Vec<u8> {
    let mut head = vec![0; offset];
    head.extend_from_slice(magic);
    head.push(1);
    head
}

fn zip(name: &str) -> Vec<u8> {
    let mut head = b"PK\x03\x04".to_vec();
    head.resize(30, 0);
    head.extend_from_slice(name.as_bytes());
    head.resize(100, 7);
    head
}

const fn packed(seems: &'static str, command: &'static str) -> Sniffed {
    Sniffed::Unsupported(Unsupported { seems, command })
}

cases! {
    // First bytes as file(1) and the formats' own documents have them.
    fn files_are_called_by_their_name() {
        use Sniffed::{Empty, Gzip, Other, Tar, Unknown, Xz, Zstd};
        let lone = tars::header(b"\x1f\x8b\x08", b'0', 0, b"");
        let old = tars::header_with(tars::header(b"a", b'0', 0, b""), 257, &[0; 8]);
        let mut damaged = tars::header(b"a", b'0', 0, b"");
        damaged[0] = b'b';
        let layout = zip("image/oci-layout");
        let rows: &[(&[u8], Sniffed)] = &[
            (b"", Empty),
            (&old, Tar),
            (&lone, Tar),
            (&damaged, Other("a tar whose first header is damaged")),
            (&[0; 1024], Other("an empty tar, or nothing but zero bytes")),
            (b"\x1f\x8b\x08\0", Gzip),
            (b"\x28\xb5\x2f\xfd", Zstd),
            (b"\x5a\x2a\x4d\x18\0\0\0\0", Zstd),
            (b"\xfd7zXZ\0\0\x04", Xz),
            (b"BZh91AY&SY", packed("a bzip2 file", "bzip2 --decompress --keep FILE")),
            (b"\x04\x22\x4d\x18d", packed("an lz4 file", "lz4 -d FILE")),
            (b"7z\xbc\xaf\x27\x1c\0\x04", packed("a 7-Zip archive", "7z x FILE")),
            (&zip("a.txt"), packed("a zip archive", "unzip FILE")),
            (&layout, packed("a zip archive of an OCI layout", "unzip FILE")),
            (&zip("[Content_Types].xml"), Other("an Office document (docx, xlsx or pptx)")),
            (&zip("META-INF/MANIFEST.MF"), Other("a Java archive (jar)")),
            (b"\x7fELF\x02\x01\x01\0", Other("an ELF program or library")),
            (b"MZ\x90\0", Other("a Windows program")),
            (b"\0asm\x01\0\0\0", Other("a WebAssembly module")),
            (b"\x89PNG\r\n\x1a\n\0", Other("a PNG picture")),
            (b"\xff\xd8\xff\xe0", Other("a JPEG picture")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Other("a WebP picture")),
            (b"%PDF-1.7", Other("a PDF document")),
            (b"hsqs\x01\0", Other("a squashfs file system")),
            (b"SQLite format 3\0", Other("an SQLite database")),
            (b"QFI\xfb\0\0\0\x03", Other("a QCOW2 disk image")),
            (b"!<arch>\ndebian-binary", Other("a Debian package")),
            (b"\xed\xab\xee\xdb\x03", Other("an RPM package")),
            (b"070701000", Other("a cpio archive, such as an initramfs")),
            (&at(32, b"SIF_MAGIC"), Other("a Singularity image (SIF)")),
            (&at(1080, b"\x53\xef"), Other("an ext2, ext3 or ext4 file system")),
            (&at(32_769, b"CD001"), Other("an ISO 9660 image")),
            (b"<!DOCTYPE html><title>404", Other("an HTML page")),
            (b"{\"a\": 1}", Other("a JSON document")),
            (b"{\"schemaVersion\":2,\"manifests\":[]}",
                Other("an image index alone; its blobs are in the folder around it")),
            (b"{\"schemaVersion\":2,\"layers\":[]}",
                Other("an image manifest alone, without its blobs")),
            (b"{\"imageLayoutVersion\": \"1.0.0\"}",
                Other("the oci-layout file of an OCI layout; the image is the folder around it")),
            (b"version https://git-lfs.github.com/spec/v1\n",
                Other("a Git LFS pointer: the file itself has not been fetched")),
            (b"FROM alpine\n", Other("a Dockerfile")),
            (b"#!/bin/sh\n", Other("a script")),
            (b"hello\n", Other("plain text")),
            (b"caf\xc3", Other("plain text")),
            (b"\x01\x02\x03\xff", Unknown),
        ];
        for (head, expected) in rows {
            assert!(head.len() <= SNIFF_BYTES);
            let start = head.get(..16).unwrap_or(head);
            assert_eq!(sniff(head), *expected, "{}", start.escape_ascii());
        }
    }

    fn errors_name_what_was_found_and_what_helps() {
        let rows: &[(&[u8], &str, &str, &[&str])] = &[
            (b"", "empty-file",
                "expected an OCI layout or a docker-save archive, but found an empty file", &[]),
            (b"%PDF-1.7", "not-an-archive",
                "expected an OCI layout or a docker-save archive, but found what seems to be \
                 a PDF document", &[]),
            (b"\x01\xff", "not-an-archive",
                "expected an OCI layout or a docker-save archive, but found a file of an \
                 unknown kind", &[]),
            (b"BZh91AY", "outer-compression-unsupported",
                "expected an OCI layout or a docker-save archive, but found what seems to be \
                 a bzip2 file, which is not unpacked here; unpack it with \
                 `bzip2 --decompress --keep FILE`", &["bzip2 --decompress --keep FILE"]),
        ];
        for (bytes, code, message, commands) in rows {
            let error = match inspect(*bytes) {
                Ok(outer) => panic!("taken for {outer:?}"),
                Err(error) => error,
            };
            assert_eq!((error.code(), error.to_string().as_str()), (*code, *message));
            let hints = error.hints();
            let found: Vec<&str> = hints.iter().map(|hint| hint.command).collect();
            if commands.is_empty() {
                assert_eq!(hints, MAKE_ARCHIVE, "{code}");
            } else {
                assert_eq!(found, *commands, "{code}");
            }
        }
    }

    fn a_compressed_archive_is_not_taken_for_a_tar() {
        let error = tars::error(b"\x1f\x8b\x08\0");
        assert!(matches!(error, OpenError::OuterCompressed { .. }));
        assert_eq!(error.to_string(), "expected a tar, but found a file compressed with gzip");
    }
}
