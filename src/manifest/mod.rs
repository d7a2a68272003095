//! Indexes, image manifests and configs; the raw bytes are kept and hashed.
