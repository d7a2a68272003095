import { beforeEach, describe, expect, test } from "vitest";

import type { Files } from "../generated/simd/store.js";
import { openFiles } from "../src/store-files.js";
import { FakeFolder, FakeLocks } from "./support/fake-folder.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined): string | undefined =>
  found && new TextDecoder().decode(found);

let root: FakeFolder;
let locks: FakeLocks;

// What the fakes have is all that is used of the browser's own.
type Browser = Parameters<typeof openFiles>[0];
function browser(): Browser {
  return { storage: { getDirectory: () => Promise.resolve(root) }, locks } as unknown as Browser;
}

async function files(): Promise<Files> {
  const opened = await openFiles(browser());
  if (typeof opened === "string") throw new Error(opened);
  return opened;
}

beforeEach(() => {
  root = new FakeFolder();
  locks = new FakeLocks();
  FakeFolder.canMove = true;
});

describe("the files of the store", () => {
  test("lie in one folder, and nothing else is left there", async () => {
    const opened = await files();
    expect(root.names()).toEqual([]);
    await opened.write("labels/sha256/ab", bytes("x"));
    expect(root.names()).toEqual(["oci-lens-content/labels/sha256/ab"]);
  });

  test("are written whole, and read from where it is asked", async () => {
    const opened = await files();
    await opened.write("a/b", bytes("hello"));
    await opened.write("a/b", bytes("hey there"));
    expect(text(await opened.read("a/b", 4, 3))).toBe("the");
    expect(text(await opened.read("a/b", 4, 99))).toBe("there");
    expect(text(await opened.read("a/b", 99, 1))).toBe("");
    expect(await opened.stat("a/b")).toEqual([9, 7]);
  });

  test("that are not there are told as absent, their folders, too", async () => {
    const opened = await files();
    expect(await opened.read("a/b", 0, 1)).toBeUndefined();
    expect(await opened.stat("a/b")).toBeUndefined();
    expect(await opened.list("a/b")).toEqual([]);
    await opened.remove("a/b");
  });

  test("are listed in order, and removed with all that is in them", async () => {
    const opened = await files();
    for (const name of ["b", "a", "c/d"]) await opened.write(`x/${name}`, bytes(name));
    expect(await opened.list("x")).toEqual(["a", "b", "c"]);
    await opened.remove("x");
    expect(root.names()).toEqual([]);
  });

  test("are written piece by piece while they are open, which no one else can have", async () => {
    const opened = await files();
    const file = await opened.open("x/data");
    file.writeAt(0, bytes("hello"));
    file.writeAt(5, bytes(" world"));
    expect(file.size()).toBe(11);
    await expect(opened.open("x/data")).rejects.toThrow("it is open");
    file.truncate(5);
    const buffer = new Uint8Array(8);
    expect(file.readAt(1, buffer)).toBe(4);
    expect(text(buffer.subarray(0, 4))).toBe("ello");
    file.close();
    (await opened.open("x/data")).close();
  });

  test.each([true, false])("are moved, where the browser can move files: %s", async (canMove) => {
    const opened = await files();
    await opened.write("x/data", bytes("hello"));
    FakeFolder.canMove = canMove;
    await opened.rename("x/data", "blobs/sha256/ab");
    expect(root.names()).toEqual(["oci-lens-content/blobs/sha256/ab"]);
    expect(text(await opened.read("blobs/sha256/ab", 0, 9))).toBe("hello");
  });

  test("are locked until they are given back", async () => {
    const [first, second] = [await files(), await files()];
    const release = await first.tryLock("ingest/x");
    expect(release).toBeDefined();
    expect(await second.tryLock("ingest/x")).toBeUndefined();
    expect(await second.isLocked("ingest/x")).toBe(true);
    expect(await second.isLocked("ingest/y")).toBe(false);
    const waiting = second.lock("ingest/x");
    release?.();
    (await waiting)();
    // A turn, in which it is given back.
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    expect(await first.isLocked("ingest/x")).toBe(false);
  });
});

describe("memory is taken", () => {
  test("where there are no locks", async () => {
    const { storage } = browser();
    expect(await openFiles({ ...(storage ? { storage } : {}) })).toBe("no-locks");
  });

  test("where there are no files", async () => {
    expect(await openFiles({ locks } as unknown as Browser)).toBe("no-files");
    const refused = { getDirectory: () => Promise.reject(new DOMException("no", "SecurityError")) };
    expect(await openFiles({ ...browser(), storage: refused })).toBe("no-files");
  });
});
