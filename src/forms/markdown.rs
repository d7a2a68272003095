//! A summary to paste into a ticket.
//!
//! Everything that an image says stands in code spans, escaped as the page
//! escapes it: there nothing is markup, a link or a mention.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Severity, escape};
use crate::platform::Platform;
use crate::report::{
    ArchiveFormat, CacheKeyView, CacheView, Compression, Container, ImageView, LayerView, Report,
    Status, StatusCounts, Verification,
};

/// The summary of an archive, with one of its images or all.
pub fn markdown(report: &Report, image: Option<u32>) -> String {
    let mut text = String::new();
    archive(report, &mut text);
    let chosen = |one: &&ImageView| image.is_none_or(|number| one.number == number);
    for image in report.images.iter().filter(chosen) {
        self::image(image, &mut text);
    }
    for cache in &report.caches {
        self::cache(cache, &mut text);
    }
    findings(&report.diagnostics, "## Findings", &mut text);
    text
}

fn archive(report: &Report, text: &mut String) {
    let archive = &report.archive;
    let formats = archive.formats.iter().map(|format| match format {
        ArchiveFormat::OciLayout => "OCI layout",
        ArchiveFormat::DockerSave => "docker save",
    });
    let formats = formats.collect::<Vec<_>>().join(" and ");
    let container = match archive.container {
        Container::Tar => "tar",
        Container::Folder => "folder",
    };
    let outer = match archive.outer_compression {
        Compression::None => String::new(),
        outer => format!(", inside {}", outer.name()),
    };
    let size = bytes(archive.size);
    let rows = [
        ("Archive", format!("{formats}, {container}{outer}, {size}")),
        ("Images", report.images.len().to_string()),
        ("Blobs", counts(&report.totals.blobs)),
        ("Diff IDs", counts(&report.totals.diff_ids)),
        ("Read by", span(&report.generator)),
    ];
    text.push_str("## Image archive\n\n");
    table(
        &["", ""],
        rows.map(|(name, value)| vec![name.to_owned(), value]),
        text,
    );
}

fn image(image: &ImageView, text: &mut String) {
    let names = image.names.iter().map(|name| span(name));
    let names = names.collect::<Vec<_>>().join(", ");
    let colon = if names.is_empty() { "" } else { ": " };
    // Writing to a text does not fail.
    let _ = write!(text, "\n## Image {}{colon}{names}\n\n", image.number);
    let platform = image
        .platform
        .as_ref()
        .map(|platform| Platform::from(platform).to_string());
    let checked = |digest: &Option<String>, verdict: &Option<Verification>| {
        let digest = digest.as_deref()?;
        let verdict = verdict
            .as_ref()
            .map(|verdict| format!(", {}", status(verdict)));
        Some(format!("{}{}", span(digest), verdict.unwrap_or_default()))
    };
    let via = image.via.iter().map(|digest| span(digest));
    let via = via.collect::<Vec<_>>().join(", ");
    let rows = [
        ("Platform", platform.as_deref().map(span)),
        ("Manifest", checked(&image.digest, &image.manifest)),
        ("Image ID", checked(&image.image_id, &image.config)),
        ("Listed by", Some(via).filter(|via| !via.is_empty())),
        ("Chain ID", image.chain_id.as_deref().map(span)),
        ("Created", image.created.as_deref().map(span)),
    ];
    let rows = rows
        .into_iter()
        .filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
    table(&["", ""], rows, text);
    text.push_str("\n### Layers\n\n");
    let header = ["", "stored", "unpacked", "digest", "diff ID", "made by"];
    let layers = image.layers.iter().map(|layer| self::layer(image, layer));
    table(&header, layers, text);
    if !image.cache_keys.is_empty() {
        text.push_str("\n### BuildKit cache keys\n\n");
        let header = ["index", "reference", "platform", "key"];
        table(&header, image.cache_keys.iter().map(cache_key), text);
    }
    let layers = image.layers.iter().flat_map(|layer| &layer.diagnostics);
    let all: Vec<Diagnostic> = image.diagnostics.iter().chain(layers).cloned().collect();
    findings(&all, "### Findings", text);
}

fn cache(cache: &CacheView, text: &mut String) {
    let names = cache.names.iter().map(|name| span(name));
    let names = names.collect::<Vec<_>>().join(", ");
    let colon = if names.is_empty() { "" } else { ": " };
    // Writing to a text does not fail.
    let _ = write!(text, "\n## Build cache {}{colon}{names}\n\n", cache.number);
    let imported = if cache.imported { "yes" } else { "no" };
    let rows = [
        ("Manifest", span(&cache.digest)),
        ("Config", span(&cache.config)),
        ("Imported by BuildKit", imported.to_owned()),
        (
            "Records",
            format!(
                "{}, {} without a result",
                cache.records, cache.without_result
            ),
        ),
        (
            "Layers",
            format!(
                "{}, {} not in the archive",
                cache.layers, cache.missing_layers
            ),
        ),
    ];
    let rows = rows
        .into_iter()
        .map(|(name, value)| vec![name.to_owned(), value]);
    table(&["", ""], rows, text);
    findings(&cache.diagnostics, "### Findings", text);
}

fn layer(image: &ImageView, layer: &LayerView) -> Vec<String> {
    let compression = layer
        .compression
        .filter(|compression| *compression != Compression::None);
    let compression = compression.map(|compression| format!(", {}", compression.name()));
    let stored = layer.actual_size.map(bytes).or_else(|| {
        let declared = layer.size.as_deref().filter(|size| !size.is_empty())?;
        Some(format!("{} declared", span(declared)))
    });
    let digest = layer.digest.as_deref().or(layer.member.as_deref());
    let diff_id = layer
        .diff_id
        .expected
        .as_deref()
        .or(layer.diff_id.computed.as_deref());
    let history = layer.history.and_then(|entry| {
        let entry = image.history.get(usize::try_from(entry).ok()?)?;
        let command = entry.command.as_ref()?;
        let words = [command.instruction.as_str(), command.arguments.as_str()];
        let words = words.into_iter().filter(|word| !word.is_empty());
        Some(cut(&words.collect::<Vec<_>>().join(" ")))
    });
    vec![
        layer.number.to_string(),
        stored.unwrap_or_default() + &compression.unwrap_or_default(),
        layer.unpacked_size.map(bytes).unwrap_or_default(),
        verdict(digest, &layer.verification),
        verdict(diff_id, &layer.diff_id),
        history.as_deref().map(span).unwrap_or_default(),
    ]
}

fn verdict(digest: Option<&str>, verification: &Verification) -> String {
    let digest = digest.map(|digest| format!("{}, ", span(digest)));
    let mut text = digest.unwrap_or_default() + &status(verification);
    if verification.status == Status::Mismatch
        && verification.computed != verification.expected
        && let Some(computed) = &verification.computed
    {
        text = format!("{text}, computed {}", span(computed));
    }
    text
}

/// Characters of a command that a table has room for.
const COMMAND: usize = 120;

fn cut(command: &str) -> String {
    let mut characters = command.chars();
    let start: String = characters.by_ref().take(COMMAND).collect();
    match characters.next() {
        None => start,
        Some(_) => start + "…",
    }
}

fn cache_key(key: &CacheKeyView) -> Vec<String> {
    vec![
        key.index.to_string(),
        key.reference.as_deref().map(span).unwrap_or_default(),
        span(&Platform::from(&key.platform).to_string()),
        span(&key.key),
    ]
}

fn findings(findings: &[Diagnostic], title: &str, text: &mut String) {
    if findings.is_empty() {
        return;
    }
    let _ = write!(text, "\n{title}\n\n");
    let rows = findings.iter().map(|finding| {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let layer = finding.layer.map(|layer| format!("layer {layer}"));
        // Escaped already.
        let places = [&finding.path, &finding.blob].into_iter().flatten();
        let places = places.map(|place| code(place)).chain(layer);
        vec![
            severity.to_owned(),
            code(&finding.code),
            code(&finding.message),
            places.collect::<Vec<_>>().join(", "),
        ]
    });
    table(&["", "code", "finding", "where"], rows, text);
}

fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, text: &mut String) {
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        for cell in cells {
            text.push_str("| ");
            text.push_str(cell);
            text.push(' ');
        }
        text.push_str("|\n");
    };
    line(&mut header.iter().copied());
    line(&mut header.iter().map(|_| "---"));
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
}

fn status(verification: &Verification) -> String {
    let status = verification.status.name();
    match verification.reason {
        Some(reason) => format!("{status} ({})", reason.name()),
        None => status.to_owned(),
    }
}

fn counts(counts: &StatusCounts) -> String {
    let all = [
        (counts.verified, "verified"),
        (counts.mismatch, "mismatch"),
        (counts.missing, "missing"),
        (counts.not_checked, "not checked"),
    ];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    let some = some.map(|(count, status)| format!("{count} {status}"));
    let text = some.collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        "none".to_owned()
    } else {
        text
    }
}

/// `1,234,567 B`.
fn bytes(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + " B"
}

/// Text of an image as code.
fn span(text: &str) -> String {
    code(&escape(text.as_bytes()))
}

/// Escaped text as a code span inside a table: between more backticks than it
/// holds in a row. GitHub's tables take `\|` for a bar; escaping doubles every
/// backslash, so that none before it is alone.
fn code(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let runs = line.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    let is_edge = |text: &str| text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if is_edge(&line) || line.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{}{pad}{fence}", line.replace('|', "\\|"))
}
