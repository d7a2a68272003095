//! Build caches, made in memory.

use oci_lens::digest::Digest;
use serde_json::{Value, json};

use super::layout::Layout;

pub const CONFIG_TYPE: &str = "application/vnd.buildkit.cacheconfig.v0";
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const LAYER_TYPE: &str = "application/vnd.oci.image.layer.v1.tar";

/// A digest that stands for an operation.
pub fn key(name: &str) -> String {
    Digest::sha256(name.as_bytes()).to_string()
}

/// A record without inputs.
pub fn root(name: &str) -> Value {
    json!({ "digest": key(name) })
}

/// A record of inputs with one alternative each, and the layer that it results in.
pub fn record(name: &str, links: &[u32], layer: Option<u32>) -> Value {
    let inputs: Vec<Value> = links.iter().map(|link| json!([{ "link": link }])).collect();
    let mut record = json!({ "digest": key(name), "inputs": inputs });
    if let Some(layer) = layer {
        record["layers"] = json!([{ "layer": layer, "createdAt": "2024-01-02T03:04:05Z" }]);
    }
    record
}

/// Layers on top of each other.
pub fn chain(blobs: &[Value]) -> Vec<Value> {
    let layers = (-1..)
        .zip(blobs)
        .map(|(parent, blob): (i64, _)| json!({ "blob": blob["digest"], "parent": parent }));
    layers.collect()
}

/// Adds the blob of a layer with its diff ID, and gives its descriptor.
pub fn layer(layout: &mut Layout, tar: &[u8]) -> Value {
    let mut descriptor = layout.blob(LAYER_TYPE, tar.to_vec());
    descriptor["annotations"] = json!({
        "containerd.io/uncompressed": Digest::sha256(tar).to_string(),
        "buildkit/createdat": "2024-01-02T03:04:05Z",
    });
    descriptor
}

/// Adds a config beside an index, and gives the index's descriptor.
pub fn index(layout: &mut Layout, listed: &[Value], config: &Value) -> Value {
    let config = layout.json(CONFIG_TYPE, config);
    let manifests: Vec<&Value> = listed.iter().chain([&config]).collect();
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests });
    layout.json(INDEX_TYPE, &index)
}

/// Adds a config in an image manifest, and gives the manifest's descriptor.
pub fn manifest(layout: &mut Layout, listed: &[Value], config: &Value) -> Value {
    let config = layout.json(CONFIG_TYPE, config);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config, "layers": listed,
    });
    layout.json(MANIFEST_TYPE, &manifest)
}
