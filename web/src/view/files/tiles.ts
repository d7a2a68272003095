import type { SizeView } from "../types.js";
import { squarify, type Box } from "./squarify.js";

/** One rectangle of the size map. */
export interface Tile {
  readonly box: Box;
  readonly size: number;
  /** What it is; absent where it stands for several that are too small to be drawn. */
  readonly view?: SizeView;
  /** How many it stands for. */
  readonly more?: number;
  /** The folder that it is drawn in; absent in the outermost. */
  readonly within?: SizeView;
  /** Whether others are drawn in it, below its name. */
  readonly frame: boolean;
}

/** Height of a folder's name, and space around what lies in it, in pixels. */
const TITLE = 20;
const GAP = 2;

/** A folder smaller than this shows nothing of what lies in it: in pixels, and in least areas. */
const FRAME = { width: 64, height: 52, areas: 3 };

/** Pixels below which a rectangle could be neither seen nor hit. */
const LEAST_AREA = 150;

/** Rectangles drawn at most: each is an element. */
const MOST = 300;

/** The rectangles of a folder: what lies in it, and in the folders of that. */
export function tilesOf(folder: SizeView, width: number, height: number): readonly Tile[] {
  const box = { x: 0, y: 0, width, height };
  let least = Math.max(LEAST_AREA, (width * height) / (3 * MOST));
  let tiles = drawn(folder, box, least);
  while (tiles.length > MOST) {
    least *= 1.3;
    tiles = drawn(folder, box, least);
  }
  return tiles;
}

function drawn(folder: SizeView, box: Box, least: number): readonly Tile[] {
  return pack(folder, box, least).flatMap((tile) => {
    const { view } = tile;
    if (!view || view.children.length === 0 || isSmall(tile.box, least)) return [tile];
    const inner = {
      x: tile.box.x + GAP,
      y: tile.box.y + TITLE,
      width: tile.box.width - 2 * GAP,
      height: tile.box.height - TITLE - GAP,
    };
    const within = pack(view, inner, least).map((child) => ({ ...child, within: view }));
    return [{ ...tile, frame: true }, ...within];
  });
}

function isSmall({ width, height }: Box, least: number): boolean {
  return width < FRAME.width || height < FRAME.height || width * height < FRAME.areas * least;
}

function pack(folder: SizeView, box: Box, least: number): Tile[] {
  const sized = folder.children.map((view) => ({ view, size: Number(view.size) }));
  const total = sized.reduce((sum, { size }) => sum + size, Number(folder.moreSize));
  const scale = total > 0 ? (box.width * box.height) / total : 0;
  const large = sized.filter(({ size }) => size * scale >= least);
  const rest = large.reduce((sum, { size }) => sum - size, total);
  const more = folder.more + sized.length - large.length;
  const others = more > 0 && rest > 0;
  const sizes = large.map(({ size }) => size);
  const boxes = squarify(others ? [...sizes, rest] : sizes, box);
  return boxes.map((box, at) => {
    const shown = large[at];
    return shown ? { ...shown, box, frame: false } : { box, size: rest, more, frame: false };
  });
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest rectangle in a direction, of which a folder is only its name. */
export function neighbour(
  tiles: readonly Tile[],
  from: number,
  direction: Direction,
): number | undefined {
  const start = tiles[from];
  if (!start) return undefined;
  const here = middle(start);
  let best: { at: number; distance: number } | undefined;
  for (const [at, tile] of tiles.entries()) {
    const there = middle(tile);
    const [x, y] = [there.x - here.x, there.y - here.y];
    const [ahead, aside] =
      direction === "left"
        ? [-x, y]
        : direction === "right"
          ? [x, y]
          : direction === "up"
            ? [-y, x]
            : [y, x];
    if (at === from || ahead <= 0.5) continue;
    // What lies straight ahead comes before what is nearer, but off to the side.
    const distance = ahead + 2 * Math.abs(aside);
    if (!best || distance < best.distance) best = { at, distance };
  }
  return best?.at;
}

function middle({ box, frame }: Tile): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + (frame ? TITLE : box.height) / 2 };
}
