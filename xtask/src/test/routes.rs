//! Each way to a wasm toolchain takes all modules, builds one, and Node loads what comes out: what
//! is needed to link it, all of them need.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::Session;
use crate::stamp;
use crate::system;
use crate::toolchain::{Route, Toolchain};
use crate::wasm::{self, Module, Variant};
use crate::workspace::{self, output, target};

/// The smallest that opens archives.
const MODULE: Module = Module::List;

/// Instantiates the module by its glue and prints the names of what it exports.
const LOAD: &str = "
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const [, folder, name] = process.argv;
const module = await import(pathToFileURL(`${folder}/${name}.js`));
module.initSync({ module: readFileSync(`${folder}/${name}_bg.wasm`) });
console.log(Object.keys(module).sort().join(' '));
";

pub fn run(session: &Session) -> Result<()> {
    let chosen = session.toolchain()?;
    let mut exports: Vec<(Route, String)> = Vec::new();
    for route in Route::ALL {
        let toolchain = match route.resolve() {
            Ok(toolchain) => toolchain,
            Err(error) => {
                println!("{route}: cannot be tried here: {error:#}");
                continue;
            }
        };
        let names = try_out(&toolchain, chosen)
            .with_context(|| format!("route {route} finds a toolchain that does not work"))?;
        println!("{toolchain}: builds, and Node loads it");
        exports.push((route, names));
    }
    let Some(((first, expected), others)) = exports.split_first() else {
        bail!("no route could be tried");
    };
    for (route, actual) in others {
        ensure!(
            actual == expected,
            "routes {first} and {route} export different names:\n{expected}\n{actual}"
        );
    }
    Ok(())
}

/// Has the compiler read all modules, without making anything of them: that takes minutes.
fn check(toolchain: &Toolchain, target: &Path) -> Result<()> {
    let packages = Module::ALL.map(|module| format!("--package={}", module.package()));
    workspace::run(
        toolchain
            .cargo("check", &Variant::Plain.rustflags())
            .arg("--quiet")
            .args(packages)
            .arg("--target-dir")
            .arg(target),
    )
}

/// The names that the module built by a toolchain exports.
fn try_out(toolchain: &Toolchain, chosen: &Toolchain) -> Result<String> {
    // What the page is made with, or was tried as another route, need not be compiled again.
    let is_chosen = toolchain.identity() == chosen.identity();
    let built = if is_chosen {
        Variant::Plain.target()
    } else {
        target().join(format!("wasm-plain-{}", toolchain.route))
    };
    let out = target().join("routes").join(toolchain.route.to_string());
    let inputs = wasm::inputs(toolchain, Variant::Plain)?.text("check", include_str!("routes.rs"));
    stamp::stage(
        &format!("route-{}", toolchain.route),
        &inputs,
        &[&out],
        || {
            wasm::compile_module(toolchain, Variant::Plain, &built, MODULE)?;
            if !is_chosen {
                check(toolchain, &built)?;
            }
            wasm::bind(MODULE, &built, &out)?;
            fs::write(out.join("package.json"), r#"{ "type": "module" }"#)?;
            Ok(())
        },
    )?;
    let (node, _version) = system::node()?;
    output(
        Command::new(node)
            .args(["--input-type=module", "--eval", LOAD])
            .arg(&out)
            .arg(MODULE.name()),
    )
}
