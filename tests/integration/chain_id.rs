//! `chainid.json`.
