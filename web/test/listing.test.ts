import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test, vi } from "vitest";

import { Host } from "../e2e/support/host.js";
import { BlobInput } from "../src/bytes.js";
import { abortError, EngineError } from "../src/errors.js";
import type { Explored } from "../src/explorer.js";
import { listLayers } from "../src/listing.js";
import { Session, type SessionEvents } from "../src/session.js";
import { readToc } from "../src/toc.js";
import type { ScanModule } from "../src/wasm.js";
import { outcome } from "./support/settle.js";

const signal = () => new AbortController().signal;

/** An archive whose layers have tables of contents, each of which gives what `answers` says. */
function archive(answers: readonly (() => Promise<Uint8Array | undefined>)[] | undefined) {
  const trace: string[] = [];
  const plans = answers?.map((_, number) => ({
    job: Uint8Array.of(number),
    blob: { number, source: 0, offset: number, size: 5, free: () => trace.push("free blob") },
    free: () => trace.push("free plan"),
  }));
  const call = (name: string, { job, bytes }: { job: Uint8Array; bytes: Blob }) => {
    trace.push(`${name} ${job.join()} of ${bytes.size}`);
    return answers?.[job[0] ?? 0]?.() ?? Promise.resolve(undefined);
  };
  const explored = {
    engine: {
      tocs: () => plans,
      list: (listed: Uint8Array) => trace.push(`list ${listed.join()}`),
      refuseToc: (number: number, why: string) => trace.push(`refuse ${number}: ${why}`),
    },
    reader: { worker: () => Promise.resolve({ call }) },
    sources: [new BlobInput(new Blob([new Uint8Array(20)]))],
  } as unknown as Explored;
  return { trace, explored };
}

const gives = (byte: number) => () => Promise.resolve(Uint8Array.of(byte));
const fails = (code: string) => () => Promise.reject(new EngineError({ code, message: "why" }));

test("layers without tables of contents are not listed", async () => {
  const { trace, explored } = archive(undefined);
  expect(await listLayers(() => explored, 0, signal())).toBe(false);
  expect(trace).toEqual([]);
});

test("an image of which all is known is listed without a worker", async () => {
  const { trace, explored } = archive([]);
  explored.reader.worker = () => Promise.reject(new Error("there is none"));
  expect(await listLayers(() => explored, 0, signal())).toBe(true);
  expect(trace).toEqual([]);
});

test("layers are listed from the bottom up, once all are read", async () => {
  const { trace, explored } = archive([gives(7), gives(8)]);
  expect(await listLayers(() => explored, 0, signal())).toBe(true);
  const freed = ["free blob", "free plan"];
  expect(trace).toEqual([
    ...freed,
    ...["readToc 0 of 5", ...freed],
    ...["readToc 1 of 5", "list 7", "list 8"],
  ]);
});

test.each([
  ["toc-digest", ["refuse 1: why"]],
  ["limit-toc-bytes", ["refuse 1: why"]],
  ["read-failed", []],
])("none is listed where one fails, and why is told: %s", async (code, told) => {
  const { trace, explored } = archive([gives(7), fails(code)]);
  expect(await listLayers(() => explored, 0, signal())).toBe(false);
  expect(trace.filter((line) => /^(list|refuse)/.test(line))).toEqual(told);
});

test("none is listed where a server gives whole layers only", async () => {
  const { trace, explored } = archive([gives(7), () => Promise.resolve(undefined)]);
  expect(await listLayers(() => explored, 0, signal())).toBe(false);
  expect(trace.filter((line) => /^(list|refuse)/.test(line))).toEqual([]);
});

test("what is cancelled, or whose archive is closed, is not listed", async () => {
  const stopped = new AbortController();
  const { explored } = archive([
    () => {
      stopped.abort();
      return Promise.reject(abortError());
    },
  ]);
  expect(await outcome(listLayers(() => explored, 0, stopped.signal))).toBe("aborted");

  const closed = new EngineError({ code: "archive-closed", message: "closed" });
  const { trace, explored: open } = archive([gives(7)]);
  let found = 0;
  const find = (): Explored => {
    found += 1;
    if (found > 2) throw closed;
    return open;
  };
  await expect(listLayers(find, 0, signal())).rejects.toBe(closed);
  expect(trace).not.toContain("list 7");
});

/** A core whose reader wants these ranges one after the other. */
function core(ranges: readonly (readonly [from: number, to: number])[], failing = false) {
  const trace: string[] = [];
  class TocReader {
    #next = 0;
    constructor(job: Uint8Array) {
      trace.push(`new ${job.join()}`);
    }
    from = () => ranges[this.#next]?.[0] ?? 0;
    to = () => ranges[this.#next]?.[1] ?? 0;
    push(bytes: Uint8Array) {
      trace.push(`push ${bytes.join()}`);
      if (failing) throw new EngineError({ code: "toc-no-footer", message: "why" });
      this.#next += 1;
    }
    finish() {
      trace.push("finish");
      return Uint8Array.of(9);
    }
    free() {
      trace.push("free");
    }
  }
  return { trace, module: { TocReader } as unknown as Pick<ScanModule, "TocReader"> };
}

const JOB = Uint8Array.of(1);

test("a table of contents is read by the ranges that it wants", async () => {
  const { trace, module } = core([
    [4, 6],
    [1, 2],
  ]);
  const bytes = new Blob([Uint8Array.of(10, 11, 12, 13, 14, 15)]);
  expect(await readToc(module, JOB, bytes, signal())).toEqual(Uint8Array.of(9));
  expect(trace).toEqual(["new 1", "push 14,15", "push 11", "finish"]);
});

test("a reader that refuses is let go of", async () => {
  const { trace, module } = core([[0, 2]], true);
  const bytes = new Blob([Uint8Array.of(10, 11)]);
  expect(await outcome(readToc(module, JOB, bytes, signal()))).toMatch(/toc-no-footer/);
  expect(trace).toEqual(["new 1", "push 10,11", "free"]);
});

test("bytes that end too soon are the core's to judge", async () => {
  const { trace, module } = core([[5, 9]]);
  const bytes = new Blob([Uint8Array.of(10)]);
  await readToc(module, JOB, bytes, signal());
  expect(trace).toEqual(["new 1", "finish"]);
});

test.each([
  ["right", ["new 1", "push 3,4", "finish"]],
  ["none", ["new 1", "free"]],
] as const)("a server's layers are read in parts, or not at all: %s", async (ranges, expected) => {
  const host = await Host.start();
  const folder = mkdtempSync(join(tmpdir(), "oci-lens-toc-"));
  vi.stubGlobal("self", { origin: host.origin });
  try {
    writeFileSync(join(folder, "layer"), Uint8Array.of(1, 2, 3, 4, 5));
    host.files("/a/", folder, { ranges });
    const { trace, module } = core([[2, 4]]);
    const layer = { url: `${host.origin}/a/layer`, offset: 0, size: 5, of: undefined };
    const listed = await readToc(module, JOB, layer, signal());
    expect(listed !== undefined).toBe(ranges === "right");
    expect(trace).toEqual(expected);
  } finally {
    vi.unstubAllGlobals();
    rmSync(folder, { recursive: true });
    await host.close();
  }
});

/** A session whose archive is listed when `listed` says so. */
function session(listed: () => Promise<boolean>) {
  const trace: string[] = [];
  const report = { images: [{ number: 0 }, { number: 1 }] };
  const opened = {
    latest: report,
    onDemand: true,
    report: () => Promise.resolve(report),
    listLayers: (image: number) => {
      trace.push(`list ${image}`);
      return listed();
    },
    scan: ({ image }: { image?: number }) => {
      trace.push(`scan ${image ?? "all"}`);
      return Promise.resolve(report);
    },
  };
  const events: SessionEvents = {
    changed: () => undefined,
    progress: () => undefined,
    ended: () => trace.push("ended"),
    failed: () => trace.push("failed"),
  };
  return { trace, session: new Session("a", opened as unknown as Session["archive"], events) };
}

test("an image that is listed is not read, and listed once", async () => {
  const { trace, session: open } = session(() => Promise.resolve(true));
  const listing = open.list(1);
  expect(open.scanning).toBe(true);
  await listing;
  expect([open.scanning, open.scan, open.isVerified, open.revision(1)]).toEqual([
    false,
    undefined,
    false,
    1,
  ]);
  await open.list(1);
  expect(trace).toEqual(["list 1"]);
  await open.read();
  expect(trace).toEqual(["list 1", "scan all", "ended"]);
});

test("an image that cannot be listed is read", async () => {
  const { trace, session: open } = session(() => Promise.resolve(false));
  await open.list(1);
  expect(trace).toEqual(["list 1", "scan 1", "ended"]);
  expect(open.scan).toEqual({ state: "done" });
});

test("what is to be read is read after what is listed", async () => {
  const { trace, session: open } = session(() => Promise.resolve(true));
  await Promise.all([open.list(1), open.list(1), open.read(1), open.list(1), open.list(0)]);
  expect(trace).toEqual(["list 1", "scan 1", "ended", "list 0"]);
  const all = session(() => Promise.resolve(true));
  await Promise.all([all.session.list(1), all.session.list(0), all.session.read()]);
  expect(all.trace).toEqual(["list 1", "scan all", "ended"]);
});

test("listing is cancelled as reading is", async () => {
  const { trace, session: open } = session(() => {
    open.cancel();
    return Promise.reject(abortError());
  });
  await open.list(0);
  expect(open.scan).toEqual({ state: "cancelled" });
  expect(trace).toEqual(["list 0", "ended"]);
});
