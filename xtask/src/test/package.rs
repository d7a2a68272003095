//! The npm package as others take it: bundled, served, opened from a disk, run by Node.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Session;
use crate::stamp::{self, Inputs};
use crate::workspace::{self, web};
use crate::{pack, system};

pub fn run(session: &Session) -> Result<()> {
    let chromium = system::chromium()?;
    let tarball = pack::build()?;
    crate::web::build()?;
    install(&tarball)?;
    let mut env = session.env();
    env.push(("OCI_LENS_PACKAGE", tarball.into()));
    env.push(("OCI_LENS_CHROMIUM", chromium.into()));
    if session.extra.docs {
        env.push(("OCI_LENS_DOCS", install_generators()?.into()));
    }
    crate::web::script("package-test", &[], env)
}

/// Bundlers and checkers as their lock file names them, and the package beside them.
fn install(tarball: &Path) -> Result<()> {
    let folder = web().join("package-test");
    let (_node, version) = system::node()?;
    let inputs = Inputs::new()
        .text("how", include_str!("package.rs"))
        .text("node", &version)
        .path(&folder.join("package.json"), &[])?
        .path(&folder.join("package-lock.json"), &[])?
        .path(tarball, &[])?;
    let installed = folder.join("node_modules/.package-lock.json");
    stamp::stage("package-test", &inputs, &[&installed], || {
        println!("installing the packages of web/package-test/package-lock.json");
        let npm = |words: &[&str]| {
            workspace::run(
                system::npm()?
                    .current_dir(&folder)
                    .args(words)
                    .arg("--loglevel=error"),
            )
        };
        npm(&["ci"]).context("npm could not install the packages of web/package-test")?;
        let tarball = tarball.display().to_string();
        npm(&["install", "--no-save", "--prefer-offline", &tarball])
            .context("npm could not install the package")
    })?;
    Ok(())
}

/// Documentation generators that Python runs; returns the folder of their programs.
fn install_generators() -> Result<PathBuf> {
    let python = workspace::find_program("python3")
        .context("no `python3` found, which runs some generators: install it with its venv")?;
    let requirements = web().join("package-test/requirements.txt");
    let folder = workspace::target().join("generators");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let inputs = Inputs::new()
        .text("how", include_str!("package.rs"))
        .path(&requirements, &[])?;
    stamp::stage("generators", &inputs, &[&folder.join("pyvenv.cfg")], || {
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
