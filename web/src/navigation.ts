import { fragment, parseFragment, samePath, type Place } from "./view/place.js";

/** Where the viewer is, and the way back. */
export class Navigation {
  #place: Place = { view: "overview", image: -1 };
  readonly #changed: () => void;
  #isThere: (place: Place) => boolean = () => false;
  #isOpen = false;
  #linked = false;
  /** What the address asked for before anything was open. */
  #wanted: Partial<Place> = {};

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get place(): Place {
    return this.#place;
  }

  /** From now on the page's address says where the viewer is, and its Back and Forward lead there. */
  link(): void {
    if (this.#linked) return;
    this.#linked = true;
    this.#wanted = parseFragment(location.hash);
    addEventListener("popstate", this.#onPop);
  }

  unlink(): void {
    if (!this.#linked) return;
    this.#linked = false;
    removeEventListener("popstate", this.#onPop);
  }

  /** Begins with another archive, which is to be drawn anyway: where the address says, if that is there. */
  start(first: Place, isThere: (place: Place) => boolean): void {
    const wanted = { ...first, ...this.#wanted };
    this.#wanted = {};
    this.#isThere = isThere;
    this.#isOpen = true;
    this.#place = isThere(wanted) ? wanted : first;
    this.#write("replace");
  }

  /** Forgets where it was: nothing is open any more. */
  stop(): void {
    this.#isOpen = false;
    this.#place = { view: "overview", image: -1 };
    if (this.#linked && location.hash !== "") {
      history.replaceState(history.state, "", location.pathname + location.search);
    }
  }

  /** A step to somewhere else; what is not given stays, and `undefined` takes something away. */
  go(to: Partial<Place>): void {
    const from = this.#place;
    // A path and a range belong to their image.
    const kept = to.image !== undefined && to.image !== from.image ? withoutImage(from) : from;
    const next = { ...kept, ...to };
    if (same(from, next)) return;
    this.#place = next;
    this.#write("push");
    this.#changed();
  }

  #write(how: "push" | "replace"): void {
    if (!this.#linked) return;
    const address = `#${fragment(this.#place)}`;
    if (address === location.hash) return;
    if (how === "push") history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
  }

  readonly #onPop = (): void => {
    const said = parseFragment(location.hash);
    if (!this.#isOpen) {
      this.#wanted = said;
      return;
    }
    const { view, image } = this.#place;
    const next = { view, image, ...said };
    // An address typed by hand may name what is not there.
    this.#place = this.#isThere(next) ? next : { ...next, image };
    this.#changed();
  };
}

function withoutImage(place: Place): Place {
  return { ...place, path: undefined, range: undefined };
}

function same(left: Place, right: Place): boolean {
  const keys = [
    "view",
    "image",
    "blob",
    "status",
    "cache",
    "part",
    "record",
    "top",
  ] as const satisfies readonly (keyof Place)[];
  return (
    keys.every((key) => left[key] === right[key]) &&
    left.range?.first === right.range?.first &&
    left.range?.last === right.range?.last &&
    samePath(left.path, right.path)
  );
}
