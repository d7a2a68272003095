//! Projects of others, as it were, in `web`: each takes the packed package beside packages of its own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::stamp::{self, Inputs};
use crate::{system, workspace};

/// Where a project is that is named by its path in `web`.
pub fn folder(project: &str) -> PathBuf {
    workspace::web().join(project)
}

/// Installs what the project's lock file names, and the package beside it.
pub fn install(project: &str, tarball: &Path) -> Result<()> {
    let folder = folder(project);
    let (_node, version) = system::node()?;
    let inputs = Inputs::new()
        .text("how", include_str!("packages.rs"))
        .text("node", &version)
        .path(&folder.join("package.json"), &[])?
        .path(&folder.join("package-lock.json"), &[])?
        .path(tarball, &[])?;
    let installed = folder.join("node_modules/.package-lock.json");
    stamp::stage(&project.replace('/', "-"), &inputs, &[&installed], || {
        println!("installing the packages of web/{project}/package-lock.json");
        let npm = |words: &[&str]| {
            workspace::run(
                system::npm()?
                    .current_dir(&folder)
                    .args(words)
                    .arg("--loglevel=error"),
            )
        };
        npm(&["ci"])
            .with_context(|| format!("npm could not install the packages of web/{project}"))?;
        let tarball = tarball.display().to_string();
        npm(&["install", "--no-save", "--prefer-offline", &tarball])
            .context("npm could not install the package")
    })?;
    Ok(())
}
