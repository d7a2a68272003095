/** A stretch of rows, and how many there are in all. */
export interface Rows<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** Asks the engine for a stretch of rows. */
export type FetchRows<Row> = (offset: number, limit: number) => Promise<Rows<Row>>;

export const PAGE = 200;

/** Pages kept: about 10,000 rows, many screens in each direction. */
const KEEP = 50;

interface Page<Row> {
  rows: readonly Row[];
  /** Whether the tree has changed since these rows were read. */
  stale: boolean;
}

/**
 * Rows by page, read when first looked at. After a change, the rows known so far are shown until
 * the new ones are there; an answer to a question asked before the change is dropped.
 */
export class RowCache<Row> {
  total = 0;
  readonly #fetch: FetchRows<Row>;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  // In order of use, the oldest first.
  readonly #pages = new Map<number, Page<Row>>();
  readonly #pending = new Map<number, Promise<void>>();
  #version = 0;

  constructor(fetch: FetchRows<Row>, changed: () => void, failed: (error: unknown) => void) {
    this.#fetch = fetch;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** The row if it is known; else it is on its way. */
  get(index: number): Row | undefined {
    const number = Math.floor(index / PAGE);
    const page = this.#pages.get(number);
    if (!page || page.stale) void this.#load(number);
    if (page) {
      this.#pages.delete(number);
      this.#pages.set(number, page);
    }
    return page?.rows[index - number * PAGE];
  }

  /** The row, once it is known to be up to date. */
  async read(index: number): Promise<Row | undefined> {
    const number = Math.floor(index / PAGE);
    let page = this.#pages.get(number);
    // A change while waiting makes the answer stale: ask again.
    for (let tries = 0; (!page || page.stale) && tries < 8; tries += 1) {
      await this.#load(number);
      page = this.#pages.get(number);
    }
    return page?.rows[index - number * PAGE];
  }

  /** The rows from `index` on are other ones now, and there may be more or fewer of them. */
  invalidate(index = 0): void {
    this.#version += 1;
    this.#pending.clear();
    for (const [number, page] of this.#pages) {
      if ((number + 1) * PAGE > index) page.stale = true;
    }
  }

  #load(number: number): Promise<void> {
    const pending = this.#pending.get(number);
    if (pending) return pending;
    const version = this.#version;
    const load = this.#fetch(number * PAGE, PAGE).then(
      (view) => {
        if (version !== this.#version) return;
        this.#pending.delete(number);
        this.total = view.total;
        this.#pages.delete(number);
        this.#pages.set(number, { rows: view.rows, stale: false });
        this.#trim();
        this.#changed();
      },
      (error: unknown) => {
        if (version !== this.#version) return;
        // Kept as pending: a question that failed is not asked again until something changes.
        this.#failed(error);
      },
    );
    this.#pending.set(number, load);
    return load;
  }

  #trim(): void {
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= KEEP) return;
      this.#pages.delete(number);
    }
  }
}
