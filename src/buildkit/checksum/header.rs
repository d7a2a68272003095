//! What is hashed of one object before its content.

use std::borrow::Cow;

use crate::report::NodeType;
use crate::tree::NodeRef;

/// The mode of a symlink, whatever its own is.
const SYMLINK_MODE: u32 = 0o777;

/// One name and value of a header. Neither is followed by anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField<'a> {
    /// `mode`, `uid` and so on; of an extended attribute, its own name.
    pub name: &'a [u8],
    /// The value's bytes.
    pub value: Cow<'a, [u8]>,
    /// Whether it is an extended attribute.
    pub is_xattr: bool,
}

/// The fields of an object's header, in the order in which they are hashed.
///
/// BuildKit's `cache/contenthash`, as it scans a mounted snapshot: names are
/// empty, device numbers are 0 whatever they are, and no time is in it. A
/// hardlink is hashed as the file that it shares.
pub fn header_fields<'a>(node: &NodeRef<'a>) -> Vec<HeaderField<'a>> {
    let kind = node.node_type();
    let (mode, flag, size) = match kind {
        NodeType::File => (node.mode(), "0", node.size()),
        NodeType::Symlink => (SYMLINK_MODE, "2", 0),
        NodeType::Char => (node.mode(), "3", 0),
        NodeType::Block => (node.mode(), "4", 0),
        NodeType::Dir => (node.mode(), "5", 0),
        NodeType::Fifo => (node.mode(), "6", 0),
    };
    let link_name = node.link_name().unwrap_or_default();
    let texts = [
        ("name", String::new()),
        ("mode", mode.to_string()),
        ("uid", node.uid().to_string()),
        ("gid", node.gid().to_string()),
        ("size", size.to_string()),
        ("typeflag", flag.to_owned()),
    ];
    let rest: [(&str, &'a [u8]); 5] = [
        ("linkname", link_name),
        ("uname", b""),
        ("gname", b""),
        ("devmajor", b"0"),
        ("devminor", b"0"),
    ];
    let texts = texts
        .into_iter()
        .map(|(name, value)| (name.as_bytes(), Cow::Owned(value.into_bytes())));
    let rest = rest
        .into_iter()
        .map(|(name, value)| (name.as_bytes(), Cow::Borrowed(value)));
    let named = texts.chain(rest).map(|(name, value)| HeaderField {
        name,
        value,
        is_xattr: false,
    });
    let xattrs = node.xattrs().into_iter();
    let xattrs = xattrs.filter(|(name, _)| is_hashed(name));
    let xattrs = xattrs.map(|(name, value)| HeaderField {
        name,
        value: Cow::Borrowed(value),
        is_xattr: true,
    });
    named.chain(xattrs).collect()
}

/// The bytes of an object's header: its digest is the SHA-256 of these and, of a
/// file, of the content behind them.
pub fn header(node: &NodeRef<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    for field in header_fields(node) {
        bytes.extend_from_slice(field.name);
        bytes.extend_from_slice(&field.value);
    }
    bytes
}

// Labels and access lists depend on the machine; file capabilities do not.
fn is_hashed(xattr: &[u8]) -> bool {
    xattr == b"security.capability"
        || !(xattr.starts_with(b"security.") || xattr.starts_with(b"system."))
}
