//! Licences of the crates that the wasm modules are made of, for whoever passes the modules on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::toolchain::TARGET;
use crate::wasm::Module;
use crate::workspace;

/// What is in every module, and in no list of cargo's.
const STANDARD_LIBRARY: &str = "\
Rust's standard library (MIT OR Apache-2.0), taken under the Apache License 2.0: see LICENSE-APACHE.
https://github.com/rust-lang/rust
";

/// Each licence text once, below the crates that it is of.
pub fn of_crates() -> Result<String> {
    let metadata = workspace::output(workspace::cargo().args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--filter-platform",
        TARGET,
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut crates_by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in bundled(&metadata)? {
        let text = |name: &str| package.get(name).and_then(Value::as_str);
        let licence = text("license").unwrap_or("as in its file");
        let name = text("name").context("a package has a name")?;
        let version = text("version").context("a package has a version")?;
        let manifest = text("manifest_path").context("a package has a manifest")?;
        let folder = Path::new(manifest)
            .parent()
            .context("a manifest is in a folder")?;
        let texts = licence_texts(folder)?;
        ensure!(
            !texts.is_empty(),
            "the crate {name} has no licence to pass on"
        );
        for text in texts {
            let of = crates_by_text.entry(text).or_default();
            of.push(format!("crate {name} {version} ({licence})"));
        }
    }
    let mut texts: Vec<_> = crates_by_text.into_iter().collect();
    texts.sort_by(|(_text, of), (_other, of_other)| of.cmp(of_other));
    let mut all = String::from(STANDARD_LIBRARY);
    for (text, of) in texts {
        all.push_str(&format!("\n\n{}\n\n{text}\n", of.join("\n")));
    }
    Ok(all)
}

/// Packages of others that are linked into the modules: neither what builds them nor what macros need.
fn bundled(metadata: &Value) -> Result<Vec<&Value>> {
    let list = |value: &'static str, of: &'_ Value| -> Vec<Value> {
        of.get(value)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let packages = metadata.get("packages").and_then(Value::as_array);
    let packages: BTreeMap<&str, &Value> = packages
        .context("cargo names packages")?
        .iter()
        .filter_map(|package| Some((package.get("id")?.as_str()?, package)))
        .collect();
    let nodes = metadata.pointer("/resolve/nodes").and_then(Value::as_array);
    let nodes: BTreeMap<&str, &Value> = nodes
        .context("cargo resolves packages")?
        .iter()
        .filter_map(|node| Some((node.get("id")?.as_str()?, node)))
        .collect();
    let is_macro = |package: &Value| {
        list("targets", package)
            .iter()
            .any(|target| list("kind", target).contains(&"proc-macro".into()))
    };
    let modules = Module::ALL.map(Module::package);
    let mut open: Vec<String> = packages
        .iter()
        .filter(|(_id, package)| {
            let name = package.get("name").and_then(Value::as_str);
            modules.iter().any(|module| name == Some(module))
        })
        .map(|(id, _package)| (*id).to_owned())
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let package = packages.get(id.as_str()).context("a package is listed")?;
        if is_macro(package) || !seen.insert(id.clone()) {
            continue;
        }
        let node = nodes.get(id.as_str()).context("a package is resolved")?;
        for dependency in list("deps", node) {
            let is_linked = |kind: &Value| kind.get("kind").is_some_and(Value::is_null);
            if list("dep_kinds", &dependency).iter().any(is_linked) {
                let id = dependency.get("pkg").and_then(Value::as_str);
                open.push(id.context("a dependency is a package")?.to_owned());
            }
        }
    }
    let own = |package: &Value| package.get("source").is_some_and(Value::is_null);
    Ok(packages
        .into_iter()
        .filter(|(id, package)| seen.contains(*id) && !own(package))
        .map(|(_id, package)| package)
        .collect())
}

/// A choice between several is made for MIT.
fn licence_texts(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let upper = name.to_uppercase();
        let is_licence = ["LICEN", "COPYING", "NOTICE"]
            .iter()
            .any(|start| upper.starts_with(start));
        if is_licence && folder.join(&name).is_file() {
            names.push(name);
        }
    }
    if let Some(mit) = names
        .iter()
        .find(|name| name.to_uppercase().ends_with("MIT"))
    {
        names = vec![mit.clone()];
    }
    names
        .iter()
        .map(|name| {
            let text = fs::read_to_string(folder.join(name))?;
            Ok(text.replace("\r\n", "\n").trim().to_owned())
        })
        .collect()
}
