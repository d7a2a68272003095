//! The one set of types that leaves the core: page, element, engine API,
//! native command and tests read these and nothing else.
//!
//! Names are camelCase. A number here is one that fits a double exactly; a
//! 64-bit value that may not (a *declared* size, a time in nanoseconds) is a
//! decimal string.

/// Name and version of the report's shape.
pub const SCHEMA: &str = "oci-lens/report/v1";

macro_rules! view {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        pub struct $name { $($body)* }
    )*};
}

macro_rules! words {
    ($($(#[$meta:meta])* pub enum $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        pub enum $name { $($body)* }
    )*};
}

mod archive;
mod cache;
mod change;
mod checksum;
mod compare;
mod content;
mod document;
mod engine;
mod export;
mod image;
mod keys;
mod tree;
mod tree_query;
mod words;

pub use archive::*;
pub use cache::*;
pub use change::*;
pub use checksum::*;
pub use compare::*;
pub use content::*;
pub use document::*;
pub use engine::*;
pub use export::*;
pub use image::*;
pub use keys::*;
pub use tree::*;
pub use tree_query::*;
pub use words::*;

pub use crate::diagnostic::{Diagnostic, Severity};
