import { bytes, count, counted, exactBytes } from "../view/format.js";
import type { HiddenBy } from "../view/types.js";

const HIDDEN_BY: Record<HiddenBy, string> = {
  whiteout: "deleted",
  "parent-whiteout": "folder deleted",
  "opaque-whiteout": "opaque folder",
  replaced: "replaced",
  "parent-replaced": "folder replaced",
  "not-applied": "could not be applied",
  marker: "a marker, no file",
};

export const wasteText = {
  hiddenBy: (by: HiddenBy, layer: number) => `${HIDDEN_BY[by]} in layer ${count(layer)}`,
  score: "Efficiency",
  exact: "Exact",
  exactNote: (shown: string, total: string) =>
    `${bytes(shown)} of ${bytes(total)} of stored content show in the merged tree`,
  exactHelp:
    "Content bytes that the merged tree shows, divided by the content bytes that all layers store. Opaque folders hide, a file with several hardlinks counts once.",
  dive: "As dive computes it",
  diveNote: (minimum: string, discovered: string) =>
    `${exactBytes(minimum)} of ${exactBytes(discovered)}`,
  diveHelp:
    "The smallest size of each path, summed, divided by all its sizes, summed; paths that are only in one layer count in both. Opaque folders are not known to it.",
  wasted: "Wasted",
  unread: (layers: readonly number[]) =>
    `${counted(layers.length, "layer")} not read: ${layers.join(", ")}. What they store is not counted.`,
  layers: "By layer",
  layer: (n: number) => `Layer ${count(n)}`,
  layerNote: (wasted: string, stored: string, entries: number) =>
    `${bytes(wasted)} of ${bytes(stored)} wasted, ${counted(entries, "entry", "entries")}`,
  paths: "By path",
  columns: {
    path: "Path",
    wasted: "Wasted",
    copies: "Copies that do not show",
    layer: "Layer",
    size: "Size",
    why: "Why it does not show",
  },
  copy: (layer: number, size: string) => `layer ${count(layer)}: ${bytes(size)}`,
  same: "same content",
  gone: "not in the merged tree",
  more: (n: number) => `${counted(n, "more path", "more paths")} with less.`,
  noDive: "The image has too many paths for it.",
  none: "Nothing is wasted: every stored byte shows.",
  compareContents: "Compare contents",
  compareHelp: "Reads all layers again to tell which copies are the same",
} as const;

export const hiddenText = {
  lead: "What later layers deleted or replaced is still in the archive, and can be read by anyone who has it.",
  label: "Hidden but still there",
  none: "Nothing is hidden: every entry shows in the merged tree.",
} as const;
