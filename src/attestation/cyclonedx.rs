//! CycloneDX as JSON, 1.2 to 1.7; its JSON schemas.

use super::{count, filled, items, member, owned, purl_type, sorted};
use crate::limits;
use crate::manifest::json::{Kind, Value};
use crate::report::{PackageFormat, PackageList, PackageView};

/// The package list of a document; nothing for anything else.
pub fn read(document: Value<'_>) -> Option<PackageList> {
    if owned(document, "bomFormat") != "CycloneDX" {
        return None;
    }
    let metadata = member(document, "metadata");
    let about = metadata.and_then(|metadata| member(metadata, "component"));
    let mut packages = Vec::new();
    let (mut more, mut files) = (0_u32, 0_u32);
    // Components hold components.
    let mut rest: Vec<Value<'_>> = items(document, "components").collect();
    while let Some(component) = rest.pop() {
        rest.extend(items(component, "components"));
        if owned(component, "type") == "file" {
            files += 1;
        } else if packages.len() < limits::PACKAGES {
            packages.push(package(component));
        } else {
            more += 1;
        }
    }
    let relations = items(document, "dependencies");
    Some(PackageList {
        format: PackageFormat::Cyclonedx,
        version: owned(document, "specVersion"),
        name: about.map(|about| owned(about, "name")).unwrap_or_default(),
        tools: metadata.map(tools).unwrap_or_default(),
        created: metadata.and_then(|metadata| filled(metadata, "timestamp")),
        packages: sorted(packages),
        more,
        files,
        relationships: count(relations.flat_map(|relation| items(relation, "dependsOn"))),
    })
}

// A list of tools up to 1.4; an object that holds components since.
fn tools(metadata: Value<'_>) -> Vec<String> {
    let Some(tools) = member(metadata, "tools") else {
        return Vec::new();
    };
    let listed: Vec<Value<'_>> = match tools.kind() {
        Kind::Object => items(tools, "components").collect(),
        _ => tools.items().collect(),
    };
    let listed = listed.into_iter().take(limits::TOOLS);
    listed
        .map(|tool| {
            let words = ["vendor", "name", "version"];
            let words = words.iter().filter_map(|word| filled(tool, word));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn package(component: Value<'_>) -> PackageView {
    let purl = filled(component, "purl");
    let supplier = member(component, "supplier");
    let group = filled(component, "group");
    let name = owned(component, "name");
    PackageView {
        name: group.map_or_else(|| name.clone(), |group| format!("{group}/{name}")),
        version: owned(component, "version"),
        kind: purl
            .as_deref()
            .and_then(purl_type)
            .or_else(|| filled(component, "type")),
        purl,
        license: licenses(component),
        supplier: supplier
            .and_then(|supplier| filled(supplier, "name"))
            .or_else(|| filled(component, "publisher")),
    }
}

fn licenses(component: Value<'_>) -> Option<String> {
    let texts = items(component, "licenses").filter_map(|choice| {
        let named = || {
            let license = member(choice, "license")?;
            filled(license, "id").or_else(|| filled(license, "name"))
        };
        filled(choice, "expression").or_else(named)
    });
    let texts: Vec<String> = texts.take(limits::LICENSES).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}
