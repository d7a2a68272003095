//! What the fuzz targets do with their bytes. The integration tests do the same with mutated
//! fixtures, so that every target runs where there is no fuzzer.

pub mod apply;
pub mod archive;
pub mod cache_config;
pub mod content;
pub mod contents;
pub mod crc32;
pub mod documents;
pub mod inflate;
pub mod scan;
pub mod sha256;
pub mod tar;
pub mod toc;
pub mod transfer;
