//! Rust tests, on this machine and as wasm.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Session;
use crate::wasm::Variant;
use crate::workspace::{cargo, root, run, target};
use crate::{PROFILE, system};

pub fn native(session: &Session) -> Result<()> {
    run(cargo()
        .args(["test", "--locked", "--workspace", "--exclude", "xtask"])
        .arg("--all-features")
        .envs(session.env()))?;
    // With the profile in which its dependencies are built already.
    run(cargo().args([
        "test",
        "--locked",
        "--package",
        "xtask",
        "--profile",
        PROFILE,
    ]))
}

pub fn wasm_simd(session: &Session) -> Result<()> {
    wasm(session, Variant::Simd)
}

pub fn wasm_plain(session: &Session) -> Result<()> {
    wasm(session, Variant::Plain)
}

fn wasm(session: &Session, variant: Variant) -> Result<()> {
    system::node()?;
    let runner = runner()?;
    let runner = runner
        .to_str()
        .context("the path of the workspace is not Unicode")?;
    let mut command = session.toolchain()?.cargo("test", &variant.rustflags());
    command
        .args([
            "--package",
            "oci-lens",
            "--profile",
            "wasm-test",
            "--target-dir",
        ])
        .arg(variant.target())
        // An array, since a plain string would be cut at spaces; TOML reads JSON's strings.
        .arg("--config")
        .arg(format!(
            "target.wasm32-unknown-unknown.runner = [{}]",
            serde_json::to_string(runner)?
        ))
        .args(["--test", "integration"]);
    // What only the boundary to JavaScript has.
    if root().join("tests/wasm.rs").exists() {
        command.args(["--test", "wasm"]);
    }
    run(command.envs(session.env()))
}

fn runner() -> Result<PathBuf> {
    const NAME: &str = "wasm-test-runner";
    run(cargo()
        .args(["build", "--quiet", "--locked", "--package", "xtask"])
        .args(["--profile", PROFILE, "--features", NAME, "--bin", NAME]))?;
    Ok(target()
        .join(PROFILE)
        .join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX)))
}
