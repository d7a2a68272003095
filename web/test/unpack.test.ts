import { createHash } from "node:crypto";

import { afterEach, describe, expect, test, vi } from "vitest";

import { abortError, EngineError } from "../src/errors.js";
import type { OpenProgress } from "../src/protocol.js";
import { createScratch, type Scratch } from "../src/scratch.js";
import { unpackOuter, type Unpacker } from "../src/unpack.js";
import { fakeUnpacker, type Trace } from "./support/fake-core.js";
import { outcome } from "./support/settle.js";

const SIZE = 9 * 1024 * 1024 + 17;

function input(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SIZE);
  for (let at = 0; at < SIZE; at += 1) bytes[at] = (at * 7 + (at >> 10)) & 255;
  return bytes;
}

// What the fake holds back until it is finished.
const WHOLE = SIZE + 6;

function whole(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(WHOLE);
  bytes.set(data);
  return bytes;
}

const digest = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

const CALM = {
  signal: new AbortController().signal,
  headBytes: 1000,
  check: () => undefined,
};

afterEach(() => {
  vi.unstubAllGlobals();
});

function setting(): { trace: Trace; told: OpenProgress[]; unpacker: () => Unpacker } {
  const trace: Trace = { calls: [], jobs: [] };
  return { trace, told: [], unpacker: () => fakeUnpacker(trace) };
}

describe("unpacking what is around an archive", () => {
  test("goes to blobs where there is no private file system", async () => {
    const { told, unpacker } = setting();
    const data = input();
    const { scratch, outer } = await unpackOuter(new Blob([data]), unpacker(), {
      ...CALM,
      progress: (progress) => told.push(progress),
    });
    const blob = await scratch.blob();
    expect(digest(new Uint8Array(await blob.arrayBuffer()))).toBe(digest(whole(data)));
    expect(new TextDecoder().decode(outer)).toBe(`gzip ${SIZE}`);
    expect(told.at(-1)).toEqual({ read: SIZE, total: SIZE, unpacked: WHOLE });
  });

  test("goes to a locked file where there is one", async () => {
    const { unpacker } = setting();
    const storage = fakeStorage();
    const data = input();
    const { scratch } = await unpackOuter(new Blob([data]), unpacker(), {
      ...CALM,
      progress: () => undefined,
      scratch: createScratch,
    });
    expect(digest(new Uint8Array(await (await scratch.blob()).arrayBuffer()))).toBe(
      digest(whole(data)),
    );
    expect(
      [...storage.files.keys()].map((name) => name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "ID")),
    ).toEqual(["unpacked-ID"]);
    expect(storage.locks.size).toBe(1);
    await scratch.discard();
    await new Promise((resolve) => setTimeout(resolve));
    expect([storage.files.size, storage.locks.size]).toEqual([0, 0]);
  });

  test("looks at what comes out before it unpacks the rest", async () => {
    const { told, unpacker } = setting();
    const data = input();
    let head: Uint8Array | undefined;
    const unpacked = unpackOuter(new Blob([data]), unpacker(), {
      ...CALM,
      progress: (progress) => told.push(progress),
      check: (bytes) => {
        head = bytes.slice();
        throw new EngineError({ code: "internal", message: "a database" });
      },
    });
    expect(await outcome(unpacked)).toBe("internal: a database");
    expect(head).toEqual(data.slice(0, 1000));
    expect(told).toEqual([]);
  });

  test("says what is needed and what there is when storage is too small", async () => {
    const { unpacker } = setting();
    const storage = fakeStorage(5_000_000);
    const unpacked = unpackOuter(new Blob([input()]), unpacker(), {
      ...CALM,
      progress: () => undefined,
    });
    expect(await outcome(unpacked)).toMatch(
      /^storage-quota: the unpacked archive needs about 9\d{6} bytes of the browser's storage, which has 5000000 bytes left$/,
    );
    expect(storage.files.size).toBe(0);
  });

  test.each([
    ["an abort", abortError(), "aborted"],
    ["a failure of the stream", new Error("cut"), "other: Error: cut"],
  ])("gives the storage back on %s", async (_name, thrown, expected) => {
    const discarded: string[] = [];
    const scratch: Scratch = {
      write: () => undefined,
      finish: () => Promise.resolve(),
      blob: () => Promise.resolve(new Blob()),
      discard: () => {
        discarded.push("discarded");
        return Promise.resolve();
      },
    };
    const { unpacker } = setting();
    const failing = unpacker();
    failing.finish = () => {
      throw thrown;
    };
    const unpacked = unpackOuter(new Blob([input()]), failing, {
      ...CALM,
      progress: () => undefined,
      scratch: () => Promise.resolve(scratch),
    });
    expect(await outcome(unpacked)).toBe(expected);
    expect(discarded).toEqual(["discarded"]);
  });
});

/** An origin-private file system with one folder, and web locks, in `navigator`. */
function fakeStorage(room = Infinity): { files: Map<string, Blob>; locks: Set<string> } {
  const files = new Map<string, Blob>();
  const locks = new Set<string>();
  const folder = {
    getFileHandle: (name: string) => {
      files.set(name, new Blob());
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let size = 0;
      return Promise.resolve({
        createSyncAccessHandle: () =>
          Promise.resolve({
            write: (bytes: Uint8Array, { at }: { at: number }) => {
              if (at !== size) throw new Error("a gap");
              if (size + bytes.length > room) throw new DOMException("full", "QuotaExceededError");
              // Half of what is asked, as a write may do.
              const half = bytes.slice(0, Math.ceil(bytes.length / 2));
              parts.push(half);
              size += half.length;
              return half.length;
            },
            flush: () => undefined,
            close: () => files.set(name, new Blob(parts)),
          }),
        getFile: () => Promise.resolve(files.get(name)),
      });
    },
    removeEntry: (name: string) => {
      files.delete(name);
      return Promise.resolve();
    },
  };
  const root = { getDirectoryHandle: () => Promise.resolve(folder) };
  vi.stubGlobal("navigator", {
    storage: {
      getDirectory: () => Promise.resolve(root),
      estimate: () => Promise.resolve({ quota: room + 100, usage: 100 }),
    },
    locks: {
      request: async (name: string, held: () => Promise<void>) => {
        locks.add(name);
        await held();
        locks.delete(name);
      },
    },
  });
  return { files, locks };
}
