//! The built page in a real browser, served as `serve` does.

use std::path::PathBuf;

use anyhow::Result;

use super::Session;
use crate::system;
use crate::web;
use crate::workspace::{self, cargo, target};

pub fn run(session: &Session) -> Result<()> {
    let mut env = session.env();
    env.push(("OCI_LENS_BIN", build_command()?.into()));
    web::script_with_browser("e2e", &[], env)
}

/// The same page in another browser: opened, verified and embedded.
pub fn firefox(session: &Session) -> Result<()> {
    let mut env = session.env();
    env.push(("OCI_LENS_FIREFOX", system::firefox()?.into()));
    env.push(("OCI_LENS_GECKODRIVER", system::geckodriver()?.into()));
    web::script_on_page("firefox", &[], env)
}

/// The native command, whose answers the page's are compared with.
pub fn build_command() -> Result<PathBuf> {
    workspace::run(
        cargo()
            .args(["build", "--quiet", "--locked", "--package", "oci-lens"])
            .args(["--all-features", "--bin", "oci-lens"]),
    )?;
    let name = format!("oci-lens{}", std::env::consts::EXE_SUFFIX);
    Ok(target().join("debug").join(name))
}
