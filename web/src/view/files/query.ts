import type {
  Change,
  ImageView,
  LayerRange,
  LayerView,
  PathPattern,
  SortKey,
  TreeQuery,
} from "../types.js";

/** The changes, in the order in which they are listed. */
export const CHANGES = [
  "added",
  "modified",
  "removed",
  "unchanged",
] as const satisfies readonly Change[];

/** What the user chose to see, and in which order. */
export interface Arrangement {
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly filter: PathPattern;
  readonly changes: ReadonlySet<Change>;
}

export const PLAIN: Arrangement = {
  sort: "name",
  descending: false,
  filter: { kind: "text", pattern: "", caseSensitive: false },
  changes: new Set(CHANGES),
};

/** Paths as an author names them: a glob, which tells upper and lower case apart. */
export function globOf(pattern: string | undefined): PathPattern | undefined {
  return pattern === undefined ? undefined : { kind: "glob", pattern, caseSensitive: true };
}

/** Whether a range leaves layers out. What changed is told only then. */
export function isPart(range: LayerRange | undefined, layers: number): range is LayerRange {
  if (!range) return false;
  return range.first > 0 || (range.last ?? Infinity) < layers - 1;
}

/** Whether a layer can have no part in the tree, as opposed to having none yet. */
export function leftOut({ entries, verification, diffId }: LayerView): boolean {
  if (entries) return false;
  return verification.status === "missing" || diffId.reason === "encrypted";
}

/** Whether tables of contents list an image's layers, which are not read themselves. */
export function isListed({ layers }: ImageView): boolean {
  return layers.some(({ listedBy }) => listedBy !== undefined);
}

/** What is asked of the tree. A part of the layers shows what they removed, too. */
export function queryOf(arrangement: Arrangement, part: boolean): TreeQuery {
  const { sort, descending, filter, changes } = arrangement;
  return {
    sort,
    descending,
    ...(filter.pattern === "" ? {} : { pattern: filter }),
    changes: part ? CHANGES.filter((change) => changes.has(change)) : [],
  };
}

/** Sorted by a column: the largest and the latest first, anything else ascending; then reversed. */
export function sortedBy(arrangement: Arrangement, sort: SortKey): Arrangement {
  const descending =
    arrangement.sort === sort ? !arrangement.descending : sort === "size" || sort === "modified";
  return { ...arrangement, sort, descending };
}

/** With a change shown or not. When none were left, all are shown: an empty tree tells nothing. */
export function toggled(arrangement: Arrangement, change: Change): Arrangement {
  const changes = new Set(arrangement.changes);
  if (!changes.delete(change)) changes.add(change);
  return { ...arrangement, changes: changes.size === 0 ? PLAIN.changes : changes };
}

/** Whether paths are left out. */
export function leavesOut({ filter, changes }: Arrangement, part: boolean): boolean {
  return filter.pattern !== "" || (part && changes.size < CHANGES.length);
}
