import { count } from "../view/format.js";

export const printText = {
  key: {
    reference: "Reference digest",
    index: (n: number) => `Index ${n}`,
    kind: { manifest: "reference and platform", config: "config’s chain ID" } as const,
    preimage: "Bytes",
    key: "Key",
  },
  findings: "Findings",
  images: "Images",
  image: (name: string) => `Image: ${name}`,
  layers: "Layers, the base first",
  keys: "Cache keys",
  reading: "Layers were still being read when this was printed.",
  layer: (n: number) => `Layer ${count(n)}`,
  sizes: "Size",
  changes: "Changes",
  history: "Made by",
} as const;
