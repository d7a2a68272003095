import { describe, expect, test } from "vitest";

import { findAll, matchFrom, MOST_MATCHES } from "../../src/view/find.js";
import { COLOURED, Highlighter } from "../../src/view/highlight.js";
import { digests, rowSpans } from "../../src/view/spans.js";
import { Lines } from "../../src/view/text-rows.js";
import { cells, pieces } from "../../src/view/visible.js";

const DIGEST = `sha256:${"0a".repeat(32)}`;

describe("what would not show is made visible", () => {
  // The table of the core's `escape`, and of the characters of UAX #9 that move others.
  test.each([
    ["a null", "\u0000", "\\u{0}", "U+0000"],
    ["an escape", "\u001b", "\\u{1b}", "U+001B"],
    ["a lone carriage return", "\r", "\\u{d}", "U+000D"],
    ["delete", "\u007f", "\\u{7f}", "U+007F"],
    ["a C1 control", "\u0085", "\\u{85}", "U+0085"],
    ["a right-to-left override", "\u202e", "\\u{202e}", "U+202E"],
    ["a right-to-left isolate", "\u2067", "\\u{2067}", "U+2067"],
    ["an Arabic letter mark", "\u061c", "\\u{61c}", "U+061C"],
    ["a zero-width space", "\u200b", "\\u{200b}", "U+200B"],
    ["a byte order mark", "\ufeff", "\\u{feff}", "U+FEFF"],
    ["a line separator", "\u2028", "\\u{2028}", "U+2028"],
    ["a tag", "\u{e0041}", "\\u{e0041}", "U+E0041"],
    ["a surrogate alone", "\ud83c", "\\u{d83c}", "U+D83C"],
  ])("%s", (_name, character, text, stands) => {
    expect(pieces(`a${character}b`)).toEqual([{ text: "a" }, { text, stands }, { text: "b" }]);
    expect(cells(character.codePointAt(0) ?? 0)).toBe(text.length);
  });

  test.each(["plain", "tab\t", "日本語", "عربى", "🍵", "e\u0301", ""])(
    "%j stays as it is",
    (text) => {
      expect(pieces(text)).toEqual(text === "" ? [] : [{ text }]);
    },
  );
});

describe("Highlighter", () => {
  test("lines are known as far as those above are gone through", () => {
    const lines = new Lines("a: |\n  x\n  y\nb: 1\n");
    const highlighter = new Highlighter(lines, "yaml");
    expect(highlighter.knows(0)).toBe(true);
    expect(highlighter.knows(3)).toBe(false);
    expect(highlighter.tokens(3)).toEqual([]);
    highlighter.advance(3, 1000);
    expect(highlighter.knows(3)).toBe(true);
    expect(highlighter.tokens(2)).toEqual([{ start: 2, end: 3, kind: "string" }]);
    expect(highlighter.tokens(3)[0]).toEqual({ start: 0, end: 1, kind: "key" });
  });

  test("it stops when its time is over, and goes on from there", () => {
    const lines = new Lines("x\n".repeat(1000));
    const highlighter = new Highlighter(lines, "shell");
    highlighter.advance(999, 0);
    expect(highlighter.knows(1)).toBe(true);
    expect(highlighter.knows(2)).toBe(false);
    highlighter.advance(999, 10_000);
    expect(highlighter.knows(999)).toBe(true);
  });

  test("the end of an overlong line has no colours", () => {
    const highlighter = new Highlighter(new Lines("1 ".repeat(COLOURED)), "json");
    expect(highlighter.tokens(0).at(-1)?.end).toBeLessThanOrEqual(COLOURED);
  });

  test("a text of no language is known and plain", () => {
    const highlighter = new Highlighter(new Lines("a\nb"), "plain");
    expect(highlighter.knows(1)).toBe(true);
    expect(highlighter.tokens(1)).toEqual([]);
  });
});

describe("find", () => {
  test.each([
    ["upper and lower case are the same", "Aa ÄÄ", "ä", [3, 4]],
    ["matches do not overlap", "aaaa", "aa", [0, 2]],
    ["no words match nothing", "abc", "", []],
    ["a character that is longer in lower case moves nothing", "İİ x", "x", [3]],
    ["no pattern: what is asked for is text", "a.c abc", ".", [1]],
  ])("%s", (_name, text, words, at) => {
    expect(findAll(text, words).at).toEqual(at);
  });

  test("matches have a limit", () => {
    const found = findAll("a".repeat(MOST_MATCHES + 1), "a");
    expect(found.at.length).toBe(MOST_MATCHES);
    expect(found.more).toBe(true);
  });

  test("the match at or behind a place", () => {
    const found = findAll("a..a..a", "a");
    expect([0, 1, 3, 7].map((at) => matchFrom(found, at))).toEqual([0, 1, 1, 3]);
  });
});

describe("rowSpans", () => {
  const row = (from: number, to: number) => ({ line: 0, from, to });

  test("tokens and marks cut a row where they begin and end", () => {
    const tokens = [
      { start: 0, end: 3, kind: "key" as const },
      { start: 5, end: 9, kind: "string" as const },
    ];
    const marks = [{ start: 2, end: 6, current: true }];
    expect(rowSpans("key: text!", row(0, 10), tokens, marks)).toEqual([
      { text: "ke", kind: "key" },
      { text: "y", kind: "key", mark: "current" },
      { text: ": ", mark: "current" },
      { text: "t", kind: "string", mark: "current" },
      { text: "ext", kind: "string" },
      { text: "!" },
    ]);
  });

  test("a row begins and ends within tokens", () => {
    const tokens = [{ start: 0, end: 9, kind: "string" as const }];
    expect(rowSpans("abcdefghi", row(3, 6), tokens)).toEqual([{ text: "def", kind: "string" }]);
  });

  test("what would not show is a span of its own", () => {
    expect(rowSpans("a\u202eb", row(0, 3), [])).toEqual([
      { text: "a" },
      { text: "\\u{202e}", stands: "U+202E" },
      { text: "b" },
    ]);
  });

  test("each part of a digest knows the whole", () => {
    const line = `"${DIGEST}"`;
    const tokens = [{ start: 0, end: line.length, kind: "string" as const }];
    const links = digests(line, tokens);
    expect(links).toEqual([{ start: 1, end: line.length - 1 }]);
    expect(rowSpans(line, row(0, 20), tokens, [], links)).toEqual([
      { text: '"', kind: "string" },
      { text: DIGEST.slice(0, 19), kind: "string", digest: DIGEST },
    ]);
  });

  test.each([
    ["in a comment", DIGEST, "comment"],
    ["too short", "sha256:0a0a", "string"],
    ["in upper case", DIGEST.toUpperCase(), "string"],
  ] as const)("no digest: %s", (_name, text, kind) => {
    const line = text.padEnd(80);
    expect(digests(line, [{ start: 0, end: 80, kind }])).toEqual([]);
  });
});
