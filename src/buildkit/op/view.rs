//! Vertices for reports.

use super::{Definition, Dependency, SlowKey, SolvedVertex, Vertex};
use crate::report::{DependencyView, OpView, SlowKeyView, SourceKeysView, VertexView};

impl Definition {
    /// What [`Definition::solve`] found, for a report.
    pub fn view(&self, solved: &[SolvedVertex]) -> Vec<VertexView> {
        let vertices = self.vertices.iter().zip(solved);
        vertices
            .map(|(vertex, solved)| view(vertex, solved))
            .collect()
    }
}

fn view(vertex: &Vertex, solved: &SolvedVertex) -> VertexView {
    let keys = (0_u32..).zip(&solved.maps);
    let keys = keys.filter_map(|(index, (key, _))| Some(key.as_ref()?.view(index)));
    let first = solved.maps.first();
    let pin = first.and_then(|(key, _)| key.as_ref()?.pin.clone());
    let source = vertex.op.source().map(|(identifier, _)| SourceKeysView {
        source: Some(identifier.to_owned()),
        pin,
        keys: keys.collect(),
    });
    let ops = solved.maps.iter().zip(&solved.records);
    let ops = ops.map(|((_, map), solved)| OpView {
        digest: map.digest.clone(),
        preimage: map.preimage.clone(),
        record: solved.record.digest.clone(),
        record_preimage: solved.record.preimage.clone(),
    });
    let dependencies = first.map(|(_, map)| map.dependencies.as_slice());
    let links = solved
        .records
        .first()
        .map(|solved| solved.inputs.as_slice());
    let inputs = vertex.op.inputs.iter();
    let inputs = inputs
        .zip(dependencies.unwrap_or_default())
        .zip(links.unwrap_or_default())
        .zip(&solved.slow)
        .map(|(((input, dependency), links), slow)| DependencyView {
            digest: input.digest.clone(),
            output: input.index,
            selector: Some(dependency.selector.clone()).filter(|selector| !selector.is_empty()),
            selector_preimage: dependency.preimage.clone(),
            content: content(dependency),
            slow_key: slow
                .as_ref()
                .and_then(|slow| slow.as_ref().ok().map(SlowKeyView::from)),
            problem: slow.as_ref().and_then(|slow| slow.as_ref().err().cloned()),
            records: links.iter().map(|link| link.record.clone()).collect(),
        });
    VertexView {
        digest: vertex.digest.clone(),
        kind: vertex.op.kind().to_owned(),
        ops: ops.collect(),
        inputs: inputs.collect(),
        source,
    }
}

impl From<&SlowKey> for SlowKeyView {
    fn from(key: &SlowKey) -> Self {
        Self {
            digest: key.digest.clone(),
            preimage: key.preimage.clone(),
            record: key.record.digest.clone(),
            record_preimage: key.record.preimage.clone(),
        }
    }
}

fn content(dependency: &Dependency) -> Option<Vec<String>> {
    let paths = dependency.content.as_ref()?;
    match paths.is_empty() {
        true => Some(vec!["/".to_owned()]),
        false => Some(paths.iter().map(|path| path.path.clone()).collect()),
    }
}
