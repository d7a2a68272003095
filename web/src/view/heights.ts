/** The items that are drawn, and the room that those before and after them take. */
export interface Stretch {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
  /** Pixels above and below. */
  readonly before: number;
  readonly after: number;
}

/** Where items lie of which each has a height of its own, known once it was drawn. */
export class Heights {
  readonly #estimate: number;
  #known: (number | undefined)[] = [];
  /** Upper edges, and the lower edge of the last; made when asked for. */
  #edges: Float64Array | undefined;
  #count = 0;

  /** What an item is taken for that was never drawn. */
  constructor(estimate: number) {
    this.#estimate = estimate;
  }

  get count(): number {
    return this.#count;
  }

  /** How many items there are. Those that stay keep their heights. */
  set count(count: number) {
    if (count === this.#count) return;
    this.#count = count;
    if (this.#known.length > count) this.#known.length = count;
    this.#edges = undefined;
  }

  /** Takes the height of an item that was drawn. */
  set(index: number, height: number): void {
    if (index < 0 || index >= this.#count || !(height >= 0)) return;
    const before = this.#known[index] ?? this.#estimate;
    this.#known[index] = height;
    // Fractions of a pixel come and go with the zoom.
    if (Math.abs(before - height) < 0.5) return;
    this.#edges = undefined;
  }

  /** The upper edge of an item; of one past the last, the height of all. */
  edge(index: number): number {
    return this.#all()[Math.min(Math.max(0, index), this.#count)] ?? 0;
  }

  /** The items that reach into a range of pixels. */
  between(top: number, bottom: number): Stretch {
    const first = this.#at(top);
    const end = bottom <= top ? first : Math.min(this.#count, this.#at(bottom) + 1);
    return this.#stretch(first, end);
  }

  /** The same items, and so many on both sides of one that is among them or next to them. */
  with({ first, end }: Stretch, index: number, beside: number): Stretch {
    const [from, to] = [Math.max(0, index - beside), Math.min(this.#count, index + 1 + beside)];
    const apart = from > end || to < first;
    return apart
      ? this.#stretch(first, end)
      : this.#stretch(Math.min(first, from), Math.max(end, to));
  }

  #stretch(first: number, end: number): Stretch {
    const total = this.edge(this.#count);
    return { first, end, before: this.edge(first), after: total - this.edge(end) };
  }

  /** The item at a place; the first or the last beyond them. */
  #at(place: number): number {
    const edges = this.#all();
    let low = 0;
    let high = Math.max(0, this.#count - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((edges[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #all(): Float64Array {
    if (this.#edges) return this.#edges;
    const edges = new Float64Array(this.#count + 1);
    let edge = 0;
    for (let index = 0; index < this.#count; index += 1) {
      edges[index] = edge;
      edge += this.#known[index] ?? this.#estimate;
    }
    edges[this.#count] = edge;
    this.#edges = edges;
    return edges;
  }
}
