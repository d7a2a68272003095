import { describe, expect, test } from "vitest";

import { Slots } from "../../src/view/slots.js";

const from = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, at) => first + at);

/** The rows' slots after each step. */
function after(...steps: number[][]): number[][] {
  const slots = new Slots();
  return steps.map((rows) => [...slots.assign(rows).values()]);
}

describe("Slots", () => {
  test.each([
    ["the first rows get new slots", [from(0, 4)], [3, 2, 1, 0]],
    ["rows that stay keep their slots", [from(0, 4), from(0, 4)], [3, 2, 1, 0]],
    ["down by one, the first goes last", [from(0, 4), from(1, 5)], [2, 1, 0, 3]],
    ["down by two, the first goes last", [from(0, 4), from(2, 6)], [1, 0, 2, 3]],
    ["up by two, the last goes first", [from(4, 8), from(2, 6)], [0, 1, 3, 2]],
    [
      "a row that is kept out of sight keeps its slot",
      [from(0, 4), [1, ...from(90, 93)]],
      [2, 1, 0, 3],
    ],
    ["at another place, none moves", [from(0, 4), from(90, 94)], [3, 2, 1, 0]],
    [
      "at another place, none moves beside a row that is kept",
      [
        [1, ...from(50, 53)],
        [1, ...from(90, 93)],
      ],
      [3, 2, 1, 0],
    ],
    [
      "around a row that is kept, none moves that is on its side",
      [[7, ...from(50, 54)], from(5, 10)],
      [0, 1, 4, 3, 2],
    ],
    ["more rows than before get new slots", [from(0, 2), from(0, 4)], [1, 0, 3, 2]],
    ["fewer rows than before leave slots unused", [from(0, 4), from(3, 5)], [0, 3]],
  ])("%s", (_name, steps, expected) => {
    expect(after(...steps).at(-1)).toEqual(expected);
  });

  test("no slot is given twice, and no more of them than rows at once, wherever it is scrolled", () => {
    const slots = new Slots();
    let seed = 7;
    const used = new Set<number>();
    for (let step = 0; step < 500; step += 1) {
      seed = (seed * 48_271) % 2_147_483_647;
      const first = seed % 1000;
      const active = 500;
      const rows = from(first, first + 20);
      if (active < first) rows.unshift(active);
      if (active >= first + 20) rows.push(active);
      const given = [...slots.assign(rows).values()];
      expect(new Set(given).size).toBe(rows.length);
      for (const slot of given) used.add(slot);
    }
    expect(used.size).toBeLessThan(100);
  });
});
