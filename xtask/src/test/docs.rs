//! The documentation's site in a real browser.

use anyhow::Result;

use super::{Session, end_to_end};
use crate::{docs, system, web};

pub fn run(session: &Session) -> Result<()> {
    let chromium = system::chromium()?;
    let site = docs::build()?;
    let mut env = session.env();
    env.push(("OCI_LENS_BIN", end_to_end::build_command()?.into()));
    env.push(("OCI_LENS_DOCS_SITE", site.into()));
    env.push(("OCI_LENS_CHROMIUM", chromium.into()));
    web::script("docs-test", &[], env)
}
