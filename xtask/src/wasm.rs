//! The wasm modules of the page: cargo, wasm-bindgen, wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::stamp::{self, Inputs};
use crate::toolchain::{TARGET, Toolchain};
use crate::{system, web, workspace};

const CRATE: &str = "oci_lens";

/// The cargo profile of the page's modules.
const PROFILE: &str = "wasm";

/// One build of the module; the page takes the first that the browser can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    Simd,
    Plain,
}

impl Variant {
    pub const ALL: [Self; 2] = [Self::Simd, Self::Plain];

    pub fn name(self) -> &'static str {
        match self {
            Self::Simd => "simd",
            Self::Plain => "plain",
        }
    }

    pub fn rustflags(self) -> &'static str {
        match self {
            Self::Simd => "-C target-feature=+simd128",
            Self::Plain => "",
        }
    }

    /// Where the page's build finds the module.
    pub fn generated(self) -> PathBuf {
        workspace::web().join("generated").join(self.name())
    }

    pub fn wasm(self) -> PathBuf {
        self.generated().join(format!("{CRATE}_bg.wasm"))
    }

    /// Each has a target folder, where builds can go on side by side and do not undo each other: a
    /// `cdylib` has the same name whatever its flags. The first is that of all else, and shares what
    /// is built for the machine itself.
    pub fn target(self) -> PathBuf {
        match self {
            Self::Simd => workspace::target(),
            Self::Plain => workspace::target().join("wasm-plain"),
        }
    }

    /// The features that rustc uses for this target unasked, which wasm-opt takes for absent.
    fn wasm_opt_features(self) -> &'static [&'static str] {
        const ALL: &[&str] = &[
            "--enable-bulk-memory",
            "--enable-bulk-memory-opt",
            "--enable-multivalue",
            "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int",
            "--enable-reference-types",
            "--enable-sign-ext",
            "--enable-simd",
        ];
        match self {
            Self::Simd => ALL,
            Self::Plain => ALL.split_last().map_or(ALL, |(_simd, rest)| rest),
        }
    }
}

/// Both modules in `web/generated`, built side by side: most of the time is one thread's.
pub fn build(toolchain: &Toolchain) -> Result<()> {
    web::install()?;
    std::thread::scope(|scope| {
        let builds = Variant::ALL.map(|variant| scope.spawn(move || generate(toolchain, variant)));
        for build in builds {
            build.join().expect("a build does not panic")?;
        }
        Ok(())
    })
}

fn generate(toolchain: &Toolchain, variant: Variant) -> Result<()> {
    let inputs = inputs(toolchain, variant)?.path(&web::installed_lock(), &[])?;
    let generated = variant.generated();
    let name = format!("wasm-{}", variant.name());
    stamp::stage(&name, &inputs, &[&generated], || {
        println!("building {} ({toolchain})", shown(&generated));
        let module = compile(toolchain, variant, &variant.target())?;
        if generated.exists() {
            fs::remove_dir_all(&generated)?;
        }
        bind(&module, &generated)?;
        optimise(&variant.wasm(), variant)
    })?;
    Ok(())
}

/// What a module depends on.
pub fn inputs(toolchain: &Toolchain, variant: Variant) -> Result<Inputs> {
    let root = workspace::root();
    Inputs::new()
        .text("how", include_str!("wasm.rs"))
        .text("toolchain", &toolchain.identity())
        .text("rustflags", variant.rustflags())
        .path(&root.join("Cargo.toml"), &[])?
        .path(&root.join("Cargo.lock"), &[])?
        .path(&root.join(".cargo"), &[])?
        .path(&root.join("src"), &[])
}

/// The module as the linker left it.
pub fn compile(toolchain: &Toolchain, variant: Variant, target: &Path) -> Result<PathBuf> {
    // Only a `cdylib`: with the crate's `rlib` beside it, cargo leaves out link-time optimisation.
    workspace::run(
        toolchain
            .cargo("rustc", variant.rustflags())
            .args(["--quiet", "--profile", PROFILE, "--package", "oci-lens"])
            .args(["--lib", "--crate-type", "cdylib", "--target-dir"])
            .arg(target),
    )?;
    Ok(target
        .join(TARGET)
        .join(PROFILE)
        .join(format!("{CRATE}.wasm")))
}

/// The module with its glue; it must not have been stripped before.
pub fn bind(module: &Path, out: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .out_name(CRATE)
        .web(true)?
        .typescript(true)
        .remove_producers_section(true)
        .generate(out)
        .with_context(|| format!("wasm-bindgen fails on {}", module.display()))
}

fn optimise(module: &Path, variant: Variant) -> Result<()> {
    let (node, _version) = system::node()?;
    workspace::run(
        Command::new(node)
            .arg(workspace::web().join("node_modules/binaryen/bin/wasm-opt"))
            .args(["-O3", "--strip-debug"])
            .args(variant.wasm_opt_features())
            .arg(module)
            .arg("-o")
            .arg(module),
    )
}

fn shown(path: &Path) -> String {
    path.strip_prefix(workspace::root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_simd_module_may_use_simd() {
        let simd = |variant: Variant| variant.wasm_opt_features().contains(&"--enable-simd");
        assert!(simd(Variant::Simd));
        assert!(!simd(Variant::Plain));
    }
}
