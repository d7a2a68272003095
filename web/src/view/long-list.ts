import { noChange } from "lit";
import { AsyncDirective } from "lit/async-directive.js";
import { directive, PartType, type ChildPart, type PartInfo } from "lit/directive.js";
import { repeat } from "lit/directives/repeat.js";

import { Heights, type Stretch } from "./heights.js";

/** A list of up to as many items is drawn whole. */
export const SHORT = 60;

/** Pixels drawn above and below what is in sight. */
const SPARE = 400;

/**
 * Items drawn on both sides of the one with the focus: keys that come faster than the page is
 * drawn go from one to the next, and not out of the list.
 */
const BESIDE = 8;

/** What is drawn of a list that was not laid out yet. */
const FIRST = 30;

/** Whether lists are drawn whole, for paper. */
let whole = false;

/** Draws with all lists whole, however long they are; as usual where that is not so. */
export function drawWhole(draw: () => void, isSo = true): void {
  whole = isSo;
  try {
    draw();
  } finally {
    whole = false;
  }
}

type Template<Item> = (item: Item, index: number) => unknown;

/**
 * Draws the items of a list that are in sight, whatever scrolls it. Items may be of any height.
 * The element around them makes room for the others by its `::before` and `::after`.
 */
class LongListDirective extends AsyncDirective {
  #items: readonly unknown[] = [];
  #template: Template<unknown> = () => noChange;
  #heights: Heights | undefined;
  #stretch: Pick<Stretch, "first" | "end"> = { first: 0, end: FIRST };
  /** The items that are in the document. */
  #drawn: readonly number[] = [];
  /** An item with the focus, drawn even when it is out of sight. */
  #held: number | undefined;
  #list: HTMLElement | undefined;
  #part: ChildPart | undefined;
  #scrollers: HTMLElement[] = [];
  #frame = 0;
  readonly #resize = new ResizeObserver(() => {
    this.#look();
  });

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.CHILD) throw new Error("longList() belongs between elements");
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the type of what update() is given
  render(..._given: [readonly unknown[], Template<unknown>, number]): unknown {
    return noChange;
  }

  override update(
    part: ChildPart,
    [items, template, estimate]: [readonly unknown[], Template<unknown>, number],
  ): unknown {
    this.#part = part;
    this.#items = items;
    this.#template = template;
    if (items.length <= SHORT || whole) {
      this.#detach();
      this.#heights = undefined;
      this.#stretch = { first: 0, end: FIRST };
    } else {
      this.#heights ??= new Heights(estimate);
      this.#heights.count = items.length;
      // It is in its place only once the template around it is.
      queueMicrotask(() => {
        this.#attach();
        this.#look();
      });
    }
    return this.#draw();
  }

  protected override disconnected(): void {
    this.#detach();
  }

  protected override reconnected(): void {
    if (this.#heights) {
      queueMicrotask(() => {
        this.#attach();
        this.#look();
      });
    }
  }

  #draw(): unknown {
    const { length } = this.#items;
    const windowed = this.#heights !== undefined;
    const first = windowed ? Math.min(this.#stretch.first, length) : 0;
    const end = windowed ? Math.min(this.#stretch.end, length) : length;
    const indexes = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    const held = this.#held;
    if (held !== undefined && held < length) {
      if (held < first) indexes.unshift(held);
      else if (held >= end) indexes.push(held);
    }
    this.#drawn = indexes;
    return repeat(
      indexes,
      (index) => index,
      (index) => this.#template(this.#items[index], index),
    );
  }

  #attach(): void {
    if (this.#list || !this.isConnected || !this.#heights) return;
    const list = this.#part?.parentNode;
    if (!(list instanceof HTMLElement) || !list.isConnected) return;
    this.#list = list;
    list.setAttribute("data-long", "");
    list.addEventListener("focusin", this.#onFocus);
    list.addEventListener("focusout", this.#onFocus);
    this.#resize.observe(list);
    for (let at: Element | undefined = around(list); at; at = around(at)) {
      if (!(at instanceof HTMLElement) || !/auto|scroll/.test(getComputedStyle(at).overflowY)) {
        continue;
      }
      this.#scrollers.push(at);
      at.addEventListener("scroll", this.#onScroll, { passive: true });
      this.#resize.observe(at);
    }
    addEventListener("scroll", this.#onScroll, { passive: true });
  }

  #detach(): void {
    const list = this.#list;
    if (!list) return;
    this.#list = undefined;
    cancelAnimationFrame(this.#frame);
    list.removeAttribute("data-long");
    list.removeEventListener("focusin", this.#onFocus);
    list.removeEventListener("focusout", this.#onFocus);
    this.#resize.disconnect();
    for (const scroller of this.#scrollers) scroller.removeEventListener("scroll", this.#onScroll);
    removeEventListener("scroll", this.#onScroll);
    this.#scrollers = [];
  }

  readonly #onScroll = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#look();
    });
  };

  readonly #onFocus = (event: FocusEvent): void => {
    const target = event.type === "focusin" ? event.target : undefined;
    const item = this.#elements().find((element) => element.contains(target as Node | null));
    this.#held = item && indexOf(item);
    if (this.#held === undefined) return;
    // Not while the event is told, but before the next key is.
    queueMicrotask(() => {
      this.#look();
    });
  };

  /** Measures what is drawn, and draws what is in sight now. */
  #look(): void {
    const list = this.#list;
    const heights = this.#heights;
    if (!list || !heights || !this.isConnected) return;
    this.#number();
    const box = list.getBoundingClientRect();
    if (box.width === 0) return;
    this.#measure(heights);
    const { top, bottom } = this.#sight(box);
    const seen = heights.between(top - SPARE, bottom + SPARE);
    const next = this.#held === undefined ? seen : heights.with(seen, this.#held, BESIDE);
    const { first, end } = this.#stretch;
    this.#stretch = next;
    if (first !== next.first || end !== next.end) {
      this.setValue(this.#draw());
      this.#number();
    }
    list.style.setProperty("--before", `${next.before}px`);
    list.style.setProperty("--after", `${next.after}px`);
  }

  /** What is in sight of the list, in pixels from its upper edge. */
  #sight(box: DOMRect): { top: number; bottom: number } {
    let top = Math.max(0, box.top);
    let bottom = Math.min(innerHeight, box.bottom);
    for (const scroller of this.#scrollers) {
      const clip = scroller.getBoundingClientRect();
      top = Math.max(top, clip.top);
      bottom = Math.min(bottom, clip.bottom);
    }
    return { top: top - box.top, bottom: Math.max(top, bottom) - box.top };
  }

  #measure(heights: Heights): void {
    const elements = this.#elements().filter((element) => !element.hasAttribute("data-out"));
    elements.forEach((element, at) => {
      const { top, bottom } = element.getBoundingClientRect();
      // To the next one's edge: with the margin between them.
      const below = elements[at + 1]?.getBoundingClientRect().top ?? bottom;
      heights.set(indexOf(element) ?? -1, below - top);
    });
  }

  /** Tells each element which item it is, and of how many. */
  #number(): void {
    const { first, end } = this.#stretch;
    this.#elements().forEach((element, at) => {
      const index = this.#drawn[at] ?? -1;
      element.setAttribute("data-item", String(index));
      element.toggleAttribute("data-out", index < first || index >= end);
      if (!(element instanceof HTMLLIElement)) return;
      element.ariaPosInSet = String(index + 1);
      element.ariaSetSize = String(this.#items.length);
    });
  }

  #elements(): HTMLElement[] {
    const elements: HTMLElement[] = [];
    const { startNode, endNode } = this.#part ?? {};
    for (let node = startNode?.nextSibling; node && node !== endNode; node = node.nextSibling) {
      if (node instanceof HTMLElement) elements.push(node);
    }
    return elements;
  }
}

function indexOf(element: Element): number | undefined {
  const index = element.getAttribute("data-item");
  return index === null ? undefined : Number(index);
}

/** The element around another one, out of shadow roots, too. */
function around(element: Element): Element | undefined {
  const { parentNode } = element;
  if (parentNode instanceof ShadowRoot) return parentNode.host;
  return parentNode instanceof Element ? parentNode : undefined;
}

const draw = directive(LongListDirective);

/**
 * The items of a list, each by a template of one element: all of a short list, else those in
 * sight, and the one with the focus. It is the only thing in its element, in a
 * shadow root with the base styles. `estimate` is the usual height of an item in pixels.
 */
export function longList<Item>(
  items: readonly Item[],
  template: (item: Item, index: number) => unknown,
  estimate: number,
): unknown {
  return draw(items, template as Template<unknown>, estimate);
}
