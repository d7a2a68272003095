import { describe, expect, test } from "vitest";

import { squarify, type Box } from "../../src/view/files/squarify.js";
import { neighbour, tilesOf } from "../../src/view/files/tiles.js";
import type { SizeView } from "../../src/view/types.js";

const round = ({ x, y, width, height }: Box) =>
  [x, y, width, height].map((value) => Math.round(value * 100) / 100);

let nodes = 0;
function view(name: string, size: number, children: SizeView[] = []): SizeView {
  nodes += 1;
  return {
    node: nodes,
    name,
    path: name,
    size: String(size),
    expandable: children.length > 0,
    change: "added",
    children,
    more: 0,
    moreSize: "0",
  };
}

describe("squarify", () => {
  // The example of the paper, its figure 4: Bruls, Huizing, van Wijk, Squarified Treemaps, 2000.
  test("the paper's example comes out as in the paper", () => {
    const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    expect(boxes.map(round)).toEqual([
      [0, 0, 3, 2],
      [0, 2, 3, 2],
      [3, 0, 1.71, 2.33],
      [4.71, 0, 1.29, 2.33],
      [3, 2.33, 1.2, 1.67],
      [4.2, 2.33, 1.2, 1.67],
      [5.4, 2.33, 0.6, 1.67],
    ]);
  });

  test.each([
    ["nothing", [], { x: 0, y: 0, width: 6, height: 4 }, []],
    ["one takes it all", [9], { x: 1, y: 2, width: 6, height: 4 }, [[1, 2, 6, 4]]],
    [
      "no room",
      [1, 1],
      { x: 1, y: 2, width: 0, height: 4 },
      [
        [1, 2, 0, 0],
        [1, 2, 0, 0],
      ],
    ],
  ])("%s", (_name, sizes, box, expected) => {
    expect(squarify(sizes, box).map(round)).toEqual(expected);
  });

  test("areas are as the sizes are, and fill the rectangle without overlap", () => {
    const sizes = Array.from({ length: 200 }, (_, at) => 1e12 / (at + 1) ** 2);
    const box = { x: 10, y: 20, width: 900, height: 500 };
    const boxes = squarify(sizes, box);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [at, { width, height }] of boxes.entries()) {
      expect(width * height).toBeCloseTo(((sizes[at] ?? 0) / total) * 450_000, 4);
    }
    let overlap = 0;
    for (const [at, one] of boxes.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(box.x - 1e-6);
      expect(one.y + one.height).toBeLessThanOrEqual(box.y + box.height + 1e-6);
      for (const other of boxes.slice(at + 1)) {
        const across =
          Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
        const down =
          Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
        overlap = Math.max(overlap, Math.min(across, down));
      }
    }
    expect(overlap).toBeLessThan(1e-6);
  });
});

describe("tilesOf", () => {
  test("what is too small to be drawn is counted, with what the core left out", () => {
    const small = Array.from({ length: 50 }, (_, at) => view(`s${at}`, 1));
    const root = {
      ...view("", 10_060, [view("large", 10_000), ...small]),
      more: 7,
      moreSize: "950",
    };
    const tiles = tilesOf(root, 400, 300);
    expect(tiles.map(({ view, more, size }) => [view?.name, more, size])).toEqual([
      ["large", undefined, 10_000],
      [undefined, 57, 1_000],
    ]);
  });

  test("what lies in a large folder is drawn in it, below its name", () => {
    const tiles = tilesOf(view("", 3, [view("folder", 3, [view("a", 2), view("b", 1)])]), 300, 200);
    expect(tiles.map(({ view, within, frame }) => [view?.name, within?.name, frame])).toEqual([
      ["folder", undefined, true],
      ["a", "folder", false],
      ["b", "folder", false],
    ]);
    expect(round(tiles[1]?.box ?? { x: 0, y: 0, width: 0, height: 0 })).toEqual([
      2, 20, 197.33, 178,
    ]);
  });

  test("a folder without bytes has no rectangles", () => {
    expect(tilesOf(view("", 0, [view("a", 0)]), 300, 200)).toEqual([]);
  });

  test("there are never more than 300", () => {
    const folder = (name: string) =>
      view(
        name,
        200,
        Array.from({ length: 200 }, (_, at) => view(`${name}${at}`, 1)),
      );
    const root = view(
      "",
      40_000,
      Array.from({ length: 200 }, (_, at) => folder(`f${at}`)),
    );
    for (const [width, height] of [
      [300, 300],
      [800, 600],
      [2500, 1300],
    ] as const) {
      expect(tilesOf(root, width, height).length).toBeLessThanOrEqual(300);
    }
  });
});

describe("neighbour", () => {
  const tiles = tilesOf(
    view("", 4, [view("a", 1), view("b", 1), view("c", 1), view("d", 1)]),
    200,
    200,
  );
  // a c
  // b d
  test.each([
    ["right", 0, 2],
    ["down", 0, 1],
    ["left", 3, 1],
    ["up", 3, 2],
    ["up", 0, undefined],
    ["left", 0, undefined],
  ] as const)("%s of %i", (direction, from, expected) => {
    expect(neighbour(tiles, from, direction)).toBe(expected);
  });
});
