/**
 * Which element shows which row. A row in sight keeps its element; elements whose rows went out of
 * sight show those that come in.
 */
export class Slots {
  // In the order of rows.
  #slots = new Map<number, number>();
  #next = 0;

  /** The slot of each row, for rows in ascending order. */
  assign(rows: readonly number[]): ReadonlyMap<number, number> {
    const before = this.#slots;
    const wanted = new Set(rows);
    // Last row first: then a list that keeps its order moves only elements that change their row,
    // and the one with the focus stays where it is in the document.
    const free = [...before].filter(([row]) => !wanted.has(row)).map(([, slot]) => slot);
    const given = new Map<number, number>();
    let taken = 0;
    for (const row of rows.toReversed()) {
      if (!before.has(row)) given.set(row, free[taken++] ?? this.#next++);
    }
    this.#slots = new Map(rows.map((row) => [row, before.get(row) ?? given.get(row) ?? 0]));
    return this.#slots;
  }
}
