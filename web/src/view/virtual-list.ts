import type { ReactiveController, ReactiveElement } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { Drawn } from "./drawn.js";
import type { Key } from "./keys.js";
import { moveBy } from "./keys.js";
import { Slots } from "./slots.js";
import { scrollTo, windowAt, type RowWindow } from "./window.js";

export interface ListMeasures {
  /** Height of a row in pixels; the style sheet has the same. */
  readonly rowHeight: number;
  /** Height of what sticks to the top of the scrolling element. */
  readonly head?: number;
}

/**
 * A list of rows of one height, of which only those in sight are in the document. One row takes the
 * focus, and keeps it however far the list is scrolled.
 *
 * The scrolling element has `${ref(list.attach)}`. In it lies one of the height `list.height`, and
 * in that `list.rows(…)`: elements with `data-index`, moved to their `top`.
 */
export class VirtualList implements ReactiveController {
  /** The row that takes the focus. */
  active = 0;
  /** How often another row became the active one. */
  moves = 0;
  /** How many rows are drawn whatever is in sight. */
  whole = 0;

  readonly #host: ReactiveElement;
  readonly #measures: Required<ListMeasures>;
  readonly #slots = new Slots();
  readonly #rows = new Drawn(() => {
    this.#host.requestUpdate();
  });
  readonly #resize = new ResizeObserver(() => {
    this.#measure();
  });
  #scroller: HTMLElement | undefined;
  #scrolled = 0;
  #viewHeight = 0;
  #total = 0;
  #drawn: RowWindow | undefined;
  #goal: number | undefined;
  #focus = false;
  #held = false;

  constructor(host: ReactiveElement, measures: ListMeasures) {
    this.#host = host;
    this.#measures = { head: 0, ...measures };
    host.addController(this);
  }

  /** How many rows there are. */
  get total(): number {
    return this.#total;
  }

  set total(total: number) {
    this.#total = total;
    this.active = Math.max(0, Math.min(this.active, total - 1));
  }

  /** Rows that fit. */
  get page(): number {
    return Math.floor(this.#viewHeight / this.#measures.rowHeight);
  }

  /** Height of all rows in pixels. */
  get height(): number {
    return this.#window().height;
  }

  /** Takes the scrolling element, and lets go of it when given none. */
  readonly attach = (element: Element | undefined): void => {
    this.#scroller?.removeEventListener("scroll", this.#onScroll);
    this.#resize.disconnect();
    this.#scroller = element instanceof HTMLElement ? element : undefined;
    if (!this.#scroller) return;
    this.#scroller.addEventListener("scroll", this.#onScroll, { passive: true });
    this.#resize.observe(this.#scroller);
    // An element that was taken out and put back has lost its place.
    this.#scroller.scrollTop = this.#scrolled;
  };

  /** Whether rows in sight are not drawn, because they are not known yet. */
  get missing(): boolean {
    return this.#rows.missing;
  }

  /** The rows in sight, and the one that takes the focus. */
  rows(
    template: (index: number, top: number) => unknown,
    known: (index: number) => boolean = () => true,
  ): unknown {
    const drawn = this.#window();
    this.#drawn = drawn;
    const { first, end, shift } = drawn;
    const wanted = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    if (this.active < first && this.#total > 0) wanted.unshift(this.active);
    if (this.active >= end && this.active < this.#total) wanted.push(this.active);
    const { active, total } = this;
    const indexes = this.#rows.settle(wanted, { active, total, known });
    const slots = this.#slots.assign(indexes);
    const { rowHeight } = this.#measures;
    return repeat(
      indexes,
      (index) => slots.get(index),
      (index) => template(index, index * rowHeight + shift),
    );
  }

  /** What a row's `tabindex` is. */
  tabIndex(index: number): 0 | -1 {
    return index === this.active ? 0 : -1;
  }

  /** Brings a row into sight, and focuses it unless told otherwise. */
  moveTo(index: number, { focus = true } = {}): void {
    if (index < 0 || index >= this.#total) return;
    this.#activate(index);
    this.#goal = index;
    this.#focus = focus;
    this.#host.requestUpdate();
  }

  /** Moves by a key that lists share; false for any other. */
  key(pressed: Key): boolean {
    const to = moveBy(pressed, { index: this.active, total: this.#total, page: this.page });
    if (to !== undefined) this.moveTo(to);
    return to !== undefined;
  }

  /** The focus came to a row by itself. */
  focused(index: number): void {
    if (index === this.active) return;
    this.#activate(index);
    this.#host.requestUpdate();
  }

  /** Back to the top. */
  reset(): void {
    this.active = 0;
    this.#goal = undefined;
    this.#scrolled = 0;
    if (this.#scroller) this.#scroller.scrollTop = 0;
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    this.#held = this.#focusedRow() !== undefined;
  }

  hostUpdated(): void {
    if (this.#goal !== undefined && this.#viewHeight > 0) {
      // Only now the content is as high as the goal needs it to be.
      const top = scrollTo(this.#goal, this.#total, this.#viewport());
      this.#goal = undefined;
      if (this.#scroller && top !== this.#scrolled) {
        this.#scroller.scrollTop = top;
        this.#onScroll();
      }
    }
    // The row that had the focus is gone, or its element shows another one.
    const lost = this.#held && this.#focusedRow() !== this.active && !this.#elsewhere();
    if (this.#focus || lost) {
      this.#root
        .querySelector<HTMLElement>(`[data-index="${this.active}"]`)
        ?.focus({ preventScroll: true });
    }
    this.#focus = false;
  }

  #activate(index: number): void {
    if (index !== this.active) this.moves += 1;
    this.active = index;
  }

  readonly #onScroll = (): void => {
    this.#scrolled = this.#scroller?.scrollTop ?? 0;
    const { first, end, shift } = this.#window();
    const drawn = this.#drawn;
    if (drawn && drawn.first === first && drawn.end === end && drawn.shift === shift) return;
    this.#host.requestUpdate();
  };

  #measure(): void {
    const height = Math.max(0, (this.#scroller?.clientHeight ?? 0) - this.#measures.head);
    if (height === this.#viewHeight) return;
    this.#viewHeight = height;
    this.#host.requestUpdate();
  }

  #viewport() {
    const { rowHeight } = this.#measures;
    return { scrollTop: this.#scrolled, height: this.#viewHeight, rowHeight };
  }

  #window(): RowWindow {
    const seen = windowAt(this.#total, this.#viewport());
    const end = Math.min(this.#total, this.whole);
    return end > 0 ? { ...seen, first: 0, end, shift: 0 } : seen;
  }

  get #root(): ShadowRoot {
    return this.#host.renderRoot as ShadowRoot;
  }

  #focusedRow(): number | undefined {
    const focused = this.#host.hasUpdated ? this.#root.activeElement : null;
    return rowOf(focused);
  }

  /** Whether something has the focus that is no row. */
  #elsewhere(): boolean {
    const focused = this.#root.activeElement;
    return focused !== null && rowOf(focused) === undefined;
  }
}

/** The row that an event is about. */
export function rowIndex(event: Event): number | undefined {
  return rowOf(event.target instanceof Element ? event.target : null);
}

function rowOf(element: Element | null): number | undefined {
  const index = element?.closest("[data-index]")?.getAttribute("data-index");
  return index == null ? undefined : Number(index);
}
