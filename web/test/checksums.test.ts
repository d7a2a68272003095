import { expect, test } from "vitest";

import { checksumOf } from "../src/checksums.js";
import type { Stored } from "../src/contents.js";
import type { ByteProgress } from "../src/protocol.js";
import type { ScanModule } from "../src/wasm.js";

const WHAT = { path: new Uint8Array(), follow: true, include: "", exclude: "" };

/** An engine that plans batches of these blobs, and decoders that hash each to 32 zeros. */
function made(blobs: readonly { number: number; size: number }[]) {
  const trace: string[] = [];
  const sources = blobs.map(({ size }) => new Blob([new Uint8Array(size)]));
  const batches = blobs.map(({ number, size }, source) => ({
    number,
    source,
    offset: 0,
    size,
    packed: () => Uint8Array.of(number, size),
    free: () => trace.push(`free batch ${number}`),
  }));
  const plan = {
    stored: () => blobs.reduce((sum, { size }) => sum + size, 0),
    next: () => batches.shift(),
    take: (digests: Uint8Array) => trace.push(`take ${digests.length}`),
    view: () => ({ digest: "sha256:made-up" }),
    free: () => trace.push("free plan"),
  };
  class ContentSums {
    #stored = 0;
    #size = 0;
    #consumed = 0;
    take(batch: Uint8Array): void {
      trace.push(`batch ${batch.join()}`);
      this.#stored = 0;
      this.#size = batch[1] ?? 0;
    }
    stored = () => this.#stored;
    isDone = () => this.#stored >= this.#size;
    push(bytes: Uint8Array): Uint8Array {
      this.#consumed = bytes.length;
      this.#stored += bytes.length;
      return new Uint8Array(32);
    }
    consumed = () => this.#consumed;
    end(): void {
      trace.push("end");
    }
    free = () => trace.push("free sums");
  }
  const stored = { engine: { checksum: () => plan }, sources } as unknown as Stored;
  const decoders = () => Promise.resolve({ ContentSums } as unknown as ScanModule);
  return { trace, stored, decoders };
}

test("contents that need not be read need no batch", async () => {
  const { trace, stored, decoders } = made([]);
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const view = await checksumOf(decoders, stored, [0, WHAT], context);
  expect(view.digest).toBe("sha256:made-up");
  expect(trace).toEqual(["free sums", "free plan"]);
});

test("progress goes on from one layer to the next", async () => {
  const { trace, stored, decoders } = made([
    { number: 1, size: 10 },
    { number: 2, size: 20 },
  ]);
  const seen: ByteProgress[] = [];
  const context = {
    signal: new AbortController().signal,
    progress: (progress: ByteProgress) => seen.push(progress),
  };
  await checksumOf(decoders, stored, [0, WHAT], context);
  expect(seen).toEqual([
    { done: 0, total: 30 },
    { done: 10, total: 30 },
  ]);
  expect(trace).toEqual([
    "batch 1,10",
    "free batch 1",
    "take 32",
    "batch 2,20",
    "free batch 2",
    "take 32",
    "free sums",
    "free plan",
  ]);
});

test("what is cancelled ends, and nothing of it is left", async () => {
  const { trace, stored, decoders } = made([{ number: 1, size: 10 }]);
  const controller = new AbortController();
  controller.abort();
  const context = { signal: controller.signal, progress: () => undefined };
  await expect(checksumOf(decoders, stored, [0, WHAT], context)).rejects.toThrow(/abort/i);
  expect(trace).toEqual(["batch 1,10", "free batch 1", "free sums", "free plan"]);
});
