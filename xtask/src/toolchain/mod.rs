//! A Rust compiler with the standard library for `wasm32-unknown-unknown`: the installed one, else
//! what rustup adds, else Debian's packages. Nothing else here fetches a toolchain.

mod debian;
mod rustup;

use std::fmt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Names the one route to take, instead of the first that works.
pub const VARIABLE: &str = "OCI_LENS_WASM_TOOLCHAIN";

/// One way to a toolchain, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Installed,
    Rustup,
    Debian,
}

impl Route {
    pub const ALL: [Self; 3] = [Self::Installed, Self::Rustup, Self::Debian];

    fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|route| route.name() == text)
            .with_context(|| {
                format!("{VARIABLE} is {text:?}, but can be installed, rustup or debian")
            })
    }

    /// Finds the toolchain of this route, or installs it.
    pub fn resolve(self) -> Result<Toolchain> {
        match self {
            Self::Installed => rustup::installed(self),
            Self::Rustup => rustup::add_target().and_then(|()| rustup::installed(self)),
            Self::Debian => debian::toolchain(),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A compiler that builds for [`TARGET`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    pub route: Route,
    cargo: std::ffi::OsString,
    /// What it sets in the environment of cargo.
    env: Vec<(&'static str, String)>,
    /// What it adds to cargo's arguments.
    arguments: &'static [&'static str],
    /// `rustc --version --verbose`
    version: String,
}

impl Toolchain {
    /// A cargo command that builds for wasm with this toolchain and nothing of the caller's flags.
    pub fn cargo(&self, subcommand: &str, rustflags: &[String]) -> Command {
        let mut command = Command::new(&self.cargo);
        command
            .current_dir(workspace::root())
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_BUILD_RUSTFLAGS")
            // Set for us by the cargo that runs xtask; another compiler would load its libraries.
            .env_remove("LD_LIBRARY_PATH")
            // The form in which a flag may have spaces; for the target only, since one is named.
            .env("CARGO_ENCODED_RUSTFLAGS", rustflags.join("\x1f"))
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .args([subcommand, "--locked", "--target", TARGET])
            .args(self.arguments);
        command
    }

    /// Whether clippy can check for the target, too: it needs the standard library in its sysroot.
    pub fn has_clippy(&self) -> bool {
        self.route != Route::Debian
    }

    /// The compiler and how it is used, as an input of what it builds.
    pub fn identity(&self) -> String {
        format!("{:?} {:?} {}", self.env, self.arguments, self.version)
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.lines().next().unwrap_or_default();
        write!(f, "{} ({version})", self.route)
    }
}

/// The forced route's toolchain, or that of the first route that works.
pub fn find() -> Result<Toolchain> {
    if let Ok(forced) = std::env::var(VARIABLE) {
        let route = Route::parse(&forced)?;
        return route
            .resolve()
            .with_context(|| format!("{VARIABLE}={route} does not work here"));
    }
    let mut reasons = String::new();
    for route in Route::ALL {
        match route.resolve() {
            Ok(toolchain) => return Ok(toolchain),
            Err(error) => {
                reasons.push_str(&format!("\n  {route}: {error:#}"));
                if route != Route::Installed {
                    println!("wasm toolchain: not by {route}: {error:#}");
                }
            }
        }
    }
    bail!(
        "no Rust toolchain builds for {TARGET}: install rustup from https://rustup.rs and run \
         `rustup target add {TARGET}`. What was tried:{reasons}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forced_route_is_one_of_three() {
        for route in Route::ALL {
            assert_eq!(Route::parse(route.name()).ok(), Some(route));
        }
        assert_eq!(
            Route::parse("nix").expect_err("unknown").to_string(),
            "OCI_LENS_WASM_TOOLCHAIN is \"nix\", but can be installed, rustup or debian"
        );
    }
}
