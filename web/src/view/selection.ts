import type { LayerRange } from "./types.js";

/** How a layer is chosen: alone, with all from the one chosen before to it, or with all below. */
export type Selection = "only" | "extend" | "up-to";

/** The layers that are shown after one is chosen; none given shows all. */
export function layerSelection(
  layers: number,
  before: LayerRange | undefined,
  layer: number | undefined,
  how: Selection,
): LayerRange | undefined {
  if (layer === undefined) return undefined;
  switch (how) {
    case "only":
      return { first: layer, last: layer };
    case "up-to":
      return layer === layers - 1 ? undefined : { first: 0, last: layer };
    case "extend": {
      const anchor = before ?? { first: 0, last: layers - 1 };
      const last = anchor.last ?? layers - 1;
      return layer < anchor.first
        ? { first: layer, last }
        : { first: anchor.first, last: Math.max(layer, anchor.first) };
    }
  }
}

/** Whether a layer's changes are among those shown. */
export function isShown(range: LayerRange | undefined, layer: number): boolean {
  return !range || (layer >= range.first && layer <= (range.last ?? Infinity));
}
