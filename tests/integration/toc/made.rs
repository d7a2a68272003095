//! Layers with tables of contents, made by hand: as stargz-snapshotter's `estargz.Writer` and
//! containers/storage's `pkg/chunked/compressor` make them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oci_lens::digest::Digest;
use oci_lens::image::Inspection;
use oci_lens::layer::toc::{TocError, TocJob, TocReader};
use oci_lens::limits::Limits;
use serde_json::{Map, Value, json};

use crate::archive::tars;
use crate::scan::verdict::{gzip, zstd};
use crate::support::cuts::RandomCuts;
use crate::support::inspect;
use crate::support::layout::Layout;

pub const ESTARGZ: &str = "containerd.io/snapshot/stargz/toc.digest";

/// An entry of the tar, and what the table says of it besides its bytes.
#[derive(Clone)]
pub struct Made {
    header: Vec<u8>,
    json: Map<String, Value>,
    content: Vec<u8>,
}

impl Made {
    fn new(kind: &str, header: Vec<u8>, name: &str, content: &[u8]) -> Self {
        let json = json!({ "name": name, "type": kind, "mode": 0o644 });
        let json = json.as_object().expect("an object").clone();
        let content = content.to_vec();
        Self {
            header,
            json,
            content,
        }
    }

    pub fn file(name: &str, content: &[u8]) -> Self {
        let header = tars::header(name.as_bytes(), b'0', content.len() as u64, b"");
        Self::new("reg", header, name, content)
    }

    pub fn folder(name: &str) -> Self {
        Self::new(
            "dir",
            tars::header(name.as_bytes(), b'5', 0, b""),
            name,
            b"",
        )
    }

    fn link(kind: &str, flag: u8, name: &str, target: &str) -> Self {
        let header = tars::header(name.as_bytes(), flag, 0, target.as_bytes());
        Self::new(kind, header, name, b"").with("linkName", target)
    }

    pub fn symlink(name: &str, target: &str) -> Self {
        Self::link("symlink", b'2', name, target)
    }

    pub fn hardlink(name: &str, target: &str) -> Self {
        Self::link("hardlink", b'1', name, target)
    }

    pub fn fifo(name: &str) -> Self {
        Self::new(
            "fifo",
            tars::header(name.as_bytes(), b'6', 0, b""),
            name,
            b"",
        )
    }

    /// A file of which a PAX header tells time and xattr.
    pub fn with_pax(self, time: (&str, &str), xattr: (&str, &str)) -> Self {
        let attribute = format!("SCHILY.xattr.{}", xattr.0);
        let pax = tars::pax(&[("mtime", time.0), (&attribute, xattr.1)]);
        let header = [pax, self.header.clone()].concat();
        let encoded = STANDARD.encode(xattr.1);
        let made = Self { header, ..self };
        made.with("modtime", time.1)
            .with("xattrs", json!({ xattr.0: encoded }))
    }

    /// Says something else in the table, or more.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.json.insert(name.to_owned(), value.into());
        self
    }
}

/// How a layer is made.
#[derive(Clone, Copy)]
pub enum Form {
    Estargz,
    /// The footer of stargz.
    Legacy,
    /// Files that are shorter than a chunk share members.
    Shared,
    /// The annotations are those of containers/storage today, or the older ones.
    Chunked(&'static str),
}

pub const FORMS: [Form; 5] = [
    Form::Estargz,
    Form::Legacy,
    Form::Shared,
    Form::Chunked("io.github.containers.zstd-chunked."),
    Form::Chunked("io.containers.zstd-chunked."),
];

/// A layer and what its descriptor says of the table.
#[derive(Clone)]
pub struct Layer {
    pub blob: Vec<u8>,
    pub annotations: BTreeMap<String, String>,
}

impl Form {
    const fn is_chunked(self) -> bool {
        matches!(self, Self::Chunked(_))
    }

    /// Makes a layer; of the table's entries, `change` makes others.
    pub fn layer(self, made: &[Made], chunk: usize, change: impl FnOnce(&mut Vec<Value>)) -> Layer {
        let mut parts = Parts {
            pack: if self.is_chunked() { zstd } else { gzip },
            blob: Vec::new(),
            open: Vec::new(),
        };
        let mut entries = Vec::new();
        for made in made {
            parts.open.extend(&made.header);
            let is_shared = matches!(self, Self::Shared) && made.content.len() < chunk;
            self.entries(made, chunk, is_shared, &mut parts, &mut entries);
            let padding = made.content.len().next_multiple_of(512) - made.content.len();
            parts.open.extend(vec![0; padding]);
        }
        change(&mut entries);
        let toc = json!({ "version": 1, "entries": entries })
            .to_string()
            .into_bytes();
        self.ended(parts, &toc)
    }

    fn entries(
        self,
        made: &Made,
        chunk: usize,
        is_shared: bool,
        parts: &mut Parts,
        entries: &mut Vec<Value>,
    ) {
        let mut json = made.json.clone();
        let content = &made.content;
        if content.is_empty() {
            entries.push(json.into());
            return;
        }
        json.insert("size".into(), content.len().into());
        let digest = Digest::sha256(content).to_string();
        json.insert("digest".into(), digest.into());
        let count = content.len().div_ceil(chunk);
        for (number, bytes) in content.chunks(chunk).enumerate() {
            let mut entry = match number {
                0 => json.clone(),
                _ => Map::from_iter([
                    ("name".to_owned(), json["name"].clone()),
                    ("type".to_owned(), "chunk".into()),
                    ("chunkOffset".to_owned(), (number * chunk).into()),
                ]),
            };
            if is_shared {
                entry.insert("innerOffset".into(), parts.open.len().into());
            } else {
                parts.close();
            }
            entry.insert("offset".into(), parts.blob.len().into());
            let is_last = number + 1 == count;
            if count > 1 && (self.is_chunked() || !is_last) {
                entry.insert("chunkSize".into(), bytes.len().into());
            }
            if self.is_chunked() && bytes.iter().all(|byte| *byte == 0) {
                entry.insert("chunkType".into(), "zeros".into());
            }
            let digest = Digest::sha256(bytes).to_string();
            entry.insert("chunkDigest".into(), digest.into());
            parts.open.extend(bytes);
            entries.push(entry.into());
        }
        // containers/storage closes the frame behind the payload.
        if self.is_chunked() {
            parts.close();
        }
    }

    fn ended(self, mut parts: Parts, toc: &[u8]) -> Layer {
        let Self::Chunked(prefix) = self else {
            parts.close();
            let begins = parts.blob.len();
            let entry = tars::member(b"stargz.index.json", b'0', toc);
            parts.open.extend(entry);
            parts.open.extend([0; 1024]);
            parts.close();
            let mark = format!("{begins:016x}STARGZ");
            let extra = match self {
                Self::Legacy => b"\x16\0".to_vec(),
                _ => b"\x1a\0SG\x16\0".to_vec(),
            };
            let header = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff";
            let end = b"\x01\0\0\xff\xff\0\0\0\0\0\0\0\0";
            parts
                .blob
                .extend([header, extra.as_slice(), mark.as_bytes(), end].concat());
            let digest = Digest::sha256(toc).to_string();
            return Layer {
                blob: parts.blob,
                annotations: BTreeMap::from([(ESTARGZ.to_owned(), digest)]),
            };
        };
        parts.open.extend([0; 1024]);
        parts.close();
        let packed = zstd(toc);
        let begins = parts.blob.len() + 8;
        for body in [packed.as_slice(), &[0; 64]] {
            parts.blob.extend(b"\x50\x2a\x4d\x18");
            parts
                .blob
                .extend(u32::try_from(body.len()).expect("short").to_le_bytes());
            parts.blob.extend(body);
        }
        let position = format!("{begins}:{}:{}:1", packed.len(), toc.len());
        Layer {
            blob: parts.blob,
            annotations: BTreeMap::from([
                (
                    format!("{prefix}manifest-checksum"),
                    Digest::sha256(&packed).to_string(),
                ),
                (format!("{prefix}manifest-position"), position),
            ]),
        }
    }
}

/// Members or frames, and what of the tar is in none yet.
struct Parts {
    pack: fn(&[u8]) -> Vec<u8>,
    blob: Vec<u8>,
    open: Vec<u8>,
}

impl Parts {
    fn close(&mut self) {
        if !self.open.is_empty() {
            self.blob.extend((self.pack)(&self.open));
            self.open.clear();
        }
    }
}

/// An image of these layers.
pub fn image(layers: &[Layer]) -> Vec<u8> {
    let mut layout = Layout::default();
    let mut descriptors = Vec::new();
    for layer in layers {
        let blob = layer.blob.clone();
        let mut descriptor = layout.blob("application/vnd.oci.image.layer.v1.tar+gzip", blob);
        descriptor["annotations"] = json!(layer.annotations);
        descriptors.push(descriptor);
    }
    let diff_ids = layers.iter().map(|layer| {
        let (tar, _) = inspect::unpack(&layer.blob);
        Digest::sha256(&tar).to_string()
    });
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": diff_ids.collect::<Vec<_>>() },
    });
    let config = layout.json("application/vnd.oci.image.config.v1+json", &config);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config,
        "layers": descriptors,
    });
    let manifest = layout.json("application/vnd.oci.image.manifest.v1+json", &manifest);
    layout.archive(&[manifest])
}

pub fn opened(archive: Vec<u8>) -> Inspection<Vec<u8>> {
    inspect::open(archive).unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// Reads a table of contents out of its layer, the bytes cut at random; gives what was read, too.
pub fn read(
    job: &TocJob,
    layer: &[u8],
    limits: &Limits,
) -> Result<(oci_lens::layer::toc::Listed, usize), TocError> {
    let job = TocJob::from_bytes(&job.to_bytes().expect("packed")).expect("unpacked");
    let mut reader = TocReader::new(job, limits)?;
    let mut read = 0;
    loop {
        let wanted = reader.wanted();
        if wanted.is_empty() {
            break;
        }
        let range = usize::try_from(wanted.start).expect("an offset")
            ..usize::try_from(wanted.end).expect("an offset");
        read += range.len();
        for piece in RandomCuts::new(&layer[range], wanted.start) {
            reader.push(piece)?;
        }
    }
    Ok((reader.finish()?, read))
}

/// Lists the layers of an image by their tables of contents.
pub fn list(inspection: &mut Inspection<Vec<u8>>) -> Result<usize, TocError> {
    let plans = inspection.tocs(0).expect("tables of contents");
    let mut read_bytes = 0;
    for plan in plans {
        let source = &inspection.archive().sources()[0];
        let start = usize::try_from(plan.blob.offset).expect("an offset");
        let layer = &source[start..start + usize::try_from(plan.blob.size).expect("a size")];
        let (listed, bytes) = read(&plan.job, layer, &Limits::default())?;
        read_bytes += bytes;
        let packed = listed.to_bytes().expect("packed");
        let listed = oci_lens::layer::toc::Listed::from_bytes(&packed).expect("unpacked");
        inspection.list(listed);
    }
    Ok(read_bytes)
}
