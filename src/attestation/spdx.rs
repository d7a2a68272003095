//! SPDX 2.x as JSON; SPDX specification 2.3, clauses 6 to 12.

use super::{count, cut, filled, items, member, owned, purl_type, sorted};
use crate::limits;
use crate::manifest::json::Value;
use crate::report::{PackageFormat, PackageList, PackageView};

/// The package list of a document; nothing for anything else.
pub fn read(document: Value<'_>) -> Option<PackageList> {
    let version = filled(document, "spdxVersion")?;
    let creation = member(document, "creationInfo");
    let creators = creation
        .into_iter()
        .flat_map(|creation| items(creation, "creators"));
    let tools = creators
        .filter_map(|creator| Some(creator.text()?.strip_prefix("Tool: ")?.to_owned()))
        .take(limits::TOOLS)
        .collect();
    let (packages, more) = cut(items(document, "packages"), limits::PACKAGES, package);
    Some(PackageList {
        format: PackageFormat::Spdx,
        version: version.strip_prefix("SPDX-").unwrap_or(&version).to_owned(),
        name: owned(document, "name"),
        tools,
        created: creation.and_then(|creation| filled(creation, "created")),
        packages: sorted(packages),
        more,
        files: count(items(document, "files")),
        relationships: count(items(document, "relationships")),
    })
}

fn package(package: Value<'_>) -> PackageView {
    let purl = items(package, "externalRefs")
        .find(|reference| owned(*reference, "referenceType") == "purl")
        .and_then(|reference| filled(reference, "referenceLocator"));
    PackageView {
        name: owned(package, "name"),
        version: owned(package, "versionInfo"),
        kind: purl
            .as_deref()
            .and_then(purl_type)
            .or_else(|| filled(package, "primaryPackagePurpose")),
        purl,
        license: stated(package, "licenseDeclared").or_else(|| stated(package, "licenseConcluded")),
        supplier: stated(package, "supplier"),
    }
}

// `NOASSERTION` and `NONE` say that nothing is said.
fn stated(package: Value<'_>, name: &str) -> Option<String> {
    filled(package, name).filter(|text| !matches!(text.as_str(), "NOASSERTION" | "NONE"))
}
