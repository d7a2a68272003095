//! The compiler that cargo uses anyway, when its sysroot holds the target.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Route, TARGET, Toolchain};
use crate::system::RUSTUP_LIMIT;
use crate::workspace::{find_program, output, run_within};

pub fn installed(route: Route) -> Result<Toolchain> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = output(Command::new(&rustc).args(["--print", "sysroot"]))?;
    if !has_target(Path::new(&sysroot)) {
        bail!("{sysroot} has no standard library for {TARGET}");
    }
    Ok(Toolchain {
        route,
        cargo: std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        env: Vec::new(),
        arguments: &[],
        version: output(Command::new(&rustc).arg("-vV"))?,
    })
}

fn has_target(sysroot: &Path) -> bool {
    let lib = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    std::fs::read_dir(lib).is_ok_and(|entries| {
        entries
            .filter_map(Result::ok)
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

pub fn add_target() -> Result<()> {
    let rustup = find_program("rustup").context("no `rustup` found")?;
    run_within(
        Command::new(rustup).args(["target", "add", TARGET]),
        RUSTUP_LIMIT,
    )
}
