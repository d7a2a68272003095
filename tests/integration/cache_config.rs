//! Build caches: what BuildKit exports, and the answers of its importer.

mod archives;
mod compared;
mod hostile;
mod vectors;
