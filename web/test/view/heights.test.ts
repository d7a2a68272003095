import { describe, expect, test } from "vitest";

import { Heights } from "../../src/view/heights.js";

const made = (count: number, estimate = 10): Heights => {
  const heights = new Heights(estimate);
  heights.count = count;
  return heights;
};

describe("places of items of any height", () => {
  test("items never drawn are taken for the estimate", () => {
    expect(made(100).between(95, 125)).toEqual({ first: 9, end: 13, before: 90, after: 870 });
  });

  test("an item that was drawn moves those after it", () => {
    const heights = made(5);
    heights.set(1, 100);
    expect([0, 1, 2, 3, 4, 5].map((index) => heights.edge(index))).toEqual([
      0, 10, 110, 120, 130, 140,
    ]);
    expect(heights.between(50, 51)).toEqual({ first: 1, end: 2, before: 10, after: 30 });
  });

  test("a range that ends before it begins holds nothing, and keeps the height of all", () => {
    const { first, end, before, after } = made(10).between(30, 30);
    expect(end).toBe(first);
    expect(before + after).toBe(100);
  });

  test("ranges beyond the ends hold the first and the last", () => {
    expect(made(10).between(-500, 5)).toMatchObject({ first: 0, end: 1 });
    expect(made(10).between(95, 5000)).toMatchObject({ first: 9, end: 10 });
  });

  test("an item at the edge of what is seen brings those beside it along", () => {
    const heights = made(100);
    const seen = heights.between(300, 390);
    expect(seen).toMatchObject({ first: 30, end: 40 });
    expect(heights.with(seen, 39, 8)).toEqual({ first: 30, end: 48, before: 300, after: 520 });
    expect(heights.with(seen, 31, 8)).toMatchObject({ first: 23, end: 40 });
    expect(heights.with(seen, 35, 2)).toEqual(seen);
    // Far away, it is nothing to those in sight.
    expect(heights.with(seen, 90, 8)).toEqual(seen);
    expect(heights.with(heights.between(0, 50), 0, 8)).toMatchObject({ first: 0, end: 9 });
  });

  test("fewer items keep the heights of those that stay", () => {
    const heights = made(4);
    heights.set(0, 50);
    heights.set(3, 50);
    heights.count = 2;
    expect(heights.edge(2)).toBe(60);
    heights.count = 4;
    expect(heights.edge(4)).toBe(80);
  });

  test("no items have no height", () => {
    expect(made(0).between(0, 100)).toEqual({ first: 0, end: 0, before: 0, after: 0 });
  });

  test("what was never there has no height", () => {
    const heights = made(2);
    heights.set(2, 99);
    heights.set(-1, 99);
    heights.set(0, NaN);
    expect(heights.edge(2)).toBe(20);
  });
});
