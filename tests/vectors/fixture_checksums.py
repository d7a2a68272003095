"""Writes fixture_checksums.json: content checksums of all paths of some fixtures.

    python3 fixture_checksums.py > fixture_checksums.json

Layers are read by Python's tarfile and applied in the order of their entries, as
containerd does with a folder; digests follow BuildKit's cache/contenthash. Both
are written down here anew, and the digests are held to contenthash.json, which
BuildKit's own code gave, before anything is written.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = ["hello-oci-archive", "weird", "weird-pax", "weird-gnu"]
FLAGS = {"file": b"0", "socket": b"0", "symlink": b"2", "char": b"3", "block": b"4", "dir": b"5", "fifo": b"6"}
TYPES = {b"0": "file", b"\0": "file", b"5": "dir", b"2": "symlink", b"3": "char", b"4": "block", b"6": "fifo"}


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def own(node):
    kind = node["kind"]
    data = node["data"] if kind == "file" else b""
    text = b"name" + b"mode%d" % (0o777 if kind == "symlink" else node["mode"])
    text += b"uid%dgid%dsize%dtypeflag%s" % (node["uid"], node["gid"], len(data), FLAGS[kind])
    text += b"linkname" + node["link"] + b"unamegnamedevmajor0devminor0"
    for name in sorted(node["xattrs"]):
        kept = name == b"security.capability" or not name.startswith((b"security.", b"system."))
        text += name + node["xattrs"][name] if kept else b""
    return sha256(text + data)


def checksums(tree):
    """Digests of all paths of a tree, by path; the root is the empty path."""
    done = {}
    for path in sorted(tree, key=lambda path: -path.count(b"/") if path else 1):
        if tree[path]["kind"] != "dir":
            done[path] = own(tree[path])
            continue
        below = path + b"/" if path else b""
        text = b"\0" + own(tree[path]).encode()
        passed = None
        keys = sorted((key for key in tree if key != path and key.startswith(below)), key=lambda key: key.split(b"/"))
        for key in keys:
            if passed is not None and (key + b"/").startswith(passed + b"/"):
                if not key[len(passed) + 1:].startswith(b"\xff"):
                    continue
            text += b"\0" + key[len(below):].replace(b"/", b"\0") + done[key].encode()
            passed = key if tree[key]["kind"] == "dir" else passed
        done[path] = sha256(text)
    return done


def node(kind, mode, uid=0, gid=0, data=b"", link=b"", xattrs=None):
    return {"kind": kind, "mode": mode, "uid": uid, "gid": gid, "data": data, "link": link, "xattrs": xattrs or {}}


def remove(tree, path):
    for key in [key for key in tree if key == path or key.startswith(path + b"/")]:
        del tree[key]


def apply(tree, layer):
    opened = tarfile.open(fileobj=io.BytesIO(layer))
    touched = set()
    for entry in opened:
        raw = os.fsencode(entry.name)
        path = os.path.normpath(b"/" + raw).lstrip(b"/")
        if not path:
            continue
        parent, name = os.path.split(path)
        parts = parent.split(b"/") if parent else []
        for end in range(1, len(parts) + 1):
            above = tree.setdefault(b"/".join(parts[:end]), node("dir", 0o755))
            assert above["kind"] == "dir", "links in parents are not needed here"
        if name == b".wh..wh..opq":
            for key in [key for key in tree if key.startswith(parent + b"/") and key not in touched]:
                tree.pop(key, None)
            continue
        if name.startswith(b".wh."):
            remove(tree, os.path.join(parent, name[4:]))
            continue
        xattrs = {}
        for key, value in entry.pax_headers.items():
            if key.startswith("SCHILY.xattr."):
                name = os.fsencode(key[len("SCHILY.xattr."):])
                if not name.startswith(b"trusted."):
                    xattrs[name] = value.encode("utf-8", "surrogateescape")
        if entry.type == tarfile.LNKTYPE:
            shared = tree[os.path.normpath(b"/" + os.fsencode(entry.linkname)).lstrip(b"/")]
            remove(tree, path)
            tree[path] = shared
            shared.update(mode=entry.mode & 0o7777, uid=entry.uid, gid=entry.gid)
            shared["xattrs"] = {**shared["xattrs"], **xattrs}
        else:
            kind = "file" if entry.issparse() else TYPES[entry.type]
            data = opened.extractfile(entry).read() if kind == "file" else b""
            link = os.fsencode(entry.linkname) if kind == "symlink" else b""
            made = node(kind, entry.mode & 0o7777, entry.uid, entry.gid, data, link, xattrs)
            old = tree.get(path)
            if old and old["kind"] == "dir" and kind == "dir":
                made["xattrs"] = {**old["xattrs"], **xattrs}
            elif old:
                remove(tree, path)
            tree[path] = made
        touched.add(path)


def layers(fixture):
    archive = tarfile.open(f"{HERE}/../fixtures/{fixture}/image.tar")
    blob = lambda digest: archive.extractfile("blobs/" + digest.replace(":", "/")).read()
    index = json.load(archive.extractfile("index.json"))
    manifest = json.loads(blob(index["manifests"][0]["digest"]))
    for layer in manifest["layers"]:
        data = blob(layer["digest"])
        yield gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def check():
    decode = lambda text: base64.b64decode(text[4:]) if text.startswith("b64:") else text.encode()
    with open(f"{HERE}/contenthash.json") as file:
        cases = json.load(file)["cases"]
    checked = 0
    for case in cases:
        tree = {}
        for path, value in case["tree"].items():
            xattrs = {k.encode(): base64.b64decode(v) for k, v in value.get("xattrs_b64", {}).items()}
            data = base64.b64decode(value.get("data_b64", ""))
            mode = int(value.get("mode", "0755"), 8)
            link = value.get("linkname", "").encode()
            tree[decode(path).strip(b"/")] = node(
                value["type"], mode, value.get("uid", 0), value.get("gid", 0), data, link, xattrs
            )
        found = checksums(tree)
        for query in case["queries"]:
            simple = not any(query.get(name) for name in ("follow_links", "wildcard", "include", "exclude"))
            path = query["path"].encode().strip(b"/")
            if simple and path in found:
                assert found[path] == query["expect"], (case["name"], query)
                checked += 1
    assert checked == 56, checked


def main():
    check()
    fixtures = []
    for fixture in FIXTURES:
        tree = {b"": node("dir", 0o755)}
        for last, layer in enumerate(layers(fixture)):
            apply(tree, layer)
            found = sorted(checksums(tree).items())
            found = [{"path_b64": base64.b64encode(path).decode(), "digest": digest} for path, digest in found]
            fixtures.append({"fixture": fixture, "last": last, "checksums": found})
    about = "content checksums of all paths of some fixtures, up to each layer; made by fixture_checksums.py"
    json.dump({"schema": "fixture_checksums/1", "about": about, "cases": fixtures}, sys.stdout, indent=1)
    print()


main()
