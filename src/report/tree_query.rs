//! How a tree is to be shown: which layers, what of it, in which order.

use super::{Change, ChangeCounts};

words! {
    /// A column that rows are sorted by. Siblings are sorted, never across folders.
    #[derive(Default)]
    pub enum SortKey {
        /// Byte order of names, folders first.
        #[default]
        Name,
        /// Size, of folders that of all that lies below.
        Size,
        /// Mode.
        Mode,
        /// Owner, then group.
        Owner,
        /// Modification time.
        Modified,
        /// Layer that last wrote it.
        Layer,
    }

    /// How a pattern is read. One without a slash looks at names alone, one
    /// with a slash at whole paths.
    pub enum PatternKind {
        /// A part of it. A slash at the start is that before the whole path.
        Text,
        /// `*`, `**`, `?`, `[…]` and `{…}` from end to end.
        Glob,
        /// A regular expression that it holds somewhere.
        Regex,
    }
}

view! {
    /// The layers that a tree shows.
    #[derive(Copy)]
    pub struct LayerRange {
        /// The lowest layer whose changes are shown. From 0 on, all that is
        /// there was added.
        pub first: u32,
        /// The highest layer that is applied; absent for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last: Option<u32>,
    }

    /// Which rows are shown, and in which order.
    #[derive(Default)]
    pub struct TreeQuery {
        /// Sorted by.
        #[serde(default)]
        pub sort: SortKey,
        /// Largest or latest first.
        #[serde(default)]
        pub descending: bool,
        /// Paths that match, with the folders that hold them, expanded. All when
        /// absent or empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pattern: Option<PathPattern>,
        /// Changes shown; a folder shows for what it holds. All but removed
        /// paths when empty.
        #[serde(default)]
        pub changes: Vec<Change>,
    }

    /// A pattern for paths as shown, without a leading slash.
    pub struct PathPattern {
        /// How it is read.
        pub kind: PatternKind,
        /// The pattern.
        pub pattern: String,
        /// Whether upper and lower case are told apart.
        pub case_sensitive: bool,
    }

    /// How far a tree has come, and what of it is shown.
    pub struct TreeState {
        /// Visible rows, as folders are expanded now.
        pub rows: u32,
        /// Layers applied, or passed over for good.
        pub applied: u32,
        /// Layers that the tree will have.
        pub layers: u32,
        /// Layers left out as they are still to be read, while those above them
        /// are shown: what those changed may be told otherwise afterwards.
        pub pending: u32,
        /// Paths in the tree.
        pub paths: u32,
        /// Paths that the query's pattern and changes select, as opposed to
        /// folders on the way to them.
        pub matches: u32,
        /// Bytes of all files, each hardlink group once, decimal.
        pub size: String,
        /// Paths by change, removed ones included.
        pub changes: ChangeCounts,
    }

    /// One rectangle of a size map. A file with several paths is in all of them,
    /// so that what lies in a folder can be more than the folder.
    pub struct SizeView {
        /// The node.
        pub node: u32,
        /// Name as shown.
        pub name: String,
        /// Whole path as shown.
        pub path: String,
        /// Bytes with all that lies below, each hardlink group once, decimal.
        pub size: String,
        /// Whether it can be entered.
        pub expandable: bool,
        /// Layer that last wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub layer: Option<u32>,
        /// What has been made of it.
        pub change: Change,
        /// What lies in it, largest first; nothing beyond the depth asked for.
        pub children: Vec<SizeView>,
        /// How many more lie in it, empty or too small to be listed.
        pub more: u32,
        /// Their bytes together, decimal.
        pub more_size: String,
    }
}
