//! `contenthash.json`: what BuildKit's own code gave for trees and queries.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::buildkit::checksum::{Checksum, ChecksumError, Contents, Outcome, Query, header};
use oci_lens::digest::Digest;
use oci_lens::layer::table::EntryKind;
use oci_lens::limits::Limits;
use oci_lens::report::{ChecksumKind, RecordKind};
use oci_lens::tree::{MergedTree, Rules};
use serde::Deserialize;
use serde_json::Value;

use crate::support::files;
use crate::support::layer_stack::{Item, Stack};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    schema: String,
    #[serde(rename = "about")]
    _about: String,
    empty_digest: String,
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(rename = "source")]
    _source: String,
    pub tree: BTreeMap<String, Node>,
    pub queries: Vec<Asked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    #[serde(rename = "type")]
    pub kind: String,
    mode: Option<String>,
    #[serde(default)]
    uid: u64,
    #[serde(default)]
    gid: u64,
    #[serde(default)]
    linkname: String,
    #[serde(default)]
    data_b64: String,
    #[serde(default)]
    xattrs_b64: BTreeMap<String, String>,
    #[serde(default)]
    devmajor: i64,
    #[serde(default)]
    devminor: i64,
    hardlink: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    path: String,
    #[serde(default)]
    follow_links: bool,
    #[serde(default)]
    wildcard: bool,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    required: Vec<String>,
    expect: Option<String>,
    expect_error: Option<String>,
    #[serde(rename = "upstream_error_text")]
    _upstream_error_text: Option<String>,
    /// `true`, or `"error"` where upstream asserts one.
    upstream_literal: Option<Value>,
}

impl Asked {
    pub fn query(&self) -> Query {
        Query {
            path: bytes(&self.path),
            follow_links: self.follow_links,
            wildcard: self.wildcard,
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            required: self.required.iter().map(|path| bytes(path)).collect(),
        }
    }

    /// The digest, or the code of the error.
    pub fn expected(&self) -> Result<String, &'static str> {
        match (&self.expect, self.expect_error.as_deref()) {
            (Some(digest), None) => Ok(digest.clone()),
            (None, Some("not_found")) => Err("no-such-path"),
            (None, Some("too_many_links")) => Err("limit-symlinks"),
            other => panic!("{other:?}"),
        }
    }
}

pub fn vectors() -> Vectors {
    let vectors: Vectors = files::vectors("contenthash");
    assert_eq!(vectors.schema, "contenthash/1");
    assert_eq!(vectors.empty_digest, Digest::sha256(&[]).to_string());
    let queries = || vectors.cases.iter().flat_map(|case| &case.queries);
    let upstream = queries().filter(|asked| asked.upstream_literal.is_some());
    assert_eq!(
        (vectors.cases.len(), queries().count(), upstream.count()),
        (36, 282, 82)
    );
    vectors
}

fn bytes(text: &str) -> Vec<u8> {
    match text.strip_prefix("b64:") {
        Some(text) => decode(text),
        None => text.as_bytes().to_vec(),
    }
}

fn decode(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}

/// A tree as entries of one layer with their contents, hardlinks last.
pub fn items(case: &Case) -> Vec<(Item, Vec<u8>)> {
    let mut items: Vec<(Item, Vec<u8>)> = Vec::new();
    for (path, node) in &case.tree {
        let kind = match (node.kind.as_str(), &node.hardlink) {
            (_, Some(_)) => EntryKind::Hardlink,
            // Hashed as an empty file, and unknown to tars.
            ("file" | "socket", None) => EntryKind::File,
            ("dir", None) => EntryKind::Directory,
            ("symlink", None) => EntryKind::Symlink,
            ("char", None) => EntryKind::Char,
            ("block", None) => EntryKind::Block,
            ("fifo", None) => EntryKind::Fifo,
            (other, None) => panic!("type {other}"),
        };
        let mut item = Item::new(kind, bytes(path));
        if let Some(mode) = &node.mode {
            item.mode = u32::from_str_radix(mode, 8).expect("an octal mode");
        }
        (item.uid, item.gid) = (node.uid, node.gid);
        item.device = (node.devmajor, node.devminor);
        let target = node.hardlink.as_ref().unwrap_or(&node.linkname);
        item.link_name = bytes(target);
        let xattrs = node.xattrs_b64.iter();
        let xattrs = xattrs.map(|(name, value)| (name.as_bytes().to_vec(), decode(value)));
        item.xattrs = xattrs.collect();
        let content = decode(&node.data_b64);
        if kind == EntryKind::File {
            item.size = u64::try_from(content.len()).expect("a small number");
        }
        items.push((item, content));
    }
    items.sort_by_key(|(item, _)| item.kind == EntryKind::Hardlink);
    items
}

/// A checksum over a tree whose files hold what `content` says.
pub fn outcome(
    tree: &MergedTree,
    query: &Query,
    content: impl Fn(&[u8]) -> Vec<u8>,
) -> Result<Outcome, ChecksumError> {
    let checksum = Checksum::new(tree, query, &Limits::default())?;
    let mut contents = Contents::default();
    for &file in checksum.files() {
        let node = tree.node(file).expect("a file that is there");
        let mut preimage = header(&node);
        preimage.extend(content(&node.path()));
        contents.insert(&node, Digest::sha256(&preimage));
    }
    checksum.finish(tree, &contents)
}

fn run(case: &Case, tree: &MergedTree, query: &Query) -> Result<Outcome, ChecksumError> {
    let items = items(case);
    outcome(tree, query, |path| {
        let is_it = |item: &Item| {
            let own = item.path.strip_prefix(b"/").unwrap_or(&item.path);
            own == path
        };
        let found = items.iter().find(|(item, _)| is_it(item));
        let (_, content) = found.expect("an entry");
        content.clone()
    })
}

fn tree(case: &Case) -> MergedTree {
    let items: Vec<Item> = items(case).into_iter().map(|(item, _)| item).collect();
    // A snapshot has what containerd's applier would not make of any entry: a
    // root's own entry, and xattrs of the kind `trusted`.
    let stack = Stack::of(Rules::Spec, &[&items]);
    assert_eq!(stack.codes(), Vec::<&str>::new(), "{}", case.name);
    stack.tree
}

// What was hashed, by the report's own description of it.
fn hashed(outcome: &Outcome) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in &outcome.records {
        let key = record
            .path
            .iter()
            .map(|&byte| if byte == b'/' { 0 } else { byte });
        let before = bytes.len();
        bytes.extend(key);
        if bytes.len() == before {
            bytes.push(0);
        }
        bytes.extend_from_slice(record.digest.to_string().as_bytes());
    }
    bytes
}

cases! {
    fn checksums_are_buildkits() {
        let mut failed = Vec::new();
        let mut seen = 0;
        for case in vectors().cases {
            let tree = tree(&case);
            for asked in &case.queries {
                seen += 1;
                let query = asked.query();
                let found = run(&case, &tree, &query);
                let text = match &found {
                    Ok(outcome) => Ok(outcome.digest.to_string()),
                    Err(error) => Err(error.code()),
                };
                if text != asked.expected() {
                    failed.push(format!("{} {query:?}: {text:?}", case.name));
                }
                if let Ok(outcome) = found
                    && matches!(outcome.kind, ChecksumKind::Folder | ChecksumKind::Selection)
                {
                    assert_eq!(Digest::sha256(&hashed(&outcome)), outcome.digest, "{query:?}");
                }
            }
        }
        assert_eq!(failed, Vec::<String>::new());
        assert_eq!(seen, 282);
    }

    fn the_worked_example_is_made_of_what_it_says() {
        let vectors = vectors();
        let case = &vectors.cases[0];
        assert_eq!(case.name, "basic-file");
        let tree = tree(case);
        let text = |path: &[u8]| {
            let node = tree.find(path).expect("a path");
            String::from_utf8(header(&node)).expect("text")
        };
        let rest = "unamegnamedevmajor0devminor0";
        let file = format!("namemode420uid0gid0size5typeflag0linkname{rest}");
        assert_eq!(text(b"d0/abc"), file);
        assert_eq!(text(b"d0/def"), format!("namemode511uid0gid0size0typeflag2linknameabc{rest}"));
        assert_eq!(text(b"d0"), format!("namemode493uid0gid0size0typeflag5linkname{rest}"));
        let query = Query { path: b"d0".to_vec(), ..Query::default() };
        let outcome = run(case, &tree, &query).expect("a checksum");
        let sha256 = |text: &str| Digest::sha256(text.as_bytes()).to_string();
        let records: Vec<(&[u8], RecordKind, String)> = outcome
            .records
            .iter()
            .map(|record| (record.path.as_slice(), record.kind, record.digest.to_string()))
            .collect();
        assert_eq!(records, [
            (&b""[..], RecordKind::Header, sha256(&text(b"d0"))),
            (b"/abc", RecordKind::Object, sha256(&format!("{file}data0"))),
            (b"/def", RecordKind::Object, sha256(&text(b"d0/def"))),
            (b"/ghi", RecordKind::Object, sha256(&text(b"d0/ghi"))),
        ]);
        assert_eq!(
            outcome.digest.to_string(),
            "sha256:d47454417d2c554067fbefe5f5719edc49f3cfe969c36b62e34a187a4da0cc9a"
        );
    }
}
