//! The page and its packages: npm and Vite.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::stamp::{self, Inputs};
use crate::{sample, server, system, toolchain, wasm, workspace};

/// The built page.
pub fn dist() -> PathBuf {
    workspace::web().join("dist")
}

/// npm's own record of what it installed.
pub fn installed_lock() -> PathBuf {
    workspace::web().join("node_modules/.package-lock.json")
}

/// The packages of the lock file, in `web/node_modules`.
pub fn install() -> Result<()> {
    let web = workspace::web();
    let (_node, version) = system::node()?;
    let inputs = Inputs::new()
        .text("node", &version)
        .text("platform", std::env::consts::OS)
        .text("architecture", std::env::consts::ARCH)
        .path(&web.join("package.json"), &[])?
        .path(&web.join("package-lock.json"), &[])?
        .path(&web.join(".npmrc"), &[])?;
    stamp::stage("npm", &inputs, &[&installed_lock()], || {
        println!("installing the packages of web/package-lock.json");
        workspace::run(system::npm()?.args(["ci", "--loglevel=error"]))
            .context("npm could not install the packages of web/package-lock.json")
    })?;
    Ok(())
}

/// What page and package are built from: packages, modules and the sample.
pub fn prepare() -> Result<()> {
    let toolchain = toolchain::find()?;
    println!("wasm toolchain: {toolchain}");
    wasm::build(&toolchain)?;
    sample::write(&workspace::web().join("public/sample.oci.tar"))
        .context("the sample archive could not be written")
}

/// Modules and page: everything that `web/dist` needs.
pub fn build() -> Result<()> {
    prepare()?;
    let web = workspace::web();
    let inputs = Inputs::new()
        .text("how", include_str!("web.rs"))
        .path(&installed_lock(), &[])?
        .path(
            &web,
            &[
                "node_modules",
                "dist",
                "test",
                "e2e",
                "bench",
                "package",
                "package-test",
            ],
        )?;
    stamp::stage("dist", &inputs, &[&dist()], || {
        println!("building web/dist");
        script("build", &[], Vec::new())
    })?;
    Ok(())
}

/// Runs a script of `web/package.json` with arguments and with more environment.
pub fn script(name: &str, arguments: &[&str], env: Vec<(&str, OsString)>) -> Result<()> {
    install()?;
    workspace::run(
        system::npm()?
            .args(["run", "--silent", name, "--"])
            .args(arguments)
            .envs(env),
    )
}

/// The same with the built page served as `serve` does.
pub fn script_on_page(
    name: &str,
    arguments: &[&str],
    mut env: Vec<(&str, OsString)>,
) -> Result<()> {
    build()?;
    let log = workspace::target().join(format!("{name}-server.log"));
    let server = server::start(&dist(), [0], server::PAGE_POLICY, Some(&log))?;
    env.extend([
        ("OCI_LENS_URL", server.url().into()),
        ("OCI_LENS_SERVER_LOG", log.into()),
    ]);
    script(name, arguments, env)
}

/// The same with a Chromium at hand.
pub fn script_with_browser(
    name: &str,
    arguments: &[&str],
    mut env: Vec<(&str, OsString)>,
) -> Result<()> {
    env.push(("OCI_LENS_CHROMIUM", system::chromium()?.into()));
    script_on_page(name, arguments, env)
}
