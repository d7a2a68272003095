import { describe, expect, test } from "vitest";

import { scrollTo, windowAt } from "../../src/view/window.js";

const view = (scrollTop: number, height = 280) => ({ scrollTop, height, rowHeight: 28 });

describe("windowAt", () => {
  test.each([
    ["nothing", 0, view(0), { first: 0, end: 0, height: 0, shift: 0 }],
    ["fewer rows than fit", 5, view(0), { first: 0, end: 5, height: 140, shift: 0 }],
    ["the top", 1000, view(0), { first: 0, end: 18, height: 28_000, shift: 0 }],
    ["the middle", 1000, view(14_000), { first: 492, end: 518, height: 28_000, shift: 0 }],
    ["the end", 1000, view(99_999), { first: 982, end: 1000, height: 28_000, shift: 0 }],
    ["above the top", 1000, view(-50), { first: 0, end: 18, height: 28_000, shift: 0 }],
  ])("%s", (_name, total, at, expected) => {
    expect(windowAt(total, at)).toEqual(expected);
  });

  test("every row of a list too tall for a browser is within reach", () => {
    const total = 3_000_000;
    const limit = 1_000_000;
    const end = windowAt(total, view(limit), limit);
    expect(end.height).toBe(limit);
    expect(end.end).toBe(total);
    // The last row ends where the content ends.
    expect(total * 28 + end.shift).toBeCloseTo(limit);
    for (let row = 0; row < total; row += 99_991) {
      const scrollTop = scrollTo(row, total, view(0), limit);
      const seen = windowAt(total, view(scrollTop), limit);
      expect(seen.first).toBeLessThanOrEqual(row);
      expect(seen.end).toBeGreaterThan(row);
      const top = row * 28 + seen.shift - scrollTop;
      expect(top).toBeGreaterThanOrEqual(-0.01);
      expect(top).toBeLessThanOrEqual(280 - 28 + 0.01);
    }
  });
});

describe("scrollTo", () => {
  test.each([
    ["a row in sight stays where it is", 12, 280, 280],
    ["a row above comes to the top", 3, 280, 84],
    ["a row below comes to the bottom", 30, 280, 588],
    ["the last row", 99, 0, 2520],
  ])("%s", (_name, row, from, expected) => {
    expect(scrollTo(row, 100, view(from))).toBe(expected);
  });

  test("from below the end, every row but those of the last screen comes to the top", () => {
    const from = (row: number): number => scrollTo(row, 100, view(Infinity));
    expect([from(0), from(50), from(90), from(97), from(99)]).toEqual([0, 1400, 2520, 2520, 2520]);
  });

  test("nothing scrolls where everything is in sight", () => {
    expect(scrollTo(2, 3, view(0))).toBe(0);
  });
});
