import { describe, expect, test } from "vitest";

import { isShown, layerSelection, type Selection } from "../../src/view/selection.js";
import type { LayerRange } from "../../src/view/types.js";

describe("a choice of layers", () => {
  const cases: readonly [
    string,
    LayerRange | undefined,
    number | undefined,
    Selection,
    LayerRange | undefined,
  ][] = [
    ["takes one alone", { first: 0, last: 1 }, 3, "only", { first: 3, last: 3 }],
    ["takes all up to one", undefined, 2, "up-to", { first: 0, last: 2 }],
    ["up to the top is all", { first: 1, last: 1 }, 4, "up-to", undefined],
    ["of none is all", { first: 1, last: 1 }, undefined, "only", undefined],
    ["is extended upwards", { first: 1, last: 1 }, 3, "extend", { first: 1, last: 3 }],
    ["is extended downwards", { first: 3, last: 3 }, 1, "extend", { first: 1, last: 3 }],
    ["is extended from all down to one", undefined, 2, "extend", { first: 0, last: 2 }],
  ];
  test.each(cases)("%s", (_name, before, layer, how, after) => {
    expect(layerSelection(5, before, layer, how)).toEqual(after);
  });
});

test("without a range every layer is shown", () => {
  expect(isShown(undefined, 7)).toBe(true);
  expect(isShown({ first: 2 }, 7)).toBe(true);
  expect(isShown({ first: 2, last: 3 }, 4)).toBe(false);
});
