import { count } from "../view/format.js";

/** Every English word of figures. */
export const figureText = {
  label: {
    tree: "Files",
    layers: "Layers",
    keys: "Keys",
    compare: "Comparison",
  },
  nothing: "No archive is open.",
  failed: (name: string) => `${name} could not be opened`,
  unnamed: "The archive",
  code: "Code",
  reading: "Reading layers",
  stopped: "Reading has stopped",
  noImage: "The archive has no image.",
  none: (path: string) => `Nothing lies below ${path} in this image.`,
  waiting: "No layer is read yet.",
  pattern: "What is to be highlighted cannot be read",
  notFound: (pattern: string) => `Nothing here is ${pattern}, which was to be highlighted.`,
  listed: "By the layers' tables of contents; the layers themselves are not read.",
  more: (n: number) => `${count(n)} more ${n === 1 ? "row is" : "rows are"} not shown.`,
} as const;
