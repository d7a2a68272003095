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
    // Free slots, by how many rows before them stay.
    const free: number[][] = [[]];
    for (const [row, slot] of before) {
      if (wanted.has(row)) free.push([]);
      else free.at(-1)?.push(slot);
    }
    const given = new Map<number, number | undefined>();
    let stayed = 0;
    for (const row of rows) {
      const own = before.get(row);
      if (own !== undefined) stayed += 1;
      // Where it is in the document already.
      given.set(row, own ?? free[stayed]?.shift());
    }
    // Of those that move the last row first: then only they do, and the one with the focus stays
    // where it is.
    const others = free.flat();
    for (const row of rows.toReversed()) {
      given.set(row, given.get(row) ?? others.shift() ?? this.#next++);
    }
    this.#slots = new Map(rows.map((row) => [row, given.get(row) ?? 0]));
    return this.#slots;
  }
}
