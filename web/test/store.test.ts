import { createHash } from "node:crypto";

import { beforeEach, describe, expect, test } from "vitest";

import { BUILD } from "../src/build.js";
import { ContentStore } from "../src/store.js";
import { storeHandlers } from "../src/store-handlers.js";
import type { StoreCalls } from "../src/store-protocol.js";
import { FakeStore } from "./support/fake-store.js";
import { FakeWorker } from "./support/fake-worker.js";

const MIB = 1 << 20;
const sha256 = (bytes: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

let core: FakeStore;
let workers: FakeWorker[];
let store: ContentStore;

beforeEach(() => {
  core = new FakeStore();
  workers = [];
  store = new ContentStore(() => {
    const worker = FakeWorker.answering<StoreCalls>(
      storeHandlers({
        start: () => Promise.resolve(core.core()),
        files: () => Promise.resolve("no-files"),
      }),
      BUILD,
    );
    workers.push(worker);
    return worker;
  });
});

/** Bytes of which no two parts are the same. */
function long(pieces: number): Blob {
  return new Blob(Array.from({ length: pieces }, (_, at) => Buffer.alloc(MIB, `${at} `)));
}

describe("an ingest", () => {
  test("becomes a blob", async () => {
    const bytes = new Blob(["hello"]);
    const done = await store.ingest({ ref: "r", bytes, labels: [] });
    expect(done).toEqual({ digest: sha256("hello"), existed: false });
    expect(core.writers.open).toBe(0);
    expect(await store.place()).toBe("no-files");
  });

  test("of what is stored is no failure", async () => {
    const hello = { ref: "r", bytes: new Blob(["hello"]), labels: [] };
    await store.ingest(hello);
    expect(await store.ingest(hello)).toEqual({ digest: sha256("hello"), existed: true });
    const expected = sha256("hello");
    expect(await store.ingest({ ...hello, expected })).toEqual({ digest: expected, existed: true });
    expect([...core.ingests]).toEqual([]);
  });

  test("that is not what was expected leaves nothing", async () => {
    const wrong = { ref: "r", bytes: new Blob(["hello"]), expected: sha256("other"), labels: [] };
    await expect(store.ingest(wrong)).rejects.toMatchObject({ code: "failed-precondition" });
    expect([...core.ingests, ...core.blobs]).toEqual([]);
    expect(core.writers.open).toBe(0);
  });

  test("goes on where it was left, and only with the same bytes", async () => {
    const bytes = long(3);
    const all = new Uint8Array(await bytes.arrayBuffer());
    core.ingests.set("r", all.slice(0, 2 * MIB + 5));
    const other = { ref: "r", bytes: new Blob([Buffer.alloc(4 * MIB, "other")]), labels: [] };
    await expect(store.ingest(other)).rejects.toMatchObject({ code: "other-bytes" });
    const short = { ref: "r", bytes: bytes.slice(0, MIB), labels: [] };
    await expect(store.ingest(short)).rejects.toMatchObject({ code: "other-bytes" });
    expect(core.ingests.get("r")?.length).toBe(2 * MIB + 5);
    const done = await store.ingest({ ref: "r", bytes, labels: [] });
    expect(done).toEqual({ digest: sha256(all), existed: false });
    expect(core.writers.open).toBe(0);
  });

  test("that is stopped keeps what it has", async () => {
    const bytes = new Blob(["hello"]);
    const stopped = store.ingest({ ref: "r", bytes, labels: [] });
    expect(store.running.map(({ ref }) => ref)).toEqual(["r"]);
    await expect(store.ingest({ ref: "r", bytes, labels: [] })).rejects.toMatchObject({
      code: "unavailable",
    });
    store.stop("r");
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(store.running).toEqual([]);
    expect([...core.blobs]).toEqual([]);
    expect(await store.ingest({ ref: "r", bytes, labels: [] })).toMatchObject({ existed: false });
  });
});

test("a blob is read in pieces, to its end", async () => {
  const bytes = long(9);
  const { digest } = await store.ingest({ ref: "r", bytes, labels: [] });
  const read = new Uint8Array(await new Response(store.stream(digest)).arrayBuffer());
  expect(sha256(read)).toBe(digest);
});

test("an image is kept from the top down, as far as it is there", async () => {
  const [root, config, layer, missing] = ["root", "config", "layer", "missing"].map(sha256);
  for (const name of ["root", "config", "layer"]) {
    core.below.set(sha256(name), new TextEncoder().encode(name));
  }
  core.children.set(root ?? "", [
    { digest: config ?? "", mediaType: "config" },
    { digest: layer ?? "", mediaType: "layer" },
    { digest: missing ?? "" },
    { digest: layer ?? "", mediaType: "layer" },
  ]);
  core.blobs.set(layer ?? "", new TextEncoder().encode("layer"));
  const asked: string[] = [];
  const kept = await store.keep(root ?? "", "manifest", (digest) => {
    asked.push(digest);
    return Promise.resolve(new Blob([core.below.get(digest) ?? ""] as BlobPart[]));
  });
  expect(kept).toBe(3);
  // What is stored is not read again.
  expect(asked).toEqual([root, config]);
  expect(core.adopted).toEqual([
    [root, "manifest", true],
    [config, "config", false],
    [layer, "layer", false],
  ]);
});

test("a worker that ends is replaced", async () => {
  await store.list();
  workers[0]?.fail("out of memory");
  await store.list();
  expect(workers).toHaveLength(2);
});

test("changes are told, also those of another page", async () => {
  const other = new BroadcastChannel("oci-lens-content");
  const heard = new Promise((resolve) => {
    other.onmessage = resolve;
  });
  let changes = 0;
  store.addEventListener("change", () => {
    changes += 1;
  });
  await store.abort("r");
  await heard;
  expect(changes).toBe(1);
  const told = new Promise((resolve) => {
    store.addEventListener("change", resolve);
  });
  other.postMessage("change");
  await told;
  other.close();
});
