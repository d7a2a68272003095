//! File ops: `solver/llbsolver/ops/file.go`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::message::Message;
use super::{CacheMap, Dependency, OpError, PathSelector, outermost, selector};
use crate::buildkit::go_json::Object;
use crate::digest::Digest;

/// Input of an action that has none.
const NONE: i64 = -1;

/// What is selected of inputs, by their index, and which are written to.
#[derive(Default)]
struct Used {
    selected: BTreeMap<i64, Vec<PathSelector>>,
    written: Vec<i64>,
}

pub(super) fn cache_map(file: &Message, inputs: usize) -> Result<CacheMap, OpError> {
    let mut used = Used::default();
    let mut actions = Vec::new();
    let mut indexes = Vec::new();
    for action in file.messages("actions") {
        let (input, second) = (action.integer("input"), action.integer("secondaryInput"));
        let kind = action.message("Action").and_then(Message::set);
        let (name, kind) = kind.ok_or(OpError::Kind)?;
        used.written.push(input);
        let mut kind = kind.clone();
        if name == "copy" {
            used.add_owner(kind.message("owner"))?;
            if second != NONE && usize::try_from(second).is_ok_and(|second| second < inputs) {
                used.add(second, copied(&kind));
                // Where it is copied from is in the selector.
                let base = base_name(kind.text("src"));
                kind.set_text("src", base);
            }
        } else if matches!(name, "mkfile" | "mkdir") {
            used.add_owner(kind.message("owner"))?;
        }
        actions.push(STANDARD.encode(kind.write().finish()));
        indexes.push([input, second, action.integer("output")]);
    }
    let mut hashed = Object::new()
        .text("Type", "buildkit.file.v0")
        .texts("Actions", Some(&actions));
    if !are_usual(&indexes) && !indexes.is_empty() {
        hashed = hashed.number_triples("indexes", &indexes);
    }
    let preimage = hashed.finish();
    Ok(CacheMap {
        digest: Digest::sha256(preimage.as_bytes()).to_string(),
        preimage,
        dependencies: used.dependencies(inputs)?,
    })
}

impl Used {
    fn add(&mut self, input: i64, path: PathSelector) {
        self.selected.entry(input).or_default().push(path);
    }

    /// An owner by name is looked up in files of an input.
    fn add_owner(&mut self, owner: Option<&Message>) -> Result<(), OpError> {
        for (member, path) in [("user", "/etc/passwd"), ("group", "/etc/group")] {
            let user = owner.and_then(|owner| owner.message(member)?.message("User"));
            if let Some(named) = user.and_then(|user| user.message("byName")) {
                let index = named.integer("input");
                if index < 0 {
                    return Err(OpError::Input { index, inputs: 0 });
                }
                self.add(
                    index,
                    PathSelector {
                        path: path.to_owned(),
                        follow_links: true,
                        ..PathSelector::default()
                    },
                );
            }
        }
        Ok(())
    }

    fn dependencies(self, inputs: usize) -> Result<Vec<Dependency>, OpError> {
        let mut dependencies = vec![Dependency::default(); inputs];
        for (index, selected) in self.selected {
            let position = usize::try_from(index).ok();
            let slot = position.and_then(|position| dependencies.get_mut(position));
            let slot = slot.ok_or(OpError::Input { index, inputs })?;
            // All of what is written to matters.
            if self.written.contains(&index) {
                continue;
            }
            let paths = selected.iter().map(|path| path.path.clone()).collect();
            let mut paths = crate::order::sorted(paths);
            paths.reverse();
            let (digest, preimage) = selector(&paths);
            *slot = Dependency {
                selector: digest,
                preimage: Some(preimage),
                content: Some(distinct(selected)),
            };
        }
        Ok(dependencies)
    }
}

fn copied(copy: &Message) -> PathSelector {
    let path = copy.text("src");
    PathSelector {
        path: path.to_owned(),
        follow_links: copy.flag("followSymlink"),
        wildcard: copy.flag("allowWildcard") && has_wildcards(path),
        include: copy.texts("include_patterns").to_vec(),
        exclude: copy.texts("exclude_patterns").to_vec(),
        required: copy.texts("required_paths").to_vec(),
    }
}

fn has_wildcards(path: &str) -> bool {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'*' | b'?' | b'[' => return true,
            _ => {}
        }
    }
    false
}

/// Without paths that lie inside another one that is selected alike; patterns
/// and filters stay. Sorted by path.
fn distinct(selected: Vec<PathSelector>) -> Vec<PathSelector> {
    let is_filtered =
        |path: &PathSelector| path.wildcard || !path.include.is_empty() || !path.exclude.is_empty();
    let (filtered, plain): (Vec<_>, Vec<_>) = selected.into_iter().partition(is_filtered);
    let (followed, own): (Vec<_>, Vec<_>) = plain.into_iter().partition(|path| path.follow_links);
    let outer = |paths: Vec<PathSelector>, follow_links| {
        let paths = outermost(paths.into_iter().map(|path| path.path));
        paths.into_iter().map(move |path| PathSelector {
            path,
            follow_links,
            ..PathSelector::default()
        })
    };
    let mut all: Vec<PathSelector> = outer(own, false)
        .chain(outer(followed, true))
        .chain(filtered)
        .collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

/// Go's `path.Base`.
fn base_name(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        trimmed => trimmed.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

/// Whether each action works on what the one before gave, and the last gives
/// the output. Older versions had no indexes in the digest, and for this case
/// there still are none. By the count of the actions, where the inputs' would
/// be right, as BuildKit does.
fn are_usual(indexes: &[[i64; 3]]) -> bool {
    let last = indexes.len().saturating_sub(1);
    let count = i64::try_from(indexes.len()).unwrap_or(i64::MAX);
    (0_i64..)
        .zip(indexes)
        .enumerate()
        .all(|(at, (position, [input, second, output]))| {
            let before = if at == 0 {
                0
            } else {
                count.saturating_add(position - 1)
            };
            let expected = if at == last { 0 } else { NONE };
            *input == before && matches!(*second, NONE | 1) && *output == expected
        })
}
