//! Rows of a tree.

use super::{Change, EntryPlace};

words! {
    /// What a path is.
    pub enum NodeType {
        /// Regular file.
        File,
        /// Directory.
        Dir,
        /// Symlink.
        Symlink,
        /// Character device.
        Char,
        /// Block device.
        Block,
        /// Named pipe.
        Fifo,
    }
}

view! {
    /// One path of a tree, as a list shows it: one that was removed as it was.
    pub struct RowView {
        /// The node, for further calls. Valid as long as the tree is.
        pub node: u32,
        /// Depth, from 1 for what lies in the root.
        pub level: u32,
        /// Position among its siblings, from 1.
        pub position: u32,
        /// Number of its siblings that show, itself included.
        pub siblings: u32,
        /// Name as shown: odd characters and bytes escaped.
        pub name: String,
        /// Whole path as shown, without a leading slash.
        pub path: String,
        /// The path's exact bytes in hex, where `path` is not exactly them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub path_hex: Option<String>,
        /// What it is.
        #[serde(rename = "type")]
        pub node_type: NodeType,
        /// Permission bits with setuid, setgid and sticky.
        pub mode: u32,
        /// Mode as `ls` writes it, type letter included.
        pub mode_text: String,
        /// Owner.
        pub uid: u64,
        /// Group.
        pub gid: u64,
        /// Size in bytes, decimal; 0 unless a file.
        pub size: String,
        /// Bytes with all that lies below, each hardlink group once, decimal; of
        /// a removed folder, with all that was removed from it.
        pub total_size: String,
        /// What the layers shown have made of it.
        pub change: Change,
        /// Stretches of `name` that the pattern matched: start and length in
        /// UTF-16 units.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub matches: Vec<(u32, u32)>,
        /// Where a file's content lies.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub content: Option<EntryPlace>,
        /// Modification time in nanoseconds since 1970, decimal; absent where
        /// nothing determines it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mtime_ns: Option<String>,
        /// Layer that last wrote it, from 0; absent for a parent that no entry made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub layer: Option<u32>,
        /// Target of a symlink, odd characters escaped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub link_name: Option<String>,
        /// First path of its hardlink group in byte order, where it is another; escaped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hardlink_to: Option<String>,
        /// Device numbers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub device: Option<(u32, u32)>,
        /// Whether anything shows in it.
        pub expandable: bool,
        /// Whether its children are among the rows.
        pub expanded: bool,
        /// How many paths it holds, where a part of a tree is shown and they are
        /// not among the rows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub holds: Option<u32>,
        /// Whether it is highlighted.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub highlighted: bool,
    }

    /// A stretch of a tree's visible rows.
    pub struct RowsView {
        /// Number of visible rows in all.
        pub total: u32,
        /// Position of the first row given.
        pub offset: u32,
        /// The rows.
        pub rows: Vec<RowView>,
    }
}

impl NodeType {
    /// Its name, as the report has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Dir => "dir",
            Self::Symlink => "symlink",
            Self::Char => "char",
            Self::Block => "block",
            Self::Fifo => "fifo",
        }
    }
}
