//! What can be said without running anything.

use anyhow::Result;

use super::Session;
use crate::system;
use crate::wasm::Variant;
use crate::workspace::{cargo, run};

pub fn format(_session: &Session) -> Result<()> {
    system::cargo_component("fmt", "rustfmt")?;
    run(cargo().args(["fmt", "--all", "--check"]))
}

pub fn clippy(_session: &Session) -> Result<()> {
    system::cargo_component("clippy", "clippy")?;
    run(cargo()
        .args(["clippy", "--quiet", "--locked", "--workspace"])
        .args(["--all-targets", "--all-features", "--", "-D", "warnings"]))
}

pub fn clippy_wasm(session: &Session) -> Result<()> {
    let toolchain = session.toolchain()?;
    if !toolchain.has_clippy() {
        println!(
            "not checked: the toolchain of route {} has no clippy",
            toolchain.route
        );
        return Ok(());
    }
    run(toolchain
        .cargo("clippy", &Variant::Simd.rustflags())
        .args(["--quiet", "--workspace", "--exclude", "xtask"])
        .args(["--lib", "--tests"])
        .args(["--", "-D", "warnings"]))
}

pub fn doc(_session: &Session) -> Result<()> {
    run(cargo()
        .args(["doc", "--quiet", "--locked", "--package", "oci-lens"])
        .args(["--lib", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}
