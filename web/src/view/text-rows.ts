import { lastAtMost } from "./sorted.js";
import { cells } from "./visible.js";

/** Columns from one tab stop to the next; the style sheet has the same. */
export const TAB = 8;

/** A row is no longer than this even where lines are not wrapped, so that what is drawn is bounded. */
export const WIDEST_ROW = 1000;

// The widest that one UTF-16 unit is shown: `\u{e0001}`.
const WIDEST_UNIT = 9;

const PRINTABLE = /^[\x20-\x7e]*$/;

/** A text by lines. A line feed ends a line, and a carriage return before it belongs to the end. */
export class Lines {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      starts.push(at + 1);
    }
    // What follows the last line feed is a line only if there is something.
    if (starts.length > 1 && starts.at(-1) === text.length) starts.pop();
    this.#starts = starts;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Where a line begins in the text. */
  start(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** A line without its end. */
  get(line: number): string {
    let end = this.start(line + 1);
    if (this.text[end - 1] === "\n") end -= 1;
    if (this.text[end - 1] === "\r" && this.text[end] === "\n") end -= 1;
    return this.text.slice(this.start(line), end);
  }

  /** The line that holds a place of the text. */
  lineAt(offset: number): number {
    return lastAtMost(this.#starts, offset, this.count);
  }
}

/** Which kinds of line ends a text has. */
export function lineEnds(text: string): "none" | "lf" | "crlf" | "mixed" {
  let feeds = 0;
  let pairs = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    feeds += 1;
    if (text[at - 1] === "\r") pairs += 1;
  }
  if (feeds === 0) return "none";
  return pairs === 0 ? "lf" : pairs === feeds ? "crlf" : "mixed";
}

/** Where the rows after the first begin, for a line that is broken to fit into some columns. */
export function breaks(line: string, columns: number): number[] {
  const found: number[] = [];
  if (PRINTABLE.test(line)) {
    for (let at = columns; at < line.length; at += columns) found.push(at);
    return found;
  }
  let column = 0;
  let from = 0;
  for (let at = 0; at < line.length;) {
    const code = line.codePointAt(at) ?? 0;
    const units = code > 0xffff ? 2 : 1;
    const wide = code === 9 ? TAB - (column % TAB) : cells(code);
    // Marks take no column, but there may be very many of them.
    const full = column + wide > columns || at - from >= columns * 2;
    if (full && at > from) {
      found.push(at);
      from = at;
      column = code === 9 ? TAB : wide;
    } else {
      column += wide;
    }
    at += units;
  }
  return found;
}

/** How many columns a line takes. */
export function width(line: string): number {
  if (PRINTABLE.test(line)) return line.length;
  let column = 0;
  for (const character of line) {
    const code = character.codePointAt(0) ?? 0;
    column += code === 9 ? TAB - (column % TAB) : cells(code);
  }
  return column;
}

/** A row of a text: a line, or a stretch of one that is too long. */
export interface TextRow {
  readonly line: number;
  /** Where it begins and ends in its line. */
  readonly from: number;
  readonly to: number;
}

/** The rows that some lines make when they are broken at a number of columns. */
export class TextRows {
  readonly lines: Lines;
  readonly columns: number;
  /** Columns of the longest row, not above `columns`; of long lines an upper bound. */
  readonly widest: number;
  // By line, the row that it begins with.
  readonly #first: Uint32Array;
  #broken: { line: number; at: readonly number[] } | undefined;

  constructor(lines: Lines, columns: number) {
    this.lines = lines;
    this.columns = Math.max(1, Math.min(columns, WIDEST_ROW));
    this.#first = new Uint32Array(lines.count + 1);
    let row = 0;
    let widest = 0;
    for (let line = 0; line < lines.count; line += 1) {
      this.#first[line] = row;
      const length = lines.start(line + 1) - lines.start(line);
      if (length * WIDEST_UNIT > widest) {
        const text = lines.get(line);
        const more = length * WIDEST_UNIT > this.columns ? this.#breaks(line, text).length : 0;
        row += more;
        if (more > 0) widest = this.columns;
        else if (widest < this.columns) widest = Math.max(widest, width(text));
      }
      row += 1;
    }
    this.#first[lines.count] = row;
    this.widest = widest;
  }

  get total(): number {
    return this.#first[this.lines.count] ?? 0;
  }

  at(row: number): TextRow {
    const line = lastAtMost(this.#first, row, this.lines.count);
    const text = this.lines.get(line);
    const within = row - (this.#first[line] ?? 0);
    const rows = (this.#first[line + 1] ?? 0) - (this.#first[line] ?? 0);
    if (rows <= 1) return { line, from: 0, to: text.length };
    const at = this.#breaks(line, text);
    return {
      line,
      from: within === 0 ? 0 : (at[within - 1] ?? text.length),
      to: at[within] ?? text.length,
    };
  }

  /** The row that shows a place of the text. */
  rowAt(offset: number): number {
    const line = this.lines.lineAt(offset);
    const first = this.#first[line] ?? 0;
    if ((this.#first[line + 1] ?? 0) - first <= 1) return first;
    const at = this.#breaks(line, this.lines.get(line));
    const column = offset - this.lines.start(line);
    return (
      first + (at.length > 0 && column >= (at[0] ?? 0) ? lastAtMost(at, column, at.length) + 1 : 0)
    );
  }

  // Neighbouring rows mostly belong to one line.
  #breaks(line: number, text: string): readonly number[] {
    if (this.#broken?.line !== line) this.#broken = { line, at: breaks(text, this.columns) };
    return this.#broken.at;
  }
}
