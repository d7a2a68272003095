import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Host, type Ranges } from "../e2e/support/host.js";
import { withBytes } from "../src/bytes.js";
import { openRemote, RemoteFile } from "../src/remote-open.js";
import { PartReader, piecesOfPart, wholePart, type RemotePart } from "../src/remote.js";
import { outcome } from "./support/settle.js";

const SIZE = 3 * 1024 * 1024 + 17;
const BYTES = Uint8Array.from({ length: SIZE }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

let host: Host;
let folder: string;

beforeEach(async () => {
  host = await Host.start();
  folder = mkdtempSync(join(tmpdir(), "oci-lens-remote-"));
  writeFileSync(join(folder, "a.tar"), BYTES);
  writeFileSync(join(folder, "small.tar"), BYTES.subarray(0, 1000));
  writeFileSync(join(folder, "empty.tar"), "");
  vi.stubGlobal("self", { origin: host.origin });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
  await host.close();
});

function serve(ranges: Ranges): string {
  host.files(`/${ranges}/`, folder, { ranges });
  return `${host.origin}/${ranges}/a.tar`;
}

function context(signal = new AbortController().signal) {
  const told: number[] = [];
  const parts: Blob[] = [];
  let discarded = 0;
  return {
    told,
    discarded: () => discarded,
    signal,
    progress: ({ read }: { read: number }) => told.push(read),
    createScratch: () =>
      Promise.resolve({
        write: (bytes: Uint8Array<ArrayBuffer>) => parts.push(new Blob([bytes])),
        finish: () => Promise.resolve(),
        blob: () => Promise.resolve(new Blob(parts)),
        discard: () => {
          discarded += 1;
          return Promise.resolve();
        },
      }),
  };
}

/** What stands for many bytes where they are compared. */
function digest(bytes: Uint8Array): string {
  return `${bytes.length} bytes ${createHash("sha256").update(bytes).digest("hex")}`;
}

async function digestOf(blob: Blob): Promise<string> {
  return digest(new Uint8Array(await blob.arrayBuffer()));
}

describe("a file on a server", () => {
  test("is read by ranges, each once", async () => {
    const remote = await openRemote(serve("right"), false, context());
    const { input } = remote;
    expect(input).toBeInstanceOf(RemoteFile);
    expect(input.size).toBe(SIZE);
    const { signal } = new AbortController();
    const read = (from: number, length: number) =>
      withBytes([input], () => input.read(from, length), signal);
    for (const [from, length] of [
      [0, 512],
      [1_000_001, 40_000],
      [SIZE - 5, 5],
      [SIZE - 5, 500],
    ] as const) {
      expect(digest(await read(from, length))).toBe(digest(BYTES.slice(from, from + length)));
    }
    const requests = host.asked.length;
    await read(1_000_001, 40_000);
    expect(host.asked).toHaveLength(requests);
    expect(host.sent("/right/")).toBeLessThan(200_000);
  });

  test.each(["none", "shifted", "silent", "short"] as const)(
    "is fetched whole where ranges are %s",
    async (ranges) => {
      const watched = context();
      const remote = await openRemote(serve(ranges), false, watched);
      if (!("blob" in remote)) throw new Error("it is read by ranges");
      expect(await digestOf(remote.blob)).toBe(digest(BYTES));
      expect(watched.told.at(-1)).toBe(SIZE);
      // A server that has no ranges was asked once.
      expect(host.asked).toHaveLength(ranges === "none" ? 1 : 2);
    },
  );

  test.each(["small.tar", "empty.tar"])("is fetched whole where it is little: %s", async (name) => {
    serve("right");
    const remote = await openRemote(`${host.origin}/right/${name}`, false, context());
    if (!("blob" in remote)) throw new Error("it is read by ranges");
    expect(remote.blob.size).toBe(name === "empty.tar" ? 0 : 1000);
  });

  test("that changes while it is read gives no bytes", async () => {
    const { input } = await openRemote(serve("changing"), false, context());
    const { signal } = new AbortController();
    const read = withBytes([input], () => input.read(500_000, 10), signal);
    expect(await outcome(read)).toMatch(/^source-changed: .* has the file changed\?$/);
  });

  test("that is not there is told by its status", async () => {
    serve("right");
    const opening = openRemote(`${host.origin}/right/other.tar`, false, context());
    expect(await outcome(opening)).toBe(
      `source-status: the server answers 404 Not Found for ${host.origin}/right/other.tar`,
    );
  });

  test("of a server that is not there is told apart from one that does not let it be read", async () => {
    const url = serve("right");
    await host.close();
    expect(await outcome(openRemote(url, false, context()))).toMatch(/^source-unreachable: /);
    vi.stubGlobal("self", { origin: "https://example.test" });
    vi.stubGlobal("fetch", (_: string, { mode }: RequestInit) =>
      mode === "no-cors" ? Promise.resolve() : Promise.reject(new TypeError("Failed to fetch")),
    );
    expect(await outcome(openRemote(url, false, context()))).toMatch(
      /^source-cors: .* needs the header Access-Control-Allow-Origin for https:\/\/example\.test$/,
    );
    host = await Host.start();
  });

  test("is not fetched to its end when that is called off", async () => {
    host.files("/slow/", folder, { ranges: "none", pause: 20 });
    const abort = new AbortController();
    const watched = context(abort.signal);
    const opening = openRemote(`${host.origin}/slow/a.tar`, false, watched);
    await vi.waitFor(() => {
      expect(watched.told.length).toBeGreaterThan(1);
    });
    abort.abort();
    await expect(opening).rejects.toThrow();
    expect(watched.discarded()).toBe(1);
    await vi.waitFor(() => {
      expect(host.asked[0]?.broken).toBe(true);
    });
    expect(host.sent("/slow/")).toBeLessThan(SIZE);
  });
});

describe("a part", () => {
  const part = (ranges: Ranges, whole: boolean): RemotePart => ({
    url: serve(ranges),
    offset: whole ? 0 : 1000,
    size: whole ? SIZE : 2_000_000,
    of: whole ? undefined : { size: SIZE, tag: `"${SIZE}"` },
  });

  test.each([
    ["of a file with ranges", "right", false],
    ["that is all of a file", "right", true],
    ["that is all of a file, without ranges", "none", true],
  ] as const)("%s is read in order and at random", async (_, ranges, whole) => {
    const wanted = part(ranges, whole);
    const bytes = BYTES.slice(wanted.offset, wanted.offset + wanted.size);
    expect(await digestOf(await wholePart(wanted))).toBe(digest(bytes));
    const reader = new PartReader(wanted);
    expect(await reader.read(100, 200)).toEqual(bytes.slice(100, 200));
    expect(await reader.read(wanted.size - 3, wanted.size + 3)).toEqual(bytes.slice(-3));
    expect(await reader.read(wanted.size, wanted.size + 3)).toEqual(new Uint8Array());
    expect(host.asked).toHaveLength(ranges === "none" ? 2 : 3);
  });

  test.each(["none", "shifted", "silent", "short", "changing"] as const)(
    "of a file fails where ranges are %s from one day to the next",
    async (ranges) => {
      const wanted = part(ranges, false);
      expect(await outcome(wholePart(wanted))).toMatch(/^source-changed: /);
      expect(await outcome(new PartReader(wanted).read(0, 10))).toMatch(/^source-changed: /);
    },
  );

  test("that is longer than its document says has more bytes, so that its digest is another", async () => {
    let taken = 0;
    for await (const piece of piecesOfPart({ ...part("right", true), size: 1000 })) {
      taken += piece.length;
    }
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThanOrEqual(SIZE);
  });
});
