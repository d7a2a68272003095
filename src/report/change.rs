//! What layers do to paths: changes between two states of a tree, a path's
//! whole story, and what is stored but not shown.

use super::NodeType;
use crate::{diagnostic::escape, digest::hex};

words! {
    /// A path between the tree below some layers and the tree with them. One
    /// that they make and hide again is no path of either.
    pub enum Change {
        /// There before and after, and no layer has an entry for it, or one
        /// that says the same: type, mode, owner, size, time, target, device
        /// numbers, extended attributes, and content where both contents were
        /// read. A file rewritten with all of these the same is unchanged, too,
        /// and so is a directory in which others changed.
        Unchanged,
        /// Not there before.
        Added,
        /// There before and after, and different.
        Modified,
        /// Not there any more.
        Removed,
    }

    /// What of a path can differ.
    pub enum Field {
        /// What it is.
        Type,
        /// Permission bits.
        Mode,
        /// Owner.
        Uid,
        /// Group.
        Gid,
        /// Size of a file.
        Size,
        /// Modification time.
        Mtime,
        /// Target of a symlink.
        LinkName,
        /// Device numbers.
        Device,
        /// Extended attributes.
        Xattrs,
        /// Content of a file, by its digest.
        Content,
        /// Which paths it shares a file with.
        Hardlink,
    }

    /// What a layer did to a path.
    pub enum StoryEvent {
        /// An entry made it.
        Made,
        /// An entry below it needed a directory here.
        Implied,
        /// An entry replaced it with something of another type or content. A
        /// file's content is another unless digests say that it is the same,
        /// or, where contents were not read, size and time do.
        Replaced,
        /// An entry gave a directory, or a file of the same content, other attributes.
        Attributes,
        /// An entry wrote it again, the same in all that is known.
        Rewritten,
        /// It was hidden.
        Hidden,
        /// An entry made it after it had been hidden.
        Restored,
    }

    /// Why an entry of a layer is not, or not with its bytes, in the merged tree.
    pub enum HiddenBy {
        /// A whiteout of its own path.
        Whiteout,
        /// A whiteout of a directory that held it.
        ParentWhiteout,
        /// An opaque whiteout in a directory that held it.
        OpaqueWhiteout,
        /// Another entry at its path took its place.
        Replaced,
        /// A directory that held it gave way to something else.
        ParentReplaced,
        /// It could not be applied: a finding of its layer says why.
        NotApplied,
        /// A whiteout that holds bytes, or AUFS' own: never a file of the image.
        Marker,
    }
}

view! {
    /// How many paths changed.
    #[derive(Default)]
    pub struct ChangeCounts {
        /// Not there before.
        pub added: u32,
        /// There before and after, and different.
        pub modified: u32,
        /// Not there any more.
        pub removed: u32,
        /// There before and after, the same.
        pub unchanged: u32,
    }

    /// One field that is not the same on two sides.
    pub struct FieldChange {
        /// Which.
        pub field: Field,
        /// Before, or on the left, as text; absent where there was nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub before: Option<String>,
        /// After, or on the right, as text; absent where there is nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<String>,
    }

    /// A path as shown, with its exact bytes where those are others.
    pub struct PathView {
        /// Without a leading slash; odd characters and bytes escaped.
        pub path: String,
        /// The exact bytes in hex, where `path` is not exactly them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub path_hex: Option<String>,
    }

    /// Where an entry lies: for reading its content.
    #[derive(Copy)]
    pub struct EntryPlace {
        /// Layer, from 0 at the bottom.
        pub layer: u32,
        /// Position among the layer's entries, from 0.
        pub entry: u32,
    }

    /// One entry of a layer, in full.
    pub struct EntryView {
        /// Where it lies.
        pub place: EntryPlace,
        /// What it is. A hardlink is what it shares; a file where that is not known.
        #[serde(rename = "type")]
        pub node_type: NodeType,
        /// Permission bits with setuid, setgid and sticky; of a hardlink, like
        /// owner, time and xattrs, those of the file that it shares.
        pub mode: u32,
        /// Mode as `ls` writes it.
        pub mode_text: String,
        /// Owner.
        pub uid: u64,
        /// Group.
        pub gid: u64,
        /// Size in bytes, decimal; 0 unless a file.
        pub size: String,
        /// Modification time in nanoseconds since 1970, decimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mtime_ns: Option<String>,
        /// Target of a symlink, escaped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub link_name: Option<String>,
        /// The path that it is a hardlink to, by its own entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hardlink_to: Option<PathView>,
        /// Device numbers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub device: Option<(u32, u32)>,
        /// Extended attributes, by name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub xattrs: Vec<XattrView>,
        /// How many more there are, too large to be listed.
        #[serde(default)]
        pub more_xattrs: u32,
        /// SHA-256 of a file's content in hex, where contents were read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sha256: Option<String>,
        /// Where the content lies, for a file: of a hardlink, the shared one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub content: Option<EntryPlace>,
    }

    /// One extended attribute.
    pub struct XattrView {
        /// Name, escaped.
        pub name: String,
        /// Value, escaped.
        pub value: String,
        /// The value's exact bytes in base64.
        pub base64: String,
    }

    /// What one layer did to a path.
    pub struct StoryStep {
        /// Layer, from 0 at the bottom.
        pub layer: u32,
        /// What it did.
        pub event: StoryEvent,
        /// The entry that did it; absent where it was hidden or implied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub entry: Option<EntryView>,
        /// What is other than before.
        pub changes: Vec<FieldChange>,
        /// Why it was hidden.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub hidden_by: Option<HiddenBy>,
        /// The whiteout or entry that hid it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by: Option<PathView>,
    }

    /// Everything that is known of one path of an image.
    pub struct StoryView {
        /// The path.
        pub path: PathView,
        /// What each layer did to it, oldest first.
        pub steps: Vec<StoryStep>,
        /// How many later steps there are than are listed.
        pub more_steps: u32,
        /// Whether it is in the merged tree.
        pub present: bool,
        /// What it is in the merged tree; absent for a directory that no entry made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub now: Option<EntryView>,
        /// For a symlink, the paths that following it passes, its end last.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub follows: Vec<PathView>,
        /// Whether following it leads to something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resolves: Option<bool>,
        /// Other paths that share its file.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub hardlinks: Vec<PathView>,
        /// Symlinks that lead to it directly.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub pointed_at_by: Vec<PathView>,
        /// How many more paths there are than the three lists have.
        pub more: u32,
        /// Symlinks of the image that were not followed, so that any of them
        /// may lead here: 0 but for images made to keep a reader busy.
        pub unfollowed: u32,
        /// For a directory: what lies below it in the merged tree.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub below: Option<BelowView>,
    }

    /// Sums below a directory.
    pub struct BelowView {
        /// Paths.
        pub paths: u32,
        /// Bytes of files, each hardlink group once, decimal.
        pub size: String,
    }

    /// One entry that is stored and not shown: a file whose bytes no path shows,
    /// or anything else that its path does not show any more. A directory that
    /// another entry only gave other attributes is shown.
    pub struct HiddenView {
        /// Its path.
        pub path: PathView,
        /// The entry itself.
        pub entry: EntryView,
        /// Why it does not show.
        pub hidden_by: HiddenBy,
        /// The layer that hid it; of a file, its last path.
        pub hidden_in: u32,
        /// The whiteout or entry that hid it, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub by: Option<PathView>,
        /// Content bytes that are stored for nothing, decimal; 0 unless a file.
        pub wasted: String,
    }

    /// A stretch of the hidden entries, by path and then layer; those that could
    /// not be applied come last.
    pub struct HiddenPage {
        /// How many there are in all.
        pub total: u32,
        /// Position of the first one given.
        pub offset: u32,
        /// Those.
        pub entries: Vec<HiddenView>,
    }

    /// What an image stores and does not show.
    pub struct WasteView {
        /// Content bytes of all files of all layers, decimal. A sparse file's
        /// holes are not stored.
        pub total: String,
        /// Of those, bytes that the merged tree does not show, decimal.
        pub wasted: String,
        /// Bytes shown by bytes stored, 0 to 1 with four decimals, the rest cut
        /// off: opaque whiteouts, hidden folders and hardlinks taken into account.
        pub efficiency: String,
        /// The same by dive's definition; absent for an image of so many paths
        /// that it is not computed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub dive: Option<DiveScore>,
        /// By layer, bottom first.
        pub layers: Vec<LayerWaste>,
        /// By path, most bytes first.
        pub paths: Vec<PathWaste>,
        /// How many paths waste bytes in all; `paths` has the first of them.
        pub path_count: u32,
        /// Layers that are not read: what they store is not counted.
        pub unread: Vec<u32>,
    }

    /// dive's efficiency score.
    pub struct DiveScore {
        /// 0 to 1 with four decimals, the rest cut off.
        pub efficiency: String,
        /// Bytes that dive calls wasted, decimal.
        pub wasted: String,
        /// The smallest sizes of all paths together, decimal; below 0 where dive
        /// counts whiteouts of nothing so.
        pub minimum: String,
        /// All sizes of all paths together, decimal.
        pub discovered: String,
    }

    /// What one layer stores.
    pub struct LayerWaste {
        /// Layer, from 0 at the bottom.
        pub layer: u32,
        /// Content bytes of its files, decimal.
        pub stored: String,
        /// Of those, bytes that upper layers hide or replace, decimal.
        pub wasted: String,
        /// How many of its files those bytes are.
        pub entries: u32,
    }

    /// What one path stores for nothing.
    pub struct PathWaste {
        /// The path.
        pub path: PathView,
        /// Bytes, decimal.
        pub wasted: String,
        /// Whether the path is in the merged tree.
        pub present: bool,
        /// Each copy that does not show, oldest first.
        pub copies: Vec<WastedCopy>,
        /// How many more copies there are than are listed.
        pub more: u32,
    }

    /// One stored copy that does not show.
    pub struct WastedCopy {
        /// Where it lies.
        pub place: EntryPlace,
        /// Bytes, decimal.
        pub size: String,
        /// Why it does not show.
        pub hidden_by: HiddenBy,
        /// The layer that hid it.
        pub hidden_in: u32,
        /// Whether what came next at its path has the same content; absent where
        /// nothing did, and where contents were not read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub same_content: Option<bool>,
    }
}

impl PathView {
    /// A path of exact bytes, without a leading slash.
    pub fn new(path: &[u8]) -> Self {
        let shown = escape(path);
        let exact = shown.as_bytes() == path;
        Self {
            path: shown,
            path_hex: (!exact).then(|| hex(path)),
        }
    }
}
