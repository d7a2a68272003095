//! `content_store_ops.json`, in memory and in a folder, by the rules of the
//! local and of the metadata store.

use std::collections::BTreeMap;

use oci_lens::content::{
    Backend, Class, File, Info, Ingest, Labels, Rules, Status, Store, StoreError, Writer, now,
};
use oci_lens::limits::Limits;
use serde::Deserialize;
use serde_json::{Value, json};

use super::memory;
use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "source")]
    _source: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    op: String,
    #[serde(default)]
    w: String,
    #[serde(default, rename = "ref")]
    reference: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    digest: String,
    #[serde(default)]
    data: String,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    filters: Vec<String>,
    expect: Value,
    expect_metadata_store: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disagreement {
    case: String,
    step: usize,
    rule: String,
    expect: Option<Value>,
    expect_metadata_store: Option<Value>,
}

/// containerd's names, as the vectors have them.
fn class(error: &StoreError) -> &'static str {
    match error.class() {
        Class::AlreadyExists => "already_exists",
        Class::NotFound => "not_found",
        Class::FailedPrecondition => "failed_precondition",
        Class::Unavailable => "unavailable",
        Class::InvalidArgument => "invalid_argument",
        Class::OutOfRange => "out_of_range",
        Class::ResourceExhausted => "resource_exhausted",
        Class::Other => "other",
    }
}

fn outcome(result: Result<Value, StoreError>) -> Value {
    match result {
        Ok(value) => value,
        Err(error) => json!({ "error": class(&error) }),
    }
}

fn of_status(status: &Status) -> Value {
    json!({ "ref": status.reference, "offset": status.offset, "total": status.total })
}

fn of_info(info: &Info) -> Value {
    json!({ "labels": info.labels, "size": info.size })
}

/// A recorded answer: Go's absent map is an empty one, and of an error that has
/// no class the words are its own.
fn recorded(expect: &Value) -> Value {
    let mut expect = expect.clone();
    if let Some(fields) = expect.as_object_mut() {
        if let Some(labels) = fields.get_mut("labels").filter(|labels| labels.is_null()) {
            *labels = json!({});
        }
        let class = fields.get("error").and_then(Value::as_str);
        let class = class
            .and_then(|error| error.split(':').next())
            .map(str::to_owned);
        if let Some(class) = class {
            fields.insert("error".to_owned(), class.into());
        }
    }
    expect
}

struct Run<B: Backend> {
    store: Store<B>,
    writers: BTreeMap<String, Writer<B>>,
}

impl<B: Backend<File: File>> Run<B> {
    fn step(&mut self, step: &Step) -> Value {
        let store = &self.store;
        let writer = self.writers.get_mut(&step.w);
        let writer = || writer.expect("the writer was opened before");
        let none = json!({});
        match step.op.as_str() {
            "open" => {
                let opened = now(store.writer(&Ingest {
                    reference: step.reference.clone(),
                    total: step.size,
                    expected: step.digest.clone(),
                }));
                outcome(opened.map(|writer| {
                    self.writers.insert(step.w.clone(), writer);
                    none
                }))
            }
            "write" => {
                let written = now(writer().write(step.data.as_bytes()));
                outcome(written.map(|()| json!({ "n": step.data.len() })))
            }
            "wstatus" => of_status(writer().status()),
            "wdigest" => json!({ "digest": writer().digest().to_string() }),
            "truncate" => outcome(now(writer().truncate(step.size)).map(|()| none)),
            "commit" => {
                let committed = now(writer().commit(step.size, &step.digest, &step.labels));
                outcome(committed.map(|_| none))
            }
            "close" => outcome(now(writer().close()).map(|()| none)),
            "info" => outcome(now(store.info(&step.digest)).map(|info| of_info(&info))),
            "read" => outcome(
                now(store.read_at(&step.digest, 0, 1 << 20))
                    .map(|bytes| json!({ "data": String::from_utf8_lossy(&bytes) })),
            ),
            "update" => {
                let updated = now(store.update(&step.digest, &step.labels, &step.fields));
                outcome(updated.map(|info| json!({ "labels": info.labels })))
            }
            "delete" => outcome(now(store.delete(&step.digest)).map(|()| none)),
            "walk" => outcome(store.filters(&step.filters).and_then(|mut filters| {
                let found = now(store.walk(&mut filters))?;
                let digests = found.iter().map(|info| info.digest.to_string());
                Ok(json!({ "digests": digests.collect::<Vec<_>>() }))
            })),
            "status" => {
                outcome(now(store.status(&step.reference)).map(|status| of_status(&status)))
            }
            "list" => outcome(store.filters(&step.filters).and_then(|mut filters| {
                let found = now(store.statuses(&mut filters))?;
                let refs = found.iter().map(|status| status.reference.clone());
                Ok(json!({ "refs": refs.collect::<Vec<_>>() }))
            })),
            "abort" => outcome(now(store.abort(&step.reference)).map(|()| none)),
            op => panic!("{op} is no operation"),
        }
    }
}

fn run<B: Backend>(rules: Rules, backend: impl Fn() -> B) {
    let cases: Vec<Case> = files::cases("content_store_ops");
    let mut disagreements: Vec<Disagreement> = files::cases("content_store_ops_disagreements");
    assert_eq!((cases.len(), disagreements.len()), (31, 6));
    let mut steps = 0;
    for case in cases {
        let mut run = Run {
            store: Store::new(backend(), rules, Limits::default()),
            writers: BTreeMap::new(),
        };
        for (number, step) in case.steps.iter().enumerate() {
            let place = format!("{} step {number}, {rules:?}", case.name);
            let of = |local: Option<&Value>, metadata: Option<&Value>| match rules {
                Rules::Local => local.map(recorded),
                Rules::Metadata => metadata.or(local).map(recorded),
            };
            let theirs = of(Some(&step.expect), step.expect_metadata_store.as_ref());
            let ours = Some(run.step(step));
            let known = disagreements
                .iter()
                .position(|known| known.case == case.name && known.step == number);
            let known = known.map(|at| disagreements.swap_remove(at));
            let expected = known.and_then(|known| {
                assert!(!known.rule.is_empty(), "{place}");
                of(known.expect.as_ref(), known.expect_metadata_store.as_ref())
            });
            match expected {
                None => assert_eq!(ours, theirs, "{place}"),
                Some(_) => {
                    assert_eq!(ours, expected, "{place}");
                    assert_ne!(ours, theirs, "{place} does not disagree any more");
                }
            }
            steps += 1;
        }
    }
    assert_eq!((steps, disagreements.len()), (261, 0));
}

cases! {
    fn steps_in_memory_go_as_containerd_s_local_store_does_them() {
        run(Rules::Local, memory);
    }

    fn steps_in_memory_go_as_containerd_s_metadata_store_does_them() {
        run(Rules::Metadata, memory);
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn steps_in_a_folder_go_as_those_in_memory() {
    for rules in [Rules::Local, Rules::Metadata] {
        let folders = std::cell::RefCell::new(Vec::new());
        run(rules, || {
            let folder = tempfile::tempdir().expect("a folder can be made");
            let backend = oci_lens::content::Folder::new(folder.path());
            folders.borrow_mut().push(folder);
            backend
        });
    }
}
