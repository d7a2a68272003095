//! Indexes, manifests and configs beyond the vectors.
