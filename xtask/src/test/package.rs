//! The npm package as others take it: bundled, served, opened from a disk, run by Node.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::Session;
use crate::stamp::{self, Inputs};
use crate::workspace::{self, cargo, target, web};
use crate::{pack, packages, system};

pub fn run(session: &Session) -> Result<()> {
    let chromium = system::chromium()?;
    let tarball = pack::build()?;
    crate::web::build()?;
    packages::install("package-test", &tarball)?;
    let mut env = session.env();
    if session.extra.docs {
        packages::install("package-test/docusaurus", &tarball)?;
        env.push(("OCI_LENS_DOCS", install_generators()?));
    }
    env.push(("OCI_LENS_PACKAGE", tarball.into()));
    env.push(("OCI_LENS_CHROMIUM", chromium.into()));
    crate::web::script("package-test", &[], env)
}

/// The generators that npm has not; returns the folders of their programs as a `PATH` has them.
fn install_generators() -> Result<OsString> {
    let folders = [install_from_pypi()?, install_from_crates()?];
    std::env::join_paths(folders).context("the target folder's name cannot be in a PATH")
}

fn install_from_pypi() -> Result<PathBuf> {
    let python = workspace::find_program("python3")
        .context("no `python3` found, which runs some generators: install it with its venv")?;
    let requirements = web().join("package-test/requirements.txt");
    let folder = target().join("generators/python");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let inputs = Inputs::new()
        .text("how", include_str!("package.rs"))
        .path(&requirements, &[])?;
    let installed = folder.join("pyvenv.cfg");
    stamp::stage("generators-python", &inputs, &[&installed], || {
        println!("installing what web/package-test/requirements.txt lists");
        workspace::run(
            Command::new(python)
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )
        .context("Python's venv is missing: on Debian it is the package python3-venv")?;
        workspace::run(
            Command::new(programs.join("pip"))
                .args(["install", "--quiet", "--requirement"])
                .arg(&requirements),
        )
    })?;
    Ok(programs)
}

fn install_from_crates() -> Result<PathBuf> {
    let list = web().join("package-test/crates.txt");
    let folder = target().join("generators/crates");
    let inputs = Inputs::new()
        .text("how", include_str!("package.rs"))
        .path(&list, &[])?;
    let installed = folder.join(".crates.toml");
    stamp::stage("generators-crates", &inputs, &[&installed], || {
        println!("installing what web/package-test/crates.txt lists");
        // As its binaries are made but for what serves and watches a book.
        workspace::run(
            cargo()
                .args(["install", "--quiet", "--locked", "--debug"])
                .args(["--no-default-features", "--features", "search", "--root"])
                .arg(&folder)
                .args(fs::read_to_string(&list)?.lines()),
        )
    })?;
    Ok(folder.join("bin"))
}
