import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { archiveHandlers } from "../src/archives.js";
import { BUILD } from "../src/build.js";
import { Caller } from "../src/caller.js";
import { createEngine, EngineError, type Engine, type ScanUpdate } from "../src/client.js";
import type { EngineCalls, ScanCalls, Scanned } from "../src/protocol.js";
import { readHandlers } from "../src/reader.js";
import { fakeCore, fakeDecoders, fakeList, job, type Trace } from "./support/fake-core.js";
import { FakeWorker } from "./support/fake-worker.js";
import { outcome } from "./support/settle.js";

let trace: Trace;
let workers: FakeWorker[];
let decoderWorkers: FakeWorker[];
/** What scan workers do: by default they read the job's bytes. */
let scan: (bytes: Blob) => Promise<Scanned>;
/** Loads the engine: at once by default. */
let loadEngine: () => Promise<void>;
/** Loads the decoders: at once by default. */
let loadDecoders: () => Promise<void>;
let loads: number;
let discarded: number;

function engine(workerCount?: number): Engine {
  return createEngine({
    ...(workerCount === undefined ? {} : { workers: workerCount }),
    spawn: () => {
      const handlers = archiveHandlers({
        // Later than the first calls, as a download is.
        start: () =>
          new Promise((resolve) => {
            setTimeout(resolve, 5, fakeList(trace));
          }),
        engine: async () => {
          await loadEngine();
          return fakeCore(trace);
        },
        decoders: async () => {
          loads += 1;
          await loadDecoders();
          return fakeDecoders(trace);
        },
        prepareScan: async () => {
          loads += 1;
          await loadDecoders();
        },
        spawnScan: () => {
          const worker = FakeWorker.answering<ScanCalls>(
            {
              start: () => undefined,
              scan: ({ bytes }) => scan(bytes as Blob),
              hashElsewhere: () => undefined,
              hashFor: () => new Promise(() => undefined),
              ...readHandlers(() => Promise.resolve(fakeDecoders(trace))),
            },
            BUILD,
          );
          decoderWorkers.push(worker);
          return new Caller<ScanCalls>(worker, BUILD, PATIENCE);
        },
        processors: 8,
        createScratch: () => {
          const parts: Blob[] = [];
          return Promise.resolve({
            write: (bytes: Uint8Array<ArrayBuffer>) => parts.push(new Blob([bytes])),
            finish: () => Promise.resolve(),
            blob: () => Promise.resolve(new Blob(parts)),
            discard: () => {
              discarded += 1;
              return Promise.resolve();
            },
          });
        },
      });
      const worker = FakeWorker.answering<EngineCalls>(handlers, BUILD);
      workers.push(worker);
      return worker;
    },
  });
}

const PATIENCE = { interval: 1000, running: 10, starting: 10 };

const ARCHIVE = { kind: "file", name: "a.tar", file: new Blob(["0123456789"]) } as const;

beforeEach(() => {
  trace = { calls: [], jobs: [job(7, 4, 2), job(8, 3, 6)] };
  workers = [];
  decoderWorkers = [];
  discarded = 0;
  loads = 0;
  loadEngine = () => Promise.resolve();
  loadDecoders = () => Promise.resolve();
  scan = async (bytes) => ({
    table: new Uint8Array(await bytes.arrayBuffer()),
    stored: bytes.size,
    unpacked: bytes.size * 2,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an archive", () => {
  test("is opened, scanned, shown and closed", async () => {
    const updates: ScanUpdate[] = [];
    const archive = await engine(1).open(ARCHIVE);
    expect(archive.latest.schema).toBe("list");
    const report = await archive.scan({ onUpdate: (update) => updates.push(update) });
    expect(archive.latest).toBe(report);
    const tree = await archive.openTree(3, { first: 1, last: 2 });
    expect(tree.range).toEqual({ first: 1, last: 2 });
    expect(await tree.state()).toEqual({ rows: 103 });
    expect(await tree.rows(5, 6)).toEqual({ total: 0, offset: 5, rows: [] });
    expect(await tree.arrange({ sort: "size" })).toEqual({ rows: 103 });
    const pattern = { kind: "regex", pattern: "(", caseSensitive: false } as const;
    expect(await outcome(tree.arrange({ pattern }))).toBe("pattern-invalid: at character 1");
    expect(await tree.reveal(new Uint8Array([97]))).toBe(7);
    expect(await tree.reveal(new Uint8Array())).toBe(undefined);
    await tree.close();
    await archive.close();
    expect(trace.calls).toEqual([
      "listFile 10 plain",
      "openFile 10 plain",
      "complete 50,51,52,53",
      "complete 54,55,56",
      "report",
      "openTree 3 1 2",
      "rows 103 5 6",
      "arrange 103",
      "arrange 103",
      "reveal 103 97",
      "reveal 103 ",
      "closeTree 103",
      "free",
    ]);
    expect(updates).toEqual([
      {
        stored: 4,
        total: 7,
        unpacked: 8,
        done: 1,
        jobs: 2,
        changed: { layers: [{ image: 0, layer: 50 }], images: [0] },
      },
      {
        stored: 7,
        total: 7,
        unpacked: 14,
        done: 2,
        jobs: 2,
        changed: { layers: [{ image: 0, layer: 54 }], images: [0] },
      },
    ]);
  });

  test("is a blob, or a folder", async () => {
    const both = engine();
    await both.open(new Blob(["x"]));
    await both.open({
      kind: "folder",
      name: "f",
      paths: ["a", "b"],
      files: [new File([], "a"), new File([], "b")],
    });
    expect(trace.calls).toEqual([
      "listFile 1 plain",
      "openFile 1 plain",
      "listFolder a,b 2",
      "openFolder a,b 2",
    ]);
  });

  test("gives the bytes that one of its documents carries", async () => {
    const carried = job(9, 2);
    delete carried.source;
    trace.jobs = [carried];
    await (await engine().open(ARCHIVE)).scan();
    expect(trace.calls).toContain("complete 9,9");
  });

  test("is unpacked when it is compressed, and the storage given back", async () => {
    const archive = await engine().open(new Blob(["g", "z".repeat(250_000)]));
    await archive.close();
    expect(trace.calls).toEqual([
      "freeUnpacker",
      "listFile 250007 gzip 250001",
      "openFile 250007 gzip 250001",
      "free",
    ]);
    expect(discarded).toBe(1);
  });
});

describe("the engine", () => {
  test("is not waited for by the list, but by all else", async () => {
    let arrive: () => void = () => undefined;
    loadEngine = () => new Promise((resolve) => (arrive = resolve));
    const archive = await engine().open(ARCHIVE);
    expect(archive.latest.schema).toBe("list");
    const report = archive.report();
    const tree = archive.openTree(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(trace.calls).toEqual(["listFile 10 plain"]);
    arrive();
    await Promise.all([report, tree]);
    expect(trace.calls.slice(1)).toEqual(["openFile 10 plain", "report", "openTree 1 0 undefined"]);
  });

  test("is asked for again after it could not be loaded", async () => {
    loadEngine = () =>
      Promise.reject(new EngineError({ code: "core-unavailable", message: "no network" }));
    const archive = await engine().open(ARCHIVE);
    expect(await outcome(archive.scan())).toBe("core-unavailable: no network");
    loadEngine = () => Promise.resolve();
    await archive.scan();
    expect(trace.calls.slice(0, 2)).toEqual(["listFile 10 plain", "openFile 10 plain"]);
  });

  test("is not waited for by who cancels or closes, and opens nothing then", async () => {
    let arrive: () => void = () => undefined;
    loadEngine = () => new Promise((resolve) => (arrive = resolve));
    const archive = await engine().open(new Blob(["g", "z".repeat(250_000)]));
    const controller = new AbortController();
    const scanned = outcome(archive.scan({ signal: controller.signal }));
    controller.abort();
    expect(await scanned).toBe("aborted");
    const report = outcome(archive.report());
    await archive.close();
    expect(await report).toBe("archive-closed: the archive is closed");
    expect(discarded).toBe(1);
    arrive();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(trace.calls).toEqual(["freeUnpacker", "listFile 250007 gzip 250001"]);
  });

  test("that traps while it opens an archive is not used again", async () => {
    const trapping = engine();
    trace.trap = "openFile";
    const archive = await trapping.open(ARCHIVE);
    const message = "worker-failed: the worker stopped: unreachable";
    expect(await outcome(archive.report())).toBe(message);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
    expect(trace.calls).toEqual(["listFile 10 plain"]);
  });
});

describe("the decoders", () => {
  test("are loaded by a scan with something to scan, or by a compressed archive", async () => {
    const archive = await engine().open(ARCHIVE);
    expect(loads).toBe(0);
    await archive.scan();
    expect(loads).toBe(1);
    trace.jobs = [];
    await archive.scan();
    expect(loads).toBe(1);
    await engine().open(new Blob(["gz"]));
    expect(loads).toBe(2);
  });

  test("are loaded beside the engine by a scan that waits for it", async () => {
    let arrive: () => void = () => undefined;
    loadEngine = () => new Promise((resolve) => (arrive = resolve));
    const archive = await engine(1).open(ARCHIVE);
    const scanned = archive.scan();
    await vi.waitFor(() => {
      expect(loads).toBe(1);
    });
    expect(trace.calls).toEqual(["listFile 10 plain"]);
    arrive();
    await scanned;
    expect(trace.calls[1]).toBe("openFile 10 plain");
    expect(decoderWorkers).toHaveLength(1);
  });

  test("have workers before the engine is there, no more than layers, which end without a scan", async () => {
    let fail: (error: Error) => void = () => undefined;
    loadEngine = () => new Promise((_, reject) => (fail = reject));
    const archive = await engine().open(ARCHIVE);
    const scanned = outcome(archive.scan());
    await vi.waitFor(() => {
      expect(decoderWorkers).toHaveLength(2);
    });
    fail(new EngineError({ code: "core-unavailable", message: "no network" }));
    expect(await scanned).toBe("core-unavailable: no network");
    await vi.waitFor(() => {
      expect(decoderWorkers.map(({ terminated }) => terminated)).toEqual([true, true]);
    });
    loadEngine = () => Promise.resolve();
    await archive.scan({ image: 1 });
    expect(decoderWorkers).toHaveLength(4);
  });

  test("are asked for again after they could not be loaded", async () => {
    const archive = await engine(1).open(ARCHIVE);
    loadDecoders = () =>
      Promise.reject(new EngineError({ code: "core-unavailable", message: "no network" }));
    expect(await outcome(archive.scan())).toBe("core-unavailable: no network");
    loadDecoders = () => Promise.resolve();
    await archive.scan();
    expect(trace.calls.slice(2)).toEqual(["complete 50,51,52,53", "complete 54,55,56", "report"]);
  });

  test("are not waited for by who cancels or closes", async () => {
    loadDecoders = () => new Promise(() => undefined);
    const controller = new AbortController();
    const archive = await engine().open(ARCHIVE);
    const cancelled = outcome(archive.scan({ signal: controller.signal }));
    await archive.report();
    controller.abort();
    expect(await cancelled).toBe("aborted");
    await archive.report();
    const closed = outcome(archive.scan());
    await archive.report();
    await archive.close();
    expect(await closed).toBe("archive-closed: the archive is closed");
    expect(trace.calls.slice(2)).toEqual([
      "report",
      "fail 7 cancelled",
      "fail 8 cancelled",
      "report",
      "report",
      "fail 7 cancelled",
      "fail 8 cancelled",
      "free",
    ]);
  });
});

describe("every promise settles", () => {
  test("a cancelled scan keeps what it has and fails the rest", async () => {
    const controller = new AbortController();
    const archive = await engine(1).open(ARCHIVE);
    const first = scan;
    let scans = 0;
    scan = (bytes) => (scans++ === 0 ? first(bytes) : new Promise(() => undefined));
    const scanned = outcome(
      archive.scan({
        signal: controller.signal,
        onUpdate: () => {
          controller.abort();
        },
      }),
    );
    expect(await scanned).toBe("aborted");
    // Asked for after the abort: the rest is told of as cancelled before.
    await archive.report();
    expect(trace.calls.slice(2)).toEqual(["complete 50,51,52,53", "fail 8 cancelled", "report"]);
  });

  test("tells stories and waste of paths by their exact bytes", async () => {
    const archive = await engine().open(ARCHIVE);
    expect(await archive.story(1, new Uint8Array([0x61, 0xff]))).toEqual({ steps: [] });
    expect(await archive.waste(2)).toEqual({ wasted: "1" });
    expect(await archive.hidden(3, 4, 5)).toEqual({ total: 0, offset: 4, entries: [] });
    expect(trace.calls.slice(2)).toEqual(["story 1 97,255", "waste 2", "hidden 3 4 5"]);
  });

  test("after close, pending and later calls reject", async () => {
    const archive = await engine().open(ARCHIVE);
    const tree = await archive.openTree(0);
    scan = () => new Promise(() => undefined);
    const pending = outcome(archive.scan());
    await archive.close();
    await archive.close();
    await tree.close();
    const later = [archive.report(), archive.scan(), archive.openTree(0), tree.rows(0, 1)];
    const closed = "archive-closed: the archive is closed";
    expect(await pending).toBe(closed);
    expect(await Promise.all(later.map(outcome))).toEqual([closed, closed, closed, closed]);
    expect(trace.calls.at(-1)).toBe("free");
  });

  test("after the engine's close, too", async () => {
    const closing = engine();
    const archive = await closing.open(ARCHIVE);
    scan = () => new Promise(() => undefined);
    const pending = [outcome(archive.scan()), outcome(closing.open(ARCHIVE))];
    closing.close();
    const closed = "engine-closed: the engine is closed";
    expect(await Promise.all(pending)).toEqual([closed, closed]);
    expect(await outcome(archive.report())).toBe(closed);
    expect(await outcome(closing.open(ARCHIVE))).toBe(closed);
    await archive.close();
    expect(workers[0]?.terminated).toBe(true);
  });

  test("an open that is given up leaves nothing open", async () => {
    const controller = new AbortController();
    const opening = outcome(
      engine().open(new Blob(["g", "z".repeat(20_000_000)]), {
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect(await opening).toBe("aborted");
    await vi.waitFor(() => {
      expect(discarded).toBe(1);
    });
    expect(trace.calls.filter((call) => call.startsWith("openFile"))).toEqual([]);
  });

  test("a trap ends the worker; the next open has a new one", async () => {
    const trapping = engine();
    const archive = await trapping.open(ARCHIVE);
    trace.trap = "complete";
    const message = "worker-failed: the worker stopped: unreachable";
    expect(await outcome(archive.scan())).toBe(message);
    expect(await outcome(archive.report())).toBe(message);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
    delete trace.trap;
    const again = await trapping.open(ARCHIVE);
    await again.scan();
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  test("two scans at once are refused", async () => {
    const archive = await engine().open(ARCHIVE);
    scan = () => new Promise(() => undefined);
    const first = outcome(archive.scan());
    expect(await outcome(archive.scan())).toBe("scan-running: the archive is being scanned");
    await archive.close();
    await first;
  });

  test("a core that cannot be loaded rejects the open", async () => {
    const failing = createEngine({
      spawn: () => {
        const handlers = archiveHandlers({
          start: () =>
            Promise.reject(new EngineError({ code: "core-unavailable", message: "no wasm" })),
          engine: () => Promise.reject(new Error("not reached")),
          decoders: () => Promise.reject(new Error("not reached")),
          prepareScan: () => Promise.reject(new Error("not reached")),
          spawnScan: () => {
            throw new Error("not reached");
          },
          processors: 1,
        });
        return FakeWorker.answering<EngineCalls>(handlers, BUILD);
      },
    });
    expect(await outcome(failing.open(ARCHIVE))).toBe("core-unavailable: no wasm");
  });
});

describe("contents", () => {
  const place = { layer: 1, entry: 2 };
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  test("are read by one worker beside the engine's", async () => {
    const archive = await engine().open(ARCHIVE);
    const read = await archive.content(0, place, { offset: 2, length: 5 });
    expect([text(read.bytes), read.size]).toEqual(["23456", 10]);
    expect(await archive.contentDigest(0, place)).toBe("digest");
    expect(await archive.describe(new Uint8Array(3), "a")).toEqual({ description: "a 3" });
    expect(decoderWorkers.map(({ terminated }) => terminated)).toEqual([false]);
    await archive.close();
    expect(decoderWorkers.map(({ terminated }) => terminated)).toEqual([true]);
  });

  test("can be read again after a trap, by another worker", async () => {
    const archive = await engine().open(ARCHIVE);
    trace.trap = "push";
    const trapped = "worker-failed: the worker stopped: unreachable";
    expect(await outcome(archive.content(0, place, { length: 4 }))).toBe(trapped);
    expect(trace.calls).not.toContain("keep 0");
    delete trace.trap;
    expect(text((await archive.content(0, place, { length: 4 })).bytes)).toBe("0123");
    expect(decoderWorkers.map(({ terminated }) => terminated)).toEqual([true, false]);
    expect((await archive.report()).schema).toMatch(/^after/);
  });

  test("of one layer are read one after the other, each where the one before stopped", async () => {
    const archive = await engine().open(ARCHIVE);
    const parts = [0, 4, 8].map((offset) => archive.content(0, place, { offset, length: 2 }));
    const read = await Promise.all(parts);
    expect(read.map(({ bytes }) => text(bytes))).toEqual(["01", "45", "89"]);
    expect(trace.calls.filter((call) => /^(?:open|keep) /.test(call))).toEqual([
      "open 0 2 false",
      "keep 2",
      "open 4 2 false",
      "keep 6",
      "open 8 2 false",
      "keep 10",
    ]);
  });

  test("begin with the history of their seek point, where they begin there", async () => {
    const histories = new Blob(["abcdefgh"]);
    scan = () => Promise.resolve({ table: new Uint8Array(), histories, stored: 0, unpacked: 0 });
    trace.jobs = [job(0, 10)];
    trace.history = (offset) => (offset === 9 ? undefined : Float64Array.of(offset, offset + 2));
    const archive = await engine().open(ARCHIVE);
    const first = async (): Promise<unknown> => {
      for (const offset of [0, 1, 4, 9]) {
        await archive.content(0, place, { offset, length: 1 });
      }
      const opened = trace.calls.filter((call) => call.startsWith("open "));
      trace.calls = [];
      return opened;
    };
    // Where nothing is kept of a layer, it is done without.
    const without = ["open 0 1 false", "open 1 1 false", "open 4 1 false", "open 9 1 false"];
    expect(await first()).toEqual(without);
    await archive.scan();
    expect(await first()).toEqual([
      "open 0 1 false after 97,98",
      "open 1 1 false",
      "open 4 1 false after 101,102",
      "open 9 1 false",
    ]);
    vi.spyOn(Blob.prototype, "arrayBuffer").mockRejectedValueOnce(new Error("lost"));
    await archive.content(0, place, { offset: 0, length: 1 });
    expect(trace.calls).toContain("open 0 1 false");
    vi.restoreAllMocks();
  });

  test("given up are gone on with", async () => {
    const archive = await engine().open(ARCHIVE);
    const controller = new AbortController();
    const given = outcome(archive.content(0, place, { signal: controller.signal }));
    await archive.report();
    controller.abort();
    expect(await given).toBe("aborted");
    expect(text((await archive.content(0, place, { offset: 9, length: 1 })).bytes)).toBe("9");
  });

  test("end with their archive", async () => {
    const archive = await engine().open(ARCHIVE);
    const reading = outcome(archive.content(0, place));
    await archive.close();
    expect(await reading).toBe("archive-closed: the archive is closed");
    expect(await outcome(archive.content(0, place))).toBe("archive-closed: the archive is closed");
  });

  test("that were not read again are named, and the others kept", async () => {
    const archive = await engine(1).open(ARCHIVE);
    scan = async (bytes) => {
      if (bytes.size === 4) throw new EngineError({ code: "read-failed", message: "gone" });
      return { table: new Uint8Array(await bytes.arrayBuffer()), stored: 3, unpacked: 6 };
    };
    const { report, unread } = await archive.readContents([0, 3]);
    expect(unread).toEqual([{ code: "contents-unread", message: "7: gone" }]);
    expect(archive.latest).toBe(report);
    expect(trace.calls.slice(2)).toEqual([
      "contentJobs 0,3",
      "fail 7 read-failed",
      "complete 54,55,56",
      "report",
    ]);
  });
});

describe("a tar", () => {
  const all = async (stream: ReadableStream<Uint8Array>) => {
    let text = "";
    for await (const piece of stream) text += new TextDecoder().decode(piece);
    return text;
  };

  test("of a layer is what the layer is", async () => {
    const archive = await engine().open(ARCHIVE);
    const { view, stream } = await archive.exportTar(5, { layer: 2 });
    expect(view).toEqual({ paths: 5, layers: [2] });
    expect(await all(stream)).toBe("0123456789");
  });

  test("is made of batches, and says first what it lacks", async () => {
    const archive = await engine().open(ARCHIVE);
    const what = { path: new Uint8Array([47]), range: { first: 1, last: 2 } };
    const { view, stream } = await archive.exportTar(0, what);
    expect(view).toEqual({ paths: 2, leftOutCount: 1 });
    expect(await all(stream)).toBe("012");
    expect(trace.calls.slice(2)).toEqual([
      "exportTar 0 1 2 47",
      "take 3",
      "push 10",
      "take 4",
      "push 0",
      "freeTar",
      "freeWriter",
    ]);
  });

  test("that nobody wants any more is not made to its end", async () => {
    const archive = await engine().open(ARCHIVE);
    const { stream } = await archive.exportTar(0, { path: new Uint8Array() });
    await stream.cancel();
    await archive.report();
    expect(trace.calls).toContain("freeTar");
    expect(trace.calls).not.toContain("take 4");
  });

  test("fails when its worker traps, and the next one does not", async () => {
    const archive = await engine().open(ARCHIVE);
    trace.trap = "push";
    const { stream } = await archive.exportTar(0, { layer: 0 });
    expect(await outcome(all(stream))).toBe("worker-failed: the worker stopped: unreachable");
    delete trace.trap;
    expect(await all((await archive.exportTar(0, { layer: 0 })).stream)).toBe("0123456789");
  });
});
