//! What the page weighs: each file raw, by gzip and by brotli, and what is fetched before the first
//! list shows. Node compresses: it is there anyway, and no crate has to be built for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::wasm::{Module, Variant};
use crate::{system, web, workspace};

/// The most that a first visit may fetch, compressed by brotli: little more than it does.
const FIRST_LOAD_LIMIT: u64 = 185_000;

/// Chunks that the page's manifest does not follow, since a worker is started by its address: the
/// engine worker and the glue of its first module.
const CHUNKS: [&str; 2] = ["worker", "list"];

/// Prints the sizes raw, by gzip -9 and brotli -11 of each file named.
const COMPRESS: &str = "
const { readFileSync } = require('node:fs');
const { gzipSync, brotliCompressSync, constants } = require('node:zlib');
for (const file of process.argv.slice(1)) {
  const raw = readFileSync(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
  };
  console.log(raw.length, gzipSync(raw, { level: 9 }).length, brotliCompressSync(raw, { params }).length);
}
";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Prints the sizes; too large a first load is an error.
pub fn check() -> Result<()> {
    let total = print()?;
    if total > FIRST_LOAD_LIMIT {
        bail!("a first load of {total} bytes is over the budget of {FIRST_LOAD_LIMIT}");
    }
    Ok(())
}

/// Prints the sizes and returns that of the first load.
pub fn print() -> Result<u64> {
    web::build()?;
    let dist = web::dist();
    let files = files(&dist)?;
    let first = first_load(&dist, &files)?;
    println!("{:>10} {:>10} {:>10}", "raw", "gzip", "brotli");
    let mut total = 0;
    for (file, size) in files.iter().zip(measure(&dist, &files)?) {
        let mark = if first.contains(file) { "*" } else { " " };
        println!(
            "{:>10} {:>10} {:>10} {mark} {file}",
            size.raw, size.gzip, size.brotli
        );
        if first.contains(file) {
            total += size.brotli;
        }
    }
    println!("* fetched before the first list shows");
    println!("first load: {} kB", total.div_ceil(1000));
    Ok(total)
}

/// The page's files by their addresses, in order; what starts with a dot is never served.
fn files(dist: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(dist.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let path = folder.join(&name);
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                files.insert(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(files)
}

fn measure(dist: &Path, files: &BTreeSet<String>) -> Result<Vec<Size>> {
    let (node, _version) = system::node()?;
    let text = workspace::output(
        Command::new(node)
            .args(["--eval", COMPRESS])
            .args(files.iter().map(|file| dist.join(file))),
    )?;
    text.lines()
        .map(|line| {
            let mut numbers = line.split(' ').map(str::parse::<u64>);
            let mut number = || {
                numbers
                    .next()
                    .context("three sizes a file")?
                    .context(line.to_owned())
            };
            Ok(Size {
                raw: number()?,
                gzip: number()?,
                brotli: number()?,
            })
        })
        .collect()
}

/// The page with what it names, its entry with all static imports and styles, the workers, and the
/// module that a current browser takes.
fn first_load(dist: &Path, files: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let manifest = dist.join(".vite/manifest.json");
    let text = fs::read_to_string(&manifest)
        .with_context(|| format!("cannot read {}", manifest.display()))?;
    let mut first = static_imports(&serde_json::from_str(&text)?, "index.html")?;
    first.insert("index.html".to_owned());
    let page = fs::read_to_string(dist.join("index.html"))?;
    first.extend(
        named_by(&page)
            .filter(|file| files.contains(*file))
            .map(str::to_owned),
    );
    for chunk in CHUNKS {
        let candidates = chunks_called(files, chunk);
        // Each build of the module has its glue, and a browser takes one: the larger, to be safe.
        let size = |file: &&str| fs::metadata(dist.join(file)).map_or(0, |data| data.len());
        let largest = candidates.into_iter().max_by_key(size);
        let largest = largest.with_context(|| format!("web/dist has no chunk called {chunk}"))?;
        let folder = largest.strip_suffix(file_name(largest)).unwrap_or_default();
        let code = fs::read_to_string(dist.join(largest))?;
        first.extend(imported_by(&code).map(|name| format!("{folder}{name}")));
        first.insert(largest.to_owned());
    }
    let module = fs::read(Variant::Simd.wasm(Module::List))?;
    let mut same = files.iter().filter(|file| {
        file.ends_with(".wasm") && fs::read(dist.join(file)).is_ok_and(|bytes| bytes == module)
    });
    first.insert(
        same.next()
            .context("web/dist lacks the list with simd128")?
            .clone(),
    );
    Ok(first)
}

/// A chunk of Vite's manifest with its styles and assets, and those of all it imports statically.
fn static_imports(manifest: &Value, entry: &str) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![entry.to_owned()];
    while let Some(key) = open.pop() {
        if !seen.insert(key.clone()) {
            continue;
        }
        let chunk = manifest
            .get(&key)
            .with_context(|| format!("Vite's manifest has no {key:?}"))?;
        let strings = |name: &str| {
            let list = chunk.get(name).and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
        };
        files.extend(chunk.get("file").and_then(Value::as_str).map(str::to_owned));
        files.extend(strings("css"));
        open.extend(strings("imports"));
    }
    Ok(files)
}

/// What a page links to or loads by itself, of its own folder; the sample only waits for its button.
fn named_by(page: &str) -> impl Iterator<Item = &str> {
    ["src=\"./", "href=\"./"]
        .into_iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

/// What a chunk imports from beside itself; what it may load later is in brackets, and not found.
fn imported_by(code: &str) -> impl Iterator<Item = &str> {
    ["from\"./", "import\"./"]
        .into_iter()
        .flat_map(|import| code.split(import).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// The files called `NAME-<content>.js`.
fn chunks_called<'a>(files: &'a BTreeSet<String>, name: &str) -> Vec<&'a str> {
    let is_called = |file: &&str| {
        // Vite's content names have eight characters, of which any may be a dash.
        file_name(file)
            .strip_suffix(".js")
            .and_then(|base| base.strip_prefix(name)?.strip_prefix('-'))
            .is_some_and(|content| content.len() == 8)
    };
    files.iter().map(String::as_str).filter(is_called).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_load_follows_static_imports_only() -> Result<()> {
        let manifest = serde_json::json!({
            "index.html": {
                "file": "assets/index-1.js",
                "css": ["assets/index-1.css"],
                "imports": ["_shared.js"],
                "dynamicImports": ["src/later.ts"],
            },
            "_shared.js": { "file": "assets/shared-1.js", "imports": ["index.html"] },
            "src/later.ts": { "file": "assets/later-1.js" },
        });
        let files = static_imports(&manifest, "index.html")?;
        assert_eq!(
            files.iter().map(String::as_str).collect::<Vec<_>>(),
            [
                "assets/index-1.css",
                "assets/index-1.js",
                "assets/shared-1.js"
            ]
        );
        assert_eq!(
            static_imports(&manifest, "page.html")
                .expect_err("absent")
                .to_string(),
            "Vite's manifest has no \"page.html\""
        );
        Ok(())
    }

    #[test]
    fn a_page_names_files_of_its_folder() {
        let page = r#"<link rel="icon" href="./icon.svg" /><a href="https://x.invalid/">x</a>
            <script type="module" src="./assets/page.js"></script>
            <oci-lens sample="./sample.oci.tar"></oci-lens>"#;
        let mut named: Vec<_> = named_by(page).collect();
        named.sort_unstable();
        assert_eq!(named, ["assets/page.js", "icon.svg"]);
    }

    #[test]
    fn a_chunk_imports_what_is_not_in_brackets() {
        let code = r#"import{a as b}from"./shared-1.js";import"./side.js";import("./later.js")"#;
        assert_eq!(
            imported_by(code).collect::<Vec<_>>(),
            ["shared-1.js", "side.js"]
        );
    }

    #[test]
    fn a_chunk_is_found_by_its_name() {
        let files = [
            "assets/scan-worker-aBc-_123.js",
            "assets/worker-12345678.js",
            "worker.js",
        ];
        let files = files.into_iter().map(str::to_owned).collect();
        let cases: [(&str, &[&str]); 3] = [
            ("worker", &["assets/worker-12345678.js"]),
            ("scan-worker", &["assets/scan-worker-aBc-_123.js"]),
            ("other", &[]),
        ];
        for (name, expected) in cases {
            assert_eq!(chunks_called(&files, name), expected, "{name}");
        }
    }
}
