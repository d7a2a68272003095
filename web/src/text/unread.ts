import { count, counted } from "../view/format.js";

const WHY: Readonly<Record<string, string>> = {
  "content-cut": "the layer ends before it",
  "content-unknown": "nobody can say what it holds",
  "layer-unread": "its layer was not read",
  "limit-sparse-hole-bytes": "its holes are too large",
};

/** What is said of contents that could not be read, and of tars that lack something. */
export const unreadText = {
  contents: (n: number) => `The contents of ${counted(n, "layer")} are still unknown.`,
  tarTitle: (name: string) => `${name} does not hold everything`,
  layers: (layers: readonly number[]) =>
    `${layers.length === 1 ? "Layer" : "Layers"} ${layers.map(count).join(", ")} could not be read: what ${
      layers.length === 1 ? "it" : "they"
    } did to the tree is not in it.`,
  leftOut: (n: number) => `${counted(n, "file")} ${n === 1 ? "was" : "were"} left out:`,
  why: (code: string) => WHY[code] ?? code,
  more: (n: number) => `and ${counted(n, "more file")}.`,
} as const;
