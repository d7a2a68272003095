//! The wasm modules of the page: cargo, wasm-bindgen, wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::stamp::{self, Inputs};
use crate::toolchain::{TARGET, Toolchain};
use crate::{system, web, workspace};

/// The cargo profile of the page's modules.
const PROFILE: &str = "wasm";

/// A part of the core that the page loads on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// Says what an archive holds: what a first visit waits for.
    List,
    /// Answers for opened archives: fetched when the first list is shown.
    Engine,
    /// Decodes and scans: fetched with the first archive's layers.
    Scan,
    /// Keeps blobs: fetched when the store is first looked at.
    Store,
    /// What is measured by itself: the page has no use for it.
    Kernels,
}

impl Module {
    /// Those of the page.
    pub const ALL: [Self; 4] = [Self::List, Self::Engine, Self::Scan, Self::Store];

    /// Name of its glue, and of its folder in `wasm`.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Engine => "engine",
            Self::Scan => "scan",
            Self::Store => "store",
            Self::Kernels => "kernels",
        }
    }

    pub fn package(self) -> String {
        format!("oci-lens-{}", self.name())
    }

    /// What differs from the profile: the core is built for speed where it sees every byte or node,
    /// and to be small where a first visit waits for it, or few browsers need it: those without
    /// SIMD are slow anyhow, and whatever has all modules in it is smaller.
    fn settings(self, variant: Variant) -> &'static [&'static str] {
        match (self, variant) {
            (Self::List, _) | (_, Variant::Plain) => {
                &["--config", "profile.wasm.package.oci-lens.opt-level=\"z\""]
            }
            (Self::Engine | Self::Scan | Self::Store | Self::Kernels, Variant::Simd) => &[],
        }
    }

    /// As the linker left it, in a target folder.
    fn linked(self, target: &Path) -> PathBuf {
        let file = format!("{}.wasm", self.package().replace('-', "_"));
        target.join(TARGET).join(PROFILE).join(file)
    }
}

/// One build of the modules; the page takes the first that the browser can run.
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

    pub fn rustflags(self) -> Vec<String> {
        match self {
            Self::Simd => vec!["-Ctarget-feature=+simd128".to_owned()],
            Self::Plain => Vec::new(),
        }
    }

    /// Where the page's build finds the modules.
    pub fn generated(self) -> PathBuf {
        workspace::web().join("generated").join(self.name())
    }

    pub fn wasm(self, module: Module) -> PathBuf {
        self.generated().join(format!("{}_bg.wasm", module.name()))
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

/// All modules in `web/generated`, both variants built side by side: most of the time is one thread's.
pub fn build(toolchain: &Toolchain) -> Result<()> {
    web::install()?;
    std::thread::scope(|scope| -> Result<()> {
        let builds = Variant::ALL.map(|variant| scope.spawn(move || generate(toolchain, variant)));
        for build in builds {
            build.join().expect("a build does not panic")?;
        }
        Ok(())
    })?;
    Module::ALL.into_iter().try_for_each(has_one_glue)
}

/// The page has one glue for both builds of a module.
fn has_one_glue(module: Module) -> Result<()> {
    let glue = |variant: Variant| variant.generated().join(format!("{}.js", module.name()));
    let [simd, plain] = Variant::ALL.map(glue);
    ensure!(
        fs::read(&simd)? == fs::read(&plain)?,
        "{} and {} differ",
        shown(&simd),
        shown(&plain)
    );
    Ok(())
}

fn generate(toolchain: &Toolchain, variant: Variant) -> Result<()> {
    let inputs = inputs(toolchain, variant)?.path(&web::installed_lock(), &[])?;
    let generated = variant.generated();
    let name = format!("wasm-{}", variant.name());
    stamp::stage(&name, &inputs, &[&generated], || {
        println!("building {} ({toolchain})", shown(&generated));
        compile(toolchain, variant, &variant.target())?;
        if generated.exists() {
            fs::remove_dir_all(&generated)?;
        }
        for module in Module::ALL {
            bind(module, &variant.target(), &generated)?;
            optimise(&variant.wasm(module), variant)?;
            tells_no_path(&variant.wasm(module))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// What the modules depend on.
pub fn inputs(toolchain: &Toolchain, variant: Variant) -> Result<Inputs> {
    let root = workspace::root();
    Inputs::new()
        .text("how", include_str!("wasm.rs"))
        .text("toolchain", &toolchain.identity())
        .text("rustflags", &variant.rustflags().join(" "))
        .path(&root.join("Cargo.toml"), &[])?
        .path(&root.join("Cargo.lock"), &[])?
        .path(&root.join(".cargo"), &[])?
        .path(&root.join("inflate"), &[])?
        .path(&root.join("sha256"), &[])?
        .path(&root.join("src"), &[])?
        .path(&root.join("wasm"), &[])
}

/// The modules as the linker leaves them.
fn compile(toolchain: &Toolchain, variant: Variant, target: &Path) -> Result<()> {
    // One after the other: they are linked with the core built in different ways, and what both
    // depend on is built once.
    for module in Module::ALL {
        compile_module(toolchain, variant, target, module)?;
    }
    Ok(())
}

/// A module as the linker leaves it.
pub fn compile_module(
    toolchain: &Toolchain,
    variant: Variant,
    target: &Path,
    module: Module,
) -> Result<()> {
    let mut flags = variant.rustflags();
    flags.extend(private_paths().map(|(path, name)| {
        // Panics tell in which file they are, and the file is one of whoever built the page.
        format!("--remap-path-prefix={}={name}", path.display())
    }));
    workspace::run(
        toolchain
            .cargo("build", &flags)
            .args([
                "--quiet",
                "--profile",
                PROFILE,
                "--package",
                &module.package(),
            ])
            .args(module.settings(variant))
            .arg("--target-dir")
            .arg(target),
    )
}

/// The module of what is measured by itself; returns the folder that has it and its glue.
pub fn build_kernels(toolchain: &Toolchain) -> Result<PathBuf> {
    let (module, variant) = (Module::Kernels, Variant::Simd);
    let samples = workspace::root().join("benches");
    let inputs = inputs(toolchain, variant)?
        .path(&web::installed_lock(), &[])?
        .path(&samples, &[])?;
    let out = workspace::target().join(module.name());
    stamp::stage(module.name(), &inputs, &[&out], || {
        println!("building {} ({toolchain})", shown(&out));
        compile_module(toolchain, variant, &variant.target(), module)?;
        bind(module, &variant.target(), &out)?;
        // Node takes the glue for what it is.
        fs::write(out.join("package.json"), r#"{ "type": "module" }"#)?;
        optimise(&out.join(format!("{}_bg.wasm", module.name())), variant)
    })?;
    Ok(out)
}

/// Folders of this machine that source files lie in, and what stands for each.
fn private_paths() -> impl Iterator<Item = (PathBuf, &'static str)> {
    let home = std::env::home_dir();
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home.as_ref()?.join(".cargo")));
    // The last that fits counts.
    [
        (home, "home"),
        (cargo.map(|cargo| cargo.join("registry/src")), "crates"),
        (Some(workspace::root().to_owned()), "oci-lens"),
    ]
    .into_iter()
    .filter_map(|(path, name)| Some((path?, name)))
    // A home that is `/`, as in some containers, says nothing.
    .filter(|(path, _name)| path.parent().is_some())
}

/// What is published must not tell where it was built.
fn tells_no_path(module: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    for (path, _name) in private_paths() {
        // With a separator after it.
        let path = path.join("").display().to_string();
        let is_told = bytes
            .windows(path.len())
            .any(|window| window == path.as_bytes());
        ensure!(!is_told, "{} holds the path {path}", shown(module));
    }
    Ok(())
}

/// A linked module with its glue; it must not have been stripped before.
pub fn bind(module: Module, target: &Path, out: &Path) -> Result<()> {
    let linked = module.linked(target);
    Bindgen::new()
        .input_path(&linked)
        .out_name(module.name())
        .web(true)?
        .typescript(true)
        .remove_producers_section(true)
        .generate(out)
        .with_context(|| format!("wasm-bindgen fails on {}", linked.display()))
}

fn optimise(module: &Path, variant: Variant) -> Result<()> {
    let (node, _version) = system::node()?;
    workspace::run(
        Command::new(node)
            .arg(workspace::web().join("node_modules/binaryen/bin/wasm-opt"))
            // Functions with one caller stay what they are: a browser compiles a function as a whole,
            // and while that takes a tenth of a second, a large one runs in the slow first tier.
            .args(["-O3", "--one-caller-inline-max-function-size=200"])
            .arg("--strip-debug")
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
    fn a_module_that_tells_where_it_was_built_is_refused() -> Result<()> {
        let file = workspace::target().join("paths-test.wasm");
        fs::create_dir_all(workspace::target())?;
        let root = workspace::root().display();
        for (text, is_refused) in [
            (format!("at {root}/src/lib.rs:1"), true),
            (format!("at {root}"), false),
            ("at oci-lens/src/lib.rs:1".to_owned(), false),
        ] {
            fs::write(&file, &text)?;
            assert_eq!(tells_no_path(&file).is_err(), is_refused, "{text}");
        }
        fs::remove_file(&file)?;
        Ok(())
    }

    #[test]
    fn only_the_simd_modules_may_use_simd() {
        let simd = |variant: Variant| variant.wasm_opt_features().contains(&"--enable-simd");
        assert!(simd(Variant::Simd));
        assert!(!simd(Variant::Plain));
    }
}
