"""Writes statements.json: attestations, and what an independent reading finds.

    python3 statements.py > statements.json

The documents are small ones of our own after the examples of in-toto's, DSSE's,
SLSA's, SPDX's and CycloneDX's specifications. The expectations come from Python's
json and the tables below, which name the members by hand.
"""

import base64
import json
import sys

DIGEST = {"sha256": "ab" * 32, "sha1": "cd" * 20}


def compact(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def flat(prefix, value):
    if isinstance(value, dict) and value:
        return [leaf for name in value for leaf in flat(prefix + [name], value[name])]
    return [{"key": ".".join(prefix), "value": compact(value)}]


def resources(values, *names):
    found = []
    for value in values:
        name = next((value[name] for name in names if value.get(name)), "")
        digests = [f"{a}:{d}" for a, d in value.get("digest", {}).items()]
        found.append({"name": name, "digests": digests})
    return found


def without_none(value):
    return {name: item for name, item in value.items() if item is not None}


def statement(document, packages=None, provenance=None, signatures=None):
    return without_none({
        "statementType": document.get("_type", ""),
        "predicateType": document.get("predicateType", ""),
        "subjects": resources(document.get("subject", []), "name", "uri"),
        "moreSubjects": 0,
        "signatures": signatures,
        "packages": packages,
        "provenance": provenance,
    })


def package(name, version, purl=None, kind=None, license=None, supplier=None):
    return without_none({"name": name, "version": version, "purl": purl, "kind": kind, "license": license, "supplier": supplier})


cases = []


def case(name, document, expected):
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    cases.append({"name": name, "document": text, "expected": expected})


# slsa.dev/provenance/v0.2 as BuildKit fills it: docs/attestations/slsa-provenance.md
v02 = {
    "_type": "https://in-toto.io/Statement/v0.1",
    "predicateType": "https://slsa.dev/provenance/v0.2",
    "subject": [{"name": "pkg:docker/app@1?platform=linux%2Famd64", "digest": DIGEST}],
    "predicate": {
        "builder": {"id": "https://example.org/builder"},
        "buildType": "https://mobyproject.org/buildkit@v1",
        "materials": [
            {"uri": "pkg:docker/alpine@3.20?platform=linux%2Famd64", "digest": {"sha256": "12" * 32}},
            {"uri": "https://example.org/source.tgz"},
        ],
        "invocation": {
            "configSource": {"uri": "https://example.org/app.git#refs/heads/main", "digest": {"sha1": "34" * 20}, "entryPoint": "Dockerfile"},
            "parameters": {
                "frontend": "gateway.v0",
                "args": {"build-arg:VERSION": "1.2", "source": "docker/dockerfile:1", "empty": {}},
                "locals": [{"name": "context"}, {"name": "dockerfile"}],
            },
            "environment": {"platform": "linux/amd64"},
        },
        "metadata": {"buildInvocationID": "x", "buildStartedOn": "2024-01-02T03:04:05Z", "buildFinishedOn": "2024-01-02T03:05:05Z"},
    },
}
invocation = v02["predicate"]["invocation"]
v02_provenance = {
    "builder": "https://example.org/builder",
    "buildType": "https://mobyproject.org/buildkit@v1",
    "started": "2024-01-02T03:04:05Z",
    "finished": "2024-01-02T03:05:05Z",
    "parameters": flat([], invocation),
    "moreParameters": 0,
    "materials": resources(v02["predicate"]["materials"], "uri"),
    "moreMaterials": 0,
}
case("SLSA v0.2", v02, statement(v02, provenance=v02_provenance))

v1 = {
    "_type": "https://in-toto.io/Statement/v1",
    "predicateType": "https://slsa.dev/provenance/v1",
    "subject": [{"uri": "oci://example.org/app", "digest": DIGEST}, {"name": "b"}],
    "predicate": {
        "buildDefinition": {
            "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
            "externalParameters": {"configSource": {"path": "Dockerfile"}, "request": {"frontend": "dockerfile.v0", "args": {"target": "release", "n": 1.50, "on": True, "off": None}}},
            "internalParameters": {"builderPlatform": "linux/arm64", "buildConfig": {"llbDefinition": [{"id": f"step{i}", "op": {"x": "y" * 64}} for i in range(64)]}},
            "resolvedDependencies": [{"uri": "pkg:docker/golang@1.22", "digest": {"sha256": "56" * 32}}, {"name": "only a name"}],
        },
        "runDetails": {
            "builder": {"id": "https://example.org/runner"},
            "metadata": {"invocationId": "y", "startedOn": "2025-01-01T00:00:00Z", "finishedOn": "2025-01-01T00:00:09Z"},
        },
    },
}
definition = v1["predicate"]["buildDefinition"]
v1_parameters = flat(["externalParameters"], definition["externalParameters"]) + flat(["internalParameters"], definition["internalParameters"])
# The build graph is longer than 4,096 bytes.
long = [p for p in v1_parameters if p["key"].endswith("llbDefinition")]
v1_provenance = {
    "builder": "https://example.org/runner",
    "buildType": definition["buildType"],
    "started": "2025-01-01T00:00:00Z",
    "finished": "2025-01-01T00:00:09Z",
    "parameters": [p for p in v1_parameters if p not in long],
    "moreParameters": len(long),
    "materials": resources(definition["resolvedDependencies"], "uri", "name"),
    "moreMaterials": 0,
}
case("SLSA v1", v1, statement(v1, provenance=v1_provenance))

spdx = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": "sbom",
    "creationInfo": {"created": "2024-05-06T07:08:09Z", "creators": ["Organization: Example", "Tool: syft-1.2.3", "Tool: buildkit-v0.23"]},
    "packages": [
        {"SPDXID": "b", "name": "zlib", "versionInfo": "1:1.3", "licenseConcluded": "NOASSERTION", "licenseDeclared": "Zlib", "supplier": "Person: A <a@example.org>",
         "externalRefs": [{"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a"}, {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/zlib1g@1:1.3?arch=amd64"}]},
        {"SPDXID": "c", "name": "Ähnlich", "versionInfo": "2", "licenseConcluded": "MIT", "licenseDeclared": "NOASSERTION", "supplier": "NOASSERTION", "primaryPackagePurpose": "CONTAINER"},
        {"SPDXID": "a", "name": "apk-tools", "licenseDeclared": "NONE", "licenseConcluded": "NONE"},
        {"SPDXID": "d", "name": "zlib", "versionInfo": "1:1.2"},
    ],
    "files": [{"fileName": "/a"}, {"fileName": "/b"}],
    "relationships": [{"relatedSpdxElement": "b"}] * 5,
}
spdx_list = {
    "format": "spdx", "version": "2.3", "name": "sbom", "tools": ["syft-1.2.3", "buildkit-v0.23"], "created": "2024-05-06T07:08:09Z",
    "packages": [
        package("apk-tools", ""),
        package("zlib", "1:1.2"),
        package("zlib", "1:1.3", "pkg:deb/debian/zlib1g@1:1.3?arch=amd64", "deb", "Zlib", "Person: A <a@example.org>"),
        package("Ähnlich", "2", None, "CONTAINER", "MIT"),
    ],
    "more": 0, "files": 2, "relationships": 5,
}
in_spdx = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document", "subject": [], "predicate": spdx}
case("SPDX in a statement", in_spdx, statement(in_spdx, packages=spdx_list))
case("SPDX alone", spdx, statement({}, packages=spdx_list))

cyclonedx = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "metadata": {
        "timestamp": "2024-05-06T07:08:09Z",
        "tools": {"components": [{"type": "application", "name": "trivy", "version": "0.50"}]},
        "component": {"type": "container", "name": "app:1"},
    },
    "components": [
        {"type": "library", "group": "@types", "name": "node", "version": "20.1.0", "purl": "pkg:npm/%40types/node@20.1.0", "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own licence"}}], "publisher": "P"},
        {"type": "operating-system", "name": "debian", "version": "12", "licenses": [{"expression": "GPL-2.0-only OR MIT"}], "supplier": {"name": "S"},
         "components": [{"type": "library", "name": "nested", "version": "1"}, {"type": "file", "name": "/etc/os-release"}]},
    ],
    "dependencies": [{"ref": "a", "dependsOn": ["b", "c"]}, {"ref": "b"}],
}
cyclonedx_list = {
    "format": "cyclonedx", "version": "1.5", "name": "app:1", "tools": ["trivy 0.50"], "created": "2024-05-06T07:08:09Z",
    "packages": [
        package("@types/node", "20.1.0", "pkg:npm/%40types/node@20.1.0", "npm", "MIT, Own licence", "P"),
        package("debian", "12", None, "operating-system", "GPL-2.0-only OR MIT", "S"),
        package("nested", "1", None, "library"),
    ],
    "more": 0, "files": 1, "relationships": 2,
}
case("CycloneDX 1.5 alone", cyclonedx, statement({}, packages=cyclonedx_list))
old = dict(cyclonedx, specVersion="1.4", metadata={"tools": [{"vendor": "anchore", "name": "syft", "version": "0.9"}]})
old_list = dict(cyclonedx_list, version="1.4", name="", tools=["anchore syft 0.9"])
del old_list["created"]
in_old = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://cyclonedx.org/bom", "subject": [{"name": "x", "digest": {}}], "predicate": old}
case("CycloneDX 1.4 in a statement", in_old, statement(in_old, packages=old_list))


def envelope(document, encode, count):
    payload = encode(json.dumps(document).encode()).decode()
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [{"keyid": "", "sig": "AA=="}] * count}


unknown = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.org/??>>/v9", "subject": [{"name": "a~~~>>>???", "digest": {"gitCommit": "ef" * 20}}], "predicate": "text"}
case("unknown predicate", unknown, statement(unknown))
case("DSSE, standard alphabet", envelope(unknown, base64.b64encode, 2), statement(unknown, signatures=2))
case("DSSE, URL-safe alphabet", envelope(unknown, base64.urlsafe_b64encode, 0), statement(unknown, signatures=0))
case("DSSE, not padded", envelope(unknown, lambda b: base64.b64encode(b).rstrip(b"="), 1), statement(unknown, signatures=1))
case("Sigstore bundle", {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": envelope(v02, base64.b64encode, 1)}, statement(v02, provenance=v02_provenance, signatures=1))

empty = {"_type": "https://in-toto.io/Statement/v1"}
case("nothing but a type", empty, statement(empty))
odd = {"_type": "t", "predicateType": 5, "subject": {"name": "no list"}, "predicate": []}
case("wrong types", odd, {"statementType": "t", "predicateType": "", "subjects": [], "moreSubjects": 0})

json.dump(cases, sys.stdout, ensure_ascii=False, indent=1)
print()
