//! Builds, serves, tests and measures: `cargo xtask COMMAND`.

mod docs;
mod licences;
mod pack;
mod packages;
mod sample;
mod server;
mod size;
mod stamp;
mod system;
mod test;
mod toolchain;
mod wasm;
mod web;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  build                          the page in web/dist, with what it needs
  serve [--port N] [--log FILE]  the same, and a local server for it; FILE gets a line per request
  pack                           the npm package, as a tarball in the target folder
  docs [--serve] [--port N]      the documentation's site in target/docs; and a local server for it
  test [--only STEP,…] [--list]  all tests, or some steps of them
       [--docs] [--firefox]      also sites of every documentation generator, and the page in
                                 Firefox
  size                           what each file of the page weighs, and the first load
  bench [ARCHIVE…]               measurements of archives, or of one that is made
  bench NAME… | all              other measurements, or all; --list names them
        [--quick] [--json]       in less time; as JSON
        [--beside=ADDRESS]       archives: also by another build, served there
        [--layers=N]             archives: so many layers in the one that is made

OCI_LENS_WASM_TOOLCHAIN  installed, rustup or debian: the only way to try for the wasm target
OCI_LENS_CHROMIUM        the browser of the end-to-end tests
OCI_LENS_FIREFOX         the browser of those in Firefox
OCI_LENS_CORPUS          a folder of real images that the tests read as well
OCI_LENS_SUDO            1: missing Debian packages may be installed with sudo
";

/// The cargo profile that xtask itself is built with.
const PROFILE: &str = "xtask";

const DEFAULT_PORT: u16 = 8017;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["build"] => web::build(),
        ["pack"] => {
            println!("{}", pack::build()?.display());
            Ok(())
        }
        ["serve", options @ ..] => serve(options),
        ["docs"] => {
            println!("{}", docs::build()?.display());
            Ok(())
        }
        ["docs", "--serve"] => serve_docs(default_ports()),
        ["docs", "--serve", "--port", port] => serve_docs(vec![port_of(port)?]),
        ["test", "--list"] => {
            test::list();
            Ok(())
        }
        ["test", options @ ..] => tests(options),
        ["size"] => size::print().map(|_total| ()),
        ["bench", options @ ..] => bench(options),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!(
            "`cargo xtask {}` is no command\n\n{HELP}",
            arguments.join(" ")
        ),
    }
}

fn tests(mut options: &[&str]) -> Result<()> {
    let (mut extra, mut only) = (test::Extra::default(), Vec::new());
    while !options.is_empty() {
        options = match options {
            ["--docs", rest @ ..] => {
                extra.docs = true;
                rest
            }
            ["--firefox", rest @ ..] => {
                extra.firefox = true;
                rest
            }
            ["--only", steps, rest @ ..] => {
                only.extend(steps.split(','));
                rest
            }
            [option, ..] => {
                bail!("test takes --docs, --firefox, --only STEP,… and --list, not {option}")
            }
            [] => unreachable!("the loop ends before"),
        };
    }
    test::run(&only, extra)
}

/// Measurements in a real browser: which ones there are, only their own code in `web/bench` knows.
fn bench(options: &[&str]) -> Result<()> {
    let mut env = vec![("OCI_LENS_ROOT", workspace::root().into())];
    // The script runs in another folder than whoever names an archive.
    let options: Vec<String> = options.iter().map(|option| absolute(option)).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let options = options.as_slice();
    if options.contains(&"--list") {
        web::script("bench", options, env)
    } else {
        let kernels = wasm::build_kernels(&toolchain::find()?)?;
        env.push(("OCI_LENS_KERNELS", kernels.into()));
        web::script_with_browser("bench", options, env)
    }
}

/// A word, or the whole path of the file that it names.
fn absolute(word: &str) -> String {
    let path = std::fs::canonicalize(word)
        .ok()
        .filter(|path| path.is_file());
    path.map_or_else(|| word.to_owned(), |path| path.display().to_string())
}

fn serve(mut options: &[&str]) -> Result<()> {
    let (mut ports, mut log) = (default_ports(), None);
    while !options.is_empty() {
        options = match options {
            ["--port", port, rest @ ..] => {
                ports = vec![port_of(port)?];
                rest
            }
            ["--log", file, rest @ ..] => {
                log = Some(PathBuf::from(file));
                rest
            }
            [option, ..] => bail!("serve takes --port N and --log FILE, not {option}"),
            [] => unreachable!("the loop ends before"),
        };
    }
    web::build()?;
    let server = server::start(&web::dist(), ports, server::PAGE_POLICY, log.as_deref())?;
    println!("{}", server.url());
    server.wait();
    Ok(())
}

fn serve_docs(ports: Vec<u16>) -> Result<()> {
    let server = server::start(&docs::build()?, ports, server::DOCS_POLICY, None)?;
    println!("{}", server.url());
    server.wait();
    Ok(())
}

fn default_ports() -> Vec<u16> {
    (DEFAULT_PORT..DEFAULT_PORT + 100).collect()
}

fn port_of(number: &str) -> Result<u16> {
    number.parse().context("--port takes a number up to 65535")
}
