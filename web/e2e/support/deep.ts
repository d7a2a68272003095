import { randomFillSync } from "node:crypto";

import { expect } from "vitest";

import { tarMember, writeLayout } from "./archive.js";

const MIB = 1024 * 1024;
const PART = 1000;

/** Mebibytes that are read one after the other: each before the last, so that no reader goes on. */
const MEBIBYTES = [19, 14, 9, 6, 0];

/** Where in the file of `DeepLayer` is read, in bytes. */
export const DEEP_OFFSETS = MEBIBYTES.map((mebibyte) => mebibyte * MIB + MIB / 2 - PART);
/** How many bytes are read there. */
export const DEEP_LENGTH = 2 * PART;

/** What was read: of the stored bytes, how many were passed when reading began; and the bytes. */
export interface DeepRead {
  begun?: number;
  bytes: number[];
}

/**
 * A gzip layer with one file that unpacks to more than lies between two of its seek points. Each
 * MiB of it is half noise, which is stored as it is.
 */
export class DeepLayer {
  readonly #mebibytes = Array.from({ length: 20 }, (_, at) =>
    Buffer.concat([randomFillSync(Buffer.alloc(MIB / 2)), Buffer.alloc(MIB / 2, at)]),
  );

  write(path: string): Promise<void> {
    const size = this.#mebibytes.length * MIB;
    const tar = (): Buffer[] => [...tarMember("deep", size, this.#mebibytes), Buffer.alloc(1024)];
    return writeLayout(path, [{ tar, compression: "gzip" }]);
  }

  /** Whether all is as it was written, and no more was unpacked than lies between two points. */
  expectRead(read: readonly DeepRead[]): void {
    expect(read.map(({ begun = 0 }) => begun > 0)).toEqual(MEBIBYTES.map((at) => at > 0));
    for (const [at, { begun = 0, bytes }] of read.entries()) {
      const mebibyte = MEBIBYTES[at] ?? 0;
      const expected = this.#mebibytes[mebibyte]?.subarray(MIB / 2 - PART, MIB / 2 + PART);
      expect(Buffer.from(bytes).equals(expected ?? Buffer.alloc(0))).toBe(true);
      expect(begun).toBeGreaterThanOrEqual((mebibyte - 6) * (MIB / 2));
      expect(begun).toBeLessThanOrEqual((mebibyte + 1) * (MIB / 2) + PART);
    }
  }
}
