//! Layers and trees as the ground truth tells them, without a scan.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::{
    diagnostic::Diagnostics,
    digest::Digest,
    layer::table::{Entry, EntryKind, EntryTable, RawPath, Timestamp},
    limits::Limits,
    report::NodeType,
    tree::{Applied, MergedTree, Rules, dump::TreeLine},
};
use serde::Deserialize;

use super::files;

/// An entry as a test writes it.
#[derive(Debug, Clone)]
pub struct Item {
    pub kind: EntryKind,
    pub path: Vec<u8>,
    pub link_name: Vec<u8>,
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub size: u64,
    pub mtime: Timestamp,
    pub device: (i64, i64),
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    pub content: Option<Digest>,
}

impl Item {
    pub fn new(kind: EntryKind, path: impl AsRef<[u8]>) -> Self {
        let mode = if kind == EntryKind::Directory {
            0o755
        } else {
            0o644
        };
        Self {
            kind,
            path: path.as_ref().to_vec(),
            link_name: Vec::new(),
            mode,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: seconds(1_000_000_000),
            device: (0, 0),
            xattrs: Vec::new(),
            content: None,
        }
    }

    pub fn file(path: impl AsRef<[u8]>) -> Self {
        Self::new(EntryKind::File, path)
    }

    pub fn dir(path: impl AsRef<[u8]>) -> Self {
        Self::new(EntryKind::Directory, path)
    }

    pub fn symlink(path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        let mut item = Self::new(EntryKind::Symlink, path);
        item.link_name = target.as_ref().to_vec();
        item
    }

    pub fn hardlink(path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        let mut item = Self::new(EntryKind::Hardlink, path);
        item.link_name = target.as_ref().to_vec();
        item
    }
}

pub fn seconds(seconds: i64) -> Timestamp {
    Timestamp {
        seconds,
        nanoseconds: 0,
    }
}

/// A time as PAX writes it.
pub fn pax_time(text: &str) -> Timestamp {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().expect("whole seconds");
    let digits = format!("{part:0<9}");
    let nanoseconds: u32 = digits
        .get(..9)
        .expect("nine digits")
        .parse()
        .expect("digits");
    if whole.starts_with('-') && nanoseconds > 0 {
        return Timestamp {
            seconds: seconds - 1,
            nanoseconds: 1_000_000_000 - nanoseconds,
        };
    }
    Timestamp {
        seconds,
        nanoseconds,
    }
}

pub fn table(items: &[Item]) -> Arc<EntryTable> {
    let mut table = EntryTable::new();
    for (index, item) in items.iter().enumerate() {
        let pairs = item
            .xattrs
            .iter()
            .map(|(name, value)| (name.as_slice(), value.as_slice()));
        let offset = u64::try_from(index).expect("an index") * 512;
        table
            .push(&Entry {
                kind: item.kind,
                path: RawPath::new(&item.path),
                link_name: &item.link_name,
                mode: item.mode,
                uid: item.uid,
                gid: item.gid,
                size: item.size,
                mtime: item.mtime,
                device: item.device,
                xattrs: pairs.collect(),
                content: item.content,
                header_offset: offset,
                data_offset: offset + 512,
                stored_size: item.size,
            })
            .expect("room in the table");
    }
    Arc::new(table)
}

/// Layers applied in order: the tree, what each came to, and the findings.
pub struct Stack {
    pub tree: MergedTree,
    pub applied: Vec<Applied>,
    pub diagnostics: Diagnostics,
}

impl Stack {
    pub fn new(rules: Rules) -> Self {
        Self {
            tree: MergedTree::new(rules, &Limits::default()),
            applied: Vec::new(),
            diagnostics: Diagnostics::new(1_000),
        }
    }

    pub fn of(rules: Rules, layers: &[&[Item]]) -> Self {
        let mut stack = Self::new(rules);
        for layer in layers {
            stack.push(table(layer));
        }
        stack
    }

    pub fn push(&mut self, table: Arc<EntryTable>) {
        let layer = u32::try_from(self.applied.len()).expect("a small number");
        let applied = self.tree.apply(layer, table, &mut self.diagnostics);
        self.applied.push(applied);
    }

    /// Codes of the findings, in order.
    pub fn codes(&self) -> Vec<&str> {
        self.diagnostics
            .kept()
            .iter()
            .map(|found| found.code.as_str())
            .collect()
    }
}

/// A folder of ground truth.
pub struct Truth {
    folder: String,
    pub images: Vec<TruthImage>,
}

#[derive(Deserialize)]
struct TruthFile {
    #[serde(default)]
    images: Vec<TruthImage>,
}

#[derive(Deserialize)]
pub struct TruthImage {
    pub layers: Vec<TruthLayer>,
    pub tree: Option<TruthTree>,
}

#[derive(Deserialize)]
pub struct TruthLayer {
    pub entries_key: Option<String>,
    pub changes: Option<TruthChanges>,
}

/// What the truth counts of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct TruthChanges {
    /// Entries, whiteouts left out, at paths that the lower layers do not have.
    pub added: u32,
    /// Entries, whiteouts left out, at paths that they have.
    pub changed: u32,
    /// Paths of the lower layers that whiteouts hide.
    pub deleted: u32,
    /// Whiteouts that hide nothing.
    pub whiteout_noop: u32,
}

#[derive(Deserialize)]
pub struct TruthTree {
    pub by: String,
    pub file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TruthLine {
    path: String,
    path_hex: Option<String>,
    #[serde(rename = "type")]
    node_type: NodeType,
    mode: u32,
    uid: u64,
    gid: u64,
    size: u64,
    mtime_ns: Option<String>,
    linkname: Option<String>,
    sha256: Option<String>,
    major: Option<u32>,
    minor: Option<u32>,
    #[serde(default)]
    xattrs: BTreeMap<String, String>,
    hardlink_to: Option<String>,
    layer: u32,
}

#[derive(Deserialize)]
struct TruthEntry {
    layer: String,
    path: String,
    path_hex: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    mode: u32,
    uid: u64,
    gid: u64,
    size: u64,
    mtime: f64,
    #[serde(default)]
    linkname: String,
    major: Option<i64>,
    minor: Option<i64>,
    #[serde(default)]
    pax: BTreeMap<String, PaxValue>,
    sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PaxValue {
    Text(String),
    Binary { b64: String },
}

impl PaxValue {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Binary { b64 } => STANDARD.decode(b64).expect("base64"),
        }
    }
}

impl Truth {
    /// The truth in a folder, if there is one.
    pub fn read(folder: &str) -> Option<Self> {
        let bytes = if files::exists(&format!("{folder}/truth.json")) {
            files::read_absolute(&format!("{folder}/truth.json"))
        } else if files::exists(&format!("{folder}/truth.json.gz")) {
            files::gunzip(&files::read_absolute(&format!("{folder}/truth.json.gz")))
        } else {
            return None;
        };
        let truth: TruthFile = serde_json::from_slice(&bytes).expect("a truth");
        Some(Self {
            folder: folder.to_owned(),
            images: truth.images,
        })
    }

    /// The entries of each layer, by `entries_key`.
    pub fn tables(&self) -> BTreeMap<String, Arc<EntryTable>> {
        let mut items: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for line in self.lines("layers.jsonl.gz") {
            if line.contains("\"error\"") && !line.contains("\"path\"") {
                continue;
            }
            let entry: TruthEntry =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            items
                .entry(entry.layer.clone())
                .or_default()
                .push(item(entry));
        }
        items
            .into_iter()
            .map(|(key, items)| (key, table(&items)))
            .collect()
    }

    /// The lines of an image's tree, as our own dump spells them.
    pub fn tree(&self, file: &str) -> Vec<TreeLine> {
        let lines = self.lines(file).into_iter().map(|line| {
            let line: TruthLine =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            TreeLine {
                path: line.path,
                path_hex: line.path_hex,
                node_type: line.node_type,
                mode: line.mode,
                uid: line.uid,
                gid: line.gid,
                size: line.size,
                mtime_ns: line.mtime_ns,
                linkname: line.linkname,
                linkname_hex: None,
                hardlink_to: line.hardlink_to,
                hardlink_to_hex: None,
                major: line.major,
                minor: line.minor,
                xattrs: line.xattrs,
                sha256: line.sha256,
                layer: Some(line.layer),
                change: None,
            }
        });
        lines.collect()
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let bytes = files::gunzip(&files::read_absolute(&format!("{}/{file}", self.folder)));
        let text = String::from_utf8(bytes).expect("JSON lines");
        text.lines().map(str::to_owned).collect()
    }
}

fn item(entry: TruthEntry) -> Item {
    let kind = match entry.kind.as_str() {
        "file" => EntryKind::File,
        "dir" => EntryKind::Directory,
        "symlink" => EntryKind::Symlink,
        "hardlink" => EntryKind::Hardlink,
        "char" => EntryKind::Char,
        "block" => EntryKind::Block,
        "fifo" => EntryKind::Fifo,
        other => panic!("type {other}"),
    };
    let mtime = match entry.pax.get("mtime") {
        Some(PaxValue::Text(text)) => pax_time(text),
        _ => seconds(format!("{}", entry.mtime).parse().expect("whole seconds")),
    };
    let xattrs = entry.pax.iter().filter_map(|(key, value)| {
        let name = key.strip_prefix("SCHILY.xattr.")?;
        Some((name.as_bytes().to_vec(), value.bytes()))
    });
    let content = entry.sha256.as_deref().filter(|_| kind == EntryKind::File);
    Item {
        kind,
        path: entry
            .path_hex
            .as_deref()
            .map_or_else(|| entry.path.clone().into_bytes(), unhex),
        link_name: entry.linkname.into_bytes(),
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: entry.size,
        mtime,
        device: (entry.major.unwrap_or(0), entry.minor.unwrap_or(0)),
        xattrs: xattrs.collect(),
        content: content.map(|hex| Digest::parse(&format!("sha256:{hex}")).expect("a digest")),
    }
}

pub fn unhex(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).expect("hex");
        u8::from_str_radix(pair, 16).expect("hex")
    });
    bytes.collect()
}

/// The exact bytes of a line's path.
pub fn line_path(line: &TreeLine) -> Vec<u8> {
    match &line.path_hex {
        Some(hex) => unhex(hex),
        None => line.path.clone().into_bytes(),
    }
}
