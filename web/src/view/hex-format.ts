const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Digits that every offset of a file has. */
export function offsetDigits(size: number): number {
  return Math.max(8, Math.max(0, size - 1).toString(16).length);
}

export function offsetText(offset: number, digits: number): string {
  return offset.toString(16).padStart(digits, "0");
}

/** Bytes in hex, with a wider gap after every eight, padded to the width of a full row. */
export function hexText(bytes: Uint8Array, columns: number): string {
  let text = "";
  for (let at = 0; at < columns; at += 1) {
    if (at > 0) text += at % 8 === 0 ? "  " : " ";
    const byte = bytes[at];
    text += byte === undefined ? "  " : (HEX[byte] ?? "");
  }
  return text;
}

/** Bytes as ASCII; a dot for what is none. */
export function asciiText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
  return text;
}

/** An offset as a reader writes it: decimal, or hex behind `0x`; undefined for anything else. */
export function parseOffset(text: string): number | undefined {
  const trimmed = text.trim().replaceAll(/[ _,]/g, "");
  if (!/^(?:\d{1,16}|0x[0-9a-f]{1,13})$/i.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isSafeInteger(value) ? value : undefined;
}
