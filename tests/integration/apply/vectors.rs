//! `apply_cases.json`: layer stacks against containerd, moby and umoci.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::{
    layer::table::EntryKind,
    report::NodeType,
    tree::{ApplyError, EntryRef, MergedTree, NodeRef, Rules},
};
use serde::Deserialize;

use crate::support::{
    files,
    layer_stack::{Item, Stack, pax_time, seconds, table},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    layers: Vec<Vec<CaseEntry>>,
    check: Option<Check>,
    expect: Answer,
    #[serde(rename = "agrees_with_containerd")]
    _agrees: Vec<String>,
    #[serde(default)]
    other_implementations: Others,
    #[serde(default)]
    order_sensitive: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Others {
    moby: Option<Answer>,
    umoci: Option<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseEntry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    mode: Option<String>,
    #[serde(default)]
    linkname: String,
    content: Option<String>,
    content_b64: Option<String>,
    #[serde(default)]
    xattrs_b64: BTreeMap<String, String>,
    #[serde(default)]
    uid: u64,
    #[serde(default)]
    gid: u64,
    mtime: Option<i64>,
    #[serde(default)]
    devmajor: i64,
    #[serde(default)]
    devminor: i64,
    #[serde(rename = "uname")]
    _uname: Option<String>,
    #[serde(rename = "gname")]
    _gname: Option<String>,
    #[serde(default)]
    pax: BTreeMap<String, String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Answer {
    error: Option<String>,
    tree: BTreeMap<String, Expected>,
    hardlinks: Vec<Vec<String>>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(rename = "type")]
    node_type: NodeType,
    mode: Option<String>,
    #[serde(default)]
    uid: u64,
    #[serde(default)]
    gid: u64,
    mtime: Option<f64>,
    content: Option<String>,
    linkname: Option<String>,
    dev: Option<(u32, u32)>,
    #[serde(default)]
    xattrs_b64: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    #[serde(default)]
    same_content: BTreeMap<String, String>,
    same_inode: Option<(String, String)>,
    same_inode_resolved: Option<(String, String)>,
    not_same_inode: Option<(String, String)>,
    containerd_error: Option<String>,
    #[serde(default)]
    absent: Vec<String>,
    paths: Option<BTreeSet<String>>,
    #[serde(rename = "no_escape")]
    _no_escape: Option<bool>,
    #[serde(rename = "umoci")]
    _umoci: Option<String>,
    #[serde(rename = "umoci_error")]
    _umoci_error: Option<String>,
}

/// Why the Spec rules answer as they do where the tools do not agree.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disagreement {
    /// The tool whose answer is ours, or "none".
    follows: Follows,
    /// Our answer, where no tool's is.
    answer: Option<Answer>,
    section: String,
    because: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "kebab-case")]
enum Follows {
    Containerd,
    Moby,
    Umoci,
    None,
}

/// What a rule set makes of a case.
struct Outcome {
    stack: Stack,
    contents: BTreeMap<EntryRef, String>,
}

impl Case {
    fn run(&self, rules: Rules) -> Outcome {
        let mut stack = Stack::new(rules);
        let mut contents = BTreeMap::new();
        for (layer, entries) in self.layers.iter().enumerate() {
            let mut items = Vec::new();
            // A global PAX header makes no entry: a scan reads past it.
            for entry in entries.iter().filter(|entry| entry.kind != "xglobal") {
                let at = EntryRef {
                    layer: u32::try_from(layer).expect("a layer"),
                    entry: u32::try_from(items.len()).expect("an entry"),
                };
                contents.insert(at, entry.text());
                items.push(entry.item());
            }
            stack.push(table(&items));
        }
        Outcome { stack, contents }
    }

    fn expected_by(&self, follows: Follows, own: Option<&Answer>) -> Answer {
        let others = &self.other_implementations;
        let found = match follows {
            Follows::Containerd => None,
            Follows::Moby => others.moby.as_ref(),
            Follows::Umoci => others.umoci.as_ref(),
            Follows::None => own,
        };
        found.unwrap_or(&self.expect).clone()
    }
}

impl CaseEntry {
    fn text(&self) -> String {
        match (&self.content, &self.content_b64) {
            (Some(text), _) => text.clone(),
            (None, Some(encoded)) => {
                let bytes = STANDARD.decode(encoded).expect("base64");
                String::from_utf8_lossy(&bytes).into_owned()
            }
            (None, None) => String::new(),
        }
    }

    fn item(&self) -> Item {
        let kind = match self.kind.as_str() {
            // Go's reader: an old-style file whose name ends in a slash.
            "regA" if self.path.ends_with('/') => EntryKind::Directory,
            "file" | "regA" => EntryKind::File,
            "dir" => EntryKind::Directory,
            "symlink" => EntryKind::Symlink,
            "hardlink" => EntryKind::Hardlink,
            "char" => EntryKind::Char,
            "block" => EntryKind::Block,
            "fifo" => EntryKind::Fifo,
            "cont" => EntryKind::Other(b'7'),
            "unknownV" => EntryKind::Other(b'V'),
            other => panic!("type {other}"),
        };
        let mut item = Item::new(kind, &self.path);
        if let Some(mode) = &self.mode {
            item.mode = octal(mode);
        }
        item.link_name = self.linkname.clone().into_bytes();
        item.uid = self.uid;
        item.gid = self.gid;
        item.mtime = match self.pax.get("mtime") {
            Some(text) => pax_time(text),
            None => seconds(self.mtime.unwrap_or(1_000_000_000)),
        };
        item.device = (self.devmajor, self.devminor);
        item.size = u64::try_from(self.text().len()).expect("a length");
        item.xattrs = (self.xattrs_b64.iter())
            .map(|(name, value)| {
                (
                    name.clone().into_bytes(),
                    STANDARD.decode(value).expect("base64"),
                )
            })
            .collect();
        item
    }
}

fn octal(text: &str) -> u32 {
    u32::from_str_radix(text, 8).expect("octal")
}

impl Outcome {
    fn error(&self) -> Option<(usize, &ApplyError)> {
        let errors = self.stack.applied.iter().enumerate();
        errors
            .filter_map(|(layer, applied)| Some((layer, applied.error.as_ref()?)))
            .next()
    }

    /// How the outcome differs from an answer, in words.
    fn differences(&self, answer: &Answer) -> Vec<String> {
        let mut found = Vec::new();
        let error = self.error();
        match (&answer.error, &error) {
            (None, Some((layer, error))) => found.push(format!("layer {layer}: {error}")),
            (Some(text), None) => found.push(format!("no error, but expected {text}")),
            (Some(text), Some((layer, _))) if !text.starts_with(&format!("layer {layer}:")) => {
                found.push(format!("an error at layer {layer}, but expected {text}"));
            }
            // What a stopped applier leaves behind is informative only.
            (Some(_), Some(_)) => return found,
            (None, None) => {}
        }
        let tree = &self.stack.tree;
        let mut nodes = BTreeMap::from([("/".to_owned(), tree.root())]);
        nodes.extend(tree.walk().map(|node| (name(&node), node)));
        let ours: BTreeSet<&String> = nodes.keys().collect();
        let theirs: BTreeSet<&String> = answer.tree.keys().collect();
        found.extend(
            ours.difference(&theirs)
                .map(|path| format!("{path} should not be")),
        );
        found.extend(
            theirs
                .difference(&ours)
                .map(|path| format!("{path} is missing")),
        );
        for (path, expected) in &answer.tree {
            let Some(node) = nodes.get(path) else {
                continue;
            };
            for (field, ours, theirs) in self.fields(node, expected) {
                if ours != theirs {
                    found.push(format!("{path}: {field} {ours}, but expected {theirs}"));
                }
            }
        }
        let hardlinks = hardlinks(tree);
        if hardlinks != answer.hardlinks {
            found.push(format!(
                "hardlinks {hardlinks:?}, but expected {:?}",
                answer.hardlinks
            ));
        }
        found
    }

    fn fields(&self, node: &NodeRef<'_>, expected: &Expected) -> Vec<(&str, String, String)> {
        let xattrs: BTreeMap<String, String> = (node.xattrs().into_iter())
            .map(|(name, value)| {
                (
                    String::from_utf8_lossy(name).into_owned(),
                    STANDARD.encode(value),
                )
            })
            .collect();
        let link_name = node
            .link_name()
            .map(|target| String::from_utf8_lossy(target).into_owned());
        let mut fields = vec![
            (
                "type",
                format!("{:?}", node.node_type()),
                format!("{:?}", expected.node_type),
            ),
            ("uid", node.uid().to_string(), expected.uid.to_string()),
            ("gid", node.gid().to_string(), expected.gid.to_string()),
            (
                "xattrs",
                format!("{xattrs:?}"),
                format!("{:?}", expected.xattrs_b64),
            ),
            (
                "device",
                format!("{:?}", node.device()),
                format!("{:?}", expected.dev),
            ),
            (
                "link name",
                format!("{link_name:?}"),
                format!("{:?}", expected.linkname),
            ),
        ];
        if let Some(mode) = &expected.mode {
            fields.push((
                "mode",
                format!("{:04o}", node.mode()),
                format!("{:04o}", octal(mode)),
            ));
        }
        if let Some(mtime) = expected.mtime {
            // The vectors' times are doubles of seconds.
            let ours = node
                .mtime()
                .map(|mtime| format!("{:.5}", mtime as f64 / 1e9));
            fields.push((
                "mtime",
                format!("{ours:?}"),
                format!("{:?}", Some(format!("{mtime:.5}"))),
            ));
        }
        if node.node_type() == NodeType::File {
            let content = self.content(node);
            fields.push((
                "content",
                content,
                expected.content.clone().unwrap_or_default(),
            ));
        }
        fields
    }

    fn content(&self, node: &NodeRef<'_>) -> String {
        let at = node.content().expect("a file has content");
        self.contents
            .get(&at)
            .expect("an entry of the case")
            .clone()
    }

    fn check(&self, check: &Check, place: &str) {
        let tree = &self.stack.tree;
        let followed = |path: &String| tree.follow(path.as_bytes()).expect(path);
        let found = |path: &String| tree.find(path.as_bytes()).expect(path);
        for (path, content) in &check.same_content {
            assert_eq!(&self.content(&followed(path)), content, "{place}: {path}");
        }
        if let Some((left, right)) = &check.same_inode {
            assert!(found(left).same_file(&found(right)), "{place}");
        }
        if let Some((left, right)) = &check.same_inode_resolved {
            assert!(followed(left).same_file(&followed(right)), "{place}");
        }
        if let Some((left, right)) = &check.not_same_inode {
            assert!(!found(left).same_file(&found(right)), "{place}");
        }
        for path in &check.absent {
            assert!(tree.find(path.as_bytes()).is_none(), "{place}: {path}");
        }
        if let Some(paths) = &check.paths {
            let ours: BTreeSet<String> = tree.walk().map(|node| name(&node)).collect();
            assert_eq!(&ours, paths, "{place}");
        }
        if let Some(kind) = &check.containerd_error {
            let code = self.error().map(|(_, error)| error.code());
            assert_eq!(
                (kind.as_str(), code),
                ("invalid_archive", Some("whiteout-name-invalid")),
                "{place}"
            );
        }
    }
}

fn name(node: &NodeRef<'_>) -> String {
    format!("/{}", String::from_utf8_lossy(&node.path()))
}

fn hardlinks(tree: &MergedTree) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in tree.walk() {
        if let Some(first) = node.hardlink_to() {
            groups.entry(name(&first)).or_default().push(name(&node));
        }
    }
    let mut groups: Vec<Vec<String>> = (groups.into_iter())
        .map(|(first, mut rest)| {
            rest.push(first);
            rest.sort();
            rest
        })
        .collect();
    groups.sort();
    groups
}

fn cases() -> Vec<Case> {
    let cases: Vec<Case> = files::cases("apply_cases");
    assert_eq!(cases.len(), 177);
    cases
}

cases! {
    fn containerd_rules_give_containerds_trees() {
        let mut wrong = Vec::new();
        for case in cases() {
            let outcome = case.run(Rules::Containerd);
            for difference in outcome.differences(&case.expect) {
                wrong.push(format!("{}: {difference}", case.name));
            }
            if let Some(check) = &case.check {
                outcome.check(check, &case.name);
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn spec_rules_give_what_all_tools_agree_on_and_the_recorded_answer_elsewhere() {
        let recorded: BTreeMap<String, Disagreement> = files::cases("apply_disagreements");
        let mut left: BTreeSet<&String> = recorded.keys().collect();
        let (mut agreed, mut order_sensitive) = (0, 0);
        let mut wrong = Vec::new();
        for case in cases() {
            let others = &case.other_implementations;
            let differ = others.moby.is_some() || others.umoci.is_some();
            let expected = if case.order_sensitive {
                order_sensitive += 1;
                case.expected_by(Follows::Umoci, None)
            } else if let Some(record) = recorded.get(&case.name) {
                agreed += usize::from(!differ);
                left.remove(&case.name);
                assert!(!record.section.is_empty() && !record.because.is_empty(), "{}", case.name);
                assert_eq!(record.answer.is_some(), record.follows == Follows::None, "{}", case.name);
                case.expected_by(record.follows, record.answer.as_ref())
            } else if !differ {
                agreed += 1;
                case.expect.clone()
            } else {
                wrong.push(format!("{}: the tools differ and nothing is recorded", case.name));
                continue;
            };
            let outcome = case.run(Rules::Spec);
            for difference in outcome.differences(&expected) {
                wrong.push(format!("{}: {difference}", case.name));
            }
            // A disagreement that is none any more must not stay recorded.
            if let Some(record) = recorded.get(&case.name) {
                let tools = [
                    (Follows::Containerd, Some(&case.expect)),
                    (Follows::Moby, others.moby.as_ref()),
                    (Follows::Umoci, others.umoci.as_ref()),
                ];
                let mut differs = false;
                for (tool, answer) in tools {
                    let same = answer.is_some_and(|answer| outcome.differences(answer).is_empty());
                    differs |= answer.is_some() && !same;
                    if same && record.follows == Follows::None {
                        wrong.push(format!("{}: {tool:?} gives the recorded answer", case.name));
                    }
                }
                if !differs {
                    wrong.push(format!("{}: no tool disagrees any more", case.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!((agreed, order_sensitive), (134, 3));
        assert!(left.is_empty(), "recorded without need: {left:?}");
    }
}
