import { expect, test } from "vitest";

import { BlobInput } from "../src/bytes.js";
import { checksumOf } from "../src/checksums.js";
import type { ContentReader, Stored } from "../src/contents.js";
import type { ByteProgress } from "../src/protocol.js";

const WHAT = { path: new Uint8Array(), follow: true, include: "", exclude: "" };

interface Place {
  number: number;
  size: number;
}

/** An engine that plans batches of these blobs, and a worker that gives a digest for each. */
function made(blobs: readonly Place[], failing = false) {
  const trace: string[] = [];
  const batches = blobs.map(({ number, size }, source) => ({
    number,
    source,
    offset: 0,
    size,
    packed: () => Uint8Array.of(number),
    free: () => trace.push(`free batch ${number}`),
  }));
  const plan = {
    stored: () => blobs.reduce((sum, { size }) => sum + size, 0),
    next: () => batches.shift(),
    take: (digests: Uint8Array) => trace.push(`take ${digests.length}`),
    view: () => ({ digest: "sha256:made-up" }),
    free: () => trace.push("free plan"),
  };
  let due = 0;
  const call = (
    name: string,
    { bytes }: { bytes?: Blob },
    { onProgress }: { onProgress?: (progress: ByteProgress) => void } = {},
  ): Promise<Uint8Array | undefined> => {
    trace.push(`${name} ${bytes?.size ?? ""}`.trim());
    if (failing && name === "next") return Promise.reject(new Error("cancelled"));
    if (name === "sumContents") due = 1;
    if (name !== "next" || due === 0) return Promise.resolve(undefined);
    due -= 1;
    onProgress?.({ done: 3, total: 4 });
    return Promise.resolve(new Uint8Array(32));
  };
  const sources = blobs.map(({ size }) => new BlobInput(new Blob([new Uint8Array(size)])));
  const stored = { engine: { checksum: () => plan }, sources } as unknown as Stored;
  const reader = {
    newStream: () => 7,
    worker: () => Promise.resolve({ call }),
  } as unknown as ContentReader;
  return { trace, stored, reader };
}

const context = (seen: ByteProgress[] = []) => ({
  signal: new AbortController().signal,
  progress: (progress: ByteProgress) => seen.push(progress),
});

test("what needs no contents starts no worker", async () => {
  const { trace, stored, reader } = made([]);
  const view = await checksumOf(reader, stored, [0, WHAT], context());
  expect(view.digest).toBe("sha256:made-up");
  expect(trace).toEqual(["free plan"]);
});

test("batches are hashed one after the other, and progress goes on over layers", async () => {
  const { trace, stored, reader } = made([
    { number: 1, size: 10 },
    { number: 1, size: 10 },
    { number: 2, size: 20 },
  ]);
  const seen: ByteProgress[] = [];
  await checksumOf(reader, stored, [0, WHAT], context(seen));
  expect(seen.map(({ done }) => done)).toEqual([3, 3, 13]);
  expect(trace).toEqual([
    ...[10, 10, 20].flatMap((size, at) => [
      `free batch ${at < 2 ? 1 : 2}`,
      `sumContents ${size}`,
      "next",
      "take 32",
      "next",
    ]),
    "free plan",
    "leave",
  ]);
});

test("what fails on the way leaves nothing behind", async () => {
  const { trace, stored, reader } = made([{ number: 1, size: 10 }], true);
  await expect(checksumOf(reader, stored, [0, WHAT], context())).rejects.toThrow("cancelled");
  expect(trace).toEqual(["free batch 1", "sumContents 10", "next", "free plan", "leave"]);
});
