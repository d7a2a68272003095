/** Where the details of the chosen path are: beside the list, below it, or in its place. */
export type Layout = "side" | "below" | "over";

/** Narrower than this, the details go below the list. */
const SIDE = 1100;
/** Narrower or lower than this, they take its place. */
const BELOW = { width: 600, height: 520 };

export function layoutOf(width: number, height: number): Layout {
  if (width >= SIDE) return "side";
  return width >= BELOW.width && height >= BELOW.height ? "below" : "over";
}

/** How much of the view the details take, in per cent. */
export const SHARE = { least: 20, most: 70, usual: 40, step: 4 } as const;
