import { describe, expect, test } from "vitest";

import { layerLines } from "../../src/view/layers.js";
import type { ImageView, LayerView } from "../../src/view/types.js";

/** `L0` for a history entry of layer 0, `-` for one without a layer, `?` for one left over. */
function lines(layers: number, history: readonly string[]): string[] {
  const image = {
    layers: Array.from({ length: layers }, (_, number) => ({ number }) as LayerView),
    history: history.map((entry) => ({
      createdBy: entry,
      emptyLayer: entry.startsWith("-"),
      ...(entry.startsWith("L") ? { layer: Number(entry.slice(1)) } : {}),
    })),
  } as unknown as ImageView;
  return layerLines(image).map((line) =>
    "step" in line ? (line.step.createdBy ?? "") : `layer ${line.layer.number}`,
  );
}

describe("layers and the steps between them", () => {
  test.each<[string, number, string[], string[]]>([
    [
      "steps stand before the layer above them",
      2,
      ["L0", "-a", "-b", "L1", "-c"],
      ["layer 0", "-a", "-b", "layer 1", "-c"],
    ],
    ["steps before the base come first", 1, ["-a", "L0"], ["-a", "layer 0"]],
    ["without a history there are layers only", 3, [], ["layer 0", "layer 1", "layer 2"]],
    [
      "layers without an entry are not lost",
      3,
      ["L0", "-a", "L2"],
      ["layer 0", "-a", "layer 1", "layer 2"],
    ],
    [
      "layers beyond the history come last",
      3,
      ["L0", "-a"],
      ["layer 0", "-a", "layer 1", "layer 2"],
    ],
    ["entries that are neither are left out", 1, ["?", "L0", "?"], ["layer 0"]],
    ["no layer is listed twice", 2, ["L1", "L0", "-a"], ["layer 0", "layer 1", "-a"]],
    ["an image without layers has its steps", 0, ["-a"], ["-a"]],
  ])("%s", (_name, layers, history, expected) => {
    expect(lines(layers, history)).toEqual(expected);
  });
});
