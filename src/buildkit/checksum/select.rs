//! Which paths a wildcard or patterns choose.

use super::lookup::{Steps, clean, find};
use super::patterns::{Fitted, PatternList, Wildcard, split_wildcards};
use super::{ChecksumError, Query};
use crate::limits::Limits;
use crate::report::NodeType;
use crate::tree::{MergedTree, NodeRef};

/// A path that was chosen: a folder stands for its header alone.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The path, spelt as the query spells what leads to it.
    pub path: Vec<u8>,
    /// What lies there, or what it leads to.
    pub node: u32,
    /// Whether it is a link that was followed: all of where it leads to counts.
    pub is_followed: bool,
}

/// What was chosen, and the part of all paths that is not hashed.
#[derive(Debug)]
pub(super) struct Selection {
    pub chosen: Vec<Chosen>,
    pub base: Vec<u8>,
}

/// Folders on the way to a path: each is chosen once something in it is.
struct Above {
    node: u32,
    path: Vec<u8>,
    is_chosen: bool,
    include: Fitted,
    exclude: Fitted,
}

struct Select<'a> {
    query: &'a Query,
    tree: &'a MergedTree,
    limits: &'a Limits,
    wildcard: Option<Wildcard>,
    include: Option<PatternList>,
    exclude: Option<PatternList>,
    /// The query's path.
    asked: Vec<u8>,
    /// The path under which patterns look at what lies below.
    matched: Option<Vec<u8>>,
    above: Vec<Above>,
    chosen: Vec<Chosen>,
}

pub(super) fn select(
    tree: &MergedTree,
    query: &Query,
    limits: &Limits,
    steps: &mut Steps,
) -> Result<Selection, ChecksumError> {
    let asked = clean(&query.path);
    let (base, follows) = match query.wildcard {
        true => split_wildcards(&asked),
        false => (asked.as_slice(), false),
    };
    let base = base.to_vec();
    let mut select = Select {
        query,
        tree,
        limits,
        wildcard: match query.wildcard && !asked.is_empty() {
            true => Some(Wildcard::new(&asked, limits)?),
            false => None,
        },
        include: PatternList::new(&query.include, limits)?,
        exclude: PatternList::new(&query.exclude, limits)?,
        matched: None,
        above: Vec::new(),
        chosen: Vec::new(),
        asked,
    };
    if let Some(top) = find(tree, &base, follows, limits.symlinks, steps)? {
        select.walk(top, base.clone(), steps)?;
    }
    for required in &query.required {
        let path = clean(required);
        if !select.chosen.iter().any(|chosen| chosen.path == path) {
            return Err(ChecksumError::NotFound { path });
        }
    }
    Ok(Selection {
        chosen: select.chosen,
        base,
    })
}

enum Step {
    Visit(u32),
    /// Cut the path back to this length.
    Leave(usize),
}

impl Select<'_> {
    /// All paths from `top` on, folders before what lies in them.
    fn walk(
        &mut self,
        top: NodeRef<'_>,
        mut path: Vec<u8>,
        steps: &mut Steps,
    ) -> Result<(), ChecksumError> {
        let mut stack = vec![Step::Visit(top.id())];
        let mut is_top = true;
        while let Some(step) = stack.pop() {
            let id = match step {
                Step::Leave(length) => {
                    path.truncate(length);
                    continue;
                }
                Step::Visit(id) => id,
            };
            steps.take()?;
            let Some(node) = self.tree.node(id) else {
                continue;
            };
            if !std::mem::take(&mut is_top) {
                stack.push(Step::Leave(path.len()));
                path.push(b'/');
                path.extend_from_slice(node.name());
            }
            self.visit(&node, &path, steps)?;
            stack.extend(sorted(&node).into_iter().rev().map(Step::Visit));
        }
        Ok(())
    }

    fn visit(
        &mut self,
        node: &NodeRef<'_>,
        path: &[u8],
        steps: &mut Steps,
    ) -> Result<(), ChecksumError> {
        while self
            .above
            .pop_if(|above| !is_below(path, &above.path))
            .is_some()
        {}
        let Some(below) = self.below(path) else {
            return Ok(());
        };
        // A folder that is given with a slash at its end is not in it itself.
        if node.is_directory() && self.query.path.ends_with(b"/") && path == self.asked {
            return Ok(());
        }
        let above = self.above.last();
        let mut fitted = [Fitted::new(), Fitted::new()];
        let mut is_chosen = true;
        if let Some(include) = &mut self.include {
            (is_chosen, fitted[0]) = include.fits(&below, above.map(|above| &above.include));
        }
        if is_chosen && let Some(exclude) = &mut self.exclude {
            let excluded;
            (excluded, fitted[1]) = exclude.fits(&below, above.map(|above| &above.exclude));
            is_chosen = !excluded;
        }
        if is_chosen {
            self.choose(node, path, steps)?;
        }
        if node.is_directory() {
            let [include, exclude] = fitted;
            self.above.push(Above {
                node: node.id(),
                path: path.to_vec(),
                is_chosen,
                include,
                exclude,
            });
        }
        Ok(())
    }

    // The path as patterns see it; none where the wildcard does not fit.
    fn below(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let base = match &mut self.wildcard {
            None => self.asked.as_slice(),
            Some(wildcard) => {
                let is_in = self
                    .matched
                    .as_ref()
                    .is_some_and(|matched| is_below(path, matched));
                if !is_in {
                    if !wildcard.fits(path) {
                        return None;
                    }
                    self.matched = Some(path.to_vec());
                }
                self.matched.as_deref().unwrap_or_default()
            }
        };
        let below = path.get(base.len()..).unwrap_or_default();
        Some(below.strip_prefix(b"/").unwrap_or(below).to_vec())
    }

    fn choose(
        &mut self,
        node: &NodeRef<'_>,
        path: &[u8],
        steps: &mut Steps,
    ) -> Result<(), ChecksumError> {
        for above in self.above.iter_mut().filter(|above| !above.is_chosen) {
            above.is_chosen = true;
            self.chosen.push(Chosen {
                path: above.path.clone(),
                node: above.node,
                is_followed: false,
            });
        }
        let is_link = node.node_type() == NodeType::Symlink;
        let is_followed = is_link && self.query.follow_links && self.above.is_empty();
        let node = match is_followed {
            false => node.id(),
            true => {
                let found = find(self.tree, path, true, self.limits.symlinks, steps)?;
                let found = found.ok_or_else(|| ChecksumError::NotFound {
                    path: path.to_vec(),
                })?;
                found.id()
            }
        };
        self.chosen.push(Chosen {
            path: path.to_vec(),
            node,
            is_followed,
        });
        Ok(())
    }
}

/// What lies in a folder, by the bytes of the names.
pub(super) fn sorted(node: &NodeRef<'_>) -> Vec<u32> {
    let mut children: Vec<NodeRef<'_>> = node.children().collect();
    children.sort_unstable_by(|left, right| left.name().cmp(right.name()));
    children.into_iter().map(|child| child.id()).collect()
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with(b"/"))
}
