//! `oci-lens cache-key`: names by which BuildKit and containerd know things, and
//! the bytes that each is the SHA-256 of.

use std::io::{self, Write};

use clap::Args;
use oci_lens::buildkit::op::Definition;
use oci_lens::buildkit::source::{
    Attributes, BlobSource, GitRemote, GitSource, HttpSource, LocalSource, Manager,
};
use oci_lens::diagnostic::escape;
use oci_lens::image::Inspection;
use oci_lens::image::select::select_one;
use oci_lens::image::source::ImageSource;
use oci_lens::platform::Platform;
use oci_lens::report::{Failure, KeysView, RungView, SourceKeyView, SourceKeysView, VertexView};
use serde::Serialize;

use crate::open::{Source, open};
use crate::{Choice, Stop, scan};

/// Bytes of a file of ops that are read at most.
const OPS_BYTES: u64 = 64 << 20;

#[derive(Args)]
pub struct CacheKeyArguments {
    #[command(flatten)]
    choice: Choice,
    /// A source, such as docker-image://docker.io/library/alpine:latest; unless
    /// given, the keys of one image for all ways of referring to it
    source: Option<String>,
    /// How many layers are meant, from the bottom
    #[arg(long, value_name = "N")]
    layer_limit: Option<u32>,
    /// Attribute of the source, such as image.checksum=sha256:…
    #[arg(long = "attr", value_name = "NAME=VALUE", value_parser = attribute, requires = "source")]
    attributes: Vec<(String, String)>,
    /// Session that local:// sources are of
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Commit that the refs of git:// sources lead to
    #[arg(long, value_name = "ID")]
    commit: Option<String>,
    /// A file with what buildctl debug dump-llb prints: the keys of its vertices
    #[arg(long, value_name = "FILE", conflicts_with_all = ["source", "image", "layer_limit"])]
    op: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Prints the keys.
pub fn run(arguments: &CacheKeyArguments, output: &mut impl Write) -> Result<u8, Stop> {
    let mut inspection = open(&arguments.choice.archive)?;
    if let Some(file) = &arguments.op {
        let vertices = of_ops(arguments, &mut inspection, file)?;
        print(arguments.json, &vertices, output, |vertices, output| {
            vertices
                .iter()
                .try_for_each(|vertex| print_vertex(vertex, output))
        })?;
        return Ok(0);
    }
    if let Some(source) = &arguments.source {
        let keys = of_source(arguments, &inspection, source)?;
        print(arguments.json, &keys, output, |keys, output| {
            print_source(keys, output)
        })?;
        return Ok(0);
    }
    let choice = &arguments.choice;
    let report = inspection.report();
    let image = select_one(
        &report.images,
        choice.image.as_deref(),
        choice.platform.as_ref(),
    )?;
    let keys = inspection.keys(
        image.number,
        choice.platform.as_ref(),
        arguments.layer_limit,
    );
    let Some(keys) = keys else {
        return Ok(crate::status::BAD);
    };
    print(arguments.json, &keys, output, |keys, output| {
        print_image(keys, output)
    })?;
    Ok(if keys.problem.is_some() {
        crate::status::BAD
    } else {
        0
    })
}

fn manager<'a>(arguments: &CacheKeyArguments, inspection: &'a Inspection<Source>) -> Manager<'a> {
    let mut manager = Manager::default();
    let platform = arguments.choice.platform.as_ref();
    manager.register(ImageSource::new(inspection, platform));
    manager.register(BlobSource);
    manager.register(HttpSource::default());
    manager.register(LocalSource {
        session: arguments.session.clone(),
    });
    manager.register(GitSource {
        remote: arguments.commit.as_ref().map(|commit| GitRemote {
            object: commit.clone(),
            ..GitRemote::default()
        }),
    });
    manager
}

fn of_source(
    arguments: &CacheKeyArguments,
    inspection: &Inspection<Source>,
    source: &str,
) -> Result<SourceKeysView, Stop> {
    let mut attributes: Attributes = arguments.attributes.iter().cloned().collect();
    if let Some(limit) = arguments.layer_limit {
        for name in ["image.layerlimit", "oci.layerlimit"] {
            attributes.insert(name.to_owned(), limit.to_string());
        }
    }
    let manager = manager(arguments, inspection);
    let platform = arguments.choice.platform.as_ref();
    let identifier = manager
        .identifier(source, &attributes, platform)
        .map_err(|error| failed(error.code(), error))?;
    let found = manager.resolve(&identifier);
    let instance = found.map_err(|error| failed(error.code(), error))?;
    let mut keys = SourceKeysView {
        source: Some(identifier.to_string()),
        pin: None,
        keys: Vec::new(),
    };
    for index in 0..2 {
        let key = instance.cache_key(index);
        let key = key.map_err(|error| failed(error.code(), error))?;
        keys.keys.push(key.view(index));
        keys.pin = keys.pin.or(key.pin);
        if key.done {
            break;
        }
    }
    Ok(keys)
}

fn of_ops(
    arguments: &CacheKeyArguments,
    inspection: &mut Inspection<Source>,
    file: &str,
) -> Result<Vec<VertexView>, Stop> {
    let unread = |error: io::Error| failed("read-failed", format!("{file}: {error}"));
    let mut text = Vec::new();
    let opened = std::fs::File::open(file).map_err(unread)?;
    io::Read::read_to_end(&mut io::Read::take(opened, OPS_BYTES), &mut text).map_err(unread)?;
    let definition = Definition::parse(&text).map_err(|error| failed(error.code(), error))?;
    let worker = arguments.choice.platform.clone();
    let worker = worker.unwrap_or_else(|| Platform::new("linux", "amd64", ""));
    let jobs = definition.jobs(&manager(arguments, inspection), &worker);
    let jobs = jobs.map_err(|error| failed(error.code(), error))?;
    scan::run(inspection, &jobs, arguments.choice.workers);
    let solved = definition.solve(&manager(arguments, inspection), &worker);
    let solved = solved.map_err(|error| failed(error.code(), error))?;
    Ok(definition.view(&solved))
}

fn failed(code: &str, message: impl ToString) -> Stop {
    Stop::Failure(Failure {
        code: code.to_owned(),
        message: message.to_string(),
        seems: None,
        hints: Vec::new(),
    })
}

fn print<T: Serialize, W: Write>(
    json: bool,
    view: &T,
    output: &mut W,
    text: impl FnOnce(&T, &mut W) -> io::Result<()>,
) -> io::Result<()> {
    if !json {
        return text(view, output);
    }
    serde_json::to_writer_pretty(&mut *output, view)?;
    writeln!(output)
}

fn print_image(keys: &KeysView, output: &mut impl Write) -> io::Result<()> {
    let platform = keys.platform.as_ref().map(Platform::from);
    let platform = platform.map_or_else(String::new, |platform| format!(", {platform}"));
    writeln!(output, "image {}{platform}", keys.image)?;
    for source in &keys.sources {
        print_source(source, output)?;
    }
    for rung in &keys.ladder {
        print_rung(rung, output)?;
    }
    if let Some(problem) = &keys.problem {
        writeln!(output, "{}: {}", problem.code, problem.message)?;
    }
    Ok(())
}

fn print_source(source: &SourceKeysView, output: &mut impl Write) -> io::Result<()> {
    let name = source
        .source
        .as_deref()
        .map(|source| escape(source.as_bytes()));
    match (name, &source.pin) {
        (Some(name), Some(pin)) => writeln!(output, "{name}\n  resolves to {pin}")?,
        (Some(name), None) => writeln!(output, "{name}")?,
        (None, Some(pin)) => writeln!(output, "referred to by {pin}")?,
        (None, None) => writeln!(output, "by its config alone")?,
    }
    source
        .keys
        .iter()
        .try_for_each(|key| print_key(key, output))
}

fn print_key(key: &SourceKeyView, output: &mut impl Write) -> io::Result<()> {
    let last = if key.done { ", the last" } else { "" };
    writeln!(output, "  key {}{last}: {}", key.index, key.key)?;
    print_preimage(key.preimage.as_deref(), output)?;
    writeln!(output, "    source op: {}", key.op_digest)?;
    print_preimage(Some(&key.op_preimage), output)?;
    writeln!(output, "    record: {}", key.record)?;
    print_preimage(key.record_preimage.as_deref(), output)
}

fn print_preimage(preimage: Option<&str>, output: &mut impl Write) -> io::Result<()> {
    match preimage {
        Some(preimage) => writeln!(output, "      = sha256 of {}", escape(preimage.as_bytes())),
        None => Ok(()),
    }
}

fn print_rung(rung: &RungView, output: &mut impl Write) -> io::Result<()> {
    writeln!(output, "layer {}: diff ID {}", rung.layer, rung.diff_id)?;
    writeln!(output, "  chain ID and snapshot: {}", rung.chain_id)?;
    print_preimage(rung.preimage.as_deref(), output)?;
    if !rung.shared_with.is_empty() {
        let others: Vec<String> = rung.shared_with.iter().map(ToString::to_string).collect();
        writeln!(output, "  shared with image {}", others.join(", "))?;
    }
    Ok(())
}

fn print_vertex(vertex: &VertexView, output: &mut impl Write) -> io::Result<()> {
    let digest = vertex.digest.as_deref().unwrap_or("vertex");
    writeln!(output, "{}: {}", escape(digest.as_bytes()), vertex.kind)?;
    if let Some(source) = &vertex.source {
        return print_source(source, output);
    }
    for op in &vertex.ops {
        writeln!(output, "  op: {}", op.digest)?;
        print_preimage(Some(&op.preimage), output)?;
        writeln!(output, "  record: {}", op.record)?;
        print_preimage(op.record_preimage.as_deref(), output)?;
    }
    for (number, input) in vertex.inputs.iter().enumerate() {
        writeln!(
            output,
            "  input {number}: output {} of {}",
            input.output,
            escape(input.digest.as_bytes())
        )?;
        if let Some(selector) = &input.selector {
            writeln!(output, "    selector: {selector}")?;
            print_preimage(input.selector_preimage.as_deref(), output)?;
        }
        if let Some(paths) = &input.content {
            let paths: Vec<String> = paths.iter().map(|path| escape(path.as_bytes())).collect();
            writeln!(output, "    or by the content of {}", paths.join(", "))?;
        }
        if let Some(slow) = &input.slow_key {
            writeln!(output, "      key: {}", slow.digest)?;
            print_preimage(Some(&slow.preimage), output)?;
            writeln!(output, "      record: {}", slow.record)?;
            print_preimage(slow.record_preimage.as_deref(), output)?;
        }
        if let Some(problem) = &input.problem {
            writeln!(output, "      {}: {}", problem.code, problem.message)?;
        }
        for record in &input.records {
            writeln!(output, "    record: {record}")?;
        }
    }
    Ok(())
}
