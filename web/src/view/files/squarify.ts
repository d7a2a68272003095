/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cuts a rectangle into one for each size, as close to squares as their order allows (Bruls,
 * Huizing, van Wijk: Squarified Treemaps, 2000). Best with the largest first; none may be zero.
 */
export function squarify(sizes: readonly number[], box: Box): readonly Box[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const area = box.width * box.height;
  if (total <= 0 || area <= 0) return sizes.map(() => ({ ...box, width: 0, height: 0 }));
  const areas = sizes.map((size) => (size / total) * area);
  const boxes: Box[] = [];
  let rest = box;
  let from = 0;
  while (from < areas.length) {
    const side = Math.min(rest.width, rest.height);
    let end = from + 1;
    let sum = areas[from] ?? 0;
    let ratio = worst(areas, from, end, sum, side);
    while (end < areas.length) {
      const more = sum + (areas[end] ?? 0);
      const next = worst(areas, from, end + 1, more, side);
      if (next > ratio) break;
      sum = more;
      ratio = next;
      end += 1;
    }
    rest = layRow(areas.slice(from, end), sum, rest, boxes);
    from = end;
  }
  return boxes;
}

/** The longest side by the shortest of a row's rectangles, where that is largest. */
function worst(areas: readonly number[], from: number, end: number, sum: number, side: number) {
  let ratio = 1;
  const across = sum / side;
  for (let at = from; at < end; at += 1) {
    const along = (areas[at] ?? 0) / across;
    ratio = Math.max(ratio, across / along, along / across);
  }
  return ratio;
}

/** Lays a row along the shorter side, and gives what is left of the rectangle. */
function layRow(areas: readonly number[], sum: number, box: Box, boxes: Box[]): Box {
  const upright = box.width >= box.height;
  const side = upright ? box.height : box.width;
  const across = side > 0 ? sum / side : 0;
  let along = 0;
  for (const area of areas) {
    const length = across > 0 ? area / across : 0;
    boxes.push(
      upright
        ? { x: box.x, y: box.y + along, width: across, height: length }
        : { x: box.x + along, y: box.y, width: length, height: across },
    );
    along += length;
  }
  return upright
    ? { ...box, x: box.x + across, width: Math.max(0, box.width - across) }
    : { ...box, y: box.y + across, height: Math.max(0, box.height - across) };
}
