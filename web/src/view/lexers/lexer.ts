/** What a stretch of text is; each has a colour. */
export type TokenKind =
  | "comment"
  | "key"
  | "keyword"
  | "literal"
  | "name"
  | "number"
  | "punctuation"
  | "string"
  | "variable";

export interface Token {
  readonly start: number;
  readonly end: number;
  readonly kind: TokenKind;
}

export type Emit = (start: number, end: number, kind: TokenKind) => void;

/**
 * Tells one line's tokens, in order, and what the next line begins with. A hostile line must not
 * take longer than in proportion to its length: lexers look at each character a fixed number of
 * times, and leave searching back and forth to nobody.
 */
export type Lexer = (line: string, state: string, emit: Emit) => string;

export function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

/** The first place from `at` on that is no white space. */
export function skipSpace(line: string, at: number): number {
  while (isSpace(line[at])) at += 1;
  return at;
}

/** The first place from `at` on whose character is not in the set. */
export function skipWhile(line: string, at: number, set: RegExp): number {
  while (at < line.length && set.test(line.charAt(at))) at += 1;
  return at;
}

/**
 * The end of a string whose content begins at `at`: behind the quote that closes it. Undefined
 * where the line ends first.
 */
export function closing(
  line: string,
  at: number,
  quote: string,
  escape: string | undefined,
): number | undefined {
  for (; at < line.length; at += 1) {
    const character = line[at];
    if (character === escape) at += 1;
    else if (character === quote) return at + 1;
  }
  return undefined;
}

/** What an unquoted word of a data format is. */
export function wordKind(word: string): TokenKind {
  if (LITERALS.has(word)) return "literal";
  return word.length <= 40 && NUMBER.test(word) ? "number" : "string";
}

const LITERALS = new Set(
  ["true", "false", "null", "yes", "no", "on", "off"]
    .flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])
    .concat("~"),
);

const NUMBER = /^[-+]?(?:0x[0-9a-fA-F_]+|0o?[0-7_]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)$/;
