//! Build caches: what BuildKit exports, and the answers of its importer.

mod vectors;
