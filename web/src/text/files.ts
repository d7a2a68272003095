import { count, counted } from "../view/format.js";
import type { Change, LayerRange, PatternKind, SortKey } from "../view/types.js";

const CHANGE: Record<Change, string> = {
  added: "added",
  modified: "modified",
  removed: "removed",
  unchanged: "unchanged",
};

const SORT: Record<SortKey, string> = {
  name: "Name",
  size: "Size",
  mode: "Mode",
  owner: "Owner",
  modified: "Modified",
  layer: "Layer",
};

const PATTERN: Record<PatternKind, string> = { text: "text", glob: "glob", regex: "regex" };

const PATTERN_HINT: Record<PatternKind, string> = {
  text: "part of a path",
  glob: "*.conf, usr/**/bin",
  regex: "^etc/.+\\.d/",
};

/** Every English word of the files. */
export const text = {
  label: "Files",
  highlighted: "highlighted",
  column: (key: SortKey) => SORT[key],
  changeColumn: "Change",
  change: (change: Change) => CHANGE[change],
  changes: "Changes shown",
  changeCount: (change: Change, n: number) => `${count(n)} ${CHANGE[change]}`,

  all: "All layers",
  range: ({ first, last }: LayerRange, layers: number) => {
    const end = last ?? layers - 1;
    return first === end ? `Layer ${count(first)}` : `Layers ${count(first)}–${count(end)}`;
  },
  showAll: "Show all layers",
  root: "Root folder, to download all of it as a tar",
  paths: (n: number) => counted(n, "path"),
  applied: (done: number, total: number, leftOut: number) => {
    const applied = Math.max(0, done - leftOut);
    const said =
      done < total
        ? `${count(applied)} of ${counted(total, "layer")} applied`
        : `${counted(applied, "layer")} applied`;
    return leftOut > 0 ? `${said}, ${count(leftOut)} left out` : said;
  },
  pending: (n: number) => `provisional: ${counted(n, "layer")} still to be read`,

  listed:
    "Listed by the layers' tables of contents, which the manifest vouches for. " +
    "The layers themselves are not read yet: Verify reads them.",

  filter: "Filter paths",
  pattern: (kind: PatternKind) => PATTERN[kind],
  patternHint: (kind: PatternKind) => PATTERN_HINT[kind],
  patternKind: "Read the pattern as",
  matchCase: "Match case",
  clear: "Clear the filter",
  matches: (n: number) => counted(n, "match", "matches"),
  noMatches: "No path matches.",
  noneOfThese: "No path with these changes.",

  view: "Shown as",
  list: "List",
  map: "Map",
  attributes: "Attributes",
  attributesHint: "Mode, owner and time of each path",
  totals: "Folder sizes",
  totalsHint: "Bytes of everything in a folder",
  depth: "Open to depth",
  depthAll: "all",
  depthLabel: (depth: number) =>
    depth === 0
      ? "Open to depth all"
      : depth === 1
        ? "Open to depth 1: collapse all"
        : `Open to depth ${depth}`,

  loading: "Loading",
  waiting: "The tree appears once the base layer is read.",
  waitingFor: "These layers are not read yet.",
  none: "No paths.",
  noneRead: "No paths: layers are missing or cannot be read.",
  noImage: "No image in this archive, so there is no tree.",
  noTree: "This image is not in this archive, so there is no tree.",
  problem: "The tree could not be read",
  hidden: (path: string) => `${path} does not pass the filter.`,
  notHere: (path: string) => `${path} is not in these layers.`,

  linkTo: "links to",
  hardlinkTo: (path: string) => `hardlink to ${path}`,
  device: (major: number, minor: number) => `device ${major}:${minor}`,
  implied: "no layer has an entry for it",
  layer: (n: number) => `Layer ${count(n)}`,
  detailsColumn: "Details",
  details: (name: string) => `Details of ${name}`,
  pathLabel: "Path",

  inspector: "Chosen path",
  back: "Files",
  closeInspector: "Close",
  divide: "Size of the details",

  sizes: {
    label: "Size map",
    where: "Folder shown",
    root: "/",
    more: (n: number) => `${count(n)} more`,
    none: "Nothing here takes up space.",
    hint: "Enter opens a folder, Backspace goes back up. Arrows move.",
    failed: "The sizes could not be read",
  },
} as const;
