//! The images of the sample: a tea menu served by a made-up program.

use std::io;

use serde_json::{Value, json};

use super::{Blobs, CONFIG, LAYER, MANIFEST, content::Layer, encoded, picture};

const CREATED: &str = "2026-01-01T00:00:00Z";

/// A layer and the history entry that made it.
struct Step {
    created_by: String,
    layer: Option<Layer>,
}

fn step(created_by: impl Into<String>, layer: Layer) -> Step {
    Step {
        created_by: created_by.into(),
        layer: Some(layer),
    }
}

fn empty(created_by: &str) -> Step {
    Step {
        created_by: created_by.to_owned(),
        layer: None,
    }
}

/// Adds a release's image for one architecture; gives its manifest's descriptor.
pub fn add(blobs: &mut Blobs, architecture: &str, version: &str) -> io::Result<Value> {
    let steps = vec![
        base(architecture)?,
        empty("CMD [\"/bin/sh\"]"),
        libraries(architecture)?,
        application(architecture, version)?,
        set_modes()?,
        settings()?,
        clean_up()?,
        relink()?,
        empty("USER 1000:1000"),
        empty("ENTRYPOINT [\"/usr/bin/menu\"]"),
    ];
    manifest(blobs, architecture, steps)
}

/// Adds an image whose second layer is not what its digest promises.
pub fn add_tampered(blobs: &mut Blobs) -> io::Result<Value> {
    let steps = vec![base("amd64")?, settings()?];
    let descriptor = manifest(blobs, "amd64", steps)?;
    let mut swapped = Layer::new(3);
    swapped.directory("etc/menu", 0o755)?;
    swapped.file(
        "etc/menu/menu.conf",
        0o644,
        b"port = 8080\nprices = \"doubled\"\n",
    )?;
    let (_, bytes) = swapped.finish()?;
    let promised = format!("sha256:{}", encoded(&settings_layer()?.finish()?.1));
    // The blob keeps its name, and other bytes take its place: but only for
    // this image, so the promise is made anew under a digest of its own.
    let manifest_bytes = blobs
        .0
        .remove(
            descriptor["digest"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches("sha256:"),
        )
        .unwrap_or_default();
    let mut document: Value = serde_json::from_slice(&manifest_bytes)?;
    let other = format!(
        "sha256:{}",
        encoded(b"what the tampered layer should have been")
    );
    for layer in document["layers"].as_array_mut().into_iter().flatten() {
        if layer["digest"] == promised {
            layer["digest"] = other.clone().into();
            layer["size"] = bytes.len().into();
        }
    }
    blobs
        .0
        .insert(other.trim_start_matches("sha256:").to_owned(), bytes);
    blobs.add_json(MANIFEST, &document)
}

/// Adds attestations of the image that `manifest` describes: what is in it, and
/// how it was made.
pub fn attest(blobs: &mut Blobs, manifest: &Value) -> io::Result<Value> {
    let subject = manifest["digest"].as_str().unwrap_or_default();
    let mut layers = Vec::new();
    for (predicate_type, predicate) in [
        ("https://spdx.dev/Document", packages()),
        ("https://slsa.dev/provenance/v0.2", provenance()),
    ] {
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": predicate_type,
            "subject": [{"name": "pkg:docker/teahouse/menu@1.4.0", "digest": {"sha256": subject.trim_start_matches("sha256:")}}],
            "predicate": predicate,
        });
        let mut layer = blobs.add_json("application/vnd.in-toto+json", &statement)?;
        layer["annotations"] = json!({"in-toto.io/predicate-type": predicate_type});
        layers.push(layer);
    }
    let diff_ids: Vec<&Value> = layers.iter().map(|layer| &layer["digest"]).collect();
    let config = json!({
        "architecture": "unknown",
        "os": "unknown",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    let config = blobs.add_json(CONFIG, &config)?;
    let document = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers,
    });
    let mut descriptor = blobs.add_json(MANIFEST, &document)?;
    descriptor["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    descriptor["annotations"] = json!({
        "vnd.docker.reference.digest": subject,
        "vnd.docker.reference.type": "attestation-manifest",
    });
    Ok(descriptor)
}

fn packages() -> Value {
    let package = |name: &str, version: &str, license: &str| {
        json!({
            "SPDXID": format!("SPDXRef-{name}"),
            "name": name,
            "versionInfo": version,
            "downloadLocation": "NOASSERTION",
            "licenseConcluded": license,
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": format!("pkg:generic/{name}@{version}"),
            }],
        })
    };
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "menu",
        "documentNamespace": "https://example.com/teahouse/menu/1.4.0",
        "creationInfo": {"created": CREATED, "creators": ["Tool: sample"]},
        "packages": [
            package("menu", "1.4.0", "MIT"),
            package("libtea", "2.1", "Apache-2.0"),
            package("kettle", "0.9", "MIT"),
            package("spoon", "3.0.2", "BSD-2-Clause"),
        ],
        "relationships": [
            {"spdxElementId": "SPDXRef-menu", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-libtea"},
        ],
    })
}

fn provenance() -> Value {
    json!({
        "builder": {"id": "https://example.com/teahouse/builder"},
        "buildType": "https://mobyproject.org/buildkit@v1",
        "materials": [{
            "uri": "pkg:docker/teahouse/base@7?platform=linux%2Famd64",
            "digest": {"sha256": encoded(b"the image that it was built from")},
        }],
        "invocation": {
            "configSource": {"entryPoint": "Dockerfile"},
            "parameters": {"frontend": "dockerfile.v0", "args": {"build-arg:VERSION": "1.4.0"}},
            "environment": {"platform": "linux/amd64"},
        },
        "metadata": {
            "buildStartedOn": "2025-12-31T23:58:20Z",
            "buildFinishedOn": CREATED,
            "completeness": {"parameters": true, "environment": true, "materials": true},
            "reproducible": false,
        },
    })
}

fn manifest(blobs: &mut Blobs, architecture: &str, steps: Vec<Step>) -> io::Result<Value> {
    let (mut layers, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for Step { created_by, layer } in steps {
        let mut entry = json!({"created": CREATED, "created_by": created_by});
        match layer {
            Some(layer) => {
                let (tar, packed) = layer.finish()?;
                diff_ids.push(format!("sha256:{}", encoded(&tar)));
                let (digest, size) = blobs.add(packed);
                layers.push(json!({"mediaType": LAYER, "digest": digest, "size": size}));
            }
            None => entry["empty_layer"] = true.into(),
        }
        history.push(entry);
    }
    let config = json!({
        "created": CREATED,
        "architecture": architecture,
        "os": "linux",
        "config": {
            "User": "1000:1000",
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "MENU=/etc/menu/menu.conf"],
            "Entrypoint": ["/usr/bin/menu"],
            "Labels": {"org.opencontainers.image.title": "menu"},
        },
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    });
    let config = blobs.add_json(CONFIG, &config)?;
    let document = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers,
    });
    blobs.add_json(MANIFEST, &document)
}

fn base(architecture: &str) -> io::Result<Step> {
    let mut layer = Layer::new(0);
    for folder in [
        "bin",
        "etc",
        "home",
        "root",
        "tmp",
        "usr",
        "usr/bin",
        "usr/lib",
        "usr/share",
        "var",
        "var/cache",
        "var/log",
    ] {
        let mode = match folder {
            "tmp" => 0o1777,
            "root" => 0o700,
            _ => 0o755,
        };
        layer.directory(folder, mode)?;
    }
    let shell = format!("#!/usr/bin/env not-a-shell\n# a stand-in for {architecture}\n");
    layer.file("bin/sh", 0o755, shell.as_bytes())?;
    layer.file(
        "etc/os-release",
        0o644,
        b"NAME=\"Teahouse\"\nID=teahouse\nVERSION_ID=7\n",
    )?;
    layer.file(
        "etc/passwd",
        0o644,
        b"root:x:0:0:root:/root:/bin/sh\nmenu:x:1000:1000::/home/menu:/bin/sh\n",
    )?;
    layer.file("etc/shadow", 0o640, b"root:*:20000:0:99999:7:::\n")?;
    layer.file(
        "var/log/install.log",
        0o644,
        "unpacked a package\n".repeat(40).as_bytes(),
    )?;
    Ok(step("ADD rootfs.tar.xz / # buildkit", layer))
}

fn libraries(architecture: &str) -> io::Result<Step> {
    let mut layer = Layer::new(1);
    layer.directory("usr/lib", 0o755)?;
    let library = format!("libtea for {architecture}\n").repeat(400);
    layer.file("usr/lib/libtea.so.2.1", 0o644, library.as_bytes())?;
    layer.symlink("usr/lib/libtea.so.2", "libtea.so.2.1")?;
    layer.symlink("usr/lib/libtea.so", "libtea.so.2")?;
    layer.directory("var/cache/packages", 0o755)?;
    for package in ["libtea", "kettle", "spoon"] {
        let path = format!("var/cache/packages/{package}.tar");
        layer.file(&path, 0o644, package.repeat(2_000).as_bytes())?;
    }
    layer.directory("usr/share/doc/libtea", 0o755)?;
    layer.file("usr/share/doc/libtea/copyright", 0o644, b"Apache-2.0\n")?;
    Ok(step("RUN /bin/sh -c install libtea # buildkit", layer))
}

fn application(architecture: &str, version: &str) -> io::Result<Step> {
    let mut layer = Layer::new(2);
    layer.file("usr/bin/menu", 0o755, &program(architecture, version))?;
    layer.hardlink("usr/bin/menu-admin", "usr/bin/menu")?;
    layer.directory("usr/share/menu", 0o755)?;
    for tea in [
        "assam",
        "darjeeling",
        "gyokuro",
        "hojicha",
        "keemun",
        "oolong",
        "sencha",
    ] {
        let path = format!("usr/share/menu/{tea}.json");
        let content = format!("{{\"tea\": \"{tea}\", \"minutes\": 3}}\n");
        layer.file(&path, 0o644, content.as_bytes())?;
    }
    layer.file("usr/share/menu/cup.png", 0o644, &picture::cup()?)?;
    layer.file(
        "usr/share/menu/hours.yaml",
        0o644,
        b"# when the kettle is on\nopen:\n  monday: [9, 18]\n  sunday: closed\nteas: 7\n",
    )?;
    layer.directory("home/menu", 0o750)?;
    layer.owned(
        "home/menu/.token",
        0o600,
        1000,
        b"not-a-real-secret: hidden by a later layer\n",
    )?;
    layer.owned(
        "home/menu/notes.txt",
        0o644,
        1000,
        "grüner Tee, 玉露, чай\n".as_bytes(),
    )?;
    Ok(step("COPY --chown=1000:1000 . / # buildkit", layer))
}

/// The header of an ELF program, and words where its code would be.
fn program(architecture: &str, version: &str) -> Vec<u8> {
    // ELF: 64 bits, low byte first, version 1; an executable for the machine.
    let machine: u16 = if architecture == "arm64" { 183 } else { 62 };
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0".to_vec();
    bytes.extend(machine.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.resize(64, 0);
    bytes.extend(
        format!("menu {version} for {architecture}\n")
            .repeat(300)
            .bytes(),
    );
    bytes
}

fn set_modes() -> io::Result<Step> {
    let mut layer = Layer::new(3);
    layer.file("etc/shadow", 0o600, b"root:*:20000:0:99999:7:::\n")?;
    layer.file("tmp/build.log", 0o644, b"chmod: done\n")?;
    Ok(step(
        "RUN /bin/sh -c chmod 600 /etc/shadow # buildkit",
        layer,
    ))
}

fn settings_layer() -> io::Result<Layer> {
    let mut layer = Layer::new(3);
    layer.directory("etc/menu", 0o755)?;
    layer.file(
        "etc/menu/menu.conf",
        0o644,
        b"port = 8080\nprices = \"fair\"\n",
    )?;
    layer.file(
        "etc/os-release",
        0o644,
        b"NAME=\"Teahouse\"\nID=teahouse\nVERSION_ID=7.1\n",
    )?;
    Ok(layer)
}

fn settings() -> io::Result<Step> {
    Ok(step(
        "COPY menu.conf /etc/menu/ # buildkit",
        settings_layer()?,
    ))
}

fn clean_up() -> io::Result<Step> {
    let mut layer = Layer::new(4);
    layer.directory("home/menu", 0o750)?;
    layer.whiteout("home/menu", ".token")?;
    layer.directory("var/cache/packages", 0o755)?;
    layer.opaque("var/cache/packages")?;
    layer.file("var/cache/packages/list", 0o644, b"libtea 2.1\n")?;
    layer.whiteout("var/log", "install.log")?;
    layer.whiteout("tmp", "build.log")?;
    Ok(step(
        "RUN /bin/sh -c rm -rf /home/menu/.token /var/cache/packages/* /var/log/install.log /tmp/build.log # buildkit",
        layer,
    ))
}

fn relink() -> io::Result<Step> {
    let mut layer = Layer::new(5);
    layer.symlink("usr/share/doc/libtea", "../licenses")?;
    layer.directory("usr/share/licenses", 0o755)?;
    layer.file("usr/share/licenses/copyright", 0o644, b"Apache-2.0\n")?;
    layer.file(
        "usr/share/menu/hojicha.json",
        0o600,
        b"{\"tea\": \"hojicha\", \"minutes\": 1}\n",
    )?;
    layer.directory("var/log", 0o755)?;
    layer.file("var/log/install.log", 0o640, b"relinked\n")?;
    Ok(step("RUN /bin/sh -c relink # buildkit", layer))
}
