import { bytes, count, counted } from "../view/format.js";

export const overviewText = {
  archive: "Archive",
  name: "Format",
  size: "Size",
  members: "Members",
  totals: "Totals",
  images: (n: number) => counted(n, "image"),
  layers: (n: number) => counted(n, "distinct layer"),
  paths: (n: number) => counted(n, "path"),
  stored: (n: number) => `${bytes(n)} stored`,
  unpacked: (n: number) => `${bytes(n)} unpacked`,
  table: "Images",
  columns: {
    name: "Image",
    platform: "Platform",
    layers: "Layers",
    stored: "Stored",
    outcome: "Outcome",
  },
  sizes: "Sizes of the layers, unpacked",
  share: (layer: number, size: string, percent: number) =>
    `Layer ${count(layer)}: ${size}, ${percent.toFixed(percent < 10 ? 1 : 0)} %`,
  image: "Image",
  keep: "Report",
  json: "JSON",
  markdown: "Markdown",
  csv: "Paths as CSV",
  print: "Print",
  kept: "Saved",
} as const;
