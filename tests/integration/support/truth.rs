//! An archive against its ground truth: documents, layers, merged trees.

use std::collections::{BTreeMap, BTreeSet};

use oci_lens::digest::AnyDigest;
use oci_lens::report::{
    ArchiveFormat, BlobView, ImageView, LayerView, Reason, Report, Status, Verification,
};
use oci_lens::tree::dump;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{files, inspect};

/// Where we say something else than the truth, and why we are right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disagreement {
    /// Name of the archive.
    archive: String,
    /// What it is about, as a difference begins.
    about: String,
    /// What we say.
    ours: String,
    /// The specification's sentence, or the truth's known flaw.
    #[serde(rename = "because")]
    _because: String,
}

/// The recorded disagreements, for the archives of one set.
pub fn disagreements(name: &str) -> Vec<Disagreement> {
    files::vectors(name)
}

/// Compares every archive in `folder`, and names those whose archive and truth were read; panics
/// with all differences that are not recorded, and with every record that does not differ any more.
pub fn check_all(folder: &str, names: &[String], recorded: &[Disagreement]) -> Vec<String> {
    let mut failures = Vec::new();
    let mut read = Vec::new();
    let mut used = BTreeSet::new();
    for name in names {
        let Some(differences) = differences(&format!("{folder}/{name}")) else {
            continue;
        };
        read.push(name.clone());
        for difference in differences {
            let record = recorded.iter().position(|record| {
                record.archive == *name
                    && record.about == difference.about
                    && record.ours == difference.ours
            });
            match record {
                Some(record) => {
                    used.insert(record);
                }
                None => failures.push(format!(
                    "{name}: {}: truth {}, ours {}",
                    difference.about, difference.truth, difference.ours
                )),
            }
        }
    }
    for (position, record) in recorded.iter().enumerate() {
        if names.contains(&record.archive) && !used.contains(&position) {
            failures.push(format!("{}: {}: agrees now", record.archive, record.about));
        }
    }
    assert!(
        failures.is_empty(),
        "{} differences:\n{}",
        failures.len(),
        failures.join("\n")
    );
    read
}

struct Difference {
    about: String,
    truth: String,
    ours: String,
}

#[derive(Default)]
struct Comparison(Vec<Difference>);

impl Comparison {
    fn same(&mut self, about: impl Into<String>, truth: impl ToString, ours: impl ToString) {
        let (truth, ours) = (truth.to_string(), ours.to_string());
        if truth != ours {
            self.0.push(Difference {
                about: about.into(),
                truth,
                ours,
            });
        }
    }
}

/// The truth of an archive, as it is; none where there is none.
pub fn read_truth(folder: &str) -> Option<Value> {
    let (plain, packed) = (
        format!("{folder}/truth.json"),
        format!("{folder}/truth.json.gz"),
    );
    let bytes = if files::exists(&packed) {
        files::gunzip(&files::read_absolute(&packed))
    } else if files::exists(&plain) {
        files::read_absolute(&plain)
    } else {
        return None;
    };
    Some(serde_json::from_slice(&bytes).expect("the truth is JSON"))
}

/// What differs; nothing can be said where archive or truth is absent.
fn differences(folder: &str) -> Option<Vec<Difference>> {
    let archive_file = format!("{folder}/image.tar");
    if !files::exists(&archive_file) {
        return None;
    }
    let truth = read_truth(folder)?;
    let mut found = Comparison::default();
    let bytes = files::read_absolute(&archive_file);
    let formats: BTreeSet<&str> = list(&truth["format"]).filter_map(Value::as_str).collect();
    let mut inspection = match inspect::open(bytes) {
        Ok(inspection) => inspection,
        Err(failure) => {
            found.same(
                "opens",
                !formats.is_empty(),
                format!("false: {}", failure.code),
            );
            // An archive without any format is one that we refuse, too.
            found.0.retain(|difference| difference.truth != "false");
            return Some(found.0);
        }
    };
    inspect::scan(&mut inspection);
    let report = inspection.report();
    archive(&mut found, &truth, &report);
    nodes(&mut found, &truth, &report);
    for image in list(&truth["images"]) {
        let about = format!("image {}", image["i"]);
        let Some(ours) = image_of(image, &report) else {
            let is_other = is_artifact(image, &report);
            found.same(
                about,
                "an image",
                if is_other {
                    "no container image"
                } else {
                    "absent"
                },
            );
            // What the truth does not call an image either.
            if is_other && image["is_image"] != true {
                found.0.pop();
            }
            continue;
        };
        found.same(format!("{about} is an image"), &image["is_image"], true);
        layers(&mut found, &about, image, ours, &report);
        let Some(file) = image["tree"]["file"].as_str() else {
            continue;
        };
        let tree = inspection
            .tree(ours.number)
            .expect("the tree of an image in the report");
        let mut ours = Vec::new();
        dump::dump(tree, |line| {
            serde_json::to_value(line).map(|line| ours.push(line))
        })
        .expect("a line is JSON");
        let truth = files::gunzip(&files::read_absolute(&format!("{folder}/{file}")));
        let is_merge = text(&image["tree"]["by"]).starts_with("merge");
        trees(&mut found, &about, &truth, is_merge, &ours);
    }
    Some(found.0)
}

fn archive(found: &mut Comparison, truth: &Value, report: &Report) {
    let formats: BTreeSet<String> = list(&truth["format"])
        .filter_map(Value::as_str)
        .map(|format| match format {
            "docker-archive" | "docker-v1" => "DockerSave".to_owned(),
            "oci-layout" => "OciLayout".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    let ours: BTreeSet<String> = report
        .archive
        .formats
        .iter()
        .map(|f| format!("{f:?}"))
        .collect();
    found.same("formats", format!("{formats:?}"), format!("{ours:?}"));
    let outer = format!("{:?}", report.archive.outer_compression).to_lowercase();
    found.same(
        "outer compression",
        text(&truth["file"]["outer_compression"]),
        outer,
    );
    found.same("size", &truth["file"]["size"], report.archive.size);
    found.same("members", &truth["member_count"], report.archive.members);
    found.same("prefix", text(&truth["prefix"]), &report.archive.prefix);
    if report.archive.formats.contains(&ArchiveFormat::OciLayout) {
        let unreferenced = |blob: &&BlobView| blob.referenced_by.is_empty();
        let ours: BTreeSet<String> = report
            .blobs
            .iter()
            .filter(unreferenced)
            .filter_map(|blob| blob.digest.clone())
            .collect();
        let truth: BTreeSet<String> = list(&truth["unreferenced_blobs"])
            .map(|digest| text(digest).to_owned())
            .collect();
        // Other files may lie among the blobs; they are no blobs.
        let truth: BTreeSet<&String> = truth
            .iter()
            .filter(|digest| AnyDigest::parse(digest).is_ok())
            .collect();
        let ours: BTreeSet<&String> = ours.iter().collect();
        found.same(
            "unreferenced blobs",
            format!("{truth:?}"),
            format!("{ours:?}"),
        );
    }
}

/// Every descriptor of a manifest, index or config.
fn nodes(found: &mut Comparison, truth: &Value, report: &Report) {
    for node in list(&truth["nodes"]) {
        for (descriptor, check) in [("descriptor", "check"), ("config", "config_check")] {
            let Some(digest) = node[descriptor]["digest"].as_str() else {
                continue;
            };
            let blob = report
                .blobs
                .iter()
                .find(|blob| blob.digest.as_deref() == Some(digest));
            let ours = blob.map(|blob| blob.verification.status);
            found.same(
                format!("blob {digest}"),
                expected(&node[check]),
                format!("{ours:?}"),
            );
        }
    }
}

/// The status that a truth's check stands for.
fn expected(check: &Value) -> String {
    let status = match (&check["present"], &check["size_ok"], &check["digest_ok"]) {
        (Value::Bool(true), Value::Bool(true), Value::Bool(true)) => Status::Verified,
        (Value::Bool(true), ..) => Status::Mismatch,
        _ => Status::Missing,
    };
    format!("{:?}", Some(status))
}

/// The image of a report that one of a truth is.
pub fn image_of<'r>(truth: &Value, report: &'r Report) -> Option<&'r ImageView> {
    // A hybrid's image from manifest.json alone comes before one that only has
    // the same config.
    let is_docker = truth["kind"] == "docker";
    let (alone, listed): (Vec<_>, Vec<_>) = report
        .images
        .iter()
        .partition(|image| image.digest.is_none() && is_docker);
    alone
        .into_iter()
        .chain(listed)
        .find(|image| match truth["kind"].as_str() {
            Some("docker") => {
                let hex = truth["config_sha256"].as_str();
                let id = image.image_id.as_deref();
                id.and_then(|id| id.strip_prefix("sha256:")) == hex
            }
            _ => image.digest.as_deref() == truth["digest"].as_str(),
        })
}

fn is_artifact(truth: &Value, report: &Report) -> bool {
    let digest = truth["digest"].as_str();
    let artifacts = report.artifacts.iter().map(|artifact| &artifact.digest);
    let attestations = report
        .attestations
        .iter()
        .map(|attestation| &attestation.digest);
    artifacts
        .chain(attestations)
        .any(|ours| Some(ours.as_str()) == digest)
}

fn layers(found: &mut Comparison, about: &str, truth: &Value, image: &ImageView, report: &Report) {
    let theirs: Vec<&Value> = list(&truth["layers"]).collect();
    found.same(format!("{about} layers"), theirs.len(), image.layers.len());
    let is_docker = truth["kind"] == "docker";
    let has_manifest = image.digest.is_some();
    for (position, (theirs, ours)) in theirs.iter().zip(&image.layers).enumerate() {
        let about = format!("{about} layer {position}");
        match (is_docker, has_manifest) {
            (true, false) => docker_blob(found, &about, theirs, ours),
            (true, true) => {}
            (false, _) => {
                let status = Some(ours.verification.status);
                found.same(
                    format!("{about} status"),
                    expected(theirs),
                    format!("{status:?}"),
                );
            }
        }
        diff_id(found, &about, theirs, &ours.diff_id);
        if let Some(chain_id) = theirs["chain_id"].as_str() {
            let ours = ours.chain_id.clone().unwrap_or_default();
            found.same(format!("{about} chain ID"), chain_id, ours);
        }
        scanned(found, &about, theirs, ours);
    }
    let history: Vec<String> = list(&truth["history_layer"])
        .map(ToString::to_string)
        .collect();
    let ours = image.history.iter().map(|entry| entry.layer);
    let ours: Vec<String> = ours
        .map(|layer| layer.map_or("null".to_owned(), |layer| layer.to_string()))
        .collect();
    found.same(
        format!("{about} history"),
        history.join(" "),
        ours.join(" "),
    );
    let listed = report
        .images
        .iter()
        .filter(|other| other.number == image.number)
        .count();
    found.same(format!("{about} number"), 1, listed);
}

fn docker_blob(found: &mut Comparison, about: &str, theirs: &Value, ours: &LayerView) {
    if theirs["present"] != true {
        let status = ours.verification.status;
        return found.same(format!("{about} status"), "Missing", format!("{status:?}"));
    }
    let computed = ours.verification.computed.clone().unwrap_or_default();
    let digest = format!("sha256:{}", text(&theirs["blob_sha256"]));
    found.same(format!("{about} digest"), digest, computed);
}

fn diff_id(found: &mut Comparison, about: &str, theirs: &Value, ours: &Verification) {
    let in_config = theirs["diff_id_in_config"].as_str();
    found.same(
        format!("{about} expected diff ID"),
        format!("{in_config:?}"),
        format!("{:?}", ours.expected.as_deref()),
    );
    // Where decompression did not end cleanly, the truth's diff ID is of a
    // part, and stands for none.
    let ended = theirs["decompress_error"].is_null() && theirs["present"] == true;
    let computed = theirs["diff_id"].as_str().filter(|_| ended);
    found.same(
        format!("{about} diff ID"),
        format!("{computed:?}"),
        format!("{:?}", ours.computed.as_deref()),
    );
    let verdict = match (computed, in_config) {
        (None, _) if theirs["present"] != true => (Status::NotChecked, Some(Reason::BlobMissing)),
        (None, _) => (Status::NotChecked, Some(Reason::DecompressionFailed)),
        (Some(_), None) => (Status::NotChecked, Some(Reason::NothingExpected)),
        (Some(computed), Some(expected)) if computed == expected => (Status::Verified, None),
        _ => (Status::Mismatch, None),
    };
    found.same(
        format!("{about} diff ID status"),
        format!("{verdict:?}"),
        format!("{:?}", (ours.status, ours.reason)),
    );
}

fn scanned(found: &mut Comparison, about: &str, theirs: &Value, ours: &LayerView) {
    if theirs["present"] != true || !theirs["decompress_error"].is_null() {
        return;
    }
    let Some(counts) = &ours.entries else {
        return found.same(format!("{about} scanned"), true, false);
    };
    let compression = ours
        .compression
        .map(|compression| format!("{compression:?}").to_lowercase());
    found.same(
        format!("{about} compression"),
        // "gzip (2 members)" and the like.
        text(&theirs["compression"])
            .split(' ')
            .next()
            .unwrap_or_default(),
        compression.unwrap_or_default(),
    );
    let size = ours.unpacked_size.unwrap_or_default();
    found.same(
        format!("{about} unpacked size"),
        &theirs["uncompressed_size"],
        size,
    );
    let summary = &theirs["summary"];
    let ours = [
        ("entries", counts.total),
        ("files", counts.files),
        ("dirs", counts.directories),
        ("symlinks", counts.symlinks),
        ("hardlinks", counts.hardlinks),
        ("devices", counts.devices),
        ("whiteouts", counts.whiteouts),
        ("opaque", counts.opaque_whiteouts),
    ];
    for (name, count) in ours {
        found.same(format!("{about} {name}"), &summary[name], count);
    }
}

fn trees(found: &mut Comparison, about: &str, truth: &[u8], is_merge: bool, ours: &[Value]) {
    let truth = String::from_utf8(truth.to_vec()).expect("a tree is JSON lines");
    let ours: Vec<Value> = ours.iter().map(|line| comparable(line, is_merge)).collect();
    let key = |line: &Value| text(&line["pathHex"]).to_owned() + text(&line["path"]);
    let theirs: BTreeMap<String, Value> = truth
        .lines()
        .map(|line| in_our_names(serde_json::from_str(line).expect("a tree is JSON lines")))
        .map(|line| (key(&line), comparable(&line, is_merge)))
        .collect();
    let in_order: Vec<String> = truth
        .lines()
        .map(|line| {
            key(&in_our_names(
                serde_json::from_str(line).expect("a tree is JSON lines"),
            ))
        })
        .collect();
    let order: Vec<String> = ours.iter().map(key).collect();
    let ours: BTreeMap<String, &Value> = ours.iter().map(|line| (key(line), line)).collect();
    if theirs.len() == ours.len() && theirs.keys().eq(ours.keys()) {
        found.same(
            format!("{about} order of paths"),
            in_order.join("\n"),
            order.join("\n"),
        );
    }
    for path in theirs.keys().chain(ours.keys()).collect::<BTreeSet<_>>() {
        let about = format!("{about} path {path}");
        match (theirs.get(path), ours.get(path)) {
            (Some(theirs), Some(ours)) => found.same(about, theirs, ours),
            (Some(_), None) => found.same(about, "present", "absent"),
            (None, Some(_)) => found.same(about, "absent", "present"),
            (None, None) => {}
        }
    }
}

/// A tree that no tool would unpack comes from the truth's own merge of the
/// headers, which knows no times and no hardlink groups, and takes a symlink's
/// mode as written.
fn comparable(line: &Value, is_merge: bool) -> Value {
    let mut line = line.clone();
    if let Some(fields) = line.as_object_mut()
        && is_merge
    {
        fields.remove("mtimeNs");
        fields.remove("hardlinkTo");
        if fields.get("type").is_some_and(|kind| kind == "symlink") {
            fields.remove("mode");
        }
    }
    line
}

fn in_our_names(line: Map<String, Value>) -> Value {
    let rename = |name: String| match name.as_str() {
        "path_hex" => "pathHex".to_owned(),
        "mtime_ns" => "mtimeNs".to_owned(),
        "hardlink_to" => "hardlinkTo".to_owned(),
        _ => name,
    };
    line.into_iter()
        .map(|(name, value)| (rename(name), value))
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
