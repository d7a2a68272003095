//! The npm package: what `npm publish` would take.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::stamp::{self, Inputs};
use crate::{licences, system, web, workspace};

/// The unpacked package.
pub fn folder() -> PathBuf {
    workspace::target().join("npm")
}

/// Builds the package and returns the tarball that `npm pack` makes of it.
pub fn build() -> Result<PathBuf> {
    web::prepare()?;
    let licences = workspace::target().join("crate-licences.txt");
    let root = workspace::root();
    let web = workspace::web();
    let inputs = Inputs::new()
        .text("how", include_str!("pack.rs"))
        .text("licences", include_str!("licences.rs"))
        .path(&root.join("Cargo.lock"), &[])?
        .path(&root.join("LICENSE-APACHE"), &[])?
        .path(&root.join("LICENSE-MIT"), &[])?
        .path(&web::installed_lock(), &[])?
        .path(
            &web,
            &[
                "node_modules",
                "dist",
                "test",
                "e2e",
                "bench",
                "package-test",
            ],
        )?;
    let tarball = tarball()?;
    stamp::stage("package", &inputs, &[&folder(), &tarball], || {
        println!("building {}", tarball.display());
        fs::create_dir_all(workspace::target())?;
        fs::write(&licences, licences::of_crates()?)?;
        let env = vec![("OCI_LENS_CRATE_LICENCES", OsString::from(&licences))];
        web::script("package", &[&folder().display().to_string()], env)?;
        workspace::run(
            system::npm()?
                .args(["pack", "--silent", "--pack-destination"])
                .arg(workspace::target())
                .arg(folder()),
        )
    })?;
    Ok(tarball)
}

/// Where `npm pack` leaves it.
fn tarball() -> Result<PathBuf> {
    let manifest = fs::read_to_string(workspace::web().join("package.json"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    let version = manifest.get("version").and_then(|version| version.as_str());
    let version = version.context("web/package.json names no version")?;
    Ok(workspace::target().join(format!("oci-lens-{version}.tgz")))
}
