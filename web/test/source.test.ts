import { describe, expect, test } from "vitest";

import {
  MOST_FILES,
  sourceFromBlob,
  sourceFromDrop,
  sourceFromFiles,
  type ArchiveSource,
} from "../src/source.js";
import { outcome } from "./support/settle.js";

interface Tree {
  [name: string]: Tree | string;
}

/** What top-level entries hold, for whoever takes them as files. */
const content = new WeakMap<object, string>();

function entry(name: string, node: Tree | string, parent = ""): FileSystemEntry {
  const fullPath = `${parent}/${name}`;
  if (typeof node === "string") {
    const file = (resolve: (file: File) => void, reject: (error: DOMException) => void): void => {
      if (node === "unreadable") reject(new DOMException("gone", "NotFoundError"));
      else resolve(new File([node], name));
    };
    const made = { isFile: true, isDirectory: false, name, fullPath, file };
    content.set(made, node);
    return made as unknown as FileSystemEntry;
  }
  return {
    isFile: false,
    isDirectory: true,
    name,
    fullPath,
    createReader: () => {
      const children = Object.entries(node);
      // At most a hundred at a time, as a real one; the last answer is empty.
      const size = Math.min(100, Math.ceil(children.length / 2));
      let from = 0;
      return {
        readEntries: (resolve: (batch: FileSystemEntry[]) => void) => {
          const batch = children.slice(from, from + size);
          from += size;
          resolve(batch.map(([child, tree]) => entry(child, tree, fullPath)));
        },
      };
    },
  } as unknown as FileSystemEntry;
}

function drop(...dropped: (FileSystemEntry | File | string)[]): {
  items: DataTransferItemList;
  files: FileList;
} {
  const items = dropped.map((item) => {
    if (typeof item === "string") return { kind: "string" };
    const file = item instanceof File ? item : null;
    return {
      kind: "file",
      webkitGetAsEntry: () => (file ? null : item),
      // Of a folder, too, browsers give a file: one that cannot be read.
      getAsFile: () => file ?? picked("", content.get(item) ?? "a folder", item.name),
    };
  });
  return { items, files: [] } as unknown as { items: DataTransferItemList; files: FileList };
}

/** A file as a picker gives it. */
function picked(webkitRelativePath: string, text: string, name?: string): File {
  const file = new File([text], name ?? webkitRelativePath.split("/").at(-1) ?? "");
  return Object.defineProperty(file, "webkitRelativePath", { value: webkitRelativePath });
}

async function shown(source: ArchiveSource): Promise<unknown> {
  if (source.kind === "file") return [source.name, await source.file.text()];
  if (source.kind === "url") return [source.name, source.url];
  const texts = await Promise.all(source.files.map((file) => file.text()));
  return [source.name, Object.fromEntries(source.paths.map((path, i) => [path, texts[i]]))];
}

const LAYOUT: Tree = {
  "oci-layout": "v",
  "index.json": "i",
  blobs: { sha256: { c: "3", a: "1", b: "2" }, empty: {} },
};

const FLAT = {
  "blobs/sha256/a": "1",
  "blobs/sha256/b": "2",
  "blobs/sha256/c": "3",
  "index.json": "i",
  "oci-layout": "v",
};

describe("what was dropped", () => {
  const cases: [string, Parameters<typeof drop>, unknown][] = [
    ["a file", [entry("a.tar", "bytes")], ["a.tar", "bytes"]],
    ["a file beside text", ["text/plain", entry("a.tar", "bytes")], ["a.tar", "bytes"]],
    ["a file without entries", [picked("", "bytes", "a.tar")], ["a.tar", "bytes"]],
    ["a folder, without its own name", [entry("image", LAYOUT)], ["image", FLAT]],
    [
      "the content of a folder",
      Object.entries(LAYOUT).map(([name, node]) => entry(name, node)),
      ["dropped files", FLAT],
    ],
  ];
  test.each(cases)("%s", async (_name, dropped, expected) => {
    const source = await sourceFromDrop(drop(...dropped));
    expect(await shown(source)).toEqual(expected);
    if (source.kind === "folder") expect(source.paths).toEqual([...source.paths].sort());
  });

  test("a folder deeper than the call stack", async () => {
    let deep: Tree = { end: "x" };
    for (let depth = 0; depth < 20_000; depth += 1) deep = { d: deep };
    const source = await sourceFromDrop(drop(entry("deep", deep)));
    expect(source.kind === "folder" && source.files.length).toBe(1);
  });

  const failures: [string, Parameters<typeof drop>, string][] = [
    ["nothing", [], "nothing-dropped: there is no file in it"],
    ["text only", ["text/plain"], "nothing-dropped: there is no file in it"],
    ["an empty folder", [entry("empty", {})], "nothing-dropped: there is no file in it"],
    [
      "an unreadable file",
      [entry("image", { a: "unreadable" })],
      "read-failed: image/a cannot be read: gone",
    ],
    [
      "too many files",
      [
        entry(
          "many",
          Object.fromEntries(Array.from({ length: MOST_FILES + 1 }, (_, i) => [i, ""])),
        ),
      ],
      `limit-folder-files: the folder holds more than ${MOST_FILES} files`,
    ],
  ];
  test.each(failures)("fails clearly: %s", async (_name, dropped, expected) => {
    expect(await outcome(sourceFromDrop(drop(...dropped)))).toBe(expected);
  });

  test("can be given up", async () => {
    const signal = AbortSignal.abort();
    expect(await outcome(sourceFromDrop(drop(entry("image", LAYOUT)), signal))).toBe("aborted");
  });
});

describe("what was picked", () => {
  test("a file", async () => {
    expect(await shown(sourceFromFiles([picked("", "x", "a.tar")]))).toEqual(["a.tar", "x"]);
  });

  test("a folder, one with a single file too", async () => {
    const files = Object.entries(FLAT).map(([path, text]) => picked(`image/${path}`, text));
    expect(await shown(sourceFromFiles(files.reverse()))).toEqual(["image", FLAT]);
    expect(await shown(sourceFromFiles([picked("image/x", "1")]))).toEqual(["image", { x: "1" }]);
  });

  test("a blob, with a name or without", () => {
    const names = [
      sourceFromBlob(new Blob()),
      sourceFromBlob(new Blob(), "b.tar"),
      sourceFromBlob(new File([], "c.tar")),
    ].map(({ name }) => name);
    expect(names).toEqual(["archive", "b.tar", "c.tar"]);
  });
});
