//! Every test there is, as named steps, in the order in which a failure costs least.

mod checks;
mod docs;
mod end_to_end;
mod package;
mod routes;
mod rust;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::toolchain::{self, Toolchain};
use crate::{size, web, workspace};

/// What steps share.
pub struct Session {
    corpus: Option<PathBuf>,
    toolchain: OnceCell<Toolchain>,
    extra: Extra,
}

/// What takes more time than all that always runs should, and runs where it is asked for.
#[derive(Clone, Copy, Default)]
pub struct Extra {
    /// Every documentation generator.
    pub docs: bool,
    /// The page in Firefox.
    pub firefox: bool,
}

impl Session {
    fn new(extra: Extra) -> Result<Self> {
        let corpus = match std::env::var_os("OCI_LENS_CORPUS") {
            None => None,
            Some(path) => Some(PathBuf::from(&path).canonicalize().with_context(|| {
                format!("OCI_LENS_CORPUS names {path:?}, which cannot be read")
            })?),
        };
        Ok(Self {
            corpus,
            toolchain: OnceCell::new(),
            extra,
        })
    }

    fn toolchain(&self) -> Result<&Toolchain> {
        if let Some(toolchain) = self.toolchain.get() {
            return Ok(toolchain);
        }
        let toolchain = toolchain::find()?;
        println!("wasm toolchain: {toolchain}");
        Ok(self.toolchain.get_or_init(|| toolchain))
    }

    /// What tests in any language find in their environment.
    fn env(&self) -> Vec<(&'static str, OsString)> {
        let mut env = vec![("OCI_LENS_ROOT", workspace::root().into())];
        env.extend(
            self.corpus
                .iter()
                .map(|path| ("OCI_LENS_CORPUS", path.into())),
        );
        env
    }

    /// How many real images the tests were given.
    fn images(&self) -> Result<Option<usize>> {
        let Some(corpus) = &self.corpus else {
            return Ok(None);
        };
        let mut count = 0;
        for entry in std::fs::read_dir(corpus)? {
            count += usize::from(entry?.path().join("image.tar").is_file());
        }
        if count == 0 {
            bail!("{} holds no NAME/image.tar", corpus.display());
        }
        Ok(Some(count))
    }
}

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Session) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        about: "rustfmt has nothing to change",
        run: checks::format,
    },
    Step {
        name: "clippy",
        about: "no warning, native",
        run: checks::clippy,
    },
    Step {
        name: "clippy-wasm",
        about: "no warning, wasm",
        run: checks::clippy_wasm,
    },
    Step {
        name: "doc",
        about: "rustdoc has no warning",
        run: checks::doc,
    },
    Step {
        name: "crates",
        about: "the crates build as they would be published",
        run: checks::crates,
    },
    Step {
        name: "rust",
        about: "Rust tests, native",
        run: rust::native,
    },
    Step {
        name: "wasm",
        about: "the same as wasm with simd128, in Node",
        run: rust::wasm_simd,
    },
    Step {
        name: "wasm-plain",
        about: "the same as wasm without simd128, in Node",
        run: rust::wasm_plain,
    },
    Step {
        name: "build",
        about: "the page",
        run: |_| web::build(),
    },
    Step {
        name: "lint",
        about: "TypeScript lint and format",
        run: |session| web::script("lint", &[], session.env()),
    },
    Step {
        name: "types",
        about: "TypeScript types",
        run: |session| web::script("check", &[], session.env()),
    },
    Step {
        name: "unit",
        about: "TypeScript unit tests",
        run: |session| web::script("test", &[], session.env()),
    },
    Step {
        name: "size",
        about: "what the page loads first stays within its budget",
        run: |_| size::check(),
    },
    Step {
        name: "e2e",
        about: "the page in Chromium",
        run: end_to_end::run,
    },
    Step {
        name: "package",
        about: "the npm package in bundlers, in pages, from a disk and in Node",
        run: package::run,
    },
    Step {
        name: "docs",
        about: "the documentation's site in Chromium",
        run: docs::run,
    },
    Step {
        name: "routes",
        about: "each way to a wasm toolchain that can be tried here",
        run: routes::run,
    },
];

/// Steps that run by `--firefox` or by their name.
const FIREFOX: &[Step] = &[Step {
    name: "firefox",
    about: "the page in Firefox: only by --firefox, or by name",
    run: end_to_end::firefox,
}];

fn all() -> impl Iterator<Item = &'static Step> {
    STEPS.iter().chain(FIREFOX)
}

pub fn list() {
    for step in all() {
        println!("{:12} {}", step.name, step.about);
    }
}

/// Runs the named steps, or all, up to the first that fails.
pub fn run(only: &[&str], extra: Extra) -> Result<()> {
    if let Some(unknown) = only
        .iter()
        .find(|name| all().all(|step| step.name != **name))
    {
        bail!("no step is called {unknown:?}; `cargo xtask test --list` names them");
    }
    let session = Session::new(extra)?;
    let images = session.images()?;
    let chosen: Vec<&Step> = if only.is_empty() {
        let asked_for = if extra.firefox { FIREFOX } else { &[] };
        STEPS.iter().chain(asked_for).collect()
    } else {
        all().filter(|step| only.contains(&step.name)).collect()
    };
    let mut times = Vec::new();
    let mut failure = None;
    for step in &chosen {
        println!("\n=== {}: {}", step.name, step.about);
        let start = Instant::now();
        let result = (step.run)(&session);
        times.push(start.elapsed());
        if let Err(error) = result {
            eprintln!("error: {error:#}");
            failure = Some(step.name);
            break;
        }
    }
    println!("\n=== summary");
    for (index, step) in chosen.iter().enumerate() {
        println!("{}", summary(step.name, times.get(index), failure));
    }
    match images {
        Some(count) => println!("corpus: {count} images"),
        None => println!("corpus: none, OCI_LENS_CORPUS is not set"),
    }
    let failed = usize::from(failure.is_some());
    println!("{} passed, {failed} failed", times.len() - failed);
    match failure {
        Some(name) => bail!("step {name} failed"),
        None => Ok(()),
    }
}

fn summary(name: &str, time: Option<&Duration>, failure: Option<&str>) -> String {
    match time {
        None => format!("{name:12} not run"),
        Some(time) => {
            let verdict = if failure == Some(name) {
                "FAILED"
            } else {
                "passed"
            };
            format!("{name:12} {verdict} {:7.1} s", time.as_secs_f64())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_names_are_unique_words() {
        for (index, step) in all().enumerate() {
            assert!(!step.name.contains([',', ' ']), "{}", step.name);
            assert!(
                all().take(index).all(|other| other.name != step.name),
                "{}",
                step.name
            );
        }
    }

    #[test]
    fn an_unknown_step_is_no_success() {
        assert_eq!(
            run(&["rust", "speed"], Extra::default())
                .expect_err("unknown")
                .to_string(),
            "no step is called \"speed\"; `cargo xtask test --list` names them"
        );
    }
}
