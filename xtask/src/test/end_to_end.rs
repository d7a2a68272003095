//! The built page in a real browser, served as `serve` does.

use anyhow::Result;

use super::Session;
use crate::workspace::{self, cargo, target};
use crate::{server, system, web};

pub fn run(session: &Session) -> Result<()> {
    let chromium = system::chromium()?;
    build_command()?;
    web::build()?;
    let log = target().join("e2e-server.log");
    let server = server::start(&web::dist(), [0], Some(&log))?;
    let command = format!("oci-lens{}", std::env::consts::EXE_SUFFIX);
    let mut env = session.env();
    env.extend([
        ("OCI_LENS_URL", server.url().into()),
        ("OCI_LENS_SERVER_LOG", log.into()),
        ("OCI_LENS_CHROMIUM", chromium.into()),
        ("OCI_LENS_BIN", target().join("debug").join(command).into()),
    ]);
    web::script("e2e", env)
}

/// The native command, whose answers the page's are compared with.
fn build_command() -> Result<()> {
    workspace::run(
        cargo()
            .args(["build", "--quiet", "--locked", "--package", "oci-lens"])
            .args(["--all-features", "--bin", "oci-lens"]),
    )
}
