//! Layers with all that entries can have, as tars.

use oci_lens::layer::table::EntryKind;

use super::layer_stack::Item;

/// A layer's tar. What ustar has no room for goes to a PAX header.
pub fn tar_of(items: &[(Item, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (item, content) in items {
        let mut records = Vec::new();
        for (name, value) in &item.xattrs {
            records.extend(pax(&[b"SCHILY.xattr.", name.as_slice()].concat(), value));
        }
        records.extend(pax(b"path", &item.path));
        records.extend(pax(b"linkpath", &item.link_name));
        records.extend(pax(b"uid", item.uid.to_string().as_bytes()));
        records.extend(pax(b"gid", item.gid.to_string().as_bytes()));
        append(&mut tar, tar::EntryType::XHeader, 0, (0, 0), &records);
        let kind = match item.kind {
            EntryKind::File => tar::EntryType::Regular,
            EntryKind::Directory => tar::EntryType::Directory,
            EntryKind::Symlink => tar::EntryType::Symlink,
            EntryKind::Hardlink => tar::EntryType::Link,
            EntryKind::Char => tar::EntryType::Char,
            EntryKind::Block => tar::EntryType::Block,
            EntryKind::Fifo => tar::EntryType::Fifo,
            EntryKind::Other(flag) => panic!("type flag {flag}"),
        };
        let content = if item.kind == EntryKind::File {
            content.as_slice()
        } else {
            &[]
        };
        append(&mut tar, kind, item.mode, item.device, content);
    }
    tar.into_inner().expect("memory can be written")
}

fn append(
    tar: &mut tar::Builder<Vec<u8>>,
    kind: tar::EntryType,
    mode: u32,
    (major, minor): (i64, i64),
    content: &[u8],
) {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(content.len() as u64);
    let number = |number: i64| u32::try_from(number).expect("a device number");
    header.set_device_major(number(major)).expect("ustar");
    header.set_device_minor(number(minor)).expect("ustar");
    header.set_cksum();
    tar.append(&header, content).expect("memory can be written");
}

// A record's length counts its own digits.
fn pax(key: &[u8], value: &[u8]) -> Vec<u8> {
    if value.is_empty() && !key.starts_with(b"SCHILY") {
        return Vec::new();
    }
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    [length.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat()
}
