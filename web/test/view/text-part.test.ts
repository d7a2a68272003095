import { describe, expect, test } from "vitest";

import { LARGEST_PART, TextPart } from "../../src/view/text-part.js";
import type { Encoding } from "../../src/view/types.js";

const utf16 = (text: string, little: boolean) => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), little);
  return bytes;
};
const TEXT = "Tee 茶 🍵 é";
const ENCODED: [Encoding, Uint8Array][] = [
  ["utf8", new TextEncoder().encode(TEXT)],
  ["utf16-le", utf16(TEXT, true)],
  ["utf16-be", utf16(TEXT, false)],
];

describe("TextPart", () => {
  test.each(ENCODED)("%s is the same however it is cut", (encoding, bytes) => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const part = new TextPart(encoding, 0, bytes.length);
      part.add(bytes.subarray(0, cut));
      part.add(bytes.subarray(cut));
      expect(part.text).toBe(TEXT);
      expect(part.complete).toBe(true);
    }
  });

  test.each(ENCODED)("%s from the middle begins with a whole character", (encoding, bytes) => {
    const step = encoding === "utf8" ? 1 : 2;
    for (let start = step; start < bytes.length; start += step) {
      const part = new TextPart(encoding, start, bytes.length);
      part.add(bytes.subarray(start));
      expect(TEXT.endsWith(part.text)).toBe(true);
      expect(part.end).toBe(bytes.length);
    }
  });

  test("Latin-1 has a character for every byte", () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => at & 0xff);
    const part = new TextPart("latin1", 0, bytes.length);
    part.add(bytes);
    expect(part.text).toBe(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  });

  test("the byte order mark stays", () => {
    const part = new TextPart("utf8", 0, 4);
    part.add(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
    expect(part.text).toBe("\ufeffa");
  });

  test("a character that is cut off at the end of the file is replaced", () => {
    const part = new TextPart("utf8", 0, 2);
    part.add(Uint8Array.of(0x61, 0xe8));
    expect(part.text).toBe("a\ufffd");
  });

  test("a part has a limit", () => {
    const part = new TextPart("ascii", 0, LARGEST_PART * 2);
    part.add(new Uint8Array(LARGEST_PART - 1));
    expect(part.full).toBe(false);
    part.add(new Uint8Array(1));
    expect(part.full).toBe(true);
    expect(part.complete).toBe(false);
  });
});
