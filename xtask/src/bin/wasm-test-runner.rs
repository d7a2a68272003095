//! Runs a test binary built for wasm in Node: the runner of the `wasm-bindgen-cli` crate,
//! in the one version that fits the `wasm-bindgen` of this workspace.

use anyhow::{Context, bail};

/// With this the names begin by which a test binary exports its tests.
const TEST_EXPORT: &[u8] = b"__wbgt_";

fn main() -> anyhow::Result<()> {
    let file = std::env::args_os().nth(1).context("no test binary named")?;
    let module = std::fs::read(&file).with_context(|| format!("cannot read {file:?}"))?;
    // The runner calls that a success.
    if !module
        .windows(TEST_EXPORT.len())
        .any(|bytes| bytes == TEST_EXPORT)
    {
        bail!("{file:?} holds no test for wasm");
    }
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
