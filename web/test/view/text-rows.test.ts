import { describe, expect, test } from "vitest";

import { breaks, lineEnds, Lines, TextRows, width, WIDEST_ROW } from "../../src/view/text-rows.js";

describe("Lines", () => {
  test.each([
    ["nothing is one empty line", "", [""]],
    ["a last line feed begins no line", "a\nb\n", ["a", "b"]],
    ["an empty last line counts", "a\n\n", ["a", ""]],
    [
      "a carriage return belongs to a line's end only before a line feed",
      "a\r\nb\rc\r",
      ["a", "b\rc\r"],
    ],
    ["other separators end no line", "a\u2028b\u0085c", ["a\u2028b\u0085c"]],
  ])("%s", (_name, text, expected) => {
    const lines = new Lines(text);
    expect(Array.from({ length: lines.count }, (_, line) => lines.get(line))).toEqual(expected);
  });

  test("every place belongs to the line that begins at or before it", () => {
    const lines = new Lines("ab\n\ncd");
    expect([0, 2, 3, 4, 5, 99].map((at) => lines.lineAt(at))).toEqual([0, 0, 1, 2, 2, 2]);
  });
});

test.each([
  ["a", "none"],
  ["a\nb", "lf"],
  ["a\r\nb\r\n", "crlf"],
  ["a\r\nb\n", "mixed"],
] as const)("the line ends of %j are %s", (text, expected) => {
  expect(lineEnds(text)).toBe(expected);
});

describe("breaks", () => {
  test.each([
    ["a line that fits is whole", "abcd", 4, []],
    ["plain characters take a column each", "abcdefghi", 4, [4, 8]],
    ["wide characters take two", "日本語", 4, [2]],
    ["marks take none", "e\u0301e\u0301e\u0301", 3, []],
    ["what is shown as its code point takes as much", "a\u0000b", 5, [1, 2]],
    ["a tab goes to the next stop", "a\tb", 8, [2]],
    ["surrogates stay together", "a😀", 2, [1]],
    ["a row takes something, however narrow", "日本", 1, [1]],
  ])("%s", (_name, line, columns, expected) => {
    expect(breaks(line, columns)).toEqual(expected);
  });

  test("very many marks make more rows", () => {
    expect(breaks(`e${"\u0301".repeat(99)}`, 10)).toEqual([20, 40, 60, 80]);
  });

  test("a width is that of all characters", () => {
    expect(width("a\tb日\u202e")).toBe(8 + 1 + 2 + 8);
  });
});

describe("TextRows", () => {
  const lines = new Lines(`short\n${"x".repeat(25)}\n\nend`);

  test("long lines are several rows", () => {
    const rows = new TextRows(lines, 10);
    expect(Array.from({ length: rows.total }, (_, row) => rows.at(row))).toEqual([
      { line: 0, from: 0, to: 5 },
      { line: 1, from: 0, to: 10 },
      { line: 1, from: 10, to: 20 },
      { line: 1, from: 20, to: 25 },
      { line: 2, from: 0, to: 0 },
      { line: 3, from: 0, to: 3 },
    ]);
    expect(rows.widest).toBe(10);
  });

  test("every place is in the row that shows it", () => {
    const rows = new TextRows(lines, 10);
    for (let at = 0; at < lines.text.length; at += 1) {
      const { line, from, to } = rows.at(rows.rowAt(at));
      const column = at - lines.start(line);
      expect(column).toBeGreaterThanOrEqual(from);
      // The line's end is in its last row.
      expect(column).toBeLessThanOrEqual(to);
    }
  });

  test("a row has a bound where lines are not wrapped", () => {
    const rows = new TextRows(new Lines("y".repeat(2500)), Infinity);
    expect(rows.total).toBe(3);
    expect(rows.widest).toBe(WIDEST_ROW);
  });

  test("the widest row is as wide as it is shown", () => {
    expect(new TextRows(new Lines("ab\n日本語\n\u202e"), 100).widest).toBe(8);
  });
});
