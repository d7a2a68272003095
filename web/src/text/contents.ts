import { bytes, count, exactBytes } from "../view/format.js";
import type { Encoding } from "../view/types.js";

const ENCODING: Record<Encoding, string> = {
  ascii: "ASCII",
  utf8: "UTF-8",
  "utf16-le": "UTF-16 LE",
  "utf16-be": "UTF-16 BE",
  latin1: "unknown encoding, shown as Latin-1",
};

/** What the views of a file's contents say. */
export const contentsText = {
  title: "Contents",
  label: "Show as",
  tabs: { text: "Text", hex: "Hex", picture: "Picture" } as const,
  encoding: (encoding: Encoding) => ENCODING[encoding],
  lineEnds: { none: "", lf: "LF", crlf: "CRLF", mixed: "LF and CRLF" } as const,
  empty: "The file is empty.",
  load: (size: string) => `Load contents (${bytes(size)})`,
  large: "Nothing is read before you ask, as the file is large.",
  loading: "Reading",
  progress: (done: number, total: number) => `${bytes(done)} of ${bytes(total)}`,
  cancel: "Cancel",
  cancelled: "Reading was cancelled.",
  again: "Read again",
  fill: "Fill the panel",
  restore: "Show the rest again",

  part: (start: number, end: number, size: number) =>
    `Bytes ${count(start)} to ${count(end)} of ${count(size)}`,
  more: (size: number) => `Load ${bytes(size)} more`,
  full: "This is as much as is shown at once.",
  page: "Page",
  ofPages: (n: number) => `of ${count(n)}`,
  goPage: "Go",

  find: "Find",
  findLabel: "Find in what is loaded",
  found: (at: number, n: number, more: boolean) =>
    n === 0 ? "none" : `${count(at)} of ${count(n)}${more ? "+" : ""}`,
  next: "Next match",
  previous: "Previous match",
  wrap: "Wrap",
  wrapLabel: "Wrap long lines",
  textLabel: "Text",
  noText: "No text.",
  show: (digest: string) => `Show ${digest}`,

  offset: "Go to offset",
  offsetHint: "0x1f00",
  offsetProblem: (size: number) => `No offset of this file: it has ${exactBytes(size)}.`,
  hexLabel: "Bytes in hex",
  retry: "Try again",

  drawn: (width: number, height: number) => `${count(width)} × ${count(height)} pixels`,
  picture: (name: string) => `Picture ${name}`,
  notDrawn: "The browser cannot draw this picture.",
  largePicture: (what: string) => `This picture is large: ${what}.`,
  draw: "Draw it",
} as const;
