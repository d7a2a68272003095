import { describe, expect, test, vi } from "vitest";

import { BytePages, BYTE_PAGE } from "../../src/view/byte-pages.js";
import {
  asciiText,
  hexText,
  offsetDigits,
  offsetText,
  parseOffset,
} from "../../src/view/hex-format.js";

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("hex", () => {
  // As `hexdump -C` has it, of `printf 'PNG\x00\x01 \x7f\x80\xff~'`.
  const bytes = Uint8Array.of(0x50, 0x4e, 0x47, 0, 1, 0x20, 0x7f, 0x80, 0xff, 0x7e);

  test("a row is as wide as a full one", () => {
    expect(hexText(bytes, 16)).toBe("50 4e 47 00 01 20 7f 80  ff 7e                  ");
    expect(hexText(new Uint8Array(16), 16).length).toBe(hexText(bytes, 16).length);
    expect(hexText(bytes.subarray(0, 8), 8)).toBe("50 4e 47 00 01 20 7f 80");
  });

  test("what is no ASCII is a dot", () => {
    expect(asciiText(bytes)).toBe("PNG.. ...~");
  });

  test.each([
    [1, 8],
    [2 ** 32, 8],
    [2 ** 32 + 1, 9],
  ])("offsets of a file of %d bytes have %d digits", (size, digits) => {
    expect(offsetDigits(size)).toBe(digits);
  });

  test("an offset has all its digits", () => {
    expect(offsetText(0x1f0, 8)).toBe("000001f0");
  });

  test.each([
    ["255", 255],
    ["0xFF", 255],
    [" 1,000 ", 1000],
    ["1 000_000", 1_000_000],
    ["ff", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    ["", undefined],
    ["0x", undefined],
    ["99999999999999999999", undefined],
  ])("offset %j is %s", (text, offset) => {
    expect(parseOffset(text)).toBe(offset);
  });
});

describe("BytePages", () => {
  function pages(size: number) {
    const signals: AbortSignal[] = [];
    const read = vi.fn((offset: number, length: number, signal: AbortSignal) => {
      signals.push(signal);
      return Promise.resolve(new Uint8Array(length).fill(offset / BYTE_PAGE));
    });
    const changed = vi.fn();
    const failed = vi.fn();
    return { read, changed, failed, signals, pages: new BytePages(size, read, changed, failed) };
  }
  const asked = (read: { mock: { calls: [number, number, AbortSignal][] } }) =>
    read.mock.calls.map(([offset, length]) => [offset / BYTE_PAGE, length]);

  test("what is in sight is read once, the last page as far as the file goes", async () => {
    const { pages: cache, read, changed } = pages(2 * BYTE_PAGE + 5);
    cache.want(BYTE_PAGE - 1, 2 * BYTE_PAGE + 100);
    cache.want(BYTE_PAGE - 1, 2 * BYTE_PAGE + 100);
    await settled();
    cache.want(0, 3 * BYTE_PAGE);
    expect(asked(read)).toEqual([
      [0, BYTE_PAGE],
      [1, BYTE_PAGE],
      [2, 5],
    ]);
    expect(changed).toHaveBeenCalledTimes(3);
    expect(cache.get(2 * BYTE_PAGE, 16)?.length).toBe(5);
    expect(cache.get(BYTE_PAGE + 16, 16)).toEqual(new Uint8Array(16).fill(1));
  });

  test("what goes out of sight before it is read is given up", async () => {
    const { pages: cache, signals, changed } = pages(100 * BYTE_PAGE);
    cache.want(0, 1);
    cache.want(50 * BYTE_PAGE, 50 * BYTE_PAGE + 1);
    await settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(changed).toHaveBeenCalledOnce();
    expect(cache.get(0, 1)).toBeUndefined();
  });

  test("the pages that were used last are kept", async () => {
    const { pages: cache, read } = pages(100 * BYTE_PAGE);
    for (let page = 0; page < 40; page += 1) {
      cache.want(0, 1);
      cache.want(page * BYTE_PAGE, page * BYTE_PAGE + 1);
      await settled();
    }
    expect(cache.get(0, 1)).toBeDefined();
    expect(cache.get(BYTE_PAGE, 1)).toBeUndefined();
    expect(cache.get(39 * BYTE_PAGE, 1)).toBeDefined();
    expect(read.mock.calls.filter(([offset]) => offset === BYTE_PAGE).length).toBe(1);
  });

  test("after a failure nothing is read until it is tried again", async () => {
    const { pages: cache, read, failed } = pages(BYTE_PAGE);
    read.mockRejectedValueOnce(new Error("no"));
    cache.want(0, 1);
    await settled();
    cache.want(0, 1);
    expect(failed).toHaveBeenCalledOnce();
    expect(read).toHaveBeenCalledOnce();
    cache.retry();
    cache.want(0, 1);
    await settled();
    expect(cache.get(0, 1)).toBeDefined();
  });

  test("nothing comes after the end", async () => {
    const { pages: cache, signals, changed } = pages(BYTE_PAGE);
    cache.want(0, 1);
    cache.close();
    cache.want(0, 1);
    await settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(changed).not.toHaveBeenCalled();
  });
});
