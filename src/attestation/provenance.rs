//! SLSA provenance v0.2 and v1; slsa.dev `provenance/v0.2` and `provenance/v1`.
//! BuildKit writes both.

use super::{cut, filled, items, member, owned, resource};
use crate::limits;
use crate::manifest::json::{Kind, Value};
use crate::manifest::pretty::compact;
use crate::report::{Annotation, ProvenanceView, SubjectView};

const V0_2: &str = "https://slsa.dev/provenance/v0.2";
const V1: &str = "https://slsa.dev/provenance/v1";

/// Objects inside objects whose members become parameters of their own.
const DEPTH: usize = 8;

/// The provenance of a predicate; nothing for another type.
pub fn read(predicate_type: &str, predicate: Value<'_>) -> Option<ProvenanceView> {
    match predicate_type {
        V0_2 => Some(read_v0_2(predicate)),
        // Minor versions are told by the same type, or `v1.0`.
        _ if predicate_type.strip_prefix(V1).is_some_and(is_minor) => Some(read_v1(predicate)),
        _ => None,
    }
}

fn is_minor(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}

fn read_v0_2(predicate: Value<'_>) -> ProvenanceView {
    let metadata = member(predicate, "metadata");
    let (materials, more_materials) = materials(predicate, "materials");
    let mut parameters = Parameters::default();
    if let Some(invocation) = member(predicate, "invocation") {
        parameters.add_members(invocation);
    }
    ProvenanceView {
        builder: id(member(predicate, "builder")),
        build_type: owned(predicate, "buildType"),
        started: metadata.and_then(|metadata| filled(metadata, "buildStartedOn")),
        finished: metadata.and_then(|metadata| filled(metadata, "buildFinishedOn")),
        parameters: parameters.listed,
        more_parameters: parameters.more,
        materials,
        more_materials,
    }
}

fn read_v1(predicate: Value<'_>) -> ProvenanceView {
    let details = member(predicate, "runDetails");
    let metadata = details.and_then(|details| member(details, "metadata"));
    let mut view = ProvenanceView {
        builder: id(details.and_then(|details| member(details, "builder"))),
        build_type: String::new(),
        started: metadata.and_then(|metadata| filled(metadata, "startedOn")),
        finished: metadata.and_then(|metadata| filled(metadata, "finishedOn")),
        parameters: Vec::new(),
        more_parameters: 0,
        materials: Vec::new(),
        more_materials: 0,
    };
    let Some(definition) = member(predicate, "buildDefinition") else {
        return view;
    };
    view.build_type = owned(definition, "buildType");
    (view.materials, view.more_materials) = materials(definition, "resolvedDependencies");
    let mut parameters = Parameters::default();
    for name in ["externalParameters", "internalParameters"] {
        if let Some(value) = member(definition, name) {
            parameters.add(name.to_owned(), value);
        }
    }
    view.parameters = parameters.listed;
    view.more_parameters = parameters.more;
    view
}

fn id(builder: Option<Value<'_>>) -> String {
    builder
        .map(|builder| owned(builder, "id"))
        .unwrap_or_default()
}

fn materials(value: Value<'_>, name: &str) -> (Vec<SubjectView>, u32) {
    cut(items(value, name), limits::MATERIALS, |material| {
        resource(material, &["uri", "name"])
    })
}

/// Values by the way to them, `parameters.args.target`.
#[derive(Default)]
struct Parameters {
    listed: Vec<Annotation>,
    more: u32,
}

impl Parameters {
    fn add_members(&mut self, value: Value<'_>) {
        for (name, value) in value.members() {
            self.add(name.into_owned(), value);
        }
    }

    fn add(&mut self, name: String, value: Value<'_>) {
        // The next one last; an explicit stack, as deep as DEPTH.
        let mut rest = vec![(name, value, 0)];
        while let Some((name, value, depth)) = rest.pop() {
            let is_open = value.kind() == Kind::Object && value.members().next().is_some();
            let is_short = name.len() <= limits::PARAMETER_BYTES;
            if is_open && is_short && depth < DEPTH && rest.len() < limits::PARAMETERS {
                let members = value.members().take(limits::PARAMETERS);
                let start = rest.len();
                rest.extend(
                    members.map(|(key, value)| (format!("{name}.{key}"), value, depth + 1)),
                );
                let taken = rest.len() - start;
                let left = value.members().count() - taken;
                self.more = self
                    .more
                    .saturating_add(u32::try_from(left).unwrap_or(u32::MAX));
                rest.get_mut(start..).unwrap_or_default().reverse();
                continue;
            }
            self.push(name, value);
        }
    }

    fn push(&mut self, key: String, value: Value<'_>) {
        let length = key.len().saturating_add(value.raw().len());
        if self.listed.len() >= limits::PARAMETERS || length > limits::PARAMETER_BYTES {
            self.more = self.more.saturating_add(1);
            return;
        }
        let value = value
            .text()
            .map_or_else(|| compact(value.raw()), |text| text.into_owned());
        self.listed.push(Annotation { key, value });
    }
}
