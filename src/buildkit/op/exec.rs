//! Exec ops: `solver/llbsolver/ops/exec.go`.

use super::message::Message;
use super::{CacheMap, Dependency, OpError, PathSelector, joined, outermost, selector};
use crate::buildkit::go_json::Object;
use crate::digest::Digest;
use crate::platform::Platform;

/// Input of a mount that has none, and output of one that gives none.
const NONE: i64 = -1;
const BIND: i64 = 0;
const SECRET: i64 = 1;
const SSH: i64 = 2;
const TMPFS: i64 = 4;
const CONTENT_CACHE_ON: i64 = 1;
const CONTENT_CACHE_OFF: i64 = 2;

pub(super) fn cache_map(
    exec: &Message,
    platform: &Platform,
    inputs: usize,
) -> Result<CacheMap, OpError> {
    let hashed = Object::new()
        .text("Type", "buildkit.exec.v0")
        .object("Exec", without_place(exec).write())
        .text("OS", &platform.os)
        .text("Arch", &platform.architecture)
        .text_omitempty("Variant", &platform.variant)
        .text_omitempty("OSVersion", &platform.os_version)
        .texts_omitempty("OSFeatures", &platform.os_features);
    let preimage = hashed.finish();
    Ok(CacheMap {
        digest: Digest::sha256(preimage.as_bytes()).to_string(),
        preimage,
        dependencies: dependencies(exec, inputs)?,
    })
}

/// Without what differs between builds that give the same: proxies, addresses
/// of hosts, what is selected of inputs, names of caches.
fn without_place(exec: &Message) -> Message {
    let mut exec = exec.clone();
    if let Some(meta) = exec.message_mut("meta") {
        meta.clear("proxy_env");
        for host in meta.messages_mut("extraHosts") {
            host.clear("IP");
        }
    }
    for mount in exec.messages_mut("mounts") {
        mount.clear("selector");
        let dest = mount.text("dest").to_owned();
        if let Some(cache) = mount.message_mut("cacheOpt")
            && !is_of_dest(cache, &dest)
        {
            cache.clear("ID");
            cache.clear("sharing");
        }
    }
    // What old versions left out by mistake stays out: the root of a RUN.
    if let [mount] = exec.messages("mounts")
        && is_plain_root(mount)
    {
        exec.clear("mounts");
    }
    exec
}

/// A cache that is named for the path where it is mounted, in a namespace or
/// not, and shared: a Dockerfile's default.
fn is_of_dest(cache: &Message, dest: &str) -> bool {
    let id = cache.text("ID");
    let in_namespace = id.split_once('/').is_some_and(|(_, id)| id == dest);
    cache.integer("sharing") == 0 && (id == dest || in_namespace)
}

fn is_plain_root(mount: &Message) -> bool {
    let options = ["cacheOpt", "secretOpt", "SSHOpt"];
    mount.text("dest") == "/"
        && !mount.flag("readonly")
        && mount.integer("mountType") == BIND
        && options.iter().all(|option| mount.message(option).is_none())
        && mount.text("resultID").is_empty()
}

fn dependencies(exec: &Message, inputs: usize) -> Result<Vec<Dependency>, OpError> {
    let mut used: Vec<(Vec<String>, bool)> = vec![(Vec::new(), false); inputs];
    for mount in exec.messages("mounts") {
        let index = mount.integer("input");
        if matches!(mount.integer("mountType"), SECRET | SSH | TMPFS) || index == NONE {
            continue;
        }
        let position = usize::try_from(index).ok();
        let input = position.and_then(|position| used.get_mut(position));
        let (paths, by_content) = input.ok_or(OpError::Input { index, inputs })?;
        let path = joined(mount.text("selector"));
        *by_content = is_by_content(mount, &path)?;
        paths.push(path);
    }
    let dependencies = used.into_iter().map(|(paths, by_content)| {
        if paths.is_empty() {
            return Dependency::default();
        }
        let (digest, preimage) = selector(&paths);
        Dependency {
            selector: digest,
            preimage: Some(preimage),
            content: by_content.then(|| followed(outermost(paths))),
        }
    });
    Ok(dependencies.collect())
}

/// Whether a slow key may stand for the mounted input: only where nothing that
/// is not selected can end up in an output.
fn is_by_content(mount: &Message, path: &str) -> Result<bool, OpError> {
    let is_safe = mount.integer("output") == NONE || mount.flag("readonly") || path == "/";
    let dest = mount.text("dest");
    match mount.integer("contentCache") {
        CONTENT_CACHE_OFF => Ok(false),
        CONTENT_CACHE_ON if !is_safe => Err(OpError::ContentCache {
            dest: dest.to_owned(),
        }),
        CONTENT_CACHE_ON => Ok(true),
        _ => Ok(is_safe && dest != "/"),
    }
}

/// The root among the paths stands for all of them.
fn followed(paths: Vec<String>) -> Vec<PathSelector> {
    if paths.iter().any(|path| matches!(path.as_str(), "" | "/")) {
        return Vec::new();
    }
    let selectors = paths.into_iter().map(|path| PathSelector {
        path,
        follow_links: true,
        ..PathSelector::default()
    });
    selectors.collect()
}
