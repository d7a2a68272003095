//! What can be said without running anything.

use anyhow::{Result, ensure};

use super::Session;
use crate::system;
use crate::wasm::Variant;
use crate::workspace::{self, cargo, run, target};

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
        .args(["doc", "--quiet", "--locked"])
        .args([
            "--package",
            "oci-lens-inflate",
            "--package",
            "oci-lens-sha256",
        ])
        .args(["--package", "oci-lens"])
        .args(["--lib", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// The crates as cargo would publish them, in this order, build without the rest of the repository.
pub fn crates(_session: &Session) -> Result<()> {
    let said = workspace::said(
        cargo()
            .args(["package", "--locked", "--allow-dirty", "--all-features"])
            .args([
                "--package",
                "oci-lens-inflate",
                "--package",
                "oci-lens-sha256",
            ])
            .args(["--package", "oci-lens"])
            // Else what they depend on would be built for each, and for the tests again.
            .env("CARGO_TARGET_DIR", target()),
    )?;
    // Tests read fixtures, which stay here.
    let mut warnings = said
        .lines()
        .filter(|line| line.contains("warning"))
        .filter(|line| {
            let left_out = ["integration", "memory"].map(|test| format!("ignoring test `{test}`"));
            !left_out.iter().any(|known| line.contains(known))
        });
    ensure!(warnings.next().is_none(), "cargo warns:\n{said}");
    Ok(())
}
