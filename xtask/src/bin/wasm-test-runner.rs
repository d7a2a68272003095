//! Runs a test binary built for wasm in Node: the runner of the `wasm-bindgen-cli` crate,
//! in the one version that fits the `wasm-bindgen` of this workspace.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
