//! The project's own documentation as a site, with the packed element in its pages.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::stamp::{self, Inputs};
use crate::{pack, packages, system, workspace};

/// The built site.
pub fn folder() -> PathBuf {
    workspace::target().join("docs")
}

/// Builds the site and returns its folder.
pub fn build() -> Result<PathBuf> {
    let tarball = pack::build()?;
    packages::install("package-test", &tarball)?;
    let root = workspace::root();
    let project = packages::folder("package-test");
    let inputs = Inputs::new()
        .text("how", include_str!("docs.rs"))
        .path(&tarball, &[])?
        .path(&root.join("README.md"), &[])?
        .path(&root.join("CHANGELOG.md"), &[])?
        .path(&root.join("docs"), &[])?
        .path(&root.join("web/package/README.md"), &[])?
        .path(&root.join("web/public"), &[])?
        .path(&project.join("package-lock.json"), &[])?
        .path(&project.join("docs"), &[".temp"])?;
    let folder = folder();
    stamp::stage("docs", &inputs, &[&folder], || {
        println!("building {}", folder.display());
        let (node, _version) = system::node()?;
        workspace::run(
            Command::new(node)
                .current_dir(&project)
                .arg("node_modules/vitepress/bin/vitepress.js")
                .args(["build", "docs", "--logLevel", "error", "--outDir"])
                .arg(&folder),
        )
    })?;
    Ok(folder)
}
