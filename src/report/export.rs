//! What an exported tar holds.

use super::PathView;

view! {
    /// What an exported tar holds, and what it does not.
    #[derive(Default)]
    pub struct ExportView {
        /// Its entries.
        pub paths: u32,
        /// Those of them that are files, each hardlink group once.
        pub files: u32,
        /// Bytes of those files.
        pub bytes: u64,
        /// The layers that content comes from, from 0 at the bottom, in the
        /// order in which they are read.
        pub layers: Vec<u32>,
        /// Layers that are not here: what they did to the tree is not in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub unread: Vec<u32>,
        /// Files without a content that could be read, and so left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub left_out: Vec<LeftOut>,
        /// How many were left out in all; `left_out` has the first of them.
        pub left_out_count: u32,
    }

    /// A file that was left out.
    pub struct LeftOut {
        /// Its path.
        pub path: PathView,
        /// Why, as a stable code: `content-cut`, `content-unknown`,
        /// `layer-unread` or a limit's.
        pub code: String,
    }
}
