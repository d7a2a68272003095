//! `oci-lens cache`: what `--cache-to` exported, and what an importer finds in it.

use std::io::Write;
use std::num::NonZeroUsize;

use clap::{Args, Subcommand};
use oci_lens::buildkit::cache_config::CacheChains;
use oci_lens::diagnostic::escape;
use oci_lens::image::Inspection;
use oci_lens::image::cache_pages::CacheQuery;
use oci_lens::image::caches_compared::BaseImage;
use oci_lens::image::select::select_one;
use oci_lens::report::{
    CacheAnswer, CacheChange, CacheChoice, CacheCompareView, CacheRecordView, CacheResultView,
    CacheSide, CacheView, Failure,
};
use serde::Serialize;

use crate::open::{Source, open};
use crate::words::word;
use crate::{Stop, scan};

/// Found; nothing differs; BuildKit imports it.
const YES: u8 = 0;
/// Not found; something differs; BuildKit does not import it.
const NO: u8 = 1;
/// Records that are asked for at a time.
const PAGE: u32 = 1_000;

#[derive(Subcommand)]
pub enum CacheCommand {
    /// List an archive's build caches, or the records and layers of one
    Inspect {
        #[command(flatten)]
        chosen: Chosen,
        /// Print the config as BuildKit would export it again
        #[arg(long, conflicts_with = "json")]
        config: bool,
        /// JSON lines: the cache, then one for each record
        #[arg(long)]
        json: bool,
    },
    /// Say whether a cache has a record of a key
    Probe {
        #[command(flatten)]
        chosen: Chosen,
        /// Digest of a record
        key: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the layers that a key leads to, and their chain ID
    Lookup {
        #[command(flatten)]
        chosen: Chosen,
        /// Digest of a record
        key: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Threads that verify layers; as many as there are processors unless given
        #[arg(long, value_name = "N")]
        workers: Option<NonZeroUsize>,
    },
    /// Compare two caches: the first records that a build would not find again
    Diff(Diff),
}

#[derive(Args)]
pub struct Chosen {
    /// A tar, a folder, or - for standard input
    archive: String,
    /// Number of the cache, where the archive holds several
    #[arg(long, value_name = "N")]
    cache: Option<u32>,
}

#[derive(Args)]
pub struct Diff {
    /// A tar, a folder, or - for standard input
    left: String,
    /// Another, or the same for two of its caches
    right: String,
    /// Number of the cache in the first archive
    #[arg(long, value_name = "N")]
    cache_a: Option<u32>,
    /// Number of the cache in the second archive
    #[arg(long, value_name = "N")]
    cache_b: Option<u32>,
    /// Archive of the image that the first build was based on
    #[arg(long, value_name = "ARCHIVE")]
    base_a: Option<String>,
    /// Archive of the image that the second build was based on
    #[arg(long, value_name = "ARCHIVE")]
    base_b: Option<String>,
    /// Number, name, manifest digest or image ID of the first base
    #[arg(long, value_name = "IMAGE", requires = "base_a")]
    image_a: Option<String>,
    /// The same of the second base
    #[arg(long, value_name = "IMAGE", requires = "base_b")]
    image_b: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &CacheCommand, output: &mut impl Write) -> Result<u8, Stop> {
    match command {
        CacheCommand::Inspect {
            chosen,
            config,
            json,
        } => inspect(chosen, *config, *json, output),
        CacheCommand::Probe { chosen, key, json } => {
            let (inspection, cache) = choose(&chosen.archive, chosen.cache)?;
            let answer = answer(&inspection, cache, key)?;
            if *json {
                print_json(&answer, output)?;
            } else {
                writeln!(output, "{}", if answer.probe { "yes" } else { "no" })?;
            }
            Ok(if answer.probe { YES } else { NO })
        }
        CacheCommand::Lookup {
            chosen,
            key,
            json,
            workers,
        } => {
            let (mut inspection, cache) = choose(&chosen.archive, chosen.cache)?;
            scan::all(&mut inspection, *workers, false);
            let answer = answer(&inspection, cache, key)?;
            if *json {
                print_json(&answer, output)?;
            } else {
                print_answer(&answer, output)?;
            }
            Ok(if answer.result.is_some() { YES } else { NO })
        }
        CacheCommand::Diff(arguments) => diff(arguments, output),
    }
}

fn failure(code: &str, message: String, hints: Vec<String>) -> Stop {
    Stop::Failure(Failure {
        code: code.to_owned(),
        message,
        seems: None,
        hints,
    })
}

/// Opens an archive and finds the one cache that is meant.
fn choose(archive: &str, number: Option<u32>) -> Result<(Inspection<Source>, u32), Stop> {
    let inspection = open(archive)?;
    let caches = inspection.report().caches;
    let number = match (number, caches.as_slice()) {
        (_, []) => {
            let message = format!("{archive} holds no build cache");
            return Err(failure("no-caches", message, Vec::new()));
        }
        (Some(number), _) => number,
        (None, [only]) => only.number,
        (None, several) => {
            let lines: Vec<String> = several
                .iter()
                .map(|it| format!("\n  {}", line(it)))
                .collect();
            let message = format!("several caches; choose one with --cache:{}", lines.concat());
            return Err(failure("several-caches", message, Vec::new()));
        }
    };
    if inspection.cache(number).is_some() {
        return Ok((inspection, number));
    }
    let (code, message) = match caches.get(number as usize) {
        None => ("no-such-cache", format!("there is no cache {number}")),
        Some(view) => {
            let finding = view
                .diagnostics
                .iter()
                .map(|it| it.message.as_str())
                .next_back();
            ("cache-unreadable", finding.unwrap_or_default().to_owned())
        }
    };
    Err(failure(code, message, Vec::new()))
}

fn answer(inspection: &Inspection<Source>, cache: u32, key: &str) -> Result<CacheAnswer, Stop> {
    inspection.cache_answer(cache, key).ok_or_else(|| {
        failure(
            "no-such-cache",
            format!("there is no cache {cache}"),
            Vec::new(),
        )
    })
}

fn print_json(value: &impl Serialize, output: &mut impl Write) -> Result<(), Stop> {
    serde_json::to_writer(&mut *output, value).map_err(std::io::Error::from)?;
    writeln!(output)?;
    Ok(())
}

fn line(cache: &CacheView) -> String {
    let names: Vec<String> = cache.names.iter().map(|it| escape(it.as_bytes())).collect();
    let parts = [
        cache.number.to_string(),
        word(&cache.carrier),
        escape(cache.digest.as_bytes()),
        names.join(", "),
    ];
    parts.join("  ").trim_end().to_owned()
}

fn inspect(chosen: &Chosen, config: bool, json: bool, output: &mut impl Write) -> Result<u8, Stop> {
    if chosen.cache.is_none() && !config {
        let report = open(&chosen.archive)?.report();
        if report.caches.len() > 1 {
            for cache in &report.caches {
                if json {
                    print_json(cache, output)?;
                } else {
                    print_cache(cache, output)?;
                }
            }
            let all = report.caches.iter().all(|cache| cache.imported);
            return Ok(if all { YES } else { NO });
        }
    }
    let (inspection, number) = choose(&chosen.archive, chosen.cache)?;
    let caches = inspection.report().caches;
    let (Some(view), Some(cache)) = (caches.get(number as usize), inspection.cache(number)) else {
        return Ok(NO);
    };
    if config {
        let chains = CacheChains::of_cache(cache)
            .map_err(|error| failure(error.code(), error.to_string(), Vec::new()))?;
        writeln!(output, "{}", chains.config().to_json())?;
        return Ok(YES);
    }
    if json {
        print_json(view, output)?;
    } else {
        print_cache(view, output)?;
    }
    let query = CacheQuery {
        choice: CacheChoice::All,
        text: "",
        layer: None,
    };
    let mut offset = 0;
    while let Some(page) = inspection.cache_records(number, &query, offset, PAGE) {
        if page.records.is_empty() {
            break;
        }
        offset += PAGE;
        for row in page.records {
            let Some(record) = inspection.cache_record(number, row.number) else {
                continue;
            };
            if json {
                print_json(&record, output)?;
            } else {
                print_record(&record, output)?;
            }
        }
    }
    Ok(if view.imported { YES } else { NO })
}

fn print_cache(cache: &CacheView, output: &mut impl Write) -> Result<(), Stop> {
    writeln!(output, "cache {}", line(cache))?;
    writeln!(
        output,
        "  {} records on {} levels, {} roots, {} without a result; {} layers, {} not in the archive",
        cache.records,
        cache.levels,
        cache.roots,
        cache.without_result,
        cache.layers,
        cache.missing_layers
    )?;
    for finding in &cache.diagnostics {
        let blob = finding.blob.as_deref().unwrap_or_default();
        let text = format!(
            "  {}: {} {}",
            finding.code,
            finding.message,
            escape(blob.as_bytes())
        );
        writeln!(output, "{}", text.trim_end())?;
    }
    Ok(())
}

fn print_record(record: &CacheRecordView, output: &mut impl Write) -> Result<(), Stop> {
    let row = &record.row;
    let level = row.level.map_or("-".to_owned(), |level| level.to_string());
    let outcome = word(&row.outcome);
    let digest = escape(row.digest.as_bytes());
    write!(
        output,
        "{:>6} level {level:>3} {outcome:<10} {digest}",
        row.number
    )?;
    for input in &record.inputs {
        let links = input.iter().map(|link| match &link.selector {
            Some(selector) => format!("{}:{}", link.record, escape(selector.as_bytes())),
            None => link.record.to_string(),
        });
        write!(output, "  [{}]", links.collect::<Vec<_>>().join(" or "))?;
    }
    if row.layers > 0 {
        write!(output, "  {} layers", row.layers)?;
    }
    writeln!(output)?;
    Ok(())
}

fn print_answer(answer: &CacheAnswer, output: &mut impl Write) -> Result<(), Stop> {
    if let Some(refused) = &answer.refused {
        writeln!(output, "refused: {refused}")?;
    }
    writeln!(
        output,
        "{}",
        if answer.probe { "known" } else { "not known" }
    )?;
    match &answer.result {
        Some(result) => print_result(result, output)?,
        None => writeln!(output, "no layers")?,
    }
    for key in &answer.content_mapping {
        writeln!(output, "content of {}", escape(key.as_bytes()))?;
    }
    Ok(())
}

fn print_result(result: &CacheResultView, output: &mut impl Write) -> Result<(), Stop> {
    for layer in &result.layers {
        let diff_id = layer.diff_id.expected.as_deref().unwrap_or("-");
        writeln!(
            output,
            "layer {}  {}  {}  {}",
            layer.number,
            escape(layer.blob.as_bytes()),
            escape(diff_id.as_bytes()),
            layer.verification.status.name()
        )?;
    }
    if let Some(chain_id) = &result.chain_id {
        writeln!(output, "chain ID {}", escape(chain_id.as_bytes()))?;
    }
    Ok(())
}

fn base(archive: Option<&str>, image: Option<&str>) -> Result<Option<BaseImage>, Stop> {
    let Some(archive) = archive else {
        return Ok(None);
    };
    let inspection = open(archive)?;
    let report = inspection.report();
    let number = select_one(&report.images, image, None)?.number;
    Ok(inspection.base_image(number))
}

fn diff(arguments: &Diff, output: &mut impl Write) -> Result<u8, Stop> {
    let (left, one) = choose(&arguments.left, arguments.cache_a)?;
    let (right, other) = choose(&arguments.right, arguments.cache_b)?;
    let base_a = base(arguments.base_a.as_deref(), arguments.image_a.as_deref())?;
    let base_b = base(arguments.base_b.as_deref(), arguments.image_b.as_deref())?;
    let bases = (base_a.as_ref(), base_b.as_ref());
    let Some(view) = left.compare_caches(one, &right, other, bases) else {
        return Ok(NO);
    };
    if arguments.json {
        print_json(&view, output)?;
    } else {
        print_diff(&view, output)?;
    }
    let same = view.left.only == 0 && view.right.only == 0 && view.other_layers == 0;
    Ok(if same && !view.cut { YES } else { NO })
}

fn print_diff(view: &CacheCompareView, output: &mut impl Write) -> Result<(), Stop> {
    writeln!(
        output,
        "{} of {} records are found again, {} of them with other layers; {} layers in both, {} bytes",
        view.matched, view.right.records, view.other_layers, view.shared_layers, view.shared_bytes
    )?;
    print_side('D', &view.left, output)?;
    print_side('A', &view.right, output)?;
    for rebuilt in &view.rebuilt {
        writeln!(
            output,
            "M {} {}  layer {} differs",
            rebuilt.right.number,
            escape(rebuilt.right.digest.as_bytes()),
            rebuilt.first_layer
        )?;
    }
    for base in &view.bases {
        let side = if base.is_left { "a" } else { "b" };
        let places = match (base.in_left, base.in_right) {
            (true, true) => "in both",
            (true, false) => "in the first alone",
            (false, true) => "in the second alone",
            (false, false) => "in neither",
        };
        writeln!(
            output,
            "base {side} key {} {}  {places}",
            base.index, base.record
        )?;
    }
    for finding in &view.images {
        let values = finding.values.iter();
        let values = values.map(|it| format!("  {}={}", it.key, escape(it.value.as_bytes())));
        writeln!(
            output,
            "images {}{}",
            word(&finding.reason),
            values.collect::<String>()
        )?;
    }
    if view.cut {
        writeln!(output, "not all records were compared: a limit was reached")?;
    }
    Ok(())
}

fn print_side(letter: char, side: &CacheSide, output: &mut impl Write) -> Result<(), Stop> {
    for (indent, changes) in [("", &side.first), ("  ", &side.later)] {
        for CacheChange { record, miss, .. } in changes {
            let digest = escape(record.digest.as_bytes());
            writeln!(
                output,
                "{indent}{letter} {} {digest}  {}",
                record.number,
                word(miss)
            )?;
        }
    }
    if side.layers > 0 {
        writeln!(
            output,
            "{letter} {} layers, {} bytes",
            side.layers, side.bytes
        )?;
    }
    Ok(())
}
