/** How long rows may be on their way before they are drawn without what they tell. */
export const PATIENCE = 50;

/** What can be drawn of a list. */
export interface Drawable {
  readonly total: number;
  /** The row that takes the focus: it is always drawn. */
  readonly active: number;
  /** Whether it is known what the row tells. */
  readonly known: (index: number) => boolean;
}

/**
 * Which rows are drawn while others are on their way. Most are there within a frame, and to draw
 * each twice is most of the work of a jump: until they are there, or for as long as one has
 * patience, elements go on showing rows that went out of sight.
 */
export class Drawn {
  /** Whether rows that are wanted are not drawn. */
  missing = false;
  readonly #again: () => void;
  #rows: readonly number[] = [];
  #late = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `again` is called when it is time to draw what is missing. */
  constructor(again: () => void) {
    this.#again = again;
  }

  /** What to draw of the rows that are wanted, and in place of others; all in ascending order. */
  settle(wanted: readonly number[], { total, active, known }: Drawable): readonly number[] {
    const before = new Set(this.#rows);
    const complete = wanted.every(known);
    // After a jump all rows are drawn at once.
    const jumps = !wanted.some((index) => index !== active && before.has(index));
    const rows = wanted.filter(
      (index) =>
        complete || this.#late || index === active || before.has(index) || (!jumps && known(index)),
    );
    const lack = wanted.length - rows.length;
    this.missing = lack > 0;
    if (this.missing) {
      const asked = new Set(wanted);
      const stays = (index: number) => index < total && !asked.has(index) && known(index);
      rows.push(...this.#rows.filter(stays).slice(0, lack));
      rows.sort((a, b) => a - b);
      this.#timer ??= setTimeout(() => {
        this.#late = true;
        this.#again();
      }, PATIENCE);
    } else if (complete) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#late = false;
    }
    this.#rows = rows;
    return rows;
  }
}
