import { beforeAll, beforeEach, expect, test } from "vitest";

import { BlobInput, TarInput } from "../src/bytes.js";

declare const FileReaderSync: new () => { readAsArrayBuffer: (blob: Numbered) => ArrayBuffer };

const KIB = 1024;
const MIB = 1024 * KIB;

/** A blob that only tells its size; a slice of it knows where it is from. */
class Numbered {
  constructor(
    readonly size: number,
    readonly start = 0,
  ) {}

  slice(from: number, to: number): Numbered {
    const end = Math.min(to, this.size);
    return new Numbered(Math.max(0, end - from), this.start + from);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(new FileReaderSync().readAsArrayBuffer(this));
  }
}

/** The bytes of all files, as far as they matter. */
const BYTES = Uint8Array.from({ length: 4 * MIB }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

/** Where was read, and how much. */
let reads: [number, number][] = [];

beforeAll(() => {
  Object.defineProperty(globalThis, "FileReaderSync", {
    value: class {
      readAsArrayBuffer({ start, size }: Numbered): ArrayBuffer {
        reads.push([start, size]);
        return start < BYTES.length
          ? BYTES.slice(start, start + size).buffer
          : new ArrayBuffer(size);
      }
    },
  });
});

beforeEach(() => {
  reads = [];
});

const file = (size: number) => new Numbered(size) as unknown as Blob;

test("what is read of a tar are the bytes that a file has there", () => {
  const size = 3 * MIB + 77;
  const [tar, plain] = [new TarInput(file(size)), new BlobInput(file(size))];
  let seed = 5;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 300; round += 1) {
    const offset = random(size + 100);
    // Also beyond the end, where a file is cut.
    const length = random(round % 10 === 0 ? 200 * KIB : 3 * KIB);
    const expected = plain.read(offset, length);
    expect(Buffer.compare(tar.read(offset, length), expected), `${offset}+${length}`).toBe(0);
  }
});

test("the first bytes are read once, with what lies behind them", async () => {
  const size = 3 * MIB;
  const tar = new TarInput(file(size));
  expect(await tar.head(512)).toEqual(BYTES.subarray(0, 512));
  expect(tar.read(0, 512)).toEqual(BYTES.subarray(0, 512));
  expect(tar.read(512, 4 * KIB)).toEqual(BYTES.subarray(512, 512 + 4 * KIB));
  expect(reads).toEqual([[0, 64 * KIB]]);
});

test("members that lie close together are read together", () => {
  const tar = new TarInput(file(4 * MIB));
  for (let offset = 0; offset < MIB; offset += 10 * KIB) tar.read(offset, 512);
  expect(reads).toEqual([
    [0, 64 * KIB],
    [70 * KIB, 128 * KIB],
    [200 * KIB, 256 * KIB],
    [460 * KIB, 512 * KIB],
    [980 * KIB, 1024 * KIB],
  ]);
});

test("members that lie far apart take one small read each, and none a second time", () => {
  const tar = new TarInput(file(1000 * MIB));
  const offsets = Array.from({ length: 100 }, (_, member) => member * 10 * MIB);
  for (const offset of [...offsets, ...offsets]) tar.read(offset, 512);
  expect(reads).toEqual(offsets.map((offset) => [offset, 64 * KIB]));
});

test("no more of a tar is kept than 8 MiB", () => {
  const tar = new TarInput(file(1000 * MIB));
  const offsets = Array.from({ length: 129 }, (_, member) => member * MIB);
  for (const offset of offsets) tar.read(offset, 512);
  reads = [];
  tar.read(MIB, 512);
  expect(reads).toEqual([]);
  tar.read(0, 512);
  expect(reads).toEqual([[0, 64 * KIB]]);
});

test("once nothing more is kept, what is asked for is read, and no more", () => {
  const tar = new TarInput(file(4 * MIB));
  tar.read(0, 512);
  tar.forget();
  reads = [];
  tar.read(0, 512);
  tar.read(1024, 512);
  expect(reads).toEqual([
    [0, 512],
    [1024, 512],
  ]);
});
