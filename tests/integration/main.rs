//! The core against vectors, fixtures and real images, native and as wasm.

#[macro_use]
mod support;

mod apply;
mod archive;
mod cache_config;
mod cache_key;
mod chain_id;
mod checksum;
#[cfg(not(target_arch = "wasm32"))]
mod command;
mod compare;
mod content;
mod content_store;
mod corpus;
mod crc32;
mod describe;
mod descriptor;
mod digest;
mod documents;
mod entries;
mod export;
mod fixtures;
mod forms;
mod fuzz;
mod history;
mod image;
mod inflate;
mod manifest;
mod op;
mod pattern;
mod platform;
mod report;
mod scan;
mod sha256;
mod source;
mod story;
mod toc;
mod trees;
mod unpack;
mod waste;
