/** Which rows are in sight, and where they lie. */
export interface RowWindow {
  /** First row to be drawn. */
  readonly first: number;
  /** One past the last row to be drawn. */
  readonly end: number;
  /** Height of the scrolled content in pixels. */
  readonly height: number;
  /** Pixels to be added to `row * rowHeight` for the row's place in the content. */
  readonly shift: number;
}

/** Browsers cap an element's height at 16 to 33 million pixels; above this the scroll is scaled. */
export const MAX_HEIGHT = 8_000_000;

/** Rows drawn above and below those in sight. */
const OVERSCAN = 8;

export interface Viewport {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** The window at a scroll position. Beyond `maxHeight`, one scrolled pixel stands for several. */
export function windowAt(total: number, view: Viewport, maxHeight = MAX_HEIGHT): RowWindow {
  const natural = total * view.rowHeight;
  const height = Math.min(natural, maxHeight);
  const scrollable = Math.max(0, height - view.height);
  const scrollTop = Math.min(Math.max(0, view.scrollTop), scrollable);
  const top = scrollable > 0 ? (scrollTop / scrollable) * (natural - view.height) : 0;
  const first = Math.max(0, Math.floor(top / view.rowHeight) - OVERSCAN);
  const end = Math.min(total, Math.ceil((top + view.height) / view.rowHeight) + OVERSCAN);
  return { first, end, height, shift: scrollTop - top };
}

/** The scroll position that brings a row into sight with the least movement. */
export function scrollTo(
  row: number,
  total: number,
  view: Viewport,
  maxHeight = MAX_HEIGHT,
): number {
  const natural = total * view.rowHeight;
  const height = Math.min(natural, maxHeight);
  const scrollable = Math.max(0, height - view.height);
  if (scrollable === 0) return 0;
  const scale = (natural - view.height) / scrollable;
  const scrollTop = Math.min(Math.max(0, view.scrollTop), scrollable);
  const top = scrollTop * scale;
  const rowTop = row * view.rowHeight;
  if (rowTop < top) return rowTop / scale;
  if (rowTop + view.rowHeight > top + view.height) {
    return Math.min(scrollable, (rowTop + view.rowHeight - view.height) / scale);
  }
  return scrollTop;
}
