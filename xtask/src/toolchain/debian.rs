//! Debian's second Rust, kept current for its browsers. Its standard library for wasm is built from
//! source with the program, which is why a stable compiler is told to accept `-Z`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Route, Toolchain};
use crate::system::install_debian;
use crate::workspace::{find_program, output};

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

pub fn toolchain() -> Result<Toolchain> {
    install_debian(&["rustc-web", "cargo-web", "rust-web-src"])?;
    let version = output(Command::new(RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH"))?;
    let llvm = llvm_major(&version).context("`rustc -vV` names no LLVM version")?;
    Ok(Toolchain {
        route: Route::Debian,
        cargo: Path::new(CARGO).into(),
        env: vec![
            ("RUSTC_BOOTSTRAP", "1".to_owned()),
            ("RUSTC", RUSTC.to_owned()),
            ("RUSTDOC", "/usr/bin/rustdoc".to_owned()),
            ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker(llvm)?),
        ],
        arguments: &["-Zbuild-std=std,panic_abort"],
        version,
    })
}

/// The linker of the compiler's own LLVM, or a newer one: objects of a newer LLVM than the linker's
/// cannot be relied on.
fn linker(llvm: u32) -> Result<String> {
    let name = |version: u32| format!("wasm-ld-{version}");
    let newer = (llvm..llvm + 10).find(|&version| find_program(&name(version)).is_some());
    if let Some(version) = newer {
        return Ok(name(version));
    }
    install_debian(&[&format!("lld-{llvm}")])?;
    Ok(name(llvm))
}

fn llvm_major(version: &str) -> Option<u32> {
    version
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_llvm_version_is_in_the_verbose_version() {
        let version = "rustc 1.96.0 (ac68faa20 2026-05-25)\nbinary: rustc\nLLVM version: 22.1.2\n";
        assert_eq!(llvm_major(version), Some(22));
        assert_eq!(llvm_major("rustc 1.96.0"), None);
    }
}
