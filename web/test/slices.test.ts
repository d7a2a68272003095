import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { abortError } from "../src/errors.js";
import { CHUNK, pour, SLICE } from "../src/slices.js";
import { outcome } from "./support/settle.js";

function bytes(length: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) made[at] = (at * 31 + (at >> 8)) & 255;
  return made;
}

const digest = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Blobs as browsers have them: with streams that fill a given buffer, or without. */
const BLOBS: [string, (data: Uint8Array<ArrayBuffer>) => Blob][] = [
  ["a stream", (data) => new Blob([data])],
  [
    "slices",
    (data) => {
      const blob = new Blob([data]);
      blob.stream = () => {
        throw new TypeError("no such mode");
      };
      return blob;
    },
  ],
];

describe.each(BLOBS)("pour, by %s", (_name, blobOf) => {
  test.each([0, 1, CHUNK, CHUNK + 1, SLICE, SLICE + 1, 2 * SLICE + 12345])(
    "pours %i bytes in order, in small chunks",
    async (length) => {
      const data = bytes(length);
      const hash = createHash("sha256");
      let largest = 0;
      await pour(
        blobOf(data),
        {
          push: (chunk) => {
            hash.update(chunk);
            largest = Math.max(largest, chunk.length);
            return chunk.length;
          },
        },
        { signal: new AbortController().signal },
      );
      expect(hash.digest("hex")).toBe(digest(data));
      expect(largest).toBeLessThanOrEqual(CHUNK);
    },
  );

  test("pushes again what was not taken", async () => {
    const data = bytes(CHUNK + 77);
    const taken: number[] = [];
    let turn = 0;
    await pour(
      blobOf(data),
      {
        push: (chunk) => {
          const take = Math.min(chunk.length, [0, 1, 5000, 99_999][turn++ % 4] ?? 0);
          taken.push(...chunk.subarray(0, take));
          return take;
        },
      },
      { signal: new AbortController().signal },
    );
    expect(digest(new Uint8Array(taken))).toBe(digest(data));
  });

  test("hears an abort while a sink is busy, and tells how far it came", async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(abortError());
    }, 120);
    const told: number[] = [];
    // Takes a little at a time and would never come to an end.
    const poured = pour(
      blobOf(bytes(1000)),
      {
        push: () => {
          const until = performance.now() + 5;
          while (performance.now() < until);
          return 0;
        },
      },
      { signal: controller.signal, progress: (taken) => told.push(taken) },
    );
    expect(await outcome(poured)).toBe("aborted");
    expect(told.length).toBeGreaterThan(0);
  });

  test("ends with what the sink throws, and with what reading throws", async () => {
    const signal = new AbortController().signal;
    const sink = {
      push: (): number => {
        throw new Error("no more");
      },
    };
    expect(await outcome(pour(blobOf(bytes(SLICE + 1)), sink, { signal }))).toBe(
      "other: Error: no more",
    );
    const gone = blobOf(bytes(10));
    gone.stream = gone.slice = () => {
      throw new DOMException("changed", "NotReadableError");
    };
    expect(await outcome(pour(gone, { push: () => 1 }, { signal }))).toMatch(/changed/);
  });
});
