//! Where things are, and how programs are started.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
}

/// Everything that is built and not part of the page.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

pub fn web() -> PathBuf {
    root().join("web")
}

/// The cargo that runs us, or the one on the path.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).env_remove("LD_LIBRARY_PATH");
    command
}

/// A program's place on the `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|dir| {
        let plain = dir.join(name);
        if plain.is_file() {
            return Some(plain);
        }
        let exe = dir.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        (cfg!(windows) && exe.is_file()).then_some(exe)
    })
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .map(|part| {
            if part.contains([' ', '\'', '"']) {
                format!("{part:?}")
            } else {
                part.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a command that shares our terminal; an exit status other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", shown(command));
    }
    Ok(())
}

/// What a command prints to standard output, without white space around it.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` failed: {}\n{}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a command prints to standard error.
pub fn said(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !output.status.success() {
        bail!("`{}` failed: {}\n{said}", shown(command), output.status);
    }
    Ok(said)
}

/// Like [`run`], but ends the command when the limit has passed.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("`{}` failed: {status}", shown(command));
            }
            return Ok(());
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            bail!(
                "`{}` did not end within {} seconds",
                shown(command),
                limit.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether an environment variable is set to something other than nothing and `0`.
pub fn env_flag(name: impl AsRef<OsStr>) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_quotes_only_what_needs_it() {
        let mut command = Command::new("cargo");
        command.args(["test", "--config", "a = 'b'"]);
        assert_eq!(shown(&command), "cargo test --config \"a = 'b'\"");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_past_its_limit_is_ended() {
        let start = Instant::now();
        let error = run_within(Command::new("sleep").arg("20"), Duration::from_millis(200));
        assert_eq!(
            error.expect_err("sleep outlives the limit").to_string(),
            "`sleep 20` did not end within 0 seconds"
        );
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
