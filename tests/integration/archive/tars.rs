//! Tars made by hand, so that they can be wrong.

use oci_lens::archive::{Archive, Location, OpenError};
use oci_lens::digest::Digest;
use oci_lens::limits::Limits;

/// A number that depends on the seed alone (splitmix64).
pub fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One header, its checksum right.
pub fn header(name: &[u8], flag: u8, size: u64, link: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::new(flag));
    put(&mut header, 0, name);
    put(&mut header, 157, link);
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// A header with some bytes replaced, and its checksum made right again.
pub fn header_with(mut bytes: Vec<u8>, offset: usize, value: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_old();
    header.as_mut_bytes().copy_from_slice(&bytes);
    put(&mut header, offset, value);
    header.set_cksum();
    bytes.copy_from_slice(header.as_bytes());
    bytes
}

fn put(header: &mut tar::Header, offset: usize, value: &[u8]) {
    for (to, from) in header.as_mut_bytes().iter_mut().skip(offset).zip(value) {
        *to = *from;
    }
}

/// A member with its data and padding.
pub fn member(name: &[u8], flag: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = header(name, flag, data.len() as u64, b"");
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// A symlink.
pub fn symlink(name: &str, target: &str) -> Vec<u8> {
    header(name.as_bytes(), b'2', 0, target.as_bytes())
}

/// A hardlink.
pub fn hardlink(name: &str, target: &str) -> Vec<u8> {
    header(name.as_bytes(), b'1', 0, target.as_bytes())
}

/// A file.
pub fn file(name: &str, data: &str) -> Vec<u8> {
    member(name.as_bytes(), b'0', data.as_bytes())
}

/// A PAX header for the member after it.
pub fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let body = format!(" {key}={value}\n");
        let mut length = body.len() + 1;
        while length != body.len() + length.to_string().len() {
            length = body.len() + length.to_string().len();
        }
        data.extend_from_slice(format!("{length}{body}").as_bytes());
    }
    member(b"PaxHeaders/x", b'x', &data)
}

/// Parts, with the end marker after them.
pub fn ended(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = parts.concat();
    tar.resize(tar.len() + 1024, 0);
    tar
}

/// What makes any tar an OCI layout.
pub fn layout() -> Vec<u8> {
    [file("oci-layout", "{}"), file("index.json", "{}")].concat()
}

/// A tar of files.
pub fn of_files(files: &[(&str, &str)]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = files.iter().map(|(name, data)| file(name, data)).collect();
    ended(&parts)
}

/// What `docker save` writes of an image with these layers.
pub fn docker_save(layers: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<String> = (0..layers.len())
        .map(|number| format!("{number}.tar"))
        .collect();
    let diff_ids: Vec<String> = layers
        .iter()
        .map(|layer| format!("sha256:{}", Digest::sha256(layer).encoded()))
        .collect();
    let config = format!(r#"{{"rootfs":{{"type":"layers","diff_ids":{diff_ids:?}}}}}"#);
    let manifest = format!(r#"[{{"Config":"config.json","RepoTags":[],"Layers":{names:?}}}]"#);
    let mut parts = vec![
        file("manifest.json", &manifest),
        file("config.json", &config),
    ];
    for (name, layer) in names.iter().zip(layers) {
        parts.push(member(name.as_bytes(), b'0', layer));
    }
    ended(&parts)
}

/// Where a blob of this content belongs.
pub fn blob_name(content: &[u8]) -> String {
    format!("blobs/sha256/{}", Digest::sha256(content).encoded())
}

/// The bytes of a location.
pub fn slice(tar: &[u8], location: Location) -> &[u8] {
    let start = location.offset as usize;
    &tar[start..start + location.available as usize]
}

/// An archive that opens.
pub fn open(tar: &[u8]) -> Archive<&[u8]> {
    Archive::open_tar(tar, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The error of an archive that does not.
pub fn error(tar: &[u8]) -> OpenError {
    match Archive::open_tar(tar, &Limits::default()) {
        Ok(archive) => panic!("opened as {:?}", archive.formats()),
        Err(error) => error,
    }
}
