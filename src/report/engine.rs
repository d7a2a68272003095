//! What passes between an engine and its page besides the report.

use super::{Compression, Diagnostic};

view! {
    /// The compression that was around the whole archive.
    pub struct OuterInfo {
        /// How the file was compressed.
        pub compression: Compression,
        /// Bytes of the file as it was given.
        pub size: u64,
        /// What was wrong with the compressed stream.
        #[serde(default)]
        pub diagnostics: Vec<Diagnostic>,
    }

    /// What one finished scan changed.
    pub struct Completed {
        /// The layers that the scanned blob is.
        pub layers: Vec<LayerPlace>,
        /// Numbers of the images of which trees can show more now.
        pub images: Vec<u32>,
    }

    /// A layer of an image.
    pub struct LayerPlace {
        /// Number of the image.
        pub image: u32,
        /// Number of the layer, from 0 at the bottom.
        pub layer: u32,
    }

    /// Why a call could not be answered.
    pub struct Failure {
        /// Stable code in kebab-case.
        pub code: String,
        /// One sentence in lower case.
        pub message: String,
        /// What the file seems to be, where it is no image archive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub seems: Option<String>,
        /// Commands that make an archive which opens.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub hints: Vec<String>,
    }
}
