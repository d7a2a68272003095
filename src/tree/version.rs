//! One version of a path: what an entry made of it, in full and against others.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    EntryRef, MergedTree,
    node::{IMPLIED_MODE, SYMLINK_MODE},
    path::EntryPath,
    view::mode_text,
};
use crate::{
    diagnostic::escape,
    digest::Digest,
    layer::table::{Entry, EntryKind},
    report::{EntryPlace, EntryView, Field, FieldChange, NodeType, PathView, XattrView},
};

/// What lay at a path after an entry was applied, by the Spec rules. A hardlink
/// has everything but its path from the file that it shares.
#[derive(Debug, Clone)]
pub(super) struct Version<'a> {
    /// The entry; none for a directory that an entry below it needed.
    at: Option<EntryRef>,
    kind: NodeType,
    /// The path that it is a hardlink to, by its own entry.
    hardlink_to: Option<EntryPath<'a>>,
    /// What the attributes are read from.
    entry: Option<Entry<'a>>,
    /// The entry that holds content, link name or device numbers.
    content: Option<EntryRef>,
    shown_xattr_bytes: usize,
}

impl MergedTree {
    /// The version that an entry made, or would have made of its path.
    pub(super) fn version(&self, at: EntryRef) -> Option<Version<'_>> {
        let own = self.entry(at)?;
        let is_hardlink = own.kind == EntryKind::Hardlink;
        let hardlink_to = is_hardlink.then(|| EntryPath::new(own.link_name));
        let content = match is_hardlink {
            false => Some(at),
            true => self.shared.get(&at).copied(),
        };
        let entry = content.and_then(|at| self.entry(at)).unwrap_or(own);
        let kind = match entry.kind {
            EntryKind::Directory => NodeType::Dir,
            EntryKind::Symlink => NodeType::Symlink,
            EntryKind::Char => NodeType::Char,
            EntryKind::Block => NodeType::Block,
            EntryKind::Fifo => NodeType::Fifo,
            EntryKind::File | EntryKind::Hardlink | EntryKind::Other(_) => NodeType::File,
        };
        Some(Version {
            at: Some(at),
            kind,
            hardlink_to,
            entry: Some(entry),
            content,
            shown_xattr_bytes: self.limits.shown_xattr_bytes,
        })
    }
}

impl<'a> Version<'a> {
    /// A directory that no entry made.
    pub const fn implied() -> Self {
        Self {
            at: None,
            kind: NodeType::Dir,
            hardlink_to: None,
            entry: None,
            content: None,
            shown_xattr_bytes: 0,
        }
    }

    /// The entry in full; none for a directory that no entry made.
    pub fn view(&self) -> Option<EntryView> {
        let (xattrs, more_xattrs) = self.shown_xattrs();
        let view = EntryView {
            place: place(self.at?),
            node_type: self.kind,
            mode: self.mode(),
            mode_text: mode_text(self.kind, self.mode()),
            uid: self.entry.as_ref().map_or(0, |entry| entry.uid),
            gid: self.entry.as_ref().map_or(0, |entry| entry.gid),
            size: self.size().to_string(),
            mtime_ns: self.mtime().map(|mtime| mtime.to_string()),
            link_name: self.link_name().map(escape),
            hardlink_to: self
                .hardlink_to
                .as_ref()
                .map(|path| PathView::new(path.as_bytes())),
            device: self.device(),
            xattrs,
            more_xattrs,
            sha256: self.digest().map(|digest| digest.encoded()),
            content: self
                .content
                .filter(|_| self.kind == NodeType::File)
                .map(place),
        };
        Some(view)
    }

    /// What is other here than it was `before`.
    pub fn changes(&self, before: &Self) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        let mut add = |field, before: Option<String>, after: Option<String>| {
            if before != after {
                changes.push(FieldChange {
                    field,
                    before,
                    after,
                });
            }
        };
        let both = |field: &dyn Fn(&Self) -> Option<String>| (field(before), field(self));
        let number = |number: fn(&Entry<'_>) -> u64| {
            both(&move |version: &Self| Some(version.entry.as_ref().map_or(0, number).to_string()))
        };
        let fields = [
            (Field::Type, both(&|version| Some(word(version.kind)))),
            (
                Field::Mode,
                both(&|version| Some(format!("{:04o}", version.mode()))),
            ),
            (Field::Uid, number(|entry| entry.uid)),
            (Field::Gid, number(|entry| entry.gid)),
            (
                Field::Size,
                both(&|version| {
                    (version.kind == NodeType::File).then(|| version.size().to_string())
                }),
            ),
            (
                Field::Mtime,
                both(&|version| version.mtime().map(|mtime| mtime.to_string())),
            ),
            (
                Field::LinkName,
                both(&|version| version.link_name().map(escape)),
            ),
            (
                Field::Device,
                both(&|version| {
                    let (major, minor) = version.device()?;
                    Some(format!("{major}:{minor}"))
                }),
            ),
            (
                Field::Hardlink,
                both(&|version| {
                    let path = version.hardlink_to.as_ref()?;
                    Some(escape(path.as_bytes()))
                }),
            ),
        ];
        for (field, (before, after)) in fields {
            add(field, before, after);
        }
        // Only where both are known: what was not read is not another content.
        if let (Some(old), Some(new)) = (before.digest(), self.digest()) {
            add(Field::Content, Some(old.encoded()), Some(new.encoded()));
        }
        let (old, new) = (before.xattrs(), self.xattrs());
        if old != new {
            let text = |version: &Self| {
                let (shown, more) = version.shown_xattrs();
                let mut lines: Vec<String> = shown
                    .into_iter()
                    .map(|xattr| format!("{}={}", xattr.name, xattr.value))
                    .collect();
                lines.extend((more > 0).then(|| format!("and {more} more")));
                (!lines.is_empty()).then(|| lines.join("\n"))
            };
            // Cut values may read the same.
            changes.push(FieldChange {
                field: Field::Xattrs,
                before: text(before),
                after: text(self),
            });
        }
        changes
    }

    /// Whether both hold the same, mode and the like aside: for files by
    /// digest, or by size and time where contents were not read.
    pub fn same_content(&self, other: &Self) -> bool {
        let same_bytes = || match (self.digest(), other.digest()) {
            (Some(one), Some(other)) => one == other,
            _ => self.size() == other.size() && self.mtime() == other.mtime(),
        };
        self.kind == other.kind
            && self.link_name() == other.link_name()
            && self.device() == other.device()
            && (self.content == other.content || self.kind != NodeType::File || same_bytes())
    }

    /// Whether both are files of the same content; none where that was not read.
    pub fn same_digest(&self, other: &Self) -> Option<bool> {
        if self.kind != NodeType::File || other.kind != NodeType::File {
            return Some(false);
        }
        Some(self.digest()? == other.digest()?)
    }

    fn mode(&self) -> u32 {
        match &self.entry {
            Some(_) if self.kind == NodeType::Symlink => SYMLINK_MODE,
            Some(entry) => entry.mode,
            None => IMPLIED_MODE,
        }
    }

    fn size(&self) -> u64 {
        self.entry.as_ref().map_or(0, |entry| entry.size)
    }

    fn mtime(&self) -> Option<i128> {
        self.entry
            .as_ref()
            .map(|entry| entry.mtime.as_nanoseconds())
    }

    fn link_name(&self) -> Option<&'a [u8]> {
        let entry = self.entry.as_ref()?;
        (self.kind == NodeType::Symlink).then_some(entry.link_name)
    }

    fn device(&self) -> Option<(u32, u32)> {
        if !matches!(self.kind, NodeType::Char | NodeType::Block) {
            return None;
        }
        let (major, minor) = self.entry.as_ref()?.device;
        Some((major.try_into().ok()?, minor.try_into().ok()?))
    }

    fn digest(&self) -> Option<Digest> {
        self.entry
            .as_ref()?
            .content
            .filter(|_| self.kind == NodeType::File)
    }

    /// By name; of a name that is there twice, the last value.
    fn xattrs(&self) -> std::collections::BTreeMap<&'a [u8], &'a [u8]> {
        let xattrs = self.entry.as_ref().map(|entry| entry.xattrs.clone());
        xattrs.into_iter().flatten().collect()
    }

    /// The first that fit, and how many do not.
    fn shown_xattrs(&self) -> (Vec<XattrView>, u32) {
        let mut shown = Vec::new();
        let mut more = 0_u32;
        let mut bytes = 0_usize;
        for (name, value) in self.xattrs() {
            bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
            if bytes > self.shown_xattr_bytes {
                more = more.saturating_add(1);
                continue;
            }
            shown.push(XattrView {
                name: escape(name),
                value: escape(value),
                base64: STANDARD.encode(value),
            });
        }
        (shown, more)
    }
}

pub(super) const fn place(at: EntryRef) -> EntryPlace {
    EntryPlace {
        layer: at.layer,
        entry: at.entry,
    }
}

fn word(kind: NodeType) -> String {
    let word = match kind {
        NodeType::File => "file",
        NodeType::Dir => "dir",
        NodeType::Symlink => "symlink",
        NodeType::Char => "char",
        NodeType::Block => "block",
        NodeType::Fifo => "fifo",
    };
    word.to_owned()
}
