//! Paths as CSV by RFC 4180: a header line, lines that end in CRLF, quotes
//! where they have to be. Text that is not UTF-8 has U+FFFD in it and its exact
//! bytes, without the slash or kind before it, in the hex column beside it.
//!
//! No field begins with a character that spreadsheets take for the beginning of
//! a formula (`=`, `+`, `-`, `@`, a tab, a line break): paths begin with a slash,
//! links with their kind, and everything else is a number, a word or hex. A
//! time before 1970 has a minus and nothing but digits. Nothing is changed for
//! that, so that every field is exact.

use crate::image::Inspection;
use crate::image::trees::{TreeError, layers_of};
use crate::report::{Change, LayerRange};
use crate::source::ReadAt;
use crate::tree::dump::TreeLine;
use crate::tree::{Cursor, MergedTree};

/// The names of the columns.
pub const HEADER: &str =
    "path,path_hex,type,mode,uid,gid,size,mtime_ns,layer,link,link_hex,sha256\r\n";

/// The tree has changed while it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeChanged;

impl TreeChanged {
    /// Stable code for reports.
    pub const fn code(self) -> &'static str {
        "tree-changed"
    }
}

impl std::fmt::Display for TreeChanged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the tree has changed while it was written")
    }
}

impl std::error::Error for TreeChanged {}

/// A tree of an image's layers on its way out, a piece at a time.
#[derive(Debug)]
pub struct Export {
    image: u32,
    /// The lowest layer whose changes are written.
    first: u32,
    /// The tree, where it is not the image's own: of fewer layers than that.
    tree: Option<MergedTree>,
    cursor: Cursor,
    stamp: Option<crate::compare::TreeStamp>,
    is_begun: bool,
}

impl Export {
    /// Begins with the tree of some layers of an image as it is now: of its
    /// paths, those that a layer from the first one on made or changed.
    ///
    /// # Errors
    ///
    /// [`TreeError`] for an image or layers that are not there.
    pub fn new<S: ReadAt>(
        inspection: &Inspection<S>,
        image: u32,
        range: LayerRange,
    ) -> Result<Self, TreeError> {
        let applied = inspection.applied(image).ok_or(TreeError::Image(image))?;
        let layers = layers_of(range, inspection.layers(image))?;
        let tree = (layers < applied)
            .then(|| inspection.tree_of(image, layers))
            .flatten();
        Ok(Self {
            image,
            first: range.first,
            tree,
            cursor: Cursor::default(),
            stamp: inspection.tree_stamp(image),
            is_begun: false,
        })
    }

    /// Lines for the next `paths` paths, the header before the first; an empty
    /// piece where none of them is to be written, nothing when all are.
    ///
    /// # Errors
    ///
    /// [`TreeChanged`].
    pub fn next_piece<S: ReadAt>(
        &mut self,
        inspection: &Inspection<S>,
        paths: usize,
    ) -> Result<Option<String>, TreeChanged> {
        if inspection.tree_stamp(self.image) != self.stamp {
            return Err(TreeChanged);
        }
        let mut piece = String::new();
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        if is_first {
            piece.push_str(HEADER);
        }
        let tree = self.tree.as_ref().or(inspection.tree(self.image));
        let mut taken = 0;
        while let Some(tree) = tree.filter(|_| taken < paths) {
            let Some(node) = self.cursor.advance(tree) else {
                break;
            };
            taken += 1;
            let made = tree.change(node.id(), self.first);
            if self.first == 0 || matches!(made, Some(Change::Added | Change::Modified)) {
                push(&TreeLine::new(self.cursor.path(), &node), &mut piece);
            }
        }
        Ok((is_first || taken > 0).then_some(piece))
    }
}

fn push(line: &TreeLine, csv: &mut String) {
    let link = match (&line.linkname, &line.hardlink_to) {
        (Some(target), _) => format!("symlink:{target}"),
        (None, Some(first)) => format!("hardlink:/{first}"),
        (None, None) => String::new(),
    };
    let fields = [
        format!("/{}", line.path),
        line.path_hex.clone().unwrap_or_default(),
        line.node_type.name().to_owned(),
        format!("{:04o}", line.mode),
        line.uid.to_string(),
        line.gid.to_string(),
        line.size.to_string(),
        line.mtime_ns.clone().unwrap_or_default(),
        line.layer
            .map(|layer| layer.to_string())
            .unwrap_or_default(),
        link,
        line.linkname_hex
            .clone()
            .or_else(|| line.hardlink_to_hex.clone())
            .unwrap_or_default(),
        line.sha256.clone().unwrap_or_default(),
    ];
    for (position, field) in fields.iter().enumerate() {
        if position > 0 {
            csv.push(',');
        }
        // RFC 4180 section 2, rules 6 and 7.
        if field.contains([',', '"', '\r', '\n']) {
            csv.push('"');
            csv.push_str(&field.replace('"', "\"\""));
            csv.push('"');
        } else {
            csv.push_str(field);
        }
    }
    csv.push_str("\r\n");
}
