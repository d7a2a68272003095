//! Small OCI layouts, made in memory.

use std::collections::BTreeMap;

use oci_lens::digest::Digest;
use serde_json::{Value, json};

/// Entries of a layer: path, content, mtime. A path that ends in a slash is a folder.
pub fn layer(entries: &[(&str, &str, u64)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content, mtime) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mtime(*mtime);
        header.set_mode(0o644);
        if path.ends_with('/') {
            header.set_entry_type(tar::EntryType::Directory);
        }
        // By its bytes: what makes a path differs between machines.
        assert!(path.len() <= 100, "{path}");
        for (to, from) in header.as_mut_bytes().iter_mut().zip(path.bytes()) {
            *to = from;
        }
        header.set_cksum();
        tar.append(&header, content.as_bytes())
            .expect("memory can be written");
    }
    tar.into_inner().expect("memory can be written")
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, bytes).expect("memory can be written");
    gzip.finish().expect("memory can be written")
}

/// An OCI layout in the making.
#[derive(Default)]
pub struct Layout {
    blobs: BTreeMap<String, Vec<u8>>,
}

impl Layout {
    /// Adds a blob and gives its descriptor.
    pub fn blob(&mut self, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = Digest::sha256(&bytes);
        let descriptor = json!({
            "mediaType": media_type,
            "digest": digest.to_string(),
            "size": bytes.len(),
        });
        self.blobs.insert(digest.encoded(), bytes);
        descriptor
    }

    pub fn json(&mut self, media_type: &str, document: &Value) -> Value {
        self.blob(media_type, document.to_string().into_bytes())
    }

    /// An image of unpacked layers, stored as `stored` makes them; `config` has
    /// everything but `rootfs`.
    pub fn image(
        &mut self,
        layers: &[Vec<u8>],
        stored: fn(&[u8]) -> Vec<u8>,
        mut config: Value,
    ) -> Value {
        let diff_ids = layers.iter().map(|layer| Digest::sha256(layer).to_string());
        config["rootfs"] = json!({ "type": "layers", "diff_ids": diff_ids.collect::<Vec<_>>() });
        let layers = layers
            .iter()
            .map(|layer| self.blob("application/vnd.oci.image.layer.v1.tar", stored(layer)));
        let layers: Vec<Value> = layers.collect();
        let config = self.json("application/vnd.oci.image.config.v1+json", &config);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": layers,
        });
        self.json("application/vnd.oci.image.manifest.v1+json", &manifest)
    }

    pub fn index(&mut self, manifests: &[Value]) -> Value {
        let index = json!({ "schemaVersion": 2, "manifests": manifests });
        self.json("application/vnd.oci.image.index.v1+json", &index)
    }

    /// The archive, `index.json` listing `roots`.
    pub fn archive(self, roots: &[Value]) -> Vec<u8> {
        self.tar(roots, true)
    }

    /// The same without `oci-layout`, as BuildKit leaves a cache's folder.
    pub fn cache_folder(self, roots: &[Value]) -> Vec<u8> {
        self.tar(roots, false)
    }

    fn tar(self, roots: &[Value], has_layout: bool) -> Vec<u8> {
        let index = json!({ "schemaVersion": 2, "manifests": roots }).to_string();
        let mut tar = tar::Builder::new(Vec::new());
        let mut add = |name: &str, bytes: &[u8]| {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, bytes)
                .expect("memory can be written");
        };
        if has_layout {
            add("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
        }
        add("index.json", index.as_bytes());
        for (encoded, bytes) in &self.blobs {
            add(&format!("blobs/sha256/{encoded}"), bytes);
        }
        tar.into_inner().expect("memory can be written")
    }
}
