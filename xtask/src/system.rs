//! Programs of the operating system: found, or installed where that is ours to do.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::stamp::{self, Inputs};
use crate::workspace::{self, env_flag, find_program, output, run, run_within};

/// How long `rustup` may take before the next way is tried: it retries long on a closed network.
pub const RUSTUP_LIMIT: Duration = Duration::from_secs(30);

const NODE_MAJOR: u32 = 20;

/// Installs Debian packages that are missing; says why when that is not ours to do.
pub fn install_debian(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|name| !is_installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install {}", missing.join(" "));
    if !is_debian_family() {
        bail!(
            "the packages {} are known only for Debian",
            missing.join(", ")
        );
    }
    let sudo = match (is_root(), env_flag("OCI_LENS_SUDO")) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => bail!(
            "run `sudo {by_hand}`, or set OCI_LENS_SUDO=1 so that this command may use sudo for it"
        ),
    };
    let apt = |arguments: &[&str]| {
        let mut command = if sudo {
            let mut command = Command::new("sudo");
            command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        } else {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        };
        command.arg("-qq").args(arguments);
        run(command.stdout(Stdio::null()))
    };
    static UPDATED: OnceLock<bool> = OnceLock::new();
    println!("installing {} by apt-get", missing.join(", "));
    // A stale package list still may hold what is wanted.
    UPDATED.get_or_init(|| apt(&["update"]).is_ok());
    // Debian's second Rust would push out its first one without a word.
    let mut arguments = vec!["install", "-y", "--no-install-recommends", "--no-remove"];
    arguments.extend(&missing);
    apt(&arguments).with_context(|| format!("`{by_hand}` does not work here"))
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${Status}", package]);
    output(query.stderr(Stdio::null())).is_ok_and(|status| status == "install ok installed")
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

fn is_debian_family() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| names_debian(&text))
        && find_program("apt-get").is_some()
}

fn names_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '))
        .any(|id| id == "debian")
}

/// A browser that tests run in, and where it may be.
struct Browser {
    /// What an error calls it.
    name: &'static str,
    variable: &'static str,
    programs: &'static [&'static str],
    places: &'static [&'static str],
    /// Debian's package of it.
    package: &'static str,
}

const CHROMIUM: Browser = Browser {
    name: "Chromium or Chrome",
    variable: "OCI_LENS_CHROMIUM",
    programs: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ],
    places: &[
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ],
    package: "chromium",
};

const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "OCI_LENS_FIREFOX",
    programs: &["firefox-esr", "firefox"],
    places: &[
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ],
    package: "firefox-esr",
};

impl Browser {
    fn find(&self) -> Option<PathBuf> {
        self.programs
            .iter()
            .find_map(|name| find_program(name))
            .or_else(|| {
                self.places
                    .iter()
                    .map(PathBuf::from)
                    .find(|path| path.is_file())
            })
    }

    /// The one that is named, one that is found, or Debian's.
    fn get(&self) -> Result<PathBuf> {
        let Self {
            name,
            variable,
            package,
            ..
        } = self;
        if let Some(path) = std::env::var_os(variable) {
            let path = PathBuf::from(path);
            if !path.is_file() {
                bail!("{variable} names {}, which is no file", path.display());
            }
            return Ok(path);
        }
        if let Some(path) = self.find() {
            return Ok(path);
        }
        install_debian(&[package]).with_context(|| {
            format!(
                "no {name} found for the end-to-end tests: install one, or name it in {variable}"
            )
        })?;
        self.find().with_context(|| {
            format!("the package {package} is installed, but there is no program of that name")
        })
    }
}

/// A Chromium for the end-to-end tests.
pub fn chromium() -> Result<PathBuf> {
    CHROMIUM.get()
}

/// A Firefox for those tests that run in it.
pub fn firefox() -> Result<PathBuf> {
    FIREFOX.get()
}

/// What drives it: the one of this machine, or else built from the registry of crates.
pub fn geckodriver() -> Result<PathBuf> {
    const VERSION: &str = "0.37.1";
    if let Some(path) = find_program("geckodriver") {
        return Ok(path);
    }
    let root = workspace::target().join("geckodriver");
    let program = format!("geckodriver{}", std::env::consts::EXE_SUFFIX);
    let program = root.join("bin").join(program);
    let inputs = Inputs::new().text("version", VERSION);
    stamp::stage("geckodriver", &inputs, &[&program], || {
        println!("building geckodriver {VERSION}");
        run(workspace::cargo()
            .args(["install", "geckodriver", "--quiet", "--locked", "--force"])
            .args(["--version", VERSION, "--root"])
            .arg(&root))
    })?;
    Ok(program)
}

/// Node.js with its version, new enough for the build of the page.
pub fn node() -> Result<(PathBuf, String)> {
    let get = format!("install Node.js {NODE_MAJOR} or newer from https://nodejs.org");
    let node = find_program("node").with_context(|| format!("no `node` found: {get}"))?;
    let version = output(Command::new(&node).arg("--version"))?;
    if major(&version).is_none_or(|major| major < NODE_MAJOR) {
        bail!("{} is Node.js {version}: {get}", node.display());
    }
    Ok((node, version))
}

fn major(version: &str) -> Option<u32> {
    version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// `npm` with the folder `web` as its place.
pub fn npm() -> Result<Command> {
    node()?;
    let npm = find_program(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .context("no `npm` found: install the one that comes with Node.js")?;
    let mut command = Command::new(npm);
    command.current_dir(workspace::web());
    Ok(command)
}

/// A component of the Rust toolchain that runs as `cargo NAME`.
pub fn cargo_component(subcommand: &str, component: &str) -> Result<()> {
    let works = || output(workspace::cargo().args([subcommand, "--version"])).map(|_version| ());
    if works().is_ok() {
        return Ok(());
    }
    let get = format!(
        "`cargo {subcommand}` is missing: run `rustup component add {component}`, or install it the way Rust came"
    );
    let rustup = find_program("rustup").with_context(|| get.clone())?;
    println!("running `rustup component add {component}`");
    run_within(
        Command::new(rustup).args(["component", "add", component]),
        RUSTUP_LIMIT,
    )
    .and_then(|()| works())
    .with_context(|| get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debian_family_names_itself() {
        let cases = [
            ("debian", "NAME=\"Debian GNU/Linux\"\nID=debian\n", true),
            ("ubuntu", "ID=ubuntu\nID_LIKE=debian\n", true),
            ("mint", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", true),
            ("fedora", "ID=fedora\nNAME=debian\n", false),
            ("alpine", "ID=alpine\n", false),
        ];
        for (name, text, expected) in cases {
            assert_eq!(names_debian(text), expected, "{name}");
        }
    }

    #[test]
    fn major_versions() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("22.1.0"), Some(22));
        assert_eq!(major("lts"), None);
    }
}
