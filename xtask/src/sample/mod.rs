//! The image archive that ships with the page: small, of our own making, and
//! with something to see in every view.
//!
//! Two platforms under one index, attestations with an SBOM and a provenance,
//! the release before to compare with, a layer whose bytes are not what its
//! digest says, and a platform that is listed but not there. The bytes are the
//! same on every machine.

mod content;
mod image;
mod picture;

use std::{collections::BTreeMap, io, path::Path};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// 2026-01-01T00:00:00Z: when the sample's first layer was made.
const EPOCH: u64 = 1_767_225_600;

/// Writes the sample to `path`, unless it already holds the same bytes.
pub fn write(path: &Path) -> io::Result<()> {
    let bytes = archive()?;
    if std::fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// Blobs by the encoded part of their digest.
#[derive(Default)]
struct Blobs(BTreeMap<String, Vec<u8>>);

impl Blobs {
    fn add(&mut self, bytes: Vec<u8>) -> (String, usize) {
        let encoded = encoded(&bytes);
        let size = bytes.len();
        self.0.insert(encoded.clone(), bytes);
        (format!("sha256:{encoded}"), size)
    }

    fn add_json(&mut self, media_type: &str, document: &Value) -> io::Result<Value> {
        let (digest, size) = self.add(serde_json::to_vec(document)?);
        Ok(json!({"mediaType": media_type, "digest": digest, "size": size}))
    }
}

fn encoded(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn archive() -> io::Result<Vec<u8>> {
    let mut blobs = Blobs::default();
    let mut entries = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let mut manifest = image::add(&mut blobs, architecture, "1.4.0")?;
        manifest["platform"] = json!({"os": "linux", "architecture": architecture});
        let attestation = image::attest(&mut blobs, &manifest)?;
        entries.extend([manifest, attestation]);
    }
    let absent = json!({
        "mediaType": MANIFEST,
        "digest": format!("sha256:{}", encoded(b"a platform that was left out")),
        "size": 1187,
        "platform": {"os": "linux", "architecture": "riscv64"},
    });
    entries.push(absent);
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
    let mut release = blobs.add_json(INDEX, &index)?;
    release["annotations"] = json!({
        "org.opencontainers.image.ref.name": "1.4.0",
        "io.containerd.image.name": "example.com/teahouse/menu:1.4.0",
    });
    let mut before = image::add(&mut blobs, "amd64", "1.3.0")?;
    before["platform"] = json!({"os": "linux", "architecture": "amd64"});
    before["annotations"] = json!({"org.opencontainers.image.ref.name": "1.3.0"});
    let mut tampered = image::add_tampered(&mut blobs)?;
    tampered["platform"] = json!({"os": "linux", "architecture": "amd64"});
    tampered["annotations"] = json!({"org.opencontainers.image.ref.name": "1.4.0-tampered"});

    let root =
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [release, before, tampered]});
    let mut tar = tar::Builder::new(Vec::new());
    member(&mut tar, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    member(&mut tar, "index.json", &serde_json::to_vec(&root)?)?;
    for (encoded, bytes) in &blobs.0 {
        member(&mut tar, &format!("blobs/sha256/{encoded}"), bytes)?;
    }
    tar.into_inner()
}

fn member(tar: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(EPOCH);
    tar.append_data(&mut header, name, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and contents of the members, read back.
    fn members() -> BTreeMap<String, Vec<u8>> {
        let bytes = archive().expect("the sample is written to memory");
        let mut members = BTreeMap::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            let mut content = Vec::new();
            io::Read::read_to_end(&mut entry, &mut content).unwrap();
            members.insert(name, content);
        }
        members
    }

    #[test]
    fn one_blob_alone_is_not_what_its_name_says() {
        let wrong = members()
            .into_iter()
            .filter_map(|(name, content)| {
                let promised = name.strip_prefix("blobs/sha256/")?.to_owned();
                (promised != encoded(&content)).then_some(promised)
            })
            .count();
        assert_eq!(wrong, 1);
    }

    #[test]
    fn the_same_bytes_come_out_every_time() {
        assert_eq!(archive().unwrap(), archive().unwrap());
    }
}
