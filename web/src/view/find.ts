import { firstNot } from "./sorted.js";

/** More places than this are not counted. */
export const MOST_MATCHES = 10_000;

export interface Matches {
  /** Where each begins, in order. */
  readonly at: readonly number[];
  /** UTF-16 units that each one takes. */
  readonly length: number;
  /** Whether there are more. */
  readonly more: boolean;
}

/** The places of a text that are some words; upper and lower case are the same. */
export function findAll(text: string, words: string): Matches {
  const at: number[] = [];
  const length = words.length;
  if (length === 0) return { at, length, more: false };
  const folded = fold(text);
  const wanted = fold(words);
  for (let from = folded.indexOf(wanted); from >= 0; from = folded.indexOf(wanted, from + length)) {
    if (at.length === MOST_MATCHES) return { at, length, more: true };
    at.push(from);
  }
  return { at, length, more: false };
}

/** The number of the first match at or behind a place; one past the last if there is none. */
export function matchFrom({ at }: Matches, offset: number): number {
  return firstNot(at.length, (match) => (at[match] ?? 0) < offset);
}

// Places must stay where they are, but `İ` in lower case is two units.
function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/[^\u0130]+/g, (part) => part.toLowerCase());
}
