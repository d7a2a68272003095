import type { Token, TokenKind } from "./lexers/lexer.js";
import { firstNot } from "./sorted.js";
import type { TextRow } from "./text-rows.js";
import { pieces } from "./visible.js";

/** A stretch of a row that looks the same throughout. */
export interface Span {
  readonly text: string;
  readonly kind?: TokenKind;
  /** Code point that is shown by `text` as it has no look of its own. */
  readonly stands?: string;
  readonly mark?: "match" | "current";
  /** The whole digest that it is part of. */
  readonly digest?: string;
}

/** A stretch of a line that is marked. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly current: boolean;
}

const DIGEST = /(?<![a-z0-9])[a-z0-9]{1,20}:[0-9a-f]{32,128}(?![0-9a-f])/g;

/** The digests in strings of a line: where they are. */
export function digests(line: string, tokens: readonly Token[]): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end, kind } of tokens) {
    if (kind !== "string" && kind !== "key") continue;
    if (end - start < 34) continue;
    for (const match of line.slice(start, end).matchAll(DIGEST)) {
      found.push({ start: start + match.index, end: start + match.index + match[0].length });
    }
  }
  return found;
}

/** What a row is drawn as. All lists are in order of their places, and within each nothing overlaps. */
export function rowSpans(
  line: string,
  row: TextRow,
  tokens: readonly Token[],
  marks: readonly Mark[] = [],
  links: readonly { start: number; end: number }[] = [],
): Span[] {
  const spans: Span[] = [];
  const token = new Cursor(tokens, row.from);
  const mark = new Cursor(marks, row.from);
  const link = new Cursor(links, row.from);
  for (let at = row.from; at < row.to;) {
    const inToken = token.at(at);
    const inMark = mark.at(at);
    const inLink = link.at(at);
    const end = Math.min(row.to, token.until(at), mark.until(at), link.until(at));
    for (const piece of pieces(line.slice(at, end))) {
      spans.push({
        ...piece,
        ...(inToken ? { kind: inToken.kind } : {}),
        ...(inMark ? { mark: inMark.current ? "current" : "match" } : {}),
        ...(inLink ? { digest: line.slice(inLink.start, inLink.end) } : {}),
      });
    }
    at = end;
  }
  return spans;
}

/** Goes along a list of stretches. */
class Cursor<T extends { readonly start: number; readonly end: number }> {
  readonly #list: readonly T[];
  #next: number;

  constructor(list: readonly T[], from: number) {
    this.#list = list;
    this.#next = firstNot(list.length, (at) => (list[at]?.end ?? 0) <= from);
  }

  /** The stretch that holds a place; places must ascend. */
  at(place: number): T | undefined {
    while ((this.#list[this.#next]?.end ?? Infinity) <= place) this.#next += 1;
    const next = this.#list[this.#next];
    return next && next.start <= place ? next : undefined;
  }

  /** Where what holds at a place ends. */
  until(place: number): number {
    const next = this.#list[this.#next];
    if (!next) return Infinity;
    return next.start <= place ? next.end : next.start;
  }
}
