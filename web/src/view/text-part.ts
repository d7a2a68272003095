import type { Encoding } from "./types.js";

/** Bytes of a page, for going through a large text. Even, so that no UTF-16 unit is cut. */
export const TEXT_PAGE = 256 * 1024;

/** A part is not grown beyond this: what is drawn line by line is held in memory. */
export const LARGEST_PART = 4 * 1024 * 1024;

const LABELS: Record<Exclude<Encoding, "latin1">, string> = {
  ascii: "utf-8",
  utf8: "utf-8",
  "utf16-le": "utf-16le",
  "utf16-be": "utf-16be",
};

/** The part of a text that is loaded. It grows at its end. */
export class TextPart {
  text = "";
  /** Where it begins in the file, in bytes. */
  readonly start: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where it ends in the file, in bytes. */
  end: number;
  readonly #encoding: Encoding;
  readonly #decoder: TextDecoder | undefined;

  constructor(encoding: Encoding, start: number, size: number) {
    this.#encoding = encoding;
    this.start = start;
    this.end = start;
    this.size = size;
    // The byte order mark stays, to be shown: it is in the file.
    this.#decoder =
      encoding === "latin1" ? undefined : new TextDecoder(LABELS[encoding], { ignoreBOM: true });
  }

  /** Whether nothing follows. */
  get complete(): boolean {
    return this.end >= this.size;
  }

  /** Whether more may be added. */
  get full(): boolean {
    return this.end - this.start >= LARGEST_PART;
  }

  /** Adds the bytes that follow. */
  add(bytes: Uint8Array): void {
    const from = this.end === this.start && this.start > 0 ? this.#skipped(bytes) : 0;
    this.end += bytes.length;
    this.text += this.#decode(bytes.subarray(from));
  }

  #decode(bytes: Uint8Array): string {
    if (this.#decoder) return this.#decoder.decode(bytes, { stream: !this.complete });
    let text = "";
    // By pieces: an argument list has a limit.
    for (let at = 0; at < bytes.length; at += 4096) {
      text += String.fromCharCode(...bytes.subarray(at, at + 4096));
    }
    return text;
  }

  // A part may begin within a character, the rest of which belongs to the part before.
  #skipped(bytes: Uint8Array): number {
    if (this.#encoding === "utf16-le" || this.#encoding === "utf16-be") {
      const high = bytes[this.#encoding === "utf16-le" ? 1 : 0] ?? 0;
      return high >= 0xdc && high <= 0xdf ? 2 : 0;
    }
    if (this.#encoding === "latin1") return 0;
    let from = 0;
    while (from < 3 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
    return from;
  }
}
