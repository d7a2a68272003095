//! `oci-lens tree`: the paths of an image, a line each.

use std::io::{self, Write};

use clap::Args;
use oci_lens::diagnostic::escape;
use oci_lens::image::trees::layers_of;
use oci_lens::limits::Limits;
use oci_lens::report::{Change, Failure, LayerRange, PathPattern, PatternKind, SortKey, TreeQuery};
use oci_lens::tree::dump::TreeLine;
use oci_lens::tree::view::{TreeView, mode_text};
use oci_lens::tree::{MergedTree, NodeRef};
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use crate::chosen::Chosen;
use crate::words::{time, word};
use crate::{Choice, Stop};

/// Which paths are printed, and in which order.
#[derive(Args)]
pub struct Shown {
    /// Only this layer's own entries; 0 is the bottom
    #[arg(long, value_name = "N", conflicts_with_all = ["first", "last", "sort", "filter", "changes"])]
    layer: Option<u32>,
    /// Say what the layers from this one on have changed
    #[arg(long, value_name = "N")]
    first: Option<u32>,
    /// Apply no layer above this one
    #[arg(long, value_name = "N")]
    last: Option<u32>,
    /// In each folder by name, size, mode, owner, modified or layer, instead of all in byte order
    #[arg(long, value_name = "COLUMN", value_parser = from_word::<SortKey>)]
    sort: Option<SortKey>,
    /// Largest or latest first
    #[arg(long, requires = "sort")]
    descending: bool,
    /// Only names that match, or whole paths where the pattern has a slash
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    /// How the pattern is read: glob, text or regex
    #[arg(long, value_name = "KIND", value_parser = from_word::<PatternKind>, default_value = "glob", requires = "filter")]
    kind: PatternKind,
    /// Tell upper and lower case of the pattern apart
    #[arg(long, requires = "filter")]
    case_sensitive: bool,
    /// Only added, modified, removed or unchanged paths; several with commas
    #[arg(long, value_name = "CHANGES", value_parser = from_word::<Change>, value_delimiter = ',')]
    changes: Vec<Change>,
    /// Add the SHA-256 of each file's content
    #[arg(long)]
    digests: bool,
    /// Print a JSON line for each path
    #[arg(long)]
    json: bool,
}

/// A word as the report has it.
fn from_word<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(text)
}

/// Prints what of an image's tree is chosen.
pub fn run(choice: &Choice, shown: &Shown, output: &mut impl Write) -> Result<u8, Stop> {
    let chosen = Chosen::read(choice, shown.digests)?;
    let own;
    let tree = match shown.layer {
        None => chosen.inspection.tree(chosen.image),
        Some(layer) => {
            own = chosen.inspection.layer_tree(chosen.image, layer);
            own.as_ref()
        }
    };
    let Some(tree) = tree else {
        let layers = chosen.layers;
        let message = format!("the layer was not read; the image has {layers}, counted from 0");
        return Err(failure("no-such-layer", message));
    };
    if shown.is_arranged() {
        arranged(&chosen, shown, output)?;
    } else {
        let mut walk = tree.walk();
        while let Some((path, node)) = walk.next_node() {
            shown.print(path, &node, None, output)?;
        }
    }
    Ok(chosen.status())
}

impl Shown {
    const fn is_arranged(&self) -> bool {
        self.has_range() || self.sort.is_some() || self.filter.is_some() || !self.changes.is_empty()
    }

    const fn has_range(&self) -> bool {
        self.first.is_some() || self.last.is_some()
    }

    /// Prints a path, with what has become of it where that was asked for.
    fn print(
        &self,
        path: &[u8],
        node: &NodeRef<'_>,
        change: Option<Change>,
        output: &mut impl Write,
    ) -> io::Result<()> {
        if self.json {
            let mut line = TreeLine::new(path, node);
            line.change = change;
            serde_json::to_writer(&mut *output, &line)?;
            return writeln!(output);
        }
        if let Some(change) = change {
            write!(output, "{:9} ", word(&change))?;
        }
        let layer = node.layer().map(|layer| layer.to_string());
        let size = match node.device() {
            Some((major, minor)) => format!("{major}, {minor}"),
            None => node.size().to_string(),
        };
        write!(
            output,
            "{} {:>3} {:>11} {size:>12} {:19} /{}",
            mode_text(node.node_type(), node.mode()),
            layer.as_deref().unwrap_or("-"),
            format!("{}:{}", node.uid(), node.gid()),
            node.mtime().map(time).unwrap_or_default(),
            escape(path),
        )?;
        if let Some(target) = node.link_name() {
            write!(output, " -> {}", escape(target))?;
        }
        if let Some(first) = node.hardlink_to() {
            write!(output, ", hardlink to /{}", escape(&first.path()))?;
        }
        if let Some(digest) = node.digest() {
            write!(output, ", {digest}")?;
        }
        writeln!(output)
    }

    fn query(&self) -> TreeQuery {
        let pattern = self.filter.as_ref().map(|pattern| PathPattern {
            kind: self.kind,
            pattern: pattern.clone(),
            case_sensitive: self.case_sensitive,
        });
        TreeQuery {
            sort: self.sort.unwrap_or_default(),
            descending: self.descending,
            pattern,
            changes: self.changes.clone(),
        }
    }
}

/// Prints what a viewer would show with everything expanded, save the folders
/// that only lead there.
fn arranged(chosen: &Chosen, shown: &Shown, output: &mut impl Write) -> Result<(), Stop> {
    let range = LayerRange {
        first: shown.first.unwrap_or(0),
        last: shown.last,
    };
    let layers = layers_of(range, chosen.layers);
    let layers = layers.map_err(|error| failure(error.code(), error.to_string()))?;
    let tree: Option<MergedTree> = chosen.inspection.tree_of(chosen.image, layers);
    let Some(tree) = tree else { return Ok(()) };
    let mut view = TreeView::since(&tree, range.first);
    view.arrange(&tree, shown.query(), &Limits::default())
        .map_err(|error| failure(error.code(), error.to_string()))?;
    view.expand_all(&tree, u32::MAX);
    let mut nodes = Vec::new();
    for (node, change) in view.listed(&tree) {
        nodes.push((node.path(), node, shown.has_range().then_some(change)));
    }
    if shown.sort.is_none() {
        nodes.sort_by(|(left, ..), (right, ..)| left.cmp(right));
    }
    for (path, node, change) in &nodes {
        shown.print(path, node, *change, output)?;
    }
    Ok(())
}

fn failure(code: &str, message: String) -> Stop {
    Stop::Failure(Failure {
        code: code.to_owned(),
        message,
        seems: None,
        hints: Vec::new(),
    })
}
