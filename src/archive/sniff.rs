//! What a file is by its first bytes, so that a wrong file can be called by
//! its name.

use super::error::OpenError;
use super::tar_index::checksum_holds;
use super::window::BLOCK;
use crate::report::Compression;

/// Bytes that [`sniff`] wants to see: an ISO image names itself after 32 KiB.
pub const SNIFF_BYTES: usize = 34 << 10;

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    /// No bytes at all.
    Empty,
    /// A tar: its first header's checksum holds.
    Tar,
    /// One or several gzip members.
    Gzip,
    /// One or several zstd frames.
    Zstd,
    /// One or several xz streams.
    Xz,
    /// Something packed that is not unpacked here.
    Unsupported(Unsupported),
    /// Something that cannot hold an image.
    Other(&'static str),
    /// Nothing that is known here.
    Unknown,
}

/// A packed file that is not unpacked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsupported {
    /// What it seems to be.
    pub seems: &'static str,
    /// The command that unpacks it.
    pub command: &'static str,
}

impl Sniffed {
    /// How to open the file.
    ///
    /// # Errors
    ///
    /// [`OpenError`] for what is neither a tar nor a compressed one.
    pub const fn outer(self) -> Result<Compression, OpenError> {
        match self {
            Self::Tar => Ok(Compression::None),
            Self::Gzip => Ok(Compression::Gzip),
            Self::Zstd => Ok(Compression::Zstd),
            Self::Xz => Ok(Compression::Xz),
            Self::Empty => Err(OpenError::Empty),
            Self::Unsupported(Unsupported { seems, command }) => {
                Err(OpenError::Unsupported { seems, command })
            }
            Self::Other(seems) => Err(OpenError::NotAnArchive { seems: Some(seems) }),
            Self::Unknown => Err(OpenError::NotAnArchive { seems: None }),
        }
    }
}

/// Tells what a file is from its first [`SNIFF_BYTES`], or all of it where it
/// is shorter.
pub fn sniff(head: &[u8]) -> Sniffed {
    if head.is_empty() {
        return Sniffed::Empty;
    }
    // The checksum comes first: a member's name may look like any magic.
    if head.first_chunk::<BLOCK>().is_some_and(checksum_holds) {
        return Sniffed::Tar;
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Sniffed::Gzip;
    }
    // RFC 8878, 3.1: a frame, or a skippable frame.
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) || is_skippable(head) {
        return Sniffed::Zstd;
    }
    if head.starts_with(b"\xfd7zXZ\0") {
        return Sniffed::Xz;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return zip(head);
    }
    for &(offset, magic, seems, command) in PACKED {
        if holds(head, offset, magic) {
            return Sniffed::Unsupported(Unsupported { seems, command });
        }
    }
    for &(offset, magic, seems) in KNOWN {
        if holds(head, offset, magic) {
            return Sniffed::Other(seems);
        }
    }
    if holds(head, 0, b"RIFF") && holds(head, 8, b"WEBP") {
        return Sniffed::Other("a WebP picture");
    }
    if head.iter().all(|&byte| byte == 0) {
        return Sniffed::Other("an empty tar, or nothing but zero bytes");
    }
    if holds(head, 257, b"ustar") {
        return Sniffed::Other("a tar whose first header is damaged");
    }
    text(head).map_or(Sniffed::Unknown, Sniffed::Other)
}

fn holds(head: &[u8], offset: usize, magic: &[u8]) -> bool {
    head.get(offset..)
        .is_some_and(|rest| rest.starts_with(magic))
}

fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

type Packed = (usize, &'static [u8], &'static str, &'static str);

const PACKED: &[Packed] = &[
    (0, b"BZh", "a bzip2 file", "bzip2 --decompress --keep FILE"),
    (0, b"\x04\x22\x4d\x18", "an lz4 file", "lz4 -d FILE"),
    (0, b"LZIP", "an lzip file", "lzip --decompress --keep FILE"),
    (
        0,
        b"\x1f\x9d",
        "a file of compress(1)",
        "uncompress -k FILE",
    ),
    (
        0,
        b"\x5d\0\0",
        "an lzma file",
        "xz --format=lzma --decompress --keep FILE",
    ),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "7z x FILE"),
    (0, b"Rar!\x1a\x07", "a RAR archive", "unrar x FILE"),
];

const KNOWN: &[(usize, &[u8], &str)] = &[
    (0, b"\x7fELF", "an ELF program or library"),
    (0, b"\xcf\xfa\xed\xfe", "a Mach-O program or library"),
    (0, b"\xce\xfa\xed\xfe", "a Mach-O program or library"),
    (
        0,
        b"\xca\xfe\xba\xbe",
        "a Java class or a universal Mach-O program",
    ),
    (0, b"\0asm", "a WebAssembly module"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"hsqs", "a squashfs file system"),
    (0, b"sqsh", "a squashfs file system"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"QFI\xfb", "a QCOW2 disk image"),
    (0, b"KDMV", "a VMDK disk image"),
    (0, b"vhdxfile", "a VHDX disk image"),
    (0, b"conectix", "a VHD disk image"),
    (0, b"070701", "a cpio archive, such as an initramfs"),
    (0, b"070702", "a cpio archive, such as an initramfs"),
    (0, b"070707", "a cpio archive"),
    (0, b"\xc7\x71", "a cpio archive"),
    (0, b"!<arch>\ndebian", "a Debian package"),
    (0, b"!<arch>\n", "an ar archive or static library"),
    (0, b"\xed\xab\xee\xdb", "an RPM package"),
    (0, b"xar!", "a xar archive, such as a macOS package"),
    (0, b"ID3", "an MP3 file"),
    (0, b"OggS", "an Ogg file"),
    (4, b"ftyp", "an MP4 or HEIF file"),
    (32, b"SIF_MAGIC", "a Singularity image (SIF)"),
    (512, b"EFI PART", "a disk image with a GPT"),
    (1024, b"\xe2\xe1\xf5\xe0", "an EROFS file system"),
    (1080, b"\x53\xef", "an ext2, ext3 or ext4 file system"),
    (32_769, b"CD001", "an ISO 9660 image"),
    (510, b"\x55\xaa", "a disk image with a boot sector"),
];

fn zip(head: &[u8]) -> Sniffed {
    // APPNOTE 4.3.7: the first member's name stands 30 bytes in.
    let name = head.get(30..).unwrap_or_default();
    let after = name.get(..256).unwrap_or(name);
    let has = |part: &[u8]| after.windows(part.len()).any(|window| window == part);
    let seems = if name.starts_with(b"[Content_Types].xml") || name.starts_with(b"_rels/") {
        "an Office document (docx, xlsx or pptx)"
    } else if name.starts_with(b"mimetypeapplication/vnd.oasis") {
        "an OpenDocument file"
    } else if name.starts_with(b"mimetypeapplication/epub") {
        "an EPUB book"
    } else if name.starts_with(b"META-INF/") {
        "a Java archive (jar)"
    } else if name.starts_with(b"AndroidManifest.xml") {
        "an Android package (apk)"
    } else {
        let seems = if has(b"oci-layout") || has(b"index.json") || has(b"blobs/") {
            "a zip archive of an OCI layout"
        } else {
            "a zip archive"
        };
        // CI services hand out artifacts as zip; what is inside may open.
        return Sniffed::Unsupported(Unsupported {
            seems,
            command: "unzip FILE",
        });
    };
    Sniffed::Other(seems)
}

fn text(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("text in UTF-16");
    }
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b');
    if valid.is_empty() || valid.chars().any(is_control) {
        return None;
    }
    let start = valid.trim_start_matches('\u{feff}').trim_start();
    let lower: String = start
        .chars()
        .take(64)
        .collect::<String>()
        .to_ascii_lowercase();
    Some(if start.starts_with(['{', '[']) {
        json(valid)
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        "an HTML page"
    } else if lower.starts_with("<?xml") || lower.starts_with("<svg") {
        "an XML document"
    } else if start.starts_with("version https://git-lfs") {
        "a Git LFS pointer: the file itself has not been fetched"
    } else if start.starts_with("#!") {
        "a script"
    } else if start.starts_with("-----BEGIN ") {
        "a PEM file, such as a key or certificate"
    } else if start.starts_with("# syntax=docker") || start.starts_with("FROM ") {
        "a Dockerfile"
    } else {
        "plain text"
    })
}

fn json(text: &str) -> &'static str {
    // Short texts: what `str::contains` has for long ones is 2 kB of the module.
    let has = |word: &str| {
        let mut places = text.as_bytes().windows(word.len());
        places.any(|place| place == word.as_bytes())
    };
    if has("\"imageLayoutVersion\"") {
        "the oci-layout file of an OCI layout; the image is the folder around it"
    } else if has("\"schemaVersion\"") && has("\"manifests\"") {
        "an image index alone; its blobs are in the folder around it"
    } else if has("\"schemaVersion\"") && has("\"layers\"") {
        "an image manifest alone, without its blobs"
    } else if has("\"rootfs\"") && has("\"diff_ids\"") {
        "an image config alone, without its layers"
    } else {
        "a JSON document"
    }
}
